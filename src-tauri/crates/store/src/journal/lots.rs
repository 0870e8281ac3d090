//! Lots: items of a job that left together and fared alike, as one row. Ten thousand plain changes are twenty of these.
//!
//! A lot is `sending` or `applied`, nothing else. As soon as one of its items fares otherwise, or goes back to its place,
//! all of them become rows of `items` and `effects` – the effects with the numbers that were kept free for them –, and
//! the lot is gone. Whoever acts on rows therefore takes lots apart first; whoever only reads asks here for what no row
//! tells. What the items do stands in the job's action, or with each of them in its audience.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use jiff::Timestamp;
use muster_model::{Action, AudienceItem, Effect, EffectState, OwnEffect, Receipt};
use rusqlite::{Connection, Params, Row, params};
use serde_json::Value;

use super::{
    EffectRow, Journal,
    audience::Audience,
    stories::{Alike, Member},
};
use crate::{
    Result, StoreError,
    column::{instant, instant_or_none, json, json_or_none},
};

mod claim;
mod outcome;
mod shared;

use shared::Shared;

/// One lot, unpacked.
#[derive(Debug)]
pub(super) struct Lot {
    row: i64,
    /// The row of its job.
    pub seq: i64,
    pub state: EffectState,
    /// The items, in order.
    pub numbers: Vec<u32>,
    /// The number of the first effect; the others follow, item by item.
    first_row: i64,
    /// The number behind the last effect.
    end_row: i64,
    /// What each effect of each item was about to change.
    before: Shared<Vec<Option<Value>>>,
    /// The server's proof for each effect of each item, but for the stamps.
    receipts: Shared<Vec<Option<Receipt>>>,
    /// The stamps of the states that the effects led to, item by item.
    stamps: Vec<Option<i64>>,
    /// The answers said what is so afterwards.
    says_after: bool,
    started: Timestamp,
    finished: Option<Timestamp>,
    pub moved: i64,
}

const READ: &str =
    "SELECT row, job, state, numbers, first_row, end_row, before, receipts, stamps, says_after,
                           started, finished, moved
                      FROM lots";

impl Lot {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get("row")?,
            seq: row.get("job")?,
            state: EffectState::from(row.get_ref("state")?.as_str()?),
            numbers: json(row, "numbers")?,
            first_row: row.get("first_row")?,
            end_row: row.get("end_row")?,
            before: json::<Shared<Vec<Held>>>(row, "before")?.map(held),
            receipts: json_or_none(row, "receipts")?.unwrap_or_default(),
            stamps: json_or_none(row, "stamps")?.unwrap_or_default(),
            says_after: row.get("says_after")?,
            started: instant(row, "started")?,
            finished: instant_or_none(row, "finished")?,
            moved: row.get("moved")?,
        })
    }

    /// The stamp of the state that an effect led to, if it was applied and the help desk said one.
    pub fn stamp(&self, place: usize, ordinal: usize) -> Option<i64> {
        *self.stamps.get(place * self.effects_each() + ordinal)?
    }

    /// How many effects an item has: all have the same.
    pub fn effects_each(&self) -> usize {
        let all = usize::try_from(self.end_row - self.first_row).unwrap_or_default();
        all / self.numbers.len().max(1)
    }

    /// The server's proof for an effect.
    fn receipt(&self, place: usize, ordinal: usize) -> Option<Receipt> {
        let receipt = self.receipts.get(place)?.get(ordinal)?.clone()?;
        Some(Receipt { stamp: self.stamp(place, ordinal), ..receipt })
    }

    /// Where an item stands in it.
    pub fn place_of(&self, no: u32) -> Option<usize> {
        self.numbers.binary_search(&no).ok()
    }

    /// The number of the first effect of the item in a place.
    fn first_row_of(&self, place: usize) -> i64 {
        self.first_row + i64::try_from(place * self.effects_each()).unwrap_or(i64::MAX)
    }
}

/// A value that may be none, as it is written: none is an empty list, because nobody's assignee is a `null`.
type Held = Vec<Value>;

fn held(item: Vec<Held>) -> Vec<Option<Value>> {
    item.into_iter().map(|mut value| value.pop()).collect()
}

pub(super) fn length<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

/// The effects of an item: its own, or those of its job.
pub(super) fn effects_of<'a>(item: &'a AudienceItem, common: &'a [OwnEffect]) -> &'a [OwnEffect] {
    item.own.as_deref().unwrap_or(common)
}

/// Effects that every item of a job has.
pub(super) fn plain(effects: &[Effect]) -> Vec<OwnEffect> {
    effects.iter().map(|effect| OwnEffect { effect: effect.clone(), expects: None }).collect()
}

/// The lots of one job, unpacked as they are asked for.
pub(super) struct Lots<'c> {
    conn: &'c Connection,
    seq: i64,
    audience: Arc<Audience>,
    /// What the job does; empty if it has no lots.
    effects: Vec<OwnEffect>,
    has_any: bool,
    unpacked: Vec<Lot>,
}

impl Journal {
    /// The lots of the job in row `seq`.
    pub(super) fn lots<'c>(&self, conn: &'c Connection, seq: i64) -> Result<Lots<'c>> {
        let has_any = conn.prepare_cached("SELECT 1 FROM lots WHERE job = ?1")?.exists(params![seq])?;
        let effects = if has_any { effects_of_job(conn, seq)? } else { Vec::new() };
        let audience = self.audience(conn, seq)?;
        Ok(Lots { conn, seq, audience, effects, has_any, unpacked: Vec::new() })
    }
}

fn effects_of_job(conn: &Connection, seq: i64) -> Result<Vec<OwnEffect>> {
    let action: Action = conn
        .prepare_cached("SELECT action FROM jobs WHERE seq = ?1")?
        .query_row(params![seq], |row| json(row, "action"))?;
    Ok(plain(&action.effects()))
}

