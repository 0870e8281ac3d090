//! Agents and snippets.

use axum::extract::State;
use axum::{Extension, Json};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::{Answer, Body, Refusal};
use super::{Caller, Shared, html};

pub(super) async fn agents(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
) -> Answer<Vec<Value>> {
    let me = (caller.0.agent.handle.clone(), caller.0.role.clone());
    fernand
        .desk
        .db
        .read(move |tx| {
            let mut agents = tx.prepare_cached("SELECT id, handle, name FROM agents ORDER BY id")?;
            let agents = agents
                .query_map([], |row| {
                    Ok(agent(row.get(0)?, &row.get::<_, String>(1)?, &row.get::<_, String>(2)?, &me))
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Json(agents))
        })
        .await
}

fn agent(id: i64, email: &str, name: &str, (me, role): &(String, String)) -> Value {
    let is_me = email == me;
    let view = |key: &str, name: &str, query: Value| json!({ "key": key, "name": name, "query": query });
    let views = [
        view(
            "mine",
            "Mine and nobody's",
            json!({ "assigned": "me+none", "is": "opened", "order": "priority" }),
        ),
        view(
            "payments",
            "Payment issue",
            json!({ "is": "opened", "tag": "payment-issue-2026-05", "order": "oldest" }),
        ),
    ];
    json!({
        "id": id, "email": email, "name": name, "firstname": name.split(' ').next(),
        "is_paying": true, "is_removed": false, "notification_email": email, "timezone": "Europe/Berlin",
        "signature": null, "avatar": null,
        "roles": [if !is_me || role == "agent" { "agent" } else { "viewer" }],
        "owner": id == 1, "is_current_user": is_me, "prev_next": "next",
        "notifications": {
            "BROWSER": { "INCOMING_EMAIL": true, "MENTIONED": true },
            "EMAIL": { "INCOMING_EMAIL": false, "ASSIGNED_ACTIVITY": true },
        },
        "custom_inboxes": if is_me { &views[..] } else { &[] },
        "lock_reason": null, "locked_ts": null,
    })
}

/// Nobody is invited here.
pub(super) async fn pending() -> Json<Value> {
    Json(json!({}))
}

fn snippet(id: i64, shortcut: &str, title: &str, content: &str) -> Value {
    json!({
        "id": id, "title": title, "created": "2026-01-05T09:00:00Z", "applied_count": 0, "categories": [],
        "actions": [{ "id": id * 10 + 1, "name": "reply", "data": { "content": content }, "sort": 0 }],
        "shortcut": shortcut, "last_applied_at": null,
    })
}

pub(super) async fn snippets(State(fernand): State<Shared>) -> Answer<Vec<Value>> {
    fernand
        .desk
        .db
        .read(|tx| {
            let mut snippets =
                tx.prepare_cached("SELECT id, shortcut, title, text FROM snippets ORDER BY id")?;
            let snippets = snippets
                .query_map([], |row| {
                    let (shortcut, title, text): (String, String, String) =
                        (row.get(1)?, row.get(2)?, row.get(3)?);
                    Ok(snippet(row.get(0)?, &shortcut, &title, &html::from_text(&text)))
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Json(snippets))
        })
        .await
}

#[derive(Deserialize)]
struct Action {
    name: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
pub(super) struct NewSnippet {
    title: String,
    #[serde(default)]
    shortcut: String,
    #[serde(default)]
    actions: Vec<Action>,
}

pub(super) async fn create_snippet(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<NewSnippet>,
) -> Answer<Value> {
    if !caller.is_agent() {
        return Err(Refusal::permission("snippet.create"));
    }
    if asked.shortcut.len() > 40
        || !asked.shortcut.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        return Err(Refusal::bad("shortcut has up to 40 of a-z, 0-9 and -"));
    }
    let reply = asked.actions.iter().find(|action| action.name == "reply");
    let content = reply.and_then(|reply| reply.data["content"].as_str()).unwrap_or_default().to_owned();
    if content.is_empty() {
        return Err(Refusal::bad(
            "This desk keeps snippets that reply: give an action reply with data.content",
        ));
    }
    fernand
        .desk
        .db
        .write(move |tx| {
            if is_taken(tx, &asked.shortcut)? {
                return Err(Refusal::bad("This shortcut is taken"));
            }
            tx.execute(
                "INSERT INTO snippets (shortcut, title, text) VALUES (?1, ?2, ?3)",
                params![asked.shortcut, asked.title, html::to_text(&content)],
            )?;
            Ok(Json(snippet(tx.last_insert_rowid(), &asked.shortcut, &asked.title, &content)))
        })
        .await
}

fn is_taken(tx: &Connection, shortcut: &str) -> rusqlite::Result<bool> {
    let found =
        tx.query_row("SELECT 1 FROM snippets WHERE shortcut = ?1", [shortcut], |_| Ok(())).optional()?;
    Ok(found.is_some())
}
