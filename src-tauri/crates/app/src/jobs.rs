//! Jobs: what was confirmed and what became of it.

use std::collections::HashMap;

use muster_engine::{Account, sentence};
use muster_model::{Conversation, Counts, EffectState, JobId, Reason, RemoteId, Verdict};
use muster_store::{ItemRow, JobFilter, JobRow};

use crate::wire::{CountsView, JobItemView, JobItems, JobItemsRequest, JobView, Jobs, JobsRequest};
use crate::words::{count, rfc3339};
use crate::{App, ErrorCode, UiError};

impl App {
    /// Recent jobs, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn jobs(&self, request: JobsRequest) -> Result<Jobs, UiError> {
        let account = self.account_of(&request.account).await?;
        let stores = account.stores().clone();
        let limit = request.limit.min(500) as usize;
        let rows = self
            .blocking(move || stores.journal.jobs(&JobFilter { limit: Some(limit), ..JobFilter::default() }))
            .await?;
        Ok(Jobs { jobs: rows.iter().map(|row| job_view(&account, row)).collect(), total: 0, people: Vec::new(), open: crate::wire::JobCounts::default() })
    }

    /// Items of a job, page by page.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job_items(&self, request: JobItemsRequest) -> Result<JobItems, UiError> {
        let account = self.account_of(&request.account).await?;
        self.items_of(&account, request).await
    }

    /// Items of a job of an account that is open already.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn items_of(&self, account: &Account, request: JobItemsRequest) -> Result<JobItems, UiError> {
        let id = request.job.parse::<JobId>().map_err(|_| no_such_job(&request.job))?;
        let state = request.state.as_deref().map(EffectState::from);
        let stores = account.stores().clone();
        let (offset, limit) = (request.offset as usize, request.limit.min(500) as usize);
        let (items, job, headers) = self
            .blocking(move || {
                let Some(job) = stores.journal.job(id)? else { return Ok((vec![], None, vec![])) };
                let mut items = stores.journal.items(id, state.as_ref(), None, offset + limit)?;
                let items = items.split_off(offset.min(items.len()));
                let ids: Vec<RemoteId> = items.iter().map(|item| item.id.clone()).collect();
                let total = state.map_or(job.total, |state| of(&job.counts, &state));
                Ok((items, Some(total), stores.cache.conversations(&ids)?))
            })
            .await?;
        let total = job.ok_or_else(|| no_such_job(&request.job))?;
        let headers: HashMap<RemoteId, Conversation> =
            headers.into_iter().map(|conversation| (conversation.id.clone(), conversation)).collect();
        Ok(JobItems {
            total: count(total),
            items: items.iter().map(|item| item_view(item, headers.get(&item.id))).collect(),
        })
    }

    pub(crate) async fn job_view(&self, account: &Account, id: JobId) -> Result<JobView, UiError> {
        let stores = account.stores().clone();
        let row = self
            .blocking(move || stores.journal.job(id))
            .await?
            .ok_or_else(|| no_such_job(&id.to_string()))?;
        Ok(job_view(account, &row))
    }
}

/// How many items are in a state.
fn of(counts: &Counts, state: &EffectState) -> u64 {
    match state {
        EffectState::Pending => counts.pending,
        EffectState::Sending => counts.sending,
        EffectState::Applied => counts.applied,
        EffectState::Rejected => counts.rejected,
        EffectState::Skipped => counts.skipped,
        EffectState::Unknown => counts.unknown,
        EffectState::Held => counts.held,
        EffectState::Other(_) => 0,
    }
}

fn no_such_job(id: &str) -> UiError {
    UiError::new(ErrorCode::NotFound, format!("There is no job {id}."))
}

fn job_view(account: &Account, row: &JobRow) -> JobView {
    let directory = account.directory();
    let by = directory
        .agents
        .iter()
        .find(|agent| agent.handle == row.me)
        .map_or_else(|| row.me.to_string(), |agent| agent.name.clone());
    JobView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        state: row.state.to_string(),
        pause: row.pause.as_ref().map(ToString::to_string),
        created: rfc3339(row.created),
        finished: row.finished.map(rfc3339),
        by,
        filter: row.filter.clone(),
        total: count(row.total),
        counts: CountsView {
            pending: count(row.counts.pending),
            sending: count(row.counts.sending),
            applied: count(row.counts.applied),
            rejected: count(row.counts.rejected),
            skipped: count(row.counts.skipped),
            unknown: count(row.counts.unknown),
            held: count(row.counts.held),
        },
        result: sentence::result(row),
        icon: row.kind.clone(),
        title: String::new(),
        canary_waits: false,
        state_text: String::new(),
        due: None,
        mine: true,
        schedule: String::new(),
        conversation: None,
        may: crate::wire::JobAbilities::default(),
    }
}

/// A reason in words: a verdict's title where the plan left the item out, else the sentence that came with it.
fn reason_text(reason: &Reason) -> String {
    // The journal keeps a verdict's word only; a server's reason brings its own sentence.
    if reason.message == reason.code.replace('_', " ") {
        sentence::verdict_title(&Verdict::from(reason.code.as_str()))
    } else {
        reason.message.clone()
    }
}

fn item_view(item: &ItemRow, header: Option<&Conversation>) -> JobItemView {
    JobItemView {
        id: item.id.to_string(),
        name: header.map_or_else(|| item.id.to_string(), sentence::name_of),
        subject: header.map(|header| header.subject.clone()).unwrap_or_default(),
        channel: header.map(|header| header.channel.to_string()).unwrap_or_default(),
        state: item.state.to_string(),
        reason: item.reason.as_ref().map(reason_text),
        receipt: item
            .effects
            .iter()
            .find_map(|effect| effect.receipt.as_ref().and_then(|receipt| receipt.id.clone())),
        outcome: item.state.to_string(),
        before_after: Vec::new(),
        can_undo: false,
        at: item.effects.iter().filter_map(|effect| effect.finished).max().map(rfc3339),
    }
}

#[cfg(test)]
mod tests {
    use super::reason_text;
    use muster_model::Reason;
    use rstest::rstest;

    #[rstest]
    #[case::verdict("window_closed", "window closed", "Window closed")]
    #[case::by_hand("left_out", "left out", "Left out")]
    #[case::of_the_server("window_closed", "WhatsApp: more than 24 hours.", "WhatsApp: more than 24 hours.")]
    fn a_reason_is_shown_in_words(#[case] code: &str, #[case] message: &str, #[case] shown: &str) {
        assert_eq!(reason_text(&Reason::new(code, message)), shown);
    }
}
