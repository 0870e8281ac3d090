//! What a plan page offers beside confirming: who else matches now, a spot check, a test to myself, keeping it for later.

use muster_engine::Plan;
use muster_model::{JobId, RemoteId};

use super::view::recipient;
use crate::wire::{
    JobRef, JobView, MessageRequest, MoreMatching, PlanRef, PlanView, SpotCheck, SpotChecked, Tested,
};
use crate::words::count;
use crate::{App, ErrorCode, UiError};

impl App {
    /// How many match the plan's filter now that did not when it was frozen.
    ///
    /// # Errors
    /// When the plan is gone.
    pub async fn plan_more(&self, request: PlanRef) -> Result<MoreMatching, UiError> {
        let (account, open) = self.kept_plan(&request.plan).await?;
        Ok(MoreMatching { count: count(muster_engine::more_matching(&account, &open.plan).await?) })
    }

    /// Adds those who match now.
    ///
    /// # Errors
    /// When the plan is gone.
    pub async fn plan_add_more(&self, request: PlanRef) -> Result<PlanView, UiError> {
        let (account, mut open) = self.kept_plan(&request.plan).await?;
        open.plan = muster_engine::add_matching(&account, &open.plan).await?.into();
        Ok(self.keep_open(open).await)
    }

    /// Ten recipients to skim, with what they will read.
    ///
    /// # Errors
    /// When the plan is gone.
    pub async fn plan_spot_check(&self, request: PlanRef) -> Result<SpotCheck, UiError> {
        let (_, open) = self.kept_plan(&request.plan).await?;
        let plan = &*open.plan;
        let people = plan.spot_check().into_iter().map(|item| {
            let recipient = recipient(plan, item);
            let text = message(plan, &item.id).unwrap_or_else(|| recipient.before_after.join(", "));
            SpotChecked { recipient, text, state: None }
        });
        Ok(SpotCheck { people: people.collect() })
    }

    /// Sends me the message as this recipient would read it.
    ///
    /// # Errors
    /// When the plan is gone, there is no such message, or the help desk did not send it.
    pub async fn plan_test(&self, request: MessageRequest) -> Result<Tested, UiError> {
        let (account, open) = self.kept_plan(&request.plan).await?;
        let id = RemoteId::from(request.id);
        Ok(Tested { message: muster_engine::test_message(&account, &open.plan, &id).await? })
    }

    /// Keeps a plan for later, as a job in the state draft, and closes it.
    ///
    /// # Errors
    /// When the plan is gone, its schedule makes no sense, or the journal cannot be written.
    pub async fn save_plan(&self, request: PlanRef) -> Result<JobView, UiError> {
        let (account, open) = self.kept_plan(&request.plan).await?;
        open.check_schedule()?;
        let draft = muster_engine::save_plan(&account, &open.plan).await?;
        self.drop_plan(open.plan.id).await;
        self.job_view(&account, draft).await
    }

    /// Opens a plan that was kept for later. The draft stays until the plan is confirmed, or the job cancelled.
    ///
    /// # Errors
    /// When the draft is gone, or its filter cannot be read any more.
    pub async fn open_saved_plan(&self, request: JobRef) -> Result<PlanView, UiError> {
        let account = self.account_of(&request.account).await?;
        let draft: JobId = request
            .job
            .parse()
            .map_err(|_| UiError::new(ErrorCode::NotFound, format!("There is no job {}.", request.job)))?;
        let plan = muster_engine::open_saved_plan(&account, draft).await?;
        Ok(self.keep_plan(account.row().id, plan).await)
    }
}

/// The text as this recipient will read it, where the plan writes to anybody.
fn message(plan: &Plan, id: &RemoteId) -> Option<String> {
    let parts = plan.render(id).ok()?;
    Some(parts.into_iter().map(|(text, _)| text).collect())
}
