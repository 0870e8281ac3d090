//! The contract of every connector, kept by this one; and what is Fernand's own.

use serde_json::{Value, json};

use super::Fernand;
use crate::kit::{Asked, Call, Row, Server, World, contract};
use crate::tiny_server::{Answer, answer};
use crate::transport::Patience;
use crate::{ApiKey, HelpDesk, Now};

mod own;

/// A Fernand of a few lines.
#[derive(Clone, Copy)]
pub(super) struct Samples;

contract!(Samples);

fn conversation(row: &Row) -> Value {
    let mut json = json!({
        "id": row.id, "contact_id": row.id + 500_000, "subject": format!("About {}", row.id),
        "status": row.status.unwrap_or("OPENED"), "last_update": row.at, "tags": [1], "agent_id": 42, "channel_id": 1,
        "recipients": [{ "id": 1, "contact_id": row.id + 500_000, "kind": "to", "conversation_id": row.id }],
        "snooze_until": null, "cursor": format!("cur_{}", row.id),
    });
    if row.strange {
        json["mood"] = json!({ "a": [1, null] });
        json["recipients"] = json!("none");
    }
    json
}

fn entries(row: &Row, world: &World) -> Value {
    let own = world.replies.iter().enumerate().filter(|(_, (id, ..))| *id == row.id).map(|(place, (_, text, _))| {
        json!({
            "id": format!("m-{}", 900 + place), "conversation_id": row.id, "type": "MESSAGE", "way": "OUT", "status": "SENT",
            "timestamp": "2026-05-20T14:31:00Z", "source": "EMAIL", "agent_id": 42, "message": text,
        })
    });
    let mut entries: Vec<Value> = own.collect();
    let notes = world.notes.iter().filter(|(id, ..)| *id == row.id).map(|(id, text, _)| {
        json!({
            "id": "n-77", "conversation_id": id, "type": "NOTE", "timestamp": "2026-05-20T14:31:00Z", "agent_id": 42,
            "message": text,
        })
    });
    entries.extend(notes);
    entries.push(json!({
        "id": "m-1", "conversation_id": row.id, "type": "MESSAGE", "way": "IN", "timestamp": row.at, "source": "EMAIL",
        "contact_id": row.id + 500_000, "message": "<p>Where is it?</p>", "attachments": [],
    }));
    entries.push(json!({
        "id": "e-2", "conversation_id": row.id, "type": "EVENT", "timestamp": "2026-05-01T08:00:00Z", "message": "Opened",
    }));
    entries.into()
}

impl Server for Samples {
    fn connect(self, url: &str, patience: Patience) -> Box<dyn HelpDesk> {
        Box::new(Fernand::with(url, &ApiKey::new("mk-secret".to_owned()), patience, Now::default()).unwrap())
    }

    fn call(self, asked: &Asked) -> Call {
        let parts: Vec<&str> = asked.path().split('/').skip(1).collect();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["conversations"]) => Call::Changes,
            ("GET", ["conversations", _]) => Call::Thread,
            ("GET", ["conversations", _, "messages"]) => Call::Find,
            ("POST", ["conversations", "bulk"]) => Call::Apply,
            ("POST", ["conversations", _, "reply"]) => Call::Reply,
            ("POST", ["conversations", _, "notes"]) => Call::Note,
            _ => Call::Other,
        }
    }

    fn answer(self, asked: &Asked, world: &mut World) -> Answer {
        let ok = |json: Value| answer("200 OK", "application/json", &json.to_string());
        let missing = || answer("404 Not Found", "application/json", r#"{"error":"Not found"}"#);
        let number = asked.number("/conversations/");
        let row = number.and_then(|id| world.row(id).cloned());
        match (self.call(asked), asked.path()) {
            (Call::Changes, _) if asked.query("query").is_some_and(|query| query != "status%3Aopened") => {
                ok(json!({ "data": [], "cursor": null }))
            }
            (Call::Changes, _) => {
                let from = asked.query("cursor").and_then(|cursor| cursor.strip_prefix("cur_")?.parse().ok());
                let (rows, next) = world.page(from.unwrap_or(0));
                let rows: Vec<Value> = rows.iter().map(conversation).collect();
                ok(json!({ "data": rows, "cursor": next.map(|next| format!("cur_{next}")) }))
            }
            (Call::Thread, _) => row.map_or_else(missing, |row| ok(conversation(&row))),
            (Call::Find, _) => row.map_or_else(missing, |row| ok(entries(&row, world))),
            (Call::Apply, _) => {
                let ids = asked.json()["ids"].clone();
                let ids: Vec<u64> = ids.as_array().unwrap().iter().filter_map(Value::as_u64).collect();
                let named = if world.half { &ids[..1] } else { &ids[..] };
                let rows = world.rows.iter().filter(|row| named.contains(&u64::from(row.id)));
                ok(json!({ "conversations": rows.map(conversation).collect::<Vec<_>>() }))
            }
            (Call::Reply, _) => {
                let body = asked.json();
                let text = |name: &str| body[name].as_str().unwrap().to_owned();
                let place = world.replies.len();
                world.replies.push((number.unwrap(), text("content"), text("generated_id")));
                let row = row.unwrap();
                ok(entries(&row, world)
                    [world.replies[..=place].iter().filter(|(id, ..)| *id == row.id).count() - 1]
                    .clone())
            }
            (Call::Note, _) => {
                let body = asked.json();
                let text = |name: &str| body[name].as_str().unwrap().to_owned();
                world.notes.push((number.unwrap(), text("content"), text("generated_id")));
                ok(json!({ "id": "n-77", "type": "NOTE", "created": "2026-05-20T14:31:00Z" }))
            }
            (_, "/agents") => ok(json!([
                { "id": 42, "email": "mira@b.example", "name": "Mira Okafor", "roles": ["agent"], "is_current_user": true },
                { "id": 43, "email": "jonas@b.example", "name": "Jonas Feld", "roles": ["agent"], "is_current_user": false },
            ])),
            (_, "/tags") => ok(json!([{ "id": 1, "name": "refund", "color": "#D64545" }])),
            (_, "/snippets") => ok(json!([])),
            (_, path) if path.starts_with("/contacts/") => ok(
                json!({ "id": asked.number("/contacts/").unwrap(), "email": "marta@mail.example", "name": "Marta" }),
            ),
            _ => missing(),
        }
    }

    fn refusal(self) -> &'static str {
        r#"{"error":"Not like that."}"#
    }

    fn id(self, number: u32) -> String {
        number.to_string()
    }
}
