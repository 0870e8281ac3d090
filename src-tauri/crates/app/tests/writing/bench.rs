//! An app with one account on a desk of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use muster_app::wire::{
    AccountRef, AddAccount, ConversationRef, DraftRef, DraftView, MessageView, ReplyRequest, SaveDraft,
};
use muster_app::{App, EnvKeys, SystemClock};
use muster_desk::{Options, Running, Source, serve};
use muster_helpdesk::ApiKey;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than anything here takes on a slow machine: only a test that fails waits this long.
const PATIENCE: Duration = Duration::from_secs(150);

pub struct Bench {
    pub app: App,
    pub account: String,
    desk: Running,
    client: reqwest::Client,
    folder: TempDir,
}

impl Bench {
    /// Signed in, synced and online.
    pub async fn start() -> Self {
        let options = Options { source: Source::Seeded { conversations: 120 }, ..Options::default() };
        let desk = serve(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keys = EnvKeys::new(ApiKey::new(desk.keys.agent.clone()), Some("data".into()));
        let app = App::new(folder.path().to_owned(), Arc::new(keys), Arc::new(SystemClock), None).unwrap();
        let request = AddAccount {
            user: None,
            name: "Desk".into(),
            kind: "muster".into(),
            url: desk.url.clone(),
            key: desk.keys.agent.clone(),
        };
        let account = app.add_account(request).await.unwrap().id;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let bench = Self { app, account, desk, client, folder };
        bench
            .until("synced", async || {
                let state =
                    bench.app.account_state(AccountRef { account: bench.account.clone() }).await.unwrap();
                state.connection.state == "online" && !state.sync.first
            })
            .await;
        bench
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub async fn stop(self) {
        self.app.stop().await;
        self.desk.stop().await;
    }

    pub async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.desk.url)).bearer_auth(&self.desk.keys.agent);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.desk.url)).bearer_auth(&self.desk.keys.agent);
        request.json(&body).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// The conversations of a segment, as the desk says.
    pub async fn ids(&self, query: &str) -> Vec<String> {
        let found = self.get(&format!("/api/conversations?{query}")).await;
        let rows = found["conversations"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    /// What stands in a thread at the desk with our own reference.
    pub async fn sent(&self, id: &str) -> Vec<Value> {
        let thread = self.get(&format!("/api/conversations/{id}")).await;
        let messages = thread["messages"].as_array().unwrap();
        messages.iter().filter(|message| message["client_ref"].is_string()).cloned().collect()
    }

    pub async fn colleague_replies(&self, id: &str, text: &str) {
        let body = json!({ "conversation": id, "by": "jonas@brindlewick.example", "reply": text });
        self.post("/api/_simulate/change", body).await;
    }

    pub async fn customer_writes(&self, id: &str, text: &str) {
        self.post("/api/_simulate/customer_message", json!({ "conversation": id, "text": text })).await;
    }

    /// The thread, once it is here whole.
    pub async fn messages(&self, id: &str) -> Vec<MessageView> {
        let request = || ConversationRef { account: self.account.clone(), id: id.to_owned() };
        self.until("the thread is here", async || {
            self.app.thread(request()).await.is_ok_and(|thread| thread.complete)
        })
        .await;
        self.app.thread(request()).await.unwrap().messages
    }

    pub async fn save(&self, id: &str, kind: &str, text: &str, files: &[String]) -> Option<DraftView> {
        let request = SaveDraft {
            account: self.account.clone(),
            id: id.to_owned(),
            kind: kind.to_owned(),
            text: text.to_owned(),
            files: files.to_vec(),
        };
        self.app.save_draft(request).await.unwrap().draft
    }

    pub async fn draft(&self, id: &str) -> Option<DraftView> {
        self.app.draft(self.named(id)).await.unwrap().draft
    }

    pub fn named(&self, id: &str) -> DraftRef {
        DraftRef { account: self.account.clone(), id: id.to_owned(), kind: "reply".to_owned() }
    }

    pub fn reply(&self, id: &str, text: &str) -> ReplyRequest {
        ReplyRequest {
            account: self.account.clone(),
            id: id.to_owned(),
            text: text.to_owned(),
            done: false,
            files: Vec::new(),
            hold: None,
            anyway: false,
            approved: None,
        }
    }

    /// Waits until it is so.
    pub async fn until(&self, what: &str, is: impl AsyncFn() -> bool) {
        let wait = async {
            while !is().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never: {what}");
    }
}
