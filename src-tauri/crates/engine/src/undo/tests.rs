//! Undo through the worker, against a help desk in memory at which colleagues go on working.

use muster_model::{Change, Effect, Priority, Reason, Receipt, SnoozeUntil, StatusChange};
use muster_store::Recorded;
use rstest::rstest;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::worker::tests::bench::{Bench, done, mass};
use crate::worker::tests::fake::Fault;

const JONAS: (&str, &str) = ("Jonas Feld", "jonas@desk.example");

fn change(change: Change) -> Action {
    Action::Change { change }
}

fn id(n: usize) -> RemoteId {
    RemoteId::new(format!("c{n}"))
}

fn undo_all(bench: &Bench, job: JobId) -> Result<JobId, UndoError> {
    let me = bench.ctx.me.handle.clone();
    begin(&bench.stores, job, None, &me, bench.now()).map(|(undo, _)| undo)
}

fn what_stays(bench: &Bench, job: JobId) -> Vec<(String, u64)> {
    find(&bench.stores, job, None, bench.now()).unwrap().stays()
}

fn reason_of(bench: &Bench, job: JobId, id: &RemoteId) -> String {
    let story = bench.stores.journal.stories(job, Some(std::slice::from_ref(id))).unwrap().remove(0);
    story.reason.map(|reason| reason.message).unwrap_or_default()
}

/// What undo gives back of a conversation.
#[derive(Clone, Debug, PartialEq)]
struct Face {
    status: Status,
    snoozed_until: Option<Timestamp>,
    agent: Option<Handle>,
    team: Option<Handle>,
    tags: Vec<String>,
    priority: Priority,
}

