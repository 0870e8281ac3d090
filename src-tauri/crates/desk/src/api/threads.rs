//! Threads.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;

use super::Shared;
use super::answer::Answer;
use super::refusal::Refusal;
use crate::db::{Link, Message, Row, effective, links_of, messages_of, parse, row_of};

#[derive(Serialize)]
pub(super) struct Thread {
    conversation: Row,
    messages: Vec<Message>,
    /// Conversations that it has to do with.
    links: Vec<Link>,
}

pub(super) async fn thread(state: State<Shared>, id: Path<String>) -> Answer<Thread> {
    read(state, id, None).await
}

pub(super) async fn messages(
    state: State<Shared>,
    id: Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Thread> {
    let after = match query.as_deref().unwrap_or_default() {
        "" => None,
        query => {
            let message = query.strip_prefix("after=").and_then(|id| parse('m', id));
            Some(message.ok_or_else(|| Refusal::invalid("after", "This is no message."))?)
        }
    };
    read(state, id, after).await
}

async fn read(State(desk): State<Shared>, Path(id): Path<String>, after: Option<i64>) -> Answer<Thread> {
    let now = desk.clock.now();
    desk.db
        .read(move |tx| {
            let id = parse('c', &id).map(|id| effective(tx, id)).transpose()?;
            let row = id.map(|id| row_of(tx, id, now)).transpose()?.flatten();
            let conversation = row.ok_or_else(|| Refusal::not_found("conversation"))?;
            let messages = messages_of(tx, conversation.number, after)?;
            let links = links_of(tx, conversation.number)?;
            Ok(Json(Thread { conversation, messages, links }))
        })
        .await
}
