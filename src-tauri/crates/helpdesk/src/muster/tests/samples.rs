//! muster-desk in a few lines, for the contract of every connector.

use serde_json::{Value, json};

use crate::kit::{Asked, Call, FILE, Row, Server, World, contract};
use crate::muster::MusterDesk;
use crate::tiny_server::{Answer, answer, file};
use crate::transport::Patience;
use crate::{ApiKey, HelpDesk};

#[derive(Clone, Copy)]
struct Samples;

contract!(Samples);

fn conversation(row: &Row) -> Value {
    let mut json = json!({
        "id": format!("c-{}", row.id), "subject": format!("About {}", row.id), "contact": { "id": "p-1", "name": "Marta" },
        "channel": "email", "status": row.status.unwrap_or("active"), "engagement": "pending",
        "created": "2026-05-01T08:00:00Z", "updated": row.at, "last_inbound": row.at, "seq": row.seq,
    });
    if row.strange {
        json["mood"] = json!({ "a": [1, null] });
    }
    json
}

fn messages(row: &Row, world: &World) -> Vec<Value> {
    let own = world.replies.iter().filter(|(id, ..)| *id == row.id).map(|(_, text, client_ref)| {
        json!({ "id": "m-2", "at": "2026-05-20T14:31:00Z", "kind": "message", "from": "agent", "text": text, "client_ref": client_ref })
    });
    let first = json!({ "id": "m-1", "at": row.at, "kind": "message", "from": "customer", "text": "Where is it?",
                "attachments": [{ "id": "f-1", "name": "photo.png", "mime": "image/png", "size": FILE.len() }] });
    std::iter::once(first).chain(own).collect()
}

impl Server for Samples {
    fn connect(self, url: &str, patience: Patience) -> Box<dyn HelpDesk> {
        Box::new(MusterDesk::with(url, &ApiKey::new("mk-secret".to_owned()), patience).unwrap())
    }

    fn call(self, asked: &Asked) -> Call {
        let parts: Vec<&str> = asked.path().split('/').skip(2).collect();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["changes"]) => Call::Changes,
            ("GET", ["conversations", _]) => Call::Thread,
            ("POST", ["replies", "find"]) => Call::Find,
            ("POST", ["conversations", "bulk"]) => Call::Apply,
            ("POST", ["conversations", "bulk", "reply"]) => Call::Reply,
            ("POST", ["conversations", _, "notes"]) => Call::Note,
            ("GET", ["attachments", _]) => Call::File,
            _ => Call::Other,
        }
    }

    fn answer(self, asked: &Asked, world: &mut World) -> Answer {
        let ok = |json: Value| answer("200 OK", "application/json", &json.to_string());
        let refuse = |status: &str| answer(status, "application/json", self.refusal());
        let row = asked.number("/api/conversations/c-").and_then(|id| world.row(id).cloned());
        match self.call(asked) {
            Call::Changes => {
                let newest = world.rows.iter().map(|row| row.seq).max().unwrap_or(0);
                let cursor = asked.query("cursor").unwrap_or("w.0");
                let (rows, next, walking) = match cursor.split_once('.') {
                    Some(("w", from)) => {
                        let (rows, next) = world.page(from.parse().unwrap());
                        (
                            rows,
                            next.map_or_else(|| format!("i.{newest}"), |next| format!("w.{next}")),
                            next.is_some(),
                        )
                    }
                    Some(("i", seq)) => {
                        let seq: u32 = seq.parse().unwrap();
                        let rows = world.rows.iter().filter(|row| row.seq > seq).cloned().collect();
                        (rows, format!("i.{newest}"), false)
                    }
                    _ => return refuse("409 Conflict"),
                };
                let rows: Vec<Value> = rows.iter().map(conversation).collect();
                ok(
                    json!({ "conversations": rows, "cursor": next, "more": walking, "backfilling": walking, "total": world.rows.len() }),
                )
            }
            Call::Thread => match row {
                Some(row) => {
                    ok(json!({ "conversation": conversation(&row), "messages": messages(&row, world) }))
                }
                None => refuse("404 Not Found"),
            },
            Call::Apply => {
                let ids: Vec<Value> = asked.json()["ids"].as_array().unwrap().clone();
                let named = if world.half { &ids[..1] } else { &ids[..] };
                // Backwards: an answer need not stand in the order of asking.
                let results =
                    named.iter().rev().map(|id| json!({ "id": id, "outcome": "applied", "seq": 9 }));
                ok(json!({ "results": results.collect::<Vec<_>>() }))
            }
            Call::Reply => {
                let body = asked.json();
                let results = body["replies"].as_array().unwrap().iter().map(|reply| {
                    let text = |name: &str| reply[name].as_str().unwrap().to_owned();
                    let id = text("id").trim_start_matches("c-").parse().unwrap();
                    world.replies.push((id, text("text"), text("client_ref")));
                    json!({ "client_ref": reply["client_ref"], "outcome": "applied", "message_id": "m-2", "seq": 9 })
                });
                ok(json!({ "results": results.collect::<Vec<_>>() }))
            }
            Call::Find => {
                let refs: Vec<Value> = asked.json()["client_refs"].as_array().unwrap().clone();
                let found = refs.iter().map(|wanted| {
                    let found = world.replies.iter().chain(&world.notes).any(|(_, _, own)| wanted == own);
                    json!({ "client_ref": wanted, "found": found, "message_id": "m-2", "seq": 9 })
                });
                ok(json!({ "replies": found.collect::<Vec<_>>() }))
            }
            Call::Note => {
                let body = asked.json();
                let text = |name: &str| body[name].as_str().unwrap().to_owned();
                world.notes.push((row.unwrap().id, text("text"), text("client_ref")));
                ok(
                    json!({ "outcome": "applied", "message_id": "m-3", "at": "2026-05-20T14:31:00Z", "seq": 9 }),
                )
            }
            Call::File => file("image/png", &FILE),
            Call::Other => refuse("404 Not Found"),
        }
    }

    fn refusal(self) -> &'static str {
        r#"{"error":{"code":"invalid","message":"Not like that.","field":null}}"#
    }

    fn id(self, number: u32) -> String {
        format!("c-{number}")
    }
}
