//! Agents, teams, tags, and whose key it is: kept so that filters and menus work offline.

use jiff::Timestamp;
use muster_model::{Directory, Me};
use rusqlite::{OptionalExtension, params};

use super::{Cache, state};
use crate::{
    Result,
    column::{json, ms, to_json},
};

impl Cache {
    /// Keeps the directory and whose key it is.
    pub fn put_directory(&self, directory: &Directory, me: &Me, now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO directory (one, directory, me, fetched) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (one) DO UPDATE
                 SET directory = excluded.directory, me = excluded.me, fetched = excluded.fetched",
            )?
            .execute(params![to_json(directory)?, to_json(me)?, ms(now)])?;
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
}
