//! What processes without the account lock ask of the one that has it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use super::Journal;
use crate::{
    Result,
    column::{instant, instant_or_none, json, json_or_none, ms},
};

/// A request to the worker.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestRow {
    /// Its number.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// `cancel`, `pause`, `resume`, …
    pub kind: String,
    /// About what.
    pub payload: Value,
    /// When the worker answered.
    pub closed: Option<Timestamp>,
    /// What the worker answered.
    pub answer: Option<Value>,
}

impl Journal {
    /// Asks something of the worker.
    pub fn put_request(&self, at: Timestamp, kind: &str, payload: &Value) -> Result<i64> {
        self.db.write(|tx| {
            tx.prepare_cached("INSERT INTO requests (at, kind, payload) VALUES (?1, ?2, ?3)")?
                .execute(params![ms(at), kind, payload.to_string()])?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// Requests without an answer, oldest first.
    pub fn open_requests(&self) -> Result<Vec<RequestRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT row, at, kind, payload, closed, answer FROM requests WHERE closed IS NULL ORDER BY row",
            )?;
            let requests = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            Ok(requests)
        })
    }

    /// One request, to see whether it was answered.
    pub fn request(&self, id: i64) -> Result<Option<RequestRow>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT row, at, kind, payload, closed, answer FROM requests WHERE row = ?1")?
                .query_row(params![id], read)
                .optional()?)
        })
    }

    /// Answers a request.
    pub fn close_request(&self, id: i64, now: Timestamp, answer: &Value) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "UPDATE requests SET closed = ?2, answer = ?3 WHERE row = ?1 AND closed IS NULL",
            )?
            .execute(params![id, ms(now), answer.to_string()])?;
            Ok(())
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok(RequestRow {
        id: row.get("row")?,
        at: instant(row, "at")?,
        kind: row.get("kind")?,
        payload: json(row, "payload")?,
        closed: instant_or_none(row, "closed")?,
        answer: json_or_none(row, "answer")?,
    })
}
