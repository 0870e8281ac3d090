//! What has not reached the help desk, and what lately did.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::RemoteId;
use rusqlite::params;

use super::{
    Journal,
    jobs::{read, with_figures},
    lots,
};
use crate::{
    Result,
    column::{ms, to_count},
};

/// What has not reached the help desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Effects.
    pub effects: u64,
    /// Conversations' items.
    pub items: u64,
    /// Jobs.
    pub jobs: u64,
}

impl Journal {
    /// What has not reached the help desk, over all jobs that leave by themselves: not what is paused until somebody
    /// says go on, nor batches that are not due.
    pub fn waiting(&self) -> Result<Waiting> {
        self.db.read(|tx| {
            let mut waiting = Waiting::default();
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                        opened, released, canary_passed, go_at, points_to, relation
                   FROM jobs
                  WHERE state IN ('holding', 'running') OR state = 'paused' AND pause IN ('offline', 'key')
                  ORDER BY seq",
            )?;
            let open = statement.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
            for job in with_figures(tx, open)? {
                let unopened = match job.released {
                    Some(released) => job.unopened().min(released.saturating_sub(job.opened)),
                    None => job.unopened(),
                };
                let items = unopened + job.begun + job.counts.sending;
                if items == 0 {
                    continue;
                }
                let in_lots = lots::sending(tx, job.seq)?;
                let effects_with_row: u64 = tx
                    .prepare_cached(
                        "SELECT count(*) FROM effects
                          WHERE job = ?1 AND state IN ('pending', 'sending')
                            AND no IN (SELECT no FROM items WHERE job = ?1 AND state IN ('pending', 'sending'))",
                    )?
                    .query_row(params![job.seq], |row| to_count(row, 0))?;
                // Where every item has effects of its own there is at least one.
                let per_item = job.action.as_ref().map_or(0, |action| action.effects().len().max(1) as u64);
                waiting.jobs += 1;
                waiting.items += items;
                waiting.effects += effects_with_row + in_lots + unopened * per_item;
            }
            Ok(waiting)
        })
    }

    /// The highest effect that ever left. `cache.db` remembers it too: a journal behind that is a restored backup.
    pub fn highest_sent(&self) -> Result<i64> {
        self.db.read(|tx| {
            let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'effects'";
            Ok(tx.query_row(sql, [], |row| row.get(0))?)
        })
    }

    /// Conversations that got a mass reply since then, or may have got one.
    pub fn recent_mass_replies(&self, since: Timestamp) -> Result<HashSet<RemoteId>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT effects.id FROM effects JOIN jobs ON jobs.seq = effects.job
                  WHERE effects.effect = 'reply' AND effects.started >= ?1
                    AND effects.state IN ('sending', 'applied', 'unknown') AND jobs.mass = 1",
            )?;
            let ids = statement
                .query_map(params![ms(since)], |row| Ok(RemoteId::new(row.get::<_, String>(0)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(ids)
        })
    }
}
