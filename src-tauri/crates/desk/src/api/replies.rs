//! Replies, and which of them arrived.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Body};
use super::contract::{Always, Asks, Permits, Takes};
use super::refusal::Refusal;
use super::{Caller, MAX_BATCH, May, Shared};
use crate::clock::Millis;
use crate::db::{
    NewReply, NewRun, Riding, Sent, StatusOutcome, Verdict, check_files, conversation_id, filled, note_run,
    receipt_of, send_reply, tagged,
};

/// One reply.
#[derive(Deserialize, ToSchema)]
struct Reply {
    #[schema(example = "c-1001")]
    id: String,
    /// As the customer reads it. Not with a template.
    #[serde(default)]
    #[schema(example = "Dear Marta, our payments are back.")]
    text: String,
    /// The same in every attempt: each is taken once.
    #[schema(example = "0197f0/0", min_length = 1)]
    client_ref: String,
    /// Ids of uploads.
    #[serde(default)]
    #[schema(example = json!([]))]
    files: Vec<String>,
    /// Instead of a text, on WhatsApp: also goes when the window is closed.
    #[schema(example = json!(null))]
    template: Option<FromTemplate>,
}

/// One of the desk's templates, filled in.
#[derive(Deserialize, ToSchema)]
struct FromTemplate {
    #[schema(example = "issue_resolved")]
    name: String,
    /// One for each gap.
    #[serde(default)]
    #[schema(example = json!(["Marta"]))]
    parameters: Vec<String>,
}

/// Replies, and what holds for all of them.
#[derive(Deserialize, ToSchema)]
pub(super) struct BulkReply {
    /// At most 500.
    #[schema(max_items = 500)]
    replies: Vec<Reply>,
    /// Set where the reply was sent, and only there.
    #[schema(example = "done")]
    status: Option<String>,
    #[schema(example = json!(null))]
    snoozed_until: Option<Millis>,
    /// A mass reply: each thread says whose it was.
    #[serde(default)]
    mass: bool,
    #[schema(example = "Payments are back")]
    name: Option<String>,
}

/// What became of each, in the order of `replies`.
#[derive(Serialize, ToSchema)]
pub(super) struct ReplyResults {
    results: Vec<Sent>,
}

/// Send up to 500 replies
///
/// Each on its conversation's own channel; one transaction. A single reply is a list of one with `mass: false`. A sent reply
/// makes the conversation `engaged` and ends the waiting.
///
/// Reasons: `voice` and, for mass replies, `opted_out` (both skipped); `window_closed` (the thread also gets a failed
/// event), `no_templates`, `archived`, `merged`, `no_address`, `empty_text`, `too_long`, `not_found`, `busy`, `ref_reused` (the
/// reference was used for another conversation). What a channel does not carry – any file on SMS, one above the channel's
/// limit elsewhere – is left out and the text goes all the same. Refused as a whole: `invalid`, `unknown_file`,
/// `unknown_template`, and under the fault `refuse_batch` `batch_refused`.
#[utoipa::path(post, path = "/api/conversations/bulk/reply", tag = "Bulk", request_body = BulkReply,
    responses((status = 200, body = ReplyResults), Always, Permits, Takes))]
