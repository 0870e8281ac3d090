//! Request Tracker's REST 2.0 in a few lines, for the contract of every connector: answers in the shapes that RT 5.0.3 gave,
//! and only what the connector asks for. It stands in where an RT has to break; what RT *does* is shown by a real one
//! (`musterctl`'s test `rt`).

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::kit::{Asked, Call, FILE, Row, Server, World, contract};
use crate::rt::RequestTracker;
use crate::tiny_server::{Answer, answer};
use crate::transport::Patience;
use crate::{ApiKey, HelpDesk};

#[derive(Clone, Copy)]
struct Samples;

contract!(Samples);

/// Transactions of replies, behind all others.
const REPLIES: usize = 900;
/// And those of comments behind them.
const NOTES: usize = 950;
/// A part of a mail, beside its transaction's number.
const PART: usize = 5_000;

impl Server for Samples {
    fn connect(self, url: &str, patience: Patience) -> Box<dyn HelpDesk> {
        let key = ApiKey::new("mk-secret".to_owned());
        Box::new(RequestTracker::with(url, Some("anna"), &key, patience).unwrap())
    }

    fn call(self, asked: &Asked) -> Call {
        let parts: Vec<&str> = asked.path().split('/').skip(3).collect();
        let asks = Question::of(asked);
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["tickets"]) if asks.is_walk() => Call::Changes,
            ("GET", ["ticket", _, "history"]) => Call::Thread,
            ("GET", ["attachment", _]) => Call::File,
            ("PUT", ["tickets", "bulk"]) => Call::Apply,
            ("POST", ["tickets", "bulk", "correspond"]) => Call::Reply,
            ("POST", ["tickets", "bulk", "comment"]) => Call::Note,
            ("POST", ["transactions"]) if asks.query().contains("CF.{ClientRef}") => Call::Find,
            _ => Call::Other,
        }
    }

    fn answer(self, asked: &Asked, world: &mut World) -> Answer {
        let parts: Vec<&str> = asked.path().split('/').skip(3).collect();
        let asks = Question::of(asked);
        let ok = |json: &Value| answer("200 OK", "application/json", &json.to_string());
        let row = |id: &str| id.parse().ok().and_then(|id| world.row(id).cloned());
        let missing = || answer("404 Not Found", "application/json", r#"{"message":"Not Found"}"#);
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["user", "anna"]) => {
                ok(&json!({ "id": 27, "Name": "anna", "RealName": "Anna Ågren", "Privileged": 1 }))
            }
            ("GET", ["queues", "all"]) => {
                ok(&list(vec![json!({ "id": "1", "Name": "General", "Lifecycle": "default" })]))
            }
            ("GET", ["queue", "1"]) => ok(&json!({
                "id": 1, "Name": "General", "TicketCustomFields": [{ "id": "2", "name": "Tags" }],
                "TicketTransactionCustomFields": [{ "id": "3", "name": "ClientRef" }],
            })),
            ("GET", ["groups"]) => ok(&list(Vec::new())),
            ("GET", ["tickets"]) => ok(&tickets(&asks, world)),
            ("GET", ["ticket", id]) => row(id).map_or_else(missing, |row| ok(&ticket(&row))),
            ("GET", ["ticket", id, "history"]) => row(id).map_or_else(missing, |row| {
                ok(&asks.only_page(
                    transactions(world).into_iter().filter(|entry| is_of(entry, row.id)).collect(),
                ))
            }),
            ("GET", ["ticket", id, "attachments"]) => row(id).map_or_else(missing, |row| {
                let own = transactions(world).into_iter().filter(|entry| is_of(entry, row.id));
                let parts = own.filter_map(|entry| part(&entry, world));
                ok(&asks.only_page(std::iter::once(photo(&row)).chain(parts).collect()))
            }),
            ("GET", ["attachment", id]) => {
                let lines: Vec<String> = BASE64_STANDARD
                    .encode(FILE)
                    .as_bytes()
                    .chunks(76)
                    .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
                    .collect();
                ok(
                    &json!({ "id": id.parse::<usize>().unwrap(), "Filename": "photo.png", "Content": lines.concat() }),
                )
            }
            ("POST", ["attachments"]) => ok(&asks.only_page(texts(&asked.json(), world))),
            ("POST", ["transactions"]) => ok(&asks.only_page(found(&asks, world))),
            ("PUT", ["tickets", "bulk"]) => ok(&change(&asked.json(), world)),
            ("POST", ["tickets", "bulk", "correspond"]) => ok(&correspond(&asked.json(), &mut world.replies)),
            ("POST", ["tickets", "bulk", "comment"]) => ok(&correspond(&asked.json(), &mut world.notes)),
            _ => missing(),
        }
    }

    fn refusal(self) -> &'static str {
        r#"{"message":"Not like that. at /usr/share/request-tracker5/lib/RT.pm line 7.\n"}"#
    }

    fn id(self, number: u32) -> String {
        number.to_string()
    }
}

