//! Customers, colleagues and faults on demand, for tests and demos.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Body};
use super::contract::{Always, Finds, Takes};
use super::refusal::Refusal;
use super::roles::ROLES;
use super::together::Changed;
use super::{Shared, new_secret};
use crate::db::{
    self, Change, NewReply, Newcomer, Riding, Verdict, actor_of, apply_change, check_change, conversation_id,
    customer_writes, head_of, newcomer_writes, parse, send_reply, tagged,
};
use crate::faults::{FaultSpec, UnknownFault};

const CHANNELS: [&str; 7] = ["email", "chat", "sms", "whatsapp", "facebook", "instagram", "voice"];

/// What a customer writes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Writing {
    /// In this conversation …
    #[schema(example = "c-1001")]
    conversation: Option<String>,
    /// … or in a new one.
    #[schema(example = json!(null))]
    new: Option<Newcomer>,
    #[schema(example = "Still nothing …")]
    text: String,
}

/// Where it came to stand; `null` where the contact is blocked and nothing was taken.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// Another conversation than the one named, after a long silence or archiving.
    id: Option<String>,
    message_id: Option<String>,
    seq: Option<i64>,
    taken: bool,
}

/// A customer writes
///
/// Done and snoozed conversations become active, spam stays spam, engagement becomes `pending`. After 24 hours of silence in
/// a chat, and after archiving, the message opens another conversation, linked to the old one.
#[utoipa::path(post, path = "/api/_simulate/customer_message", tag = "Simulation", request_body = Writing,
    responses((status = 200, body = Taken), Always, Finds, Takes))]
pub(super) async fn customer_message(
    State(desk): State<Shared>,
    Body(asked): Body<Writing>,
) -> Answer<Taken> {
    if let Some(new) = &asked.new
        && !CHANNELS.contains(&new.channel.as_str())
    {
        return Err(Refusal::invalid("new.channel", format!("The channels are {}.", CHANNELS.join(", "))));
    }
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
            Ok(Json(Taken {
                id: taken.map(|written| conversation_id(written.conversation)),
                message_id: taken.map(|written| tagged('m', written.message)),
                seq: taken.map(|written| written.seq),
                taken: taken.is_some(),
            }))
        })
        .await
}

/// What a colleague does.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acting {
    #[schema(example = "c-1001")]
    conversation: String,
    /// A handle.
    #[schema(example = "jonas@brindlewick.example")]
    by: String,
    change: Option<Change>,
    #[schema(example = "I take this one.")]
    reply: Option<String>,
    #[schema(example = "Mine.")]
    note: Option<String>,
    #[serde(default)]
    delete: bool,
}

/// A colleague acts
///
/// `change` as in bulk, `reply`, `note` and `delete`, each optional, in the order reply, note, change, delete.
#[utoipa::path(post, path = "/api/_simulate/change", tag = "Simulation", request_body = Acting,
    responses((status = 200, body = Changed), Always, Finds, Takes))]
pub(super) async fn change(State(desk): State<Shared>, Body(asked): Body<Acting>) -> Answer<Changed> {
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
                db::add_note(tx, &head()?, text, &[], None, &by, now)?;
            }
            if let Some(change) = &asked.change {
                check_change(tx, change)??;
                apply_change(tx, &asked.conversation, change, Some(&by), now)?;
            }
            let head = head()?;
            let seq = if asked.delete { db::delete(tx, &head, Some(&by.handle), now)? } else { head.seq };
            Ok(Json(Changed { id: asked.conversation, seq }))
        })
        .await
}

/// Which faults.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    /// As for `--faults`; empty: none.
    #[schema(example = "latency=50,cut=0.1")]
    spec: String,
}

/// Nothing more to say.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {}

/// Set the faults
///
/// From now on these and no others.
#[utoipa::path(post, path = "/api/_simulate/faults", tag = "Simulation", request_body = Failing,
    responses((status = 200, body = Done), Always, Takes))]
