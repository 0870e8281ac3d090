//! One change on many conversations: atomic for each, and only what succeeded comes back.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::conversations::Changes;
use super::refusal::{Answer, Body, Refusal};
use super::{Caller, Shared, rows};
use crate::db::{Change, TAG_CHARS, Verdict, apply_change, conversation_id};

/// Conversations in one call. The product names no limit; this is the desk's own.
const MOST: usize = 500;

#[derive(Deserialize)]
pub(super) struct Asked {
    ids: Vec<i64>,
    #[serde(flatten)]
    changes: Changes,
    tag: Option<String>,
    untag: Option<String>,
    #[serde(default)]
    block: bool,
}

pub(super) async fn bulk(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Answer<Value> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.update"));
    }
    if asked.ids.len() > MOST {
        return Err(Refusal::bad(format!("At most {MOST} ids")));
    }
    if asked.tag.as_ref().is_some_and(|tag| tag.trim().is_empty() || tag.chars().count() > TAG_CHARS) {
        return Err(Refusal::bad(format!("tag has 1 to {TAG_CHARS} characters")));
    }
    if asked.block && asked.changes.status.as_deref() != Some("SPAM") {
        return Err(Refusal::bad("block only with status SPAM"));
    }
    let desk = &fernand.desk;
    let (by, now) = (caller.actor(), desk.clock.now());
    let names: Vec<String> = asked.ids.iter().map(|id| conversation_id(*id)).collect();
    let busy = desk.faults.take_busy(names.iter().map(String::as_str));
    desk.db
        .write(move |tx| {
            let change = Change {
                add_tags: asked.tag.into_iter().collect(),
                remove_tags: asked.untag.into_iter().collect(),
                block: asked.block,
                delete: asked.changes.status.as_deref() == Some("DELETE"),
                ..asked.changes.read(tx, now)?
            };
            let mut succeeded = Vec::with_capacity(names.len());
            for (id, name) in asked.ids.iter().zip(&names).filter(|(_, name)| !busy.contains(*name)) {
                // What is deleted shows a last time.
                let before = rows::one(tx, *id)?;
                if apply_change(tx, name, &change, Some(&by), now)?.outcome == Verdict::Applied {
                    succeeded.extend(if change.delete { before } else { rows::one(tx, *id)? });
                }
            }
            Ok(Json(json!({ "conversations": succeeded })))
        })
        .await
}
