//! Retry: a new job with the same action for exactly what is provably not applied. A reply that is applied, or whose
//! fate is unknown, is never in it; where only what rides on a reply failed, only that is repeated. What failed for a
//! reason that cannot change stays as it is, and is counted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, Effect, EffectState, Handle, JobId, JobState, Origin, OwnEffect, Reason, Relation,
    RemoteId, Sending, When,
};
use muster_store::{ItemStory, JobRow, NewJob, StoreError};
use thiserror::Error;
use uuid::Uuid;

use crate::blocking::blocking;
use crate::{Account, EngineEvent, Stores};

#[cfg(test)]
mod tests;

/// Why something cannot be tried again, for programs: its reason will be the same the next time.
const FINAL: [&str; 13] = [
    "archived",
    "gone",
    "not_found",
    "deleted",
    "voice",
    "merged",
    "window_closed",
    "no_address",
    "too_long",
    "unsupported",
    "unknown_merge_tag",
    "sent_again",
    "arrived",
];
/// Why something was skipped that did not fail by itself: the journal's word, a human's, and the help desk's for what was
/// to ride on a reply that it refused.
const NOT_TRIED: [&str; 3] = ["not_tried", "cancelled", "reply_not_sent"];
/// Why something was skipped that nobody wants any more, while the rest of its item goes on.
const SETTLED: [&str; 3] = ["superseded", "no_change", "changed_since"];

/// Why nothing was tried again.
#[derive(Debug, Error)]
pub enum RetryError {
    /// There is nothing to try again; the sentence says why.
    #[error("{0}")]
    Nothing(String),
    /// Nobody knows yet whose key it is.
    #[error("The help desk has not said yet whose key this is. Connect once, then try again.")]
    NotSignedIn,
    /// There is no such job, or the journal failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many conversations a retry would take on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retryable {
    /// To whom everything is done again.
    pub whole: u64,
    /// Of whom a part was applied already, a reply mostly: only the rest is done.
    pub rest: u64,
}

impl Retryable {
    /// All of them.
    #[must_use]
    pub fn n(self) -> u64 {
        self.whole + self.rest
    }

    fn of(items: &[AudienceItem], action: Option<&Action>) -> Self {
        let writes = action.is_some_and(Action::is_reply);
        let is_rest = |item: &&AudienceItem| match &item.own {
            Some(own) => writes && own.iter().all(|own| own.effect != Effect::Reply),
            None => false,
        };
        let rest = items.iter().filter(is_rest).count();
        Self { whole: (items.len() - rest) as u64, rest: rest as u64 }
    }
}

/// How many conversations a retry would take on.
///
/// # Errors
/// When there is no such job, or the journal cannot be read.
pub async fn retryable(account: &Account, job: JobId) -> Result<Retryable, RetryError> {
    let found = look(account, job).await?;
    Ok(Retryable::of(&found.items, found.job.action.as_ref()))
}

/// What failed and cannot be tried again: "2 cannot be tried again: 1 archived, 1 window closed."
///
/// # Errors
/// When there is no such job, or the journal cannot be read.
pub async fn retry_remark(account: &Account, job: JobId) -> Result<Option<String>, RetryError> {
    Ok(look(account, job).await?.remark())
}

/// Conversations whose reply of this job the help desk has.
///
/// # Errors
/// When there is no such job, or the journal cannot be read.
pub async fn received(account: &Account, job: JobId) -> Result<Vec<RemoteId>, RetryError> {
    let stores = account.stores().clone();
    Ok(blocking(move || received_in(&stores, job)).await?)
}

/// Tries again what is provably not applied, in a new job whose id this is.
///
/// # Errors
/// When there is nothing to try again, or the journal cannot be written.
pub async fn retry(account: &Account, job: JobId) -> Result<JobId, RetryError> {
    let me = account.me().ok_or(RetryError::NotSignedIn)?.handle;
    let (stores, now) = (account.stores().clone(), account.clock().now());
    let (retry, touched) = blocking(move || begin(&stores, job, &me, now)).await?;
    account.wake();
    account.send(EngineEvent::JobChanged(retry));
    account.send(EngineEvent::JobChanged(job));
    account.send(EngineEvent::ConversationsChanged { ids: Some(touched) });
    account.send(EngineEvent::StateChanged);
    Ok(retry)
}

async fn look(account: &Account, job: JobId) -> Result<Found, StoreError> {
    let stores = account.stores().clone();
    blocking(move || find(&stores, job)).await
}

pub(crate) fn received_in(stores: &Stores, job: JobId) -> Result<Vec<RemoteId>, StoreError> {
    let got_it = |story: &ItemStory| {
        let applied = |effect: &EffectState| *effect == EffectState::Applied;
        story.effects.iter().any(|row| row.effect == Effect::Reply && applied(&row.state))
    };
    let stories = stores.journal.stories(job, None)?;
    Ok(stories.into_iter().filter(got_it).map(|story| story.audience.id).collect())
}

