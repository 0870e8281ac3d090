//! Files that wait to go out with replies and notes: their bytes, by their SHA-256. A file goes when nothing needs it any more.

use jiff::Timestamp;
use muster_model::FileRef;
use rusqlite::{Connection, OptionalExtension, params};

use super::Journal;
use crate::{
    Result,
    column::{from_count, ms, to_count},
};

/// A file with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// What it is called.
    pub file: FileRef,
    /// What it is.
    pub bytes: Vec<u8>,
}

impl Journal {
    /// Keeps a file. The same bytes are kept once, under the name that they came with last.
    pub fn put_file(&self, file: &FileRef, bytes: &[u8], now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO files (id, name, mime, size, bytes, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, mime = excluded.mime, added = excluded.added",
            )?
            .execute(params![file.id, file.name, file.mime, from_count(file.size), bytes, ms(now)])?;
            Ok(())
        })
    }

    /// A file with its bytes.
    pub fn file(&self, id: &str) -> Result<Option<StoredFile>> {
        self.db.read(|tx| {
            let Some(file) = file_ref(tx, id)? else { return Ok(None) };
            let bytes = tx
                .prepare_cached("SELECT bytes FROM files WHERE id = ?1")?
                .query_row(params![id], |row| row.get(0))?;
            Ok(Some(StoredFile { file, bytes }))
        })
    }

    /// What these files are called, in the order of asking; unknown ones are left out.
    pub fn file_refs(&self, ids: &[String]) -> Result<Vec<FileRef>> {
        self.db.read(|tx| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(file_ref(tx, id)?);
            }
            Ok(found)
        })
    }

    /// Drops files that were attached before `since` and that neither a draft nor a job needs that may still send, and says how
    /// many.
    pub fn drop_unused_files(&self, since: Timestamp) -> Result<u64> {
        self.db.write(|tx| {
            let dropped = tx
                .prepare_cached(
                    "DELETE FROM files
                      WHERE added < ?1
                        AND NOT EXISTS (SELECT 1 FROM jobs
                                         WHERE kind IN ('reply', 'note') AND state NOT IN ('completed', 'cancelled')
                                           AND instr(action, files.id) > 0)
                        AND NOT EXISTS (SELECT 1 FROM drafts WHERE is_open = 1 AND instr(drafts.files, files.id) > 0)",
                )?
                .execute(params![ms(since)])?;
            Ok(dropped as u64)
        })
    }
}

fn file_ref(conn: &Connection, id: &str) -> Result<Option<FileRef>> {
    Ok(conn
        .prepare_cached("SELECT id, name, mime, size FROM files WHERE id = ?1")?
        .query_row(params![id], |row| {
            Ok(FileRef { id: row.get(0)?, name: row.get(1)?, mime: row.get(2)?, size: to_count(row, 3)? })
        })
        .optional()?)
}
