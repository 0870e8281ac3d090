//! Files: those on messages to be fetched, new ones to be taken for replies.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Answer, Named};
use super::contract::{Always, Finds, Permits, Takes};
use super::refusal::Refusal;
use super::{Caller, May, Shared};
use crate::db::{self, Attachment, parse};

/// What the file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FileName {
    #[param(example = "statement-20-may.png")]
    name: String,
}

/// Take a file for replies to name
///
/// The body is its bytes, at most 25 MiB, `Content-Type` its media type. The same bytes under the same name are the same
/// file: uploading them again gives the same id.
#[utoipa::path(post, path = "/api/attachments", tag = "Files", params(FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Attachment), Always, Permits, Takes))]
pub(super) async fn upload(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Result<Query<FileName>, QueryRejection>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Answer<Attachment> {
    caller.must(May::Reply)?;
    let Query(asked) = asked.map_err(|err| Refusal::invalid("name", err.body_text()))?;
    if asked.name.trim().is_empty() {
        return Err(Refusal::invalid("name", "A file has a name."));
    }
    let bytes = bytes?;
    let mime = headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let mime = mime.filter(|mime| mime.contains('/')).unwrap_or("application/octet-stream").to_owned();
    desk.db.write(move |tx| Ok(Json(db::upload(tx, &asked.name, &mime, &bytes)?))).await
}

/// The bytes of a file
#[utoipa::path(get, path = "/api/attachments/{id}", tag = "Files", params(("id" = String, Path, example = "f-1")),
    responses((status = 200, description = "With its own media type.", body = Vec<u8>, content_type = "*/*"), Always, Finds))]
pub(super) async fn attachment(
    State(desk): State<Shared>,
    Named(id): Named,
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
