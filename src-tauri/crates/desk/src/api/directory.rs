//! Who and what the desk is: health, the caller, the directory.

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::answer::Answer;
use super::{BODY_BYTES, Caller, MAX_BATCH, Shared, changes};
use crate::clock::DAY;
use crate::db::{self, Directory, max_chars, max_file_bytes};

/// Within which a call that nobody waits for any more has ended.
const SETTLE_MS: u128 = 2_000;

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "name": "muster-desk", "version": env!("CARGO_PKG_VERSION") }))
}

pub(super) async fn me(State(desk): State<Shared>, Extension(caller): Extension<Caller>) -> Json<Value> {
    let may = caller.is_agent();
    let agent = &caller.0.agent;
    let chars = |channel: &str| max_chars(channel.as_bytes());
    let file = |channel: &str| max_file_bytes(channel.as_bytes());
    Json(json!({
        "agent": {
            "id": agent.id, "handle": agent.handle, "name": agent.name, "role": caller.0.role,
            "permissions": { "reply": may, "change": may, "note": may, "follow": true },
        },
        "tenant": desk.tenant,
        "server_time": desk.clock.now(),
        "capabilities": {
            "max_batch": MAX_BATCH,
            "max_replies": MAX_BATCH,
            "idempotent_replies": desk.faults.takes_references(),
            "settle_ms": SETTLE_MS + desk.faults.latency().as_millis(),
            "snooze_until_reply": true,
            "mass_reply_note": true,
            "events": true,
            "follow": true,
            "block": true,
            "delete": true,
            "files": true,
            "test_messages": true,
            // At least: nights and weekends do not count.
            "auto_archive_ms": 2 * DAY,
            "auto_resolve_ms": db::AUTO_RESOLVE,
            "limits": {
                "tag_chars": db::TAG_CHARS,
                "body_bytes": BODY_BYTES,
                "file_bytes": {
                    "email": file("email"), "chat": file("chat"), "sms": file("sms"), "whatsapp": file("whatsapp"),
                    "facebook": file("facebook"), "instagram": file("instagram"),
                },
                "changes_page": changes::PAGE,
                "requests_per_minute": desk.pace.limits().0,
                "requests_per_burst": desk.pace.limits().1,
                "reply_chars": {
                    "email": chars("email"), "chat": chars("chat"), "sms": chars("sms"), "whatsapp": chars("whatsapp"),
                    "facebook": chars("facebook"), "instagram": chars("instagram"),
                },
            },
        },
    }))
}

pub(super) async fn directory(State(desk): State<Shared>) -> Answer<Directory> {
    desk.db.read(|tx| Ok(Json(db::directory(tx)?))).await
}
