//! Reconcile: what became of effects whose fate nobody knows.
//!
//! A reply or a note that is found was applied. It counts as not arrived only where the server dedupes on our reference, so that
//! sending it again is safe, or where two reads, the later one after the server's settle time, do not show it. Anything
//! else stays `unknown` for a human and is never sent again by itself.
//!
//! Everything but these is set by value and may be repeated once the conversation was looked at again: in the header,
//! if a sync ended after the effect became unknown, else in the thread, several at a time. A conversation that is not
//! there any more was deleted, whoever did it. Whether a contact is blocked shows nowhere; blocking twice is blocking
//! once, so it is repeated where the conversation is still there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use muster_helpdesk::{Capabilities, Found, Note, ReadError, Reply};
use muster_model::{
    Action, Change, ClientRef, Conversation, Effect, EffectOutcome, EffectState, JobId, Reason, Receipt,
    RemoteId,
};
use muster_store::{LOOKS, Recorded, StoreError, UnknownEffect};

use crate::effect::shows;
use crate::sync::patiently;
use crate::worker::{
    Point, Stop, WorkContext, forget_deleted, keep_messages, later, outcome_row, row, sent_message, tell,
};

/// Replies or notes looked for in one call.
const AT_ONCE: usize = 50;
/// How often something that provably does not arrive is tried before it counts as rejected.
const TRIES: u32 = 10;
/// The least time between the two reads of the settle rule.
const BETWEEN_READS: Duration = Duration::from_secs(5);
/// Threads that are read at the same time.
const READS: usize = 8;

/// What is to be done about one unknown effect.
enum Verdict {
    Applied(Receipt),
    Again,
    Rejected(Reason),
    /// Looked, and no wiser: `true` if it was not there.
    Looked(bool),
}

/// Looks for everything whose time to look has come; says how many effects were settled.
pub(crate) async fn look(ctx: &WorkContext) -> Result<usize, Stop> {
    let (now, capabilities) = (ctx.clock.now(), ctx.desk.capabilities());
    let mut unknown = unknown(ctx).await?;
    unknown.retain(|effect| next_look(effect, &capabilities).is_some_and(|at| at <= now));
    if unknown.is_empty() {
        return Ok(0);
    }
    let (messages, others): (Vec<_>, Vec<_>) =
        unknown.into_iter().partition(|effect| effect.effect.is_message());
    let (notes, replies): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|effect| effect.effect == Effect::Note);
    let mut settled = 0;
    for chunk in replies.chunks(AT_ONCE).chain(notes.chunks(AT_ONCE)) {
        settled += look_for_messages(ctx, chunk, &capabilities).await?;
    }
    let mut by_conversation: BTreeMap<RemoteId, Vec<UnknownEffect>> = BTreeMap::new();
    for effect in others {
        by_conversation.entry(effect.id.clone()).or_default().push(effect);
    }
    let (found, failed) = look_at_values(ctx, by_conversation).await?;
    settled += found;
    match failed {
        Some(stop) if settled == 0 => Err(stop),
        _ => Ok(settled),
    }
}

/// When there is something to do without anybody writing into the journal, and how much is unknown.
pub(crate) async fn outlook(ctx: &WorkContext) -> Result<(Option<Timestamp>, u64), StoreError> {
    let capabilities = ctx.desk.capabilities();
    let unknown = unknown(ctx).await?;
    let next = unknown.iter().filter_map(|effect| next_look(effect, &capabilities)).min();
    Ok((next, unknown.len() as u64))
}

/// Whether there is something in this job that will be looked for again.
pub(crate) async fn looks_again(ctx: &WorkContext, job: JobId) -> Result<bool, StoreError> {
    let capabilities = ctx.desk.capabilities();
    let unknown = unknown(ctx).await?;
    Ok(unknown.iter().any(|effect| effect.job == job && next_look(effect, &capabilities).is_some()))
}

