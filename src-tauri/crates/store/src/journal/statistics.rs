//! What became of a job's items, when and on which channel: raw material for its chart.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::{Channel, EffectState, JobId};
use rusqlite::params;

use super::{Journal, jobs::seq_of, lots};
use crate::{Result, column::instant_or_none};

/// How one item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemOutcome {
    /// Its number.
    pub no: u32,
    /// The channel.
    pub channel: Channel,
    /// How it stands.
    pub state: EffectState,
    /// Since when; none for what never left.
    pub at: Option<Timestamp>,
}

impl Journal {
    /// How every item of a job stands and since when, in the order of the audience.
    pub fn job_outcomes(&self, job: JobId) -> Result<Vec<ItemOutcome>> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let is_cancelled = tx
                .prepare_cached("SELECT 1 FROM jobs WHERE seq = ?1 AND state = 'cancelled'")?
                .exists(params![seq])?;
            let mut statement = tx.prepare_cached(
                "SELECT no, state, (SELECT max(coalesce(finished, started)) FROM effects
                                     WHERE effects.job = items.job AND effects.no = items.no) AS at
                   FROM items WHERE job = ?1",
            )?;
            let mut known: HashMap<u32, (EffectState, Option<Timestamp>)> = statement
                .query_map(params![seq], |row| {
                    let state = EffectState::from(row.get_ref(1)?.as_str()?);
                    Ok((row.get(0)?, (state, instant_or_none(row, "at")?)))
                })?
                .collect::<rusqlite::Result<_>>()?;
            for (numbers, state, at) in lots::numbers(tx, seq)? {
                known.extend(numbers.into_iter().map(|no| (no, (state.clone(), Some(at)))));
            }
            let audience = self.audience(tx, seq)?;
            let waits = if is_cancelled { EffectState::Skipped } else { EffectState::Pending };
            let outcomes = audience.from(0).map(|(no, item)| {
                let (state, at) = known.remove(&no).unwrap_or_else(|| {
                    (if item.takes_part { waits.clone() } else { EffectState::Skipped }, None)
                });
                ItemOutcome { no, channel: item.channel.clone(), state, at }
            });
            Ok(outcomes.collect())
        })
    }
}
