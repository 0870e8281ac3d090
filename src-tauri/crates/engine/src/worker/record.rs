//! Outcomes into the journal, receipts into the cache, news to whoever listens.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_helpdesk::ItemOutcome;
use muster_model::{
    Action, AudienceItem, Author, ClientRef, Delivery, DeliveryState, Effect, EffectOutcome, EffectState,
    JobId, Me, Message, MessageKind, Reason, Receipt, RemoteId,
};
use muster_store::{ClaimedItem, JobRow, NotRecorded, Recorded};

use super::{Point, Stop, WorkContext};
use crate::EngineEvent;

/// What an answer means.
#[derive(Default)]
pub(super) struct Judged {
    pub recorded: Vec<Recorded>,
    messages: Vec<(RemoteId, Message)>,
    deleted: Vec<RemoteId>,
}

impl Judged {
    /// Whether everything was applied.
    pub(super) fn is_well(&self) -> bool {
        self.recorded.iter().all(|outcome| outcome.state == EffectState::Applied)
    }

    /// After the outcomes are in the journal: what they mean for the cache.
    pub(super) async fn keep(self, ctx: &WorkContext) {
        keep_messages(ctx, self.messages).await;
        forget_deleted(ctx, self.deleted).await;
    }
}

/// What the answer of a call means: each effect ends as what the server says of it, and as unknown where it says nothing.
pub(super) fn judge(
    ctx: &WorkContext,
    job: &JobRow,
    items: &[ClaimedItem],
    answer: Vec<ItemOutcome>,
) -> Judged {
    let now = ctx.clock.now();
    let mut answers: HashMap<RemoteId, Vec<EffectOutcome>> =
        answer.into_iter().map(|outcome| (outcome.id, outcome.effects)).collect();
    let mut judged = Judged::default();
    for item in items {
        let mut said = answers.remove(&item.id).unwrap_or_default().into_iter();
        for effect in &item.effects {
            let outcome = said.next().unwrap_or_else(|| EffectOutcome::Unknown {
                reason: Reason::new("no_answer", "The help desk's answer does not mention it."),
            });
            if let (Effect::Reply | Effect::Note, EffectOutcome::Applied { receipt }, Some(action)) =
                (&effect.effect, &outcome, &job.action)
            {
                let client_ref = ClientRef::new(job.id, item.item);
                judged.messages.extend(
                    sent_message(&ctx.me, action, &item.audience, &client_ref, receipt, now)
                        .map(|message| (item.id.clone(), message)),
                );
            }
            if effect.effect == Effect::Delete && outcome.state() == EffectState::Applied {
                judged.deleted.push(item.id.clone());
            }
            judged.recorded.push(outcome_row(effect.row, &effect.effect, outcome, now));
        }
    }
    judged
}

/// Records the answer of a call.
pub(super) async fn outcomes(
    ctx: &WorkContext,
    job: &JobRow,
    items: &[ClaimedItem],
    answer: Vec<ItemOutcome>,
) -> Result<(), Stop> {
    let mut judged = judge(ctx, job, items, answer);
    write(ctx, std::mem::take(&mut judged.recorded)).await?;
    ctx.pass(Point::AfterOutcome).await;
    judged.keep(ctx).await;
    Ok(())
}

/// Records that the server, or we, said no to everything that these items wanted.
pub(super) async fn reject(ctx: &WorkContext, items: &[ClaimedItem], reason: &Reason) -> Result<(), Stop> {
    let now = ctx.clock.now();
    let effects = items.iter().flat_map(|item| &item.effects);
    let rows = effects.map(|effect| row(effect.row, EffectState::Rejected, Some(reason.clone()), now));
    write(ctx, rows.collect()).await
}

/// Back to its place: nothing of it can have reached the server.
pub(super) async fn put_back(ctx: &WorkContext, items: &[ClaimedItem]) -> Result<(), Stop> {
    put_back_rows(ctx, items.iter().flat_map(|item| &item.effects).map(|effect| effect.row).collect()).await
}

/// As [`put_back`], effect by effect.
pub(super) async fn put_back_rows(ctx: &WorkContext, rows: Vec<i64>) -> Result<(), Stop> {
    if rows.is_empty() {
        return Ok(());
    }
    ctx.pass(Point::BeforePutBack).await;
    let now = ctx.clock.now();
    let refused = ctx.store(move |stores| stores.journal.put_back(&rows, now)).await?;
    if !refused.is_empty() {
        tracing::warn!(effects = refused.len(), "effects were not sending any more when they were put back");
    }
    Ok(())
}