pub(super) async fn faults(State(desk): State<Shared>, Body(asked): Body<Failing>) -> Answer<Done> {
    let spec: FaultSpec =
        asked.spec.parse().map_err(|unknown: UnknownFault| Refusal::invalid("spec", format!("{unknown}")))?;
    desk.faults.replace(spec);
    Ok(Json(Done {}))
}

/// Which conversations, and for how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Busy {
    #[schema(example = json!(["c-1001"]))]
    ids: Vec<String>,
    /// So many writes.
    #[schema(example = 1, minimum = 0)]
    times: u32,
}

/// Make conversations busy
///
/// So many times, the next change of each or the next new reply to it is rejected with the reason `busy`, and nothing of it
/// is done.
#[utoipa::path(post, path = "/api/_simulate/busy", tag = "Simulation", request_body = Busy,
    responses((status = 200, body = Done), Always, Takes))]
pub(super) async fn busy(State(desk): State<Shared>, Body(asked): Body<Busy>) -> Answer<Done> {
    desk.faults.make_busy(asked.ids, asked.times);
    Ok(Json(Done {}))
}

/// How far a message came.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivering {
    #[schema(example = "m-2")]
    message: String,
    /// `queued`, `sent`, `delivered`, `read`, `failed` or `bounced`.
    #[schema(example = "delivered")]
    state: String,
    #[schema(example = json!(null))]
    reason: Option<String>,
}

/// What is different now.
#[derive(Serialize, ToSchema)]
pub(super) struct Delivered {
    changed: bool,
    seq: Option<i64>,
}

/// Say how far an outgoing message came
///
/// Forward only. What failed or bounced says so on the thread; after a bounce nothing arrives at that address any more.
#[utoipa::path(post, path = "/api/_simulate/delivery", tag = "Simulation", request_body = Delivering,
    responses((status = 200, body = Delivered), Always, Finds, Takes))]
pub(super) async fn delivery(State(desk): State<Shared>, Body(asked): Body<Delivering>) -> Answer<Delivered> {
    if !db::STATES.contains(&asked.state.as_str()) {
        return Err(Refusal::invalid("state", format!("The states are {}.", db::STATES.join(", "))));
    }
    let now = desk.clock.now();
    desk.db
        .write(move |tx| {
            let message = parse('m', &asked.message).ok_or_else(|| Refusal::not_found("message"))?;
            let seq = db::deliver(tx, message, &asked.state, asked.reason.as_deref(), now)?;
            Ok(Json(Delivered { changed: seq.is_some(), seq }))
        })
        .await
}

/// Whose key, and of which role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// A handle.
    #[schema(example = "jonas@brindlewick.example")]
    agent: String,
    /// `agent`, `trainee`, `light` or `viewer`.
    #[schema(example = "light")]
    role: String,
}

/// The key.
#[derive(Serialize, ToSchema)]
pub(super) struct Key {
    key: String,
}

/// Make a key for a colleague
#[utoipa::path(post, path = "/api/_simulate/key", tag = "Simulation", request_body = NewKey,
    responses((status = 200, body = Key), Always, Finds, Takes))]
pub(super) async fn key(State(desk): State<Shared>, Body(asked): Body<NewKey>) -> Answer<Key> {
    if !ROLES.contains(&asked.role.as_str()) {
        return Err(Refusal::invalid("role", format!("The roles are {}.", ROLES.join(", "))));
    }
    let key = format!("desk_{}_{}", asked.role, new_secret(16)?);
    let made = {
        let key = key.clone();
        desk.db.write(move |tx| Ok::<_, Refusal>(db::new_key(tx, &key, &asked.agent, &asked.role)?)).await?
    };
    let made = made.ok_or_else(|| Refusal::not_found("agent"))?;
    desk.add_key(made);
    Ok(Json(Key { key }))
}
