//! Outcomes: what became of what left. Every effect's story ends once.

use jiff::Timestamp;
use muster_model::{EffectState, JobState, Reason, Receipt};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::Value;

use super::{Journal, control, item, jobs};
use crate::{
    NotRecorded, Result,
    column::{ms, to_json},
};

/// What became of one effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The effect's row, from the claim.
    pub row: i64,
    /// `applied`, `rejected`, `skipped`, `unknown` or `held`.
    pub state: EffectState,
    /// Why, unless applied.
    pub reason: Option<Reason>,
    /// The server's proof.
    pub receipt: Option<Receipt>,
    /// The value afterwards, where it is known.
    pub after: Option<Value>,
    /// When.
    pub at: Timestamp,
}

impl Journal {
    /// Writes outcomes of effects that are `sending`, in one transaction. Effects behind one that did not apply become
    /// skipped. An outcome for an effect in another state is left out and reported: final states are never rewritten.
    pub fn record(&self, outcomes: &[Recorded]) -> Result<Vec<NotRecorded>> {
        self.db.write(|tx| self.write_outcomes(tx, outcomes))
    }

    /// As [`Journal::record`], inside a transaction.
    pub(super) fn write_outcomes(
        &self,
        conn: &Connection,
        outcomes: &[Recorded],
    ) -> Result<Vec<NotRecorded>> {
        let others = self.record_lots(conn, outcomes)?;
        write(conn, others, &[EffectState::Sending])
    }

    /// Settles effects that are `unknown` or `held`, once: reconcile found out, or a human decided. A job that was over
    /// goes on if its item has effects left, and its end is judged anew otherwise.
    pub fn settle_unknown(&self, outcomes: &[Recorded]) -> Result<Vec<NotRecorded>> {
        self.db.write(|tx| {
            let refused = write(tx, outcomes, &[EffectState::Unknown, EffectState::Held])?;
            for outcome in outcomes {
                if let Some((job, _, _)) = place_of(tx, outcome.row)? {
                    jobs::judge_again(tx, job, ms(outcome.at))?;
                }
            }
            Ok(refused)
        })
    }

    /// Back to pending: the call provably did not reach the server. The attempt stays counted.
    pub fn put_back(&self, rows: &[i64], now: Timestamp) -> Result<Vec<NotRecorded>> {
        self.db.write(|tx| {
            self.take_apart_with(tx, rows)?;
            back_to_pending(tx, rows, &EffectState::Sending, ms(now))
        })
    }

    /// Lets effects that are `unknown` but may safely be repeated wait for their turn again: a status, an assignee or a
    /// tag can be set twice, a contact be blocked twice and what is gone be deleted again; a customer must not hear a
    /// thing twice.
    pub fn repeat_unknown(&self, rows: &[i64], now: Timestamp) -> Result<Vec<NotRecorded>> {
        self.db.write(|tx| {
            let mut repeatable = Vec::new();
            let mut refused = Vec::new();
            for &row in rows {
                let may = tx
                    .prepare_cached(
                        "SELECT 1 FROM effects
                          WHERE row = ?1 AND effect IN ('status', 'assignee', 'team', 'tag+', 'tag-', 'tag_clear',
                                                        'priority', 'follow', 'block', 'delete')",
                    )?
                    .exists(params![row])?;
                if may {
                    repeatable.push(row);
                } else {
                    let is = place_of(tx, row)?.map(|(_, _, state)| state);
                    refused.push(NotRecorded { row, is, asked: EffectState::Pending });
                }
            }
            refused.extend(back_to_pending(tx, &repeatable, &EffectState::Unknown, ms(now))?);
            for row in repeatable {
                if let Some((job, _, _)) = place_of(tx, row)? {
                    jobs::judge_again(tx, job, ms(now))?;
                }
            }
            Ok(refused)
        })
    }

    /// Lets effects that are `unknown` leave again although a customer may hear of them: only for what reconcile proved
    /// not to have arrived. They leave with the same reference as before.
    pub fn resend_unknown(&self, rows: &[i64], now: Timestamp) -> Result<Vec<NotRecorded>> {
        self.db.write(|tx| {
            let refused = back_to_pending(tx, rows, &EffectState::Unknown, ms(now))?;
            for &row in rows {
                if let Some((job, _, _)) = place_of(tx, row)? {
                    jobs::judge_again(tx, job, ms(now))?;
                }
            }
            Ok(refused)
        })
    }

