//! The outbox: replies that have not left, when they will, and why they have not.

use std::collections::HashMap;

use muster_engine::sentence;
use muster_model::{Conversation, JobState, PauseReason, RemoteId};
use muster_store::{JobRow, OutboxRow};

use super::planned::{leaves_at, planned};
use crate::wire::{AccountRef, Outbox, OutboxItem};
use crate::words::{count, rfc3339};
use crate::{App, UiError};

/// So many replies are listed; the total says how many there are.
const LISTED: usize = 500;

impl App {
    /// Replies that have not left.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub async fn outbox(&self, request: AccountRef) -> Result<Outbox, UiError> {
        let account = self.account_of(&request.account).await?;
        let (stores, now) = (account.stores().clone(), account.clock().now());
        let (found, headers, total) = self
            .blocking(move || {
                let jobs = stores.journal.outbox_jobs()?;
                let total: u64 = jobs.iter().map(|job| job.counts.open()).sum();
                let mut found: Vec<(JobRow, Vec<OutboxRow>)> = Vec::new();
                let mut listed = 0;
                for job in jobs {
                    let rows = stores.journal.outbox_of(&job, LISTED - listed)?;
                    listed += rows.len();
                    found.push((job, rows));
                    if listed == LISTED {
                        break;
                    }
                }
                let ids: Vec<RemoteId> =
                    found.iter().flat_map(|(_, rows)| rows).map(|row| row.id.clone()).collect();
                Ok((found, stores.cache.conversations(&ids)?, total))
            })
            .await?;
        let headers: HashMap<RemoteId, Conversation> =
            headers.into_iter().map(|conversation| (conversation.id.clone(), conversation)).collect();
        let mut items = Vec::new();
        for (job, rows) in &found {
            let batches = planned(job, None, now);
            for row in rows {
                items.push(OutboxItem {
                    job: job.id.to_string(),
                    job_name: job.name.clone(),
                    id: row.id.to_string(),
                    name: headers.get(&row.id).map_or_else(|| row.id.to_string(), sentence::name_of),
                    channel: row.audience.channel.to_string(),
                    text: row.text.clone(),
                    state: job.state.to_string(),
                    leaves_at: leaves_at(&batches, row.place).map(rfc3339),
                    why: why(job, row).to_owned(),
                });
            }
        }
        Ok(Outbox { items, total: count(total) })
    }
}

/// Why it has not left.
fn why(job: &JobRow, row: &OutboxRow) -> &'static str {
    let canary = job.sending.canary.is_some() && !job.canary_passed;
    match (&job.state, &job.pause) {
        _ if row.is_sending => "On its way",
        (JobState::Holding, _) => "Can still be taken back",
        (JobState::Scheduled, _) => "Scheduled",
        (JobState::Running, _) => "Waits for its turn",
        (JobState::Paused, Some(PauseReason::User)) => "Paused",
        (JobState::Paused, Some(PauseReason::Key)) => "Needs the right key",
        (JobState::Paused, Some(PauseReason::Offline)) => "The help desk cannot be reached",
        (JobState::Paused, Some(PauseReason::Overdue)) => "Overdue: waits for you",
        (JobState::Paused, Some(PauseReason::Guard)) if canary => "The first few are out: waits for you",
        _ => "Waits for you",
    }
}
