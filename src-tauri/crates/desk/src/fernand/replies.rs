//! What agents write: replies to the customer, and notes.

use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::entries::{self, Entry, number};
use super::refusal::{Answer, Body, Path, Refusal};
use super::{Caller, Shared, html, rows};
use crate::clock::Millis;
use crate::db::{
    self, Actor, Change, NewReply, Riding, Verdict, actor_of, apply_change, conversation_id, head_of,
    send_reply,
};

/// Bytes of a note.
const NOTE_BYTES: usize = 8 << 20;

#[derive(Deserialize)]
struct File {
    name: String,
    #[serde(rename = "type", default)]
    mime: String,
    content: String,
}

#[derive(Deserialize)]
struct Step {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    content: String,
    #[serde(default)]
    attachments: Vec<File>,
    #[serde(default)]
    actions: Vec<Step>,
    agent_id: Option<i64>,
    agent_email: Option<String>,
    generated_id: Option<String>,
}

pub(super) async fn reply(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<Asked>,
) -> Answer<Entry> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.reply"));
    }
    let mut files = Vec::with_capacity(asked.attachments.len());
    for file in asked.attachments {
        let bytes = BASE64
            .decode(&file.content)
            .map_err(|_| Refusal::bad(format!("The content of {} is not Base64", file.name)))?;
        files.push((file.name, file.mime, bytes));
    }
    let name = conversation_id(id);
    let busy = fernand.desk.faults.take_busy([name.as_str()].into_iter());
    let (me, now, spec) = (caller.actor(), fernand.desk.clock.now(), fernand.spec.clone());
    fernand
        .desk
        .db
        .write(move |tx| {
            head_of(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            let by = author(tx, asked.agent_id, asked.agent_email.as_deref())?.unwrap_or(me);
            let mut uploads = Vec::with_capacity(files.len());
            for (name, mime, bytes) in &files {
                uploads.push(db::upload(tx, name, mime, bytes)?.id);
            }
            let text = html::to_text(&asked.content);
            let reply = NewReply {
                id: &name,
                text: &text,
                client_ref: asked.generated_id.as_deref(),
                files: &uploads,
                templated: false,
            };
            let riding = Riding { busy, ..Riding::default() };
            let sent = send_reply(tx, &reply, &riding, &by, now)?;
            let message = match (sent.outcome, sent.message_id.as_deref().and_then(number), sent.reason) {
                (Verdict::Applied, Some(message), _) => message,
                (_, _, Some(reason)) => return Err(reason.into()),
                _ => return Err(Refusal::bad("The reply was not sent")),
            };
            tx.execute("UPDATE messages SET html = ?2 WHERE id = ?1", params![message, asked.content])?;
            if asked.actions.iter().any(|step| step.name == "status.close") {
                let done = Change { status: Some("done".to_owned()), ..Change::default() };
                apply_change(tx, &name, &done, Some(&by), now)?;
            }
            entries::one(tx, message, &spec)?.map(Json).ok_or_else(|| Refusal::not_found("Message"))
        })
        .await
}

/// In whose name it is written; none: in the caller's own.
fn author(tx: &Connection, id: Option<i64>, email: Option<&str>) -> Result<Option<Actor>, Refusal> {
    let named = match (id, email) {
        (Some(id), _) => rows::agent(tx, id)?,
        (None, Some(email)) => actor_of(tx, email)?,
        (None, None) => return Ok(None),
    };
    named.map(Some).ok_or_else(|| Refusal::not_found("Agent"))
}

/// On the wire.
#[derive(Serialize)]
pub(super) struct Note {
    id: String,
    conversation_id: i64,
    message: String,
    created: Millis,
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Millis,
    agent_id: Option<i64>,
    actions: [String; 0],
    edited_at: Option<Millis>,
}

#[derive(Deserialize)]
pub(super) struct NewNote {
    content: String,
    #[serde(default)]
    mentions: Vec<String>,
    generated_id: Option<String>,
}

pub(super) async fn note(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<NewNote>,
) -> Answer<Note> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.note"));
    }
    if asked.content.len() > NOTE_BYTES {
        return Err(Refusal::bad("A note has at most 8 MB"));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let head = head_of(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            let text = with_mentions(tx, html::to_text(&asked.content), &asked.mentions)?;
            // A repeated `generated_id` is not looked at: nobody says that it is.
            let noted = db::add_note(tx, &head, &text, &[], None, &by, now)?;
            if let Some(reason) = noted.reason {
                return Err(reason.into());
            }
            let note = noted.message_id.as_deref().and_then(number);
            let note = note.ok_or_else(|| Refusal::not_found("Note"))?;
            tx.execute(
                "UPDATE messages SET html = ?2, client_ref = ?3 WHERE id = ?1",
                params![note, asked.content, asked.generated_id],
            )?;
            Ok(Json(note_of(tx, note, None)?.ok_or_else(|| Refusal::not_found("Note"))?))
        })
        .await
}

/// Mentions are kept in the text, which is where the desk looks for them.
fn with_mentions(tx: &Connection, mut text: String, mentions: &[String]) -> Result<String, Refusal> {
    let mut named = Vec::new();
    for mention in mentions {
        let handle = match mention.parse() {
            Ok(id) => rows::agent(tx, id)?.ok_or_else(|| Refusal::not_found("Agent"))?.handle,
            Err(_) if mention == "everyone" => mention.clone(),
            Err(_) => return Err(Refusal::bad(format!("Unknown mention {mention}"))),
        };
        if !text.contains(&format!("@{handle}")) {
            named.push(format!("@{handle}"));
        }
    }
    if !named.is_empty() {
        text = format!("{} {text}", named.join(" "));
    }
    Ok(text)
}

fn note_of(tx: &Connection, id: i64, edited_at: Option<Millis>) -> rusqlite::Result<Option<Note>> {
    tx.prepare_cached(
        "SELECT m.conversation_id, COALESCE(m.html, m.text), m.at, m.author_handle FROM messages m
          WHERE m.id = ?1 AND m.kind = 'note'",
    )?
    .query_row([id], |row| {
        let handle: Option<String> = row.get(3)?;
        let agent_id = handle.map(|handle| rows::agent_id(tx, &handle)).transpose()?.flatten();
        let at = row.get(2)?;
        Ok(Note {
            id: format!("n-{id}"),
            conversation_id: row.get(0)?,
            message: row.get(1)?,
            created: at,
            kind: "NOTE",
            timestamp: at,
            agent_id,
            actions: [],
            edited_at,
        })
    })
    .optional()
}

#[derive(Deserialize)]
pub(super) struct EditedNote {
    content: String,
}

/// Only its author edits a note.
pub(super) async fn edit_note(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path((id, note)): Path<(i64, String)>,
    Body(asked): Body<EditedNote>,
) -> Answer<Note> {
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let found = number(&note).map(|note| note_of(tx, note, Some(now))).transpose()?.flatten();
            let found = found.filter(|found| found.conversation_id == id);
            let found = found.ok_or_else(|| Refusal::not_found("Note"))?;
            if found.agent_id.is_none() || found.agent_id != rows::agent_id(tx, &by.handle)? {
                return Err(Refusal::permission("note.update"));
            }
            let text = html::to_text(&asked.content);
            tx.execute(
                "UPDATE messages SET html = ?2, text = ?3 WHERE id = ?1",
                params![number(&note), asked.content, text],
            )?;
            db::touch(tx, id, "note", None, Some(&by.handle), now)?;
            Ok(Json(Note { message: asked.content, ..found }))
        })
        .await
}
