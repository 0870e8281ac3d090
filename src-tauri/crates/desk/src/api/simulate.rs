//! Customers, colleagues and faults on demand, for tests and demos.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::answer::{Answer, Body};
use super::refusal::Refusal;
use crate::db::{
    self, Change, NewReply, Newcomer, Riding, Verdict, Written, actor_of, apply_change, check_change,
    conversation_id, customer_writes, head_of, newcomer_writes, parse, send_reply, tagged,
};
use crate::faults::{FaultSpec, UnknownFault};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Writing {
    conversation: Option<String>,
    new: Option<Newcomer>,
    text: String,
}

pub(super) async fn customer_message(
    State(desk): State<Shared>,
    Body(asked): Body<Writing>,
) -> Answer<Value> {
    let now = desk.clock.now();
    desk.db
        .write(move |tx| {
            let taken = match (asked.conversation, asked.new) {
                (Some(id), None) => {
                    let head = parse('c', &id).map(|id| head_of(tx, id)).transpose()?.flatten();
                    let head = head.ok_or_else(|| Refusal::not_found("conversation"))?;
                    customer_writes(tx, &head, &asked.text, now)?
                }
                (None, Some(new)) => newcomer_writes(tx, &new, &asked.text, now)?,
                _ => return Err(Refusal::invalid("conversation", "Name a conversation, or a new one.")),
            };
            Ok(Json(match taken {
                Some(Written { conversation, message, seq }) => json!({
                    "id": conversation_id(conversation), "message_id": tagged('m', message), "seq": seq,
                    "taken": true,
                }),
                None => json!({ "id": null, "message_id": null, "seq": null, "taken": false }),
            }))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acting {
    conversation: String,
    by: String,
    change: Option<Change>,
    reply: Option<String>,
    note: Option<String>,
    #[serde(default)]
    delete: bool,
}

pub(super) async fn change(State(desk): State<Shared>, Body(asked): Body<Acting>) -> Answer<Value> {
    let now = desk.clock.now();
    desk.db
        .write(move |tx| {
            let by = actor_of(tx, &asked.by)?.ok_or_else(|| Refusal::not_found("agent"))?;
            let head = || -> Result<_, Refusal> {
                let head = parse('c', &asked.conversation).map(|id| head_of(tx, id)).transpose()?.flatten();
                head.ok_or_else(|| Refusal::not_found("conversation"))
            };
            if let Some(text) = &asked.reply {
                let reply = NewReply {
                    id: &asked.conversation,
                    text,
                    client_ref: None,
                    files: &[],
                    templated: false,
                };
                if send_reply(tx, &reply, &Riding::default(), &by, now)?.outcome != Verdict::Applied {
                    return Err(Refusal::invalid("reply", "This conversation takes no such reply."));
                }
            }
            if let Some(text) = &asked.note {
                db::add_note(tx, &head()?, text, None, &by, now)?;
            }
            if let Some(change) = &asked.change {
                check_change(tx, change)??;
                apply_change(tx, &asked.conversation, change, Some(&by), now)?;
            }
            let head = head()?;
            let seq = if asked.delete { db::delete(tx, &head, Some(&by.handle), now)? } else { head.seq };
            Ok(Json(json!({ "id": asked.conversation, "seq": seq })))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    spec: String,
}

pub(super) async fn faults(State(desk): State<Shared>, Body(asked): Body<Failing>) -> Answer<Value> {
    let spec: FaultSpec =
        asked.spec.parse().map_err(|unknown: UnknownFault| Refusal::invalid("spec", format!("{unknown}")))?;
    desk.faults.replace(spec);
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Busy {
    ids: Vec<String>,
    times: u32,
}

pub(super) async fn busy(State(desk): State<Shared>, Body(asked): Body<Busy>) -> Answer<Value> {
    desk.faults.make_busy(asked.ids, asked.times);
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivering {
    message: String,
    state: String,
    reason: Option<String>,
}

/// Says how far an outgoing message came.
pub(super) async fn delivery(State(desk): State<Shared>, Body(asked): Body<Delivering>) -> Answer<Value> {
    if !db::STATES.contains(&asked.state.as_str()) {
        return Err(Refusal::invalid("state", format!("The states are {}.", db::STATES.join(", "))));
    }
    let now = desk.clock.now();
    desk.db
        .write(move |tx| {
            let message = parse('m', &asked.message).ok_or_else(|| Refusal::not_found("message"))?;
            let seq = db::deliver(tx, message, &asked.state, asked.reason.as_deref(), now)?;
            Ok(Json(json!({ "changed": seq.is_some(), "seq": seq })))
        })
        .await
}