pub(super) async fn send(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(mut asked): Body<BulkReply>,
) -> Answer<ReplyResults> {
    caller.must(May::Reply)?;
    if asked.replies.len() > MAX_BATCH {
        return Err(Refusal::too_many(MAX_BATCH));
    }
    if asked.replies.iter().any(|reply| reply.client_ref.is_empty()) {
        return Err(Refusal::invalid("replies.client_ref", "Every reply has a client reference."));
    }
    let riding = Riding {
        status: asked.status.take(),
        snoozed_until: asked.snoozed_until,
        mass: asked.mass,
        name: asked.name.take(),
        once: desk.faults.takes_references(),
        life: desk.life,
        busy: desk.faults.take_busy(asked.replies.iter().map(|reply| reply.id.as_str())),
    };
    riding.check()?;
    let (by, now) = (caller.actor(), desk.clock.now());
    let whole = desk.faults.refuses_batches();
    desk.db
        .write(move |tx| {
            check_files(tx, asked.replies.iter().flat_map(|reply| &reply.files), "replies.files")??;
            for reply in &mut asked.replies {
                if let Some(template) = &reply.template {
                    if !reply.text.is_empty() {
                        return Err(Refusal::invalid("replies.text", "A text or a template, not both."));
                    }
                    reply.text = filled(tx, &template.name, &template.parameters)??;
                }
            }
            let results = asked
                .replies
                .iter()
                .map(|item| {
                    let reply = NewReply {
                        id: &item.id,
                        text: &item.text,
                        client_ref: Some(&item.client_ref),
                        files: &item.files,
                        templated: item.template.is_some(),
                    };
                    send_reply(tx, &reply, &riding, &by, now)
                })
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let refused = results.iter().find(|result| result.outcome == Verdict::Rejected);
            if let Some(refused) = refused.filter(|_| whole) {
                return Err(Refusal::batch("replies", &refused.id, refused.reason.as_ref()));
            }
            let run = NewRun {
                kind: "reply",
                client_ref: asked.replies.first().map(|reply| reply.client_ref.as_str()),
                name: riding.name.as_deref(),
                change: None,
                by: &by,
                now,
            };
            note_run(tx, &run, &results)?;
            Ok(Json(ReplyResults { results }))
        })
        .await
}

/// References to look up.
#[derive(Deserialize, ToSchema)]
pub(super) struct References {
    /// At most 500.
    #[schema(example = json!(["0197f0/0", "0197f0/9"]), max_items = 500)]
    client_refs: Vec<String>,
}

/// What is known of references, in the order asked.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundReplies {
    replies: Vec<FoundReply>,
}

/// What is known of one reference: the receipt that the reply got.
#[derive(Serialize, ToSchema)]
struct FoundReply {
    client_ref: String,
    found: bool,
    id: Option<String>,
    message_id: Option<String>,
    at: Option<Millis>,
    status: Option<StatusOutcome>,
    /// The one that the reply led to.
    seq: Option<i64>,
}

/// Which references arrived
#[utoipa::path(post, path = "/api/replies/find", tag = "Bulk", request_body = References,
    responses((status = 200, body = FoundReplies), Always, Takes))]
pub(super) async fn find(state: State<Shared>, Body(asked): Body<References>) -> Answer<FoundReplies> {
    look_up(state, asked.client_refs).await
}

/// Which references arrived, asked in the query
#[utoipa::path(get, path = "/api/replies", tag = "Bulk",
    params(("client_ref" = Vec<String>, Query, description = "May be repeated.", example = json!(["0197f0/0"]))),
    responses((status = 200, body = FoundReplies),
        (status = 413, description = "`too_many`", body = super::refusal::Refused), Always, Asks))]
pub(super) async fn list(
    state: State<Shared>,
    asked: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Answer<FoundReplies> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("client_ref", err.body_text()))?;
    look_up(
        state,
        asked.into_iter().filter(|(name, _)| name == "client_ref").map(|(_, value)| value).collect(),
    )
    .await
}

async fn look_up(State(desk): State<Shared>, references: Vec<String>) -> Answer<FoundReplies> {
    if references.len() > MAX_BATCH {
        return Err(Refusal::too_many(MAX_BATCH));
    }
    desk.db
        .read(move |tx| {
            let mut replies = Vec::with_capacity(references.len());
            for client_ref in references {
                let receipt = receipt_of(tx, &client_ref)?;
                let status = receipt.as_ref().and_then(|receipt| receipt.status.as_deref());
                replies.push(FoundReply {
                    found: receipt.is_some(),
                    id: receipt.as_ref().map(|receipt| conversation_id(receipt.conversation)),
                    message_id: receipt.as_ref().map(|receipt| tagged('m', receipt.message)),
                    at: receipt.as_ref().map(|receipt| receipt.at),
                    status: status.and_then(StatusOutcome::read),
                    seq: receipt.as_ref().map(|receipt| receipt.seq),
                    client_ref,
                });
            }
            Ok(Json(FoundReplies { replies }))
        })
        .await
}