async fn unknown(ctx: &WorkContext) -> Result<Vec<UnknownEffect>, StoreError> {
    let me = ctx.me.handle.clone();
    ctx.store(move |stores| {
        let unknown = stores.journal.unknown_effects()?;
        let jobs: BTreeSet<JobId> = unknown.iter().map(|effect| effect.job).collect();
        let mut mine = HashSet::new();
        for id in jobs {
            let job = stores.journal.job(id)?;
            if job.is_some_and(|job| job.me.as_str().eq_ignore_ascii_case(me.as_str())) {
                mine.insert(id);
            }
        }
        Ok(unknown.into_iter().filter(|effect| mine.contains(&effect.job)).collect())
    })
    .await
}

/// When to look for an effect; `None`: never again by itself, a human decides.
pub(crate) fn next_look(effect: &UnknownEffect, capabilities: &Capabilities) -> Option<Timestamp> {
    let first = later(effect.sent_at, backoff(effect.attempts));
    if matches!(effect.effect, Effect::Unknown(_)) || effect.action.is_none() {
        return None;
    }
    if !effect.effect.is_message() || capabilities.dedupes_replies {
        return (effect.checks < LOOKS).then_some(first);
    }
    let settled = later(effect.unknown_since, capabilities.settle);
    match (effect.checks, effect.first_no_at) {
        (0, _) => Some(first),
        (_, Some(first_no)) => Some(settled.max(later(first_no, BETWEEN_READS))),
        (checks, None) if checks < LOOKS => Some(settled),
        _ => None,
    }
}

/// A server that fails is not asked in a tight loop: 0, ¼ s, ¾ s, 1¾ s … by the attempts so far.
fn backoff(attempts: u32) -> Duration {
    let steps = (1_u64 << attempts.saturating_sub(1).min(8)) - 1;
    Duration::from_millis(250 * steps)
}

/// Looks for replies, or for notes.
async fn look_for_messages(
    ctx: &WorkContext,
    effects: &[UnknownEffect],
    capabilities: &Capabilities,
) -> Result<usize, Stop> {
    let asked_at = ctx.clock.now();
    let replies: Vec<Reply> = effects.iter().filter_map(as_reply).collect();
    let notes: Vec<Note> = effects.iter().filter_map(as_note).collect();
    let found = if replies.len() == effects.len() {
        patiently(|| ctx.desk.find_replies(&replies)).await
    } else if notes.len() == effects.len() {
        patiently(|| ctx.desk.find_notes(&notes)).await
    } else {
        return Ok(0);
    };
    let found = match found {
        Ok(found) => found,
        Err(err) => {
            read_failed(err, "what was sent could not be looked for")?;
            return settle(ctx, effects.iter().map(|effect| (effect, Verdict::Looked(false))).collect())
                .await;
        }
    };
    ctx.link.reachable();
    let verdicts = effects.iter().zip(found).map(|(effect, found)| match found {
        Found::Yes(receipt) => Verdict::Applied(receipt),
        Found::No if is_proven(effect, asked_at, capabilities) => again_or_enough(effect),
        Found::No => Verdict::Looked(true),
        Found::CannotTell => Verdict::Looked(false),
    });
    let verdicts: Vec<_> = effects.iter().zip(verdicts).collect();
    settle(ctx, verdicts).await
}

/// Whether *not there* means that it never arrived.
fn is_proven(effect: &UnknownEffect, asked_at: Timestamp, capabilities: &Capabilities) -> bool {
    let settled = asked_at >= later(effect.unknown_since, capabilities.settle);
    capabilities.dedupes_replies || (effect.first_no_at.is_some() && settled)
}

fn again_or_enough(effect: &UnknownEffect) -> Verdict {
    if effect.attempts < TRIES {
        return Verdict::Again;
    }
    let tries = effect.attempts;
    Verdict::Rejected(Reason::new(
        "not_arrived",
        format!("Did not arrive in {tries} tries; it was not sent."),
    ))
}

fn as_note(effect: &UnknownEffect) -> Option<Note> {
    let Some(Action::Note { text, mentions, .. }) = &effect.action else { return None };
    Some(Note {
        id: effect.id.clone(),
        text: text.clone(),
        mentions: mentions.clone(),
        files: Vec::new(),
        client_ref: ClientRef::new(effect.job, effect.item),
        sent_at: effect.sent_at,
    })
}

