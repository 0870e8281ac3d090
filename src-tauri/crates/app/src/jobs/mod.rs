//! Jobs: what was confirmed, what became of it, and what can still be done about it.

use muster_engine::Account;
use muster_model::{Handle, JobId, JobState};
use muster_store::{JobFilter, JobRow};

use crate::wire::{JobCounts, JobPerson, Jobs, JobsRequest};
use crate::words::count;
use crate::{App, ErrorCode, UiError};

mod attention;
mod chart;
mod control;
mod detail;
mod export;
mod items;
mod outbox;
mod planned;
mod spot;
mod view;

pub use export::{Format, Written};

/// Jobs of one page at most.
const PAGE_LIMIT: u32 = 500;

impl App {
    /// Jobs under some filters, newest first, a page at a time.
    ///
    /// # Errors
    /// When a filter makes no sense or the journal cannot be read.
    pub async fn jobs(&self, request: JobsRequest) -> Result<Jobs, UiError> {
        let account = self.account_of(&request.account).await?;
        let filter = filter(&request)?;
        let stores = account.stores().clone();
        let (rows, total, people, open) = self
            .blocking(move || {
                let total = stores.journal.count_jobs(&filter)?;
                let (people, open) = (stores.journal.people_with_jobs()?, stores.journal.jobs_open()?);
                Ok((stores.journal.jobs(&filter)?, total, people, open))
            })
            .await?;
        Ok(Jobs {
            jobs: self.job_views(&account, rows).await?,
            total: count(total),
            people: people.iter().map(|handle| person(&account, handle)).collect(),
            open: JobCounts {
                running: count(open.running),
                scheduled: count(open.scheduled),
                outbox: count(open.outbox),
                attention: count(open.attention),
            },
        })
    }

    /// The row of a job by the id that travels on the wire.
    pub(crate) async fn job_row(&self, account: &Account, id: &str) -> Result<JobRow, UiError> {
        let job = id.parse::<JobId>().map_err(|_| no_such_job(id))?;
        let stores = account.stores().clone();
        self.blocking(move || stores.journal.job(job)).await?.ok_or_else(|| no_such_job(id))
    }
}

/// A filter from the wire.
pub(crate) fn filter(request: &JobsRequest) -> Result<JobFilter, UiError> {
    let moment = |text: &Option<String>| {
        let text = text.as_deref().filter(|text| !text.is_empty());
        text.map(|text| {
            text.parse().map_err(|_| {
                UiError::new(
                    ErrorCode::BadInput,
                    format!("\"{text}\" is not a moment. Write 2026-05-22T09:00:00Z."),
                )
            })
        })
        .transpose()
    };
    Ok(JobFilter {
        states: request.states.iter().map(|word| JobState::from(word.as_str())).collect(),
        kinds: request.types.clone(),
        since: moment(&request.since)?,
        until: moment(&request.until)?,
        by: request.by.as_deref().filter(|by| !by.is_empty()).map(Handle::from),
        before: request.before.as_deref().map(|id| id.parse().map_err(|_| no_such_job(id))).transpose()?,
        limit: Some(request.limit.min(PAGE_LIMIT) as usize),
    })
}

/// Somebody who confirmed jobs, by name where the help desk tells it.
fn person(account: &Account, handle: &Handle) -> JobPerson {
    let directory = account.directory();
    let agent = directory.agents.iter().find(|agent| agent.handle == *handle);
    let name = agent.map_or_else(|| handle.to_string(), |agent| agent.name.clone());
    JobPerson { handle: handle.to_string(), name }
}

pub(crate) fn no_such_job(id: &str) -> UiError {
    UiError::new(ErrorCode::NotFound, format!("There is no job {id}."))
}
