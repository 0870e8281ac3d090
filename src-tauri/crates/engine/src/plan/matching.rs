//! "3 more match now": the list moved since the audience was frozen.

use std::collections::HashSet;

use muster_model::RemoteId;
use muster_store::StoreError;

use super::scene::Scene;
use super::{Plan, PlanError};
use crate::Account;
use crate::blocking::blocking;

/// How many match the plan's filter now that it does not hold. None of a plan over picked conversations.
///
/// # Errors
/// When nobody knows whose key it is, or a database fails.
pub async fn more_matching(account: &Account, plan: &Plan) -> Result<usize, PlanError> {
    let (scene, plan) = (Scene::of(account).await?, plan.clone());
    Ok(blocking(move || newly(&scene, &plan)).await?.len())
}

/// Takes those into the audience that match now; who is in it stays as seen.
///
/// # Errors
/// When nobody knows whose key it is, or a database fails.
pub async fn add_matching(account: &Account, plan: &Plan) -> Result<Plan, PlanError> {
    let scene = Scene::of(account).await?;
    let mut next = plan.clone();
    next.revision += 1;
    blocking(move || {
        let more = newly(&scene, &next)?;
        next.items.extend(scene.freeze(&more)?);
        next.coverage = scene.coverage(&next)?;
        scene.judge(&mut next)?;
        Ok(next)
    })
    .await
}

fn newly(scene: &Scene, plan: &Plan) -> Result<Vec<RemoteId>, StoreError> {
    let mut ids = scene.matching(plan)?;
    let held: HashSet<&RemoteId> = plan.items.iter().map(|item| &item.id).collect();
    ids.retain(|id| !held.contains(id));
    Ok(ids)
}
