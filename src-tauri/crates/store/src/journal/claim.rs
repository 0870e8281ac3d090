//! Claiming: the intent is on the disk, attempt counted, before anything travels.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{Action, AudienceItem, Conversation, Effect, Handle, JobId, OwnEffect, RemoteId};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::{Value, json};

use super::{
    Journal, Recorded,
    audience::Audience,
    item,
    lots::{effects_of, length, plain},
    order::Neighbour,
};
use crate::{
    NotRecorded, Result,
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

/// What to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Of which job.
    pub job: JobId,
    /// At most so many items.
    pub limit: usize,
    /// So many travel in one call at most: what is written together.
    pub per_call: usize,
    /// The status right behind a reply is claimed with it.
    pub rides: bool,
    /// Only replies, and what was never claimed: what follows on a reply waits until none is left.
    pub only_replies: bool,
    /// Only while no other job is due.
    pub alone: bool,
    /// When.
    pub now: Timestamp,
}

/// The server's last known state of conversations, our own receipts included.
pub trait Known {
    /// Of each of these, in their order; none of what nobody knows.
    fn of(&self, ids: &[&RemoteId]) -> Vec<Option<Conversation>>;
}

impl<F: Fn(&RemoteId) -> Option<Conversation>> Known for F {
    fn of(&self, ids: &[&RemoteId]) -> Vec<Option<Conversation>> {
        ids.iter().map(|id| self(id)).collect()
    }
}

/// What claiming items needs to know.
pub(super) struct Claim<'a> {
    pub conn: &'a Connection,
    pub job: JobId,
    pub seq: i64,
    me: &'a Handle,
    pub audience: &'a Audience,
    /// The status that rides on a reply is claimed with it.
    rides: bool,
    pub now: i64,
    earlier: Vec<Neighbour>,
    later: Vec<Neighbour>,
    pub before: &'a dyn Known,
}

/// How many items can be claimed, and from where.
pub(super) struct Room {
    pub next: u32,
    pub limit: usize,
    pub per_call: usize,
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
        before: &dyn Known,
    ) -> Result<Vec<ClaimedItem>> {
        let next = Next { job, limit, per_call: limit, rides, only_replies: false, alone: false, now };
        Ok(self.record_and_claim(&[], &next, before)?.1)
    }

    /// As [`Journal::claim`] of a job that writes to customers, where nothing rides: first the replies, at most `limit`;
    /// once none is left to be claimed, what follows on them, at most `rest`, so that few calls do it for many.
    pub fn claim_replies_first(
        &self,
        job: JobId,
        limit: usize,
        rest: usize,
        now: Timestamp,
        before: &dyn Known,
    ) -> Result<Vec<ClaimedItem>> {
        let next = Next { job, limit, per_call: limit, rides: false, only_replies: true, alone: false, now };
        let (_, replies) = self.record_and_claim(&[], &next, before)?;
        if !replies.is_empty() {
            return Ok(replies);
        }
        let next = Next { limit: rest, per_call: rest, only_replies: false, ..next };
        Ok(self.record_and_claim(&[], &next, before)?.1)
    }

    /// Writes outcomes as [`Journal::record`] does, and claims what is next, in one transaction: both or neither.
    pub fn record_and_claim(
        &self,
        outcomes: &[Recorded],
        next: &Next,
        before: &dyn Known,
    ) -> Result<(Vec<NotRecorded>, Vec<ClaimedItem>)> {
        self.db.write(|tx| {
            let refused = self.write_outcomes(tx, outcomes)?;
            Ok((refused, self.claim_next(tx, next, before)?))
        })
    }

    fn claim_next(&self, tx: &Connection, wanted: &Next, before: &dyn Known) -> Result<Vec<ClaimedItem>> {
        let Some(job) = running(tx, wanted.job)? else { return Ok(Vec::new()) };
        let effects = job.action.effects();
        if effects.iter().any(is_newer) || (wanted.alone && others_are_due(tx, job.seq, ms(wanted.now))?) {
            return Ok(Vec::new());
        }
        let audience = self.audience(tx, job.seq)?;
        let claim = Claim {
            conn: tx,
            job: wanted.job,
            seq: job.seq,
            me: &job.me,
            audience: &audience,
            rides: wanted.rides,
            now: ms(wanted.now),
            earlier: self.earlier(tx, job.seq)?,
            later: self.later(tx, job.seq, &effects, &audience)?,
            before,
        };
        let limit = wanted.limit;
        let mut claimed = Vec::new();
        for no in claim.left_over(wanted.only_replies)? {
            if claimed.len() == limit {
                return Ok(claimed);
            }
            if !claim.waits(audience.item(no)?)? {
                claimed.extend(claim.step(no)?);
            }
        }
        let released = job.released.map_or(usize::MAX, |released| {
            usize::try_from(released.saturating_sub(job.opened)).unwrap_or_default()
        });
        let room = Room { next: job.next, limit: limit.min(released), per_call: wanted.per_call };
        // What is written on a reply is about one person; everything else may be the same for many.
        let as_lots = claimed.is_empty() && matches!(job.action, Action::Change { .. } | Action::Undo { .. });
        let (next, opened) = match if as_lots { claim.lots(&effects, &room)? } else { None } {
            Some((next, lots)) => {
                let opened = length(&lots);
                claimed = lots;
                (next, opened)
            }
            None => claim.one_by_one(&effects, &job, limit, &mut claimed)?,
        };
        if (next, opened) != (job.next, 0) {
            tx.prepare_cached("UPDATE jobs SET next_item = ?2, opened = opened + ?3 WHERE seq = ?1")?
                .execute(params![job.seq, next, opened])?;
        }
        Ok(claimed)
    }
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

