//! One change on many conversations.

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Body};
use super::contract::{Always, Permits, Takes};
use super::refusal::Refusal;
use super::{Caller, MAX_BATCH, May, Shared};
use crate::db::{Change, NewRun, Outcome, Reason, apply_change, check_change, note_run};

/// A change and the conversations that it is for.
#[derive(Deserialize, ToSchema)]
pub(super) struct BulkChange {
    /// At most 500.
    #[schema(example = json!(["c-1001", "c-1002"]), max_items = 500)]
    ids: Vec<String>,
    change: Change,
    /// For the list of bulk runs: what stands before the last slash names the job.
    #[schema(example = "0197f0/3")]
    client_ref: Option<String>,
}

/// What became of each, in the order of `ids`.
#[derive(Serialize, ToSchema)]
pub(super) struct BulkResults {
    results: Vec<Outcome>,
}

/// Change up to 500 conversations
///
/// One transaction; each conversation takes the whole change or none of it, and has a result of its own. The change is by
/// value and may be repeated. Reasons: `archived` (takes no change; setting `archived` once more, `block` and `delete` do
/// apply), `merged`, `not_found` (`seq` is then `null`), `busy`. Deleting what was deleted is `applied`. Refused as a
/// whole: `invalid`, `unknown_agent`, `unknown_team`; `block` and `delete` need permissions of their own. Under the fault
/// `refuse_batch` one item that cannot be applied refuses the whole call (422 `batch_refused`), and nothing is done.
#[utoipa::path(post, path = "/api/conversations/bulk", tag = "Bulk", request_body = BulkChange,
    responses((status = 200, body = BulkResults), Always, Permits, Takes))]
pub(super) async fn bulk(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<BulkChange>,
) -> Answer<BulkResults> {
    caller.must(May::Change)?;
    if asked.change.block {
        caller.must(May::Block)?;
    }
    if asked.change.delete {
        caller.must(May::Delete)?;
    }
    if asked.ids.len() > MAX_BATCH {
        return Err(Refusal::too_many(MAX_BATCH));
    }
    tracing::debug!(conversations = asked.ids.len(), client_ref = asked.client_ref, "bulk change");
    let (by, now) = (caller.actor(), desk.clock.now());
    let busy = desk.faults.take_busy(asked.ids.iter().map(String::as_str));
    let whole = desk.faults.refuses_batches();
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
            // What was done already goes back with the transaction.
            if let Some(refused) = results.iter().find(|result| result.reason.is_some()).filter(|_| whole) {
                return Err(Refusal::batch("ids", &refused.id, refused.reason.as_ref()));
            }
            let run = NewRun {
                kind: "change",
                client_ref: asked.client_ref.as_deref(),
                name: None,
                change: Some(&asked.change),
                by: &by,
                now,
            };
            note_run(tx, &run, &results)?;
            Ok(Json(BulkResults { results }))
        })
        .await
}
