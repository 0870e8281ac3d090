//! How a job moves between its states. Every move is one transaction that is decided on the row as it stands in it, so
//! that whoever comes second – the worker, a window, a terminal in another process – decides on what the first one
//! wrote. A request of another process is therefore nothing but the changed row.

use jiff::Timestamp;
use muster_model::{EffectState, JobId, JobState, PauseReason, Sending};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{
    JobRow, Journal, Recorded, item,
    jobs::{end, read, seq_of, with_figures},
    tally,
};
use crate::{
    NotRecorded, Result, StoreError,
    column::{from_count, instant, ms, to_json},
};

/// What of a job changes while it lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// What people call it.
    pub name: String,
    /// Where it stands.
    pub state: JobState,
    /// Why it is paused.
    pub pause: Option<PauseReason>,
    /// When it leaves, or its next batch does.
    pub due: Timestamp,
    /// How it leaves.
    pub sending: Sending,
    /// So many may be claimed in all; none: everybody.
    pub released: Option<u64>,
    /// Somebody looked at the first few and said go on.
    pub canary_passed: bool,
    /// When somebody last said that it may leave.
    pub go_at: Timestamp,
}

/// A job after somebody wanted to move it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Whether it moved. If not, somebody was quicker, or it was not allowed.
    pub did: bool,
    /// As it stands now.
    pub job: JobRow,
}

impl JobRow {
    /// What of it can change.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            name: self.name.clone(),
            state: self.state.clone(),
            pause: self.pause.clone(),
            due: self.due,
            sending: self.sending.clone(),
            released: self.released,
            canary_passed: self.canary_passed,
            go_at: self.go_at,
        }
    }
}

impl Journal {
    /// Moves a job as `decide` says of the row as it stands; `None` leaves it as it is. A job that is over is not asked
    /// about: it stays.
    pub fn move_job(&self, job: JobId, decide: impl Fn(&JobRow) -> Option<Standing>) -> Result<Moved> {
        self.db.write(|tx| {
            let row = row_of(tx, job)?;
            let wanted = if row.state.is_over() { None } else { decide(&row) };
            let Some(to) = wanted.filter(|to| *to != row.standing()) else {
                return Ok(Moved { did: false, job: row });
            };
            tx.prepare_cached(
                "UPDATE jobs SET name = :name, state = :state, pause = :pause, due = :due, sending = :sending,
                        released = :released, canary_passed = :canary_passed, go_at = :go_at
                  WHERE seq = :seq",
            )?
            .execute(named_params! {
                ":seq": row.seq,
                ":name": to.name,
                ":state": to.state.as_str(),
                ":pause": to.pause.as_ref().map(PauseReason::as_str),
                ":due": ms(to.due),
                ":sending": to_json(&to.sending)?,
                ":released": to.released.map(from_count),
                ":canary_passed": to.canary_passed,
                ":go_at": ms(to.go_at),
            })?;
            Ok(Moved { did: true, job: row_of(tx, job)? })
        })
    }

    /// Stops a job for good: what has not left ends as `skipped: cancelled`. What is on its way keeps its own outcome.
    pub fn cancel_job(&self, job: JobId, now: Timestamp) -> Result<Moved> {
        let now = ms(now);
        self.db.write(|tx| {
            let row = row_of(tx, job)?;
            if row.state.is_over() {
                return Ok(Moved { did: false, job: row });
            }
            let seq = row.seq;
            tx.prepare_cached(
                "UPDATE jobs SET state = 'cancelled', pause = NULL, finished = ?2 WHERE seq = ?1",
            )?
            .execute(params![seq, now])?;
            let items: Vec<u32> = tx
                .prepare_cached("SELECT DISTINCT no FROM effects WHERE job = ?1 AND state = 'pending'")?
                .query_map(params![seq], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for no in items {
                skip_cancelled(tx, seq, no, now)?;
            }
            // Items that never got a row are exactly what is still missing to the total.
            let (counts, _) = tally::of(tx, seq, row.total)?;
            tally::add(tx, seq, (&EffectState::Skipped, "cancelled", "cancelled"), counts.pending)?;
            Ok(Moved { did: true, job: row_of(tx, job)? })
        })
    }

    /// Ends a running job that has nothing left to send; says the state that it is in afterwards. One that was paused
    /// or cancelled meanwhile stays what it is.
    pub fn finish_job(&self, job: JobId, now: Timestamp) -> Result<JobState> {
        self.db.write(|tx| {
            let row = row_of(tx, job)?;
            if row.state != JobState::Running || row.counts.open() > 0 {
                return Ok(row.state);
            }
            end(tx, row.seq, &row.counts, ms(now))
        })
    }

    /// As [`Journal::record`]; in the same transaction the job ends, if every one of its items has its end now. Says whether
    /// it did. What is unknown may still be looked for, so that a job with such an item goes on.
    pub fn record_and_finish(
        &self,
        outcomes: &[Recorded],
        job: JobId,
        now: Timestamp,
    ) -> Result<(Vec<NotRecorded>, Option<JobState>)> {
        self.db.write(|tx| {
            let refused = self.write_outcomes(tx, outcomes)?;
            let row = row_of(tx, job)?;
            let is_over = row.state == JobState::Running && row.counts.open() + row.counts.unknown == 0;
            let state = if is_over { Some(end(tx, row.seq, &row.counts, ms(now))?) } else { None };
            Ok((refused, state))
        })
    }

    /// When the next job that waits for its time begins.
    pub fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT due FROM jobs WHERE state IN ('holding', 'scheduled') AND due > ?1 ORDER BY due LIMIT 1",
                )?
                .query_row(params![ms(now)], |row| instant(row, "due"))
                .optional()?)
        })
    }
}

/// Ends what is pending of an item as `skipped: cancelled`.
pub(crate) fn skip_cancelled(conn: &Connection, seq: i64, no: u32, now: i64) -> Result<()> {
    conn.prepare_cached(
        "UPDATE effects SET state = 'skipped', code = 'cancelled', message = 'cancelled', finished = ?3
          WHERE job = ?1 AND no = ?2 AND state = 'pending'",
    )?
    .execute(params![seq, no, now])?;
    item::settle(conn, seq, no, now)?;
    Ok(())
}

fn row_of(conn: &Connection, job: JobId) -> Result<JobRow> {
    let seq = seq_of(conn, job)?;
    let row = conn
        .prepare_cached(
            "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                    opened, released, canary_passed, go_at, points_to, relation
               FROM jobs WHERE seq = ?1",
        )?
        .query_row(params![seq], read)?;
    with_figures(conn, vec![row])?.pop().ok_or(StoreError::NoSuchJob(job))
}
