//! What can be done with a job: pause, resume, stop, retry, undo, edit, write again.

use muster_engine::control::{self, JobEdit};
use muster_engine::{Account, sentence};
use muster_model::{Action, Change, JobId, JobState, Origin, Relation, RemoteId, Selection};
use muster_store::JobRow;

use super::no_such_job;
use crate::sending::sending_of;
use crate::wire::{EditJob, JobRef, JobView, PlanView, Stopped, UndoRequest};
use crate::{App, ErrorCode, UiError};

impl App {
    /// Pauses a job.
    ///
    /// # Errors
    /// When it cannot be paused any more, or the journal cannot be written.
    pub async fn pause_job(&self, request: JobRef) -> Result<Stopped, UiError> {
        let (account, job) = self.named(&request).await?;
        let row = control::pause(&account, job).await?;
        let message = sentence::paused(&row);
        Ok(Stopped { job: self.view_of(&account, row).await?, message, conversation: None, draft: None })
    }

    /// Lets a job go on: after a pause, the first few, or an overdue time.
    ///
    /// # Errors
    /// When it is not paused, or the journal cannot be written.
    pub async fn resume_job(&self, request: JobRef) -> Result<JobView, UiError> {
        let (account, job) = self.named(&request).await?;
        let row = control::resume(&account, job).await?;
        self.view_of(&account, row).await
    }

    /// Stops a job for good; a draft is thrown away. A single reply or note that was taken back names its conversation, whose
    /// text the agent goes on with.
    ///
    /// # Errors
    /// When it is over already, or the journal cannot be written.
    pub async fn cancel_job(&self, request: JobRef) -> Result<Stopped, UiError> {
        let (account, job) = self.named(&request).await?;
        let row = self.job_row(&account, &request.job).await?;
        if row.state == JobState::Draft {
            return self.discard(&account, job).await;
        }
        let row = control::cancel(&account, job).await?;
        let message = sentence::stopped(&row);
        let taken_back = taken_back(&row);
        if taken_back {
            let (journal, now) = (account.stores().journal.clone(), account.clock().now());
            self.blocking(move || journal.draft_from_job(job, now)).await?;
        }
        let job = self.view_of(&account, row).await?;
        let conversation = job.conversation.clone().filter(|_| taken_back);
        let draft = conversation.is_some().then(|| job.kind.clone());
        Ok(Stopped { job, message, conversation, draft })
    }

    /// Tries again what was provably not applied; answers with the new job.
    ///
    /// # Errors
    /// When nothing can be tried again, or the journal cannot be written.
    pub async fn retry_job(&self, request: JobRef) -> Result<JobView, UiError> {
        let (account, job) = self.named(&request).await?;
        let retry = muster_engine::retry(&account, job).await?;
        self.job_view(&account, retry).await
    }

    /// Gives back what a job took; answers with the new job.
    ///
    /// # Errors
    /// When nothing can be given back, or the journal cannot be written.
    pub async fn undo_job(&self, request: UndoRequest) -> Result<JobView, UiError> {
        let (account, job) = self.named(&JobRef { account: request.account, job: request.job }).await?;
        let ids = request.ids.map(|ids| ids.into_iter().map(RemoteId::from).collect());
        let undo = muster_engine::undo(&account, job, ids).await?;
        self.job_view(&account, undo).await
    }

    /// Edits name, schedule or batch size.
    ///
    /// # Errors
    /// When the schedule makes no sense or cannot be changed any more, or the journal cannot be written.
    pub async fn edit_job(&self, request: EditJob) -> Result<JobView, UiError> {
        let (account, job) = self.named(&JobRef { account: request.account, job: request.job }).await?;
        let row = self.job_row(&account, &job.to_string()).await?;
        let (now, zone) = (account.clock().now(), account.clock().zone());
        let sending =
            request.sending.map(|view| sending_of(&view, row.sending.hold, now, &zone)).transpose()?;
        let row = control::edit(&account, job, JobEdit { name: request.name, sending }).await?;
        self.view_of(&account, row).await
    }

    /// Plans another reply to exactly those who received this one. The text is still to be written.
    ///
    /// # Errors
    /// When nobody received it, or a database cannot be read.
    pub async fn write_again(&self, request: JobRef) -> Result<PlanView, UiError> {
        let (account, job) = self.named(&request).await?;
        let ids = muster_engine::received(&account, job).await?;
        if ids.is_empty() {
            return Err(UiError::new(
                ErrorCode::BadInput,
                "Nobody received it, so there is nobody to write to again.",
            ));
        }
        let action = Action::Reply {
            text: String::new(),
            mass: true,
            then: Change::default(),
            files: Vec::new(),
            approved: None,
        };
        let mut plan = muster_engine::plan(&account, Selection::Ids { ids }, action, None).await?;
        plan.origin = Some(Origin { job, relation: Relation::Again });
        plan.sending.hold = plan.usual_hold(&self.rules(&account).await?);
        Ok(self.keep_plan(account.row().id, plan).await)
    }

    /// Throws a draft away: it stays in the list as what was not done.
    async fn discard(&self, account: &Account, draft: JobId) -> Result<Stopped, UiError> {
        let (journal, now) = (account.stores().journal.clone(), account.clock().now());
        let gone = self.blocking(move || journal.cancel_job(draft, now)).await?.job;
        let job = self.view_of(account, gone).await?;
        Ok(Stopped { job, message: "The draft was thrown away.".to_owned(), conversation: None, draft: None })
    }

    async fn named(&self, request: &JobRef) -> Result<(Account, JobId), UiError> {
        let account = self.account_of(&request.account).await?;
        let job = request.job.parse().map_err(|_| no_such_job(&request.job))?;
        Ok((account, job))
    }
}

/// A single reply or note of which nothing left: its text is the agent's again.
fn taken_back(row: &JobRow) -> bool {
    let is_one = matches!(&row.action, Some(Action::Reply { mass: false, .. } | Action::Note { .. }));
    is_one && row.total == 1 && row.counts.skipped == 1
}
