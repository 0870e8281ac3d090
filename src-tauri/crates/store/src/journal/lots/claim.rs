//! Claiming whole lots: items that were never claimed, that nothing keeps waiting, and all of whose effects leave at once.

use std::{collections::HashMap, sync::Arc};

use muster_model::{AudienceItem, Conversation, Effect, EffectState, OwnEffect};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::Value;

use super::{Shared, effects_of, length, plain};
use crate::{
    Result,
    column::to_json,
    journal::{
        ClaimedEffect, ClaimedItem,
        claim::{Claim, Room},
        item::next_move,
        tally,
    },
};

/// Fewer than this are rows of their own.
const LEAST: usize = 2;

/// One item on its way into a lot.
#[derive(Clone, Copy)]
struct Member<'a> {
    no: u32,
    item: &'a AudienceItem,
    effects: &'a [OwnEffect],
}

impl Claim<'_> {
    /// Claims the next items as lots, where that can be; says where the next claim begins. Items with effects of their
    /// own are in one lot with those that have the same.
    pub(in crate::journal) fn lots(
        &self,
        common: &[Effect],
        room: &Room,
    ) -> Result<Option<(u32, Vec<ClaimedItem>)>> {
        let plain = plain(common);
        let (next, members) = self.members(&plain, room)?;
        if members.len() < LEAST {
            return Ok(None);
        }
        let mut claimed = Vec::with_capacity(members.len());
        for group in alike(members, room.per_call)? {
            if group.len() < LEAST {
                for member in group {
                    self.open(member.no, member.item, common)?;
                    claimed.extend(self.step(member.no)?);
                }
            } else {
                self.lot(&group, &mut claimed)?;
            }
        }
        Ok(Some((next, claimed)))
    }

    /// The next items up to the first that has to wait, and the number behind them.
    fn members<'a>(&'a self, common: &'a [OwnEffect], room: &Room) -> Result<(u32, Vec<Member<'a>>)> {
        let mut members = Vec::new();
        let mut next = room.next;
        if self.has_rows_from(next)? {
            return Ok((next, members));
        }
        for (no, item) in self.audience.from(next) {
            if members.len() == room.limit {
                break;
            }
            if item.takes_part {
                let effects = effects_of(item, common);
                let leaves_at_once = |own: &OwnEffect| {
                    !matches!(
                        own.effect,
                        Effect::Reply | Effect::Note | Effect::Follow(_) | Effect::Unknown(_)
                    )
                };
                if effects.is_empty() || !effects.iter().all(leaves_at_once) || self.waits(item)? {
                    break;
                }
                // What a later job decides ends without leaving: a story of its own.
                let mut superseded = effects.iter().map(|own| self.is_superseded(&item.id, &own.effect));
                if superseded.any(|is| !matches!(is, Ok(false))) {
                    break;
                }
                members.push(Member { no, item, effects });
            }
            next = no + 1;
        }
        Ok((next, members))
    }

    fn lot(&self, group: &[Member<'_>], claimed: &mut Vec<ClaimedItem>) -> Result<()> {
        let numbers: Vec<u32> = group.iter().map(|member| member.no).collect();
        let n: i64 = group.iter().map(|member| length(member.effects)).sum();
        let end = keep_free(self.conn, n)?;
        let mut row = end - n;
        self.conn
            .prepare_cached(
                "INSERT INTO lots (job, first_no, last_no, numbers, first_row, end_row, state, before, started, moved)
                 VALUES (:job, :first_no, :last_no, :numbers, :first_row, :end_row, 'sending', :before, :started, :moved)",
            )?
            .execute(named_params! {
                ":job": self.seq,
                ":first_no": numbers.first(),
                ":last_no": numbers.last(),
                ":numbers": to_json(&numbers)?,
                ":first_row": row,
                ":end_row": end,
                ":before": to_json(&self.before(group)?.map(as_written))?,
                ":started": self.now,
                ":moved": next_move(self.conn, self.seq)?,
            })?;
        tally::add(self.conn, self.seq, (&EffectState::Sending, "", ""), group.len() as u64)?;
        for member in group {
            let mut effects = Vec::with_capacity(member.effects.len());
            for (ordinal, OwnEffect { effect, expects }) in (0u32..).zip(member.effects) {
                let (effect, expects) = (effect.clone(), expects.clone());
                effects.push(ClaimedEffect { row, ordinal, effect, expects, attempts: 1 });
                row += 1;
            }
            claimed.push(ClaimedItem {
                job: self.job,
                item: member.no,
                id: member.item.id.clone(),
                audience: member.item.clone(),
                seen: None,
                effects,
            });
        }
        Ok(())
    }

    /// What the effects of each are about to change.
    fn before(&self, group: &[Member<'_>]) -> Result<Shared<Vec<Option<Value>>>> {
        let known = self.know(group);
        let values = |(member, known): (&Member<'_>, &Option<Conversation>)| {
            let value =
                |own: &OwnEffect| self.value_before(&own.effect, own.expects.as_ref(), known.as_ref());
            member.effects.iter().map(value).collect::<Result<Vec<_>>>()
        };
        group.iter().zip(&known).map(values).collect()
    }

    /// What is known of each, where that says what an effect is about to change.
    fn know(&self, group: &[Member<'_>]) -> Vec<Option<Conversation>> {
        let asks = |member: &Member<'_>| member.effects.iter().any(|own| own.expects.is_none());
        let ids: Vec<_> = group.iter().filter(|member| asks(member)).map(|member| &member.item.id).collect();
        if ids.is_empty() {
            return vec![None; group.len()];
        }
        let mut known = self.before.of(&ids).into_iter();
        group.iter().map(|member| if asks(member) { known.next().flatten() } else { None }).collect()
    }

    fn has_rows_from(&self, next: u32) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM items WHERE job = ?1 AND no >= ?2 LIMIT 1")?
            .exists(params![self.seq, next])?)
    }
}

