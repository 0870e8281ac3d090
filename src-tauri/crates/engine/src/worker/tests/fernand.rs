//! Against Fernand's dialect over HTTP, with one clock for both sides: few calls for many, and never one too many.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_desk::{Options, Running, Source, serve};
use muster_helpdesk::fernand::Fernand;
use muster_helpdesk::{ApiKey, Cursor, Delta, HelpDesk, Now, complete};
use muster_model::{
    Action, AudienceItem, Conversation, Effect, JobId, JobState, MergeContext, Sending, Status, Template,
    Verdict,
};
use muster_store::{Cache, DataKey, Journal, NewJob};
use tempfile::TempDir;
use uuid::Uuid;

use super::bench::{done, mass};
use super::*;
use crate::FixedClock;
use crate::pace::PacedDesk;

/// A desk and an account on it whose clocks are moved together.
struct Place {
    ctx: WorkContext,
    clock: Arc<FixedClock>,
    desk_clock: muster_desk::Clock,
    running: Running,
    stores: Stores,
    _folder: TempDir,
}

impl Place {
    async fn new(conversations: usize) -> Self {
        let began: Timestamp = "2026-05-20T14:30:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::new(began, TimeZone::UTC));
        let desk_clock = muster_desk::Clock::standing(began);
        let options = Options {
            clock: desk_clock.clone(),
            source: Source::Seeded { conversations },
            ..Options::default()
        };
        let running = serve(options).await.unwrap();
        let told = Arc::clone(&clock);
        let key = ApiKey::new(running.keys.agent.clone());
        let url = format!("{}/fernand", running.url);
        let fernand = Arc::new(Fernand::with_clock(&url, key, Now::new(move || told.now())).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let key = DataKey::from_bytes([7; 32]);
        let stores = Stores {
            cache: Cache::open(folder.path(), &key).unwrap(),
            journal: Journal::open(folder.path(), &key).unwrap(),
        };
        let events = broadcast::channel(4096).0;
        let link = Arc::new(Link::new(Arc::clone(&clock) as Arc<dyn Clock>, events.clone()));
        let pace = Pace::load(Arc::clone(&clock) as Arc<dyn Clock>, stores.journal.clone()).unwrap();
        let pace = Arc::new(pace);
        let desk = PacedDesk::told(fernand as Arc<dyn HelpDesk>, Arc::clone(&pace));
        let me = desk.me().await.unwrap();
        let ctx = WorkContext {
            stores: stores.clone(),
            desk,
            pace,
            me,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            link,
            events,
            deaths: Arc::default(),
        };
        let place = Self { ctx, clock, desk_clock, running, stores, _folder: folder };
        place.sync().await;
        place
    }

    /// What the engine's sync does with pages.
    async fn sync(&self) {
        let mut cursor = None;
        loop {
            let page = self.ctx.desk.changes(cursor.as_ref()).await.unwrap();
            let mut rows = Vec::new();
            for delta in page.deltas {
                let Delta::Sketch(sketch) = delta else { panic!("{delta:?}") };
                let was = self.stores.cache.conversation(&sketch.id).unwrap();
                rows.push(complete(*sketch, was.as_ref()));
            }
            let Cursor(next) = &page.next;
            self.stores.cache.apply_page(&rows, &[], next, page.backfilling, None, self.clock.now()).unwrap();
            cursor = Some(page.next);
            if !page.more {
                break;
            }
        }
        self.ctx.link.caught_up();
    }

    fn advance(&self, seconds: i64) {
        let by = SignedDuration::from_secs(seconds);
        self.desk_clock.advance(by);
        self.clock.set(self.clock.now().checked_add(by).unwrap());
    }

    /// E-mail conversations that are open: lists do not tell of the channel, so the desk itself is asked.
    async fn open(&self, n: usize) -> Vec<Conversation> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/api/conversations?status=active&channel=email&limit={n}", self.running.url);
        let request = client.get(url).bearer_auth(&self.running.keys.agent);
        let found: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        let rows = found["conversations"].as_array().unwrap();
        let ids = rows.iter().map(|row| RemoteId::new(row["number"].to_string()));
        let open: Vec<Conversation> =
            ids.map(|id| self.stores.cache.conversation(&id).unwrap().unwrap()).collect();
        assert_eq!(open.len(), n);
        open
    }

    fn listed(&self) -> Vec<RemoteId> {
        let moment = muster_model::Moment { now: self.clock.now(), zone: TimeZone::UTC, me: None };
        let query = muster_model::Query::parse("").unwrap().resolve(&moment);
        self.stores.cache.matching_ids(&query, &muster_store::Overlay::default()).unwrap()
    }

