//! Random histories: jobs confirmed, paused, resumed, cancelled and undone from a second process, a worker that dies at
//! any point and comes back, a help desk that stumbles, customers and colleagues who write meanwhile. Whatever happens,
//! every item ends as exactly one outcome, nobody hears a thing twice, and an undo gives back each item's own value or
//! names it.
//!
//! `MUSTER_HISTORIES` says how many (20), `MUSTER_SEED` from which seed (1).

use std::collections::HashMap;

use muster_model::{Assignee, ClientRef, Conversation, Effect, EffectState, Priority, Sending};
use muster_store::{ItemRow, JobFilter, Journal};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::answer::{self, Answer};
use crate::control::{cancel_in, pause_in, resume_in};
use crate::worker::points::Point;
use crate::{retry, samples, undo};

/// Conversations in a history.
const N: usize = 6;
const STEPS: usize = 14;

/// What happens next.
#[derive(Clone, Debug)]
enum Op {
    Confirm {
        what: What,
        first: usize,
        n: usize,
        canary: bool,
    },
    Work,
    Die {
        at: Point,
        passes: u32,
    },
    Pause(usize),
    Resume(usize),
    Cancel(usize),
    Retry(usize),
    CustomerWrites(usize),
    ColleagueWrites(usize),
    Fault {
        call: &'static str,
        fault: Fault,
    },
    Advance(u64),
    Sync,
    Held {
        send: bool,
    },
    /// A change, somebody who meddles with some of it, and its undo.
    Undone {
        what: What,
        meddled: Vec<usize>,
        dies: Option<Point>,
    },
}

/// What a job does.
#[derive(Clone, Copy, Debug)]
enum What {
    Mass,
    MassThenDone,
    MassThenTag,
    Note,
    Done,
    Assign,
    Tag,
    Untag,
    Urgent,
    Several,
}

impl What {
    fn action(self) -> Action {
        let tagged = || Change { add_tags: vec!["answered".into()], ..Change::default() };
        let jonas = || Some(Some(Handle::from("jonas@desk.example")));
        let change = match self {
            Self::Mass => return mass("Hello", Change::default()),
            Self::MassThenDone => return mass("Hello", done()),
            Self::MassThenTag => return mass("Hello", tagged()),
            Self::Note => return note("Look at this"),
            Self::Done => done(),
            Self::Assign => Change { agent: jonas(), ..Change::default() },
            Self::Tag => tagged(),
            Self::Untag => Change { remove_all_tags: true, ..Change::default() },
            Self::Urgent => Change { priority: Some(Priority::Urgent), ..Change::default() },
            Self::Several => {
                Change { agent: jonas(), ..Change { status: Some(StatusChange::Done), ..tagged() } }
            }
        };
        Action::Change { change }
    }
}

fn point() -> impl Strategy<Value = Point> {
    prop::sample::select(vec![
        Point::BeforeIntent,
        Point::AfterIntent,
        Point::BeforeCall,
        Point::AfterCall,
        Point::AfterOutcome,
        Point::BetweenEffects,
        Point::BeforePutBack,
        Point::AfterLook,
        Point::BeforeEnd,
    ])
}