fn as_reply(effect: &UnknownEffect) -> Option<Reply> {
    let Some(action @ Action::Reply { mass, .. }) = &effect.action else { return None };
    Some(Reply {
        id: effect.id.clone(),
        text: action.message(&effect.audience)?,
        client_ref: ClientRef::new(effect.job, effect.item),
        mass: mass.then(|| effect.job_name.clone()),
        then: Change::default(),
        sent_at: effect.sent_at,
        files: Vec::new(),
        approved: None,
    })
}

/// Looks at conversations again: what one shows was applied, what it does not show may be repeated. Says how many effects
/// were settled, and why some could not be looked for.
async fn look_at_values(
    ctx: &WorkContext,
    by_conversation: BTreeMap<RemoteId, Vec<UnknownEffect>>,
) -> Result<(usize, Option<Stop>), Stop> {
    let headers = fresh_headers(ctx, &by_conversation).await?;
    let mut verdicts = Vec::new();
    let mut to_read = Vec::new();
    for (id, effects) in &by_conversation {
        match headers.get(id) {
            Some(header) => verdicts.extend(judge(ctx, effects, header)),
            None => to_read.push(look_at_thread(ctx, id, effects)),
        }
    }
    let mut settled = settle(ctx, verdicts).await?;
    let mut failed = None;
    let mut looks = stream::iter(to_read).buffer_unordered(READS);
    while let Some(looked) = looks.next().await {
        match looked {
            Ok(found) => settled += found,
            // One conversation that cannot be read keeps no other waiting.
            Err(stop @ Stop::SlowDown(None)) => failed = Some(stop),
            Err(stop) => return Err(stop),
        }
    }
    Ok((settled, failed))
}

/// Headers that a sync brought after these effects became unknown. Headers of what may have been deleted are not
/// among them: only the help desk itself knows what is not there.
async fn fresh_headers(
    ctx: &WorkContext,
    by_conversation: &BTreeMap<RemoteId, Vec<UnknownEffect>>,
) -> Result<HashMap<RemoteId, Conversation>, StoreError> {
    let Some(synced) = ctx.link.caught_up_at() else { return Ok(HashMap::new()) };
    let is_covered = |effect: &UnknownEffect| {
        later(effect.unknown_since, BETWEEN_READS) <= synced
            && !matches!(effect.effect, Effect::Delete | Effect::Block)
    };
    let covered = by_conversation.iter().filter(|(_, effects)| effects.iter().all(is_covered));
    let ids: Vec<RemoteId> = covered.map(|(id, _)| id.clone()).collect();
    let headers = ctx.store(move |stores| stores.cache.conversations(&ids)).await?;
    Ok(headers.into_iter().map(|header| (header.id.clone(), header)).collect())
}

fn judge<'a>(
    ctx: &WorkContext,
    effects: &'a [UnknownEffect],
    now: &Conversation,
) -> Vec<(&'a UnknownEffect, Verdict)> {
    let verdict = |effect: &UnknownEffect| {
        if shows(now, &effect.effect, &ctx.me.handle) {
            Verdict::Applied(Receipt { stamp: Some(now.stamp), ..Receipt::default() })
        } else {
            again_or_enough(effect)
        }
    };
    effects.iter().map(|effect| (effect, verdict(effect))).collect()
}

