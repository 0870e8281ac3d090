//! Answers of a human to what only a human can decide: whether something unknown arrived, and whether something held
//! leaves all the same. Nothing unknown is ever sent again by itself.

use jiff::Timestamp;
use muster_model::{
    AudienceItem, Effect, EffectState, Handle, JobId, JobState, Origin, OwnEffect, Reason, Relation,
    RemoteId, Sending,
};
use muster_store::{ItemStory, JobRow, NewJob, Recorded, StoreError};
use thiserror::Error;
use uuid::Uuid;

use crate::blocking::blocking;
use crate::{Account, EngineEvent, Stores};

#[cfg(test)]
mod tests;

/// What a human says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Unknown: it did arrive.
    Sent,
    /// Unknown: it did not; send it again.
    SendAgain,
    /// Unknown: leave it at that.
    Leave,
    /// Held: send it all the same.
    Send,
    /// Held: do not send it.
    Skip,
}

/// Why an answer changed nothing.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// The item does not wait for this answer.
    #[error("{0}")]
    NotAsked(String),
    /// Nobody knows yet whose key it is.
    #[error("The help desk has not said yet whose key this is. Connect once, then answer.")]
    NotSignedIn,
    /// There is no such job, or the journal failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers for one conversation of a job. Says which job goes on: the same, or the one that sends again.
///
/// # Errors
/// When the item does not wait for this answer – any more –, or the journal cannot be written.
pub async fn answer(
    account: &Account,
    job: JobId,
    id: &RemoteId,
    answer: Answer,
) -> Result<JobId, AnswerError> {
    let me = account.me().ok_or(AnswerError::NotSignedIn)?.handle;
    let (stores, now, about) = (account.stores().clone(), account.clock().now(), id.clone());
    let goes_on = blocking(move || give(&stores, (job, &about), answer, &me, now)).await?;
    account.wake();
    for job in [job, goes_on] {
        account.send(EngineEvent::JobChanged(job));
    }
    account.send(EngineEvent::ThreadChanged(id.clone()));
    account.send(EngineEvent::ConversationsChanged { ids: Some(vec![id.clone()]) });
    account.send(EngineEvent::StateChanged);
    Ok(goes_on)
}

/// Writes an answer into the journal.
pub(crate) fn give(
    stores: &Stores,
    (job, id): (JobId, &RemoteId),
    answer: Answer,
    me: &Handle,
    now: Timestamp,
) -> Result<JobId, AnswerError> {
    let journal = &stores.journal;
    let row = journal.job(job)?.ok_or(StoreError::NoSuchJob(job))?;
    let story = journal.stories(job, Some(std::slice::from_ref(id)))?.pop();
    let story =
        story.ok_or_else(|| AnswerError::NotAsked("This job is not about this conversation.".to_owned()))?;
    let settle = |state: &EffectState, recorded: &dyn Fn(i64, &Effect) -> Recorded| {
        let ends: Vec<Recorded> = waiting(&story, state).map(|(row, effect)| recorded(row, effect)).collect();
        if ends.is_empty() {
            return Err(not_asked(&story));
        }
        let refused = journal.settle_unknown(&ends)?;
        if refused.is_empty() { Ok(job) } else { Err(settled_meanwhile()) }
    };
    let done = |done: bool| if done { Ok(job) } else { Err(not_asked(&story)) };
    match answer {
        Answer::Sent => settle(&EffectState::Unknown, &|row, effect| Recorded {
            after: effect.value_after(),
            ..end(row, EffectState::Applied, None, now)
        }),
        Answer::Skip => settle(&EffectState::Held, &|row, _| {
            let reason = Reason::new("left_out", "Left out by hand.");
            end(row, EffectState::Skipped, Some(reason), now)
        }),
        Answer::Leave => done(journal.leave_unknown(job, id, now)?),
        Answer::Send => done(journal.send_held(job, id, seen(stores, id, now)?, now)?),
        Answer::SendAgain => send_again(stores, &row, &story, me, now),
    }
}

