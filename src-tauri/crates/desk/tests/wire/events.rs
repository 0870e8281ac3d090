//! The live stream, and catching up after a gap.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::{COLLEAGUE, Desk};

/// One client's stream.
pub(super) struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    pub(super) async fn open(desk: &Desk, last: Option<i64>) -> Self {
        let mut request = desk.as_agent(desk.http.get(desk.url("/api/events")));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event: its name and data. `None` when the stream ended.
    pub(super) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let (name, data) = (field("event: "), field("data: "));
                self.text = rest.to_owned();
                if let (Some(name), Some(data)) = (name, data) {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            self.more().await?;
        }
    }
}

impl Stream {
    /// The next comment, when there is nothing before it.
    pub(super) async fn comment(&mut self) -> String {
        loop {
            if let Some((comment, rest)) = self.text.split_once("\n\n") {
                let comment = comment.to_owned();
                self.text = rest.to_owned();
                return comment;
            }
            self.more().await.unwrap();
        }
    }

    /// Reads on; `None` when the stream ended. A desk that says nothing must fail the test and not hang it.
    async fn more(&mut self) -> Option<()> {
        let read = tokio::time::timeout(Duration::from_secs(60), self.response.chunk());
        let chunk = read.await.unwrap().ok()??;
        self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        Some(())
    }
}

#[tokio::test]
async fn what_changes_is_told_and_can_be_caught_up() {
    let desk = Desk::start().await;
    let id = desk.one("status=done&channel=email").await;
    let mut stream = Stream::open(&desk, None).await;
    let (name, hello) = stream.next().await.unwrap();
    assert_eq!(name, "hello");

    let written = desk.customer_writes(&id, "Hello?").await;
    let (name, event) = stream.next().await.unwrap();
    assert_eq!(name, "change");
    let expected = json!({ "id": id, "seq": written["seq"], "kind": "message", "from": "customer", "by": null, "at": "2026-05-20T14:30:00.000Z" });
    assert_eq!(event, expected);
    desk.post(
        "/api/_simulate/change",
        &json!({ "conversation": id, "by": COLLEAGUE, "change": { "status": "done", "add_tags": ["x"] } }),
    )
    .await;
    let (_, event) = stream.next().await.unwrap();
    assert_eq!((&event["kind"], &event["by"]), (&json!("status"), &json!(COLLEAGUE)));
    drop(stream);

    desk.post(&format!("/api/conversations/{id}/follow"), &json!({ "on": true })).await;
    desk.post(&format!("/api/conversations/{id}/notes"), &json!({ "text": "Hm." })).await;
    let mut stream = Stream::open(&desk, hello["seq"].as_i64()).await;
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let (name, event) = stream.next().await.unwrap();
        kinds.push(if name == "change" { super::text(&event["kind"]) } else { name });
    }
    assert_eq!(kinds, ["hello", "message", "status", "followers", "note"]);
}

#[tokio::test]
async fn a_place_that_is_lost_says_so() {
    let desk = Desk::start().await;
    let ids = desk.ids("").await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for tag in ["one", "two", "three", "four", "five"] {
        desk.change(&ids, json!({ "add_tags": [tag] })).await;
    }
    for last in [1, 1_000_000] {
        let (name, reset) = Stream::open(&desk, Some(last)).await.next().await.unwrap();
        assert_eq!(name, "reset", "{last}");
        assert!(reset["seq"].as_i64().unwrap() > 1_000);
    }
}

#[tokio::test]
async fn a_desk_that_stops_ends_its_streams() {
    let desk = Desk::start().await;
    let mut stream = Stream::open(&desk, None).await;
    stream.next().await.unwrap();
    desk.running.stop().await;
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn customers_write_in_by_themselves() {
    let desk = Desk::with(|options| options.live = true).await;
    let mut stream = Stream::open(&desk, None).await;
    stream.next().await.unwrap();
    desk.pass(10).await;
    let (_, event) = stream.next().await.unwrap();
    assert_eq!((&event["kind"], &event["from"]), (&json!("message"), &json!("customer")));
    let last =
        desk.messages(&super::text(&event["id"])).await.into_iter().rfind(|entry| entry["kind"] == "message");
    assert!(!super::text(&last.unwrap()["text"]).contains(['|', '{']));
}
