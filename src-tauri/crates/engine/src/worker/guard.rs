//! The guard: looks once more before something leaves. If the customer or a colleague wrote since the plan, a reply is
//! `held` and a human decides; so is putting away a conversation in which the customer wrote. Messages that carry a
//! reference of this journal do not count.
//!
//! A reply to one conversation reads its thread again. A mass reply compares with the cached header while the sync keeps
//! it fresh, and reads only the threads that leave a doubt: the read budget of a help desk is smaller than its write
//! budget. After a time without the help desk the sync goes first, and where it does not come, every thread is read.

use std::time::Duration;

use jiff::Timestamp;
use muster_helpdesk::ReadError;
use muster_model::{
    Author, ClientRef, Conversation, Effect, EffectState, Message, MessageKind, Reason, RemoteId,
};
use muster_store::{ClaimedItem, JobRow, Recorded, StoreError};

use super::{Stop, WorkContext, later, record};
use crate::EngineEvent;
use crate::effect::puts_away;
use crate::sync::patiently;

/// So long after a sync its headers are still taken for what is: a sync that goes on comes more often.
const FRESH: Duration = Duration::from_secs(60);
/// How long the sync may take to bring what happened while the help desk could not be reached.
const NEWS_WITHIN: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(50);

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

/// Lets through what may leave, and records the rest.
pub(super) async fn look(
    ctx: &WorkContext,
    job: &JobRow,
    claimed: Vec<ClaimedItem>,
) -> Result<Vec<ClaimedItem>, Stop> {
    let headers = headers(ctx, &claimed).await?;
    let is_fresh = ctx.link.caught_up_at().is_some_and(|at| later(at, FRESH) >= ctx.clock.now());
    let mut go = Vec::new();
    let mut stay: Vec<Recorded> = Vec::new();
    let mut items = claimed.into_iter().zip(headers);
    while let Some((mut item, header)) = items.next() {
        let now = ctx.clock.now();
        if item.effects.first().is_some_and(|effect| effect.effect == Effect::Reply) {
            match rule(ctx, &item, header, is_fresh && job.total > 1).await {
                Ok(Ruling::Go) => go.push(item),
                Ok(Ruling::Stay(state, reason)) => {
                    let rows = item.effects.iter().map(|effect| effect.row);
                    stay.extend(
                        rows.take(1).map(|row| record::row(row, state.clone(), Some(reason.clone()), now)),
                    );
                    stay.extend(riders(&item, &reason, now));
                }
                Err(stop) => {
                    go.push(item);
                    go.extend(items.map(|(item, _)| item));
                    record::put_back(ctx, &go).await?;
                    record::write(ctx, stay).await?;
                    return Err(stop);
                }
            }
        } else {
            if header.as_ref().is_some_and(|header| customer_wrote(&item, header)) {
                let held = |effect: &Effect| puts_away(effect);
                for effect in item.effects.iter().filter(|effect| held(&effect.effect)) {
                    stay.push(record::row(effect.row, EffectState::Held, Some(customer_reason()), now));
                }
                item.effects.retain(|effect| !held(&effect.effect));
            }
            if !item.effects.is_empty() {
                go.push(item);
            }
        }
    }
    record::write(ctx, stay).await?;
    Ok(go)
}

/// What was claimed to ride on a reply that stays is not sent either.
fn riders(item: &ClaimedItem, reason: &Reason, now: Timestamp) -> Vec<Recorded> {
    let reason = Reason::new("not_tried", format!("not tried: {}", reason.message));
    let riding = item.effects.iter().skip(1);
    riding.map(|effect| record::row(effect.row, EffectState::Skipped, Some(reason.clone()), now)).collect()
}

/// Before anything leaves after a time without the help desk: lets the sync that goes on beside the worker bring first
/// what customers and colleagues did meanwhile.
pub(super) async fn wait_for_news(ctx: &WorkContext) -> Result<(), StoreError> {
    let wait = async {
        while !has_caught_up(ctx).await? {
            tokio::time::sleep(GLANCE).await;
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

async fn headers(
    ctx: &WorkContext,
    claimed: &[ClaimedItem],
) -> Result<Vec<Option<Conversation>>, StoreError> {
    let ids: Vec<RemoteId> = claimed.iter().map(|item| item.id.clone()).collect();
    ctx.store(move |stores| ids.iter().map(|id| stores.cache.conversation(id)).collect()).await
}

async fn rule(
    ctx: &WorkContext,
    item: &ClaimedItem,
    header: Option<Conversation>,
    header_will_do: bool,
) -> Result<Ruling, Stop> {
    let known = match header {
        Some(header) if header_will_do => {
            let messages = cached_messages(ctx, &item.id).await?;
            let now = Now { header, messages };
            if customer_wrote(item, &now.header) || !somebody_answered(item, &now) || is_covered(&now) {
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
    let Some(now) = known else {
        let reason = Reason::new("gone", "The help desk does not have this conversation any more.");
        return Ok(Ruling::Stay(EffectState::Skipped, reason));
    };
    if now.header.id != item.id {
        let reason = Reason::new("merged", format!("Merged into {}.", now.header.id));
        return Ok(Ruling::Stay(EffectState::Skipped, reason));
    }
    if customer_wrote(item, &now.header) {
        return Ok(Ruling::Stay(EffectState::Held, customer_reason()));
    }
    if somebody_answered(item, &now) && !all_ours(ctx, item, &now).await? {
        let reason = Reason::new("colleague_wrote", "A colleague answered after this was planned.");
        return Ok(Ruling::Stay(EffectState::Held, reason));
    }
    Ok(Ruling::Go)
}

fn customer_wrote(item: &ClaimedItem, header: &Conversation) -> bool {
    millis(header.last_inbound) > item.audience.last_inbound
}

fn customer_reason() -> Reason {
    Reason::new("customer_wrote", "The customer wrote after this was planned.")
}

fn somebody_answered(item: &ClaimedItem, now: &Now) -> bool {
    millis(now.header.last_outbound) > item.audience.last_outbound
}

/// Whether the messages at hand reach as far as the header says that messages exist.
fn is_covered(now: &Now) -> bool {
    let newest = answers(&now.messages).map(|message| message.at.as_millisecond()).max();
    newest >= millis(now.header.last_outbound)
}

/// Whether every answer since the plan left from this journal. Where there is no answer to be seen, somebody else's is
/// assumed.
async fn all_ours(ctx: &WorkContext, item: &ClaimedItem, now: &Now) -> Result<bool, StoreError> {
    let since = item.audience.last_outbound;
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
