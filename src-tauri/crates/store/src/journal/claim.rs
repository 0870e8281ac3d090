//! Claiming: the intent is on the disk, attempt counted, before anything travels.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{Action, AudienceItem, Conversation, Effect, Handle, JobId, OwnEffect, RemoteId};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::{Value, json};

use super::{Journal, audience::Audience, item, order::Neighbour};
use crate::{
    Result,
    column::{json_or_none, ms, to_json},
};

/// An item whose effects are about to leave.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedItem {
    /// Its job.
    pub job: JobId,
    /// Its number in the job's audience.
    pub item: u32,
    /// The conversation.
    pub id: RemoteId,
    /// What the agent saw when it was confirmed.
    pub audience: AudienceItem,
    /// Up to when, in UTC milliseconds, a human has seen what was written since, and said: send.
    pub seen: Option<i64>,
    /// What to send now, in order.
    pub effects: Vec<ClaimedEffect>,
}

/// An effect in the state `sending`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedEffect {
    /// Its row: how its outcome is recorded.
    pub row: i64,
    /// Its place in the item.
    pub ordinal: u32,
    /// What to do.
    pub effect: Effect,
    /// Done only while the conversation has this value.
    pub expects: Option<Value>,
    /// This attempt included.
    pub attempts: u32,
}

/// What claiming one item needs to know.
struct Claim<'a> {
    conn: &'a Connection,
    job: JobId,
    seq: i64,
    me: &'a Handle,
    audience: &'a Audience,
    /// The status that rides on a reply is claimed with it.
    rides: bool,
    now: i64,
    later: Vec<Neighbour>,
    before: &'a dyn Fn(&RemoteId) -> Option<Conversation>,
}

impl Journal {
    /// The next items of a running job, at most `limit`, marked `sending`; durable when this returns.
    ///
    /// Items that were claimed before and have effects left come first, then new ones in order. A reply is claimed
    /// alone – with `rides`, together with the status right behind it –, everything else of an item at once. An item
    /// waits while an earlier job still has to touch its conversation. `before` gives the server's last known state,
    /// our own receipts included.
    pub fn claim(
        &self,
        job: JobId,
        limit: usize,
        rides: bool,
        now: Timestamp,
        before: &dyn Fn(&RemoteId) -> Option<Conversation>,
    ) -> Result<Vec<ClaimedItem>> {
        self.claim_of(job, limit, Wanted { rides, only_replies: false }, now, before)
    }

    /// As [`Journal::claim`] of a job that writes to customers, where nothing rides: first the replies, at most `limit`;
    /// once none is left to be claimed, what follows on them, at most `rest`, so that few calls do it for many.
    pub fn claim_replies_first(
        &self,
        job: JobId,
        limit: usize,
        rest: usize,
        now: Timestamp,
        before: &dyn Fn(&RemoteId) -> Option<Conversation>,
    ) -> Result<Vec<ClaimedItem>> {
        let replies = self.claim_of(job, limit, Wanted { rides: false, only_replies: true }, now, before)?;
        if !replies.is_empty() {
            return Ok(replies);
        }
        self.claim_of(job, rest, Wanted { rides: false, only_replies: false }, now, before)
    }

    fn claim_of(
        &self,
        job: JobId,
        limit: usize,
        Wanted { rides, only_replies }: Wanted,
        now: Timestamp,
        before: &dyn Fn(&RemoteId) -> Option<Conversation>,
    ) -> Result<Vec<ClaimedItem>> {
        self.db.write(|tx| {
            let Some(Running { seq, next, action, me, opened, released }) = running(tx, job)? else {
                return Ok(Vec::new());
            };
            let effects = action.effects();
            if effects.iter().any(is_newer) {
                return Ok(Vec::new());
            }
            let audience = self.audience(tx, seq)?;
            let earlier = self.earlier(tx, seq)?;
            let later = self.later(tx, seq, &effects, &audience)?;
            let now = ms(now);
            let claim = Claim { conn: tx, job, seq, me: &me, audience: &audience, rides, now, later, before };
            let mut claimed = Vec::new();
            for no in claim.left_over(only_replies)? {
                if claimed.len() == limit {
                    return Ok(claimed);
                }
                if !is_blocked(tx, &earlier, &audience.item(no)?.id)? {
                    claimed.extend(claim.step(no)?);
                }
            }
            let mut all_before_claimed = true;
            let mut new_next = next;
            let mut now_open = opened;
            let with_rows = claim.with_rows(next)?;
            for (no, item) in audience.from(next) {
                if claimed.len() == limit || released.is_some_and(|released| now_open >= released) {
                    break;
                }
                if item.takes_part && !with_rows.contains(&no) {
                    // An item with a step of a newer version is shown and never run.
                    let is_newer = item.own.iter().flatten().any(|own| is_newer(&own.effect));
                    if is_newer || is_blocked(tx, &earlier, &item.id)? {
                        all_before_claimed = false;
                        continue;
                    }
                    claim.open(no, item, &effects)?;
                    now_open += 1;
                    claimed.extend(claim.step(no)?);
                }
                if all_before_claimed {
                    new_next = no + 1;
                }
            }
            tx.prepare_cached("UPDATE jobs SET next_item = ?2, opened = ?3 WHERE seq = ?1")?
                .execute(params![seq, new_next, now_open])?;
            Ok(claimed)
        })
    }
}

