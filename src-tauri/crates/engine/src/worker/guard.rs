//! The guard: looks once more before something leaves. If the customer or a colleague wrote since the plan, a reply is
//! `held` and a human decides – or skipped, or sent all the same, as the job says –; so is putting away a conversation in
//! which the customer wrote. Messages that carry a reference of this journal do not count, nor does what a human has
//! seen who said: send.
//!
//! An effect that is done only while the conversation has a certain value – undo – is compared with the header that a
//! fresh sync brought, if that is at least as new as our own receipt, and with the thread itself wherever that differs.
//!
//! A reply to one conversation reads its thread again. A mass reply asks once per chunk what changed since the sync last
//! did, compares with the headers that this makes, and reads only the threads that leave a doubt: the read budget of a
//! help desk is smaller than its write budget. After a time without the help desk the sync goes first, and where it does
//! not come, or where more changed than is worth walking through, every thread is read.

use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use muster_helpdesk::ReadError;
use muster_model::{
    Action, Author, ClientRef, Conversation, Effect, EffectState, IfChanged, Message, MessageKind, Origin,
    Reason, Relation, RemoteId,
};
use muster_store::{ClaimedEffect, ClaimedItem, JobRow, Recorded, StoreError};

use super::changed::{self, Still};
use super::known::{Headers, wanted};
use super::news::news;
use super::{Stop, WorkContext, later, record};
use crate::EngineEvent;
use crate::effect::puts_away;
use crate::sync::patiently;

/// So long after a sync its headers are still taken for what is: a sync that goes on comes more often.
const FRESH: Duration = Duration::from_secs(60);
/// How long the sync may take to bring what happened while the help desk could not be reached.
const NEWS_WITHIN: Duration = Duration::from_secs(10);
/// How often is looked whether the sync turned into a walk through everything, which is not waited for.
const GLANCE: Duration = Duration::from_millis(500);
/// Threads that are read at the same time.
const READS: usize = 8;

/// What the guard says about a reply.
enum Ruling {
    Go,
    Stay(EffectState, Reason),
}

/// A conversation as it is now, as far as it is known.
struct Now {
    header: Conversation,
    messages: Vec<Message>,
}

/// An item, what of it is left alone, and what its conversation is like now.
type Compared = (ClaimedItem, Result<(Vec<Recorded>, Option<Conversation>), Stop>);

/// What one look at a chunk of a job goes by.
struct Look<'a> {
    ctx: &'a WorkContext,
    job: &'a JobRow,
    /// The sync keeps the headers fresh.
    is_fresh: bool,
}

