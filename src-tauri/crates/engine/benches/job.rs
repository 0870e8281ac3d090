//! What the journal costs above the help desk itself: 10,000 conversations to done in one job, against a bare loop that
//! sends the same batches, on a real desk over loopback.
//!
//! Prints one JSON object a line: `cargo xtask bench` makes figures of them. Arguments name the measures to take; none
//! takes all. No time is ever asserted.
#![expect(clippy::print_stdout, reason = "what a bench prints is its product")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use muster_desk::{Options, Source, serve};
use muster_engine::{Account, Clock, EngineEvent, EnvKeys, KeySource, SystemClock, connect};
use muster_helpdesk::{ApiKey, Batch, Cursor, Delta, HelpDesk};
use muster_model::{
    AccountId, Action, AudienceItem, Change, Conversation, EffectOutcome, JobId, JobState, Match, RemoteId,
    Resolved, Sending, Sort, StatusChange,
};
use muster_store::{AccountRow, NewJob, Overlay};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

const N: usize = 10_000;
const RUNS: usize = 5;

fn main() {
    let name = format!("job {N} done");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
        return;
    }
    // Another library of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (url, key) = a_desk();
    runtime.block_on(async {
        let bench = Bench::new(&url, &key).await;
        let (mut samples, mut baseline) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            bench.bare(StatusChange::Active).await;
            baseline.push(bench.bare(StatusChange::Done).await);
            bench.bare(StatusChange::Active).await;
            samples.push(bench.job(StatusChange::Done).await);
        }
        println!(
            "{}",
            json!({ "name": name, "n": N, "unit": "ms", "samples": samples, "baseline": baseline })
        );
    });
}

/// A desk on threads of its own, as a help desk is somewhere else.
fn a_desk() -> (String, String) {
    let (said, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options {
                source: Source::Seeded { conversations: N },
                calls_per_minute: u32::MAX,
                ..Options::default()
            };
            let running = serve(options).await.unwrap();
            said.send((running.url.clone(), running.keys.agent.clone())).unwrap();
            std::future::pending::<()>().await;
        });
    });
    hear.recv().unwrap()
}

struct Bench {
    account: Account,
    desk: Arc<dyn HelpDesk>,
    _folder: TempDir,
}

impl Bench {
    async fn new(url: &str, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let row = AccountRow {
            id: AccountId(Uuid::now_v7()),
            name: "Desk".into(),
            kind: "muster".into(),
            url: url.to_owned(),
            user: None,
            created: SystemClock.now(),
        };
        let keys: Arc<dyn KeySource> =
            Arc::new(EnvKeys::new(ApiKey::new(key.to_owned()), Some("data".into())));
        let account =
            Account::open(row, folder.path().join("account"), keys, Arc::new(SystemClock)).await.unwrap();
        let desk = connect("muster", url, None, ApiKey::new(key.to_owned())).unwrap();
        // What it can do is learnt with who we are.
        desk.me().await.unwrap();
        desk.directory().await.unwrap();
        let bench = Self { account, desk, _folder: folder };
        bench.sync().await;
        // Once for whose key it is, with nothing to do.
        bench.account.work_until_idle().await.unwrap();
        bench
    }

    /// Headers only: the threads that a sync also fetches ahead are no part of what is measured.
    async fn sync(&self) {
        let cache = &self.account.stores().cache;
        loop {
            let cursor = cache.sync_state().unwrap().cursor.map(Cursor);
            let page = self.desk.changes(cursor.as_ref()).await.unwrap();
            let upserts: Vec<Conversation> = page
                .deltas
                .into_iter()
                .filter_map(|delta| match delta {
                    Delta::Upsert(conversation) | Delta::Sketch(conversation) => Some(*conversation),
                    Delta::Gone(_) => None,
                })
                .collect();
            let now = SystemClock.now();
            cache.apply_page(&upserts, &[], &page.next.0, page.backfilling, page.total, now).unwrap();
            if !page.more {
                return;
            }
        }
    }

    /// Everything that takes a change, as cached.
    fn conversations(&self) -> Vec<Conversation> {
        let cache = &self.account.stores().cache;
        let takes = Match::Not(Box::new(Match::Status(vec![muster_model::Status::Archived])));
        let everything = Resolved { filter: takes, sort: Sort::default() };
        let ids = cache.matching_ids(&everything, &Overlay::empty()).unwrap();
        cache.conversations(&ids).unwrap()
    }

    /// The batches and nothing else.
    async fn bare(&self, status: StatusChange) -> f64 {
        let ids: Vec<RemoteId> = self.conversations().into_iter().map(|seen| seen.id).collect();
        let change = Change { status: Some(status), ..Change::default() };
        let started = Instant::now();
        for part in ids.chunks(self.desk.capabilities().max_batch) {
            let batch = Batch { ids: part.to_vec(), change: change.clone() };
            let outcomes = self.desk.apply(&batch).await.unwrap();
            assert_eq!(outcomes.len(), part.len());
            assert!(outcomes.iter().flat_map(|item| &item.effects).all(went_well));
        }
        millis(started)
    }

    /// The same through the journal, from the confirmed job until every item has its outcome.
    async fn job(&self, status: StatusChange) -> f64 {
        // So that what the bare loop did meanwhile is known, and the worker finds nothing to catch up with.
        self.sync().await;
        let stores = self.account.stores();
        let now = SystemClock.now();
        let new = NewJob {
            id: JobId(Uuid::now_v7()),
            name: "Done".into(),
            action: Action::Change { change: Change { status: Some(status), ..Change::default() } },
            state: JobState::Running,
            due: now,
            created: now,
            me: self.account.me().unwrap().handle,
            filter: None,
            resolved: None,
            audience: self.conversations().into_iter().map(item).collect(),
            sending: Sending::default(),
            origin: None,
        };
        let total = new.audience.len() as u64;
        let mut events = self.account.events();
        let started = Instant::now();
        stores.journal.insert_job(&new).unwrap();
        let over = async {
            loop {
                if let Ok(EngineEvent::JobChanged(id)) = events.recv().await
                    && id == new.id
                    && stores.journal.job(id).unwrap().is_some_and(|job| job.state.is_over())
                {
                    return millis(started);
                }
            }
        };
        let (took, worked) = tokio::join!(over, self.account.work_until_idle());
        worked.unwrap();
        let job = stores.journal.job(new.id).unwrap().unwrap();
        assert_eq!(job.counts.applied, total, "{:?}", job.reasons);
        took
    }
}

fn went_well(outcome: &EffectOutcome) -> bool {
    matches!(outcome, EffectOutcome::Applied { .. })
}

fn item(seen: Conversation) -> AudienceItem {
    AudienceItem {
        id: seen.id,
        stamp: seen.stamp,
        last_inbound: seen.last_inbound.map(Timestamp::as_millisecond),
        last_outbound: seen.last_outbound.map(Timestamp::as_millisecond),
        values: Vec::new(),
        verdict: "will_change".into(),
        takes_part: true,
        channel: seen.channel,
        with_files: false,
        own: None,
    }
}

fn millis(since: Instant) -> f64 {
    Duration::as_secs_f64(&since.elapsed()) * 1000.0
}
