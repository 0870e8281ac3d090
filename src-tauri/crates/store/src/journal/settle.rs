//! What a human decides about items: an answer to what is unknown or held, taking items out of a job, and the job that
//! follows another. Each is one transaction on the rows themselves, valid whoever works the journal.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use muster_model::{EffectState, JobId, RemoteId};
use rusqlite::{Connection, params};

use super::{
    Journal, NewJob, Recipients, Recorded,
    audience::{Audience, pack},
    control::skip_cancelled,
    jobs::{beside, insert, judge_again, seq_of},
    lots,
    record::{back_to_pending, write},
    stories::stand,
    tally,
};
use crate::{Result, column::ms};

impl Journal {
    /// A held item leaves after all: a human has seen what was written up to `seen`. False if it is not held any more,
    /// or its job was cancelled.
    pub fn send_held(&self, job: JobId, id: &RemoteId, seen: Timestamp, now: Timestamp) -> Result<bool> {
        self.db.write(|tx| {
            let Some((seq, no)) = self.place(tx, job, id)? else { return Ok(false) };
            let alive = tx
                .prepare_cached("SELECT 1 FROM jobs WHERE seq = ?1 AND state <> 'cancelled'")?
                .exists(params![seq])?;
            let held = rows_in(tx, seq, no, &EffectState::Held)?;
            if !alive || held.is_empty() {
                return Ok(false);
            }
            tx.prepare_cached(
                "UPDATE items SET seen = max(coalesce(seen, ?3), ?3) WHERE job = ?1 AND no = ?2",
            )?
            .execute(params![seq, no, ms(seen)])?;
            back_to_pending(tx, &held, &EffectState::Held, ms(now))?;
            judge_again(tx, seq, ms(now))?;
            Ok(true)
        })
    }

    /// A human looked at an unknown item and leaves it at that: it stays unknown, and needs no attention any more.
    /// False if it is not unknown any more.
    pub fn leave_unknown(&self, job: JobId, id: &RemoteId, now: Timestamp) -> Result<bool> {
        self.db.write(|tx| {
            let Some((seq, no)) = self.place(tx, job, id)? else { return Ok(false) };
            let changed = tx
                .prepare_cached(
                    "UPDATE items SET left_at = ?3 WHERE job = ?1 AND no = ?2 AND state = 'unknown'",
                )?
                .execute(params![seq, no, ms(now)])?;
            Ok(changed == 1)
        })
    }

    /// A human says that it did not arrive: its story ends, and another job sends it again – both or neither, so that
    /// no crash and no second click can send it twice. False if it was settled meanwhile.
    pub fn send_again(&self, settled: &[Recorded], again: &NewJob) -> Result<bool> {
        let packed = pack(&again.audience)?;
        self.db.write(|tx| {
            for outcome in settled {
                let is_open = tx
                    .prepare_cached("SELECT 1 FROM effects WHERE row = ?1 AND state = 'unknown'")?
                    .exists(params![outcome.row])?;
                if !is_open {
                    return Ok(false);
                }
            }
            write(tx, settled, &[EffectState::Unknown])?;
            if let Some(origin) = &again.origin {
                judge_again(tx, seq_of(tx, origin.job)?, ms(again.created))?;
            }
            insert(tx, again, &packed)?;
            Ok(true)
        })
    }

    /// Takes items out of a job that goes on: what of them has not left ends as `skipped: cancelled`.
    pub fn cancel_items(&self, job: JobId, ids: &[RemoteId], now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            let seq = seq_of(tx, job)?;
            let audience = self.audience(tx, seq)?;
            for no in ids.iter().filter_map(|id| audience.number_of(id)) {
                let id = &audience.item(no)?.id;
                cancel(tx, seq, no, id, ms(now))?;
            }
            judge_again(tx, seq, ms(now))
        })
    }

    /// Confirms a job that undoes or repeats items of another, without those that an earlier one of its kind took over.
    /// Says how many take part; with none, nothing is confirmed.
    pub fn follow_up(&self, job: &NewJob) -> Result<usize> {
        let (left, made) = beside(&job.audience, || {
            let packed = pack(&job.audience)?;
            self.db.write(|tx| {
                let taken = job.origin.as_ref().map(|origin| self.taken(tx, origin)).transpose()?;
                let left = without(&job.audience, &taken.unwrap_or_default());
                let taking_part = left.iter().filter(|item| item.takes_part).count();
                if taking_part == 0 {
                    return Ok(None);
                }
                if left.len() == job.audience.len() {
                    insert(tx, job, &packed)?;
                } else {
                    insert(tx, &NewJob { audience: left.clone(), ..job.clone() }, &pack(&left)?)?;
                }
                Ok(Some((seq_of(tx, job.id)?, taking_part, left)))
            })
        })?;
        let Some((seq, taking_part, left)) = left else { return Ok(0) };
        let is_whole = left.len() == job.audience.len();
        // It is worked on next.
        self.keep_audience(seq, Arc::new(if is_whole { made } else { Audience::of(left) }));
        Ok(taking_part)
    }

    /// Conversations of a job with something on its way right now.
    pub fn is_sending(&self, job: JobId) -> Result<bool> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let in_rows = tx
                .prepare_cached("SELECT 1 FROM effects WHERE state = 'sending' AND job = ?1")?
                .exists(params![seq])?;
            Ok(in_rows || lots::sending(tx, seq)? > 0)
        })
    }

    /// When the last effect of a job on this conversation was applied.
    pub fn applied_at(&self, job: JobId, id: &RemoteId) -> Result<Option<Timestamp>> {
        let only = std::slice::from_ref(id);
        let stories = self.stories(job, Some(only))?;
        let effects = stories.iter().flat_map(|story| &story.effects);
        Ok(effects
            .filter(|effect| effect.state == EffectState::Applied)
            .filter_map(|effect| effect.finished)
            .max())
    }

    fn place(&self, conn: &Connection, job: JobId, id: &RemoteId) -> Result<Option<(i64, u32)>> {
        let seq = seq_of(conn, job)?;
        Ok(self.audience(conn, seq)?.number_of(id).map(|no| (seq, no)))
    }
}

/// The audience without those that were taken over already.
fn without(audience: &Recipients, taken: &HashSet<RemoteId>) -> Recipients {
    if taken.is_empty() || !audience.iter().any(|item| taken.contains(&item.id)) {
        return audience.clone();
    }
    audience.iter().filter(|item| !taken.contains(&item.id)).cloned().collect()
}

fn rows_in(conn: &Connection, seq: i64, no: u32, state: &EffectState) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT row FROM effects WHERE job = ?1 AND no = ?2 AND state = ?3 ORDER BY ordinal",
    )?;
    let rows = statement
        .query_map(params![seq, no, state.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn cancel(conn: &Connection, seq: i64, no: u32, id: &RemoteId, now: i64) -> Result<()> {
    if lots::state_of(conn, seq, no)?.is_some() {
        // All of it is on its way, or was applied.
        return Ok(());
    }
    if stand(conn, seq, no)?.is_some() {
        return skip_cancelled(conn, seq, no, now);
    }
    // Never claimed: a row without effects says that it ended before it began.
    conn.prepare_cached(
        "INSERT INTO items (job, no, id, state, code, message)
         VALUES (?1, ?2, ?3, 'skipped', 'cancelled', 'cancelled')",
    )?
    .execute(params![seq, no, id.as_str()])?;
    tally::add(conn, seq, (&EffectState::Skipped, "cancelled", "cancelled"), 1)
}
