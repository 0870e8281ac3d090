//! What brings conversations together: merging, links, tickets.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Body, Named};
use super::contract::{Always, Asks, Finds, Permits, Takes};
use super::found::{between_one_and, conversation};
use super::refusal::Refusal;
use super::{Caller, May, Shared};
use crate::db::{self, Ticket, parse};

/// A ticket's title, in characters.
const TITLE: usize = 200;

/// What is merged into a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Merge {
    /// Conversations of the same contact; afterwards they are done and point here.
    #[schema(example = json!(["c-1002"]), max_items = 50)]
    secondaries: Vec<String>,
}

/// The conversation that holds everything now.
#[derive(Serialize, ToSchema)]
pub(super) struct Merged {
    #[schema(example = "c-1001")]
    id: String,
    #[schema(example = json!(["c-1002"]))]
    merged: Vec<String>,
    seq: i64,
}

/// Merge conversations of one contact
///
/// The one in the path stays; the others are merged into it. Messages stand in the order of their times, tags and
/// followers are those of all, an event says what was merged. The others become done with `merged_into` set; asking for
/// one of them gives the thread that it was merged into, and it takes no change. It cannot be taken back. All or nothing:
/// 422 with `other_contact`, `already_merged`, `archived` or `unknown_conversation` where one may not be merged.
#[utoipa::path(post, path = "/api/conversations/{id}/merge", tag = "Conversations",
    params(("id" = String, Path, example = "c-1001")), request_body = Merge,
    responses((status = 200, body = Merged), Always, Permits, Finds, Takes))]
pub(super) async fn merge(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Merge>,
) -> Answer<Merged> {
    caller.must(May::Merge)?;
    if asked.secondaries.len() > 50 {
        return Err(Refusal::too_many(50));
    }
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let primary = conversation(tx, &id)?;
            let secondaries = db::check_merge(tx, &primary, &asked.secondaries)??;
            let seq = db::merge(tx, &primary, &secondaries, &by, now)?;
            Ok(Json(Merged { id, merged: asked.secondaries, seq }))
        })
        .await
}

/// Another conversation to be linked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkTo {
    #[schema(example = "c-1003")]
    to: String,
    /// Whether they belong together from now on.
    on: bool,
}

/// The conversation's last change.
#[derive(Serialize, ToSchema)]
pub(super) struct Changed {
    pub(super) id: String,
    pub(super) seq: i64,
}

/// Link two conversations, or part them
///
/// For reference, in both directions. Repeating it changes nothing. A merged conversation stays linked to what it was
/// merged into.
#[utoipa::path(post, path = "/api/conversations/{id}/links", tag = "Conversations",
    params(("id" = String, Path, example = "c-1001")), request_body = LinkTo,
    responses((status = 200, body = Changed), Always, Permits, Finds, Takes))]
pub(super) async fn link(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<LinkTo>,
) -> Answer<Changed> {
    caller.must(May::Change)?;
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let (one, other) = (conversation(tx, &id)?, conversation(tx, &asked.to)?);
            if one.id == other.id {
                return Err(Refusal::invalid("to", "A conversation is not linked to itself."));
            }
            let seq = db::tie_conversations(tx, &one, &other, asked.on, &by, now)?;
            Ok(Json(Changed { id, seq }))
        })
        .await
}

/// A ticket to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTicket {
    #[schema(example = "Captures fail for cards of one bank")]
    title: String,
    #[serde(default)]
    description: String,
    /// Made from this conversation, and linked to it.
    #[schema(example = "c-1001")]
    conversation: Option<String>,
}

/// Tickets, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Tickets {
    tickets: Vec<Ticket>,
}

/// Which tickets.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichTickets {
    /// `open` or `closed`; absent: all.
    #[param(example = "open")]
    status: Option<String>,
}

/// Tickets
#[utoipa::path(get, path = "/api/tickets", tag = "Tickets", params(WhichTickets),
    responses((status = 200, body = Tickets), Always, Asks))]
