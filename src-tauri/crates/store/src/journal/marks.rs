//! What is only ours: read marks, local follows, references, small state.

use std::collections::HashMap;

use muster_model::{ClientRef, RemoteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::Journal;
use crate::Result;

const RATE: &str = "rate";

impl Journal {
    /// Up to when each conversation was read, UTC milliseconds.
    pub fn read_marks(&self) -> Result<HashMap<RemoteId, i64>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT id, at FROM read_marks")?;
            let marks = statement
                .query_map([], |row| Ok((RemoteId::new(row.get::<_, String>(0)?), row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(marks)
        })
    }

    /// Moves the read mark of a conversation.
    pub fn set_read_mark(&self, id: &RemoteId, at: i64) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO read_marks (id, at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            )?
            .execute(params![id.as_str(), at])?;
            count_mark(tx)
        })
    }

    /// Local follows.
    pub fn follows(&self) -> Result<HashMap<RemoteId, bool>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT id, is_on FROM follows")?;
            let follows = statement
                .query_map([], |row| Ok((RemoteId::new(row.get::<_, String>(0)?), row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(follows)
        })
    }

    /// Follows or stops following here.
    pub fn set_follow(&self, id: &RemoteId, on: bool) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO follows (id, is_on) VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on",
            )?
            .execute(params![id.as_str(), on])?;
            count_mark(tx)
        })
    }

    /// Whether a client reference is one of this journal: a message that carries it is ours.
    pub fn has_ref(&self, client_ref: &ClientRef) -> Result<bool> {
        let Some(job) = client_ref.job() else { return Ok(false) };
        let Some(no) = client_ref.as_str().rsplit('/').next().and_then(|no| no.parse::<u32>().ok()) else {
            return Ok(false);
        };
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT 1 FROM jobs WHERE id = ?1 AND total > ?2")?
                .exists(params![job.to_string(), no])?)
        })
    }

    /// The rate limiter's state, as JSON.
    pub fn rate_state(&self) -> Result<Option<String>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT value FROM state WHERE key = ?1")?
                .query_row(params![RATE], |row| row.get(0))
                .optional()?)
        })
    }

    /// Keeps the rate limiter's state.
    pub fn set_rate_state(&self, json: &str) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![RATE, json])?;
            Ok(())
        })
    }
}

/// Raises the version of marks and follows: the overlay reads them again only when it rose.
fn count_mark(conn: &Connection) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO state (key, value) VALUES ('marks', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
    )?
    .execute([])?;
    Ok(())
}
