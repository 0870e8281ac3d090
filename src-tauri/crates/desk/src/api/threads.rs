//! Threads and their files.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use serde::Serialize;

use super::Shared;
use super::answer::Answer;
use super::refusal::Refusal;
use crate::db::{self, Message, Row, messages_of, parse, row_of};

#[derive(Serialize)]
pub(super) struct Thread {
    conversation: Row,
    messages: Vec<Message>,
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
            let row = parse('c', &id).map(|id| row_of(tx, id, now)).transpose()?.flatten();
            let conversation = row.ok_or_else(|| Refusal::not_found("conversation"))?;
            let messages = messages_of(tx, conversation.number, after)?;
            Ok(Json(Thread { conversation, messages }))
        })
        .await
}

/// The bytes of a file.
pub(super) async fn attachment(
    State(desk): State<Shared>,
    Path(id): Path<String>,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>), Refusal> {
    desk.db
        .read(move |tx| {
            let found = parse('f', &id).map(|id| db::attachment(tx, id)).transpose()?.flatten();
            let (name, mime, bytes) = found.ok_or_else(|| Refusal::not_found("file"))?;
            let mime = HeaderValue::from_str(&mime)
                .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
            let disposition =
                HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", escaped(&name)))
                    .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
            Ok(([(CONTENT_TYPE, mime), (CONTENT_DISPOSITION, disposition)], bytes))
        })
        .await
}

/// As RFC 8187 wants names.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
