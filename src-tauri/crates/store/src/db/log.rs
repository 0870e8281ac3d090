//! What was committed moves from the log into the file itself beside whoever writes, so that a large load does not stop for
//! it again and again.
//!
//! SQLite does it within a commit once the log has so many pages: it copies all of them and waits for the disk. Here another
//! thread does so on a connection of its own, a piece at a time. What was written meanwhile stays in the log; the log begins
//! anew only when nothing is left in it, so that the writer ends it itself where it would become large, and there is little
//! to do then.

use std::{
    sync::{Arc, Weak},
    thread,
};

use rusqlite::hooks::Wal;

use super::{Inner, lock};
use crate::Result;

/// Pages that another thread moves at a time.
const SOME: i32 = 1_500;
/// With so many in the log, who writes ends it.
pub(super) const MOST: i32 = 8_000;

/// Has this done for a database from now on.
pub(super) fn move_beside(inner: &Arc<Inner>) -> Result<()> {
    let (weak, mut asked) = (Arc::downgrade(inner), 0);
    lock(&inner.writer).wal_hook(Some(move |wal: &mut Wal, pages: i32| {
        if pages < asked {
            // The log has begun anew.
            asked = 0;
        }
        if pages >= MOST {
            asked = pages;
            // Another thread or process may be at it: then it is tried again after the next commit.
            if let Err(err) = wal.checkpoint() {
                tracing::debug!(error = %err, pages, "the log stays for now");
            }
        } else if pages - asked >= SOME {
            asked = pages;
            let inner = Weak::clone(&weak);
            // Without a thread it is done at the end.
            let _ = thread::Builder::new().name("log".into()).spawn(move || move_some(&inner));
        }
        Ok(())
    }))?;
    Ok(())
}

fn move_some(inner: &Weak<Inner>) {
    // Nobody has it open any more: closing it has done everything.
    let Some(inner) = inner.upgrade().filter(|inner| !inner.is_spent()) else { return };
    let moved = inner.with_reader(|reader| {
        Ok(reader.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(2))?)
    });
    match moved {
        Ok(pages) => tracing::trace!(pages, "moved from the log"),
        Err(err) => tracing::debug!(error = %err, "the log stays for now"),
    }
}

#[cfg(test)]
mod tests {
    use crate::db::{Db, Kind};

    #[test]
    fn a_large_load_is_whole_while_its_log_moves() {
        let folder = tempfile::tempdir().unwrap();
        let kind = Kind {
            file: "t.db",
            migrations: &[(1, "CREATE TABLE t (a BLOB) STRICT")],
            beginning: "",
            settings: "",
            is_copy: false,
            is_loaded: true,
        };
        let db = Db::open(&kind, folder.path(), None).unwrap();
        let sums = |db: &Db| {
            db.read(|tx| {
                let sums = tx.query_row("SELECT count(*), sum(length(a)) FROM t", [], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                });
                Ok(sums?)
            })
            .unwrap()
        };
        for n in 1..=40 {
            // About five hundred pages: the log is full twice, and is looked at many times.
            db.write(|tx| Ok(tx.execute("INSERT INTO t (a) VALUES (zeroblob(2000000))", [])?)).unwrap();
            assert_eq!(sums(&db), (n, n * 2_000_000));
        }
        drop(db);
        assert_eq!(sums(&Db::open(&kind, folder.path(), None).unwrap()), (40, 80_000_000));
    }
}
