//! The call itself, and what its answer means: recorded, put back, or split until the bad item is alone.

use std::sync::Arc;

use muster_helpdesk::{ApprovedReply, Batch, ItemOutcome, NotSent, Note, OutgoingFile, Reply};
use muster_model::{Action, AudienceItem, Change, ClientRef, EffectOutcome, JobId, Mention, Reason};
use muster_store::{ClaimedItem, JobRow};

use super::{Point, Stop, WorkContext, record};

/// What one call carries for all of its items.
#[derive(Clone)]
pub(super) enum Parcel {
    /// Replies, with what rides on them.
    Replies {
        action: Box<Action>,
        /// The name of the mass reply.
        mass: Option<String>,
        then: Change,
        /// For those whose channel carries them.
        files: Vec<Arc<OutgoingFile>>,
    },
    /// One change.
    Change(Change),
    /// Notes; one conversation per call.
    Notes { text: String, mentions: Vec<Mention>, files: Vec<Arc<OutgoingFile>> },
    /// Follow or stop following; one conversation per call.
    Follow { on: bool },
    /// Effects of a newer version: never sent.
    NotOurs,
}

impl Parcel {
    /// What items that can travel in one call have in common.
    pub(super) fn key(&self) -> String {
        let change = |change: &Change| serde_json::json!(change).to_string();
        match self {
            // Text, name and files are the job's.
            Self::Replies { then, .. } => format!("reply {}", change(then)),
            Self::Change(what) => format!("change {}", change(what)),
            // The text is the job's.
            Self::Notes { .. } => "note".to_owned(),
            Self::Follow { on } => format!("follow {on}"),
            Self::NotOurs => String::new(),
        }
    }

    fn per_call(&self, ctx: &WorkContext, items: usize) -> usize {
        match self {
            Self::Notes { .. } | Self::Follow { .. } => 1,
            Self::Change(_) => items.min(ctx.desk.capabilities().max_batch),
            Self::Replies { .. } | Self::NotOurs => items,
        }
    }

    pub(super) async fn call(
        &self,
        ctx: &WorkContext,
        job: JobId,
        items: &[ClaimedItem],
    ) -> Result<Vec<ItemOutcome>, NotSent> {
        match self {
            Self::Replies { action, mass, then, files } => {
                let reply = |item: &ClaimedItem| Reply {
                    id: item.id.clone(),
                    text: action.message(&item.audience).unwrap_or_default(),
                    client_ref: ClientRef::new(job, item.item),
                    mass: mass.clone(),
                    then: then.clone(),
                    sent_at: ctx.clock.now(),
                    files: if item.audience.with_files { files.clone() } else { Vec::new() },
                    approved: approved(action, &item.audience),
                };
                let replies: Vec<Reply> = items.iter().map(reply).collect();
                ctx.desk.reply(&replies).await
            }
            Self::Change(change) => {
                let ids = items.iter().map(|item| item.id.clone()).collect();
                ctx.desk.apply(&Batch { ids, change: change.clone() }).await
            }
            Self::Notes { text, mentions, files } => {
                let mut outcomes = Vec::new();
                for item in items {
                    let note = Note {
                        id: item.id.clone(),
                        text: text.clone(),
                        mentions: mentions.clone(),
                        files: if item.audience.with_files { files.clone() } else { Vec::new() },
                        client_ref: ClientRef::new(job, item.item),
                        sent_at: ctx.clock.now(),
                    };
                    let outcome = ctx.desk.note(&note).await?;
                    outcomes.push(ItemOutcome { id: item.id.clone(), effects: vec![outcome] });
                }
                Ok(outcomes)
            }
            Self::Follow { on } => {
                let mut outcomes = Vec::new();
                for item in items {
                    let outcome = follow(ctx, item, *on).await?;
                    outcomes.push(ItemOutcome { id: item.id.clone(), effects: vec![outcome] });
                }
                Ok(outcomes)
            }
            Self::NotOurs => Err(NotSent::Unsupported(
                "A newer Muster planned this; this one does not know how.".to_owned(),
            )),
        }
    }
}

