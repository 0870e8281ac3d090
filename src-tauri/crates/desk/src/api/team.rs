//! Following and notes.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;

use super::answer::{Answer, Body};
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::db::{self, Noted, Outcome, head_of, parse};

#[derive(Deserialize)]
pub(super) struct Following {
    on: bool,
}

pub(super) async fn follow(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(asked): Body<Following>,
) -> Answer<Outcome> {
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = parse('c', &id).map(|id| head_of(tx, id)).transpose()?.flatten();
            let head = head.ok_or_else(|| Refusal::not_found("conversation"))?;
            Ok(Json(db::follow(tx, &head, asked.on, &by, now)?))
        })
        .await
}

#[derive(Deserialize)]
pub(super) struct Note {
    text: String,
    client_ref: Option<String>,
}

pub(super) async fn note(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(asked): Body<Note>,
) -> Answer<Noted> {
    if !caller.is_agent() {
        return Err(Refusal::not_permitted("write notes"));
    }
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = parse('c', &id).map(|id| head_of(tx, id)).transpose()?.flatten();
            let head = head.ok_or_else(|| Refusal::not_found("conversation"))?;
            Ok(Json(db::add_note(tx, &head, &asked.text, asked.client_ref.as_deref(), &by, now)?))
        })
        .await
}
