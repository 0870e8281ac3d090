//! Confirming: the number on the button is a promise of the engine. What is confirmed is written durably before this
//! returns; whoever holds the account's lock works it, in this process or in another.

use muster_model::{Action, JobId, JobState, Selection};
use muster_store::NewJob;

use crate::blocking::blocking;
use crate::plan::{self, Plan, PlanError, refresh};
use crate::verdict::is_terminal;
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
        Action::Change { .. } => count > ON_THE_CLICK || is_terminal(action),
        Action::Follow { .. } | Action::Undo { .. } => count > ON_THE_CLICK,
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
    let me = account.me().ok_or(PlanError::NotSignedIn)?;
    let at = account.clock().now();
    let new = NewJob {
        id: job,
        name: plan.name.clone(),
        action: plan.action.clone(),
        state: JobState::Running,
        due: at,
        created: at,
        me: me.handle,
        filter: plan.filter.clone(),
        resolved: plan.resolved.clone(),
        audience: plan.audience(),
        sending: plan.sending.clone(),
        origin: plan.origin.clone(),
    };
    let touched = plan.taking_part().map(|item| item.id.clone()).collect();
    let journal = account.stores().journal.clone();
    let written = blocking(move || match journal.insert_job(&new) {
        // Somebody confirmed the same plan in the same moment: it is in the journal, once.
        Err(err) => match journal.job(job) {
            Ok(Some(_)) => Ok(()),
            _ => Err(err),
        },
        done => done,
    });
    written.await?;
    account.wake();
    account.send(EngineEvent::JobChanged(job));
    account.send(EngineEvent::ConversationsChanged { ids: Some(touched) });
    account.send(EngineEvent::StateChanged);
    Ok(Confirmation::Job(job))
}

/// Plans and confirms in one step: for one reply, for following, and for changes on the click.
///
/// # Errors
/// When the plan has to be looked at first, or nobody takes part: the sentence says why.
pub async fn act(account: &Account, selection: Selection, action: Action) -> Result<JobId, PlanError> {
    let mut plan = plan::plan(account, selection, action, None).await?;
    if needs_plan_page(&plan.action, plan.items.len()) {
        return Err(PlanError::NeedsALook { count: plan.items.len() });
    }
    for _ in 0..TRIES {
        match confirm(account, &plan, plan.revision, plan.count()).await? {
            Confirmation::Job(job) => return Ok(job),
            Confirmation::Conflict(now) => plan = *now,
        }
    }
    Err(PlanError::NeedsALook { count: plan.count() })
}

/// What no audience could repair.
fn check(plan: &Plan) -> Result<(), PlanError> {
    match &plan.action {
        Action::Reply { text, .. } if text.trim().is_empty() => Err(PlanError::NoText),
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
