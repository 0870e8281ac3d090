//! The desk under load: 50 clients that poll and 5 that write, against 100,000 conversations, for a minute. An answer that
//! is not the one asked for ends it with an error; beside each figure stands the same call on an idle desk.
//!
//! Prints one JSON object a line: `cargo xtask bench` makes figures of them. Arguments name the measures to take; none
//! takes all. `MUSTER_LOAD_SECONDS` and `MUSTER_LOAD_CONVERSATIONS` make it shorter. No time is ever asserted.
#![expect(clippy::print_stdout, reason = "what a bench prints is its product")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_desk::{Options, Source, serve};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const POLLERS: usize = 50;
const WRITERS: usize = 5;
const BATCH: usize = 500;
/// Each poller asks so often, each writer so often: about what busy clients do.
const POLL_EVERY: Duration = Duration::from_millis(500);
const WRITE_EVERY: Duration = Duration::from_millis(400);
/// Calls on the idle desk, to compare with.
const ALONE: usize = 30;
const NAMES: [&str; 3] = ["load bulk 500", "load reply 500", "load poll"];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if !wanted.is_empty() && !NAMES.iter().any(|name| wanted.iter().any(|word| name.contains(word.as_str())))
    {
        return;
    }
    // Another library of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (url, key) = a_desk();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(url, key));
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A desk on threads of its own, as a help desk is somewhere else.
fn a_desk() -> (String, String) {
    let (said, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let conversations = setting("MUSTER_LOAD_CONVERSATIONS", 100_000) as usize;
            let options = Options {
                source: Source::Seeded { conversations },
                calls_per_minute: u32::MAX,
                ..Options::default()
            };
            let began = Instant::now();
            let running = serve(options).await.unwrap();
            eprintln!("a desk of {conversations} began in {:.1} s", began.elapsed().as_secs_f64());
            said.send((running.url.clone(), running.keys.agent.clone())).unwrap();
            std::future::pending::<()>().await;
        });
    });
    hear.recv().unwrap()
}

/// A page of changes. Rows are checked for being JSON and not read further: what a client makes of them is done on a
/// machine of its own.
#[derive(Deserialize)]
struct Page {
    conversations: Vec<Box<RawValue>>,
    cursor: String,
    more: bool,
}

/// One client.
#[derive(Clone)]
struct Caller {
    http: Client,
    url: Arc<str>,
    key: Arc<str>,
}

impl Caller {
    fn new(url: &str, key: &str) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self { http, url: url.into(), key: key.into() }
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> T {
        let response = request.bearer_auth(&self.key).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.json().await.unwrap()
    }

    async fn changes(&self, cursor: &str) -> Page {
        self.send(self.http.get(format!("{}/api/changes", self.url)).query(&[("cursor", cursor)])).await
    }

    /// One change on so many, all applied; in milliseconds.
    async fn bulk(&self, ids: &[String], tag: &str) -> f64 {
        let body = json!({ "ids": ids, "change": { "add_tags": [tag] } });
        self.write("/api/conversations/bulk", &body).await
    }

    /// One reply to each, all sent; in milliseconds.
    async fn reply(&self, ids: &[String], job: &str) -> f64 {
        let replies: Vec<_> = (0..)
            .zip(ids)
            .map(|(n, id)| json!({ "id": id, "text": "We are back.", "client_ref": format!("{job}/{n}") }))
            .collect();
        self.write("/api/conversations/bulk/reply", &json!({ "replies": replies, "mass": true })).await
    }

    async fn write(&self, path: &str, body: &Value) -> f64 {
        let began = Instant::now();
        let answer: Value = self.send(self.http.post(format!("{}{path}", self.url)).json(body)).await;
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        let results = answer["results"].as_array().unwrap();
        assert!(results.iter().all(|one| one["outcome"] == "applied"), "{answer}");
        took
    }
}

/// What a client measured.
#[derive(Default)]
struct Took {
    bulk: Vec<f64>,
    reply: Vec<f64>,
    poll: Vec<f64>,
}

async fn run(url: String, key: String) {
    let caller = Caller::new(&url, &key);
    let mut ids: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = caller.changes(&cursor).await;
        let rows = page.conversations.iter().map(|row| serde_json::from_str::<Value>(row.get()).unwrap());
        let open = rows.filter(|row| row["status"] == "active" && row["channel"] == "email");
        ids.extend(open.map(|row| row["id"].as_str().unwrap().to_owned()));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    let batches: Vec<Vec<String>> = ids.chunks_exact(BATCH).map(<[String]>::to_vec).collect();
    let mut alone = Took::default();
    for round in 0..ALONE {
        let batch = &batches[round % batches.len()];
        alone.bulk.push(caller.bulk(batch, &format!("alone-{round}")).await);
        alone.reply.push(caller.reply(batch, &format!("alone-{round}")).await);
        let began = Instant::now();
        let page = caller.changes(&cursor).await;
        alone.poll.push(began.elapsed().as_secs_f64() * 1_000.0);
        cursor = page.cursor;
    }

    let until = Instant::now() + Duration::from_secs(setting("MUSTER_LOAD_SECONDS", 60));
    let batches = Arc::new(batches);
    let mut clients = JoinSet::new();
    for poller in 0..POLLERS {
        let (caller, mut cursor) = (Caller::new(&url, &key), cursor.clone());
        clients.spawn(async move {
            let mut took = Took::default();
            // Not all at once.
            tokio::time::sleep(POLL_EVERY * poller as u32 / POLLERS as u32).await;
            while Instant::now() < until {
                let began = Instant::now();
                let page = caller.changes(&cursor).await;
                took.poll.push(began.elapsed().as_secs_f64() * 1_000.0);
                cursor = page.cursor;
                if !page.more {
                    tokio::time::sleep(POLL_EVERY).await;
                }
            }
            took
        });
    }
    for writer in 0..WRITERS {
        let (caller, batches) = (Caller::new(&url, &key), batches.clone());
        clients.spawn(async move {
            let mut took = Took::default();
            for round in 0.. {
                if Instant::now() >= until {
                    break;
                }
                let batch = &batches[(writer + round * WRITERS) % batches.len()];
                let name = format!("writer-{writer}-{round}");
                if round % 4 == 3 {
                    took.reply.push(caller.reply(batch, &name).await);
                } else {
                    took.bulk.push(caller.bulk(batch, &name).await);
                }
                tokio::time::sleep(WRITE_EVERY).await;
            }
            took
        });
    }
    let mut all = Took::default();
    while let Some(took) = clients.join_next().await {
        let took = took.unwrap();
        all.bulk.extend(took.bulk);
        all.reply.extend(took.reply);
        all.poll.extend(took.poll);
    }
    for (name, n, samples, baseline) in [
        (NAMES[0], BATCH, all.bulk, alone.bulk),
        (NAMES[1], BATCH, all.reply, alone.reply),
        (NAMES[2], 1, all.poll, alone.poll),
    ] {
        println!(
            "{}",
            json!({ "name": name, "n": n, "unit": "ms", "samples": samples, "baseline": baseline })
        );
    }
}