/// Whether any other job wants to leave now.
fn others_are_due(conn: &Connection, seq: i64, now: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM jobs
              WHERE seq <> ?1 AND (state = 'running' OR (state IN ('holding', 'scheduled') AND due <= ?2))",
        )?
        .exists(params![seq, now])?)
}

impl Claim<'_> {
    /// Claims new items as rows of their own; says where the next claim begins, and how many were opened.
    fn one_by_one(
        &self,
        effects: &[Effect],
        job: &Running,
        limit: usize,
        claimed: &mut Vec<ClaimedItem>,
    ) -> Result<(u32, i64)> {
        let mut all_before_claimed = true;
        let (mut next, mut opened) = (job.next, 0);
        let with_rows = self.with_rows(job.next)?;
        for (no, item) in self.audience.from(job.next) {
            if claimed.len() == limit || job.released.is_some_and(|released| job.opened + opened >= released)
            {
                break;
            }
            if item.takes_part && !with_rows.contains(&no) {
                // An item with a step of a newer version is shown and never run.
                let is_newer = item.own.iter().flat_map(|own| own.iter()).any(|own| is_newer(&own.effect));
                if is_newer || self.waits(item)? {
                    all_before_claimed = false;
                    continue;
                }
                self.open(no, item, effects)?;
                opened += 1;
                claimed.extend(self.step(no)?);
            }
            if all_before_claimed {
                next = no + 1;
            }
        }
        Ok((next, opened))
    }

    /// Whether an earlier job still has to touch the conversation.
    pub fn waits(&self, item: &AudienceItem) -> Result<bool> {
        for job in &self.earlier {
            if job.blocks(self.conn, &item.id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

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
    pub fn open(&self, no: u32, item: &AudienceItem, effects: &[Effect]) -> Result<()> {
        self.conn
            .prepare_cached("INSERT INTO items (job, no, id, state) VALUES (?1, ?2, ?3, 'pending')")?
            .execute(params![self.seq, no, item.id.as_str()])?;
        for (ordinal, OwnEffect { effect, expects }) in (0u32..).zip(effects_of(item, &plain(effects))) {
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
                    ":value": to_json(effect)?,
                    ":expects": expects.as_ref().map(ToString::to_string),
                })?;
        }
        Ok(())
    }

    /// Marks the next effects of an item as `sending`. None if all of them are superseded.
    pub fn step(&self, no: u32) -> Result<Option<ClaimedItem>> {
        let item = self.audience.item(no)?;
        let mut wanted = Vec::new();
        for mut effect in self.pending(no)? {
            if self.is_superseded(&item.id, &effect.effect)? {
                self.skip(effect.row)?;
                continue;
            }
            if !self.goes_with(&wanted, &effect) {
                break;
            }
            effect.attempts += 1;
            wanted.push(effect);
        }
        let known = if wanted.is_empty() { None } else { self.before.of(&[&item.id]).pop().flatten() };
        for effect in &wanted {
            let before = self
                .value_before(&effect.effect, effect.expects.as_ref(), known.as_ref())?
                .map(|value| value.to_string());
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
    pub fn value_before(
        &self,
        effect: &Effect,
        expects: Option<&Value>,
        known: Option<&Conversation>,
    ) -> Result<Option<Value>> {
        if let Some(expected) = expects {
            return Ok(Some(expected.clone()));
        }
        let Some(known) = known else { return Ok(None) };
        Ok(match effect {
            Effect::Reply | Effect::Note | Effect::Block | Effect::Unknown(_) => None,
            Effect::Follow(_) => match self.followed_here(&known.id)? {
                Some(on) => Some(json!(on)),
                None => Some(effect.value_in(known, self.me)),
            },
            _ => Some(effect.value_in(known, self.me)),
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

    pub fn is_superseded(&self, id: &RemoteId, effect: &Effect) -> Result<bool> {
        for job in &self.later {
            if job.supersedes(self.conn, id, effect)? {
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