    /// On taking the lock: whatever was on its way when the last worker died may or may not have arrived.
    pub fn recover(&self, now: Timestamp) -> Result<u64> {
        self.db.write(|tx| {
            self.take_apart_sending(tx)?;
            let rows: Vec<i64> = tx
                .prepare_cached("SELECT row FROM effects WHERE state = 'sending' ORDER BY job, no, ordinal")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let outcomes: Vec<Recorded> = rows
                .iter()
                .map(|&row| Recorded {
                    row,
                    state: EffectState::Unknown,
                    reason: Some(Reason::new("no_answer", "Muster stopped while it was on its way")),
                    receipt: None,
                    after: None,
                    at: now,
                })
                .collect();
            write(tx, &outcomes, &[EffectState::Sending])?;
            Ok(rows.len() as u64)
        })
    }
}

pub(super) fn write<'a>(
    conn: &Connection,
    outcomes: impl IntoIterator<Item = &'a Recorded>,
    from: &[EffectState],
) -> Result<Vec<NotRecorded>> {
    let mut refused = Vec::new();
    let mut touched = Vec::new();
    for outcome in outcomes {
        let place = place_of(conn, outcome.row)?;
        let is = place.as_ref().map(|(_, _, state)| state.clone());
        let Some((job, no, _)) =
            place.filter(|(_, _, state)| from.contains(state) && may_follow(state, &outcome.state))
        else {
            tracing::warn!(effect = outcome.row, asked = %outcome.state, "outcome not recorded: the story is over");
            refused.push(NotRecorded { row: outcome.row, is, asked: outcome.state.clone() });
            continue;
        };
        let receipt = outcome.receipt.as_ref().map(to_json).transpose()?;
        conn.prepare_cached(
            "UPDATE effects
                SET state = :state, code = :code, message = :message, receipt = :receipt,
                    receipt_stamp = :stamp, after = :after, finished = :finished
              WHERE row = :row",
        )?
        .execute(named_params! {
            ":row": outcome.row,
            ":state": outcome.state.as_str(),
            ":code": outcome.reason.as_ref().map_or("", |reason| reason.code.as_str()),
            ":message": outcome.reason.as_ref().map_or("", |reason| reason.message.as_str()),
            ":receipt": receipt,
            ":stamp": outcome.receipt.as_ref().and_then(|receipt| receipt.stamp),
            ":after": outcome.after.as_ref().map(Value::to_string),
            ":finished": ms(outcome.at),
        })?;
        if touched.last() != Some(&(job, no, ms(outcome.at))) {
            touched.push((job, no, ms(outcome.at)));
        }
    }
    for (job, no, at) in touched {
        item::settle(conn, job, no, at)?;
    }
    Ok(refused)
}

/// Which outcome may follow which state. `unknown` becomes a fact, never another doubt.
fn may_follow(is: &EffectState, asked: &EffectState) -> bool {
    match is {
        EffectState::Sending => asked.is_final() || matches!(asked, EffectState::Unknown | EffectState::Held),
        EffectState::Unknown | EffectState::Held => asked.is_final(),
        _ => false,
    }
}

/// What it was before is forgotten: the next claim looks again, because others go on meanwhile.
pub(super) fn back_to_pending(
    conn: &Connection,
    rows: &[i64],
    from: &EffectState,
    now: i64,
) -> Result<Vec<NotRecorded>> {
    let mut refused = Vec::new();
    for &row in rows {
        let place = place_of(conn, row)?;
        match place {
            Some((job, no, state)) if state == *from => {
                conn.prepare_cached(
                    "UPDATE effects SET state = 'pending', code = '', message = '', before = NULL, finished = NULL
                      WHERE row = ?1",
                )?
                .execute(params![row])?;
                if jobs::state_and_total(conn, job)?.0 == JobState::Cancelled {
                    // It was cancelled while this was on its way, and this did not arrive: it never will.
                    control::skip_cancelled(conn, job, no, now)?;
                } else {
                    item::settle(conn, job, no, now)?;
                }
            }
            other => {
                let is = other.map(|(_, _, state)| state);
                refused.push(NotRecorded { row, is, asked: EffectState::Pending });
            }
        }
    }
    Ok(refused)
}

pub(super) fn place_of(conn: &Connection, row: i64) -> Result<Option<(i64, u32, EffectState)>> {
    Ok(conn
        .prepare_cached("SELECT job, no, state FROM effects WHERE row = ?1")?
        .query_row(params![row], |row| {
            Ok((row.get(0)?, row.get(1)?, EffectState::from(row.get_ref(2)?.as_str()?)))
        })
        .optional()?)
}