fn change() -> impl Strategy<Value = What> {
    prop::sample::select(vec![What::Done, What::Assign, What::Tag, What::Untag, What::Urgent, What::Several])
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        prop::sample::select(vec![What::Mass, What::MassThenDone, What::MassThenTag, What::Note]),
        change(),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let fault = prop::sample::select(vec![
        Fault::Unreachable,
        Fault::KeyRefused,
        Fault::SlowDown,
        Fault::Cut,
        Fault::LoseAnswer,
    ]);
    prop_oneof![
        4 => (what(), 0..N, 1..=N, prop::bool::weighted(0.2))
            .prop_map(|(what, first, n, canary)| Op::Confirm { what, first, n, canary }),
        4 => Just(Op::Work),
        3 => (point(), 0..3_u32).prop_map(|(at, passes)| Op::Die { at, passes }),
        1 => (0..8_usize).prop_map(Op::Pause),
        2 => (0..8_usize).prop_map(Op::Resume),
        1 => (0..8_usize).prop_map(Op::Cancel),
        1 => (0..8_usize).prop_map(Op::Retry),
        1 => (0..N).prop_map(Op::CustomerWrites),
        1 => (0..N).prop_map(Op::ColleagueWrites),
        2 => (prop::sample::select(vec!["reply", "note", "apply"]), fault).prop_map(|(call, fault)| Op::Fault { call, fault }),
        1 => (1..300_u64).prop_map(Op::Advance),
        1 => Just(Op::Sync),
        1 => any::<bool>().prop_map(|send| Op::Held { send }),
        1 => (change(), prop::collection::vec(0..N, 0..3), prop::option::of(point()))
            .prop_map(|(what, meddled, dies)| Op::Undone { what, meddled, dies }),
    ]
}

#[test]
fn histories_end_well() {
    let said = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (cases, seed) = (said("MUSTER_HISTORIES", 20), said("MUSTER_SEED", 1));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases: u32::try_from(cases).unwrap(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let histories = (prop::collection::vec(op(), 1..=STEPS), any::<bool>());
    runner
        .run(&histories, |(ops, dedupes)| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(History::new(dedupes).live(&ops));
            Ok(())
        })
        .unwrap();
}

struct History {
    bench: Bench,
    /// The journal as another process has it open.
    elsewhere: Journal,
    /// In the order of confirmation.
    jobs: Vec<JobId>,
    /// Jobs that were let rest on purpose: what comes later may go ahead of them.
    rested: Vec<JobId>,
    dedupes: bool,
}

impl History {
    fn new(dedupes: bool) -> Self {
        let bench = Bench::new(N);
        bench.desk.set_dedupes(dedupes);
        let elsewhere = bench.elsewhere();
        Self { bench, elsewhere, jobs: Vec::new(), rested: Vec::new(), dedupes }
    }

    async fn live(mut self, ops: &[Op]) {
        for op in ops {
            self.step(op).await;
            assert!(self.everybody_once(), "after {op:?}");
        }
        self.end().await;
    }

    async fn step(&mut self, op: &Op) {
        let now = self.bench.now();
        match op {
            Op::Confirm { what, first, n, canary } => self.confirm(*what, *first, *n, *canary),
            Op::Work => {
                let _ = self.bench.work().await;
            }
            Op::Die { at, passes } => {
                self.bench.ctx.deaths.arm(*at, *passes);
                self.bench.work_until_death().await;
                self.restart();
            }
            Op::Pause(job) => {
                if let Some(job) = self.pick(*job) {
                    let _ = pause_in(&self.elsewhere, job, now);
                    self.rested.push(job);
                }
            }
            Op::Resume(job) => {
                if let Some(job) = self.pick(*job) {
                    let _ = resume_in(&self.elsewhere, job, Some(&samples::me().handle), now);
                }
            }
            Op::Cancel(job) => {
                if let Some(job) = self.pick(*job) {
                    let _ = cancel_in(&self.elsewhere, job, now);
                }
            }
            Op::Retry(job) => {
                if let Some(job) = self.pick(*job)
                    && let Ok((again, _)) = retry::begin(&self.bench.stores, job, &samples::me().handle, now)
                {
                    self.jobs.push(again);
                }
            }
            Op::CustomerWrites(n) => self.bench.desk.customer_writes(&id(*n)),
            Op::ColleagueWrites(n) => self.bench.desk.colleague_writes(&id(*n)),
            Op::Fault { call, fault } => self.bench.desk.next(call, *fault),
            Op::Advance(seconds) => self.bench.advance(Duration::from_secs(*seconds)),
            Op::Sync => self.bench.sync(),
            Op::Held { send } => self.answer_held(*send),
            Op::Undone { what, meddled, dies } => self.change_and_undo(*what, meddled, *dies).await,
        }
    }

