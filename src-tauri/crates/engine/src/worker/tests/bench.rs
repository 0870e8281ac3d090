//! Real databases in a temporary folder, the help desk in memory, a clock that stands still.

use jiff::{Timestamp, tz::TimeZone};
use muster_helpdesk::{Batch, HelpDesk, Reply};
use muster_model::{
    Action, AudienceItem, Change, ClientRef, Conversation, JobId, JobState, Mention, RemoteId, StatusChange,
    Template, Verdict,
};
use muster_store::{Cache, ClaimedItem, DataKey, JobFilter, JobRow, Journal, NewJob};
use tempfile::TempDir;
use uuid::Uuid;

use super::fake::FakeDesk;
use super::*;
use crate::FixedClock;
use crate::pace::{Pace, PacedDesk};
use crate::samples;

pub(crate) struct Bench {
    pub ctx: WorkContext,
    pub desk: Arc<FakeDesk>,
    pub stores: Stores,
    clock: Arc<FixedClock>,
    folder: TempDir,
}

pub(crate) fn done() -> Change {
    Change { status: Some(StatusChange::Done), ..Change::default() }
}

pub(crate) fn mass(text: &str, then: Change) -> Action {
    Action::Reply { text: text.into(), mass: true, then, files: Vec::new(), approved: None }
}

pub(crate) fn note(text: &str) -> Action {
    let aiko = Mention { handle: "aiko@desk.example".into(), name: "Aiko Tan".into() };
    Action::Note { text: text.into(), mentions: vec![aiko], files: Vec::new() }
}

pub(crate) fn one(text: &str) -> Action {
    Action::Reply {
        text: text.into(),
        mass: false,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    }
}