impl Face {
    /// With what this effect leaves behind.
    fn keep(&mut self, effect: &Effect) {
        match effect {
            Effect::Status(StatusChange::Snoozed(SnoozeUntil::At(until))) => {
                (self.status, self.snoozed_until) = (Status::Snoozed, Some(*until));
            }
            Effect::Assignee(agent) => self.agent.clone_from(agent),
            Effect::Team(team) => self.team.clone_from(team),
            Effect::Priority(priority) => self.priority = priority.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn face(bench: &Bench, n: usize) -> Face {
    let now = bench.desk.conversation(&id(n));
    Face {
        status: now.status,
        snoozed_until: now.snoozed_until,
        agent: now.assignee.agent,
        team: now.assignee.team,
        tags: now.tags,
        priority: now.priority,
    }
}

fn status(bench: &Bench, n: usize) -> Status {
    face(bench, n).status
}

/// So many different pasts have the conversations of [`variety`].
const KINDS: usize = 30;

/// Every conversation is another one: by status, snooze, agent, team, tags and priority.
fn variety(bench: &Bench, n: usize) {
    let until = later(bench.now(), Duration::from_secs(86_400));
    for i in 1..=n {
        bench.desk.set(&id(i), |conversation| {
            let (status, snoozed_until) = match i % 5 {
                0 => (Status::Snoozed, Some(until)),
                1 => (Status::Snoozed, None),
                2 => (Status::Spam, None),
                3 => (Status::Done, None),
                _ => (Status::Active, None),
            };
            (conversation.status, conversation.snoozed_until) = (status, snoozed_until);
            conversation.assignee.agent = (i % 3 > 0).then(|| Handle::from(format!("a{}@x", i % 3).as_str()));
            conversation.assignee.team = (i % 2 > 0).then(|| Handle::from("team"));
            conversation.tags =
                [vec!["Vip".to_owned()], vec![], vec!["old".into(), "seen".into()]][i % 3].clone();
            conversation.priority = [Priority::None, Priority::Low, Priority::Urgent][i % 3].clone();
        });
    }
    bench.sync();
}

fn sweeping() -> Action {
    change(Change {
        status: Some(StatusChange::Done),
        agent: Some(Some(Handle::from("mira@desk.example"))),
        team: Some(None),
        add_tags: vec!["vip".into(), "swept".into()],
        remove_tags: vec!["OLD".into()],
        priority: Some(Priority::High),
        ..Change::default()
    })
}

#[tokio::test]
async fn everybody_gets_back_their_own_except_those_whom_somebody_changed_who_is_named() {
    const N: usize = 10_000;
    let bench = Bench::new(N);
    variety(&bench, N);
    let before: Vec<Face> = (1..=N).map(|n| face(&bench, n)).collect();
    let job = bench.confirm(sweeping(), N);
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, N as u64);
    let monday = SnoozeUntil::At(later(bench.now(), Duration::from_secs(3 * 86_400)));
    let jonas = || Some(Handle::from(JONAS.1));
    let meanwhile = [
        (7, "Snoozed until Monday", vec![Effect::Status(StatusChange::Snoozed(monday))]),
        (700, "Assigned to Jonas Feld", vec![Effect::Assignee(jonas())]),
        (1_999, "Assigned to the team fraud", vec![Effect::Team(Some(Handle::from("fraud")))]),
        (5_001, "Priority set to medium", vec![Effect::Priority(Priority::Medium)]),
        (N, "Taken over", vec![Effect::Assignee(jonas()), Effect::Priority(Priority::Low)]),
    ];
    for (n, what, effects) in &meanwhile {
        effects.iter().for_each(|effect| bench.desk.does(&id(*n), JONAS, what, effect));
    }
    bench.sync();
    let calls = bench.desk.calls("apply");
    let undo = undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    let (row, others) = (bench.job(undo), meanwhile.len() as u64);
    assert_eq!((row.counts.applied, row.counts.skipped, row.total), (N as u64 - others, others, N as u64));
    assert_eq!(
        row.reasons.iter().map(|reason| (reason.code.as_str(), reason.n)).collect::<Vec<_>>(),
        [("changed_since", others)]
    );
    for n in 1..=N {
        let mut expected = before[n - 1].clone();
        if let Some((_, _, effects)) = meanwhile.iter().find(|(other, ..)| *other == n) {
            // What Jonas changed stays as he wants it; everything else goes back even so.
            effects.iter().for_each(|effect| expected.keep(effect));
            let why = reason_of(&bench, undo, &id(n));
            assert!(why.contains("Changed since by Jonas Feld."), "c{n}: {why}");
        }
        assert_eq!(face(&bench, n), expected, "c{n}");
    }
    let calls = bench.desk.calls("apply") - calls;
    let most = N / bench.ctx.desk.capabilities().max_batch + 2 * KINDS;
    assert!(calls <= most, "{calls} calls: those who get the same back travel together");
}

#[tokio::test]
async fn what_no_sync_brought_yet_is_read_before_it_is_given_back() {
    let bench = Bench::new(3);
    let job = bench.confirm(change(done()), 3);
    bench.work().await.unwrap();
    // Nobody synced since: the headers know neither our change nor that of Jonas.
    let snooze = Effect::Status(StatusChange::Snoozed(SnoozeUntil::Reply));
    bench.desk.does(&id(2), JONAS, "Snoozed until the customer replies", &snooze);
    let undo = undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    assert_eq!([1, 2, 3].map(|n| status(&bench, n)), [Status::Active, Status::Snoozed, Status::Active]);
    assert_eq!(reason_of(&bench, undo, &id(2)), "Changed since by Jonas Feld.");
    let reason = &bench.job(undo).reasons[0];
    assert_eq!((reason.code.as_str(), reason.n), ("changed_since", 1));
}

#[tokio::test]
async fn an_undo_can_be_undone_and_that_again() {
    let bench = Bench::new(12);
    variety(&bench, 12);
    let faces = |bench: &Bench| (1..=12).map(|n| face(bench, n)).collect::<Vec<_>>();
    let before = faces(&bench);
    let job = bench.confirm(sweeping(), 12);
    bench.work().await.unwrap();
    let swept = faces(&bench);
    let undo = undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    assert_eq!(faces(&bench), before);
    // The second time there is nothing left of it to undo.
    let again = undo_all(&bench, job).unwrap_err().to_string();
    assert_eq!(again, "Nothing can be undone: 12 undone already.");
    let redo = undo_all(&bench, undo).unwrap();
    bench.work().await.unwrap();
    assert_eq!(faces(&bench), swept);
    assert_eq!(bench.job(redo).name, "Redo of A job");
    bench.sync();
    let last = undo_all(&bench, redo).unwrap();
    bench.work().await.unwrap();
    assert_eq!((faces(&bench), bench.job(last).name), (before, "Undo of A job".to_owned()));
}

#[tokio::test]
async fn two_changes_in_a_row_are_undone_one_after_the_other() {
    let bench = Bench::new(2);
    let first = bench.confirm(change(done()), 2);
    let spam = Change { status: Some(StatusChange::Spam), ..Change::default() };
    bench.work().await.unwrap();
    // No sync in between: what it was before the second one is known from our own receipt.
    let second = bench.confirm(change(spam), 2);
    bench.work().await.unwrap();
    undo_all(&bench, second).unwrap();
    bench.work().await.unwrap();
    assert_eq!(status(&bench, 1), Status::Done);
    bench.sync();
    undo_all(&bench, first).unwrap();
    bench.work().await.unwrap();
    assert_eq!([1, 2].map(|n| status(&bench, n)), [Status::Active, Status::Active]);
}

#[tokio::test]
async fn picked_conversations_alone_get_it_back() {
    let bench = Bench::new(4);
    let job = bench.confirm(change(done()), 4);
    bench.work().await.unwrap();
    let me = bench.ctx.me.handle.clone();
    let (undo, _) = begin(&bench.stores, job, Some(&[id(2), id(3)]), &me, bench.now()).unwrap();
    assert_eq!(bench.job(undo).name, "Undo of 2 of A job");
    bench.work().await.unwrap();
    let statuses = [1, 2, 3, 4].map(|n| status(&bench, n));
    assert_eq!(statuses, [Status::Done, Status::Active, Status::Active, Status::Done]);
    // The others can still be undone.
    assert_eq!(find(&bench.stores, job, None, bench.now()).unwrap().items.len(), 2);
}

#[tokio::test]
async fn what_has_not_left_is_cancelled_first() {
    let bench = Bench::new(250);
    let job = bench.confirm(change(done()), 250);
    bench.desk.after(1, "apply", Fault::Unreachable);
    assert!(bench.work().await.is_err());
    // The call beside the one that failed arrived, if it was on its way already.
    let applied = bench.job(job).counts.applied;
    assert!((100..250).contains(&applied), "{applied}");
    cancel(&bench.stores.journal, &bench.job(job), None, bench.now()).unwrap();
    let undo = undo_all(&bench, job).unwrap();
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    let counted = (bench.job(undo).counts.applied, bench.job(job).counts.skipped);
    assert_eq!(counted, (applied, 250 - applied));
    assert!((1..=250).all(|n| status(&bench, n) == Status::Active));
}

#[tokio::test]
async fn what_may_still_arrive_is_named_and_can_be_undone_once_it_is_settled() {
    let bench = Bench::new(3);
    let job = bench.confirm(change(done()), 3);
    let journal = &bench.stores.journal;
    let known = |id: &RemoteId| bench.stores.cache.conversation(id).unwrap();
    let rows: Vec<_> = journal.claim(job, 3, true, bench.now(), &known).unwrap();
    for n in 1..=3 {
        bench.change(&id(n), done()).await;
    }
    let outcome = |n: usize, state: EffectState| {
        let effect = &rows[n - 1].effects[0];
        let is_applied = state == EffectState::Applied;
        Recorded {
            row: effect.row,
            reason: (!is_applied).then(|| Reason::new("no_answer", "The connection broke.")),
            receipt: is_applied.then(|| Receipt {
                stamp: Some(bench.desk.conversation(&id(n)).stamp),
                ..Receipt::default()
            }),
            after: effect.effect.value_after().filter(|_| is_applied),
            state,
            at: bench.now(),
        }
    };
    // One has its answer, of one the answer was lost, one is on its way.
    journal.record(&[outcome(1, EffectState::Applied), outcome(2, EffectState::Unknown)]).unwrap();
    assert_eq!(what_stays(&bench, job), [("still unknown, may or may not have been changed".to_owned(), 2)]);
    let undo = undo_all(&bench, job).unwrap();
    let row = bench.job(undo);
    assert_eq!((row.total, row.counts.pending, row.counts.skipped), (3, 1, 2));
    assert_eq!((row.reasons[0].code.as_str(), row.reasons[0].n), ("still_unknown", 2));
    assert_eq!(reason_of_left_out(&bench, undo, &id(3)), "still unknown");
    journal.settle_unknown(&[outcome(2, EffectState::Applied)]).unwrap();
    journal.record(&[outcome(3, EffectState::Applied)]).unwrap();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!([1, 2, 3].map(|n| status(&bench, n)), [Status::Active, Status::Done, Status::Done]);
    let rest = undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    assert_eq!((bench.job(rest).total, bench.job(rest).counts.applied), (2, 2));
    assert_eq!([1, 2, 3].map(|n| status(&bench, n)), [Status::Active, Status::Active, Status::Active]);
}

fn reason_of_left_out(bench: &Bench, job: JobId, id: &RemoteId) -> String {
    let items = bench.stores.journal.items(job, None, None, 100).unwrap();
    let item = items.into_iter().find(|item| item.id == *id).unwrap();
    item.reason.map(|reason| reason.message).unwrap_or_default()
}

#[tokio::test]
async fn picked_ones_leave_a_job_that_goes_on() {
    let bench = Bench::new(3);
    let job = bench.confirm(change(done()), 3);
    cancel(&bench.stores.journal, &bench.job(job), Some(&[id(2)]), bench.now()).unwrap();
    bench.work().await.unwrap();
    assert_eq!([1, 2, 3].map(|n| status(&bench, n)), [Status::Done, Status::Active, Status::Done]);
    assert_eq!((bench.job(job).counts.applied, bench.job(job).counts.skipped), (2, 1));
}

#[rstest]
#[case::a_reply_with_done(mass("Hello", done()), "sent, cannot be recalled", 2)]
#[case::archived(change(Change { status: Some(StatusChange::Archived), ..Change::default() }), "archived, final", 0)]
#[case::deleted(change(Change { delete: true, ..Change::default() }), "deleted, final", 0)]
#[case::blocked(change(Change { block: true, ..done() }), "blocked, to be unblocked at the help desk", 2)]
#[tokio::test]
async fn what_cannot_be_undone_is_said_before(#[case] action: Action, #[case] stays: &str, #[case] n: usize) {
    let bench = Bench::new(2);
    let job = bench.confirm(action, 2);
    bench.work().await.unwrap();
    assert_eq!(what_stays(&bench, job), [(stays.to_owned(), 2)]);
    assert_eq!(find(&bench.stores, job, None, bench.now()).unwrap().items.len(), n);
    if n > 0 {
        undo_all(&bench, job).unwrap();
        bench.work().await.unwrap();
        assert_eq!(status(&bench, 1), Status::Active);
        assert_eq!(bench.desk.calls("reply"), bench.desk.texts(&id(1)).len(), "no reply is sent for it");
    }
}

#[tokio::test]
async fn blocking_and_deleting_happen_once_and_the_deleted_leave_the_cache() {
    let bench = Bench::new(3);
    let job = bench.confirm(change(Change { block: true, delete: true, ..Change::default() }), 2);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.desk.blocked()), (2, vec![id(1), id(2)]));
    assert!(bench.stores.cache.conversation(&id(1)).unwrap().is_none());
    assert!(bench.stores.cache.conversation(&id(3)).unwrap().is_some());
}

