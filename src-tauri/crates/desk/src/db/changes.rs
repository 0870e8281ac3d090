//! The stream of changes: a walk through everything, newest first, then what changed by number.
//!
//! The walk's cursor remembers the number at which it began. A conversation that changes meanwhile leaves its place in
//! the order, but its number is above that one, so the part by number brings it: no row is lost, some come twice.

use rusqlite::{Connection, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::conversation_id;
use super::printed::{Printed, Prints};
use crate::clock::Millis;

/// A place in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// Walking: began at a number, came as far as a conversation.
    Walk { began: i64, place: Option<(Millis, i64)> },
    /// By number: everything up to here is known.
    After(i64),
}

/// Why a cursor does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedCursor {
    /// Not one of ours.
    Malformed,
    /// Of another desk, or from the future of this one.
    Gone,
}

impl Cursor {
    pub(crate) fn print(self, instance: &str) -> String {
        match self {
            Self::Walk { began, place: None } => format!("b.{instance}.{began}"),
            Self::Walk { began, place: Some((updated, id)) } => {
                format!("b.{instance}.{began}.{}.{id}", updated.0)
            }
            Self::After(seq) => format!("i.{instance}.{seq}"),
        }
    }

    pub(crate) fn parse(text: &str, instance: &str, newest: i64) -> Result<Self, RefusedCursor> {
        let number = |text: &str| text.parse::<i64>().map_err(|_| RefusedCursor::Malformed);
        let parts: Vec<&str> = text.split('.').collect();
        let (of, seq, cursor) = match parts[..] {
            ["b", of, began] => {
                let began = number(began)?;
                (of, began, Self::Walk { began, place: None })
            }
            ["b", of, began, updated, id] => {
                let began = number(began)?;
                (of, began, Self::Walk { began, place: Some((Millis(number(updated)?), number(id)?)) })
            }
            ["i", of, seq] => {
                let seq = number(seq)?;
                (of, seq, Self::After(seq))
            }
            _ => return Err(RefusedCursor::Malformed),
        };
        if of == instance && seq <= newest { Ok(cursor) } else { Err(RefusedCursor::Gone) }
    }
}

/// One page of the stream.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Printed>,
    pub(crate) deleted: Vec<String>,
    pub(crate) next: Cursor,
    pub(crate) more: bool,
    pub(crate) backfilling: bool,
    pub(crate) total: i64,
}

pub(crate) fn page(
    tx: &Connection,
    prints: &Prints,
    cursor: Option<Cursor>,
    limit: usize,
    now: Millis,
) -> rusqlite::Result<Page> {
    let newest = newest_seq(tx)?;
    let total = total(tx)?;
    match cursor.unwrap_or(Cursor::Walk { began: newest, place: None }) {
        Cursor::Walk { began, place } => {
            let (updated, id) = place.unwrap_or((Millis(i64::MAX), i64::MAX));
            let wanted: Vec<(i64, i64)> = tx
                .prepare_cached(
                    "SELECT id, seq FROM conversations WHERE deleted = 0 AND (updated, id) < (?1, ?2)
                      ORDER BY updated DESC, id DESC LIMIT ?3",
                )?
                .query_map(params![updated, id, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let rows = prints.rows(tx, &wanted, now)?;
            let page = |next, more, backfilling, rows| Page {
                rows,
                deleted: vec![],
                next,
                more,
                backfilling,
                total,
            };
            Ok(match rows.last() {
                Some(last) if rows.len() == limit => {
                    let next = Cursor::Walk { began, place: Some((last.updated, last.id)) };
                    page(next, true, true, rows)
                }
                _ => page(Cursor::After(began), newest > began, false, rows),
            })
        }
        Cursor::After(seq) => {
            // Of the index alone.
            let wanted: Vec<(i64, i64)> = tx
                .prepare_cached("SELECT id, seq FROM conversations WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
                .query_map([seq, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let found = prints.rows(tx, &wanted, now)?;
            let full = found.len() == limit;
            let next = if full { found.last().map_or(newest, |last| last.seq) } else { newest };
            let (deleted, rows): (Vec<_>, Vec<_>) = found.into_iter().partition(|row| row.deleted);
            Ok(Page {
                rows,
                deleted: deleted.into_iter().map(|row| conversation_id(row.id)).collect(),
                next: Cursor::After(next),
                more: next < newest,
                backfilling: false,
                total,
            })
        }
    }
}

/// How many conversations there are. Every page says it, so it is kept rather than counted.
pub(crate) fn total(tx: &Connection) -> rusqlite::Result<i64> {
    tx.prepare_cached("SELECT conversations FROM tally")?.query_row([], |row| row.get(0))
}

/// The number of the newest change.
pub(crate) fn newest_seq(tx: &Connection) -> rusqlite::Result<i64> {
    tx.prepare_cached("SELECT COALESCE(MAX(seq), 0) FROM changes")?.query_row([], |row| row.get(0))
}

/// A live event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Event {
    #[schema(example = "c-1042")]
    pub(crate) id: String,
    pub(crate) seq: i64,
    /// `created`, `message`, `note`, `status`, `assignee`, `tags`, `priority`, `followers`, `event` or `deleted`; of several
    /// at once the first in the order created, deleted, message, note, status, then the others.
    #[schema(example = "message")]
    pub(crate) kind: String,
    /// With messages: `customer`, `agent` or `system`.
    from: Option<String>,
    /// The handle of the agent who did it.
    by: Option<String>,
    at: Millis,
}

/// The changes after a number, oldest first.
pub(crate) fn events_after(tx: &Connection, seq: i64, limit: usize) -> rusqlite::Result<Vec<Event>> {
    tx.prepare_cached(
        "SELECT conversation_id, seq, kind, side, agent, at FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?
    .query_map([seq, limit as i64], |row| {
        Ok(Event {
            id: conversation_id(row.get(0)?),
            seq: row.get(1)?,
            kind: row.get(2)?,
            from: row.get(3)?,
            by: row.get(4)?,
            at: row.get(5)?,
        })
    })?
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back() {
        let place = Some((Millis(1_779_287_304_000), 1042));
        for cursor in
            [Cursor::Walk { began: 7, place: None }, Cursor::Walk { began: 7, place }, Cursor::After(9)]
        {
            let text = cursor.print("5f2c91aa");
            assert_eq!(Cursor::parse(&text, "5f2c91aa", 9), Ok(cursor));
            assert_eq!(Cursor::parse(&text, "00000000", 9), Err(RefusedCursor::Gone));
        }
        assert_eq!(Cursor::parse("i.5f2c91aa.10", "5f2c91aa", 9), Err(RefusedCursor::Gone));
        assert_eq!(Cursor::parse("10", "5f2c91aa", 9), Err(RefusedCursor::Malformed));
        assert_eq!(Cursor::parse("i.5f2c91aa.x", "5f2c91aa", 9), Err(RefusedCursor::Malformed));
    }
}
