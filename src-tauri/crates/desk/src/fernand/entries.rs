//! The timeline of a conversation: messages, notes and events, newest first.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::refusal::{Answer, Path, Query, Refusal};
use super::{Caller, FernandSpec, Shared, html, rows};
use crate::clock::Millis;
use crate::db::{self, conversation_id, head_of};

/// Entries in one page. The product names no number.
const PAGE: i64 = 50;

#[derive(Debug, Serialize)]
struct File {
    id: i64,
    name: String,
    url: String,
    #[serde(rename = "type")]
    mime: String,
    size: i64,
    uuid: String,
}

#[derive(Debug, Serialize)]
struct LastEvent {
    event: String,
    received_at: Millis,
    error_code: Option<String>,
    reason: Option<String>,
}

/// On the wire.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    id: String,
    conversation_id: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    pub(super) timestamp: Millis,
    way: &'static str,
    status: &'static str,
    source: String,
    download_url: Option<String>,
    agent_id: Option<i64>,
    contact_id: Option<i64>,
    message: String,
    attachments: Vec<File>,
    delay: Option<i64>,
    unsubscribe_url: Option<String>,
    last_event: Option<LastEvent>,
    actions: [String; 0],
    language: Option<String>,
    is_read: bool,
    is_automated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
}

/// The row that an entry's id names: `m-12`, `n-12`, `e-12`, or the number alone.
pub(super) fn number(id: &str) -> Option<i64> {
    id.trim_start_matches(['m', 'n', 'e']).trim_start_matches('-').parse().ok()
}

const SELECT: &str = "
    SELECT m.id, m.at, m.kind, m.side, m.author_handle, m.text, m.html, m.client_ref, m.delivery, m.delivery_reason,
           c.id, c.contact_id, c.channel, (SELECT a.id FROM agents a WHERE a.handle = m.author_handle)
      FROM messages m JOIN conversations c ON c.id = m.conversation_id ";

pub(super) async fn list(
    State(fernand): State<Shared>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Answer<Vec<Entry>> {
    let before = match asked.before.filter(|before| !before.is_empty()) {
        Some(before) => Some(number(&before).ok_or_else(|| Refusal::bad("Unknown entry in before"))?),
        None => None,
    };
    let spec = fernand.spec.clone();
    fernand
        .desk
        .db
        .read(move |tx| {
            rows::one(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            let statement = format!(
                "{SELECT} WHERE m.conversation_id = ?1
                   AND (?2 IS NULL OR (m.at, m.id) < (SELECT at, id FROM messages WHERE id = ?2))
                 ORDER BY m.at DESC, m.id DESC LIMIT ?3"
            );
            let entries = tx
                .prepare_cached(&statement)?
                .query_map(params![id, before, PAGE], |row| read(tx, row, &spec))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Json(entries))
        })
        .await
}

/// One entry.
pub(super) fn one(tx: &Connection, id: i64, spec: &FernandSpec) -> rusqlite::Result<Option<Entry>> {
    tx.prepare_cached(&format!("{SELECT} WHERE m.id = ?1"))?
        .query_row([id], |row| read(tx, row, spec))
        .optional()
}

fn read(tx: &Connection, row: &Row<'_>, spec: &FernandSpec) -> rusqlite::Result<Entry> {
    let (id, at): (i64, Millis) = (row.get(0)?, row.get(1)?);
    let (kind, side): (String, String) = (row.get(2)?, row.get(3)?);
    let (kind, letter) = match kind.as_str() {
        "note" => ("NOTE", 'n'),
        "event" => ("EVENT", 'e'),
        _ => ("MESSAGE", 'm'),
    };
    let text: String = row.get(5)?;
    let written: Option<String> = row.get(6)?;
    let channel: String = row.get(12)?;
    let delivery: Option<String> = row.get(8)?;
    let reason: Option<String> = row.get(9)?;
    let (is_in, conversation, contact): (bool, i64, i64) = (side == "customer", row.get(10)?, row.get(11)?);
    Ok(Entry {
        id: format!("{letter}-{id}"),
        conversation_id: conversation,
        kind,
        timestamp: at,
        way: if is_in { "IN" } else { "OUT" },
        status: if is_in { "RECEIVED" } else { "SENT" },
        source: channel.to_uppercase(),
        download_url: None,
        agent_id: row.get(13)?,
        contact_id: is_in.then_some(contact),
        message: written.unwrap_or_else(|| html::from_text(&text)),
        attachments: files(tx, id)?,
        delay: None,
        unsubscribe_url: None,
        last_event: delivery.map(|delivery| LastEvent {
            event: delivery.to_uppercase(),
            received_at: at,
            error_code: None,
            reason,
        }),
        actions: [],
        language: None,
        is_read: true,
        is_automated: side == "system",
        generated_id: if spec.generated_id { row.get(7)? } else { None },
    })
}

fn files(tx: &Connection, message: i64) -> rusqlite::Result<Vec<File>> {
    tx.prepare_cached(
        "SELECT a.id, a.name, a.mime, length(f.bytes) FROM attachments a JOIN files f ON f.id = a.file_id
          WHERE a.message_id = ?1 ORDER BY a.id",
    )?
    .query_map([message], |row| {
        let id: i64 = row.get(0)?;
        Ok(File {
            id,
            name: row.get(1)?,
            url: format!("/api/attachments/f-{id}"),
            mime: row.get(2)?,
            size: row.get(3)?,
            uuid: format!("00000000-0000-4000-8000-{id:012}"),
        })
    })?
    .collect()
}

/// For good; a conversation without entries goes with its last.
pub(super) async fn remove(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path((id, entry)): Path<(i64, String)>,
) -> Result<StatusCode, Refusal> {
    if !caller.is_agent() {
        return Err(Refusal::permission("message.delete"));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let head = head_of(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            let entry = number(&entry).ok_or_else(|| Refusal::not_found("Message"))?;
            tx.execute("DELETE FROM receipts WHERE message_id = ?1", [entry])?;
            tx.execute("DELETE FROM attachments WHERE message_id = ?1", [entry])?;
            if tx.execute("DELETE FROM messages WHERE id = ?1 AND conversation_id = ?2", [entry, id])? == 0 {
                return Err(Refusal::not_found("Message"));
            }
            let left: i64 =
                tx.query_row("SELECT COUNT(*) FROM messages WHERE conversation_id = ?1", [id], |row| {
                    row.get(0)
                })?;
            if left == 0 {
                db::delete(tx, &head, Some(&by.handle), now)?;
            } else {
                db::touch(tx, id, "event", None, Some(&by.handle), now)?;
            }
            tracing::debug!(conversation = conversation_id(id), "an entry was deleted");
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