    fn confirm(&self, action: Action, audience: Vec<Conversation>) -> JobId {
        let template = match &action {
            Action::Reply { text, .. } => Template::parse(text),
            _ => Template::parse(""),
        };
        let item = |seen: Conversation| AudienceItem {
            values: template
                .values(&MergeContext { conversation: &seen, agent: &self.ctx.me, tenant: "Shop" })
                .unwrap(),
            id: seen.id,
            stamp: seen.stamp,
            last_inbound: seen.last_inbound.map(Timestamp::as_millisecond),
            // Lists do not tell of it, and no thread was read yet.
            last_outbound: seen.last_outbound.map(Timestamp::as_millisecond),
            verdict: Verdict::WillSend.to_string(),
            takes_part: true,
            channel: seen.channel,
            with_files: false,
            approved: false,
            own: None,
        };
        let job = NewJob {
            id: JobId(Uuid::now_v7()),
            name: "A job".into(),
            action,
            state: JobState::Running,
            due: self.clock.now(),
            created: self.clock.now(),
            me: self.ctx.me.handle.clone(),
            filter: None,
            resolved: None,
            audience: audience.into_iter().map(item).collect(),
            sending: Sending::default(),
            origin: None,
        };
        self.stores.journal.insert_job(&job).unwrap();
        job.id
    }

    fn job(&self, id: JobId) -> JobRow {
        self.stores.journal.job(id).unwrap().unwrap()
    }

    /// Works until the job is over. The clocks go on by two seconds whenever the worker has nothing to do but to wait, and
    /// never while it does something: however slow the machine, the same happens at the same time.
    async fn work(&self, id: JobId) {
        let cancel = CancellationToken::new();
        let began = self.clock.now();
        let tick = || {
            self.advance(2);
            assert!(
                self.clock.now().duration_since(began) < SignedDuration::from_mins(30),
                "{:?}",
                self.job(id)
            );
        };
        let clocks = async {
            loop {
                self.ctx.pace.dozes().await;
                tick();
                self.ctx.pace.nudge();
            }
        };
        let work = async {
            while !self.job(id).state.is_over() {
                work_due(&self.ctx, &cancel).await.unwrap();
                tick();
            }
        };
        // Both in one task: a wait has begun when its clock moves.
        tokio::select! { () = work => {}, () = clocks => {} }
    }

    /// The seconds after which the effects of this kind had their outcomes, in order.
    fn seconds(&self, id: JobId, is: impl Fn(&Effect) -> bool) -> Vec<i64> {
        let stories = self.stores.journal.stories(id, None).unwrap();
        let effects = stories.iter().flat_map(|story| &story.effects).filter(|row| is(&row.effect));
        let began = self.job(id).created;
        let mut seconds: Vec<i64> =
            effects.map(|row| row.finished.unwrap().duration_since(began).as_secs()).collect();
        seconds.sort_unstable();
        seconds
    }

    /// What the desk itself counted.
    async fn calls(&self) -> BTreeMap<String, u64> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("{}/fernand/_calls", self.running.url));
        request.header("x-api-key", &self.running.keys.agent).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_changes_are_two_calls() {
    let place = Place::new(1_000).await;
    let ids = place.listed().into_iter().take(700);
    let all: Vec<Conversation> = ids.filter_map(|id| place.stores.cache.conversation(&id).unwrap()).collect();
    let audience: Vec<Conversation> =
        all.into_iter().filter(|one| one.status != Status::Done).take(500).collect();
    let n = audience.len();
    let job = place.confirm(Action::Change { change: done() }, audience);
    place.work(job).await;
    let counts = place.job(job).counts;
    assert_eq!(counts.applied, n as u64, "{counts:?}");
    let calls = place.calls().await;
    assert_eq!(calls.get("POST /conversations/bulk"), Some(&(n as u64).div_ceil(250)), "{calls:?}");
    assert_eq!(calls.get("429"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_replies_take_twelve_minutes_and_no_refusal() {
    let place = Place::new(600).await;
    let job = place.confirm(mass("Our payments work again.", done()), place.open(60).await);
    place.work(job).await;
    let after = place.seconds(job, |effect| *effect == Effect::Reply);
    let done = place.seconds(job, |effect| matches!(effect, Effect::Status(_)));
    let row = place.job(job);
    assert_eq!((row.state, row.counts.applied), (JobState::Completed, 60), "{:?}", row.counts);
    let calls = place.calls().await;
    assert_eq!(calls.get("POST /conversations/{id}/reply"), Some(&60), "{calls:?}");
    assert_eq!(calls.get("POST /conversations/bulk"), Some(&1), "Done follows for all at once");
    assert_eq!(calls.get("429"), None, "nothing was asked that would be refused");
    assert_eq!((after.len(), done.len()), (60, 60));
    assert!((0..60).all(|write| after[write] / 60 >= write as i64 / 5), "five a minute: {after:?}");
    assert!((11 * 60..12 * 60).contains(&after[59]), "the last reply in the twelfth minute: {after:?}");
    assert!(
        done.iter().all(|at| *at >= after[59] && *at < 13 * 60),
        "and what follows on them after it: {done:?}"
    );
}
