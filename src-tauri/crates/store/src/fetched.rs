//! `files.db`: files of messages that somebody opened, so that they can be opened again without the network. Within a
//! budget: the ones that were not used for longest go.
//!
//! Apart from the cache, whose pages are read all the time: a photo of ten megabytes among them is in everybody's way.

use std::path::Path;

use muster_model::RemoteId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    DataKey, Result,
    column::from_count,
    damage,
    db::{Db, Kind, give_back},
};

const KIND: Kind = Kind {
    file: "files.db",
    migrations: &[(1, include_str!("migrations/fetched/0001_first.sql"))],
    // Decided by a file's first page: what goes gives its room back.
    beginning: "PRAGMA auto_vacuum = INCREMENTAL",
    settings: "PRAGMA synchronous = NORMAL",
    is_copy: true,
    is_loaded: false,
};
/// No file takes more than this part of the budget: one video would put out everything else.
const LARGEST_PART: u64 = 4;

/// The files of one account that were fetched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FetchedFiles {
    db: Db,
}

impl FetchedFiles {
    /// Opens or creates `files.db` in the account's folder.
    pub fn open(folder: &Path, key: &DataKey) -> Result<Self> {
        if damage::is_noted(&folder.join(KIND.file)) {
            return Self::anew(folder, key);
        }
        Ok(Self { db: Db::open(&KIND, folder, Some(key))? })
    }

    /// Without what was kept so far, which cannot be read: each file is fetched again when it is opened next.
    pub fn anew(folder: &Path, key: &DataKey) -> Result<Self> {
        damage::remove(&folder.join(KIND.file))?;
        Ok(Self { db: Db::open(&KIND, folder, Some(key))? })
    }

    /// The largest file that is kept within a budget, in bytes.
    #[must_use]
    pub fn largest(budget: u64) -> u64 {
        budget / LARGEST_PART
    }

    /// A file, if it is here. It counts as used.
    pub fn get(&self, id: &RemoteId) -> Result<Option<Vec<u8>>> {
        self.db.write(|tx| {
            let found = tx
                .prepare_cached("SELECT bytes FROM files WHERE id = ?1")?
                .query_row(params![id.as_str()], |row| row.get(0))
                .optional()?;
            if found.is_some() {
                tx.prepare_cached("UPDATE files SET n = (SELECT max(n) + 1 FROM files) WHERE id = ?1")?
                    .execute(params![id.as_str()])?;
            }
            Ok(found)
        })
    }

    /// Keeps a file, unless it is too large for the budget, and lets go what is then too much.
    pub fn put(&self, id: &RemoteId, bytes: &[u8], budget: u64) -> Result<()> {
        let size = bytes.len() as u64;
        if size > Self::largest(budget) {
            return Ok(());
        }
        self.db.write(|tx| {
            tx.prepare_cached("DELETE FROM files WHERE id = ?1")?.execute(params![id.as_str()])?;
            shrink(tx, budget - size)?;
            tx.prepare_cached("INSERT INTO files (id, size, bytes) VALUES (?1, ?2, ?3)")?
                .execute(params![id.as_str(), from_count(size), bytes])?;
            Ok(())
        })
    }

    /// Lets go what is more than the budget.
    pub fn keep_within(&self, budget: u64) -> Result<()> {
        if self.bytes()? <= budget {
            return Ok(());
        }
        self.db.write(|tx| shrink(tx, budget))
    }

    /// Bytes of all of them.
    pub fn bytes(&self) -> Result<u64> {
        self.db.read(|tx| {
            let bytes: i64 =
                tx.query_row("SELECT coalesce(sum(size), 0) FROM files", [], |row| row.get(0))?;
            Ok(bytes.unsigned_abs())
        })
    }
}

/// Removes those that were not used for longest until the rest fits, and gives their room back.
fn shrink(conn: &Connection, budget: u64) -> Result<()> {
    let gone = conn
        .prepare_cached(
            "DELETE FROM files WHERE n IN (
                 SELECT n FROM (SELECT n, sum(size) OVER (ORDER BY n DESC) AS upto FROM files) WHERE upto > ?1)",
        )?
        .execute(params![from_count(budget)])?;
    if gone > 0 {
        give_back(conn, 0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use muster_model::RemoteId;

    use super::FetchedFiles;
    use crate::testing::key;

    fn id(no: u32) -> RemoteId {
        RemoteId::from(format!("file-{no}").as_str())
    }

    #[test]
    fn the_least_used_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let files = FetchedFiles::open(folder.path(), &key()).unwrap();
        let budget = 100_000;
        for no in 0..4 {
            files.put(&id(no), &vec![7; 25_000], budget).unwrap();
        }
        assert_eq!(files.bytes().unwrap(), 100_000);
        // The oldest was opened again.
        assert_eq!(files.get(&id(0)).unwrap().unwrap().len(), 25_000);
        files.put(&id(4), &[8; 1_000], budget).unwrap();
        assert!(files.get(&id(1)).unwrap().is_none());
        assert!([0, 2, 3, 4].iter().all(|no| files.get(&id(*no)).unwrap().is_some()));
        // The same file again takes the place of itself.
        files.put(&id(4), &[9; 2_000], budget).unwrap();
        assert_eq!((files.bytes().unwrap(), files.get(&id(4)).unwrap().unwrap()[0]), (77_000, 9));
        // Too large for the budget: nothing else goes for it.
        files.put(&id(5), &vec![1; 25_001], budget).unwrap();
        assert!(files.get(&id(5)).unwrap().is_none());
        assert_eq!(files.bytes().unwrap(), 77_000);
        files.keep_within(30_000).unwrap();
        assert_eq!(files.bytes().unwrap(), 27_000);
        files.keep_within(0).unwrap();
        assert_eq!(files.bytes().unwrap(), 0);
        drop(files);
        // What went gave its room back.
        assert!(std::fs::metadata(folder.path().join("files.db")).unwrap().len() < 40_000);
    }
}
