//! How far the sync is, and the sequence that tells readers whether they have the latest.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Cache;
use crate::{
    Result,
    column::{instant_or_none, ms, to_count},
};

/// Entries of the log of changes that are kept for indexes that are behind. Making an index anew is quicker than more.
const KEPT_CHANGES: i64 = 50_000;

/// How far the sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncState {
    /// Where to go on; none before the first page.
    pub cursor: Option<String>,
    /// The first walk through everything is not over.
    pub backfilling: bool,
    /// Conversations here.
    pub cached: u64,
    /// Conversations at the server, where it says so.
    pub total: Option<u64>,
    /// When the server was last heard.
    pub last_synced: Option<Timestamp>,
    /// Raised by every write to the cache.
    pub sequence: i64,
}

impl Cache {
    /// How far the sync is.
    pub fn sync_state(&self) -> Result<SyncState> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT cursor, backfilling, total, last_synced, sequence,
                            (SELECT count(*) FROM conversations) AS cached
                       FROM sync",
                )?
                .query_row([], |row| {
                    Ok(SyncState {
                        cursor: row.get("cursor")?,
                        backfilling: row.get("backfilling")?,
                        cached: to_count(row, "cached")?,
                        total: row.get::<_, Option<i64>>("total")?.map(i64::unsigned_abs),
                        last_synced: instant_or_none(row, "last_synced")?,
                        sequence: row.get("sequence")?,
                    })
                })?)
        })
    }

    /// When the server was last heard; at once, where [`Cache::sync_state`] counts.
    pub fn last_synced(&self) -> Result<Option<Timestamp>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT last_synced FROM sync")?
                .query_row([], |row| instant_or_none(row, "last_synced"))?)
        })
    }

    /// Notes that the server was heard and had nothing new.
    pub fn note_synced(&self, now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            // The sequence stays: no row changed.
            tx.prepare_cached("UPDATE sync SET last_synced = ?1")?.execute(params![ms(now)])?;
            Ok(())
        })
    }

    /// The highest effect that the journal had sent, as last noted here.
    pub fn highest_sent(&self) -> Result<i64> {
        self.db.read(|tx| Ok(tx.query_row("SELECT highest_sent FROM sync", [], |row| row.get(0))?))
    }

    /// Notes the highest effect that the journal has sent: a journal behind it is a restored backup.
    pub fn set_highest_sent(&self, row: i64) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE sync SET highest_sent = max(highest_sent, ?1)")?
                .execute(params![row])?;
            Ok(())
        })
    }

    /// Takes a restored journal as it is, once what it still wanted to send stands still.
    pub fn accept_highest_sent(&self, row: i64) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached("UPDATE sync SET highest_sent = ?1")?.execute(params![row])?;
            Ok(())
        })
    }
}

/// Raises the sequence; every writing transaction that a reader must notice ends with this.
pub(crate) fn raise(conn: &Connection) -> Result<i64> {
    conn.prepare_cached("DELETE FROM changes WHERE n <= (SELECT max(n) FROM changes) - ?1")?
        .execute(params![KEPT_CHANGES])?;
    Ok(conn
        .prepare_cached("UPDATE sync SET sequence = sequence + 1 RETURNING sequence")?
        .query_row([], |row| row.get(0))?)
}

/// The sequence of the state that a transaction sees.
pub(crate) fn sequence(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT sequence FROM sync")?.query_row([], |row| row.get(0))?)
}

/// Notes that a row was written or taken out. Whoever does so raises the sequence when all is done.
pub(crate) fn note_change(conn: &Connection, row: i64) -> Result<()> {
    conn.prepare_cached("INSERT INTO changes (row, sequence) VALUES (?1, (SELECT sequence + 1 FROM sync))")?
        .execute(params![row])?;
    Ok(())
}
