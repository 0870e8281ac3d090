//! Threads.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Named};
use super::contract::{Always, Asks, Finds};
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::db::{
    self, Draft, Link, Message, ReadMark, Row, Ticket, effective, links_of, messages_of, parse, row_of,
};

/// A conversation with what hangs on it.
#[derive(Serialize, ToSchema)]
pub(super) struct Thread {
    /// Its id is the effective one: another than was asked for where that was merged into this one.
    conversation: Row,
    /// Oldest first.
    messages: Vec<Message>,
    /// Conversations that it has to do with.
    links: Vec<Link>,
    tickets: Vec<Ticket>,
    /// The caller's own.
    draft: Option<Draft>,
    /// The caller's own.
    read: Option<ReadMark>,
}

/// From where on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Only the messages after this one.
    #[param(example = "m-1")]
    after: Option<String>,
}

/// One conversation, with its whole thread
#[utoipa::path(get, path = "/api/conversations/{id}", tag = "Conversations",
    params(("id" = String, Path, example = "c-1001")), responses((status = 200, body = Thread), Always, Finds))]
pub(super) async fn thread(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Answer<Thread> {
    read(desk, caller, id, None).await
}

/// One conversation, with the newest part of its thread
#[utoipa::path(get, path = "/api/conversations/{id}/messages", tag = "Conversations",
    params(("id" = String, Path, example = "c-1001"), After),
    responses((status = 200, body = Thread), Always, Finds, Asks))]
pub(super) async fn messages(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    asked: Result<Query<After>, QueryRejection>,
) -> Answer<Thread> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("after", err.body_text()))?;
    let after =
        asked.after.map(|id| parse('m', &id).ok_or_else(|| Refusal::invalid("after", "This is no message.")));
    read(desk, caller, id, after.transpose()?).await
}

async fn read(desk: Shared, caller: Caller, id: String, after: Option<i64>) -> Answer<Thread> {
    let (me, now) = (caller.actor().handle, desk.clock.now());
    desk.db
        .read(move |tx| {
            let id = parse('c', &id).map(|id| effective(tx, id)).transpose()?;
            let row = id.map(|id| row_of(tx, id, now)).transpose()?.flatten();
            let conversation = row.ok_or_else(|| Refusal::not_found("conversation"))?;
            let id = conversation.number;
            Ok(Json(Thread {
                messages: messages_of(tx, id, after)?,
                links: links_of(tx, id)?,
                tickets: db::tickets_of(tx, id)?,
                draft: db::draft_of(tx, id, &me)?,
                read: db::mark_of(tx, id, &me)?,
                conversation,
            }))
        })
        .await
}
