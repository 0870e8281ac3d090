//! What belongs to the caller: drafts, read marks, saved views.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Body, Named};
use super::contract::{Always, Asks, Finds, Permits, Takes};
use super::refusal::Refusal;
use super::{Caller, May, Shared, found};
use crate::clock::Millis;
use crate::db::{self, Draft, NewView, ReadMark, View, parse};

/// A view's name, and its query, in characters.
const NAME: usize = 100;
const QUERY: usize = 2_000;

/// A text that is not sent yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Begun {
    /// Empty: the draft goes away.
    #[schema(example = "Dear Marta, I have looked at")]
    text: String,
    /// `updated` of the draft that this text goes on from; another one is not written over (409 `draft_changed`).
    /// Absent: whatever is there is written over.
    base: Option<Millis>,
}

/// The caller's draft in a conversation, if there is one.
#[derive(Serialize, ToSchema)]
pub(super) struct MaybeDraft {
    draft: Option<Draft>,
}

/// All of the caller's drafts.
#[derive(Serialize, ToSchema)]
pub(super) struct Drafts {
    drafts: Vec<Draft>,
}

/// My drafts
#[utoipa::path(get, path = "/api/drafts", tag = "Mine", responses((status = 200, body = Drafts), Always))]
pub(super) async fn drafts(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
) -> Answer<Drafts> {
    let me = caller.actor().handle;
    desk.db.read(move |tx| Ok(Json(Drafts { drafts: db::drafts_of(tx, &me)? }))).await
}

/// My draft in a conversation
#[utoipa::path(get, path = "/api/conversations/{id}/draft", tag = "Mine",
    params(("id" = String, Path, example = "c-1001")), responses((status = 200, body = MaybeDraft), Always, Finds))]
pub(super) async fn draft(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Answer<MaybeDraft> {
    let me = caller.actor().handle;
    desk.db
        .read(move |tx| {
            let id = found::conversation(tx, &id)?.id;
            Ok(Json(MaybeDraft { draft: db::draft_of(tx, id, &me)? }))
        })
        .await
}

/// Keep my draft in a conversation
///
/// One per agent and conversation. It is not a change of the conversation; colleagues do not see it.
#[utoipa::path(put, path = "/api/conversations/{id}/draft", tag = "Mine",
    params(("id" = String, Path, example = "c-1001")), request_body = Begun,
    responses((status = 200, body = MaybeDraft),
        (status = 409, description = "`draft_changed`: it was changed elsewhere since", body = super::refusal::Refused),
        Always, Permits, Finds, Takes))]
pub(super) async fn keep_draft(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Begun>,
) -> Answer<MaybeDraft> {
    caller.must(May::Draft)?;
    let (me, now) = (caller.actor().handle, desk.clock.now());
    desk.db
        .write(move |tx| {
            let id = found::conversation(tx, &id)?.id;
            let before = db::draft_of(tx, id, &me)?.map(|draft| draft.updated);
            if asked.base.is_some_and(|base| before != Some(base)) {
                return Err(Refusal::conflict("draft_changed", "The draft was changed elsewhere since."));
            }
            // Two versions of one millisecond are told apart all the same.
            let now = before.map_or(now, |before| now.max(before.plus(1)));
            db::keep_draft(tx, id, &me, &asked.text, now)?;
            Ok(Json(MaybeDraft { draft: db::draft_of(tx, id, &me)? }))
        })
        .await
}

/// Up to where the caller has read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reading {
    /// The last message that was read; `null`: the conversation is unread again.
    #[schema(example = "m-1")]
    message: Option<String>,
}

/// The caller's mark, if there is one.
#[derive(Serialize, ToSchema)]
pub(super) struct MaybeMark {
    read: Option<ReadMark>,
}

/// The caller's read marks.
#[derive(Serialize, ToSchema)]
pub(super) struct ReadMarks {
    marks: Vec<ReadMark>,
}

/// Mark a conversation as read
///
/// Each agent has their own mark; it is no change of the conversation.
#[utoipa::path(put, path = "/api/conversations/{id}/read", tag = "Mine",
    params(("id" = String, Path, example = "c-1001")), request_body = Reading,
    responses((status = 200, body = MaybeMark), Always, Finds, Takes))]