/// Lets through what may leave, and records the rest. `known` are headers that were read a moment ago.
pub(super) async fn look(
    ctx: &WorkContext,
    job: &JobRow,
    claimed: Vec<ClaimedItem>,
    known: Headers,
) -> Result<Vec<ClaimedItem>, Stop> {
    let mut headers = headers(ctx, job, &claimed, known).await?;
    let mut is_fresh = ctx.link.caught_up_at().is_some_and(|at| later(at, FRESH) >= ctx.clock.now());
    let writes = |item: &ClaimedItem| item.effects.iter().any(|effect| effect.effect == Effect::Reply);
    let tells = !ctx.desk.capabilities().sketches;
    if is_fresh && tells && job.total > 1 && claimed.iter().any(writes) {
        match news(ctx).await {
            Ok(Some(news)) => news.lay_over(&claimed, &mut headers),
            Ok(None) => is_fresh = false,
            Err(stop) => {
                record::put_back(ctx, &claimed).await?;
                return Err(stop);
            }
        }
    }
    let look = Look { ctx, job, is_fresh };
    let conditional = |item: &ClaimedItem| item.effects.iter().any(|effect| effect.expects.is_some());
    let (mut go, mut stay, mut riders) = (Vec::new(), Vec::new(), Vec::new());
    let (to_compare, others): (Vec<_>, Vec<_>) =
        claimed.into_iter().zip(headers).partition(|(item, header)| {
            // What of following is kept here is looked up first.
            conditional(item) && (is_about_following(item) || !look.is_unchanged(item, header.as_ref(), None))
        });
    let mut failed = None;
    let mut compared = stream::iter(to_compare.into_iter().map(|pair| look.compare(pair))).buffered(READS);
    while let Some((item, result)) = compared.next().await {
        match result {
            Ok((left_alone, now)) => {
                stay.extend(left_alone);
                look.put_away_or_hold(item, now.as_ref(), &mut go, &mut stay);
            }
            Err(stop) => {
                // What was found out of the others stands; this one goes back with everything that may leave.
                go.push(item);
                failed = Some(stop);
            }
        }
    }
    let mut others = others.into_iter();
    while failed.is_none()
        && let Some((item, header)) = others.next()
    {
        if item.effects.first().is_none_or(|effect| !effect.effect.is_message()) {
            look.put_away_or_hold(item, header.as_ref(), &mut go, &mut stay);
            continue;
        }
        let ruling = match item.effects.first().map(|effect| &effect.effect) {
            Some(Effect::Note) => look.rule_note(&item).await,
            _ => look.rule(&item, header).await,
        };
        match ruling {
            Ok(Ruling::Go) => go.push(item),
            Ok(Ruling::Stay(state, reason)) => {
                let mut rows = item.effects.iter().map(|effect| effect.row);
                let reply = rows.next();
                stay.extend(reply.map(|row| record::row(row, state, Some(reason), ctx.clock.now())));
                riders.extend(rows);
            }
            Err(stop) => {
                go.push(item);
                failed = Some(stop);
            }
        }
    }
    record::write(ctx, stay).await?;
    // What was to ride on a reply that stays shares its fate: it waits with it, or is not tried.
    record::put_back_rows(ctx, riders).await?;
    match failed {
        None => Ok(go),
        Some(stop) => {
            go.extend(others.map(|(item, _)| item));
            record::put_back(ctx, &go).await?;
            Err(stop)
        }
    }
}

/// Before anything leaves after a time without the help desk: lets the sync that goes on beside the worker bring first
/// what customers and colleagues did meanwhile.
pub(super) async fn wait_for_news(ctx: &WorkContext) -> Result<(), StoreError> {
    let wait = async {
        while !has_caught_up(ctx).await? {
            let _ = tokio::time::timeout(GLANCE, ctx.link.sync_over()).await;
        }
        Ok(())
    };
    tokio::time::timeout(NEWS_WITHIN, wait).await.unwrap_or(Ok(()))
}

/// Whether a sync ended since the help desk answers again. The first walk through everything is not waited for.
async fn has_caught_up(ctx: &WorkContext) -> Result<bool, StoreError> {
    if ctx.link.caught_up_at().is_some() {
        return Ok(true);
    }
    let state = ctx.store(|stores| stores.cache.sync_state()).await?;
    Ok(state.backfilling || state.cursor.is_none())
}

/// The cached headers of these, where anything is decided by them.
async fn headers(
    ctx: &WorkContext,
    job: &JobRow,
    claimed: &[ClaimedItem],
    mut known: Headers,
) -> Result<Vec<Option<Conversation>>, StoreError> {
    let may_hold = if_somebody_wrote(job).is_some();
    let asks = |effect: &ClaimedEffect| {
        effect.expects.is_some() || effect.effect == Effect::Reply || (may_hold && puts_away(&effect.effect))
    };
    if !claimed.iter().any(|item| item.effects.iter().any(asks)) {
        return Ok(vec![None; claimed.len()]);
    }
    if claimed.iter().all(|item| known.contains_key(&item.id)) {
        return Ok(claimed.iter().map(|item| known.remove(&item.id)).collect());
    }
    let ids: Vec<RemoteId> = claimed.iter().map(|item| item.id.clone()).collect();
    let wanted = wanted(claimed.iter().flat_map(|item| &item.effects).map(|effect| &effect.effect));
    ctx.store(move |stores| {
        let found = stores.cache.properties(&ids, wanted)?;
        // They come in the order of asking; only what is not cached is missing.
        let mut found = found.into_iter().peekable();
        Ok(ids.iter().map(|id| found.next_if(|header| header.id == *id)).collect())
    })
    .await
}

