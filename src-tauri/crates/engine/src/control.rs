//! Pause, resume, cancel and edit a confirmed job: one transaction each, from whichever process. Whoever works the
//! account sees the changed row within a glance, and never writes over it.

use jiff::Timestamp;
use muster_model::{Handle, JobId, JobState, PauseReason, ScheduleError, Sending, When};
use muster_store::{JobRow, Journal, Moved, Standing, StoreError};
use thiserror::Error;

use crate::blocking::blocking;
use crate::worker::{canary, schedule};
use crate::{Account, EngineEvent};

/// Why a job was left as it is.
#[derive(Debug, Error)]
pub enum ControlError {
    /// It cannot be done with this job, now.
    #[error("{0}")]
    Refused(String),
    /// The schedule makes no sense.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// There is no such job, or the journal failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to change of a job. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobEdit {
    /// What people call it.
    pub name: Option<String>,
    /// How it leaves: all of it while nothing left, later only the size of a drip's batches.
    pub sending: Option<Sending>,
}

/// What can be done with a job now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button, and any of them together may be there")]
pub struct Abilities {
    /// It can be stopped until somebody says go on.
    pub pause: bool,
    /// It can be told to go on.
    pub resume: bool,
    /// It can be stopped for good; so many will not be sent or changed.
    pub cancel: Option<u64>,
    /// Nothing of it has left, and its hold goes on: cancelling it takes everything back.
    pub take_back: bool,
    /// Its whole schedule can be changed: nothing left yet.
    pub edit_schedule: bool,
    /// The size of its next batches can be changed.
    pub edit_batch: bool,
    /// The first few are out and want to be looked at before it goes on.
    pub canary_waits: bool,
}

impl Abilities {
    /// What can be done with a job.
    #[must_use]
    pub fn of(job: &JobRow, now: Timestamp) -> Self {
        if job.state.is_over() || job.state == JobState::Draft {
            return Self::default();
        }
        let leaves_by_itself = match job.state {
            JobState::Holding | JobState::Scheduled | JobState::Running => true,
            _ => matches!(job.pause, Some(PauseReason::Offline | PauseReason::Key)),
        };
        let is_paused = job.state == JobState::Paused;
        let is_queued = job.opened == 0 && job.state != JobState::Running;
        Self {
            pause: leaves_by_itself && job.counts.pending > 0,
            resume: is_paused && job.pause != Some(PauseReason::Offline),
            cancel: (job.counts.pending > 0 || is_paused).then_some(job.counts.pending),
            take_back: job.state == JobState::Holding && job.due > now,
            edit_schedule: is_queued,
            edit_batch: !is_queued && job.unopened() > 0 && schedule::drip(job).is_some(),
            canary_waits: canary::waits(job),
        }
    }
}

/// Stops a job until somebody says go on. What is on its way arrives; nothing else leaves.
///
/// # Errors
/// When it stands still already or nothing of it is left.
pub async fn pause(account: &Account, job: JobId) -> Result<JobRow, ControlError> {
    let now = account.clock().now();
    on(account, job, move |journal| pause_in(journal, job, now)).await
}

/// Lets a job go on, whatever it is that it waited for: somebody, the look at its first few, a word about lateness.
///
/// # Errors
/// When it does not stand still, waits for the help desk, or is another agent's.
pub async fn resume(account: &Account, job: JobId) -> Result<JobRow, ControlError> {
    let (now, me) = (account.clock().now(), account.me().map(|me| me.handle));
    on(account, job, move |journal| resume_in(journal, job, me.as_ref(), now)).await
}

/// Stops a job for good: what has not left ends as `skipped: cancelled`, what is on its way keeps its own outcome. A
/// job that is held is taken back whole.
///
/// # Errors
/// When nothing of it is left to stop.
pub async fn cancel(account: &Account, job: JobId) -> Result<JobRow, ControlError> {
    let now = account.clock().now();
    on(account, job, move |journal| cancel_in(journal, job, now)).await
}

/// Renames a job, or changes how it leaves.
///
/// # Errors
/// When the schedule makes no sense, or too much of the job has left already.
pub async fn edit(account: &Account, job: JobId, edit: JobEdit) -> Result<JobRow, ControlError> {
    let now = account.clock().now();
    on(account, job, move |journal| edit_in(journal, job, &edit, now)).await
}

async fn on(
    account: &Account,
    job: JobId,
    call: impl FnOnce(&Journal) -> Result<JobRow, ControlError> + Send + 'static,
) -> Result<JobRow, ControlError> {
    let journal = account.stores().journal.clone();
    let row = blocking(move || call(&journal)).await?;
    account.wake();
    account.send(EngineEvent::JobChanged(job));
    // What was shown as under way may not be any more, and the other way round.
    account.send(EngineEvent::ConversationsChanged { ids: None });
    account.send(EngineEvent::StateChanged);
    Ok(row)
}

pub(crate) fn pause_in(journal: &Journal, job: JobId, now: Timestamp) -> Result<JobRow, ControlError> {
    let moved = journal.move_job(job, |row| {
        Abilities::of(row, now).pause.then(|| Standing {
            state: JobState::Paused,
            pause: Some(PauseReason::User),
            ..row.standing()
        })
    })?;
    done(moved, |row| match row.state {
        JobState::Paused => "It stands still already.".to_owned(),
        _ => "Nothing of it is left to pause.".to_owned(),
    })
}

