//! Following and notes.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{Answer, Body, Named};
use super::contract::{Always, Finds, Permits, Takes};
use super::found::conversation;
use super::{Caller, May, Shared};
use crate::db::{self, Noted, Outcome};

/// Whether to follow.
#[derive(Deserialize, ToSchema)]
pub(super) struct Following {
    on: bool,
}

/// Follow a conversation, or stop following
///
/// For whoever wants to hear of it without owning it. Every role may.
#[utoipa::path(post, path = "/api/conversations/{id}/follow", tag = "Team",
    params(("id" = String, Path, example = "c-1001")), request_body = Following,
    responses((status = 200, body = Outcome), Always, Finds, Takes))]
pub(super) async fn follow(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Following>,
) -> Answer<Outcome> {
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = conversation(tx, &id)?;
            Ok(Json(db::follow(tx, &head, asked.on, &by, now)?))
        })
        .await
}

/// A note.
#[derive(Deserialize, ToSchema)]
pub(super) struct Note {
    #[schema(example = "@Jonas the provider confirms the second capture.")]
    text: String,
    /// Deduplicates, as for replies.
    #[schema(example = json!(null))]
    client_ref: Option<String>,
    /// Ids of uploaded files. Whatever the channel carries: no customer gets them.
    #[serde(default)]
    #[schema(example = json!([]))]
    files: Vec<String>,
}

/// Write a note
///
/// Only the team sees it, and whose turn it is stays. `@` with a handle's beginning, a whole name, or a first name that only
/// one colleague has calls that colleague; with a team's name or handle it calls everybody in it: see `mentions` of the message. Reasons: `archived`, `merged`, `empty_text`,
/// `ref_reused`.
#[utoipa::path(post, path = "/api/conversations/{id}/notes", tag = "Team",
    params(("id" = String, Path, example = "c-1001")), request_body = Note,
    responses((status = 200, body = Noted), Always, Permits, Finds, Takes))]
pub(super) async fn note(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Note>,
) -> Answer<Noted> {
    caller.must(May::Note)?;
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = conversation(tx, &id)?;
            db::check_files(tx, asked.files.iter(), "files")??;
            let reference = asked.client_ref.as_deref();
            Ok(Json(db::add_note(tx, &head, &asked.text, &asked.files, reference, &by, now)?))
        })
        .await
}