impl Lots<'_> {
    /// How an item stands, and its effects; none if it is in no lot.
    pub fn item(&mut self, no: u32) -> Result<Option<(EffectState, Vec<EffectRow>)>> {
        let Some((lot, place)) = self.find(no)? else { return Ok(None) };
        let lot = self.unpacked.get(lot).ok_or_else(gone)?;
        Ok(Some((lot.state.clone(), self.rows(lot, place)?)))
    }

    /// All lots, the effects of each item with it.
    pub fn each(&mut self, mut found: impl FnMut(u32, &Lot, Vec<EffectRow>)) -> Result<()> {
        if !self.has_any {
            return Ok(());
        }
        for lot in moved_since(self.conn, self.seq, 0)? {
            for (place, no) in lot.numbers.iter().enumerate() {
                found(*no, &lot, self.rows(&lot, place)?);
            }
        }
        Ok(())
    }

    fn find(&mut self, no: u32) -> Result<Option<(usize, usize)>> {
        if !self.has_any {
            return Ok(None);
        }
        let known = |lots: &[Lot]| {
            lots.iter().enumerate().find_map(|(lot, unpacked)| Some((lot, unpacked.place_of(no)?)))
        };
        if let Some(found) = known(&self.unpacked) {
            return Ok(Some(found));
        }
        let sql = format!("{READ} WHERE job = ?1 AND first_no <= ?2 AND last_no >= ?2");
        let new = read(self.conn, &sql, (self.seq, no))?;
        let seen = |lot: &Lot| self.unpacked.iter().any(|other| other.row == lot.row);
        let new: Vec<Lot> = new.into_iter().filter(|lot| !seen(lot)).collect();
        self.unpacked.extend(new);
        Ok(known(&self.unpacked))
    }

    /// All lots, everything that happened to items alike told once.
    pub fn alike(&self) -> Result<Vec<Alike>> {
        let mut all = Vec::new();
        if !self.has_any {
            return Ok(all);
        }
        for lot in moved_since(self.conn, self.seq, 0)? {
            let each = lot.effects_each();
            let mut groups: HashMap<(usize, usize), Alike> = HashMap::new();
            for (place, no) in lot.numbers.iter().enumerate() {
                let group = match groups.entry((lot.before.kind(place), lot.receipts.kind(place))) {
                    Entry::Occupied(group) => group.into_mut(),
                    Entry::Vacant(free) => {
                        free.insert(Alike { effects: self.rows(&lot, place)?, members: Vec::new() })
                    }
                };
                let stamp = (0..each).filter_map(|ordinal| lot.stamp(place, ordinal)).max();
                group.members.push(Member { no: *no, stamp });
            }
            all.extend(groups.into_values());
        }
        Ok(all)
    }

    fn rows(&self, lot: &Lot, place: usize) -> Result<Vec<EffectRow>> {
        let no = lot.numbers.get(place).ok_or_else(gone)?;
        let own = effects_of(self.audience.item(*no)?, &self.effects);
        let before = lot.before.get(place).ok_or_else(gone)?;
        let mut rows = Vec::with_capacity(own.len());
        for ((ordinal, OwnEffect { effect, .. }), before) in (0u32..).zip(own).zip(before) {
            rows.push(EffectRow {
                row: lot.first_row_of(place) + i64::from(ordinal),
                ordinal,
                after: if lot.says_after { effect.value_after() } else { None },
                effect: effect.clone(),
                state: lot.state.clone(),
                before: before.clone(),
                attempts: 1,
                receipt: lot.receipt(place, ordinal as usize),
                reason: None,
                started: Some(lot.started),
                finished: lot.finished,
            });
        }
        Ok(rows)
    }
}

fn gone() -> StoreError {
    StoreError::corrupt("a lot is shorter than it says")
}

/// The lots of a job that moved since; all of them since 0.
pub(super) fn moved_since(conn: &Connection, seq: i64, moved: i64) -> Result<Vec<Lot>> {
    read(conn, &format!("{READ} WHERE job = ?1 AND moved > ?2 ORDER BY row"), (seq, moved))
}

fn read(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Lot>> {
    let lots = conn.prepare_cached(sql)?.query_map(params, Lot::read)?.collect::<rusqlite::Result<_>>()?;
    Ok(lots)
}

/// How an item in a lot stands; none if it is in none.
pub(super) fn state_of(conn: &Connection, seq: i64, no: u32) -> Result<Option<EffectState>> {
    let mut statement = conn.prepare_cached(
        "SELECT state FROM lots
          WHERE job = ?1 AND first_no <= ?2 AND last_no >= ?2
            AND ?2 IN (SELECT value FROM json_each(numbers))",
    )?;
    let mut rows = statement.query(params![seq, no])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(EffectState::from(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)))
}

/// The numbers of a job's items in lots, with how they stand and since when.
pub(super) fn numbers(conn: &Connection, seq: i64) -> Result<Vec<(Vec<u32>, EffectState, Timestamp)>> {
    let mut statement = conn.prepare_cached(
        "SELECT numbers, state, coalesce(finished, started) AS at FROM lots WHERE job = ?1 ORDER BY row",
    )?;
    let numbers = statement
        .query_map(params![seq], |row| {
            Ok((
                json(row, "numbers")?,
                EffectState::from(row.get_ref("state")?.as_str()?),
                instant(row, "at")?,
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(numbers)
}

/// How many effects of a job are on their way in lots.
pub(super) fn sending(conn: &Connection, seq: i64) -> Result<u64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(end_row - first_row), 0) FROM lots WHERE job = ?1 AND state = 'sending'",
        )?
        .query_row(params![seq], |row| crate::column::to_count(row, 0))?)
}