/// What becomes of something when somebody wrote since the plan; nothing where it leaves all the same.
fn if_somebody_wrote(job: &JobRow) -> Option<EffectState> {
    match job.sending.if_changed {
        IfChanged::Send => None,
        IfChanged::Skip => Some(EffectState::Skipped),
        IfChanged::Hold | IfChanged::Other(_) => Some(EffectState::Held),
    }
}

impl Look<'_> {
    /// What becomes of a reply.
    async fn rule(&self, item: &ClaimedItem, header: Option<Conversation>) -> Result<Ruling, Stop> {
        let ctx = self.ctx;
        // A list that does not tell who wrote last is no guard.
        let header_will_do = self.is_fresh && self.job.total > 1 && !ctx.desk.capabilities().sketches;
        let known = match header {
            Some(header) if header_will_do => {
                let messages = cached_messages(ctx, &item.id).await?;
                let now = Now { header, messages };
                let since = self.answers_since(item);
                if customer_wrote(item, &now.header) || !somebody_answered(since, &now) || is_covered(&now) {
                    Some(now)
                } else {
                    read_again(ctx, item).await?.or(Some(now))
                }
            }
            header => match read_again(ctx, item).await? {
                Some(now) => Some(now),
                None => header.map(|header| Now { header, messages: Vec::new() }),
            },
        };
        let Some(now) = known else { return Ok(Ruling::Stay(EffectState::Skipped, gone())) };
        if now.header.id != item.id {
            return Ok(Ruling::Stay(EffectState::Skipped, merged(&now.header.id)));
        }
        if self.arrived_before(&now) {
            return Ok(Ruling::Stay(EffectState::Skipped, arrived()));
        }
        let Some(state) = if_somebody_wrote(self.job) else { return Ok(Ruling::Go) };
        if customer_wrote(item, &now.header) {
            return Ok(Ruling::Stay(state, customer_reason()));
        }
        let since = self.answers_since(item);
        if somebody_answered(since, &now) && !all_ours(ctx, since, &now).await? {
            let reason = Reason::new("colleague_wrote", "A colleague answered after this was planned.");
            return Ok(Ruling::Stay(state, reason));
        }
        Ok(Ruling::Go)
    }

    /// What becomes of a note. Whoever wrote meanwhile, it is for colleagues; only one that a human took for lost is looked
    /// for once more.
    async fn rule_note(&self, item: &ClaimedItem) -> Result<Ruling, Stop> {
        let is_again = matches!(&self.job.origin, Some(Origin { relation: Relation::SentAgain, .. }));
        let now = if is_again { read_again(self.ctx, item).await? } else { None };
        Ok(match now {
            Some(now) if self.arrived_before(&now) => Ruling::Stay(EffectState::Skipped, arrived()),
            _ => Ruling::Go,
        })
    }

    /// Up to when answers of ours were seen when it was planned, or by the human who said: send. Where lists do not tell of
    /// answers and the thread was never read, it is the moment of the plan.
    fn answers_since(&self, item: &ClaimedItem) -> Option<i64> {
        let seen = item.audience.last_outbound.max(item.seen);
        let never_read = || self.ctx.desk.capabilities().sketches.then(|| self.job.created.as_millisecond());
        seen.or_else(never_read)
    }

    /// Whether the thread shows the reply that a human took for lost.
    fn arrived_before(&self, now: &Now) -> bool {
        let Some(Origin { job, relation: Relation::SentAgain }) = &self.job.origin else { return false };
        let refs = now.messages.iter().filter_map(|message| message.client_ref.clone());
        refs.map(ClientRef::from).any(|client_ref| client_ref.job() == Some(*job))
    }

    /// Lets a change through, but for putting away a conversation in which the customer wrote.
    fn put_away_or_hold(
        &self,
        mut item: ClaimedItem,
        header: Option<&Conversation>,
        go: &mut Vec<ClaimedItem>,
        stay: &mut Vec<Recorded>,
    ) {
        let wrote = header.is_some_and(|header| customer_wrote(&item, header));
        if let Some(state) = if_somebody_wrote(self.job).filter(|_| wrote) {
            let now = self.ctx.clock.now();
            for effect in item.effects.iter().filter(|effect| puts_away(&effect.effect)) {
                stay.push(record::row(effect.row, state.clone(), Some(customer_reason()), now));
            }
            item.effects.retain(|effect| !puts_away(&effect.effect));
        }
        if !item.effects.is_empty() {
            go.push(item);
        }
    }

    /// Whether a header that is fresh shows that nobody changed anything since. Of most it does.
    fn is_unchanged(
        &self,
        item: &ClaimedItem,
        header: Option<&Conversation>,
        followed_here: Option<bool>,
    ) -> bool {
        // A header that does not hold our own change yet may miss somebody else's as well.
        header.filter(|header| self.is_fresh && header.stamp >= item.audience.stamp).is_some_and(|header| {
            let is = |effect| changed::compare(effect, header, &self.ctx.me, followed_here);
            item.effects.iter().all(|effect| is(effect) == Still::So)
        })
    }

    /// Leaves alone what somebody changed since; says what the conversation is like now.
    async fn compare(&self, (mut item, header): (ClaimedItem, Option<Conversation>)) -> Compared {
        match self.left_alone(&item, header).await {
            Ok((left_alone, now)) => {
                let stays = |row: i64| left_alone.iter().any(|left: &Recorded| left.row == row);
                item.effects.retain(|effect| !stays(effect.row));
                (item, Ok((left_alone, now)))
            }
            Err(stop) => (item, Err(stop)),
        }
    }

    async fn left_alone(
        &self,
        item: &ClaimedItem,
        header: Option<Conversation>,
    ) -> Result<(Vec<Recorded>, Option<Conversation>), Stop> {
        let ctx = self.ctx;
        let followed_here = followed_here(ctx, item).await?;
        if self.is_unchanged(item, header.as_ref(), followed_here) {
            return Ok((Vec::new(), header));
        }
        let is = |effect: &ClaimedEffect, now: &Conversation| {
            changed::compare(effect, now, &ctx.me, followed_here)
        };
        let all = |reason: Reason| {
            let row = |row| record::row(row, EffectState::Skipped, Some(reason.clone()), ctx.clock.now());
            item.effects.iter().map(|effect| row(effect.row)).collect::<Vec<_>>()
        };
        let now = match (read_again(ctx, item).await?, header) {
            (Some(now), _) => now,
            (None, Some(header)) => Now { header, messages: cached_messages(ctx, &item.id).await? },
            (None, None) => return Ok((all(gone()), None)),
        };
        if now.header.id != item.id {
            return Ok((all(merged(&now.header.id)), Some(now.header)));
        }
        let since = self.since(item).await?;
        let why = |effect: &ClaimedEffect| match is(effect, &now.header) {
            Still::So => None,
            Still::Done => Some(Reason::new("no_change", "It is so already.")),
            Still::Changed => {
                Some(changed::reason(&effect.effect, &now.header, &now.messages, since, &ctx.me))
            }
        };
        let row = |effect: &ClaimedEffect| {
            let reason = why(effect)?;
            Some(record::row(effect.row, EffectState::Skipped, Some(reason), ctx.clock.now()))
        };
        Ok((item.effects.iter().filter_map(row).collect(), Some(now.header)))
    }

    /// When that was done which is now to be undone.
    async fn since(&self, item: &ClaimedItem) -> Result<Option<Timestamp>, StoreError> {
        let Some(Action::Undo { of }) = self.job.action else { return Ok(None) };
        let id = item.id.clone();
        self.ctx.store(move |stores| stores.journal.applied_at(of, &id)).await
    }
}

