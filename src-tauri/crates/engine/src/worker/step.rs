//! One step of a job: claim the next items, let the guard look at them, send each kind of effect in one call.

use std::collections::HashMap;
use std::sync::Arc;

use muster_helpdesk::OutgoingFile;
use muster_model::{Action, Change, Effect, Handle, RemoteId};
use muster_store::{ClaimedItem, JobRow, Next, StoreError, Wanted};
use tokio_util::sync::CancellationToken;

use super::deliver::{Parcel, deliver};
use super::known::{Headers, LastKnown};
use super::{Point, Stop, WorkContext, ahead, files, guard, record};
use crate::Stores;
use crate::effect::change_of;

/// Replies in one call: few enough that progress shows and that a stop comes soon.
const REPLIES_AT_ONCE: usize = 25;

/// Claims and sends the next chunk of a job, or as many as may follow one another; says how many items it was.
pub(super) async fn take(ctx: &WorkContext, job: &JobRow, cancel: &CancellationToken) -> Result<u64, Stop> {
    let Some(action) = job.action.clone() else { return Ok(0) };
    if matches!(action, Action::Change { .. } | Action::Undo { .. }) {
        return ahead::run(ctx, job, &action, cancel).await;
    }
    ctx.pass(Point::BeforeIntent).await;
    let next = next(ctx, job, &action);
    let capabilities = ctx.desk.capabilities();
    let behind = matches!(action, Action::Reply { .. }) && !capabilities.status_with_reply;
    let (claimed, headers) = ctx
        .store(move |stores| {
            let before = LastKnown::new(stores, &next.1, next.0.job, Wanted::Everything);
            let claimed = if behind {
                let rest = capabilities.max_batch.max(1);
                let (job, limit, now) = (next.0.job, next.0.limit, next.0.now);
                stores.journal.claim_replies_first(job, limit, rest, now, &before)?
            } else {
                stores.journal.record_and_claim(&[], &next.0, &before)?.1
            };
            remember(stores, &claimed)?;
            Ok((claimed, before.into_headers()))
        })
        .await?;
    let did = claimed.len() as u64;
    if did == 0 {
        return Ok(0);
    }
    let ids: Vec<RemoteId> = claimed.iter().map(|item| item.id.clone()).collect();
    ctx.pass(Point::AfterIntent).await;
    let sent = send(ctx, job, &action, claimed, headers).await;
    ctx.pass(Point::BetweenEffects).await;
    record::tell(ctx, job.id, &action, ids);
    sent.map(|()| did)
}

/// What to claim next of a job, and whose key it is.
pub(super) fn next(ctx: &WorkContext, job: &JobRow, action: &Action) -> (Next, Handle) {
    let capabilities = ctx.desk.capabilities();
    let limit = match action {
        Action::Reply { .. } => capabilities.max_replies.min(REPLIES_AT_ONCE),
        Action::Change { .. } | Action::Undo { .. } => capabilities.max_batch,
        Action::Note { .. } | Action::Follow { .. } => REPLIES_AT_ONCE,
    };
    let next = Next {
        job: job.id,
        limit: limit.max(1),
        per_call: capabilities.max_batch.max(1),
        rides: true,
        only_replies: false,
        alone: false,
        now: ctx.clock.now(),
    };
    (next, ctx.me.handle.clone())
}

/// Lets the cache remember what leaves: a journal that knows less is a restored backup.
pub(super) fn remember(stores: &Stores, claimed: &[ClaimedItem]) -> Result<(), StoreError> {
    match claimed.iter().flat_map(|item| &item.effects).map(|effect| effect.row).max() {
        Some(highest) => stores.cache.set_highest_sent(highest),
        None => Ok(()),
    }
}

/// Sends what was claimed. If one call says stop, what was not sent yet goes back with it.
async fn send(
    ctx: &WorkContext,
    job: &JobRow,
    action: &Action,
    claimed: Vec<ClaimedItem>,
    headers: Headers,
) -> Result<(), Stop> {
    let claimed = guard::look(ctx, job, claimed, headers).await?;
    let (files, claimed) = files::attach(ctx, action, claimed).await?;
    let mut parcels = pack(job, action, claimed, &files).into_iter();
    while let Some((parcel, items)) = parcels.next() {
        if let Err(stop) = deliver(ctx, job, &parcel, items).await {
            let rest: Vec<ClaimedItem> = parcels.flat_map(|(_, items)| items).collect();
            record::put_back(ctx, &rest).await?;
            return Err(stop);
        }
    }
    Ok(())
}

/// Puts together what can travel in one call, in the order of the first of each kind.
pub(super) fn pack(
    job: &JobRow,
    action: &Action,
    claimed: Vec<ClaimedItem>,
    files: &[Arc<OutgoingFile>],
) -> Vec<(Parcel, Vec<ClaimedItem>)> {
    let mut parcels: Vec<(Parcel, Vec<ClaimedItem>)> = Vec::new();
    // An undo may have as many different changes as it has items: they are found by what they are, not by looking at each.
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut last: Option<(Vec<Effect>, usize)> = None;
    for item in claimed {
        // Neighbours mostly want the same.
        let effects = || item.effects.iter().map(|effect| &effect.effect);
        let same = last.as_ref().filter(|(last, _)| last.iter().eq(effects()));
        let place = match same {
            Some((_, place)) => *place,
            None => {
                let parcel = parcel_for(job, action, &item, files);
                let place = *places.entry(parcel.key()).or_insert(parcels.len());
                if place == parcels.len() {
                    parcels.push((parcel, Vec::new()));
                }
                last = Some((effects().cloned().collect(), place));
                place
            }
        };
        if let Some((_, items)) = parcels.get_mut(place) {
            items.push(item);
        }
    }
    parcels
}

fn parcel_for(job: &JobRow, action: &Action, item: &ClaimedItem, files: &[Arc<OutgoingFile>]) -> Parcel {
    let effects = || item.effects.iter().map(|effect| &effect.effect);
    match (action, item.effects.first().map(|effect| &effect.effect)) {
        (Action::Reply { mass, .. }, Some(Effect::Reply)) => Parcel::Replies {
            action: Box::new(action.clone()),
            mass: mass.then(|| job.name.clone()),
            then: change_of(effects().skip(1)).unwrap_or_else(Change::default),
            files: files.to_vec(),
        },
        (Action::Note { text, mentions, .. }, Some(Effect::Note)) => {
            Parcel::Notes { text: text.clone(), mentions: mentions.clone(), files: files.to_vec() }
        }
        (_, Some(Effect::Follow(on))) => Parcel::Follow { on: *on },
        _ => change_of(effects()).map_or(Parcel::NotOurs, Parcel::Change),
    }
}