/// What of a job is to be claimed.
#[derive(Clone, Copy)]
struct Wanted {
    /// The status that rides on a reply goes with it.
    rides: bool,
    /// Of what was claimed before only what still has its reply to send.
    only_replies: bool,
}

/// What claiming needs to know of a running job.
struct Running {
    seq: i64,
    next: u32,
    action: Action,
    me: Handle,
    opened: i64,
    released: Option<i64>,
}

fn is_newer(effect: &Effect) -> bool {
    matches!(effect, Effect::Unknown(_))
}

fn running(conn: &Connection, job: JobId) -> Result<Option<Running>> {
    let found = conn
        .prepare_cached(
            "SELECT seq, next_item, action, me, opened, released FROM jobs WHERE id = ?1 AND state = 'running'",
        )?
        .query_row(params![job.to_string()], |row| {
            // An action that this version cannot read is shown and never run.
            let Some(action) = json_or_none::<Action>(row, "action").ok().flatten() else { return Ok(None) };
            Ok(Some(Running {
                seq: row.get("seq")?,
                next: row.get("next_item")?,
                action,
                me: Handle::new(row.get::<_, String>("me")?),
                opened: row.get("opened")?,
                released: row.get("released")?,
            }))
        })
        .optional()?;
    Ok(found.flatten())
}