pub(super) async fn read(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Reading>,
) -> Answer<MaybeMark> {
    let (me, now) = (caller.actor().handle, desk.clock.now());
    desk.db
        .write(move |tx| {
            let id = found::conversation(tx, &id)?.id;
            let message = match &asked.message {
                Some(message) => Some(
                    parse('m', message).ok_or_else(|| Refusal::invalid("message", "This is no message."))?,
                ),
                None => None,
            };
            if !db::mark_read(tx, id, &me, message, now)? {
                return Err(Refusal::invalid("message", "This message does not stand in this conversation."));
            }
            Ok(Json(MaybeMark { read: db::mark_of(tx, id, &me)? }))
        })
        .await
}

/// Since when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Only marks that were made then or later.
    since: Option<Millis>,
}

/// My read marks
///
/// The newest 1,000.
#[utoipa::path(get, path = "/api/read-marks", tag = "Mine", params(Since),
    responses((status = 200, body = ReadMarks), Always, Asks))]
pub(super) async fn marks(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    asked: Result<Query<Since>, QueryRejection>,
) -> Answer<ReadMarks> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("since", err.body_text()))?;
    let me = caller.actor().handle;
    desk.db.read(move |tx| Ok(Json(ReadMarks { marks: db::marks_of(tx, &me, asked.since)? }))).await
}

/// A query with a name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Viewed {
    #[schema(example = "Waiting for billing")]
    name: String,
    /// In the client's own language; the desk only keeps it.
    #[schema(example = "is:active team:billing engaged:no sort:waiting")]
    query: String,
    /// Whether colleagues see it too.
    #[serde(default)]
    shared: bool,
}

impl Viewed {
    fn checked(self) -> Result<NewView, Refusal> {
        found::between_one_and(NAME, "name", &self.name)?;
        if self.query.chars().count() > QUERY {
            return Err(Refusal::invalid("query", format!("A query has at most {QUERY} characters.")));
        }
        Ok(NewView { name: self.name, query: self.query, shared: self.shared })
    }
}

/// Saved views.
#[derive(Serialize, ToSchema)]
pub(super) struct Views {
    views: Vec<View>,
}

/// Saved views: mine, and those that colleagues share
#[utoipa::path(get, path = "/api/views", tag = "Mine", responses((status = 200, body = Views), Always))]
pub(super) async fn views(State(desk): State<Shared>, Extension(caller): Extension<Caller>) -> Answer<Views> {
    let me = caller.actor().handle;
    desk.db.read(move |tx| Ok(Json(Views { views: db::views_for(tx, &me)? }))).await
}

/// Save a view
#[utoipa::path(post, path = "/api/views", tag = "Mine", request_body = Viewed,
    responses((status = 200, body = Views), Always, Permits, Takes))]
pub(super) async fn save_view(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Viewed>,
) -> Answer<Views> {
    caller.must(May::View)?;
    let (me, view) = (caller.actor().handle, asked.checked()?);
    desk.db
        .write(move |tx| {
            db::save_view(tx, &view, &me)?;
            Ok(Json(Views { views: db::views_for(tx, &me)? }))
        })
        .await
}

/// Change a view of mine
#[utoipa::path(put, path = "/api/views/{id}", tag = "Mine", params(("id" = String, Path, example = "v-1")),
    request_body = Viewed, responses((status = 200, body = Views), Always, Permits, Finds, Takes))]
pub(super) async fn change_view(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Viewed>,
) -> Answer<Views> {
    caller.must(May::View)?;
    set_view(&desk, caller.actor().handle, id, Some(asked.checked()?)).await
}

/// Take a view of mine away
#[utoipa::path(delete, path = "/api/views/{id}", tag = "Mine", params(("id" = String, Path, example = "v-1")),
    responses((status = 200, body = Views), Always, Permits, Finds))]
pub(super) async fn drop_view(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Answer<Views> {
    caller.must(May::View)?;
    set_view(&desk, caller.actor().handle, id, None).await
}

async fn set_view(desk: &Shared, me: String, id: String, view: Option<NewView>) -> Answer<Views> {
    desk.db
        .write(move |tx| {
            if !db::change_view(tx, &id, &me, view.as_ref())? {
                return Err(Refusal::not_found("view of yours"));
            }
            Ok(Json(Views { views: db::views_for(tx, &me)? }))
        })
        .await
}