fn is_about_following(item: &ClaimedItem) -> bool {
    item.effects.iter().any(|effect| matches!(effect.effect, Effect::Follow(_)))
}

/// What of following is kept here, for an item that is about following.
async fn followed_here(ctx: &WorkContext, item: &ClaimedItem) -> Result<Option<bool>, StoreError> {
    if !is_about_following(item) {
        return Ok(None);
    }
    let id = item.id.clone();
    ctx.store(move |stores| Ok(stores.journal.follows()?.get(&id).copied())).await
}

fn arrived() -> Reason {
    Reason::new("arrived", "The first one did arrive after all; it is not sent twice.")
}

fn gone() -> Reason {
    Reason::new("gone", "The help desk does not have this conversation any more.")
}

fn merged(into: &RemoteId) -> Reason {
    Reason::new("merged", format!("Merged into {into}."))
}

/// The customer's last message that counts: seen when it was planned, or by the human who said: send.
fn customer_wrote(item: &ClaimedItem, header: &Conversation) -> bool {
    millis(header.last_inbound) > item.audience.last_inbound.max(item.seen)
}

fn customer_reason() -> Reason {
    Reason::new("customer_wrote", "The customer wrote after this was planned.")
}

fn somebody_answered(since: Option<i64>, now: &Now) -> bool {
    millis(now.header.last_outbound) > since
}

