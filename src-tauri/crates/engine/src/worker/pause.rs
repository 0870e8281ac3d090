//! Jobs that stand still because of the connection, and that go on by themselves when its reason is gone.

use muster_model::{JobState, PauseReason};
use muster_store::{JobFilter, StoreError};

use super::{WorkContext, WorkError, stopped_by};
use crate::EngineEvent;

/// Whether the connection forbids working now. Jobs that are due show it.
pub(super) async fn not_now(ctx: &WorkContext) -> Result<Option<WorkError>, StoreError> {
    let stopped = stopped_by(ctx.link.state());
    match &stopped {
        Some(WorkError::Offline(_)) => all(ctx, &PauseReason::Offline).await?,
        Some(WorkError::Key(_)) => all(ctx, &PauseReason::Key).await?,
        _ => {}
    }
    Ok(stopped)
}

/// Pauses every job that is due.
pub(super) async fn all(ctx: &WorkContext, why: &PauseReason) -> Result<(), StoreError> {
    let (now, reason) = (ctx.clock.now(), why.clone());
    let paused = ctx
        .store(move |stores| {
            let due = stores.journal.due_jobs(now)?;
            for job in &due {
                stores.journal.set_job_state(job.id, &JobState::Paused, Some(&reason))?;
            }
            Ok(due)
        })
        .await?;
    for job in &paused {
        ctx.tell(EngineEvent::JobChanged(job.id));
    }
    if !paused.is_empty() {
        ctx.tell(EngineEvent::StateChanged);
    }
    Ok(())
}

/// Lets jobs go on that stood still because of the connection. A job of somebody else's key goes on standing.
pub(super) async fn resume(ctx: &WorkContext) -> Result<(), StoreError> {
    let me = ctx.me.handle.clone();
    let resumed = ctx
        .store(move |stores| {
            let paused = JobFilter { states: vec![JobState::Paused], ..JobFilter::default() };
            let mut resumed = Vec::new();
            for job in stores.journal.jobs(&paused)? {
                let by_connection = matches!(job.pause, Some(PauseReason::Offline | PauseReason::Key));
                if by_connection && job.me.as_str().eq_ignore_ascii_case(me.as_str()) {
                    stores.journal.set_job_state(job.id, &JobState::Running, None)?;
                    resumed.push(job.id);
                }
            }
            Ok(resumed)
        })
        .await?;
    for job in resumed {
        ctx.tell(EngineEvent::JobChanged(job));
    }
    Ok(())
}

/// A journal that knows less than the cache saw leave is a restored backup: what it still wants to send may have been
/// sent long ago. Everything that is open stands still; what is confirmed from now on is new and leaves.
pub(super) async fn refuse_restored_backup(ctx: &WorkContext) -> Result<(), StoreError> {
    let restored = ctx
        .store(|stores| {
            let highest = stores.journal.highest_sent()?;
            if stores.cache.highest_sent()? <= highest {
                return Ok(false);
            }
            let open = JobFilter {
                states: vec![JobState::Holding, JobState::Scheduled, JobState::Running, JobState::Paused],
                ..JobFilter::default()
            };
            for job in stores.journal.jobs(&open)? {
                stores.journal.set_job_state(job.id, &JobState::Paused, Some(&PauseReason::Guard))?;
            }
            stores.cache.accept_highest_sent(highest)?;
            Ok(true)
        })
        .await?;
    if restored {
        tracing::error!(
            "journal.db is older than what was sent from here: a restored backup? Open jobs are paused, because their \
             replies may have been sent already"
        );
        ctx.tell(EngineEvent::StateChanged);
    }
    Ok(())
}