/// Which approved text a recipient gets, if one.
fn approved(action: &Action, item: &AudienceItem) -> Option<ApprovedReply> {
    match action {
        Action::Reply { approved: Some(approved), .. } if item.approved => {
            Some(ApprovedReply { name: approved.name.clone(), parameters: approved.parameters(&item.values) })
        }
        _ => None,
    }
}

/// Follows at the help desk, or here where the help desk keeps no followers.
async fn follow(ctx: &WorkContext, item: &ClaimedItem, on: bool) -> Result<EffectOutcome, NotSent> {
    if ctx.desk.capabilities().follow {
        return ctx.desk.follow(&item.id, on).await;
    }
    let id = item.id.clone();
    Ok(match ctx.store(move |stores| stores.journal.set_follow(&id, on)).await {
        Ok(()) => EffectOutcome::Applied { receipt: muster_model::Receipt::default() },
        Err(err) => EffectOutcome::Rejected { reason: Reason::new("not_kept", err.to_string()) },
    })
}

/// Sends the items of a parcel, and records every answer before the next call.
pub(super) async fn deliver(
    ctx: &WorkContext,
    job: &JobRow,
    parcel: &Parcel,
    items: Vec<ClaimedItem>,
) -> Result<(), Stop> {
    let per_call = parcel.per_call(ctx, items.len()).max(1);
    let mut queue: Vec<Vec<ClaimedItem>> = items.chunks(per_call).rev().map(<[_]>::to_vec).collect();
    while let Some(mut batch) = queue.pop() {
        ctx.pass(Point::BeforeCall).await;
        let why = match parcel.call(ctx, job.id, &batch).await {
            Ok(outcomes) => {
                ctx.pass(Point::AfterCall).await;
                ctx.link.reachable();
                record::outcomes(ctx, job, &batch, outcomes).await?;
                continue;
            }
            Err(why) => why,
        };
        match refused(ctx, job, &mut batch, why).await? {
            Refused::Split(second) => queue.extend([second, batch]),
            Refused::Recorded => {}
            Refused::Stop(stop) => {
                let rest: Vec<ClaimedItem> = std::iter::once(batch).chain(queue).flatten().collect();
                record::put_back(ctx, &rest).await?;
                return Err(stop);
            }
        }
    }
    Ok(())
}

/// What becomes of a call that did not reach the server, or that it refused whole.
pub(super) enum Refused {
    /// The server refused the batch without working on it: it is tried in two halves, of which this is the second, until
    /// the bad item is alone.
    Split(Vec<ClaimedItem>),
    /// Each item's story is over.
    Recorded,
    /// Nothing more can be sent now; the items have to go back to their place.
    Stop(Stop),
}

/// Takes a refusal for what it means; of a batch that is split, the first half is left in it.
pub(super) async fn refused(
    ctx: &WorkContext,
    job: &JobRow,
    batch: &mut Vec<ClaimedItem>,
    why: NotSent,
) -> Result<Refused, Stop> {
    let message = why.to_string();
    tracing::info!(job = %job.id, items = batch.len(), reason = %message, "not sent");
    let reason = match why {
        NotSent::Refused { .. } if batch.len() > 1 => {
            return Ok(Refused::Split(batch.split_off(batch.len() / 2)));
        }
        NotSent::Refused { reason } => reason,
        NotSent::NotPermitted { .. } => Reason::new("not_permitted", message),
        NotSent::Unsupported(_) => Reason::new("unsupported", message),
        NotSent::Unreachable { .. } => return Ok(Refused::Stop(Stop::Offline(message))),
        NotSent::KeyRefused { .. } => return Ok(Refused::Stop(Stop::Key(message))),
        NotSent::SlowDown { retry_after } => return Ok(Refused::Stop(Stop::SlowDown(retry_after))),
    };
    record::reject(ctx, batch, &reason).await?;
    Ok(Refused::Recorded)
}
