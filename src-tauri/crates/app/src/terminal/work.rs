//! Jobs in a terminal: working the journal, watching what another process does, and everything that can be done with a
//! job from outside the window. Nothing here needs the account's lock but the work itself.

use std::time::{Duration, Instant};

use muster_engine::control::{self, Abilities};
use muster_engine::{Account, sentence};
use muster_model::{Counts, JobId, JobState, PauseReason};
use muster_store::{JobFilter, JobRow};
use serde::Serialize;

use crate::{App, ErrorCode, UiError};

/// How often the work of another process is looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// How long a job that waits for the connection is watched while another process works.
const PATIENCE: Duration = Duration::from_secs(90);
/// A job that begins within this time is waited for: whoever works takes it up in a moment.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

/// A job as the terminal prints it.
#[derive(Clone, Debug, Serialize)]
pub struct JobReport {
    /// Its id.
    pub job: String,
    /// Its name.
    pub name: String,
    /// `reply`, `status`, `tags`, `undo`, …
    pub r#type: String,
    /// Its state.
    pub state: String,
    /// Why it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// Exact figures.
    pub counts: Counts,
    /// "134 sent, 4 window closed, 2 voice"
    pub result: String,
    /// Who confirmed it.
    pub by: String,
    /// When it was confirmed.
    pub created: String,
    /// When it leaves, or its next batch does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What was just done with it: "41 sent, 459 will not be sent".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// It waits for its time, or for somebody to look at its first few: nothing is wrong with it.
    #[serde(skip)]
    pub waits: bool,
}

/// How working the journal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worked {
    /// Nothing is due any more.
    Idle,
    /// Another process works this account.
    Elsewhere,
    /// The help desk cannot be reached or refuses the key; what is left waits.
    Stopped(String),
}

impl JobReport {
    /// A job as it stands at `now`.
    fn new(account: &Account, row: &JobRow) -> Self {
        let canary_waits = Abilities::of(row, account.clock().now()).canary_waits;
        let later = matches!(row.state, JobState::Scheduled | JobState::Holding);
        Self {
            job: row.id.to_string(),
            name: row.name.clone(),
            r#type: row.action.as_ref().map_or(row.kind.as_str(), |action| action.type_word()).to_owned(),
            state: row.state.to_string(),
            paused: row.pause.as_ref().map(ToString::to_string),
            counts: row.counts,
            result: sentence::result(row),
            by: row.me.to_string(),
            created: row.created.to_string(),
            due: later.then(|| row.due.to_string()),
            message: None,
            waits: row.state == JobState::Scheduled || canary_waits,
        }
    }

    fn saying(self, message: String) -> Self {
        Self { message: Some(message).filter(|message| !message.is_empty()), ..self }
    }
}

impl App {
    /// Works the journal until nothing is due, if nobody else does.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn work(&self, account: &Account) -> Result<Worked, UiError> {
        if account.is_file() {
            return Err(UiError::new(ErrorCode::NotPermitted, muster_engine::READ_ONLY));
        }
        Ok(match account.work_until_idle().await {
            Ok(()) => Worked::Idle,
            Err(muster_engine::WorkError::Elsewhere) => Worked::Elsewhere,
            Err(muster_engine::WorkError::Store(err)) => return Err(err.into()),
            Err(err) => Worked::Stopped(err.to_string()),
        })
    }

    /// Works or watches a job to its end, or until nothing of it is due: what leaves tomorrow, or waits for somebody to
    /// look at the first few, is not waited for. Gives up when the help desk is gone.
    ///
    /// # Errors
    /// When the store fails or the job is gone.
    pub async fn finish(
        &self,
        account: &Account,
        job: JobId,
        mut progress: impl FnMut(&JobReport) + Send,
    ) -> Result<JobReport, UiError> {
        let mut offline_since: Option<Instant> = None;
        loop {
            let worked = self.work(account).await?;
            let row = self.job_row(account, &job.to_string()).await?;
            let report = JobReport::new(account, &row);
            progress(&report);
            let now = account.clock().now();
            let begins_in = row.due.duration_since(now);
            match (&worked, &row.state) {
                (_, state) if state.is_over() => return Ok(report),
                (Worked::Stopped(_), _) => return Ok(report),
                // A hold that is longer than a worker waits.
                (Worked::Idle, JobState::Holding) => {
                    tokio::time::sleep(Duration::try_from(begins_in).unwrap_or(GLANCE).min(PATIENCE)).await;
                }
                (Worked::Idle, _) => return Ok(report),
                // Another process holds the lock: it works, we watch.
                (Worked::Elsewhere, JobState::Scheduled) if begins_in > SOON => return Ok(report),
                (Worked::Elsewhere, JobState::Paused) if row.pause == Some(PauseReason::Offline) => {
                    if offline_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                        return Ok(report);
                    }
                    tokio::time::sleep(GLANCE).await;
                }
                (Worked::Elsewhere, JobState::Paused) => return Ok(report),
                (Worked::Elsewhere, _) => {
                    offline_since = None;
                    tokio::time::sleep(GLANCE).await;
                }
            }
        }
    }

    /// One job.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job_report(&self, account: &Account, job: JobId) -> Result<JobReport, UiError> {
        Ok(JobReport::new(account, &self.job_row(account, &job.to_string()).await?))
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn job_reports(&self, account: &Account, filter: JobFilter) -> Result<Vec<JobReport>, UiError> {
        let stores = account.stores().clone();
        let rows = self.blocking(move || stores.journal.jobs(&filter)).await?;
        Ok(rows.iter().map(|row| JobReport::new(account, row)).collect())
    }

    /// Pauses a job, whoever works it.
    ///
    /// # Errors
    /// When it cannot be paused any more, or the journal cannot be written.
    pub async fn pause(&self, account: &Account, job: JobId) -> Result<JobReport, UiError> {
        let row = control::pause(account, job).await?;
        Ok(JobReport::new(account, &row).saying(sentence::paused(&row)))
    }

    /// Lets a job go on, whoever works it.
    ///
    /// # Errors
    /// When it is not paused, or the journal cannot be written.
    pub async fn resume(&self, account: &Account, job: JobId) -> Result<JobReport, UiError> {
        let row = control::resume(account, job).await?;
        Ok(JobReport::new(account, &row).saying(sentence::result(&row)))
    }

    /// Stops a job for good, whoever works it.
    ///
    /// # Errors
    /// When it is over already, or the journal cannot be written.
    pub async fn cancel(&self, account: &Account, job: JobId) -> Result<JobReport, UiError> {
        let row = control::cancel(account, job).await?;
        Ok(JobReport::new(account, &row).saying(sentence::stopped(&row)))
    }

    /// Confirms a job that tries again what was provably not applied.
    ///
    /// # Errors
    /// When nothing can be tried again, or the journal cannot be written.
    pub async fn retry(&self, account: &Account, job: JobId) -> Result<JobId, UiError> {
        Ok(muster_engine::retry(account, job).await?)
    }

    /// Confirms a job that gives back what this one took.
    ///
    /// # Errors
    /// When nothing can be given back, or the journal cannot be written.
    pub async fn undo(&self, account: &Account, job: JobId) -> Result<JobId, UiError> {
        Ok(muster_engine::undo(account, job, None).await?)
    }
}
