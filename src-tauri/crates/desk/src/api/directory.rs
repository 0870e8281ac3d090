//! Who and what the desk is: health, the caller, the directory.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::contract::Always;
use super::refusal::Refusal;
use super::roles::permissions;
use super::{BODY_BYTES, Caller, MAX_BATCH, Shared, changes};
use crate::clock::Millis;
use crate::db::{self, Directory, max_chars, max_file_bytes};

/// Within which a call that nobody waits for any more has ended.
const SETTLE_MS: u64 = 2_000;
const CHANNELS: [&str; 6] = ["email", "chat", "sms", "whatsapp", "facebook", "instagram"];

/// What kind of server this is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(example = "muster-desk")]
    name: &'static str,
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Whether it runs
///
/// Needs no key.
#[utoipa::path(get, path = "/api/health", tag = "Desk", security(()), responses((status = 200, body = Health)))]
pub(super) async fn health() -> Json<Health> {
    Json(Health { name: "muster-desk", version: env!("CARGO_PKG_VERSION") })
}

/// Whose key it is, and what this server can do.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    agent: MyAgent,
    /// The company.
    #[schema(example = "Brindlewick Goods")]
    tenant: String,
    server_time: Millis,
    capabilities: Capabilities,
}

/// Whose key it is.
#[derive(Serialize, ToSchema)]
struct MyAgent {
    #[schema(example = "a-1")]
    id: String,
    #[schema(example = "mira@brindlewick.example")]
    handle: String,
    #[schema(example = "Mira Okafor")]
    name: String,
    /// `agent`: everything; `trainee`: no blocking, deleting, merging; `light`: among colleagues only; `viewer`: looks and
    /// follows.
    #[schema(example = "agent")]
    role: String,
    /// What the role allows, by operation.
    permissions: BTreeMap<&'static str, bool>,
}

/// What this server can do.
#[derive(Serialize, ToSchema)]
struct Capabilities {
    max_batch: usize,
    max_replies: usize,
    /// Each client reference is taken once; not under the fault `no_idempotency`.
    idempotent_replies: bool,
    /// No request that the client gave up on is worked on for longer.
    settle_ms: u64,
    snooze_until_reply: bool,
    mass_reply_note: bool,
    events: bool,
    follow: bool,
    notes: bool,
    block: bool,
    delete: bool,
    merge: bool,
    files: bool,
    note_files: bool,
    templates: bool,
    read_marks: bool,
    test_messages: bool,
    /// At least so long after it was marked as done a conversation is archived; nights, weekends and holidays do not count, and
    /// `archives_at` of the conversation says when exactly.
    auto_archive_ms: i64,
    /// So long after our last answer a mail is done by itself, unless somebody writes.
    auto_resolve_ms: i64,
    limits: Limits,
}

/// How much of what.
#[derive(Serialize, ToSchema)]
struct Limits {
    tag_chars: usize,
    body_bytes: usize,
    changes_page: usize,
    requests_per_minute: u32,
    /// Within ten seconds.
    requests_per_burst: u32,
    /// The largest file that a channel carries; 0: none.
    file_bytes: BTreeMap<&'static str, usize>,
    /// The longest text that a channel takes.
    reply_chars: BTreeMap<&'static str, usize>,
}

/// Whose key it is, and what this server can do
#[utoipa::path(get, path = "/api/me", tag = "Desk", responses((status = 200, body = Me), Always))]
pub(super) async fn me(State(desk): State<Shared>, Extension(caller): Extension<Caller>) -> Answer<Me> {
    let archived_after = desk.db.read(|tx| Ok::<_, Refusal>(db::working(tx)?.shortest())).await?;
    let agent = &caller.0.agent;
    let by_channel =
        |of: fn(&[u8]) -> usize| CHANNELS.map(|channel| (channel, of(channel.as_bytes()))).into();
    let (requests_per_minute, requests_per_burst) = desk.pace.limits();
    Ok(Json(Me {
        agent: MyAgent {
            id: agent.id.clone(),
            handle: agent.handle.clone(),
            name: agent.name.clone(),
            role: caller.0.role.clone(),
            permissions: permissions(&caller.0.role),
        },
        tenant: desk.tenant.clone(),
        server_time: desk.clock.now(),
        capabilities: Capabilities {
            max_batch: MAX_BATCH,
            max_replies: MAX_BATCH,
            idempotent_replies: desk.faults.takes_references(),
            settle_ms: SETTLE_MS + u64::try_from(desk.faults.latency().as_millis()).unwrap_or(u64::MAX / 2),
            snooze_until_reply: true,
            mass_reply_note: true,
            events: true,
            follow: true,
            notes: true,
            block: true,
            delete: true,
            merge: true,
            files: true,
            note_files: true,
            templates: true,
            read_marks: true,
            test_messages: true,
            auto_archive_ms: archived_after,
            auto_resolve_ms: db::AUTO_RESOLVE,
            limits: Limits {
                tag_chars: db::TAG_CHARS,
                body_bytes: BODY_BYTES,
                changes_page: changes::PAGE,
                requests_per_minute,
                requests_per_burst,
                file_bytes: by_channel(max_file_bytes),
                reply_chars: by_channel(max_chars),
            },
        },
    }))
}

/// Everything that has a name
///
/// Colleagues, teams, tags, channels, snippets, templates, custom fields and saved views.
#[utoipa::path(get, path = "/api/directory", tag = "Desk", responses((status = 200, body = Directory), Always))]
pub(super) async fn directory(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
) -> Answer<Directory> {
    let me = caller.actor().handle;
    desk.db.read(move |tx| Ok(Json(db::directory(tx, &me)?))).await
}
