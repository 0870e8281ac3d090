//! Undo: a new job that gives each conversation back what another job took from it, property by property.
//!
//! What is given back is what was recorded *before* each applied effect, and only while the conversation still has what
//! the effect left *after*; the worker's guard compares just before the send. Replies are never undone, and archived,
//! deleted and blocked stay: [`undoable`] says so before, with numbers. An undo is a job like any other, so it can be
//! undone itself.
//!
//! What is on its way is waited for a moment. What is still on its way then, and what nobody knows the fate of, is part of
//! the undo by name – `skipped: still unknown` – and nothing is given back there; once it is settled, it can be undone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, EffectState, Handle, JobId, JobState, Origin, Relation, RemoteId, Sending, Status,
    Verdict,
};
use muster_store::{HeaderStanding, JobRow, Member, NewJob, StoreError};
use thiserror::Error;
use uuid::Uuid;

use crate::blocking::blocking;
use crate::worker::later;
use crate::{Account, EngineEvent, Stores};
use backs::Backs;
use given::{Given, Stays};

mod backs;
mod given;
#[cfg(test)]
mod tests;

/// How long what is on its way is waited for, so that it is given back as well.
const ON_ITS_WAY: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(50);
/// The verdict on what may have been changed, which nobody knows yet.
const STILL_UNKNOWN: &str = "still_unknown";

/// Why nothing was undone.
#[derive(Debug, Error)]
pub enum UndoError {
    /// There is nothing to give back; the sentence says why.
    #[error("{0}")]
    Nothing(String),
    /// Nobody knows yet whose key it is.
    #[error("The help desk has not said yet whose key this is. Connect once, then undo.")]
    NotSignedIn,
    /// There is no such job, or the journal failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an undo would do, said before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undoable {
    /// So many conversations get something back.
    pub n: u64,
    /// What stays as it is and why, behind its number: "sent, cannot be recalled".
    pub stays: Vec<(String, u64)>,
    /// Until when, where the help desk makes Done final after a while: the first of them.
    pub until: Option<Timestamp>,
}

/// What can be undone of a job, and until when.
///
/// # Errors
/// When there is no such job, or a database cannot be read.
pub async fn undoable(account: &Account, job: JobId) -> Result<Undoable, UndoError> {
    let archived_after = account.capabilities().and_then(|able| able.auto_archive);
    let (stores, now) = (account.stores().clone(), account.clock().now());
    blocking(move || {
        let found = find(&stores, job, None, now)?;
        Ok(Undoable {
            n: found.items.len() as u64,
            until: archived_after.and_then(|after| {
                let ends = found.done_at.iter().map(|at| later(*at, after));
                ends.filter(|end| *end > now).min()
            }),
            stays: found.stays(),
        })
    })
    .await
}

/// Undoes a job, or picked conversations of it. What has not left yet is cancelled first; then everything that was
/// applied is given back by a new job, whose id this is.
///
/// # Errors
/// When there is nothing to give back, or the journal cannot be written.
pub async fn undo(account: &Account, job: JobId, ids: Option<Vec<RemoteId>>) -> Result<JobId, UndoError> {
    let me = account.me().ok_or(UndoError::NotSignedIn)?.handle;
    stop(account, job, ids.clone()).await?;
    let (stores, now) = (account.stores().clone(), account.clock().now());
    let begun = blocking(move || begin(&stores, job, ids.as_deref(), &me, now)).await;
    account.wake();
    account.send(EngineEvent::JobChanged(job));
    let (undo, touched) = begun?;
    account.send(EngineEvent::JobChanged(undo));
    account.send(EngineEvent::ConversationsChanged { ids: Some(touched) });
    account.send(EngineEvent::StateChanged);
    Ok(undo)
}