/// The effects of an item that are in this state.
fn waiting<'a>(story: &'a ItemStory, state: &EffectState) -> impl Iterator<Item = (i64, &'a Effect)> {
    let effects = story.effects.iter().filter(move |row| row.state == *state);
    effects.map(|row| (row.row, &row.effect)).collect::<Vec<_>>().into_iter()
}

fn end(row: i64, state: EffectState, reason: Option<Reason>, at: Timestamp) -> Recorded {
    Recorded { row, state, reason, receipt: None, after: None, at }
}

/// Up to when the human has seen what was written: what the cache shows, by the help desk's clock.
fn seen(stores: &Stores, id: &RemoteId, now: Timestamp) -> Result<Timestamp, StoreError> {
    let header = stores.cache.conversation(id)?;
    Ok(header.map_or(now, |header| {
        let written = [header.last_inbound, header.last_outbound];
        written.into_iter().flatten().max().unwrap_or(header.created)
    }))
}

/// A reply or a note goes into a job of its own, with a reference of its own; a change that may be done twice is done again.
fn send_again(
    stores: &Stores,
    job: &JobRow,
    story: &ItemStory,
    me: &Handle,
    now: Timestamp,
) -> Result<JobId, AnswerError> {
    let unknown: Vec<(i64, &Effect)> = waiting(story, &EffectState::Unknown).collect();
    let (Some(action), false) = (job.action.clone(), unknown.is_empty()) else {
        return Err(not_asked(story));
    };
    if !unknown.iter().any(|(_, effect)| effect.is_message()) {
        let rows: Vec<i64> = unknown.iter().map(|(row, _)| *row).collect();
        let refused = stores.journal.repeat_unknown(&rows, now)?;
        return if refused.is_empty() { Ok(job.id) } else { Err(settled_meanwhile()) };
    }
    let reason = Reason::new("sent_again", "It did not arrive, somebody said; it was sent again.");
    let settled: Vec<Recorded> =
        unknown.iter().map(|(row, _)| end(*row, EffectState::Rejected, Some(reason.clone()), now)).collect();
    let again = NewJob {
        id: JobId(Uuid::now_v7()),
        name: job.name.clone(),
        action,
        state: JobState::Running,
        due: now,
        created: now,
        me: me.clone(),
        filter: None,
        resolved: None,
        audience: vec![AudienceItem { own: rest(story).map(Into::into), ..seen_now(stores, story, now)? }]
            .into(),
        sending: Sending { if_changed: job.sending.if_changed.clone(), ..Sending::default() },
        origin: Some(Origin { job: job.id, relation: Relation::SentAgain }),
    };
    if stores.journal.send_again(&settled, &again)? { Ok(again.id) } else { Err(settled_meanwhile()) }
}

/// What the human looked at who says that it did not arrive is what the guard compares with.
fn seen_now(stores: &Stores, story: &ItemStory, now: Timestamp) -> Result<AudienceItem, StoreError> {
    let seen = seen(stores, &story.audience.id, now)?.as_millisecond();
    let mut item = story.audience.clone();
    item.last_inbound = item.last_inbound.max(Some(seen));
    item.last_outbound = item.last_outbound.max(Some(seen));
    Ok(item)
}

/// What of the item was not applied yet; none where that is all of it.
fn rest(story: &ItemStory) -> Option<Vec<OwnEffect>> {
    let is_over = |state: &EffectState| matches!(state, EffectState::Applied | EffectState::Skipped);
    if story.audience.own.is_none() && !story.effects.iter().any(|row| is_over(&row.state)) {
        return None;
    }
    let open = story.effects.iter().filter(|row| !is_over(&row.state));
    Some(open.map(|row| OwnEffect { effect: row.effect.clone(), expects: None }).collect())
}

fn not_asked(story: &ItemStory) -> AnswerError {
    AnswerError::NotAsked(match story.state {
        EffectState::Unknown => "It is not held: nobody knows whether it arrived.".to_owned(),
        EffectState::Held => "It is held in a job that was cancelled, or it never left.".to_owned(),
        _ => "It does not wait for an answer any more.".to_owned(),
    })
}

fn settled_meanwhile() -> AnswerError {
    AnswerError::NotAsked("It was settled in this moment. Look at it again.".to_owned())
}
