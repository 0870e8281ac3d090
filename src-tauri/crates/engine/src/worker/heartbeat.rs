//! The worker's heartbeat: while there is work it notes in the journal that somebody is there. Where it is missing for
//! longer – the machine slept, nobody had Muster open – what fell due meanwhile is looked at before anything leaves.

use std::convert::Infallible;
use std::time::Duration;

use jiff::SignedDuration;
use muster_model::JobState;
use muster_store::{JobFilter, JobRow, StoreError};

use super::pause::{Bystander, by_connection, is_mine};
use super::{WorkContext, overdue};
use crate::blocking::blocking;

/// How often it beats.
pub(super) const EVERY: Duration = Duration::from_secs(60);

/// Beats if it is time to; pauses what is overdue before it says that somebody is there.
pub(super) async fn beat(by: &Bystander<'_>) -> Result<(), StoreError> {
    let (journal, now, me) = (by.stores.journal.clone(), by.clock.now(), by.me.clone());
    let overdue = blocking(move || {
        let last = journal.last_worked()?;
        let is_time =
            |last| SignedDuration::try_from(EVERY).is_ok_and(|every| now.duration_since(last) >= every);
        if !last.is_none_or(is_time) {
            return Ok(Vec::new());
        }
        let mut at_work = journal.due_jobs(now)?;
        let paused = JobFilter { states: vec![JobState::Paused], ..JobFilter::default() };
        at_work.extend(journal.jobs(&paused)?.into_iter().filter(by_connection));
        at_work.retain(|job| is_mine(job, &me));
        let late = SignedDuration::from_mins(i64::from(journal.sending_rules()?.overdue_minutes));
        let mut overdue = Vec::new();
        for job in &at_work {
            let rule = |row: &JobRow| overdue::rule(row, &me, late, last, now);
            if rule(job).is_some() && journal.move_job(job.id, rule)?.did {
                overdue.push(job.id);
            }
        }
        if !at_work.is_empty() {
            journal.note_worked(now)?;
        }
        Ok::<_, StoreError>(overdue)
    })
    .await?;
    if !overdue.is_empty() {
        tracing::warn!(jobs = overdue.len(), "jobs are overdue: they wait for somebody to say go on");
    }
    by.tell(&overdue);
    Ok(())
}

/// Beats for as long as the work beside it goes on: a call, or a wait for the help desk, may take long.
pub(super) async fn keep(ctx: &WorkContext) -> Infallible {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(err) = beat(&ctx.bystander()).await {
            tracing::warn!(error = %err, "the heartbeat could not be written");
        }
    }
}