    fn restart(&self) {
        self.bench.restart();
        assert_eq!(self.bench.sending(), 0, "nothing is on its way after a restart");
    }

    fn pick(&self, n: usize) -> Option<JobId> {
        self.jobs.get(n % self.jobs.len().max(1)).copied()
    }

    fn confirm(&mut self, what: What, first: usize, n: usize, canary: bool) {
        let mut job = self.bench.new_job(what.action(), N);
        let wanted: Vec<RemoteId> = (first..first + n).map(|n| id(n % N)).collect();
        job.audience.retain(|item| wanted.contains(&item.id));
        if canary {
            job.sending = Sending { canary: Some(2), ..Sending::default() };
            self.rested.push(job.id);
        }
        self.bench.stores.journal.insert_job(&job).unwrap();
        self.jobs.push(job.id);
    }

    fn answer_held(&self, send: bool) {
        for (job, item) in self.items().into_iter().filter(|(_, item)| item.state == EffectState::Held) {
            let answer = if send { Answer::Send } else { Answer::Skip };
            let me = samples::me().handle;
            let _ = answer::give(&self.bench.stores, (job, &item.id), answer, &me, self.bench.now());
        }
    }

    /// Each conversation that was changed has its own value back, or is named.
    async fn change_and_undo(&mut self, what: What, meddled: &[usize], dies: Option<Point>) {
        self.work_without_trouble().await;
        let before = self.bench.desk.conversations();
        self.confirm(what, 0, N, false);
        let Some(job) = self.jobs.last().copied() else { return };
        self.work_without_trouble().await;
        for n in meddled {
            self.bench.desk.colleague_changes(&id(*n), |conversation| meddle(what, conversation));
        }
        self.bench.sync();
        let me = samples::me().handle;
        let Ok((undo, _)) = undo::begin(&self.bench.stores, job, None, &me, self.bench.now()) else { return };
        self.jobs.push(undo);
        if let Some(point) = dies {
            self.bench.ctx.deaths.arm(point, 0);
            self.bench.work_until_death().await;
            self.restart();
        }
        self.work_without_trouble().await;
        let given: HashMap<RemoteId, ItemRow> =
            self.items_of(undo).into_iter().map(|item| (item.id.clone(), item)).collect();
        for was in before {
            let now = self.bench.desk.conversation(&was.id);
            let is_meddled = meddled.iter().any(|n| id(*n) == was.id);
            let mut expected = was.clone();
            if is_meddled {
                meddle(what, &mut expected);
            }
            assert_eq!(
                values(&now),
                values(&expected),
                "each has its own back, and what somebody else did stays"
            );
            let Some(item) = given.get(&was.id) else { continue };
            match (&item.state, &item.reason) {
                (EffectState::Applied, None) => {}
                (EffectState::Skipped, Some(why)) if is_meddled => {
                    assert!(
                        matches!(why.code.as_str(), "changed_since" | "no_change") && !why.message.is_empty()
                    );
                }
                other => panic!("{other:?} of {item:?}"),
            }
        }
    }

    async fn work_without_trouble(&self) {
        self.bench.desk.forget_faults();
        self.bench.work_to_the_end().await;
        self.bench.sync();
    }

    /// Lets everything come to its end, and looks at it.
    async fn end(self) {
        let (me, now) = (samples::me().handle, self.bench.now());
        self.restart();
        for _ in 0..3 {
            for job in &self.jobs {
                let _ = resume_in(&self.elsewhere, *job, Some(&me), now);
            }
            self.answer_held(false);
            self.work_without_trouble().await;
        }
        assert!(self.everybody_once());
        for job in self.bench.stores.journal.jobs(&JobFilter::default()).unwrap() {
            assert_eq!(job.counts.total(), job.total);
            assert_eq!(job.counts.open(), 0, "nothing waits: {job:?}");
        }
        for (job, item) in self.items() {
            let settled = item.state.is_final() || (item.state == EffectState::Unknown && !self.dedupes);
            assert!(settled, "one outcome of {job}: {item:?}");
            let says_why = item.state == EffectState::Applied || item.reason.is_some();
            assert!(says_why, "a reason: {item:?}");
            self.effects_are_in_order(&item);
        }
        self.jobs_are_in_order();
    }

