//! Bulk runs: whose calls touched several conversations, and what became of them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::answer::{Answer, Named};
use super::contract::{Always, Asks, Finds};
use super::refusal::Refusal;
use crate::clock::Millis;
use crate::db::{self, Run, RunRefused, WhichRuns};

/// Runs in one answer.
const MOST: i64 = 200;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The handle of whose they were.
    by: Option<String>,
    /// `change` or `reply`.
    #[param(example = "reply")]
    kind: Option<String>,
    /// Those that ended then or later.
    since: Option<Millis>,
    /// Those that began then or before.
    until: Option<Millis>,
    /// 1–200, by default 50.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<i64>,
}

/// Bulk runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

/// Bulk runs of everybody
///
/// Calls that touched more than one conversation, the newest first. Those whose client references have the same beginning
/// before the last slash are one run.
#[utoipa::path(get, path = "/api/bulk-runs", tag = "Bulk", params(Asked),
    responses((status = 200, body = Runs), Always, Asks))]
pub(super) async fn runs(
    State(desk): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer<Runs> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("query", err.body_text()))?;
    let limit = asked.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("A page has 1 to {MOST} rows.")));
    }
    let which = WhichRuns { by: asked.by, kind: asked.kind, since: asked.since, until: asked.until, limit };
    desk.db.read(move |tx| Ok(Json(Runs { runs: db::runs(tx, &which)? }))).await
}

/// A bulk run in detail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunDetails {
    run: Run,
    /// Those that were not applied, and why.
    refused: Vec<RunRefused>,
}

/// One bulk run, with everything that was not applied
#[utoipa::path(get, path = "/api/bulk-runs/{id}", tag = "Bulk", params(("id" = String, Path, example = "b-1")),
    responses((status = 200, body = RunDetails), Always, Finds))]
pub(super) async fn run(State(desk): State<Shared>, Named(id): Named) -> Answer<RunDetails> {
    desk.db
        .read(move |tx| {
            let found = db::run_of(tx, &id)?;
            let (run, refused) = found.ok_or_else(|| Refusal::not_found("run"))?;
            Ok(Json(RunDetails { run, refused }))
        })
        .await
}