fn is_blocked(conn: &Connection, earlier: &[Neighbour], id: &RemoteId) -> Result<bool> {
    for job in earlier {
        if job.blocks(conn, id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Claim<'_> {
    /// Items with a row whose effects are not all sent: put back, or waiting behind an effect that applied since.
    fn left_over(&self, only_replies: bool) -> Result<Vec<u32>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT no FROM items WHERE job = ?1 AND state = 'pending'
                AND (NOT ?2 OR EXISTS (SELECT 1 FROM effects
                                        WHERE effects.job = items.job AND effects.no = items.no
                                          AND effect = 'reply' AND effects.state = 'pending'))
              ORDER BY no",
        )?;
        let numbers = statement
            .query_map(params![self.seq, only_replies], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }

    /// Items from this number on that have a row already: claimed past one that had to wait, or ended without leaving.
    fn with_rows(&self, from: u32) -> Result<HashSet<u32>> {
        let mut statement = self.conn.prepare_cached("SELECT no FROM items WHERE job = ?1 AND no >= ?2")?;
        let numbers = statement
            .query_map(params![self.seq, from], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }

    /// Gives an item its rows.
    fn open(&self, no: u32, item: &AudienceItem, effects: &[Effect]) -> Result<()> {
        self.conn
            .prepare_cached("INSERT INTO items (job, no, id, state) VALUES (?1, ?2, ?3, 'pending')")?
            .execute(params![self.seq, no, item.id.as_str()])?;
        let plain = |effect: &Effect| OwnEffect { effect: effect.clone(), expects: None };
        let own = item.own.clone().unwrap_or_else(|| effects.iter().map(plain).collect());
        for (ordinal, OwnEffect { effect, expects }) in (0u32..).zip(own) {
            self.conn
                .prepare_cached(
                    "INSERT INTO effects (job, no, ordinal, id, effect, value, expects, state)
                     VALUES (:job, :no, :ordinal, :id, :effect, :value, :expects, 'pending')",
                )?
                .execute(named_params! {
                    ":job": self.seq,
                    ":no": no,
                    ":ordinal": ordinal,
                    ":id": item.id.as_str(),
                    ":effect": effect.word(),
                    ":value": to_json(&effect)?,
                    ":expects": expects.as_ref().map(ToString::to_string),
                })?;
        }
        Ok(())
    }

    /// Marks the next effects of an item as `sending`. None if all of them are superseded.
    fn step(&self, no: u32) -> Result<Option<ClaimedItem>> {
        let item = self.audience.item(no)?;
        let mut wanted = Vec::new();
        for mut effect in self.pending(no)? {
            if self.is_superseded(&item.id, &effect)? {
                self.skip(effect.row)?;
                continue;
            }
            if !self.goes_with(&wanted, &effect) {
                break;
            }
            effect.attempts += 1;
            wanted.push(effect);
        }
        let known = if wanted.is_empty() { None } else { (self.before)(&item.id) };
        for effect in &wanted {
            let before = self.value_before(effect, known.as_ref())?.map(|value| value.to_string());
            self.conn
                .prepare_cached(
                    "UPDATE effects SET state = 'sending', attempts = ?2, started = ?3, before = ?4, checks = 0,
                            first_no_at = NULL
                      WHERE row = ?1 AND state = 'pending'",
                )?
                .execute(params![effect.row, effect.attempts, self.now, before])?;
        }
        item::settle(self.conn, self.seq, no, self.now)?;
        if wanted.is_empty() {
            return Ok(None);
        }
        Ok(Some(ClaimedItem {
            job: self.job,
            item: no,
            id: item.id.clone(),
            audience: item.clone(),
            seen: self.seen(no)?,
            effects: wanted,
        }))
    }

    /// What the effect is about to change. One that is done only while the conversation has a certain value finds that
    /// value, whatever the cache says; a contact shows nowhere whether it is blocked.
    fn value_before(&self, effect: &ClaimedEffect, known: Option<&Conversation>) -> Result<Option<Value>> {
        if let Some(expected) = &effect.expects {
            return Ok(Some(expected.clone()));
        }
        let Some(known) = known else { return Ok(None) };
        Ok(match effect.effect {
            Effect::Reply | Effect::Block | Effect::Unknown(_) => None,
            Effect::Follow(_) => match self.followed_here(&known.id)? {
                Some(on) => Some(json!(on)),
                None => Some(effect.effect.value_in(known, self.me)),
            },
            _ => Some(effect.effect.value_in(known, self.me)),
        })
    }

    /// Where the help desk keeps no followers, this journal does.
    fn followed_here(&self, id: &RemoteId) -> Result<Option<bool>> {
        Ok(self
            .conn
            .prepare_cached("SELECT is_on FROM follows WHERE id = ?1")?
            .query_row(params![id.as_str()], |row| row.get(0))
            .optional()?)
    }

    fn seen(&self, no: u32) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT seen FROM items WHERE job = ?1 AND no = ?2")?
            .query_row(params![self.seq, no], |row| row.get(0))?)
    }

    /// What is pending of an item, up to what is unknown or held: everything behind that waits for a human or for
    /// reconcile.
    fn pending(&self, no: u32) -> Result<Vec<ClaimedEffect>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT row, ordinal, value, expects, attempts FROM effects
              WHERE job = ?1 AND no = ?2 AND state = 'pending'
                AND ordinal < coalesce((SELECT min(ordinal) FROM effects
                                         WHERE job = ?1 AND no = ?2 AND state IN ('unknown', 'held')), 4294967295)
              ORDER BY ordinal",
        )?;
        let effects = statement
            .query_map(params![self.seq, no], |row| {
                Ok(ClaimedEffect {
                    row: row.get(0)?,
                    ordinal: row.get(1)?,
                    effect: crate::column::json(row, "value")?,
                    expects: json_or_none(row, "expects")?,
                    attempts: row.get("attempts")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(effects)
    }

    fn is_superseded(&self, id: &RemoteId, effect: &ClaimedEffect) -> Result<bool> {
        for job in &self.later {
            if job.supersedes(self.conn, id, &effect.effect)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn skip(&self, row: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "UPDATE effects SET state = 'skipped', code = 'superseded', message = 'a later change decided this',
                        finished = ?2
                  WHERE row = ?1 AND state = 'pending'",
            )?
            .execute(params![row, self.now])?;
        Ok(())
    }

    /// A reply travels alone, or with the status right behind it; everything else travels together.
    fn goes_with(&self, wanted: &[ClaimedEffect], next: &ClaimedEffect) -> bool {
        match wanted {
            [] => true,
            [reply] if reply.effect == Effect::Reply => {
                self.rides && next.ordinal == reply.ordinal + 1 && matches!(next.effect, Effect::Status(_))
            }
            [first, ..] => first.effect != Effect::Reply && next.effect != Effect::Reply,
        }
    }
}