impl Bench {
    /// `n` conversations, `c1`, `c2`, …, at the help desk and in the cache.
    pub(crate) fn new(n: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DataKey::from_bytes([7; 32]);
        let stores = Stores {
            cache: Cache::open(folder.path(), &key).unwrap(),
            journal: Journal::open(folder.path(), &key).unwrap(),
        };
        let clock = Arc::new(FixedClock::new(samples::now(), TimeZone::UTC));
        let desk = Arc::new(FakeDesk::new(n));
        let events = broadcast::channel(4096).0;
        let link = Arc::new(Link::new(Arc::clone(&clock) as Arc<dyn Clock>, events.clone()));
        let pace = Pace::load(Arc::clone(&clock) as Arc<dyn Clock>, stores.journal.clone()).unwrap();
        let pace = Arc::new(pace);
        let ctx = WorkContext {
            stores: stores.clone(),
            desk: PacedDesk::told(Arc::clone(&desk) as Arc<dyn HelpDesk>, Arc::clone(&pace)),
            pace,
            me: samples::me(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            link,
            events,
            deaths: Arc::default(),
        };
        let bench = Self { ctx, desk, stores, clock, folder };
        bench.sync();
        bench
    }

    pub(crate) fn context(&self) -> WorkContext {
        WorkContext {
            stores: self.stores.clone(),
            desk: Arc::clone(&self.ctx.desk),
            pace: Arc::clone(&self.ctx.pace),
            me: self.ctx.me.clone(),
            clock: Arc::clone(&self.ctx.clock),
            link: Arc::clone(&self.ctx.link),
            events: self.ctx.events.clone(),
            deaths: Arc::clone(&self.ctx.deaths),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.set(later(self.now(), by));
    }

    pub(crate) fn set(&self, at: &str) {
        self.clock.set(at.parse().unwrap());
    }

    /// The journal as another process opens it.
    pub(crate) fn elsewhere(&self) -> Journal {
        Journal::open(self.folder.path(), &DataKey::from_bytes([7; 32])).unwrap()
    }

    pub(crate) fn ids(&self) -> Vec<RemoteId> {
        self.desk.conversations().into_iter().map(|conversation| conversation.id).collect()
    }

    /// What a sync would bring.
    pub(crate) fn sync(&self) {
        let all = self.desk.conversations();
        let cursor = self.desk.cursor();
        self.stores.cache.apply_page(&all, &self.desk.gone(), &cursor, false, None, self.now()).unwrap();
        self.ctx.link.caught_up();
    }

    pub(crate) async fn fetch_thread(&self, id: &RemoteId) {
        let thread = self.desk.thread(id).await.unwrap();
        self.stores.cache.put_thread(&thread, self.now()).unwrap();
    }

    /// A job for the first `n` conversations as they are cached.
    pub(crate) fn new_job(&self, action: Action, n: usize) -> NewJob {
        let ids: Vec<RemoteId> = (1..=n).map(|n| RemoteId::new(format!("c{n}"))).collect();
        let seen = self.stores.cache.conversations(&ids).unwrap();
        let template = match &action {
            Action::Reply { text, .. } => Template::parse(text),
            _ => Template::parse(""),
        };
        let item = |seen: Conversation| AudienceItem {
            values: template
                .values(&muster_model::MergeContext {
                    conversation: &seen,
                    agent: &self.ctx.me,
                    tenant: "Shop",
                })
                .unwrap(),
            id: seen.id,
            stamp: seen.stamp,
            last_inbound: seen.last_inbound.map(Timestamp::as_millisecond),
            last_outbound: seen.last_outbound.map(Timestamp::as_millisecond),
            verdict: Verdict::WillSend.to_string(),
            takes_part: true,
            channel: muster_model::Channel::Email,
            with_files: false,
            approved: false,
            own: None,
        };
        NewJob {
            id: JobId(Uuid::now_v7()),
            name: "A job".into(),
            action,
            state: JobState::Running,
            due: self.now(),
            created: self.now(),
            me: self.ctx.me.handle.clone(),
            filter: None,
            resolved: None,
            audience: seen.into_iter().map(item).collect(),
            sending: muster_model::Sending::default(),
            origin: None,
        }
    }

    pub(crate) fn confirm(&self, action: Action, n: usize) -> JobId {
        let job = self.new_job(action, n);
        self.stores.journal.insert_job(&job).unwrap();
        job.id
    }

    /// A job that leaves as `sending` says.
    pub(crate) fn confirm_as(&self, action: Action, n: usize, sending: muster_model::Sending) -> JobId {
        let (state, due) = sending.begin(self.now()).unwrap();
        let job = NewJob { state, due, sending, ..self.new_job(action, n) };
        self.stores.journal.insert_job(&job).unwrap();
        job.id
    }

    pub(crate) fn job(&self, job: JobId) -> JobRow {
        self.stores.journal.job(job).unwrap().unwrap()
    }

    /// Works until nothing is due, or until the worker dies at its armed point; says whether it died.
    pub(crate) async fn work_until_death(&self) -> bool {
        let died = tokio::select! {
            biased;
            () = self.ctx.deaths.died() => true,
            _ = self.work() => false,
        };
        self.ctx.deaths.disarm();
        died
    }

    /// What a process does that comes after one that died.
    pub(crate) fn restart(&self) {
        self.ctx.deaths.settle();
        self.stores.journal.recover(self.now()).unwrap();
        self.ctx.link.reachable();
        self.sync();
    }

    /// Effects that are on their way.
    pub(crate) fn sending(&self) -> u64 {
        self.stores.journal.jobs(&JobFilter::default()).unwrap().iter().map(|job| job.counts.sending).sum()
    }

    /// Works until there is nothing that time alone would bring.
    pub(crate) async fn work_to_the_end(&self) {
        for _ in 0..20 {
            self.ctx.link.reachable();
            self.sync();
            let worked = self.work().await.ok();
            match worked.and_then(|worked| worked.next_due) {
                Some(due) => self.clock.set(due.max(self.now())),
                None if worked.is_some() => return,
                None => {}
            }
        }
    }

    pub(crate) async fn work(&self) -> Result<Worked, WorkError> {
        work_due(&self.ctx, &CancellationToken::new()).await
    }

    fn claim(&self, job: JobId) -> Vec<ClaimedItem> {
        let before = |id: &RemoteId| self.stores.cache.conversation(id).unwrap();
        self.stores.journal.claim(job, 25, true, self.now(), &before).unwrap()
    }

    /// Does by hand what a worker did until the moment at which it died.
    pub(super) async fn die(&self, job: JobId, at: Dies) {
        if matches!(at, Dies::BeforeTheIntent) {
            return;
        }
        if matches!(at, Dies::AfterTheOutcome) {
            self.work().await.unwrap();
            return;
        }
        let claimed = self.claim(job);
        assert!(!claimed.is_empty());
        if matches!(at, Dies::AfterTheCall) {
            let Some(Action::Reply { text, then, .. }) = self.job(job).action else { panic!("not a reply") };
            let reply = |item: &ClaimedItem| Reply {
                id: item.id.clone(),
                text: Template::parse(&text).render(&item.audience.values),
                client_ref: ClientRef::new(job, item.item),
                mass: Some("A job".into()),
                then: then.clone(),
                sent_at: self.now(),
                files: Vec::new(),
                approved: None,
            };
            let replies: Vec<Reply> = claimed.iter().map(reply).collect();
            self.desk.reply(&replies).await.unwrap();
        }
    }

    /// Changes a conversation at the help desk, as somebody else.
    pub(crate) async fn change(&self, id: &RemoteId, change: Change) {
        self.desk.apply(&Batch { ids: vec![id.clone()], change }).await.unwrap();
    }
}
