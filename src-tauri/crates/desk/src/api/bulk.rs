//! One change on many conversations.

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Body};
use super::refusal::Refusal;
use super::{Caller, MAX_BATCH, Shared};
use crate::db::{Change, NewRun, Outcome, Reason, apply_change, check_change, note_run};

#[derive(Deserialize)]
pub(super) struct Asked {
    ids: Vec<String>,
    change: Change,
    client_ref: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Results {
    results: Vec<Outcome>,
}

pub(super) async fn bulk(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Answer<Results> {
    if !caller.is_agent() {
        return Err(Refusal::not_permitted("change conversations"));
    }
    if asked.ids.len() > MAX_BATCH {
        return Err(Refusal::too_many());
    }
    tracing::debug!(conversations = asked.ids.len(), client_ref = asked.client_ref, "bulk change");
    let (by, now) = (caller.actor(), desk.clock.now());
    let busy = desk.faults.take_busy(asked.ids.iter().map(String::as_str));
    desk.db
        .write(move |tx| {
            check_change(tx, &asked.change)??;
            let results = asked
                .ids
                .iter()
                .map(|id| match busy.contains(id) {
                    true => Ok(Outcome::rejected(id, Reason::busy(), None)),
                    false => apply_change(tx, id, &asked.change, Some(&by), now),
                })
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let run = NewRun {
                kind: "change",
                client_ref: asked.client_ref.as_deref(),
                name: None,
                change: Some(&asked.change),
                by: &by,
                now,
            };
            note_run(tx, &run, &results)?;
            Ok(Json(Results { results }))
        })
        .await
}