/// Confirms the retry; says its id and whom it touches.
pub(crate) fn begin(
    stores: &Stores,
    job: JobId,
    me: &Handle,
    now: Timestamp,
) -> Result<(JobId, Vec<RemoteId>), RetryError> {
    let found = find(stores, job)?;
    let nothing = |remark: Option<String>| {
        RetryError::Nothing(
            remark.unwrap_or_else(|| "Nothing failed, so there is nothing to try again.".to_owned()),
        )
    };
    let (Some(action), false) = (found.job.action.clone(), found.items.is_empty()) else {
        return Err(nothing(found.remark()));
    };
    let touched = found.items.iter().map(|item| item.id.clone()).collect();
    // What failed is few, and was held back once already: it leaves at once, after the usual hold.
    let earlier = &found.job.sending;
    let sending = Sending { when: When::AtOnce, canary: None, ..earlier.clone() };
    let due = sending.first(now).unwrap_or(now);
    let retry = NewJob {
        id: JobId(Uuid::now_v7()),
        name: found.job.name,
        action,
        state: if due > now { JobState::Holding } else { JobState::Running },
        due,
        created: now,
        me: me.clone(),
        filter: None,
        resolved: None,
        audience: found.items.into(),
        sending,
        origin: Some(Origin { job, relation: Relation::Retry }),
    };
    let id = retry.id;
    if stores.journal.follow_up(&retry)? == 0 {
        return Err(nothing(Some("Somebody has just tried this again.".to_owned())));
    }
    Ok((id, touched))
}

/// What there is to try again.
struct Found {
    job: JobRow,
    items: Vec<AudienceItem>,
    /// What there is not, by its reason.
    stays: BTreeMap<String, u64>,
}

impl Found {
    fn remark(&self) -> Option<String> {
        let n: u64 = self.stays.values().sum();
        let reasons: Vec<String> = self.stays.iter().map(|(words, n)| format!("{n} {words}")).collect();
        (n > 0).then(|| format!("{n} cannot be tried again: {}.", reasons.join(", ")))
    }
}

fn find(stores: &Stores, job: JobId) -> Result<Found, StoreError> {
    let row = stores.journal.job(job)?.ok_or(StoreError::NoSuchJob(job))?;
    let effects: Vec<OwnEffect> = row.action.iter().flat_map(Action::effects).map(plain).collect();
    let taken = stores.journal.taken_over(&Origin { job, relation: Relation::Retry })?;
    let mut found = Found { job: row, items: Vec::new(), stays: BTreeMap::new() };
    let mut stopped = Vec::new();
    for story in stores.journal.stories(job, None)? {
        let left = Left::of(&story, &effects);
        let is_stopped = story.state == EffectState::Skipped;
        let is_taken = taken.contains(&story.audience.id);
        match left {
            Left::Nothing => {}
            Left::Final(reason) => *found.stays.entry(reason.code.replace('_', " ")).or_default() += 1,
            Left::Whole | Left::Part(_) if is_taken => {
                *found.stays.entry("tried again already".to_owned()).or_default() += 1;
            }
            // What the agent was shown when they said "send all the same" is what they have seen.
            Left::Whole | Left::Part(_) => {
                let mut item = story.audience;
                if let Left::Part(own) = left {
                    item.own = Some(own.into());
                }
                item.last_inbound = item.last_inbound.max(story.seen);
                item.last_outbound = item.last_outbound.max(story.seen);
                if is_stopped { stopped.push(item) } else { found.items.push(item) }
            }
        }
    }
    // Who stopped a job decided about those who were left. They are asked for only once nothing that failed is left, so
    // that nobody who retries a failure sends to them as well.
    if found.items.is_empty() {
        found.items = stopped;
    }
    Ok(found)
}

fn plain(effect: Effect) -> OwnEffect {
    OwnEffect { effect, expects: None }
}

/// What is left of an item to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Left {
    /// It is done, goes on by itself, or waits for a human.
    Nothing,
    /// It failed for good.
    Final(Reason),
    /// All of it.
    Whole,
    /// These effects.
    Part(Vec<OwnEffect>),
}

impl Left {
    /// `effects`: those of the job, for items that have none of their own.
    pub(crate) fn of(story: &ItemStory, effects: &[OwnEffect]) -> Self {
        let code = |reason: Option<&Reason>| reason.map_or(String::new(), |reason| reason.code.clone());
        if story.effects.is_empty() {
            let cancelled = story.state == EffectState::Skipped && code(story.reason.as_ref()) == "cancelled";
            return if cancelled { Self::Whole } else { Self::Nothing };
        }
        let all = story.audience.own.as_deref().unwrap_or(effects);
        let mut left = Vec::new();
        let mut end = None;
        for (row, own) in story.effects.iter().zip(all) {
            let code = code(row.reason.as_ref());
            match row.state {
                EffectState::Applied => {}
                EffectState::Rejected if !FINAL.contains(&code.as_str()) => left.push(own.clone()),
                EffectState::Skipped if NOT_TRIED.contains(&code.as_str()) => left.push(own.clone()),
                EffectState::Skipped if SETTLED.contains(&code.as_str()) => {}
                // Nothing rides on what will fail again, or on what a rule left out.
                EffectState::Rejected | EffectState::Skipped => {
                    end = row.reason.clone().filter(|_| row.state == EffectState::Rejected);
                    break;
                }
                // The item's story is not over.
                _ => break,
            }
        }
        match (left.is_empty(), left.len() == all.len(), end) {
            (false, true, _) => Self::Whole,
            (false, false, _) => Self::Part(left),
            (true, _, Some(reason)) => Self::Final(reason),
            (true, _, None) => Self::Nothing,
        }
    }
}