/// Whether the messages at hand reach as far as the header says that messages exist.
fn is_covered(now: &Now) -> bool {
    let newest = answers(&now.messages).map(|message| message.at.as_millisecond()).max();
    newest >= millis(now.header.last_outbound)
}

/// Whether every answer since the plan left from this journal. Where there is no answer to be seen, somebody else's is
/// assumed.
async fn all_ours(ctx: &WorkContext, since: Option<i64>, now: &Now) -> Result<bool, StoreError> {
    let newer: Vec<Option<ClientRef>> = answers(&now.messages)
        .filter(|message| Some(message.at.as_millisecond()) > since)
        .map(|message| message.client_ref.clone().map(ClientRef::from))
        .collect();
    if newer.is_empty() || !is_covered(now) {
        return Ok(false);
    }
    ctx.store(move |stores| {
        for client_ref in newer {
            let ours = match client_ref {
                Some(client_ref) => stores.journal.has_ref(&client_ref)?,
                None => false,
            };
            if !ours {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await
}

fn answers(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().filter(|message| message.kind == MessageKind::Message && message.from == Author::Agent)
}

async fn cached_messages(ctx: &WorkContext, id: &RemoteId) -> Result<Vec<Message>, StoreError> {
    let id = id.clone();
    ctx.store(move |stores| {
        Ok(stores.cache.thread(&id)?.map(|cached| cached.thread.messages).unwrap_or_default())
    })
    .await
}

/// The conversation as the help desk has it now, kept in the cache on the way. `None` where it cannot say: then what is
/// cached has to do, and the help desk itself answers for each reply.
async fn read_again(ctx: &WorkContext, item: &ClaimedItem) -> Result<Option<Now>, Stop> {
    let thread = match patiently(|| ctx.desk.thread(&item.id)).await {
        Ok(thread) => thread,
        Err(err @ ReadError::Unreachable { .. }) => return Err(Stop::Offline(err.to_string())),
        Err(err @ ReadError::KeyRefused { .. }) => return Err(Stop::Key(err.to_string())),
        Err(ReadError::SlowDown { retry_after }) => return Err(Stop::SlowDown(retry_after)),
        Err(err) => {
            tracing::info!(conversation = %item.id, reason = %err, "the thread could not be read before a reply");
            return Ok(None);
        }
    };
    ctx.link.reachable();
    if let Err(err) = ctx.keep_thread(thread.clone()).await {
        tracing::warn!(error = %err, "a thread could not be kept");
    }
    ctx.tell(EngineEvent::ThreadChanged(item.id.clone()));
    Ok(Some(Now { header: thread.conversation, messages: thread.messages }))
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millisecond)
}