/// As [`super::Held`].
fn as_written(item: Vec<Option<Value>>) -> Vec<Vec<Value>> {
    item.into_iter().map(|value| value.into_iter().collect()).collect()
}

/// Those that do the same together, in the order of the first of them; no more in one lot than travel in one call.
fn alike<'a>(members: Vec<Member<'a>>, per_call: usize) -> Result<Vec<Vec<Member<'a>>>> {
    let mut groups: Vec<Vec<Member<'a>>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut before: Option<(Member<'a>, usize)> = None;
    for member in members {
        // Neighbours mostly do the same.
        let mut place = before.filter(|(before, _)| before.does_the_same(&member)).map(|(_, place)| place);
        if place.is_none_or(|place| groups.get(place).is_none_or(|group| group.len() >= per_call)) {
            let what = match &member.item.own {
                None => String::new(),
                Some(own) => to_json(&own.iter().map(|own| &own.effect).collect::<Vec<_>>())?,
            };
            let known = places.get(&what).copied();
            place = known.filter(|place| groups.get(*place).is_some_and(|group| group.len() < per_call));
            if place.is_none() {
                places.insert(what, groups.len());
            }
        }
        let place = place.unwrap_or(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
        }
        before = Some((member, place));
    }
    Ok(groups)
}

impl Member<'_> {
    /// Whether it is plain that both do the same.
    fn does_the_same(&self, other: &Self) -> bool {
        match (&self.item.own, &other.item.own) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

/// Keeps numbers of effects free; says which is the first behind them.
fn keep_free(conn: &Connection, n: i64) -> Result<i64> {
    let last: Option<i64> = conn
        .prepare_cached("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'effects' RETURNING seq")?
        .query_row(params![n], |row| row.get(0))
        .optional()?;
    let last = match last {
        Some(last) => last,
        None => {
            conn.prepare_cached("INSERT INTO sqlite_sequence (name, seq) VALUES ('effects', ?1)")?
                .execute(params![n])?;
            n
        }
    };
    Ok(last + 1)
}
