//! The desk over real HTTP, as a client meets it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bulk;
mod changes;
mod contract;
mod events;
mod faults;
mod fernand;
mod files;
mod gone;
mod killed;
mod mine;
mod reading;
mod replies;
mod roles;
mod seeds;
mod time;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use muster_desk::{Clock, Options, Running, Source, serve};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A desk of its own for each test, at a time that stands still.
struct Desk {
    running: Running,
    http: Client,
    clock: Clock,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const COLLEAGUE: &str = "jonas@brindlewick.example";

fn standing() -> Clock {
    Clock::standing("2026-05-20T14:30:00Z".parse::<Timestamp>().unwrap())
}

fn client() -> Client {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

impl Desk {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let clock = standing();
        let source = Source::Seeded { conversations: 300 };
        let mut options = Options { source, clock: clock.clone(), ..Options::default() };
        change(&mut options);
        Self { running: serve(options).await.unwrap(), http: client(), clock }
    }

    async fn at(data: &Path) -> Self {
        Self::with(|options| options.data = Some(data.to_owned())).await
    }

    fn as_agent(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.running.keys.agent)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.url)
    }

    async fn get(&self, path: &str) -> Value {
        answer(self.as_agent(self.http.get(self.url(path))).send().await.unwrap(), 200).await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.post_for(200, path, body).await
    }

    async fn post_for(&self, status: u16, path: &str, body: &Value) -> Value {
        answer(self.as_agent(self.http.post(self.url(path)).json(body)).send().await.unwrap(), status).await
    }

    async fn send_for(&self, status: u16, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, self.url(path)).json(body);
        answer(self.as_agent(request).send().await.unwrap(), status).await
    }

    async fn put(&self, path: &str, body: &Value) -> Value {
        self.send_for(200, Method::PUT, path, body).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Value {
        self.send_for(200, Method::PATCH, path, body).await
    }

    /// A call with the key of a colleague in a role: its status and its code, if it was refused.
    async fn post_as(&self, role: &str, path: &str, body: &Value) -> (u16, Value) {
        let made = json!({ "agent": COLLEAGUE, "role": role });
        let key = text(&self.post("/api/_simulate/key", &made).await["key"]);
        let response = self.http.post(self.url(path)).json(body).bearer_auth(key).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap()["error"]["code"].clone())
    }

    /// A new conversation of a contact, by mail.
    async fn written_by(&self, email: &str, words: &str) -> String {
        let new = json!({ "name": "Ada Lovelace", "email": email, "channel": "email", "subject": words });
        let body = json!({ "new": new, "text": words });
        text(&self.post("/api/_simulate/customer_message", &body).await["id"])
    }

    async fn post_as_viewer(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(self.url(path)).json(body).bearer_auth(&self.running.keys.viewer);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Ids in a segment.
    async fn ids(&self, query: &str) -> Vec<String> {
        let found = self.get(&format!("/api/conversations?limit=500&{query}")).await;
        found["conversations"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect()
    }

    /// The first of a segment.
    async fn one(&self, query: &str) -> String {
        self.ids(query).await.first().unwrap_or_else(|| panic!("nobody in {query}")).clone()
    }

    async fn count(&self, query: &str) -> i64 {
        let found = self.get(&format!("/api/conversations?count_only=true&{query}")).await;
        assert_eq!(found["conversations"], json!([]));
        found["count"].as_i64().unwrap()
    }

    async fn conversation(&self, id: &str) -> Value {
        self.get(&format!("/api/conversations/{id}")).await["conversation"].clone()
    }

    async fn messages(&self, id: &str) -> Vec<Value> {
        self.get(&format!("/api/conversations/{id}/messages")).await["messages"].as_array().unwrap().clone()
    }

    async fn change(&self, ids: &[&str], change: Value) -> Vec<Value> {
        let body = json!({ "ids": ids, "change": change });
        self.post("/api/conversations/bulk", &body).await["results"].as_array().unwrap().clone()
    }

    async fn reply(&self, body: Value) -> Vec<Value> {
        self.post("/api/conversations/bulk/reply", &body).await["results"].as_array().unwrap().clone()
    }

    async fn customer_writes(&self, id: &str, text: &str) -> Value {
        let body = json!({ "conversation": id, "text": text });
        self.post("/api/_simulate/customer_message", &body).await
    }

    /// Moves the clock by HTTP: afterwards everything has happened that was due.
    async fn pass(&self, seconds: i64) -> Value {
        self.post("/api/_clock", &json!({ "advance_ms": seconds * 1_000 })).await
    }

    /// Sends one reply and gives what became of it.
    async fn say(&self, id: &str, words: &str, reference: &str) -> Value {
        let body = json!({ "replies": [{ "id": id, "text": words, "client_ref": reference }] });
        self.reply(body).await[0].clone()
    }

    /// What the thread says happened, the newest last.
    async fn events_of(&self, id: &str) -> Vec<String> {
        let messages = self.messages(id).await;
        messages.iter().filter(|entry| entry["kind"] == "event").map(|entry| text(&entry["text"])).collect()
    }

    fn later(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

async fn answer(response: Response, status: u16) -> Value {
    let (url, said) = (response.url().clone(), response.status().as_u16());
    let body = response.text().await.unwrap();
    assert_eq!(said, status, "{url}: {body}");
    serde_json::from_str(&body).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
