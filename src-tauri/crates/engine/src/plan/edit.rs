//! Edits of a plan, and looking at it again when it is confirmed: the audience stays who it is.

use std::collections::{BTreeMap, BTreeSet};

use muster_model::{Action, RemoteId, Sending, Verdict};

use super::scene::Scene;
use super::{Plan, PlanError, typed_name};
use crate::Account;
use crate::blocking::blocking;

/// An edit of a plan. The audience stays.
#[derive(Clone, Debug)]
pub struct PlanEdit {
    /// The name; `None` lets it follow the plan.
    pub name: Option<String>,
    /// What to do, with its files.
    pub action: Action,
    /// Groups to drop.
    pub drop: BTreeSet<Verdict>,
    /// Recipients to leave out.
    pub leave_out: BTreeSet<RemoteId>,
    /// How it leaves.
    pub sending: Sending,
    /// Values typed for one recipient where a merge tag has none, by the tag's name.
    pub fills: BTreeMap<RemoteId, BTreeMap<String, String>>,
    /// Write to each person once, on the latest thread.
    pub once_per_person: bool,
}

impl Plan {
    /// The edit that changes nothing.
    #[must_use]
    pub fn edit(&self) -> PlanEdit {
        PlanEdit {
            name: self.named.clone(),
            action: self.action.clone(),
            drop: self.drop.clone(),
            leave_out: self.leave_out.clone(),
            sending: self.sending.clone(),
            fills: self.fills.clone(),
            once_per_person: self.once_per_person,
        }
    }
}

/// Edits a plan: the audience stays frozen, the verdicts are made anew.
///
/// # Errors
/// When nobody knows whose key it is, or a database fails.
pub async fn replan(account: &Account, plan: &Plan, edit: PlanEdit) -> Result<Plan, PlanError> {
    let scene = Scene::of(account).await?;
    let mut next = plan.clone();
    next.revision += 1;
    next.action = edit.action;
    next.named = typed_name(edit.name);
    next.drop = edit.drop;
    next.leave_out = edit.leave_out;
    next.sending = edit.sending;
    next.fills = edit.fills;
    next.once_per_person = edit.once_per_person;
    blocking(move || {
        scene.judge(&mut next)?;
        Ok(next)
    })
    .await
}

/// The same plan over what is known now: the conversations as they are, those that are gone left out.
pub(crate) async fn refresh(account: &Account, plan: &Plan) -> Result<Plan, PlanError> {
    let scene = Scene::of(account).await?;
    let mut next = plan.clone();
    next.revision += 1;
    next.frozen_at = scene.now;
    next.capabilities.clone_from(&scene.capabilities);
    blocking(move || {
        // Where nothing was written since, everything is as it was: reading 100,000 headers again would take longer than
        // confirming them. What the clock decides is judged anew in any case.
        if scene.seen != next.seen {
            next.items = scene.look_again(&next)?;
            next.seen = scene.seen;
        }
        scene.judge(&mut next)?;
        Ok(next)
    })
    .await
}
