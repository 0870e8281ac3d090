//! A text to the agent instead of a customer, to see how it reads.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{Answer, Body};
use super::contract::{Always, Finds, Permits, Takes};
use super::refusal::Refusal;
use super::{Caller, May, Shared};
use crate::db::{self, Tested};

/// A text to try.
#[derive(Deserialize, ToSchema)]
pub(super) struct TestMessage {
    #[schema(example = "Test: payments are back")]
    subject: String,
    #[schema(example = "Dear Marta, …")]
    text: String,
}

/// Send a text to myself
///
/// To the agent whose key it is instead of a customer: a conversation with the agent's own address, tagged `test` and
/// assigned to the agent.
#[utoipa::path(post, path = "/api/test-message", tag = "Bulk", request_body = TestMessage,
    responses((status = 200, body = Tested), Always, Permits, Finds, Takes))]
pub(super) async fn send(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<TestMessage>,
) -> Answer<Tested> {
    caller.must(May::Reply)?;
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
