//! Confirming: the number on the button is a promise of the engine. What is confirmed is written durably before this
//! returns; whoever holds the account's lock works it, in this process or in another.

use muster_model::{Action, Effect, JobId, Selection, Sending, Verdict};
use muster_store::{NewJob, StoreError};

use crate::blocking::blocking;
use crate::plan::{self, Plan, PlanError, lost_file, refresh};
use crate::verdict::final_step;
use crate::{Account, EngineEvent, sentence};

/// Up to so many conversations a change takes effect on the click.
const ON_THE_CLICK: usize = 50;
/// How often an act on the click looks again when something moved while it was confirmed.
const TRIES: u32 = 5;

/// What became of a confirmation.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// It is in the journal.
    Job(JobId),
    /// It is not what the agent saw any more; this is what it is now.
    Conflict(Box<Plan>),
}

/// Whether a plan has to be looked at before it is confirmed.
#[must_use]
pub fn needs_plan_page(action: &Action, count: usize) -> bool {
    match action {
        Action::Reply { mass, .. } => *mass || count > 1,
        Action::Change { .. } => count > ON_THE_CLICK || final_step(action).is_some(),
        Action::Note { .. } => count > 1,
        Action::Follow { .. } | Action::Undo { .. } => count > ON_THE_CLICK,
    }
}

/// What has to be typed before a plan is confirmed: `DELETE`, or the number of more than fifty.
#[must_use]
pub fn type_to_confirm(plan: &Plan) -> Option<String> {
    let count = plan.count();
    if final_step(&plan.action) == Some(Effect::Delete) {
        Some("DELETE".to_owned())
    } else {
        (count > ON_THE_CLICK).then(|| count.to_string())
    }
}

/// Confirms exactly what the agent saw: this revision with this number on the button.
///
/// Everything is judged again first. If the revision or the number differs, or the verdict about anybody who takes part,
/// nothing is confirmed and the answer is the plan as it is now. Confirming the same plan again changes nothing and
/// names the same job.
///
/// # Errors
/// When there is nothing to do, or a database fails.
pub async fn confirm(
    account: &Account,
    plan: &Plan,
    revision: u32,
    count: usize,
) -> Result<Confirmation, PlanError> {
    check(plan)?;
    let job = JobId(plan.id.0);
    let journal = account.stores().journal.clone();
    if blocking(move || journal.job(job)).await?.is_some() {
        return Ok(Confirmation::Job(job));
    }
    let now = refresh(account, plan).await?;
    if revision != plan.revision || count != plan.count() || !is_same(plan, &now) {
        return Ok(Confirmation::Conflict(Box::new(now)));
    }
    if count == 0 {
        return Err(PlanError::Nobody(sentence::nothing_to_do(plan)));
    }
    plan.schedule().map_err(PlanError::TimeIsOver)?;
    let me = account.me().ok_or(PlanError::NotSignedIn)?;
    let at = account.clock().now();
    let (state, due) = plan.sending.begin(at)?;
    let new = NewJob { state, due, ..plan.as_job(job, &me, at) };
    let touched = plan.taking_part().map(|item| item.id.clone()).collect();
    write(account, plan, new).await?;
    account.wake();
    account.send(EngineEvent::JobChanged(job));
    account.send(EngineEvent::ConversationsChanged { ids: Some(touched) });
    account.send(EngineEvent::StateChanged);
    Ok(Confirmation::Job(job))
}

/// Writes the job; a plan that was opened from a draft takes the draft's place.
async fn write(account: &Account, plan: &Plan, new: NewJob) -> Result<(), PlanError> {
    let (journal, draft, files) = (account.stores().journal.clone(), plan.saved_as, plan.files().to_vec());
    blocking(move || {
        if let Some(name) = lost_file(&journal, &files)? {
            return Err(PlanError::File(format!("\"{name}\" is not here any more. Attach it again.")));
        }
        let written = match draft {
            Some(draft) => journal.confirm_saved(&new, draft),
            None => journal.insert_job(&new),
        };
        match written {
            Ok(()) => Ok(()),
            Err(err) => match journal.job(new.id) {
                // Somebody confirmed the same plan in the same moment: it is in the journal, once.
                Ok(Some(_)) => Ok(()),
                _ if matches!(err, StoreError::NoSuchJob(_)) => Err(PlanError::DraftIsGone),
                _ => Err(err.into()),
            },
        }
    })
    .await
}

/// Plans and confirms in one step: for one reply or note, for following, and for changes on the click.
///
/// # Errors
/// When the plan has to be looked at first, somebody wrote meanwhile, or nobody takes part: the sentence says why.
pub async fn act(
    account: &Account,
    selection: Selection,
    action: Action,
    sending: Sending,
) -> Result<JobId, PlanError> {
    let mut plan = plan::plan(account, selection, action, None).await?;
    plan.sending = sending;
    if needs_plan_page(&plan.action, plan.items.len()) {
        return Err(PlanError::NeedsALook { count: plan.items.len() });
    }
    for _ in 0..TRIES {
        match confirm(account, &plan, plan.revision, plan.count()).await? {
            Confirmation::Job(job) => return Ok(job),
            Confirmation::Conflict(now) if was_answered(&now) => return Err(PlanError::AnsweredMeanwhile),
            Confirmation::Conflict(now) => plan = *now,
        }
    }
    Err(PlanError::NeedsALook { count: plan.count() })
}

/// Whether somebody wrote to one of those who take part while the agent looked at the plan.
fn was_answered(plan: &Plan) -> bool {
    plan.taking_part().any(|item| item.verdict == Verdict::AnsweredMeanwhile)
}

/// What no audience could repair.
fn check(plan: &Plan) -> Result<(), PlanError> {
    match &plan.action {
        // Where everybody gets the approved text nothing has to be written; why nobody does is said by their verdicts.
        Action::Reply { text, approved: Some(_), .. } if text.trim().is_empty() => {
            if plan.taking_part().all(|item| item.approved) { Ok(()) } else { Err(PlanError::NoText) }
        }
        Action::Reply { text, .. } | Action::Note { text, .. } if text.trim().is_empty() => {
            Err(PlanError::NoText)
        }
        Action::Change { change } if change.is_empty() => Err(PlanError::NoChange),
        _ => Ok(()),
    }
}

/// Whether everybody who takes part still does, for the same reason, and nobody else.
fn is_same(seen: &Plan, now: &Plan) -> bool {
    let of = |plan: &Plan| -> Vec<_> {
        plan.taking_part().map(|item| (item.id.clone(), item.verdict.clone())).collect()
    };
    of(seen) == of(now)
}