/// Cancels what has not left, and waits for what is on its way.
async fn stop(account: &Account, job: JobId, ids: Option<Vec<RemoteId>>) -> Result<(), StoreError> {
    let (journal, now) = (account.stores().journal.clone(), account.clock().now());
    let is_over = blocking(move || {
        let row = journal.job(job)?.ok_or(StoreError::NoSuchJob(job))?;
        if !row.state.is_over() {
            cancel(&journal, &row, ids.as_deref(), now)?;
        }
        Ok::<_, StoreError>(row.state.is_over())
    })
    .await?;
    if is_over {
        return Ok(());
    }
    account.wake();
    let wait = async {
        loop {
            let journal = account.stores().journal.clone();
            if !blocking(move || journal.is_sending(job)).await? {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(ON_ITS_WAY, wait).await.unwrap_or(Ok(()))
}

pub(crate) fn cancel(
    journal: &muster_store::Journal,
    job: &JobRow,
    ids: Option<&[RemoteId]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    match ids {
        Some(ids) => journal.cancel_items(job.id, ids, now),
        None => journal.cancel_job(job.id, now).map(drop),
    }
}

/// Confirms the undo of what was applied; says its id and whom it touches.
pub(crate) fn begin(
    stores: &Stores,
    job: JobId,
    ids: Option<&[RemoteId]>,
    me: &Handle,
    now: Timestamp,
) -> Result<(JobId, Vec<RemoteId>), UndoError> {
    let found = find(stores, job, ids, now)?;
    if found.items.is_empty() {
        return Err(UndoError::Nothing(found.why_nothing()));
    }
    let touched: Vec<RemoteId> = found.items.iter().map(|item| item.id.clone()).collect();
    let mut audience = found.items;
    audience.extend(found.unclear);
    let undo = NewJob {
        id: JobId(Uuid::now_v7()),
        name: name_of(&found.job.name, ids.map(<[_]>::len)),
        action: Action::Undo { of: job },
        state: JobState::Running,
        due: now,
        created: now,
        me: me.clone(),
        filter: None,
        resolved: None,
        audience: audience.into(),
        sending: Sending::default(),
        origin: Some(Origin { job, relation: Relation::Undo }),
    };
    let id = undo.id;
    if stores.journal.follow_up(&undo)? == 0 {
        return Err(UndoError::Nothing("Somebody has just undone this.".to_owned()));
    }
    Ok((id, touched))
}

/// "Undo of Outage", of picked conversations "Undo of 3 of Outage"; what undoes that is a redo.
fn name_of(name: &str, picked: Option<usize>) -> String {
    let some = picked.map(|n| format!("{n} of ")).unwrap_or_default();
    match name.strip_prefix("Undo of ") {
        Some(undone) => format!("Redo of {some}{undone}"),
        None => format!("Undo of {some}{}", name.strip_prefix("Redo of ").unwrap_or(name)),
    }
}

/// What there is to give back.
struct Found {
    job: JobRow,
    items: Vec<AudienceItem>,
    /// Conversations that may have been changed, which nobody knows yet.
    unclear: Vec<AudienceItem>,
    stays: BTreeMap<Stays, u64>,
    /// When conversations became Done that get their status back.
    done_at: Vec<Timestamp>,
}

impl Found {
    fn stays(&self) -> Vec<(String, u64)> {
        self.stays.iter().map(|(stays, n)| (stays.words().to_owned(), *n)).collect()
    }

    fn why_nothing(&self) -> String {
        let stays: Vec<String> = self.stays().iter().map(|(words, n)| format!("{n} {words}")).collect();
        if stays.is_empty() {
            return "Nothing of it was applied, so there is nothing to undo.".to_owned();
        }
        format!("Nothing can be undone: {}.", stays.join("; "))
    }
}

fn find(stores: &Stores, job: JobId, ids: Option<&[RemoteId]>, now: Timestamp) -> Result<Found, StoreError> {
    let row = stores.journal.job(job)?.ok_or(StoreError::NoSuchJob(job))?;
    let audience = stores.journal.recipients(job)?;
    let mut stories = stores.journal.stories_alike(job, ids)?;
    stories.retain(|story| {
        let tells = |state: &EffectState| *state == EffectState::Applied || is_unclear(state);
        story.effects.iter().any(|effect| tells(&effect.state))
    });
    let taken = stores.journal.taken_over(&Origin { job, relation: Relation::Undo })?;
    let members = || stories.iter().flat_map(|story| &story.members);
    let seen = |member: &Member| audience.get(member.no as usize);
    let headers = stores.cache.standings(members().filter_map(seen).map(|seen| &seen.id))?;
    let mut found = Found {
        job: row,
        items: Vec::new(),
        unclear: Vec::new(),
        stays: BTreeMap::new(),
        done_at: Vec::new(),
    };
    let mut headers = headers.into_iter();
    let mut backs = Backs::default();
    for story in &stories {
        let given = Given::of(&story.effects, now);
        let is_unclear = story.effects.iter().any(|effect| is_unclear(&effect.state));
        let back = backs.of(given.own);
        let stays: BTreeSet<Stays> = given.stays.into_iter().collect();
        for member in &story.members {
            let Some(seen) = seen(member) else { continue };
            let header = headers.next().flatten();
            let is_archived = header.as_ref().is_some_and(|header| header.status == Status::Archived);
            let refused = match &back {
                Some(_) if taken.contains(&seen.id) => Some(Stays::UndoneAlready),
                Some(_) if is_archived => Some(Stays::ArchivedMeanwhile),
                _ => None,
            };
            for stays in refused.iter().chain(stays.iter().filter(|_| refused.is_none())) {
                *found.stays.entry(*stays).or_default() += 1;
            }
            match &back {
                Some(back) if refused.is_none() => {
                    found.done_at.extend(given.done_at);
                    backs.give(back, member, item(seen, member, header.as_ref()));
                }
                _ if is_unclear => found.unclear.push(AudienceItem {
                    verdict: STILL_UNKNOWN.to_owned(),
                    takes_part: false,
                    own: Some(Arc::default()),
                    ..seen.clone()
                }),
                _ => {}
            }
        }
    }
    found.items = backs.into_items();
    Ok(found)
}

/// Whether something may have arrived, and nobody knows.
fn is_unclear(state: &EffectState) -> bool {
    matches!(state, EffectState::Sending | EffectState::Unknown)
}

/// The conversation's place in the audience of the undo: as it is known now, our own receipts included.
fn item(seen: &AudienceItem, member: &Member, header: Option<&HeaderStanding>) -> AudienceItem {
    AudienceItem {
        stamp: member.stamp.max(header.map(|header| header.stamp)).unwrap_or(seen.stamp),
        last_inbound: header.map_or(seen.last_inbound, |header| header.last_inbound),
        // Nothing is written to anybody: whether a colleague answered since does not matter.
        last_outbound: seen.last_outbound,
        id: seen.id.clone(),
        values: Vec::new(),
        verdict: Verdict::WillChange.to_string(),
        takes_part: true,
        channel: seen.channel.clone(),
        with_files: false,
        approved: false,
        own: None,
    }
}