pub(crate) fn resume_in(
    journal: &Journal,
    job: JobId,
    me: Option<&Handle>,
    now: Timestamp,
) -> Result<JobRow, ControlError> {
    let goes_on = |row: &JobRow| -> Result<Standing, ControlError> {
        if !Abilities::of(row, now).resume {
            return Err(ControlError::Refused(goes_on_by_itself(row)));
        }
        if let Some(me) = me
            && !row.me.as_str().eq_ignore_ascii_case(me.as_str())
        {
            let theirs = &row.me;
            return Err(ControlError::Refused(format!(
                "It was confirmed with the key of {theirs}, in whose name it would be sent. Sign in with that key, or \
                 cancel it."
            )));
        }
        let on = if canary::waits(row) { canary::pass(row, now)? } else { schedule::resumed(row, now)? };
        Ok(Standing { go_at: now, ..on })
    };
    decided(journal, job, goes_on, goes_on_by_itself)
}

pub(crate) fn cancel_in(journal: &Journal, job: JobId, now: Timestamp) -> Result<JobRow, ControlError> {
    // Whether it may be cancelled changes only in one direction, and that one the journal looks at again.
    let row = journal.job(job)?.ok_or(StoreError::NoSuchJob(job))?;
    if Abilities::of(&row, now).cancel.is_none() {
        return done(Moved { did: false, job: row }, nothing_to_cancel);
    }
    done(journal.cancel_job(job, now)?, nothing_to_cancel)
}

pub(crate) fn edit_in(
    journal: &Journal,
    job: JobId,
    edit: &JobEdit,
    now: Timestamp,
) -> Result<JobRow, ControlError> {
    let edited = |row: &JobRow| -> Result<Standing, ControlError> {
        let standing = match &edit.sending {
            Some(sending) if *sending != row.sending => rescheduled(row, sending, now)?,
            _ => row.standing(),
        };
        let name = edit.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        Ok(Standing { name: name.map_or(standing.name, str::to_owned), ..standing })
    };
    match decided(journal, job, edited, |_| String::new()) {
        // Everything is as it should be already.
        Err(ControlError::Refused(why)) if why.is_empty() => {
            journal.job(job)?.ok_or(StoreError::NoSuchJob(job)).map_err(Into::into)
        }
        other => other,
    }
}

/// A job with another schedule.
fn rescheduled(row: &JobRow, sending: &Sending, now: Timestamp) -> Result<Standing, ControlError> {
    sending.check()?;
    let may = Abilities::of(row, now);
    if may.edit_schedule {
        let (state, due) = sending.begin(now)?;
        let new = Standing {
            due,
            sending: sending.clone(),
            released: sending.released_first(),
            canary_passed: false,
            go_at: now,
            ..row.standing()
        };
        // A new time answers the question why it is late; whoever paused it says himself when it goes on.
        let waits = row.state == JobState::Paused && row.pause != Some(PauseReason::Overdue);
        return Ok(if waits { new } else { Standing { state, pause: None, ..new } });
    }
    match (&row.sending.when, &sending.when) {
        (When::Drip(old), When::Drip(new)) if may.edit_batch => {
            let mut only_batch = row.sending.clone();
            if let When::Drip(drip) = &mut only_batch.when {
                drip.batch = new.batch;
            }
            if only_batch == *sending {
                return Ok(Standing { sending: only_batch, ..row.standing() });
            }
            let batch = old.batch;
            Err(ControlError::Refused(format!(
                "It has begun: only the size of its next batches, now {batch}, can be changed. To change more, cancel \
                 it and write again to those who are left."
            )))
        }
        _ => Err(ControlError::Refused(
            "It has begun, so its schedule cannot be changed any more. It can be paused or cancelled."
                .to_owned(),
        )),
    }
}

/// Moves a job as `decide` says inside the transaction; its refusal comes out again.
fn decided(
    journal: &Journal,
    job: JobId,
    decide: impl Fn(&JobRow) -> Result<Standing, ControlError>,
    unchanged: impl Fn(&JobRow) -> String,
) -> Result<JobRow, ControlError> {
    let refusal = std::cell::RefCell::new(None);
    let moved =
        journal.move_job(job, |row| decide(row).map_err(|err| *refusal.borrow_mut() = Some(err)).ok())?;
    match refusal.into_inner() {
        Some(refusal) => Err(refusal),
        None => done(moved, unchanged),
    }
}

fn done(moved: Moved, why_not: impl Fn(&JobRow) -> String) -> Result<JobRow, ControlError> {
    let Moved { did, job } = moved;
    if did {
        return Ok(job);
    }
    Err(ControlError::Refused(match job.state {
        JobState::Draft => "It was never confirmed. Open its plan, or discard it.".to_owned(),
        JobState::Cancelled => "It was stopped for good before.".to_owned(),
        _ if job.state.is_over() => "It is over: everything of it has left.".to_owned(),
        _ => why_not(&job),
    }))
}

fn goes_on_by_itself(row: &JobRow) -> String {
    match row.state {
        JobState::Paused => "It waits for the help desk, and goes on by itself once that can be reached.",
        JobState::Holding => "It is not paused: it leaves as soon as its hold is over.",
        JobState::Scheduled => "It is not paused: it leaves when its time comes.",
        _ => "It is not paused: it is on its way.",
    }
    .to_owned()
}

fn nothing_to_cancel(_: &JobRow) -> String {
    "Nothing of it is left to stop: everything was handed to the help desk.".to_owned()
}
