//! Files: those on messages to be fetched, new ones to be taken for replies.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::{Extension, Json};
use serde::Deserialize;

use super::answer::Answer;
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::db::{self, Attachment, parse};

#[derive(Deserialize)]
pub(super) struct Asked {
    name: String,
}

/// Takes the bytes of a file, its media type from the head, its name from the query.
pub(super) async fn upload(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Answer<Attachment> {
    if !caller.is_agent() {
        return Err(Refusal::not_permitted("attach files"));
    }
    let Query(asked) = asked.map_err(|err| Refusal::invalid("name", err.body_text()))?;
    if asked.name.trim().is_empty() {
        return Err(Refusal::invalid("name", "A file has a name."));
    }
    let bytes = bytes?;
    let mime = headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let mime = mime.filter(|mime| mime.contains('/')).unwrap_or("application/octet-stream").to_owned();
    desk.db.write(move |tx| Ok(Json(db::upload(tx, &asked.name, &mime, &bytes)?))).await
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