/// What is asked in an address, or in a form.
struct Question(HashMap<String, String>);

impl Question {
    fn of(asked: &Asked) -> Self {
        let in_address = asked.target.split_once('?').map_or("", |(_, query)| query);
        let form = if asked.body.starts_with("query=") { asked.body.as_str() } else { "" };
        let pairs = [in_address, form].map(|text| url::form_urlencoded::parse(text.as_bytes()).into_owned());
        Self(pairs.into_iter().flatten().collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn query(&self) -> &str {
        self.get("query")
    }

    fn number(&self, name: &str) -> usize {
        self.get(name).parse().unwrap_or(1)
    }

    /// The walk over everything, with everything.
    fn is_walk(&self) -> bool {
        self.query() == "id > 0" && self.get("fields").contains("Subject")
    }

    /// What stands behind each `field = ` of the query.
    fn values(&self, field: &str) -> Vec<String> {
        let end =
            |text: &str| text.split([' ', ')']).next().unwrap_or_default().trim_matches('\'').to_owned();
        self.query().split(field).skip(1).map(end).collect()
    }

    /// A short answer: all of it on the first page, nothing behind.
    fn only_page(&self, items: Vec<Value>) -> Value {
        list(if self.number("page") == 1 { items } else { Vec::new() })
    }
}

/// A page of which RT does not say how many there are.
fn list(items: Vec<Value>) -> Value {
    json!({ "count": items.len(), "total": null, "pages": null, "page": 1, "per_page": 100, "items": items })
}

fn is_of(transaction: &Value, ticket: u32) -> bool {
    number(&transaction["ObjectId"]) == ticket as usize
}

fn ticket(row: &Row) -> Value {
    let mut json = json!({
        "type": "ticket", "id": row.id.to_string(), "Subject": format!("About {}", row.id),
        "Status": row.status.unwrap_or("open"), "Priority": "0", "Created": "2026-05-01T08:00:00Z", "LastUpdated": row.at,
        "Owner": { "type": "user", "id": "Nobody" }, "Queue": { "type": "queue", "id": "1", "Name": "General", "Lifecycle": "default" },
        "Requestor": [{ "type": "user", "id": customer(row), "RealName": "Marta", "EmailAddress": customer(row) }],
        "Cc": [], "AdminCc": [], "CustomFields": [{ "type": "customfield", "id": "2", "name": "Tags", "values": ["refund"] }],
        "_hyperlinks": [{ "ref": "self" }, { "ref": "correspond" }, { "ref": "comment" }, { "ref": "lifecycle", "from": "open", "to": "resolved" }],
    });
    if row.strange {
        json["Mood"] = json!({ "a": [1, null] });
        json["Cc"] = json!("none");
    }
    json
}

fn customer(row: &Row) -> String {
    format!("customer{}@shop.test", row.id)
}

/// The walk comes in pages as short as the suite wants them; everything else fits one.
fn tickets(asks: &Question, world: &World) -> Value {
    let ids = asks.values("id = ");
    if !ids.is_empty() {
        let is_asked = |row: &&Row| ids.contains(&row.id.to_string());
        let has_file = asks.query().contains("Filename");
        let rows = world.rows.iter().filter(|row| !has_file && is_asked(row)).map(ticket);
        return list(rows.collect());
    }
    let all = match asks.query() {
        "id > 0" => world.clone(),
        "Queue = 'General' AND Status = '__Active__'" => World { overlapping: false, ..world.clone() },
        _ => World { rows: Vec::new(), ..world.clone() },
    };
    let per_page = asks.number("per_page").min(all.page);
    let page = asks.number("page");
    let (rows, _) = World { page: per_page, ..all.clone() }.page(((page - 1) * per_page).min(all.rows.len()));
    json!({
        "count": rows.len(), "total": all.rows.len(), "per_page": per_page, "page": page,
        "pages": all.rows.len().div_ceil(per_page), "items": rows.iter().map(ticket).collect::<Vec<_>>(),
    })
}

/// The customer's first mail, one later one, and what was replied.
fn transactions(world: &World) -> Vec<Value> {
    let entry = |id: usize, kind: &str, ticket: u32, creator: &str, at: &Value, reference: Option<&str>| {
        let values: Vec<&str> = reference.into_iter().collect();
        json!({
            "type": "transaction", "id": id.to_string(), "Type": kind, "ObjectId": ticket.to_string(),
            "Creator": { "type": "user", "id": creator }, "Created": at, "Field": "", "OldValue": "", "NewValue": "",
            "CustomFields": [{ "type": "customfield", "id": "3", "name": "ClientRef", "values": values }],
        })
    };
    let first = world.rows.iter().map(|row| {
        let at = json!("2026-05-01T08:00:00Z");
        entry(row.id as usize - 1000, "Create", row.id, &customer(row), &at, None)
    });
    let later = world
        .rows
        .iter()
        .map(|row| entry(100 + row.seq as usize, "Correspond", row.id, &customer(row), &json!(row.at), None));
    let replies = world.replies.iter().enumerate().map(|(place, (ticket, _, reference))| {
        let at = json!("2026-05-20T14:31:00Z");
        entry(REPLIES + place, "Correspond", *ticket, "anna", &at, Some(reference))
    });
    let notes = world.notes.iter().enumerate().map(|(place, (ticket, _, reference))| {
        let at = json!("2026-05-20T14:31:00Z");
        entry(NOTES + place, "Comment", *ticket, "anna", &at, Some(reference))
    });
    let mut all: Vec<Value> = first.chain(later).chain(replies).chain(notes).collect();
    all.sort_by_key(|entry| number(&entry["id"]));
    all
}

fn number(value: &Value) -> usize {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Transactions that a query finds, in the order asked.
fn found(asks: &Question, world: &World) -> Vec<Value> {
    let bound = |operator: &str| asks.values(operator).first().and_then(|text| text.parse::<usize>().ok());
    let (above, up_to) = (bound("id > "), bound("id <= "));
    let (ids, tickets) = (asks.values("id = "), asks.values("ObjectId = "));
    let (references, creators) = (asks.values("CF.{ClientRef} = "), asks.values("Creator = "));
    let is_any = |wanted: &[String], value: &Value| {
        wanted.is_empty() || wanted.iter().any(|one| value.as_str() == Some(one))
    };
    let mut all = transactions(world);
    all.retain(|entry| {
        above.is_none_or(|above| number(&entry["id"]) > above)
            && up_to.is_none_or(|up_to| number(&entry["id"]) <= up_to)
            && is_any(&ids, &entry["id"])
            && is_any(&tickets, &entry["ObjectId"])
            && is_any(&creators, &entry["Creator"]["id"])
            && is_any(&references, &entry["CustomFields"][0]["values"][0])
    });
    if asks.get("order") == "DESC" {
        all.reverse();
    }
    all
}

/// The text part of a transaction; none of what has no text.
fn part(entry: &Value, world: &World) -> Option<Value> {
    let id = number(&entry["id"]);
    let text = match (id.checked_sub(NOTES), id.checked_sub(REPLIES)) {
        (Some(place), _) => world.notes.get(place)?.1.clone(),
        (None, Some(place)) => world.replies.get(place)?.1.clone(),
        (None, None) => "Where is it?\n".to_owned(),
    };
    Some(json!({
        "type": "attachment", "id": (PART + id).to_string(), "TransactionId": id.to_string(), "ContentType": "text/plain",
        "Filename": "", "ContentLength": text.len(), "Content": text,
    }))
}

/// The customer's file.
fn photo(row: &Row) -> Value {
    json!({
        "type": "attachment", "id": (PART * 2).to_string(), "TransactionId": (100 + row.seq).to_string(),
        "ContentType": "image/png", "Filename": "photo.png", "ContentLength": FILE.len().to_string(),
    })
}

/// Text parts by their numbers or their transactions'; there is no HTML.
fn texts(terms: &Value, world: &World) -> Vec<Value> {
    let of = |field: &str| -> Vec<Value> {
        let terms = terms.as_array().into_iter().flatten();
        terms.filter(|term| term["field"] == field).map(|term| term["value"].clone()).collect()
    };
    if of("ContentType").first().is_some_and(|kind| kind != "text/plain") {
        return Vec::new();
    }
    let (ids, of_transactions) = (of("id"), of("TransactionId"));
    let all = transactions(world);
    let parts = all.iter().filter_map(|entry| part(entry, world));
    parts
        .filter(|part| {
            (ids.is_empty() || ids.contains(&part["id"]))
                && (of_transactions.is_empty() || of_transactions.contains(&part["TransactionId"]))
        })
        .collect()
}

/// `PUT /tickets/bulk`: works on what it is asked and says so in prose; half a help desk stops after the first.
fn change(updates: &Value, world: &mut World) -> Value {
    let updates = updates.as_array().unwrap();
    let worked = if world.half { &updates[..1] } else { &updates[..] };
    let said = worked.iter().map(|update| {
        let id = number(&update["id"]);
        let row = world.rows.iter_mut().find(|row| row.id as usize == id);
        match row.filter(|_| update["Status"] == "resolved") {
            Some(row) => {
                row.status = Some("resolved");
                json!([id.to_string(), format!("Ticket {id}: Status changed from 'open' to 'resolved'")])
            }
            None => json!([id.to_string()]),
        }
    });
    Value::Array(said.collect())
}

/// `POST /tickets/bulk/correspond` or `comment`: each message is a transaction with its reference.
fn correspond(messages: &Value, taken: &mut Vec<(u32, String, String)>) -> Value {
    let messages = messages.as_array().unwrap();
    let said = messages.iter().map(|message| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let reference = text(&message["TxnCustomFields"]["ClientRef"]);
        taken.push((u32::try_from(number(&message["id"])).unwrap(), text(&message["Content"]), reference));
        json!([message["id"], "Correspondence added", "Custom fields updated"])
    });
    Value::Array(said.collect())
}
