//! The journal's worker: one per account, in the process that holds `account.lock`.
//!
//! The order is always: write the intent, fsync, network, write the outcome. A step is claim (durable), call, record;
//! a call that began is never broken off. Of changes the next step is claimed while a call is on its way (`ahead`). What provably did not leave goes back to its place; what may have left is
//! `unknown`, and only reconcile or a human says what became of it. Nothing here repeats a reply on a guess.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::HelpDesk;
use muster_model::{Action, JobId, JobState, Me, PauseReason, Thread};
use muster_store::{JobRow, StoreError};
use thiserror::Error;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::blocking::blocking;
use crate::keep::keep;
use crate::link::{jitter, wait_after};
use crate::pace::{Pace, Use};
use crate::{Clock, Connection, EngineEvent, Link, Stores, reconcile};

mod ahead;
pub(crate) mod canary;
mod changed;
mod deliver;
mod files;
mod guard;
mod heartbeat;
mod known;
mod news;
mod overdue;
mod pause;
mod points;
mod record;
pub(crate) mod schedule;
mod step;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use pause::Bystander;
pub(crate) use points::Point;
pub(crate) use record::{forget_deleted, keep_messages, outcome_row, row, sent_message, tell};

/// How often the journal is looked at for what another process wrote.
const GLANCE: Duration = Duration::from_millis(200);
/// How often in a row a help desk may fail or ask to slow down, without saying until when, before it counts as gone.
const PATIENCE: u32 = 8;
/// Jobs up to this size go ahead of larger ones: somebody is looking at them.
const INTERACTIVE: u64 = 50;

/// Everything that working the journal takes.
pub(crate) struct WorkContext {
    /// The two databases.
    pub stores: Stores,
    /// The help desk.
    pub desk: Arc<dyn HelpDesk>,
    /// How many calls it takes.
    pub pace: Arc<Pace>,
    /// Whose key it is: jobs of anybody else stand still.
    pub me: Me,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The connection.
    pub link: Arc<Link>,
    /// Who is told.
    pub events: broadcast::Sender<EngineEvent>,
    /// Where a test lets the worker die.
    #[cfg(test)]
    pub deaths: Arc<points::deaths::Deaths>,
}

/// What working the journal came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Worked {
    /// Items that were handed to the help desk, and got an answer or none.
    pub did: u64,
    /// When there is something to do again, if that is known.
    pub next_due: Option<Timestamp>,
    /// Effects whose fate is unknown.
    pub unknown_left: u64,
}

/// Why the journal cannot be worked now. What is left waits in it.
#[derive(Debug, Error)]
pub enum WorkError {
    /// Another process works this account.
    #[error("Another Muster works this account; it sends what waits.")]
    Elsewhere,
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The help desk cannot be reached.
    #[error("{0}")]
    Offline(String),
    /// The help desk refuses the key.
    #[error("{0}")]
    Key(String),
}

/// Why a step broke off. Everything that it had claimed is back in its place, or recorded.
#[derive(Debug)]
pub(crate) enum Stop {
    Offline(String),
    Key(String),
    SlowDown(Option<Duration>),
    /// The budget of calls is used up for what is due; nothing was claimed.
    NotYet(Duration),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(err: StoreError) -> Self {
        Self::Store(err)
    }
}

impl WorkContext {
    /// Runs a call of the store with both databases.
    pub(crate) async fn store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Stores) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stores = self.stores.clone();
        #[cfg(test)]
        let under_way = self.deaths.enter();
        blocking(move || {
            let value = call(&stores);
            #[cfg(test)]
            drop(under_way);
            value
        })
        .await
    }

    /// Writes a thread that was read again into the cache, under the id that it has now.
    pub(crate) async fn keep_thread(&self, thread: Thread) -> Result<(), StoreError> {
        let (events, me, now) = (self.events.clone(), Some(self.me.clone()), self.clock.now());
        self.store(move |stores| keep(stores, &events, me, &thread.conversation.id, &thread, now)).await
    }

    pub(crate) fn tell(&self, event: EngineEvent) {
        // An error means that nobody listens; whoever comes later reads the databases.
        let _ = self.events.send(event);
    }
}

