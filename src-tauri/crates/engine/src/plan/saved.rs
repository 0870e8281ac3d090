//! Plans kept for later: what the agent chose is kept, the audience is frozen anew when the plan is opened again.

use muster_model::{JobId, JobState};
use muster_store::{NewJob, SavedPlan};
use uuid::Uuid;

use super::{Plan, PlanError, Start, begin};
use crate::blocking::blocking;
use crate::{Account, EngineEvent};

/// Keeps a plan as a job in the state draft, in place of the draft that it was opened from.
///
/// # Errors
/// When nobody knows whose key it is, or the journal cannot be written.
pub async fn save_plan(account: &Account, plan: &Plan) -> Result<JobId, PlanError> {
    let (draft, now) = (JobId(Uuid::now_v7()), account.clock().now());
    let row = NewJob {
        state: JobState::Draft,
        due: now,
        ..plan.as_job(draft, &account.me().ok_or(PlanError::NotSignedIn)?, now)
    };
    let saved = SavedPlan {
        selection: plan.selection.clone(),
        name: plan.named.clone(),
        drop: plan.drop.clone(),
        leave_out: plan.leave_out.clone(),
        fills: plan.fills.clone(),
        once_per_person: plan.once_per_person,
    };
    let (journal, replaces) = (account.stores().journal.clone(), plan.saved_as);
    blocking(move || journal.save_plan(&row, &saved, replaces)).await?;
    account.send(EngineEvent::JobChanged(draft));
    account.send(EngineEvent::StateChanged);
    Ok(draft)
}

/// Opens a plan that was kept for later. Confirming it removes the draft.
///
/// # Errors
/// When the draft was confirmed or discarded meanwhile, its filter cannot be read, or a database fails.
pub async fn open_saved_plan(account: &Account, draft: JobId) -> Result<Plan, PlanError> {
    let journal = account.stores().journal.clone();
    let found = blocking(move || {
        Ok::<_, PlanError>(match (journal.job(draft)?, journal.saved_plan(draft)?) {
            (Some(row), Some(saved)) => row.action.clone().map(|action| (row, action, saved)),
            _ => None,
        })
    });
    let (row, action, saved) = found.await?.ok_or(PlanError::DraftIsGone)?;
    let start = Start {
        name: saved.name,
        drop: saved.drop,
        leave_out: saved.leave_out,
        fills: saved.fills,
        once_per_person: saved.once_per_person,
        sending: row.sending,
        origin: row.origin,
        saved_as: Some(draft),
        ..Start::new(saved.selection, action)
    };
    begin(account, start).await
}