    /// Replies and notes delivered are at most one per item, exactly one for every one that is applied, none for one that is not.
    fn everybody_once(&self) -> bool {
        self.items().iter().all(|(job, item)| {
            let client_ref = ClientRef::new(*job, item.no);
            let copies = self.bench.desk.copies(client_ref.as_str());
            item.effects.iter().filter(|effect| effect.effect.is_message()).all(|message| {
                match message.state {
                    EffectState::Applied => copies == 1,
                    EffectState::Rejected
                    | EffectState::Skipped
                    | EffectState::Held
                    | EffectState::Pending => copies == 0,
                    _ => copies <= 1,
                }
            })
        })
    }

    /// An effect was applied only where those before it were.
    fn effects_are_in_order(&self, item: &ItemRow) {
        let after_reply = item.effects.iter().skip_while(|effect| effect.effect != Effect::Reply);
        let mut sent = true;
        for effect in after_reply {
            assert!(sent || effect.state != EffectState::Applied, "{item:?}");
            sent &= effect.effect != Effect::Reply || effect.state == EffectState::Applied;
        }
    }

    /// Of two jobs on one conversation, neither of which ever rested, the earlier one came first.
    fn jobs_are_in_order(&self) {
        let mut last: HashMap<RemoteId, (Timestamp, JobId)> = HashMap::new();
        for job in self.jobs.iter().filter(|job| !self.rested.contains(job)) {
            for item in self.items_of(*job) {
                let left = item.effects.iter().filter(|effect| effect.state == EffectState::Applied);
                let times: Vec<Timestamp> = left.filter_map(|effect| effect.started).collect();
                let (Some(first), Some(latest)) = (times.iter().min(), times.iter().max()) else { continue };
                if let Some((before, earlier)) = last.get(&item.id) {
                    assert!(before <= first, "{job} went ahead of {earlier} on {}", item.id);
                }
                last.insert(item.id, (*latest, *job));
            }
        }
    }

    fn items(&self) -> Vec<(JobId, ItemRow)> {
        let all = self.bench.stores.journal.jobs(&JobFilter::default()).unwrap();
        all.iter().flat_map(|job| self.items_of(job.id).into_iter().map(|item| (job.id, item))).collect()
    }

    fn items_of(&self, job: JobId) -> Vec<ItemRow> {
        self.bench.stores.journal.items(job, None, None, 100).unwrap()
    }
}

fn id(n: usize) -> RemoteId {
    RemoteId::new(format!("c{}", n + 1))
}

/// A colleague sets what the change set, to something else.
fn meddle(what: What, conversation: &mut Conversation) {
    match what {
        What::Assign | What::Several => conversation.assignee.agent = Some(Handle::from("aiko@desk.example")),
        What::Urgent => conversation.priority = Priority::Low,
        What::Tag => conversation.tags.retain(|tag| tag != "answered"),
        What::Untag if conversation.tags.iter().all(|tag| tag != "refund") => {
            conversation.tags.push("refund".into());
        }
        What::Untag => {}
        _ => conversation.status = Status::Spam,
    }
}

/// What an undo gives back.
fn values(conversation: &Conversation) -> (&Status, Option<Timestamp>, &Assignee, &Priority, Vec<&String>) {
    let mut tags: Vec<&String> = conversation.tags.iter().collect();
    tags.sort();
    let Conversation { status, snoozed_until, assignee, priority, .. } = conversation;
    (status, *snoozed_until, assignee, priority, tags)
}
