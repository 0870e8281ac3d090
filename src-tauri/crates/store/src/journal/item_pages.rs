//! A page of a job's items, in several states, without reading the job: a row that was not claimed is told from the
//! packed audience, and effects are read for the page alone.

use muster_model::{EffectState, JobId, Reason};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    ItemRow, Journal,
    audience::{Audience, verdict_reason},
    items::{effects_of, reason},
    jobs::seq_of,
    lots,
};
use crate::{Result, column::to_json};

impl Journal {
    /// Items of a job in one of these states – all of them, if none is named –, in the order of the audience: those
    /// behind the first `offset`, at most `limit`; and how many there are in all.
    pub fn items_page(
        &self,
        job: JobId,
        states: &[EffectState],
        offset: usize,
        limit: usize,
    ) -> Result<(Vec<ItemRow>, u64)> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let audience = self.audience(tx, seq)?;
            let (is_cancelled, next): (bool, u32) = tx
                .prepare_cached("SELECT state = 'cancelled', next_item FROM jobs WHERE seq = ?1")?
                .query_row(params![seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let waits = if is_cancelled { EffectState::Skipped } else { EffectState::Pending };
            let (numbers, total) = if states.is_empty() {
                let all = audience.items.len();
                ((0u32..).take(all).skip(offset).take(limit).collect(), all)
            } else {
                let numbers = numbers_in(tx, seq, &audience, (states, &waits, next))?;
                let total = numbers.len();
                (numbers.into_iter().skip(offset).take(limit).collect::<Vec<u32>>(), total)
            };
            let mut lots = self.lots(tx, seq)?;
            let mut items = Vec::with_capacity(numbers.len());
            for no in numbers {
                let member = audience.item(no)?;
                if let Some((state, effects)) = lots.item(no)? {
                    items.push(ItemRow { no, id: member.id.clone(), state, reason: None, effects });
                    continue;
                }
                let (state, why) =
                    state_of(tx, seq, no)?.unwrap_or_else(|| match (member.takes_part, is_cancelled) {
                        (false, _) => (EffectState::Skipped, Some(verdict_reason(member))),
                        (true, true) => (EffectState::Skipped, Some(Reason::new("cancelled", "cancelled"))),
                        (true, false) => (EffectState::Pending, None),
                    });
                let effects = effects_of(tx, seq, no)?;
                items.push(ItemRow { no, id: member.id.clone(), state, reason: why, effects });
            }
            Ok((items, total as u64))
        })
    }
}

/// The numbers of the items in these states. What was never claimed stands in the audience alone: it is `waits`, or
/// skipped where it does not take part. Nothing before `next` that takes part is without a row
/// or a place in a lot, and no lot goes beyond it.
fn numbers_in(
    conn: &Connection,
    seq: i64,
    audience: &Audience,
    (states, waits, next): (&[EffectState], &EffectState, u32),
) -> Result<Vec<u32>> {
    let mut statement = conn.prepare_cached(
        "SELECT no FROM items WHERE job = ?1 AND state IN (SELECT value FROM json_each(?2))",
    )?;
    let mut numbers: Vec<u32> = statement
        .query_map(params![seq, to_json(&states)?], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for (in_lot, state, _) in lots::numbers(conn, seq)? {
        if states.contains(&state) {
            numbers.extend(in_lot);
        }
    }
    if states.contains(&EffectState::Skipped) {
        numbers.extend(audience.from(0).filter(|(_, item)| !item.takes_part).map(|(no, _)| no));
    }
    if states.contains(waits) {
        let mut statement = conn.prepare_cached("SELECT no FROM items WHERE job = ?1 AND no >= ?2")?;
        let claimed: std::collections::HashSet<u32> =
            statement.query_map(params![seq, next], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let waiting = audience.from(next).filter(|(no, item)| item.takes_part && !claimed.contains(no));
        numbers.extend(waiting.map(|(no, _)| no));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn state_of(conn: &Connection, seq: i64, no: u32) -> Result<Option<(EffectState, Option<Reason>)>> {
    Ok(conn
        .prepare_cached("SELECT state, code, message FROM items WHERE job = ?1 AND no = ?2")?
        .query_row(params![seq, no], |row| {
            Ok((EffectState::from(row.get_ref(0)?.as_str()?), reason(row.get(1)?, row.get(2)?)))
        })
        .optional()?)
}