pub(super) async fn tickets(
    State(desk): State<Shared>,
    asked: Result<Query<WhichTickets>, QueryRejection>,
) -> Answer<Tickets> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("query", err.body_text()))?;
    check_status(asked.status.as_deref())?;
    desk.db.read(move |tx| Ok(Json(Tickets { tickets: db::tickets(tx, asked.status.as_deref())? }))).await
}

fn check_status(status: Option<&str>) -> Result<(), Refusal> {
    match status {
        None | Some("open" | "closed") => Ok(()),
        Some(other) => Err(Refusal::invalid("status", format!("“{other}” is not open or closed."))),
    }
}

/// Make a ticket
///
/// For what needs more than a quick reply; from a conversation, which is then linked to it, or by itself.
#[utoipa::path(post, path = "/api/tickets", tag = "Tickets", request_body = NewTicket,
    responses((status = 200, body = Ticket), Always, Permits, Finds, Takes))]
pub(super) async fn new_ticket(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<NewTicket>,
) -> Answer<Ticket> {
    caller.must(May::Ticket)?;
    between_one_and(TITLE, "title", &asked.title)?;
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let of = asked.conversation.as_deref().map(|id| conversation(tx, id)).transpose()?;
            let ticket = db::new_ticket(tx, asked.title.trim(), &asked.description, &by, now)?;
            if let Some(head) = of {
                db::tie(tx, ticket, &head, true, &by, now)?;
            }
            let made = db::ticket_of(tx, &db::tagged('k', ticket))?;
            made.map(Json).ok_or_else(|| Refusal::not_found("ticket"))
        })
        .await
}

/// One ticket
#[utoipa::path(get, path = "/api/tickets/{id}", tag = "Tickets", params(("id" = String, Path, example = "k-1")),
    responses((status = 200, body = Ticket), Always, Finds))]
pub(super) async fn ticket(State(desk): State<Shared>, Named(id): Named) -> Answer<Ticket> {
    desk.db
        .read(move |tx| db::ticket_of(tx, &id)?.map(Json).ok_or_else(|| Refusal::not_found("ticket")))
        .await
}

/// What is different about a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketChange {
    title: Option<String>,
    /// `open` or `closed`.
    #[schema(example = "closed")]
    status: Option<String>,
}

/// Change a ticket
#[utoipa::path(patch, path = "/api/tickets/{id}", tag = "Tickets", params(("id" = String, Path, example = "k-1")),
    request_body = TicketChange, responses((status = 200, body = Ticket), Always, Permits, Finds, Takes))]
pub(super) async fn change_ticket(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<TicketChange>,
) -> Answer<Ticket> {
    caller.must(May::Ticket)?;
    check_status(asked.status.as_deref())?;
    asked.title.as_deref().map(|title| between_one_and(TITLE, "title", title)).transpose()?;
    let now = desk.clock.now();
    desk.db
        .write(move |tx| {
            db::change_ticket(tx, &id, asked.title.as_deref(), asked.status.as_deref(), now)?;
            db::ticket_of(tx, &id)?.map(Json).ok_or_else(|| Refusal::not_found("ticket"))
        })
        .await
}

/// Which ticket a conversation belongs to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketLink {
    #[schema(example = "k-1")]
    ticket: String,
    /// Whether it belongs to it from now on.
    on: bool,
}

/// Link a conversation to a ticket, or part them
#[utoipa::path(post, path = "/api/conversations/{id}/tickets", tag = "Tickets",
    params(("id" = String, Path, example = "c-1001")), request_body = TicketLink,
    responses((status = 200, body = Changed), Always, Permits, Finds, Takes))]
pub(super) async fn tie(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<TicketLink>,
) -> Answer<Changed> {
    caller.must(May::Ticket)?;
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = conversation(tx, &id)?;
            db::ticket_of(tx, &asked.ticket)?.ok_or_else(|| Refusal::not_found("ticket"))?;
            let number = parse('k', &asked.ticket).ok_or_else(|| Refusal::not_found("ticket"))?;
            let seq = db::tie(tx, number, &head, asked.on, &by, now)?.unwrap_or(head.seq);
            Ok(Json(Changed { id, seq }))
        })
        .await
}
