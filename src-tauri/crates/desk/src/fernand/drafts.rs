//! Drafts, for a colleague or for oneself.

use axum::extract::State;
use axum::{Extension, Json};
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::{Answer, Body, Path, Refusal};
use super::{Caller, Shared, rows};
use crate::db::actor_of;

const TITLE_CHARS: usize = 250;

#[derive(Deserialize)]
pub(super) struct Asked {
    content: Value,
    author_id: Option<i64>,
    author_email: Option<String>,
    target_id: Option<i64>,
    target_email: Option<String>,
    title: Option<String>,
}

pub(super) async fn create(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<Asked>,
) -> Answer<Value> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.draft"));
    }
    if asked.content["content"].as_str().is_none() {
        return Err(Refusal::bad("content.content is missing"));
    }
    if asked.title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARS) {
        return Err(Refusal::bad(format!("title has at most {TITLE_CHARS} characters")));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            rows::one(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            let agent = |id: Option<i64>, email: Option<&str>| -> Result<Option<i64>, Refusal> {
                let named = match (id, email) {
                    (Some(id), _) => rows::agent(tx, id)?,
                    (None, Some(email)) => actor_of(tx, email)?,
                    (None, None) => return Ok(None),
                };
                let named = named.ok_or_else(|| Refusal::not_found("Agent"))?;
                Ok(rows::agent_id(tx, &named.handle)?)
            };
            let author = match agent(asked.author_id, asked.author_email.as_deref())? {
                Some(author) => Some(author),
                None => rows::agent_id(tx, &by.handle)?,
            };
            let target = agent(asked.target_id, asked.target_email.as_deref())?;
            let title = asked.title.unwrap_or_default();
            tx.execute(
                "INSERT INTO fernand_drafts (conversation_id, author_id, target_id, title, content, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![id, author, target, title, asked.content.to_string(), now],
            )?;
            Ok(Json(json!({
                "id": tx.last_insert_rowid(), "created": now, "last_updated": now, "conversation_id": id,
                "title": title, "content": asked.content, "author_id": author, "target_id": target,
            })))
        })
        .await
}
