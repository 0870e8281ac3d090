//! One step of a job: claim the next items, let the guard look at them, send each kind of effect in one call.

use std::collections::HashMap;
use std::sync::Arc;

use muster_helpdesk::OutgoingFile;
use muster_model::{Action, Change, Effect, RemoteId, Template};
use muster_store::{ClaimedItem, JobRow};

use super::deliver::{Parcel, deliver};
use super::known::last_known;
use super::{Point, Stop, WorkContext, files, guard, record};
use crate::effect::change_of;

/// Replies in one call: few enough that progress shows and that a stop comes soon.
const REPLIES_AT_ONCE: usize = 25;
/// Conversations of an undo that are sorted by what they get back before they are sent.
const UNDONE_AT_ONCE: usize = 1_000;

/// Claims and sends the next chunk of a job; says how many items it was.
pub(super) async fn take(ctx: &WorkContext, job: &JobRow) -> Result<u64, Stop> {
    let Some(action) = job.action.clone() else { return Ok(0) };
    ctx.pass(Point::BeforeIntent).await;
    let claimed = claim(ctx, job, &action).await?;
    let did = claimed.len() as u64;
    if did == 0 {
        return Ok(0);
    }
    let ids: Vec<RemoteId> = claimed.iter().map(|item| item.id.clone()).collect();
    ctx.pass(Point::AfterIntent).await;
    let sent = send(ctx, job, &action, claimed).await;
    ctx.pass(Point::BetweenEffects).await;
    record::tell(ctx, job.id, &action, ids);
    sent.map(|()| did)
}

async fn claim(ctx: &WorkContext, job: &JobRow, action: &Action) -> Result<Vec<ClaimedItem>, Stop> {
    let capabilities = ctx.desk.capabilities();
    let limit = match action {
        Action::Reply { .. } => capabilities.max_replies.min(REPLIES_AT_ONCE),
        Action::Change { .. } => capabilities.max_batch,
        // Each gets back its own: the more at once, the more of them want the same.
        Action::Undo { .. } => capabilities.max_batch.max(UNDONE_AT_ONCE),
        Action::Follow { .. } => REPLIES_AT_ONCE,
    };
    let (id, now, me) = (job.id, ctx.clock.now(), ctx.me.handle.clone());
    let behind = matches!(action, Action::Reply { .. }) && !capabilities.status_with_reply;
    let claimed = ctx
        .store(move |stores| {
            let before = |id: &RemoteId| last_known(stores, &me, id);
            let claimed = if behind {
                let rest = capabilities.max_batch.max(1);
                stores.journal.claim_replies_first(id, limit.max(1), rest, now, &before)?
            } else {
                stores.journal.claim(id, limit.max(1), true, now, &before)?
            };
            if let Some(highest) =
                claimed.iter().flat_map(|item| &item.effects).map(|effect| effect.row).max()
            {
                stores.cache.set_highest_sent(highest)?;
            }
            Ok(claimed)
        })
        .await?;
    Ok(claimed)
}

/// Sends what was claimed. If one call says stop, what was not sent yet goes back with it.
async fn send(
    ctx: &WorkContext,
    job: &JobRow,
    action: &Action,
    claimed: Vec<ClaimedItem>,
) -> Result<(), Stop> {
    let claimed = guard::look(ctx, job, claimed).await?;
    let (files, claimed) = files::attach(ctx, action, claimed).await?;
    let mut parcels: Vec<(Parcel, Vec<ClaimedItem>)> = Vec::new();
    // An undo may have as many different changes as it has items: they are found by what they are, not by looking at each.
    let mut places: HashMap<String, usize> = HashMap::new();
    for item in claimed {
        let parcel = parcel_for(job, action, &item, &files);
        let place = *places.entry(parcel.key()).or_insert(parcels.len());
        if place == parcels.len() {
            parcels.push((parcel, Vec::new()));
        }
        parcels[place].1.push(item);
    }
    let mut parcels = parcels.into_iter();
    while let Some((parcel, items)) = parcels.next() {
        if let Err(stop) = deliver(ctx, job, &parcel, items).await {
            let rest: Vec<ClaimedItem> = parcels.flat_map(|(_, items)| items).collect();
            record::put_back(ctx, &rest).await?;
            return Err(stop);
        }
    }
    Ok(())
}

fn parcel_for(job: &JobRow, action: &Action, item: &ClaimedItem, files: &[Arc<OutgoingFile>]) -> Parcel {
    let effects = || item.effects.iter().map(|effect| &effect.effect);
    match (action, item.effects.first().map(|effect| &effect.effect)) {
        (Action::Reply { text, mass, .. }, Some(Effect::Reply)) => Parcel::Replies {
            template: Template::parse(text),
            mass: mass.then(|| job.name.clone()),
            then: change_of(effects().skip(1)).unwrap_or_else(Change::default),
            files: files.to_vec(),
        },
        (_, Some(Effect::Follow(on))) => Parcel::Follow { on: *on },
        _ => change_of(effects()).map_or(Parcel::NotOurs, Parcel::Change),
    }
}
