//! The HTTP side: one file per group of calls, each a few lines around one piece of work on the database.
#![expect(unused_qualifications, reason = "what describes the calls is expanded with whole paths")]

mod answer;
mod bulk;
mod changes;
mod clock;
mod contract;
mod directory;
mod docs;
mod events;
mod files;
mod found;
mod gate;
mod house;
mod mine;
mod pace;
mod refusal;
mod replies;
mod roles;
mod runs;
mod segment;
mod simulate;
mod team;
mod test_message;
mod threads;
mod together;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::DefaultBodyLimit;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::FernandSpec;
use crate::clock::Clock;
use crate::db::{Actor, Db, Key, Prints};
use crate::faults::Faults;

pub(crate) use clock::CLOCK_AHEAD;
pub(crate) use gate::cut;
pub(crate) use pace::Pace;
use roles::May;

use crate::server::random as new_secret;

/// Conversations and replies in one call.
const MAX_BATCH: usize = 500;
/// Bytes of a request's body.
const BODY_BYTES: usize = 8 << 20;
/// Bytes of an uploaded file.
const FILE_BYTES: usize = 25 << 20;
/// Calls per minute and key.
pub(crate) const CALLS_PER_MINUTE: u32 = 6_000;

/// Everything that a call needs.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    /// Rows that were sent lately.
    pub(crate) prints: Arc<Prints>,
    pub(crate) faults: Faults,
    pub(crate) pace: Pace,
    pub(crate) keys: RwLock<HashMap<String, Key>>,
    pub(crate) tenant: String,
    /// Tells the cursors of this desk from those of others.
    pub(crate) instance: String,
    /// The seed of its life, where it lives by itself.
    pub(crate) life: Option<u64>,
    pub(crate) stop: CancellationToken,
}

impl Desk {
    /// Whose key this is.
    pub(crate) fn key(&self, key: &str) -> Option<Key> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn add_key(&self, key: Key) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(key.key.clone(), key);
    }
}

type Shared = Arc<Desk>;

/// Who calls.
#[derive(Clone, Debug)]
struct Caller(Key);

impl Caller {
    fn actor(&self) -> Actor {
        Actor { handle: self.0.agent.handle.clone(), name: self.0.agent.name.clone() }
    }
}

/// All calls, and the contract that describes them.
pub(crate) fn router(desk: Arc<Desk>, fernand: FernandSpec) -> Router {
    let (calls, mut contract) = OpenApiRouter::with_openapi(contract::Frame::openapi())
        .routes(routes!(directory::health))
        .routes(routes!(directory::me))
        .routes(routes!(directory::directory))
        .routes(routes!(changes::changes))
        .routes(routes!(events::events))
        .routes(routes!(files::attachment))
        // The inner limit is the one that holds.
        .routes(routes!(files::upload).layer(DefaultBodyLimit::max(FILE_BYTES)))
        .routes(routes!(test_message::send))
        .routes(routes!(replies::list))
        .routes(routes!(replies::find))
        .routes(routes!(runs::runs))
        .routes(routes!(runs::run))
        .routes(routes!(segment::segment))
        .routes(routes!(bulk::bulk))
        .routes(routes!(replies::send))
        .routes(routes!(threads::thread, house::details))
        .routes(routes!(threads::messages))
        .routes(routes!(team::follow))
        .routes(routes!(team::note))
        .routes(routes!(together::merge))
        .routes(routes!(together::link))
        .routes(routes!(together::tie))
        .routes(routes!(together::tickets, together::new_ticket))
        .routes(routes!(together::ticket, together::change_ticket))
        .routes(routes!(house::contact))
        .routes(routes!(house::snippets, house::keep_snippet))
        .routes(routes!(house::drop_snippet))
        .routes(routes!(house::auto_reply, house::set_auto_reply))
        .routes(routes!(house::hours, house::set_hours))
        .routes(routes!(mine::drafts))
        .routes(routes!(mine::draft, mine::keep_draft))
        .routes(routes!(mine::read))
        .routes(routes!(mine::marks))
        .routes(routes!(mine::views, mine::save_view))
        .routes(routes!(mine::change_view, mine::drop_view))
        .routes(routes!(simulate::customer_message))
        .routes(routes!(simulate::change))
        .routes(routes!(simulate::faults))
        .routes(routes!(simulate::busy))
        .routes(routes!(simulate::delivery))
        .routes(routes!(simulate::key))
        .routes(routes!(clock::read, clock::set))
        .split_for_parts();
    contract::finish(&mut contract);
    let contract = serde_json::json!(contract);
    let page = docs::page(&contract);
    let document = move || std::future::ready(Json(contract.clone()));
    let docs = move || {
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        std::future::ready(([("content-security-policy", policy)], Html(page.clone())))
    };
    calls
        .route("/api/openapi.json", get(document))
        .route("/api/docs", get(docs))
        .fallback(async || refusal::no_such_path())
        .method_not_allowed_fallback(refusal::bad_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(desk.clone(), gate::gate))
        .with_state(desk.clone())
        .nest("/fernand", crate::fernand::router(desk, fernand))
}
