//! How often the copy of what the help desk has was made anew, because it was damaged: a disk that fails must not have
//! everything fetched again for ever.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::Journal;
use crate::{
    Result,
    column::{ms, to_json},
};

const RENEWALS: &str = "copy_renewals";
/// So often within a day.
const MOST: usize = 3;
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Journal {
    /// Notes that the copy is made anew now; says no where that happened too often lately.
    pub fn may_renew_copy(&self, now: Timestamp) -> Result<bool> {
        self.db.write(|tx| {
            let mut lately = renewals(tx)?;
            lately.retain(|at| (0..DAY.as_millis()).contains(&i128::from(ms(now) - at)));
            if lately.len() >= MOST {
                return Ok(false);
            }
            lately.push(ms(now));
            tx.prepare_cached(
                "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![RENEWALS, to_json(&lately)?])?;
            Ok(true)
        })
    }
}

/// When that was, in UTC milliseconds. What cannot be read counts as never.
fn renewals(conn: &Connection) -> Result<Vec<i64>> {
    let json: Option<String> = conn
        .prepare_cached("SELECT value FROM state WHERE key = ?1")?
        .query_row(params![RENEWALS], |row| row.get(0))
        .optional()?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, key};

    #[test]
    fn three_times_a_day_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), &key()).unwrap();
        let may = |hour: i64| journal.may_renew_copy(at(hour * 3_600)).unwrap();
        assert_eq!([1, 5, 9, 12, 24].map(may), [true, true, true, false, false]);
        assert!(may(26), "the first is more than a day ago");
        assert_eq!([27, 30].map(may), [false, true]);
    }
}
