//! A text to the agent instead of a customer, to see how it reads.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;

use super::answer::{Answer, Body};
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::db::{self, Tested};

#[derive(Deserialize)]
pub(super) struct Asked {
    subject: String,
    text: String,
}

pub(super) async fn send(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Answer<Tested> {
    if !caller.is_agent() {
        return Err(Refusal::not_permitted("send a test message"));
    }
    if asked.text.trim().is_empty() {
        return Err(Refusal::invalid("text", "There is no text to send."));
    }
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let tested = db::test_message(tx, &asked.subject, &asked.text, &by, now)?;
            tested.map(Json).ok_or_else(|| Refusal::not_found("conversation"))
        })
        .await
}
