//! Fernand's dialect, as a client of that product meets it.

use muster_desk::FernandSpec;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{COLLEAGUE, Desk, text};

/// Enough that no test but those of the limits meets them.
fn roomy() -> FernandSpec {
    FernandSpec { reads: 10_000, writes: 10_000, generated_id: false }
}

async fn desk() -> Desk {
    Desk::with(|options| options.fernand = roomy()).await
}

impl Desk {
    async fn fernand_as(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Response {
        let request =
            self.http.request(method, self.url(&format!("/fernand{path}"))).header("x-api-key", key);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn fernand(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.fernand_as(&self.running.keys.agent, method, path, body).await;
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    async fn asked(&self, path: &str) -> Value {
        let (status, body) = self.fernand(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn written(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.fernand(Method::POST, path, Some(body)).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// How many a search finds, page by page.
    async fn found(&self, query: &str) -> i64 {
        let (mut cursor, mut found) = (String::new(), 0);
        loop {
            let page =
                self.asked(&format!("/conversations?limit=50&order=newest&query={query}{cursor}")).await;
            found += page["data"].as_array().unwrap().len() as i64;
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }
}

fn number(id: &str) -> i64 {
    id.trim_start_matches("c-").parse().unwrap()
}

fn ids(answer: &Value) -> Vec<i64> {
    answer["conversations"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn only_a_key_in_its_own_header_opens() {
    let desk = desk().await;
    let bare = desk
        .http
        .get(desk.url("/fernand/agents"))
        .bearer_auth(&desk.running.keys.agent)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    assert_eq!(bare.json::<Value>().await.unwrap(), json!({ "error": "Invalid API key" }));
    let wrong = desk.fernand_as("sk_wrong", Method::GET, "/agents", None).await;
    assert_eq!(wrong.status().as_u16(), 401);
    let (status, body) = desk.fernand(Method::GET, "/nothing", None).await;
    assert_eq!((status, body), (404, json!({ "error": "Path not found" })));

    let agents = desk.asked("/agents?complete=true").await;
    let me: Vec<&Value> =
        agents.as_array().unwrap().iter().filter(|agent| agent["is_current_user"] == true).collect();
    assert_eq!(me.len(), 1, "who am I");
    assert_eq!(me[0]["email"], desk.running.me);
    assert_eq!(me[0]["custom_inboxes"][0]["query"]["assigned"], "me+none");
}

#[tokio::test]
async fn lists_go_on_by_cursor_in_the_order_asked() {
    let desk = desk().await;
    let all = desk.count("").await;
    for order in ["priority", "newest", "oldest", "longest"] {
        let (mut cursor, mut seen) = (String::new(), Vec::new());
        loop {
            let page = desk.asked(&format!("/conversations?limit=77&order={order}{cursor}")).await;
            seen.extend(page["data"].as_array().unwrap().clone());
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len() as i64, all, "{order}");
        let at = |row: &Value| text(&row["last_update"]);
        match order {
            "newest" => assert!(seen.is_sorted_by(|a, b| at(a) >= at(b))),
            "oldest" => assert!(seen.is_sorted_by_key(at)),
            _ => {}
        }
    }
    let page = desk.asked("/conversations").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 25, "the default");
    for wrong in ["limit=2", "limit=251", "order=loudest", "cursor=nowhere", "query=status%3Aparked"] {
        let (status, body) = desk.fernand(Method::GET, &format!("/conversations?{wrong}"), None).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(body["error"].is_string());
    }
}

#[tokio::test]
async fn operators_find_what_the_desk_itself_finds() {
    let desk = desk().await;
    assert_eq!(desk.found("status%3Aopened").await, desk.count("status=active").await);
    let closed = desk.count("status=done").await + desk.count("status=archived").await;
    assert_eq!(desk.found("status%3Aclosed").await, closed);
    assert_eq!(desk.found("status%3Asnoozed").await, desk.count("status=snoozed").await);
    assert_eq!(
        desk.found(&format!("assigned%3A{COLLEAGUE}")).await,
        desk.count(&format!("agent={COLLEAGUE}")).await
    );
    assert_eq!(desk.found("unassigned%3Atrue").await, desk.count("agent=none").await);
    let both = "status%3Aopened%20tag%3Apayment-issue-2026-05";
    assert_eq!(desk.found(both).await, desk.count("status=active&tag=payment-issue-2026-05").await);
    assert!(desk.found("payment").await > 0);
}

#[tokio::test]
async fn a_bulk_call_gives_back_only_what_succeeded() {
    let desk = desk().await;
    let open = desk.ids("status=active&channel=email").await;
    let archived = desk.one("status=archived").await;
    let (one, two) = (number(&open[0]), number(&open[1]));
    let body = json!({ "ids": [one, 4_711_000, two, number(&archived)], "status": "CLOSED", "agent_id": null,
                       "tag": "refund", "untag": "payment-issue-2026-05" });
    let answer = desk.written("/conversations/bulk", body).await;
    assert_eq!(ids(&answer), [one, two], "the unknown and the archived one are left out");
    assert_eq!(answer["conversations"][0]["status"], "CLOSED");
    assert_eq!(answer["conversations"][0]["agent_id"], Value::Null);
    let now = desk.conversation(&open[0]).await;
    assert_eq!((&now["status"], &now["assignee"]["agent"]), (&json!("done"), &Value::Null));
    assert!(now["tags"].as_array().unwrap().contains(&json!("refund")));

    desk.written(
        "/conversations/bulk",
        json!({ "ids": [one], "agent_email": COLLEAGUE, "status": "SNOOZED", "snooze_until": "tomorrow" }),
    )
    .await;
    let now = desk.conversation(&open[0]).await;
    assert_eq!(
        (text(&now["assignee"]["agent"]), text(&now["snoozed_until"])),
        (COLLEAGUE.to_owned(), "2026-05-21T09:00:00.000Z".to_owned())
    );

    let (status, _) =
        desk.fernand(Method::POST, "/conversations/bulk", Some(json!({ "ids": [one], "block": true }))).await;
    assert_eq!(status, 400, "block only with SPAM");
    let answer =
        desk.written("/conversations/bulk", json!({ "ids": [one], "status": "SPAM", "block": true })).await;
    assert_eq!(answer["conversations"][0]["status"], "SPAM");
    assert_eq!(desk.customer_writes(&open[0], "Hello?").await["taken"], false);

    let answer = desk.written("/conversations/bulk", json!({ "ids": [two], "status": "DELETE" })).await;
    assert_eq!(ids(&answer), [two]);
    assert_eq!(desk.fernand(Method::GET, &format!("/conversations/{two}"), None).await.0, 404);
    for wrong in [
        json!({ "ids": [one], "status": "PARKED" }),
        json!({ "ids": [one], "status": "SNOOZED", "snooze_until": "soon" }),
        json!({ "ids": [one], "tag": "x".repeat(51) }),
        json!({ "ids": "all" }),
    ] {
        assert_eq!(
            desk.fernand(Method::POST, "/conversations/bulk", Some(wrong.clone())).await.0,
            400,
            "{wrong}"
        );
    }
    let viewer = desk.fernand_as(
        &desk.running.keys.viewer,
        Method::POST,
        "/conversations/bulk",
        Some(json!({ "ids": [one] })),
    );
    assert_eq!(viewer.await.status().as_u16(), 403);
}

#[tokio::test]
async fn one_conversation_is_patched() {
    let desk = desk().await;
    let id = number(&desk.one("status=active&channel=email").await);
    let path = format!("/conversations/{id}");
    let before = desk.asked(&path).await;
    let body = json!({ "status": "CLOSED", "subject": "Renamed", "contact_id": before["contact_id"] });
    let (status, after) = desk.fernand(Method::PATCH, &path, Some(body)).await;
    assert_eq!((status, &after["status"], &after["subject"]), (200, &json!("CLOSED"), &json!("Renamed")));
    for wrong in [
        json!({ "contact_id": 1_000_000 }),
        json!({ "subject": "x".repeat(81) }),
        json!({ "status": "DELETE" }),
    ] {
        assert_eq!(desk.fernand(Method::PATCH, &path, Some(wrong.clone())).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn replies_and_notes_stand_on_the_timeline() {
    let desk = desk().await;
    let name = desk.one("status=active&channel=email").await;
    let id = number(&name);
    desk.later(60);
    let content = "Dear &lt;Ada&gt;,<br><br>it works again.";
    let files = json!([{ "name": "note.txt", "type": "text/plain", "content": "SGVsbG8=" }]);
    let body = json!({ "content": content, "generated_id": "j/0", "attachments": files });
    let sent = desk.written(&format!("/conversations/{id}/reply"), body).await;
    assert_eq!(
        (&sent["type"], &sent["way"], &sent["message"]),
        (&json!("MESSAGE"), &json!("OUT"), &json!(content))
    );
    assert_eq!(sent["generated_id"], Value::Null, "not documented to come back");
    assert_eq!(sent["attachments"][0]["size"], 5);
    let last = desk.messages(&name).await.pop().unwrap();
    assert_eq!(
        (text(&last["text"]), text(&last["client_ref"])),
        ("Dear <Ada>,\n\nit works again.".to_owned(), "j/0".to_owned())
    );
    // A repeated one is another one: nothing says that it is looked at.
    desk.later(60);
    desk.written(&format!("/conversations/{id}/reply"), json!({ "content": content, "generated_id": "j/0" }))
        .await;

    desk.later(60);
    let body = json!({ "content": "<p>Look</p>", "mentions": ["2", "everyone"], "generated_id": "j/1" });
    let note = desk.written(&format!("/conversations/{id}/notes"), body).await;
    assert_eq!((&note["type"], &note["message"]), (&json!("NOTE"), &json!("<p>Look</p>")));
    let edited = format!("/conversations/{id}/notes/{}", text(&note["id"]));
    let (status, edited) =
        desk.fernand(Method::PATCH, &edited, Some(json!({ "content": "Look again" }))).await;
    assert_eq!((status, &edited["message"]), (200, &json!("Look again")));

    let entries = desk.asked(&format!("/conversations/{id}/messages")).await;
    let entries = entries.as_array().unwrap();
    assert_eq!(entries[0]["type"], "NOTE", "newest first");
    let copies = entries.iter().filter(|entry| entry["message"] == content).count();
    assert_eq!(copies, 2);
    assert!(entries.is_sorted_by(|a, b| text(&a["timestamp"]) >= text(&b["timestamp"])));
    let before =
        desk.asked(&format!("/conversations/{id}/messages?before={}", text(&entries[0]["id"]))).await;
    assert_eq!(before.as_array().unwrap()[..], entries[1..]);

    let gone = format!("/conversations/{id}/messages/{}", text(&entries[0]["id"]));
    assert_eq!(desk.fernand(Method::DELETE, &gone, None).await.0, 204);
    assert_eq!(desk.fernand(Method::DELETE, &gone, None).await.0, 404);
    let voice = number(&desk.one("channel=voice").await);
    let (status, body) = desk
        .fernand(Method::POST, &format!("/conversations/{voice}/reply"), Some(json!({ "content": "x" })))
        .await;
    assert_eq!((status, body), (400, json!({ "error": "Calls take no written reply." })));
}

#[tokio::test]
async fn tags_contacts_snippets_and_drafts() {
    let desk = desk().await;
    let name = desk.one("status=active&channel=email").await;
    let id = number(&name);
    let tag = desk.written(&format!("/conversations/{id}/tags"), json!({ "name": "Look Twice" })).await;
    assert_eq!((&tag["slug"], &tag["count_conversations"]), (&json!("look-twice"), &json!(1)));
    desk.written(&format!("/conversations/{id}/tags"), json!({ "name": "look twice" })).await;
    let row = desk.asked(&format!("/conversations/{id}")).await;
    assert!(row["tags"].as_array().unwrap().contains(&tag["id"]), "on twice is on once");
    let (status, row) =
        desk.fernand(Method::DELETE, &format!("/conversations/{id}/tags/look-twice"), None).await;
    assert_eq!(status, 200);
    assert!(!row["tags"].as_array().unwrap().contains(&tag["id"]));
    let made = desk.written("/tags", json!({ "name": "brand new" })).await;
    assert!(desk.asked("/tags").await.as_array().unwrap().contains(&made));

    let contact = desk.asked(&format!("/contacts/{}", row["contact_id"])).await;
    let email = text(&contact["email"]);
    let found = desk.asked(&format!("/contacts?query={email}&limit=99")).await;
    assert!(found.as_array().unwrap().contains(&contact));
    let renamed = format!("/contacts/{}", row["contact_id"]);
    let (_, renamed) = desk.fernand(Method::PATCH, &renamed, Some(json!({ "name": "Ada L" }))).await;
    assert_eq!((&renamed["name"], &renamed["firstname"]), (&json!("Ada L"), &json!("Ada")));
    assert_eq!(desk.fernand(Method::GET, "/contacts?limit=100", None).await.0, 400);

    let snippet = json!({ "title": "Hello", "shortcut": "hello-2", "actions": [{ "name": "reply", "data": { "content": "Hi" } }] });
    let made = desk.written("/snippets", snippet).await;
    assert!(desk.asked("/snippets").await.as_array().unwrap().iter().any(|one| one["id"] == made["id"]));
    let draft =
        json!({ "content": { "content": "<p>Maybe</p>" }, "target_email": COLLEAGUE, "title": "To look at" });
    let draft = desk.written(&format!("/conversations/{id}/drafts"), draft).await;
    assert_eq!((&draft["conversation_id"], &draft["title"]), (&json!(id), &json!("To look at")));
}

#[tokio::test]
async fn twenty_reads_and_five_writes_a_minute() {
    let desk = Desk::start().await;
    let id = number(&desk.one("status=active").await);
    let read = async || desk.fernand_as(&desk.running.keys.agent, Method::GET, "/tags", None).await;
    let body = json!({ "ids": [id], "status": "OPENED" });
    let write = async || {
        desk.fernand_as(&desk.running.keys.agent, Method::POST, "/conversations/bulk", Some(body.clone()))
            .await
    };
    let header = |response: &Response, name: &str| response.headers()[name].to_str().unwrap().to_owned();
    for left in (0..20).rev() {
        let response = read().await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "x-ratelimit-remaining")),
            (200, left.to_string())
        );
    }
    let response = read().await;
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(header(&response, "x-ratelimit-limit"), "20");
    // Half past: the minute is over in sixty seconds, by the desk's own clock, which the answer tells.
    assert_eq!(header(&response, "x-ratelimit-reset"), "1779287460");
    assert_eq!(header(&response, "date"), "Wed, 20 May 2026 14:30:00 GMT");
    assert!(response.headers().get("retry-after").is_none());
    for _ in 0..5 {
        assert_eq!(write().await.status().as_u16(), 200, "writes are counted apart");
    }
    assert_eq!(write().await.status().as_u16(), 429);
    desk.later(60);
    assert_eq!((read().await.status().as_u16(), write().await.status().as_u16()), (200, 200));
    let calls = desk.asked("/_calls").await;
    assert_eq!(
        (&calls["429"], &calls["GET /tags"], &calls["POST /conversations/bulk"]),
        (&json!(2), &json!(21), &json!(6))
    );
}
