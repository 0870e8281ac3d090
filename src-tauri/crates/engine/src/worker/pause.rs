//! Jobs that stand still because of the connection, and that go on by themselves when its reason is gone. What somebody
//! else decided meanwhile – a pause, a cancel – stays: every move is decided on the row as it stands.

use std::convert::Infallible;

use jiff::Timestamp;
use muster_model::{Handle, JobId, JobState, PauseReason};
use muster_store::{JobFilter, JobRow, Standing, StoreError};
use tokio::sync::{Notify, broadcast};

use super::{GLANCE, WorkContext, WorkError, heartbeat, later, schedule, stopped_by};
use crate::blocking::blocking;
use crate::{Clock, EngineEvent, Link, Stores};

/// What it takes to note on jobs why they wait; unlike working, it takes no help desk.
pub(crate) struct Bystander<'a> {
    pub stores: &'a Stores,
    pub link: &'a Link,
    pub clock: &'a dyn Clock,
    pub events: &'a broadcast::Sender<EngineEvent>,
    /// Whose key it is, or was when the help desk last said so.
    pub me: &'a Handle,
}

impl Bystander<'_> {
    /// Whether the connection forbids working now. Jobs that are due show it.
    pub(super) async fn not_now(&self) -> Result<Option<WorkError>, StoreError> {
        heartbeat::beat(self).await?;
        let stopped = stopped_by(self.link.state());
        match &stopped {
            Some(WorkError::Offline(_)) => self.pause_all(&PauseReason::Offline).await?,
            Some(WorkError::Key(_)) => self.pause_all(&PauseReason::Key).await?,
            _ => {}
        }
        Ok(stopped)
    }

    /// Pauses every job that is due.
    pub(super) async fn pause_all(&self, why: &PauseReason) -> Result<(), StoreError> {
        let (journal, now, why) = (self.stores.journal.clone(), self.clock.now(), why.clone());
        let paused = blocking(move || {
            let mut paused = Vec::new();
            for job in journal.due_jobs(now)? {
                if journal.move_job(job.id, |row| stands(row, &why, now))?.did {
                    paused.push(job.id);
                }
            }
            Ok::<_, StoreError>(paused)
        })
        .await?;
        self.tell(&paused);
        Ok(())
    }

    /// As long as the help desk has not said whose key it is nothing leaves; what is due says at once why it waits.
    pub(crate) async fn stand_by(&self, wake: &Notify) -> Infallible {
        let mut links = self.link.subscribe();
        let mut seen = None;
        let mut next_beat = self.clock.now();
        loop {
            let journal = self.stores.journal.clone();
            let version = blocking(move || journal.data_version()).await.ok();
            let is_time = self.clock.now() >= next_beat;
            if version.is_none() || version != seen || is_time || links.has_changed().unwrap_or(false) {
                links.borrow_and_update();
                next_beat = later(self.clock.now(), heartbeat::EVERY);
                match self.not_now().await {
                    Ok(_) => seen = version,
                    Err(err) => tracing::warn!(error = %err, "jobs cannot show why they wait"),
                }
            }
            tokio::select! {
                () = wake.notified() => {}
                _ = links.changed() => links.mark_changed(),
                () = tokio::time::sleep(GLANCE) => {}
            }
        }
    }

    /// Tells that these jobs stand otherwise now.
    pub(super) fn tell(&self, jobs: &[JobId]) {
        // An error means that nobody listens; whoever comes later reads the journal.
        for job in jobs {
            let _ = self.events.send(EngineEvent::JobChanged(*job));
        }
        if !jobs.is_empty() {
            let _ = self.events.send(EngineEvent::StateChanged);
        }
    }
}

impl WorkContext {
    /// Who works can stand by, too.
    pub(super) fn bystander(&self) -> Bystander<'_> {
        Bystander {
            stores: &self.stores,
            link: &self.link,
            clock: &*self.clock,
            events: &self.events,
            me: &self.me.handle,
        }
    }
}

fn stands(row: &JobRow, why: &PauseReason, now: Timestamp) -> Option<Standing> {
    let is_due = match row.state {
        JobState::Running => true,
        JobState::Holding | JobState::Scheduled => row.due <= now,
        _ => false,
    };
    is_due.then(|| Standing { state: JobState::Paused, pause: Some(why.clone()), ..row.standing() })
}

/// Whether a job stands still because of the connection.
pub(super) fn by_connection(row: &JobRow) -> bool {
    row.state == JobState::Paused && matches!(row.pause, Some(PauseReason::Offline | PauseReason::Key))
}

/// A job of another key stands still until that key is back.
pub(super) fn not_mine(row: &JobRow, me: &Handle, now: Timestamp) -> Option<Standing> {
    if is_mine(row, me) { None } else { stands(row, &PauseReason::Key, now) }
}

pub(super) fn is_mine(row: &JobRow, me: &Handle) -> bool {
    row.me.as_str().eq_ignore_ascii_case(me.as_str())
}

/// Lets jobs go on that stood still because of the connection. A job of somebody else's key goes on standing.
pub(super) async fn resume(ctx: &WorkContext) -> Result<(), StoreError> {
    let (me, now) = (ctx.me.handle.clone(), ctx.clock.now());
    let resumed = ctx
        .store(move |stores| {
            let goes_on = |row: &JobRow| {
                let may = by_connection(row) && is_mine(row, &me);
                may.then(|| schedule::resumed(row, now).ok()).flatten()
            };
            let paused = JobFilter { states: vec![JobState::Paused], ..JobFilter::default() };
            let mut resumed = Vec::new();
            for job in stores.journal.jobs(&paused)? {
                if goes_on(&job).is_some() && stores.journal.move_job(job.id, goes_on)?.did {
                    resumed.push(job.id);
                }
            }
            Ok(resumed)
        })
        .await?;
    ctx.bystander().tell(&resumed);
    Ok(())
}

/// A journal that knows less than the cache saw leave is a restored backup: what it still wants to send may have been
/// sent long ago. Everything that is open stands still; what is confirmed from now on is new and leaves.
pub(super) async fn refuse_restored_backup(ctx: &WorkContext) -> Result<(), StoreError> {
    let paused = ctx
        .store(|stores| {
            let highest = stores.journal.highest_sent()?;
            if stores.cache.highest_sent()? <= highest {
                return Ok(None);
            }
            let guarded = |row: &JobRow| {
                (row.state != JobState::Draft).then(|| Standing {
                    state: JobState::Paused,
                    pause: Some(PauseReason::Guard),
                    ..row.standing()
                })
            };
            let open = JobFilter {
                states: vec![JobState::Holding, JobState::Scheduled, JobState::Running, JobState::Paused],
                ..JobFilter::default()
            };
            let mut paused = Vec::new();
            for job in stores.journal.jobs(&open)? {
                if stores.journal.move_job(job.id, guarded)?.did {
                    paused.push(job.id);
                }
            }
            stores.cache.accept_highest_sent(highest)?;
            Ok(Some(paused))
        })
        .await?;
    if let Some(paused) = paused {
        tracing::error!(
            "journal.db is older than what was sent from here: a restored backup? Open jobs are paused, because their \
             replies may have been sent already"
        );
        ctx.bystander().tell(&paused);
    }
    Ok(())
}
