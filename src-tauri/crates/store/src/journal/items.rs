//! Items and effects as people look at them: what happened to whom.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::{Effect, EffectState, JobId, Reason, Receipt, RemoteId};
use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::{Journal, audience::verdict_reason, jobs::seq_of};
use crate::{
    Result,
    column::{instant_or_none, json, json_or_none},
};

/// One conversation's part of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// Its number; with the job's id the client reference.
    pub no: u32,
    /// The conversation.
    pub id: RemoteId,
    /// How it stands.
    pub state: EffectState,
    /// Why, unless applied or waiting.
    pub reason: Option<Reason>,
    /// Its effects; none before it was claimed.
    pub effects: Vec<EffectRow>,
}

/// One effect of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectRow {
    /// Its row.
    pub row: i64,
    /// Its place in the item.
    pub ordinal: u32,
    /// What to do.
    pub effect: Effect,
    /// How it stands.
    pub state: EffectState,
    /// The server's last known value when it was claimed, as [`Effect::value_in`] writes it.
    pub before: Option<Value>,
    /// The value afterwards, where it is known, as [`Effect::value_after`] writes it.
    pub after: Option<Value>,
    /// How often it was tried.
    pub attempts: u32,
    /// The server's proof.
    pub receipt: Option<Receipt>,
    /// Why, unless applied or waiting.
    pub reason: Option<Reason>,
    /// When it last left.
    pub started: Option<Timestamp>,
    /// When its story ended.
    pub finished: Option<Timestamp>,
}

impl Journal {
    /// Items of a job in the order of the audience, those without rows included: pending, or skipped by their verdict
    /// or because the job was cancelled. At most `limit` behind number `after`.
    pub fn items(
        &self,
        job: JobId,
        state: Option<&EffectState>,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Vec<ItemRow>> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let is_cancelled = tx
                .prepare_cached("SELECT 1 FROM jobs WHERE seq = ?1 AND state = 'cancelled'")?
                .exists(params![seq])?;
            let audience = self.audience(tx, seq)?;
            let from = after.map_or(0, |no| no.saturating_add(1));
            let mut rows = rows_from(tx, seq, from)?;
            let mut lots = self.lots(tx, seq)?;
            let mut items = Vec::new();
            for (no, member) in audience.from(from) {
                if items.len() == limit {
                    break;
                }
                let (item_state, reason, effects) = match (rows.remove(&no), lots.item(no)?) {
                    (Some((state, reason)), _) => (state, reason, None),
                    (None, Some((state, effects))) => (state, None, Some(effects)),
                    (None, None) if !member.takes_part => {
                        (EffectState::Skipped, Some(verdict_reason(member)), None)
                    }
                    (None, None) if is_cancelled => {
                        (EffectState::Skipped, Some(Reason::new("cancelled", "cancelled")), None)
                    }
                    (None, None) => (EffectState::Pending, None, None),
                };
                if state.is_none_or(|state| *state == item_state) {
                    let effects = effects.map_or_else(|| effects_of(tx, seq, no), Ok)?;
                    items.push(ItemRow { no, id: member.id.clone(), state: item_state, reason, effects });
                }
            }
            Ok(items)
        })
    }
}

fn rows_from(conn: &Connection, job: i64, from: u32) -> Result<HashMap<u32, (EffectState, Option<Reason>)>> {
    let mut statement =
        conn.prepare_cached("SELECT no, state, code, message FROM items WHERE job = ?1 AND no >= ?2")?;
    let rows = statement
        .query_map(params![job, from], |row| {
            let state = EffectState::from(row.get_ref(1)?.as_str()?);
            Ok((row.get(0)?, (state, reason(row.get(2)?, row.get(3)?))))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

pub(super) fn effects_of(conn: &Connection, job: i64, no: u32) -> Result<Vec<EffectRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT row, ordinal, value, state, before, after, attempts, receipt, code, message, started, finished
           FROM effects WHERE job = ?1 AND no = ?2 ORDER BY ordinal",
    )?;
    let effects = statement.query_map(params![job, no], effect)?.collect::<rusqlite::Result<_>>()?;
    Ok(effects)
}

pub(super) fn effect(row: &Row<'_>) -> rusqlite::Result<EffectRow> {
    Ok(EffectRow {
        row: row.get("row")?,
        ordinal: row.get("ordinal")?,
        effect: json(row, "value")?,
        state: EffectState::from(row.get_ref("state")?.as_str()?),
        before: json_or_none(row, "before")?,
        after: json_or_none(row, "after")?,
        attempts: row.get("attempts")?,
        receipt: json_or_none(row, "receipt")?,
        reason: reason(row.get("code")?, row.get("message")?),
        started: instant_or_none(row, "started")?,
        finished: instant_or_none(row, "finished")?,
    })
}

pub(super) fn reason(code: String, message: String) -> Option<Reason> {
    (!code.is_empty()).then_some(Reason { code, message })
}