/// Writes outcomes; one that comes too late is reported by the journal and changes nothing.
pub(super) async fn write(ctx: &WorkContext, outcomes: Vec<Recorded>) -> Result<(), Stop> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let refused = ctx.store(move |stores| stores.journal.record(&outcomes)).await?;
    too_late(&refused);
    Ok(())
}

/// The same, in one transaction with the end of the job if this was the last of it.
pub(super) async fn write_and_finish(
    ctx: &WorkContext,
    job: JobId,
    outcomes: Vec<Recorded>,
) -> Result<(), Stop> {
    ctx.pass(Point::BeforeEnd).await;
    let now = ctx.clock.now();
    let (refused, state) =
        ctx.store(move |stores| stores.journal.record_and_finish(&outcomes, job, now)).await?;
    too_late(&refused);
    if let Some(state) = state {
        super::over(ctx, job, &state);
    }
    Ok(())
}

/// Says so where outcomes came too late.
pub(super) fn too_late(refused: &[NotRecorded]) {
    if !refused.is_empty() {
        tracing::warn!(effects = refused.len(), "outcomes came after the effects' story was over");
    }
}

pub(crate) fn row(row: i64, state: EffectState, reason: Option<Reason>, at: Timestamp) -> Recorded {
    Recorded { row, state, reason, receipt: None, after: None, at }
}

pub(crate) fn outcome_row(id: i64, effect: &Effect, outcome: EffectOutcome, at: Timestamp) -> Recorded {
    let state = outcome.state();
    match outcome {
        EffectOutcome::Applied { receipt } => {
            Recorded { receipt: Some(receipt), after: effect.value_after(), ..row(id, state, None, at) }
        }
        EffectOutcome::Rejected { reason }
        | EffectOutcome::Skipped { reason }
        | EffectOutcome::Unknown { reason } => row(id, state, Some(reason), at),
    }
}

/// The message as the thread will show it until the next fetch brings the server's own.
pub(crate) fn sent_message(
    me: &Me,
    action: &Action,
    item: &AudienceItem,
    client_ref: &ClientRef,
    receipt: &Receipt,
    now: Timestamp,
) -> Option<Message> {
    let (kind, mass_reply, mentions) = match action {
        Action::Reply { mass, .. } => (MessageKind::Message, *mass, Vec::new()),
        Action::Note { mentions, .. } => {
            let mentions = mentions.iter().map(|who| who.handle.clone()).collect();
            (MessageKind::Note, false, mentions)
        }
        _ => return None,
    };
    let delivery =
        (kind == MessageKind::Message).then_some(Delivery { state: DeliveryState::Queued, reason: None });
    Some(Message {
        id: RemoteId::new(receipt.id.clone().unwrap_or_else(|| client_ref.to_string())),
        at: receipt.at.unwrap_or(now),
        kind,
        from: Author::Agent,
        author: me.name.clone(),
        author_handle: Some(me.handle.clone()),
        text: action.message(item)?,
        html: None,
        attachments: Vec::new(),
        client_ref: Some(client_ref.to_string()),
        mass_reply,
        delivery,
        mentions,
    })
}

/// Writes sent messages into the cached threads. The journal has the outcome already; a cache that cannot be written
/// shows the message a fetch later.
pub(crate) async fn keep_messages(ctx: &WorkContext, messages: Vec<(RemoteId, Message)>) {
    if messages.is_empty() {
        return;
    }
    let kept = ctx
        .store(move |stores| {
            messages.iter().try_for_each(|(id, message)| stores.cache.append_sent_message(id, message))
        })
        .await;
    if let Err(err) = kept {
        tracing::warn!(error = %err, "sent messages could not be written into the cache");
    }
}

/// Takes conversations out of the cache that the help desk says it deleted. If that fails, the next sync does it.
pub(crate) async fn forget_deleted(ctx: &WorkContext, ids: Vec<RemoteId>) {
    if ids.is_empty() {
        return;
    }
    let forgotten =
        ctx.store(move |stores| ids.iter().try_for_each(|id| stores.cache.drop_conversation(id).map(drop)));
    if let Err(err) = forgotten.await {
        tracing::warn!(error = %err, "deleted conversations could not be taken out of the cache");
    }
}

/// Tells that a job and these conversations changed.
pub(crate) fn tell(ctx: &WorkContext, job: JobId, action: &Action, ids: Vec<RemoteId>) {
    ctx.tell(EngineEvent::JobChanged(job));
    if action.is_message() {
        for id in &ids {
            ctx.tell(EngineEvent::ThreadChanged(id.clone()));
        }
    }
    ctx.tell(EngineEvent::ConversationsChanged { ids: Some(ids) });
    ctx.tell(EngineEvent::StateChanged);
}
