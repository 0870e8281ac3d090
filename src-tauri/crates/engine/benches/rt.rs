//! What the journal costs above a real Request Tracker: bulk status and mass reply through a running account, against a
//! bare loop that sends the same chunks with nothing around them.
//!
//! Prints one JSON object a line, as `cargo xtask bench` wants them; nothing where RT is not installed. No time is ever
//! asserted.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a bench prints is its product")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use muster_engine::{Account, Clock, EngineEvent, EnvKeys, KeySource, SystemClock};
use muster_helpdesk::ApiKey;
use muster_model::{AccountId, Action, Change, RemoteId, StatusChange};
use muster_store::{AccountRow, NewJob};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use measure::{item, job, millis, report, wants};

#[path = "../../store/benches/measure/mod.rs"]
mod measure;
#[path = "../../../tests/rt/server.rs"]
mod server;

const RUNS: usize = 5;
const STATUS: (&str, usize) = ("rt bulk status 100", 100);
const REPLY: (&str, usize) = ("rt mass reply 60", 60);
/// What the connector sends in one call.
const CHANGES_PER_CALL: usize = 50;
const REPLIES_PER_CALL: usize = 20;

fn main() {
    if !wants(STATUS.0) && !wants(REPLY.0) {
        return;
    }
    if let Some(why) = server::missing() {
        eprintln!("LEFT OUT: {} and {}: {why}", STATUS.0, REPLY.0);
        return;
    }
    // Another library of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let server = server::Server::start(repository, &target).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::new(&server).await;
        if wants(STATUS.0) {
            let (mut samples, mut baseline) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                bench.bare_status("open").await;
                baseline.push(bench.bare_status("resolved").await);
                bench.bare_status("open").await;
                samples.push(bench.job(STATUS.1, done()).await);
            }
            report(STATUS.0, STATUS.1, &samples, &baseline);
        }
        if wants(REPLY.0) {
            let (mut samples, mut baseline) = (Vec::new(), Vec::new());
            for run in 0..RUNS {
                baseline.push(bench.bare_reply(&format!("Bare reply {run}.")).await);
                samples.push(bench.job(REPLY.1, reply(&format!("Reply {run} of a job."))).await);
            }
            report(REPLY.0, REPLY.1, &samples, &baseline);
        }
        bench.account.stop().await;
    });
}

struct Bench {
    account: Account,
    http: Client,
    url: String,
    key: String,
    ids: Vec<RemoteId>,
    _folder: TempDir,
}

impl Bench {
    async fn new(server: &server::Server) -> Self {
        let key = server.key("anna").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let row = AccountRow {
            id: AccountId(Uuid::now_v7()),
            name: "RT".into(),
            kind: "rt".into(),
            url: server.url.clone(),
            user: None,
            created: SystemClock.now(),
        };
        let keys: Arc<dyn KeySource> = Arc::new(EnvKeys::new(ApiKey::new(key.clone()), Some("data".into())));
        let account =
            Account::open(row, folder.path().join("account"), keys, Arc::new(SystemClock)).await.unwrap();
        // With the threads, so that fetching them ahead is no part of what is measured.
        account.sync_once(false, |_| {}).await.unwrap();
        account.start();
        let ids = server.ids("anna", "Lifecycle = 'default' AND id > 0").await.unwrap();
        let ids = ids.into_iter().map(RemoteId::from).collect();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { account, http, url: server.url.clone(), key, ids, _folder: folder }
    }

    async fn bare_status(&self, status: &str) -> f64 {
        let started = Instant::now();
        for part in self.ids[..STATUS.1].chunks(CHANGES_PER_CALL) {
            let updates: Vec<Value> =
                part.iter().map(|id| json!({ "id": id.as_str(), "Status": status })).collect();
            self.call(Method::PUT, "tickets/bulk", &json!(updates)).await;
        }
        millis(started)
    }

    async fn bare_reply(&self, text: &str) -> f64 {
        let started = Instant::now();
        for part in self.ids[..REPLY.1].chunks(REPLIES_PER_CALL) {
            let messages: Vec<Value> = part
                .iter()
                .map(|id| {
                    json!({ "id": id.as_str(), "Content": text, "ContentType": "text/plain",
                            "TxnCustomFields": { "ClientRef": format!("{text}/{id}") } })
                })
                .collect();
            self.call(Method::POST, "tickets/bulk/correspond", &json!(messages)).await;
        }
        millis(started)
    }

    async fn call(&self, method: Method, path: &str, body: &Value) {
        let request = self.http.request(method, format!("{}/REST/2.0/{path}", self.url));
        let request = request.header("Authorization", format!("token {}", self.key)).json(body);
        request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    }

    /// Through the journal of a running account, from the confirmed job until every item has its outcome.
    async fn job(&self, n: usize, action: Action) -> f64 {
        self.until_known(n).await;
        let stores = self.account.stores();
        let audience: Vec<_> =
            stores.cache.conversations(&self.ids[..n]).unwrap().into_iter().map(item).collect();
        let me = self.account.me().unwrap().handle;
        let new = NewJob {
            action,
            filter: None,
            ..job(StatusChange::Done, audience.into(), me, SystemClock.now())
        };
        let mut events = self.account.events();
        let started = Instant::now();
        stores.journal.insert_job(&new).unwrap();
        self.account.wake();
        loop {
            if let Ok(EngineEvent::JobChanged(id)) = events.recv().await
                && id == new.id
                && stores.journal.job(id).unwrap().is_some_and(|job| job.state.is_over())
            {
                break;
            }
        }
        let took = millis(started);
        let job = stores.journal.job(new.id).unwrap().unwrap();
        assert_eq!(job.counts.applied, n as u64, "{:?}", job.reasons);
        took
    }

    /// What the bare loop did is in the cache, as it would be in a window that is open.
    async fn until_known(&self, n: usize) {
        let client = self.http.clone();
        loop {
            let query =
                [("query", "id > 0"), ("orderby", "LastUpdated"), ("order", "DESC"), ("per_page", "1")];
            let request = client.get(format!("{}/REST/2.0/tickets", self.url)).query(&query);
            let request = request.query(&[("fields", "LastUpdated")]);
            let request = request.header("Authorization", format!("token {}", self.key));
            let newest: Value = request.send().await.unwrap().json().await.unwrap();
            let at: Timestamp = newest["items"][0]["LastUpdated"].as_str().unwrap().parse().unwrap();
            let known = self.account.stores().cache.conversations(&self.ids[..n]).unwrap();
            if known.iter().map(|one| one.updated).max() >= Some(at) {
                // And one poll more, after which nothing is left to fetch.
                tokio::time::sleep(Duration::from_secs(7)).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn done() -> Action {
    Action::Change { change: Change { status: Some(StatusChange::Done), ..Change::default() } }
}

fn reply(text: &str) -> Action {
    Action::Reply {
        text: text.to_owned(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    }
}