async fn look_at_thread(ctx: &WorkContext, id: &RemoteId, effects: &[UnknownEffect]) -> Result<usize, Stop> {
    let thread = match patiently(|| ctx.desk.thread(id)).await {
        Ok(thread) => thread,
        Err(ReadError::NotFound { .. }) => {
            forget_deleted(ctx, vec![id.clone()]).await;
            let fate = |effect: &UnknownEffect| match effect.effect {
                Effect::Delete => Verdict::Applied(Receipt::default()),
                _ => Verdict::Rejected(Reason::new("gone", "The help desk does not have it any more.")),
            };
            return settle(ctx, effects.iter().map(|effect| (effect, fate(effect))).collect()).await;
        }
        Err(err) => {
            read_failed(err, "a conversation could not be read again")?;
            return settle(ctx, effects.iter().map(|effect| (effect, Verdict::Looked(false))).collect())
                .await;
        }
    };
    ctx.link.reachable();
    let settled = settle(ctx, judge(ctx, effects, &thread.conversation)).await?;
    if let Err(err) = ctx.keep_thread(thread).await {
        tracing::warn!(error = %err, "a thread could not be kept");
    }
    Ok(settled)
}

/// A read that failed for a while stops the work. One that the help desk refuses is a look that made nobody wiser.
fn read_failed(err: ReadError, what: &str) -> Result<(), Stop> {
    match err {
        ReadError::Unreachable { .. } => Err(Stop::Offline(err.to_string())),
        ReadError::KeyRefused { .. } => Err(Stop::Key(err.to_string())),
        ReadError::SlowDown { retry_after } => Err(Stop::SlowDown(retry_after)),
        ReadError::ServerFault { .. } | ReadError::Malformed { .. } => {
            tracing::info!(reason = %err, "{what}");
            Err(Stop::SlowDown(None))
        }
        _ => {
            tracing::warn!(reason = %err, "{what}");
            Ok(())
        }
    }
}

/// Writes the verdicts into the journal; says how many effects have an end now or may leave again.
async fn settle(ctx: &WorkContext, verdicts: Vec<(&UnknownEffect, Verdict)>) -> Result<usize, Stop> {
    ctx.pass(Point::AfterLook).await;
    let now = ctx.clock.now();
    let mut ends: Vec<Recorded> = Vec::new();
    let (mut messages_again, mut values_again, mut looked) = (Vec::new(), Vec::new(), Vec::new());
    let mut messages = Vec::new();
    let mut touched: BTreeMap<JobId, (Action, Vec<RemoteId>)> = BTreeMap::new();
    for (effect, verdict) in verdicts {
        if let Some(action) = &effect.action {
            let (_, ids) = touched.entry(effect.job).or_insert_with(|| (action.clone(), Vec::new()));
            ids.push(effect.id.clone());
        }
        match verdict {
            Verdict::Applied(receipt) => {
                if let (Effect::Reply | Effect::Note, Some(action)) = (&effect.effect, &effect.action) {
                    let client_ref = ClientRef::new(effect.job, effect.item);
                    let message = sent_message(
                        &ctx.me,
                        action,
                        &effect.audience,
                        &client_ref,
                        &receipt,
                        effect.sent_at,
                    );
                    messages.extend(message.map(|message| (effect.id.clone(), message)));
                }
                ends.push(outcome_row(effect.row, &effect.effect, EffectOutcome::Applied { receipt }, now));
            }
            Verdict::Rejected(reason) => ends.push(row(effect.row, EffectState::Rejected, Some(reason), now)),
            Verdict::Again if effect.effect.is_message() => messages_again.push(effect.row),
            Verdict::Again => values_again.push(effect.row),
            Verdict::Looked(no) => looked.push((effect.row, no)),
        }
    }
    let settled = ends.len() + messages_again.len() + values_again.len();
    let refused = ctx
        .store(move |stores| {
            let journal = &stores.journal;
            let mut refused = journal.settle_unknown(&ends)?;
            refused.extend(journal.resend_unknown(&messages_again, now)?);
            refused.extend(journal.repeat_unknown(&values_again, now)?);
            for (row, no) in looked {
                journal.note_check(row, now, no)?;
            }
            Ok(refused)
        })
        .await?;
    if !refused.is_empty() {
        tracing::warn!(effects = refused.len(), "effects were settled by somebody else meanwhile");
    }
    keep_messages(ctx, messages).await;
    if settled > 0 {
        for (job, (action, ids)) in touched {
            tell(ctx, job, &action, ids);
        }
    }
    Ok(settled)
}
