//! When the journal was last worked: what fell due while nobody did is overdue, and a human is asked first.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::Journal;
use crate::{
    Result,
    column::{instant, ms},
};

const HEARTBEAT: &str = "heartbeat";

impl Journal {
    /// When somebody last worked the journal; none if nobody ever did.
    pub fn last_worked(&self) -> Result<Option<Timestamp>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT CAST(value AS INTEGER) AS at FROM state WHERE key = ?1")?
                .query_row(params![HEARTBEAT], |row| instant(row, "at"))
                .optional()?)
        })
    }

    /// Notes that the journal is being worked.
    pub fn note_worked(&self, now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![HEARTBEAT, ms(now).to_string()])?;
            Ok(())
        })
    }
}
