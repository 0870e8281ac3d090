//! The HTTP side: one file per group of calls, each a few lines around one piece of work on the database.

mod answer;
mod bulk;
mod changes;
mod clock;
mod directory;
mod events;
mod files;
mod gate;
mod pace;
mod refusal;
mod replies;
mod runs;
mod segment;
mod simulate;
mod team;
mod test_message;
mod threads;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::db::{Actor, Db, Key};
use crate::faults::Faults;

pub(crate) use clock::CLOCK_AHEAD;
pub(crate) use pace::Pace;

/// Conversations and replies in one call.
const MAX_BATCH: usize = 500;
/// Bytes of a request's body.
const BODY_BYTES: usize = 8 << 20;
/// Bytes of an uploaded file.
const FILE_BYTES: usize = 25 << 20;
/// Calls per minute and key.
pub(crate) const CALLS_PER_MINUTE: u32 = 6_000;
/// Calls within ten seconds and key.
pub(crate) const CALLS_PER_BURST: u32 = 2_000;

/// Everything that a call needs.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) pace: Pace,
    pub(crate) keys: HashMap<String, Key>,
    pub(crate) tenant: String,
    /// Tells the cursors of this desk from those of others.
    pub(crate) instance: String,
    /// The seed of its life, where it lives by itself.
    pub(crate) life: Option<u64>,
    pub(crate) stop: CancellationToken,
}

type Shared = Arc<Desk>;

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
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    let api = Router::new()
        .route("/api/health", get(directory::health))
        .route("/api/me", get(directory::me))
        .route("/api/directory", get(directory::directory))
        .route("/api/changes", get(changes::changes))
        .route("/api/events", get(events::events))
        .route("/api/attachments/{id}", get(files::attachment))
        // The inner limit is the one that holds.
        .route("/api/attachments", post(files::upload).layer(DefaultBodyLimit::max(FILE_BYTES)))
        .route("/api/test-message", post(test_message::send))
        .route("/api/replies", get(replies::list))
        .route("/api/replies/find", post(replies::find))
        .route("/api/bulk-runs", get(runs::runs))
        .route("/api/bulk-runs/{id}", get(runs::run))
        .route("/api/_simulate/delivery", post(simulate::delivery))
        .route("/api/conversations", get(segment::segment))
        .route("/api/conversations/bulk", post(bulk::bulk))
        .route("/api/conversations/bulk/reply", post(replies::send))
        .route("/api/conversations/{id}", get(threads::thread))
        .route("/api/conversations/{id}/messages", get(threads::messages))
        .route("/api/conversations/{id}/follow", post(team::follow))
        .route("/api/conversations/{id}/notes", post(team::note))
        .route("/api/_simulate/customer_message", post(simulate::customer_message))
        .route("/api/_simulate/change", post(simulate::change))
        .route("/api/_simulate/faults", post(simulate::faults))
        .route("/api/_simulate/busy", post(simulate::busy))
        .route("/api/_clock", get(clock::read).post(clock::set))
        .fallback(async || refusal::no_such_path())
        .method_not_allowed_fallback(refusal::bad_method);
    api.layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(desk.clone(), gate::gate))
        .with_state(desk)
}
