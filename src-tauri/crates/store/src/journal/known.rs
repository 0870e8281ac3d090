//! What was applied from here and the cache may not show yet.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use muster_model::{Effect, JobId, RemoteId};
use rusqlite::{Connection, params};

use super::Journal;
use crate::{
    Result,
    column::{json, ms},
};

/// An effect with the stamp that it led to and its number: the order in which the help desk did them.
type Applied = ((i64, i64), Effect);

impl Journal {
    /// What was applied to each of these conversations from here and led to a state newer than the stamp beside it,
    /// oldest first. Nothing that lots of `job` itself did, nor what lots did before `since`: a sync brought it long ago.
    pub fn applied_since(
        &self,
        job: JobId,
        headers: &[(&RemoteId, i64)],
        since: Timestamp,
    ) -> Result<HashMap<RemoteId, Vec<Effect>>> {
        self.db.read(|tx| {
            let mut found: HashMap<RemoteId, Vec<Applied>> = HashMap::new();
            let mut in_rows = tx.prepare_cached(
                "SELECT receipt_stamp, row, value FROM effects
                  WHERE id = ?1 AND state = 'applied' AND receipt_stamp > ?2",
            )?;
            for (id, stamp) in headers {
                let mut rows = in_rows.query(params![id.as_str(), stamp])?;
                while let Some(row) = rows.next()? {
                    let effect = ((row.get(0)?, row.get(1)?), json(row, "value")?);
                    found.entry((*id).clone()).or_default().push(effect);
                }
            }
            let lowest = headers.iter().map(|(_, stamp)| *stamp).min().unwrap_or(i64::MAX);
            for (seq, lots) in candidates(tx, job, since, lowest)? {
                let audience = self.audience(tx, seq)?;
                let members: Vec<(u32, &RemoteId, i64)> = headers
                    .iter()
                    .filter_map(|(id, stamp)| Some((audience.number_of(id)?, *id, *stamp)))
                    .collect();
                let mut reader = self.lots(tx, seq)?;
                for (first, last) in lots {
                    for (no, id, stamp) in members.iter().filter(|(no, ..)| (first..=last).contains(no)) {
                        for row in reader.item(*no)?.map(|(_, effects)| effects).unwrap_or_default() {
                            let led_to = row.receipt.as_ref().and_then(|receipt| receipt.stamp);
                            if let Some(led_to) = led_to.filter(|led_to| led_to > stamp) {
                                let order = (led_to, row.row);
                                let effects = found.entry((*id).clone()).or_default();
                                // Lots may lie over one another; an effect is in one of them.
                                if effects.iter().all(|(known, _)| *known != order) {
                                    effects.push((order, row.effect));
                                }
                            }
                        }
                    }
                }
            }
            Ok(found.into_iter().map(|(id, effects)| (id, in_order(effects))).collect())
        })
    }
}

/// Where other jobs than this one have lots that were applied since and led to states newer than this stamp: first and
/// last item, by the row of the job.
fn candidates(
    conn: &Connection,
    job: JobId,
    since: Timestamp,
    stamp: i64,
) -> Result<BTreeMap<i64, Vec<(u32, u32)>>> {
    let mut statement = conn.prepare_cached(
        "SELECT job, first_no, last_no FROM lots
          WHERE state = 'applied' AND finished >= ?1 AND stamp > ?2 AND job <> (SELECT seq FROM jobs WHERE id = ?3)",
    )?;
    let mut rows = statement.query(params![ms(since), stamp, job.to_string()])?;
    let mut lots: BTreeMap<i64, Vec<(u32, u32)>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        lots.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    Ok(lots)
}

fn in_order(mut effects: Vec<Applied>) -> Vec<Effect> {
    effects.sort_by_key(|(order, _)| *order);
    effects.into_iter().map(|(_, effect)| effect).collect()
}