/// Works the journal until it is cancelled: at once when woken, and 200 ms after another process wrote.
pub(crate) async fn run(ctx: WorkContext, wake: Arc<Notify>, cancel: CancellationToken) {
    let mut links = ctx.link.subscribe();
    let mut seen = None;
    let mut next_due: Option<Timestamp> = None;
    let mut next_beat = ctx.clock.now();
    while !cancel.is_cancelled() {
        if ctx.clock.now() >= next_beat {
            next_beat = later(ctx.clock.now(), heartbeat::EVERY);
            if let Err(err) = heartbeat::beat(&ctx.bystander()).await {
                tracing::warn!(error = %err, "the heartbeat could not be written");
            }
        }
        let version = ctx.store(|stores| stores.journal.data_version()).await.ok();
        let is_due = next_due.is_some_and(|due| due <= ctx.clock.now());
        if version.is_none() || version != seen || is_due || links.has_changed().unwrap_or(false) {
            links.borrow_and_update();
            match work_due(&ctx, &cancel).await {
                Ok(worked) => (seen, next_due) = (version, worked.next_due),
                Err(WorkError::Store(err)) => {
                    tracing::error!(error = %err, "the journal cannot be worked");
                    // Nothing is under way now, so what is still `sending` is what could not be recorded.
                    let recovered = recover(&ctx).await;
                    seen = None;
                    if recovered.is_err() {
                        cancel.run_until_cancelled(tokio::time::sleep(Duration::from_secs(2))).await;
                    }
                }
                Err(stopped) => {
                    tracing::info!(reason = %stopped, "the journal waits");
                    (seen, next_due) = (version, None);
                }
            }
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = wake.notified() => {}
            _ = links.changed() => links.mark_changed(),
            () = tokio::time::sleep(GLANCE) => {}
        }
    }
}

async fn recover(ctx: &WorkContext) -> Result<u64, StoreError> {
    let now = ctx.clock.now();
    ctx.store(move |stores| stores.journal.recover(now)).await
}

/// Works the journal until nothing is due, or until the help desk or a database stops it.
pub(crate) async fn work_due(ctx: &WorkContext, cancel: &CancellationToken) -> Result<Worked, WorkError> {
    tokio::select! {
        biased;
        worked = work(ctx, cancel) => worked,
        never = heartbeat::keep(ctx) => match never {},
    }
}

async fn work(ctx: &WorkContext, cancel: &CancellationToken) -> Result<Worked, WorkError> {
    if let Some(stopped) = ctx.bystander().not_now().await? {
        return Err(stopped);
    }
    pause::refuse_restored_backup(ctx).await?;
    pause::resume(ctx).await?;
    let now = ctx.clock.now();
    if ctx.store(move |stores| Ok(!stores.journal.due_jobs(now)?.is_empty())).await?
        && let Some(waited) = cancel.run_until_cancelled(guard::wait_for_news(ctx)).await
    {
        waited?;
    }
    let mut worked = Worked::default();
    let mut slow = 0;
    // Jobs with nothing to claim now: they wait for an earlier job, or for what is unknown.
    let mut idle: HashSet<JobId> = HashSet::new();
    while !cancel.is_cancelled() {
        let stop = match round(ctx, &mut idle, cancel).await {
            Ok(Some(did)) => {
                worked.did += did;
                slow = 0;
                continue;
            }
            Ok(None) => break,
            Err(stop) => stop,
        };
        match stop {
            Stop::SlowDown(None) if slow == PATIENCE => {
                let message =
                    "The help desk fails again and again. What waits is tried again later.".to_owned();
                ctx.link.unreachable(message.clone());
                ctx.bystander().pause_all(&PauseReason::Offline).await?;
                return Err(WorkError::Offline(message));
            }
            // Only a moment: a more urgent job may be confirmed meanwhile, and has another share.
            Stop::NotYet(wait) => {
                cancel.run_until_cancelled(ctx.pace.doze(wait)).await;
                idle.clear();
            }
            Stop::SlowDown(retry_after) => {
                slow += 1;
                let wait = retry_after.unwrap_or_default().max(wait_after(slow, jitter()));
                tracing::info!(seconds = wait.as_secs_f32(), "the help desk asks to slow down");
                cancel.run_until_cancelled(tokio::time::sleep(wait)).await;
                idle.clear();
            }
            Stop::Offline(message) => {
                ctx.link.unreachable(message.clone());
                ctx.bystander().pause_all(&PauseReason::Offline).await?;
                return Err(WorkError::Offline(message));
            }
            Stop::Key(message) => {
                ctx.link.key_refused(message.clone());
                ctx.bystander().pause_all(&PauseReason::Key).await?;
                return Err(WorkError::Key(message));
            }
            Stop::Store(err) => return Err(err.into()),
        }
    }
    let (next_look, unknown_left) = reconcile::outlook(ctx).await?;
    let now = ctx.clock.now();
    let next_due = ctx.store(move |stores| stores.journal.next_due(now)).await?;
    worked.next_due = next_look.into_iter().chain(next_due).min();
    worked.unknown_left = unknown_left;
    Ok(worked)
}