#[rstest]
#[case::it_was_deleted(Fault::LoseAnswer, 1)]
#[case::it_was_not(Fault::Cut, 2)]
#[tokio::test]
async fn a_delete_of_unknown_fate_is_looked_up(#[case] fault: Fault, #[case] calls: usize) {
    let bench = Bench::new(20);
    let job = bench.confirm(change(Change { delete: true, ..Change::default() }), 20);
    bench.desk.next("apply", fault);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.desk.calls("apply")), (20, calls));
    assert!(bench.stores.cache.conversation(&id(1)).unwrap().is_none());
}

#[tokio::test]
async fn an_undo_of_unknown_fate_gives_back_once() {
    let bench = Bench::new(3);
    let job = bench.confirm(change(done()), 3);
    bench.work().await.unwrap();
    let undo = undo_all(&bench, job).unwrap();
    bench.desk.next("apply", Fault::LoseAnswer);
    bench.work().await.unwrap();
    assert_eq!(bench.job(undo).counts.applied, 3);
    assert_eq!(status(&bench, 2), Status::Active);
}

#[tokio::test]
async fn following_is_undone_where_it_is_kept() {
    let bench = Bench::new(1);
    let followed = |bench: &Bench| bench.stores.journal.follows().unwrap().get(&id(1)).copied();
    let job = bench.confirm(Action::Follow { on: true }, 1);
    bench.work().await.unwrap();
    undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    assert!(bench.desk.conversation(&id(1)).followers.is_empty());
    bench.desk.keeps_no_followers();
    bench.sync();
    let here = bench.confirm(Action::Follow { on: true }, 1);
    bench.work().await.unwrap();
    assert_eq!(followed(&bench), Some(true));
    undo_all(&bench, here).unwrap();
    bench.work().await.unwrap();
    assert_eq!(followed(&bench), Some(false));
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let bench = Bench::new(1);
    let job = bench.confirm(change(done()), 1);
    bench.work().await.unwrap();
    bench.desk.does(&id(1), JONAS, "Made active", &Effect::Status(StatusChange::Active));
    bench.sync();
    let undo = undo_all(&bench, job).unwrap();
    bench.work().await.unwrap();
    assert_eq!(bench.job(undo).reasons[0].code, "no_change");
}

#[tokio::test]
async fn a_stopped_read_puts_everything_back() {
    let bench = Bench::new(2);
    let job = bench.confirm(change(done()), 2);
    bench.work().await.unwrap();
    let undo = undo_all(&bench, job).unwrap();
    bench.desk.next("apply", Fault::Unreachable);
    assert!(crate::worker::work_due(&bench.ctx, &CancellationToken::new()).await.is_err());
    assert_eq!(bench.job(undo).counts.pending, 2);
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(undo).counts.applied, 2);
}
