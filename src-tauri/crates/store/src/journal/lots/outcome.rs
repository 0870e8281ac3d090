//! What becomes of a lot: all of it applied, or taken apart.

use muster_model::{EffectState, Receipt};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::Value;

use super::{Lot, READ, Shared, effects_of, effects_of_job, gone, read};
use crate::{
    Result,
    column::{ms, to_json},
    journal::{Journal, Recorded, item::next_move, tally},
};

impl Journal {
    /// Writes the outcomes that apply whole lots; takes the other lots apart that they are about. Says what is left.
    pub(in crate::journal) fn record_lots<'a>(
        &self,
        conn: &Connection,
        outcomes: &'a [Recorded],
    ) -> Result<Vec<&'a Recorded>> {
        let mut rest = outcomes;
        let mut left = Vec::new();
        while let Some(first) = rest.first() {
            let Some(lot) = lot_with(conn, first.row)? else {
                left.push(first);
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            let size = usize::try_from(lot.end_row - lot.first_row).unwrap_or(usize::MAX);
            if let Some((whole, others)) = rest.split_at_checked(size)
                && let Some(says_after) = self.applies(conn, &lot, whole)?
            {
                apply(conn, &lot, whole, says_after)?;
                rest = others;
            } else {
                self.take_apart(conn, &lot)?;
            }
        }
        Ok(left)
    }

    /// Takes the lots apart to which these effects belong.
    pub(in crate::journal) fn take_apart_with(&self, conn: &Connection, rows: &[i64]) -> Result<()> {
        for row in rows {
            if let Some(lot) = lot_with(conn, *row)? {
                self.take_apart(conn, &lot)?;
            }
        }
        Ok(())
    }

    /// Takes every lot apart that is on its way.
    pub(in crate::journal) fn take_apart_sending(&self, conn: &Connection) -> Result<()> {
        for lot in read(conn, &format!("{READ} WHERE state = 'sending'"), ())? {
            self.take_apart(conn, &lot)?;
        }
        Ok(())
    }

    /// Whether these outcomes are that all of a lot was applied; and whether they say what is so afterwards.
    fn applies(&self, conn: &Connection, lot: &Lot, outcomes: &[Recorded]) -> Result<Option<bool>> {
        let at = outcomes.first().map(|outcome| outcome.at);
        let fits = lot.state == EffectState::Sending
            && (lot.first_row..).zip(outcomes).all(|(row, outcome)| {
                outcome.row == row
                    && outcome.state == EffectState::Applied
                    && outcome.reason.is_none()
                    && Some(outcome.at) == at
            });
        if !fits {
            return Ok(None);
        }
        if outcomes.iter().all(|outcome| outcome.after.is_none()) {
            return Ok(Some(false));
        }
        // All of them do the same.
        let (audience, common) = (self.audience(conn, lot.seq)?, effects_of_job(conn, lot.seq)?);
        let first = lot.numbers.first().ok_or_else(gone)?;
        let after: Vec<Option<Value>> =
            effects_of(audience.item(*first)?, &common).iter().map(|own| own.effect.value_after()).collect();
        let says_so = outcomes.iter().zip(after.iter().cycle()).all(|(said, after)| said.after == *after);
        Ok(says_so.then_some(true))
    }

    /// Makes rows of a lot, as if each of its items had been claimed for itself.
    fn take_apart(&self, conn: &Connection, lot: &Lot) -> Result<()> {
        let (audience, common) = (self.audience(conn, lot.seq)?, effects_of_job(conn, lot.seq)?);
        let mut row = lot.first_row;
        for (place, no) in lot.numbers.iter().enumerate() {
            let item = audience.item(*no)?;
            conn.prepare_cached("INSERT INTO items (job, no, id, state, moved) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![lot.seq, no, item.id.as_str(), lot.state.as_str(), lot.moved])?;
            let before = lot.before.get(place).ok_or_else(gone)?;
            for ((ordinal, own), before) in (0u32..).zip(effects_of(item, &common)).zip(before) {
                let receipt = lot.receipt(place, ordinal as usize);
                let after = if lot.says_after { own.effect.value_after() } else { None };
                conn.prepare_cached(
                    "INSERT INTO effects (row, job, no, ordinal, id, effect, value, expects, state, before, after, attempts,
                                          receipt, receipt_stamp, started, finished)
                     VALUES (:row, :job, :no, :ordinal, :id, :effect, :value, :expects, :state, :before, :after, 1,
                             :receipt, :stamp, :started, :finished)",
                )?
                .execute(named_params! {
                    ":row": row,
                    ":job": lot.seq,
                    ":no": no,
                    ":ordinal": ordinal,
                    ":id": item.id.as_str(),
                    ":effect": own.effect.word(),
                    ":value": to_json(&own.effect)?,
                    ":expects": own.expects.as_ref().map(ToString::to_string),
                    ":state": lot.state.as_str(),
                    ":before": before.as_ref().map(ToString::to_string),
                    ":after": after.as_ref().map(ToString::to_string),
                    ":receipt": receipt.as_ref().map(to_json).transpose()?,
                    ":stamp": receipt.as_ref().and_then(|receipt| receipt.stamp),
                    ":started": ms(lot.started),
                    ":finished": lot.finished.map(ms),
                })?;
                row += 1;
            }
        }
        conn.prepare_cached("DELETE FROM lots WHERE row = ?1")?.execute(params![lot.row])?;
        Ok(())
    }
}

/// The lot to which an effect belongs.
fn lot_with(conn: &Connection, row: i64) -> Result<Option<Lot>> {
    // The last that begins at or before it: they do not overlap.
    let found = conn
        .prepare_cached(&format!("{READ} WHERE first_row <= ?1 ORDER BY first_row DESC LIMIT 1"))?
        .query_row(params![row], |found| {
            if found.get::<_, i64>("end_row")? <= row {
                return Ok(None);
            }
            Lot::read(found).map(Some)
        })
        .optional()?;
    Ok(found.flatten())
}

fn apply(conn: &Connection, lot: &Lot, outcomes: &[Recorded], says_after: bool) -> Result<()> {
    let stamps: Vec<Option<i64>> =
        outcomes.iter().map(|outcome| outcome.receipt.as_ref().and_then(|receipt| receipt.stamp)).collect();
    let without_stamp = |outcome: &Recorded| {
        outcome.receipt.as_ref().map(|receipt| Receipt { stamp: None, ..receipt.clone() })
    };
    let receipts: Shared<Vec<Option<Receipt>>> = outcomes
        .chunks(lot.effects_each().max(1))
        .map(|item| item.iter().map(without_stamp).collect::<Vec<_>>())
        .collect();
    conn.prepare_cached(
        "UPDATE lots SET state = 'applied', receipts = :receipts, stamps = :stamps, stamp = :stamp, says_after = :says_after,
                finished = :finished, moved = :moved
          WHERE row = :row",
    )?
    .execute(named_params! {
        ":row": lot.row,
        ":receipts": to_json(&receipts)?,
        ":stamps": to_json(&stamps)?,
        ":stamp": stamps.iter().flatten().max(),
        ":says_after": says_after,
        ":finished": outcomes.first().map(|outcome| ms(outcome.at)),
        ":moved": next_move(conn, lot.seq)?,
    })?;
    let n = lot.numbers.len() as u64;
    tally::leave(conn, lot.seq, (&EffectState::Sending, ""), n)?;
    tally::add(conn, lot.seq, (&EffectState::Applied, "", ""), n)
}