/// One step: look for what is unknown, then the next chunk of the next job. `None`: nothing is due.
async fn round(
    ctx: &WorkContext,
    idle: &mut HashSet<JobId>,
    cancel: &CancellationToken,
) -> Result<Option<u64>, Stop> {
    heartbeat::beat(&ctx.bystander()).await?;
    if reconcile::look(ctx).await? > 0 {
        idle.clear();
    }
    let Some(job) = next_job(ctx, idle).await? else { return Ok(None) };
    if let Some(wait) = wait_for_turn(ctx, &job) {
        return Err(Stop::NotYet(wait));
    }
    match step::take(ctx, &job, cancel).await? {
        0 => {
            if !rest(ctx, &job).await? {
                finish(ctx, &job).await?;
            }
            idle.insert(job.id);
            Ok(Some(0))
        }
        did => {
            // Whoever waited for this job may go on.
            idle.clear();
            Ok(Some(did))
        }
    }
}

/// The next job to work on: what somebody is looking at goes ahead of large batches, else the order of confirmation.
/// Within one conversation the journal keeps that order whatever is chosen here.
async fn next_job(ctx: &WorkContext, idle: &HashSet<JobId>) -> Result<Option<JobRow>, StoreError> {
    let (now, me) = (ctx.clock.now(), ctx.me.handle.clone());
    let idle = idle.clone();
    let (next, changed) = ctx
        .store(move |stores| {
            let rule = |row: &JobRow| pause::not_mine(row, &me, now).or_else(|| schedule::begin(row, now));
            let mut next: Option<JobRow> = None;
            let mut changed = Vec::new();
            for mut job in stores.journal.due_jobs(now)? {
                if job.action.is_none() {
                    continue;
                }
                if rule(&job).is_some() {
                    let moved = stores.journal.move_job(job.id, rule)?;
                    changed.extend(moved.did.then_some(job.id));
                    job = moved.job;
                }
                let may = job.state == JobState::Running && !idle.contains(&job.id);
                if may && next.as_ref().is_none_or(|next| rank(&job) < rank(next)) {
                    next = Some(job);
                }
            }
            Ok((next, changed))
        })
        .await?;
    ctx.bystander().tell(&changed);
    Ok(next)
}

/// How long until the budget takes the next call of a job, with what the guard reads before it.
fn wait_for_turn(ctx: &WorkContext, job: &JobRow) -> Option<Duration> {
    let of = use_of(job);
    let replies = match &job.action {
        Some(Action::Reply { .. }) => job.counts.pending.min(ctx.desk.capabilities().max_replies as u64),
        _ => 0,
    };
    let reads = u64::from(replies > 0);
    ctx.pace.works();
    ctx.pace.wait(of, reads, 1, replies)
}

fn use_of(job: &JobRow) -> Use {
    if job.total > INTERACTIVE { Use::Batch } else { Use::Interactive }
}

fn rank(job: &JobRow) -> (bool, i64) {
    (job.total > INTERACTIVE, job.seq)
}

/// Lets a job rest that sent everything that was released: its first few are looked at, or its next batch is not due.
async fn rest(ctx: &WorkContext, job: &JobRow) -> Result<bool, StoreError> {
    if job.released.is_none() {
        return Ok(false);
    }
    let (id, now) = (job.id, ctx.clock.now());
    let rule = move |row: &JobRow| canary::stop(row).or_else(|| schedule::rest(row, now));
    let moved = ctx.store(move |stores| stores.journal.move_job(id, rule)).await?;
    if moved.did {
        tracing::info!(job = %id, state = %moved.job.state, "job rests");
        ctx.bystander().tell(&[id]);
    }
    Ok(moved.did)
}

/// Ends a job that has nothing left to send, and of whose unknown effects nothing more can be found out from here.
async fn finish(ctx: &WorkContext, job: &JobRow) -> Result<(), StoreError> {
    if reconcile::looks_again(ctx, job.id).await? {
        return Ok(());
    }
    ctx.pass(Point::BeforeEnd).await;
    let (id, now) = (job.id, ctx.clock.now());
    let state = ctx.store(move |stores| stores.journal.finish_job(id, now)).await?;
    if state.is_over() {
        over(ctx, id, &state);
    }
    Ok(())
}

/// Says that a job is over.
fn over(ctx: &WorkContext, job: JobId, state: &JobState) {
    tracing::info!(%job, %state, "job over");
    ctx.tell(EngineEvent::JobChanged(job));
    ctx.tell(EngineEvent::StateChanged);
}

/// An instant so much later; the end of time where that is beyond it.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// Whether the help desk may be asked.
fn stopped_by(state: Connection) -> Option<WorkError> {
    match state {
        Connection::Connecting | Connection::Online => None,
        Connection::Offline { message, .. } => Some(WorkError::Offline(message)),
        Connection::KeyRefused { message } => Some(WorkError::Key(message)),
        Connection::Elsewhere | Connection::File => Some(WorkError::Elsewhere),
    }
}
