//! Fernand's dialect, under `/fernand/…`: the calls of that product's public API that a client of conversations needs,
//! over the same state as `/api`.
//!
//! `X-API-Key` says who calls. A refusal is `{"error": "a sentence"}`. Reads and writes are counted apart, a minute of
//! the desk's clock each, and every answer says so in `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds);
//! there is no `Retry-After`. Of a bulk call only what succeeded comes back. A `generated_id` is taken and repeated
//! nothing is refused for it; whether entries show it is a setting, because nobody knows.

mod bulk;
mod contacts;
mod conversations;
mod directory;
mod drafts;
mod entries;
mod gate;
mod html;
mod pace;
mod query;
mod refusal;
mod replies;
mod rows;
mod snooze;
mod spec;
mod tags;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, patch, post};

use crate::api::Desk;
use crate::db::{Actor, Key};
use pace::Pace;

pub use spec::FernandSpec;

/// Bytes of a request's body: notes may have 8 MB, replies carry files.
const BODY_BYTES: usize = 40 << 20;

/// What a call of the dialect needs.
#[derive(Debug)]
struct Fernand {
    desk: Arc<Desk>,
    pace: Pace,
    spec: FernandSpec,
}

type Shared = Arc<Fernand>;

/// Who calls.
#[derive(Clone, Debug)]
struct Caller(Key);

impl Caller {
    fn is_agent(&self) -> bool {
        self.0.role == "agent"
    }

    fn actor(&self) -> Actor {
        Actor { handle: self.0.agent.handle.clone(), name: self.0.agent.name.clone() }
    }
}

/// All calls.
pub(crate) fn router(desk: Arc<Desk>, spec: FernandSpec) -> Router {
    let fernand = Arc::new(Fernand { desk, pace: Pace::new(&spec), spec });
    Router::new()
        .route("/conversations", get(conversations::list))
        .route("/conversations/bulk", post(bulk::bulk))
        .route("/conversations/{id}", get(conversations::one).patch(conversations::change))
        .route("/conversations/{id}/messages", get(entries::list))
        .route("/conversations/{id}/messages/{entry}", delete(entries::remove))
        .route("/conversations/{id}/reply", post(replies::reply))
        .route("/conversations/{id}/notes", post(replies::note))
        .route("/conversations/{id}/notes/{note}", patch(replies::edit_note))
        .route("/conversations/{id}/tags", post(tags::put_on))
        .route("/conversations/{id}/tags/{tag}", delete(tags::take_off))
        .route("/conversations/{id}/drafts", post(drafts::create))
        .route("/tags", get(tags::list).post(tags::create))
        .route("/agents", get(directory::agents))
        .route("/agents/pending", get(directory::pending))
        .route("/snippets", get(directory::snippets).post(directory::create_snippet))
        .route("/contacts", get(contacts::search))
        .route("/contacts/{id}", get(contacts::one).patch(contacts::rename))
        .route("/_calls", get(gate::calls))
        .fallback(refusal::no_such_path)
        .method_not_allowed_fallback(refusal::bad_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(fernand.clone(), gate::gate))
        .with_state(fernand)
}
