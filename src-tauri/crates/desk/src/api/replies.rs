//! Replies, one or many, and which of them arrived.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Body};
use super::refusal::Refusal;
use super::{Caller, MAX_BATCH, Shared};
use crate::clock::Millis;
use crate::db::{
    NewReply, NewRun, Riding, Sent, check_files, conversation_id, note_run, receipt_of, send_reply, tagged,
};

#[derive(Deserialize)]
struct Item {
    id: String,
    text: String,
    client_ref: String,
    #[serde(default)]
    files: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    replies: Vec<Item>,
    status: Option<String>,
    snoozed_until: Option<Millis>,
    #[serde(default)]
    mass: bool,
    name: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Results {
    results: Vec<Sent>,
}

pub(super) async fn send(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Answer<Results> {
    if !caller.is_agent() {
        return Err(Refusal::not_permitted("reply to customers"));
    }
    if asked.replies.len() > MAX_BATCH {
        return Err(Refusal::too_many());
    }
    if asked.replies.iter().any(|reply| reply.client_ref.is_empty()) {
        return Err(Refusal::invalid("replies.client_ref", "Every reply has a client reference."));
    }
    let riding = Riding {
        status: asked.status,
        snoozed_until: asked.snoozed_until,
        mass: asked.mass,
        name: asked.name,
        once: desk.faults.takes_references(),
        life: desk.life,
        busy: desk.faults.take_busy(asked.replies.iter().map(|reply| reply.id.as_str())),
    };
    riding.check()?;
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            check_files(tx, asked.replies.iter().flat_map(|reply| &reply.files))??;
            let results = asked
                .replies
                .iter()
                .map(|item| {
                    let reply = NewReply {
                        id: &item.id,
                        text: &item.text,
                        client_ref: Some(&item.client_ref),
                        files: &item.files,
                        templated: false,
                    };
                    send_reply(tx, &reply, &riding, &by, now)
                })
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let run = NewRun {
                kind: "reply",
                client_ref: asked.replies.first().map(|reply| reply.client_ref.as_str()),
                name: riding.name.as_deref(),
                change: None,
                by: &by,
                now,
            };
            note_run(tx, &run, &results)?;
            Ok(Json(Results { results }))
        })
        .await
}

#[derive(Deserialize)]
pub(super) struct References {
    client_refs: Vec<String>,
}

pub(super) async fn find(state: State<Shared>, Body(asked): Body<References>) -> Answer<Value> {
    look_up(state, asked.client_refs).await
}

pub(super) async fn list(
    state: State<Shared>,
    asked: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Answer<Value> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("client_ref", err.body_text()))?;
    look_up(
        state,
        asked.into_iter().filter(|(name, _)| name == "client_ref").map(|(_, value)| value).collect(),
    )
    .await
}

async fn look_up(State(desk): State<Shared>, references: Vec<String>) -> Answer<Value> {
    if references.len() > MAX_BATCH {
        return Err(Refusal::too_many());
    }
    desk.db
        .read(move |tx| {
            let mut replies = Vec::with_capacity(references.len());
            for reference in references {
                let receipt = receipt_of(tx, &reference)?;
                let status = receipt.as_ref().and_then(|receipt| receipt.status.as_deref());
                replies.push(json!({
                    "client_ref": reference,
                    "found": receipt.is_some(),
                    "id": receipt.as_ref().map(|receipt| conversation_id(receipt.conversation)),
                    "message_id": receipt.as_ref().map(|receipt| tagged('m', receipt.message)),
                    "at": receipt.as_ref().map(|receipt| receipt.at),
                    "status": status.and_then(|status| serde_json::from_str::<Value>(status).ok()),
                    "seq": receipt.as_ref().map(|receipt| receipt.seq),
                }));
            }
            Ok(Json(json!({ "replies": replies })))
        })
        .await
}
