//! What the journal costs above the help desk itself: 10,000 conversations to done in one job, and that job undone, each
//! against a bare loop that sends the same batches, on a real desk over loopback.
//!
//! What is timed of a job begins before it is confirmed, and ends when every item has its outcome on the disk. It
//! includes asking whose key it is, as a terminal does; of the undo also finding out what each conversation gets back.
//! Prints one JSON object a line: `cargo xtask bench` makes figures of them. Arguments name the measures to take; none
//! takes all. No time is ever asserted; that each conversation has its own value back is.
#![expect(clippy::print_stdout, reason = "what a bench prints is its product")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot do its work has nothing to say")]

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use muster_desk::{Options, Source, serve};
use muster_engine::{Account, Clock, EngineEvent, EnvKeys, KeySource, SystemClock, connect, undo};
use muster_helpdesk::{ApiKey, Batch, Cursor, Delta, HelpDesk};
use muster_model::{
    AccountId, Change, Conversation, EffectOutcome, JobId, Match, RemoteId, Resolved, Sort, Status,
    StatusChange,
};
use muster_store::{AccountRow, Overlay};
use tempfile::TempDir;
use uuid::Uuid;

use measure::{item, millis, report, wants};

#[path = "../../store/benches/measure/mod.rs"]
mod measure;

const N: usize = 10_000;
const RUNS: usize = 21;

fn main() {
    let (done, undone) = (format!("job {N} done"), format!("job {N} undone"));
    if !wants(&done) && !wants(&undone) {
        return;
    }
    // Another library of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (url, key) = a_desk();
    runtime.block_on(async {
        let bench = Bench::new(&url, &key).await;
        bench.prepare().await;
        let (mut job, mut undo) = (Measure::default(), Measure::default());
        for _ in 0..RUNS {
            // Both find and leave the same values at the desk.
            job.baseline.push(bench.bare(&bench.all(StatusChange::Done)).await);
            undo.baseline.push(bench.bare(&bench.inverse()).await);
            let (id, took) = bench.job(StatusChange::Done).await;
            job.samples.push(took);
            undo.samples.push(bench.undo(id).await);
        }
        // Whoever asks for one of them needs the other one to be done.
        for (name, measure) in [(&done, &job), (&undone, &undo)].into_iter().filter(|(name, _)| wants(name)) {
            report(name, N, &measure.samples, &measure.baseline);
        }
    });
}

#[derive(Default)]
struct Measure {
    samples: Vec<f64>,
    baseline: Vec<f64>,
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

/// What one call of a bare loop sends.
type Call = (StatusChange, Vec<RemoteId>);

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

    /// Two of three are active, the third is spam: what each gets back is its own.
    async fn prepare(&self) {
        let mut calls = self.all(StatusChange::Active);
        calls.extend(
            calls
                .clone()
                .into_iter()
                .map(|(_, ids)| (StatusChange::Spam, ids.into_iter().step_by(3).collect())),
        );
        self.bare(&calls).await;
        self.sync().await;
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
        let takes = Match::Not(Box::new(Match::Status(vec![Status::Archived])));
        let everything = Resolved { filter: takes, sort: Sort::default() };
        let ids = cache.matching_ids(&everything, &Overlay::empty()).unwrap();
        cache.conversations(&ids).unwrap()
    }

    /// What a change of everybody sends.
    fn all(&self, status: StatusChange) -> Vec<Call> {
        let ids: Vec<RemoteId> = self.conversations().into_iter().map(|seen| seen.id).collect();
        ids.chunks(self.desk.capabilities().max_batch).map(|part| (status, part.to_vec())).collect()
    }

    /// What its undo sends: each its own status back.
    fn inverse(&self) -> Vec<Call> {
        let most = self.desk.capabilities().max_batch;
        let (spam, active): (Vec<_>, Vec<_>) =
            self.conversations().into_iter().partition(|seen| seen.status == Status::Spam);
        let mut calls = Vec::new();
        for (status, all) in [(StatusChange::Active, active), (StatusChange::Spam, spam)] {
            let ids: Vec<RemoteId> = all.into_iter().map(|seen| seen.id).collect();
            calls.extend(ids.chunks(most).map(|part| (status, part.to_vec())));
        }
        calls
    }

    /// The batches and nothing else.
    async fn bare(&self, calls: &[Call]) -> f64 {
        let started = Instant::now();
        for (status, ids) in calls {
            let change = Change { status: Some(*status), ..Change::default() };
            let outcomes = self.desk.apply(&Batch { ids: ids.clone(), change }).await.unwrap();
            assert_eq!(outcomes.len(), ids.len());
            assert!(outcomes.iter().flat_map(|item| &item.effects).all(went_well));
        }
        millis(started)
    }

    /// The same through the journal, from the click until every item has its outcome.
    async fn job(&self, status: StatusChange) -> (JobId, f64) {
        // So that what the bare loop did meanwhile is known, and the worker finds nothing to catch up with.
        self.sync().await;
        let stores = self.account.stores();
        let audience = self.conversations().into_iter().map(item).collect();
        let new = measure::job(status, audience, self.account.me().unwrap().handle, SystemClock.now());
        let events = self.account.events();
        let started = Instant::now();
        stores.journal.insert_job(&new).unwrap();
        (new.id, self.until_over(new.id, started, events).await)
    }

    /// Everything back, from the click until every item has its outcome.
    async fn undo(&self, job: JobId) -> f64 {
        self.sync().await;
        let statuses = |all: Vec<Conversation>| {
            all.into_iter().map(|seen| (seen.id, seen.status)).collect::<BTreeMap<RemoteId, Status>>()
        };
        let events = self.account.events();
        let started = Instant::now();
        let undo = undo(&self.account, job, None).await.unwrap();
        let took = self.until_over(undo, started, events).await;
        self.sync().await;
        let now = statuses(self.conversations());
        let stories = self.account.stores().journal.stories(job, None).unwrap();
        assert_eq!(now.len(), stories.len());
        for story in stories {
            let before = story.effects[0].before.as_ref().unwrap();
            assert_eq!(before["status"], now[&story.audience.id].as_str(), "each has its own back");
        }
        took
    }

    async fn until_over(
        &self,
        job: JobId,
        started: Instant,
        mut events: tokio::sync::broadcast::Receiver<EngineEvent>,
    ) -> f64 {
        let journal = &self.account.stores().journal;
        let over = async {
            loop {
                if let Ok(EngineEvent::JobChanged(id)) = events.recv().await
                    && id == job
                    && journal.job_state(job).unwrap().is_some_and(|state| state.is_over())
                {
                    return millis(started);
                }
            }
        };
        let (took, worked) = tokio::join!(over, self.account.work_until_idle());
        worked.unwrap();
        let job = journal.job(job).unwrap().unwrap();
        assert_eq!(job.counts.applied, job.total, "{:?}", job.reasons);
        took
    }
}

fn went_well(outcome: &EffectOutcome) -> bool {
    matches!(outcome, EffectOutcome::Applied { .. })
}
