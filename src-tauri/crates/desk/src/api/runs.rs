//! Bulk runs: whose calls touched several conversations, and what became of them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::Shared;
use super::answer::Answer;
use super::refusal::Refusal;
use crate::clock::Millis;
use crate::db::{self, Refused, Run, WhichRuns};

/// Runs in one answer.
const MOST: i64 = 200;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    by: Option<String>,
    kind: Option<String>,
    since: Option<Millis>,
    until: Option<Millis>,
    limit: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

/// The bulk runs of everybody, the newest first.
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

#[derive(Debug, Serialize)]
pub(super) struct Details {
    run: Run,
    /// Those that were not applied, and why.
    refused: Vec<Refused>,
}

/// One run, with everything that was not applied.
pub(super) async fn run(State(desk): State<Shared>, Path(id): Path<String>) -> Answer<Details> {
    desk.db
        .read(move |tx| {
            let found = db::run_of(tx, &id)?;
            let (run, refused) = found.ok_or_else(|| Refusal::not_found("run"))?;
            Ok(Json(Details { run, refused }))
        })
        .await
}
