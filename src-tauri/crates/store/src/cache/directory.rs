//! Agents, teams, tags, whose key it is and what the server can do: kept so that filters, menus and plans are right
//! before anybody asks the server, and offline.

use jiff::Timestamp;
use muster_model::{Directory, Me};
use rusqlite::{OptionalExtension, params};

use super::{Cache, state};
use crate::{
    Result,
    column::{json, ms, to_json},
};

impl Cache {
    /// Keeps the directory, whose key it is, and what the server can do: a text that means nothing here.
    pub fn put_directory(&self, directory: &Directory, me: &Me, able: &str, now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO directory (one, directory, me, able, fetched) VALUES (1, ?1, ?2, ?3, ?4)
                 ON CONFLICT (one) DO UPDATE
                 SET directory = excluded.directory, me = excluded.me, able = excluded.able, fetched = excluded.fetched",
            )?
            .execute(params![to_json(directory)?, to_json(me)?, able, ms(now)])?;
            state::raise(tx)?;
            Ok(())
        })
    }

    /// The directory and whose key it is, once fetched.
    pub fn directory(&self) -> Result<Option<(Directory, Me)>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT directory, me FROM directory")?
                .query_row([], |row| Ok((json(row, "directory")?, json(row, "me")?)))
                .optional()?)
        })
    }

    /// What the server can do, as [`Cache::put_directory`] was told.
    pub fn able(&self) -> Result<Option<String>> {
        self.db.read(|tx| {
            let able = tx
                .prepare_cached("SELECT able FROM directory")?
                .query_row([], |row| row.get::<_, Option<String>>(0))
                .optional()?;
            Ok(able.flatten())
        })
    }
}
