//! The worker, stepped against a help desk in memory that can fail at every point, with the real databases.

use std::time::Duration;

use muster_model::{
    Action, Change, Engagement, Handle, JobState, PauseReason, RemoteId, SnoozeUntil, Status, StatusChange,
};
use rstest::rstest;
use tokio_util::sync::CancellationToken;

use self::bench::{Bench, done, mass, note, one};
use self::fake::Fault;
use super::*;

pub(crate) mod bench;
mod control;
pub(crate) mod fake;
mod fernand;
mod histories;
mod late;
mod notes;
mod points;
mod sending;

const SETTLE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_mass_reply_reaches_everybody_once() {
    let bench = Bench::new(60);
    let job = bench.confirm(mass("Hello {{customer_first_name}}", done()), 60);
    let worked = bench.work().await.unwrap();
    assert_eq!((worked.did, worked.unknown_left, worked.next_due), (60, 0, None));
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.applied), (JobState::Completed, 60));
    assert_eq!(crate::sentence::result(&row), "60 sent");
    assert_eq!(bench.desk.calls("reply"), 3, "25 at a time, so that progress shows");
    for id in bench.ids() {
        assert_eq!(bench.desk.texts(&id), ["Hello Marta"]);
        let now = bench.desk.conversation(&id);
        assert_eq!((now.status, now.engagement), (Status::Done, Engagement::Engaged));
    }
}

/// Where a process dies while a chunk of replies leaves.
#[derive(Clone, Copy, Debug)]
enum Dies {
    BeforeTheIntent,
    AfterTheIntent,
    AfterTheCall,
    AfterTheOutcome,
}

#[rstest]
#[case(Dies::BeforeTheIntent, 5)]
#[case(Dies::AfterTheIntent, 5)]
#[case(Dies::AfterTheCall, 5)]
#[case(Dies::AfterTheOutcome, 5)]
#[tokio::test]
async fn a_crash_loses_nobody_and_repeats_nothing(
    #[case] dies: Dies,
    #[case] n: usize,
    #[values(true, false)] dedupes: bool,
) {
    let bench = Bench::new(n);
    bench.desk.set_dedupes(dedupes);
    let job = bench.confirm(mass("Hello", done()), n);
    bench.die(job, dies).await;
    let recovered = bench.stores.journal.recover(bench.now()).unwrap();
    let left = matches!(dies, Dies::AfterTheIntent | Dies::AfterTheCall);
    assert_eq!(recovered, if left { 2 * n as u64 } else { 0 });
    bench.work().await.unwrap();
    // Without the server's help only time tells what never arrived.
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.applied), (JobState::Completed, n as u64), "{row:?}");
    for id in bench.ids() {
        assert_eq!(bench.desk.texts(&id), ["Hello"]);
        assert_eq!(bench.desk.conversation(&id).status, Status::Done);
    }
}

#[rstest]
#[case::done_but_no_answer(Fault::LoseAnswer)]
#[case::cut_before_the_work(Fault::Cut)]
#[tokio::test]
async fn a_lost_answer_is_looked_up(#[case] fault: Fault) {
    let bench = Bench::new(5);
    let job = bench.confirm(mass("Hello", done()), 5);
    bench.desk.next("reply", fault);
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
    for id in bench.ids() {
        assert_eq!(bench.desk.texts(&id), ["Hello"]);
    }
}

#[tokio::test]
async fn without_idempotency_one_look_is_not_enough() {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(false);
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    bench.desk.next("reply", Fault::Cut);
    let worked = bench.work().await.unwrap();
    assert_eq!((worked.unknown_left, bench.job(job).counts.unknown), (1, 1));
    assert_eq!(worked.next_due, Some(later(bench.now(), SETTLE)));
    assert_eq!(bench.job(job).state, JobState::Running, "it is looked for once more");
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 1, "the settle time is not over");
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!((bench.desk.calls("reply"), bench.desk.texts(&"c1".into()).len()), (2, 1));
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn without_idempotency_every_attempt_is_looked_for_twice() {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(false);
    bench.confirm(mass("Hello", Change::default()), 1);
    bench.desk.always("reply", Fault::Cut);
    bench.work().await.unwrap();
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 2);
    // What was seen after the first attempt says nothing about the second, however late somebody looks.
    bench.advance(SETTLE * 2);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 2);
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 3);
}

#[tokio::test]
async fn the_settle_time_begins_when_the_request_was_given_up() {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(false);
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    bench.die(job, Dies::AfterTheIntent).await;
    // Nobody knows how long the last worker was under way before it died.
    bench.advance(SETTLE);
    bench.stores.journal.recover(bench.now()).unwrap();
    let worked = bench.work().await.unwrap();
    assert_eq!((worked.next_due, bench.desk.calls("reply")), (Some(later(bench.now(), SETTLE)), 0));
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c1".into()), ["Hello"]);
}

#[tokio::test]
async fn what_nobody_can_tell_stays_unknown_and_is_never_sent_again() {
    let bench = Bench::new(3);
    bench.desk.set_dedupes(false);
    bench.desk.cannot_tell();
    let job = bench.confirm(mass("Hello", done()), 3);
    bench.desk.next("reply", Fault::LoseAnswer);
    for _ in 0..5 {
        bench.work().await.unwrap();
        bench.advance(SETTLE * 10);
    }
    let worked = bench.work().await.unwrap();
    assert_eq!((worked.next_due, bench.desk.calls("reply")), (None, 1));
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.unknown), (JobState::CompletedWithErrors, 3));
    assert_eq!(crate::sentence::result(&row), "3 unknown");
}

#[tokio::test]
async fn what_never_arrives_ends_as_rejected() {
    let bench = Bench::new(1);
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    bench.desk.always("reply", Fault::Cut);
    for _ in 0..20 {
        bench.work().await.unwrap();
        bench.advance(SETTLE);
    }
    assert_eq!((bench.job(job).counts.rejected, bench.desk.calls("reply")), (1, 10));
    assert_eq!(bench.job(job).reasons[0].code, "not_arrived");
}

#[tokio::test]
async fn offline_waits_and_goes_on() {
    let bench = Bench::new(30);
    let job = bench.confirm(mass("Hello", Change::default()), 30);
    bench.desk.after(1, "reply", Fault::Unreachable);
    assert!(matches!(bench.work().await, Err(WorkError::Offline(_))));
    let row = bench.job(job);
    assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::Offline)));
    assert_eq!((row.counts.applied, row.counts.pending, row.counts.unknown), (25, 5, 0));
    // Confirmed meanwhile: waits as well, and says so.
    let second = bench.confirm(Action::Change { change: done() }, 30);
    assert!(matches!(bench.work().await, Err(WorkError::Offline(_))));
    assert_eq!(bench.job(second).pause, Some(PauseReason::Offline));
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
    assert_eq!(bench.job(second).state, JobState::Completed);
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[tokio::test]
async fn a_refused_key_pauses() {
    let bench = Bench::new(2);
    let job = bench.confirm(mass("Hello", Change::default()), 2);
    bench.desk.next("reply", Fault::KeyRefused);
    assert!(matches!(bench.work().await, Err(WorkError::Key(_))));
    let row = bench.job(job);
    assert_eq!((row.pause, row.counts.pending), (Some(PauseReason::Key), 2));
    bench.ctx.link.connecting();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 2);
}

#[tokio::test]
async fn a_job_of_another_key_stands_still() {
    let bench = Bench::new(1);
    let mut job = bench.new_job(mass("Hello", Change::default()), 1);
    job.me = Handle::from("jonas@desk.example");
    bench.stores.journal.insert_job(&job).unwrap();
    bench.work().await.unwrap();
    let row = bench.job(job.id);
    assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::Key)));
    assert_eq!(bench.desk.calls("reply"), 0);
}

#[tokio::test]
async fn slowing_down_is_obeyed_and_nothing_is_lost() {
    let bench = Bench::new(4);
    let job = bench.confirm(mass("Hello", done()), 4);
    bench.desk.next("reply", Fault::SlowDown);
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 4);
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[rstest]
#[case::replies(mass("Hello", Change::default()))]
#[case::changes(Action::Change { change: done() })]
#[tokio::test]
async fn a_refused_batch_is_split_until_the_bad_item_is_alone(#[case] action: Action) {
    let bench = Bench::new(7);
    let job = bench.confirm(action, 7);
    bench.desk.refuse(&"c5".into());
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.counts.applied, row.counts.rejected), (6, 1));
    assert_eq!((row.reasons[0].code.as_str(), row.state), ("bad_item", JobState::CompletedWithErrors));
}

#[tokio::test]
async fn the_guard_holds_where_somebody_wrote() {
    let bench = Bench::new(4);
    let job = bench.confirm(mass("Hello", done()), 4);
    bench.desk.customer_writes(&"c1".into());
    bench.desk.colleague_writes(&"c2".into());
    bench.sync();
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.counts.applied, row.counts.held), (2, 2));
    let codes: Vec<&str> = row.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["colleague_wrote", "customer_wrote"]);
    assert!(bench.desk.texts(&"c1".into()).is_empty());
    assert_eq!(crate::sentence::result(&row), "2 sent, 2 held");
}

#[tokio::test]
async fn who_writes_between_two_chunks_gets_nothing() {
    let bench = Bench::new(60);
    let job = bench.confirm(mass("Hello", done()), 60);
    let desk = Arc::clone(&bench.desk);
    bench.desk.meanwhile(move |call, n| {
        // No sync brings it before the next chunk leaves.
        if (call, n) == ("reply", 1) {
            desk.customer_writes(&"c40".into());
            desk.colleague_writes(&"c59".into());
        }
    });
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.counts.applied, row.counts.held), (58, 2));
    let codes: Vec<&str> = row.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["colleague_wrote", "customer_wrote"]);
    assert!(["c40", "c59"].iter().all(|id| bench.desk.texts(&(*id).into()).is_empty()));
    assert_eq!(bench.desk.calls("changes"), bench.desk.calls("reply"), "one look for each chunk");
}

#[tokio::test]
async fn where_no_sync_came_lately_every_thread_is_read() {
    let bench = Bench::new(3);
    let job = bench.confirm(mass("Hello", done()), 3);
    bench.desk.customer_writes(&"c1".into());
    bench.advance(Duration::from_secs(61));
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.job(job).counts.held), (2, 1));
    assert!(bench.desk.texts(&"c1".into()).is_empty());
}

#[tokio::test]
async fn our_own_earlier_message_is_nobody_elses() {
    let bench = Bench::new(2);
    let first = bench.confirm(mass("First", Change::default()), 2);
    let second = bench.confirm(mass("Second", Change::default()), 2);
    bench.work().await.unwrap();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!((bench.job(first).counts.applied, bench.job(second).counts.applied), (2, 2));
    assert_eq!(bench.desk.texts(&"c1".into()), ["First", "Second"], "in the order of confirmation");
}

#[tokio::test]
async fn a_single_reply_reads_the_thread_first() {
    let bench = Bench::new(1);
    let job = bench.confirm(one("Hello"), 1);
    // Nobody synced since: only the thread itself tells.
    bench.desk.customer_writes(&"c1".into());
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.held, 1);
    assert!(bench.desk.texts(&"c1".into()).is_empty());
}

#[tokio::test]
async fn a_merged_conversation_is_skipped() {
    let bench = Bench::new(2);
    let job = bench.confirm(mass("Hello", Change::default()), 2);
    bench.desk.merge(&"c1".into(), &"c2".into());
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c2".into()), ["Hello"]);
    let row = bench.job(job);
    assert_eq!((row.counts.applied, row.counts.skipped), (1, 1));
    assert_eq!(row.reasons[0].message, "Merged into c2.");
}

#[tokio::test]
async fn putting_away_is_held_where_the_customer_wrote_and_the_rest_goes_on() {
    let bench = Bench::new(1);
    let change = Change { add_tags: vec!["late".into()], ..done() };
    let job = bench.confirm(Action::Change { change }, 1);
    bench.desk.customer_writes(&"c1".into());
    bench.sync();
    bench.work().await.unwrap();
    let now = bench.desk.conversation(&"c1".into());
    assert_eq!((now.status, now.tags.contains(&"late".to_owned())), (Status::Active, true));
    assert_eq!(bench.job(job).counts.held, 1);
}

#[tokio::test]
async fn a_later_intent_on_the_same_field_supersedes() {
    let bench = Bench::new(1);
    let snooze = Change { status: Some(StatusChange::Snoozed(SnoozeUntil::Reply)), ..Change::default() };
    let first = bench.confirm(Action::Change { change: snooze }, 1);
    let second = bench.confirm(Action::Change { change: done() }, 1);
    bench.work().await.unwrap();
    let row = bench.job(first);
    assert_eq!((row.counts.skipped, row.reasons[0].code.as_str()), (1, "superseded"));
    assert_eq!(bench.job(second).counts.applied, 1);
    assert_eq!(bench.desk.conversation(&"c1".into()).status, Status::Done);
    assert_eq!(bench.desk.calls("apply"), 1);
}

#[rstest]
#[case::it_arrived(Fault::LoseAnswer, 1)]
#[case::it_did_not(Fault::Cut, 2)]
#[tokio::test]
async fn a_change_of_unknown_fate_is_read_again_and_repeated_at_need(
    #[case] fault: Fault,
    #[case] calls: usize,
) {
    let bench = Bench::new(3);
    let job = bench.confirm(Action::Change { change: done() }, 3);
    bench.desk.next("apply", fault);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.desk.calls("apply")), (3, calls));
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn what_rides_on_a_reply_comes_after_it_and_only_where_it_was_sent() {
    let bench = Bench::new(3);
    let then = Change { add_tags: vec!["told".into()], ..done() };
    let job = bench.confirm(mass("Hello", then), 3);
    bench.desk.refuse(&"c2".into());
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.job(job).counts.rejected), (2, 1));
    for (id, told) in [("c1", true), ("c2", false), ("c3", true)] {
        let now = bench.desk.conversation(&id.into());
        assert_eq!((now.tags.contains(&"told".to_owned()), now.status == Status::Done), (told, told));
    }
}

#[tokio::test]
async fn following_goes_to_the_help_desk_or_stays_here() {
    let bench = Bench::new(2);
    let job = bench.confirm(Action::Follow { on: true }, 1);
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 1);
    assert_eq!(bench.desk.conversation(&"c1".into()).followers.first(), Some(&bench.ctx.me.handle));
    bench.desk.keeps_no_followers();
    bench.confirm(Action::Follow { on: true }, 2);
    bench.work().await.unwrap();
    assert_eq!(bench.stores.journal.follows().unwrap().get(&RemoteId::from("c2")), Some(&true));
}

#[tokio::test]
async fn a_sent_reply_stands_in_the_cached_thread() {
    let bench = Bench::new(1);
    bench.fetch_thread(&"c1".into()).await;
    bench.confirm(one("Hello"), 1);
    bench.work().await.unwrap();
    let cached = bench.stores.cache.thread(&"c1".into()).unwrap().unwrap();
    let last = cached.thread.messages.last().unwrap();
    assert_eq!((last.text.as_str(), last.author_handle.as_ref()), ("Hello", Some(&bench.ctx.me.handle)));
}

#[tokio::test]
async fn a_restored_journal_stands_still() {
    let bench = Bench::new(1);
    bench.stores.cache.set_highest_sent(1_000).unwrap();
    let old = bench.confirm(mass("Hello", Change::default()), 1);
    bench.work().await.unwrap();
    let row = bench.job(old);
    assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::Guard)));
    assert_eq!(bench.desk.calls("reply"), 0);
}

#[tokio::test]
async fn the_loop_works_what_another_process_confirms() {
    let bench = Bench::new(1);
    let cancel = CancellationToken::new();
    let loop_cancel = cancel.clone();
    let other = bench.stores.journal.clone();
    let new = bench.new_job(Action::Change { change: done() }, 1);
    let job = new.id;
    let mut events = bench.ctx.events.subscribe();
    let works = run(bench.context(), Arc::default(), loop_cancel);
    let confirms = async {
        blocking(move || other.insert_job(&new)).await.unwrap();
        loop {
            if matches!(events.recv().await, Ok(EngineEvent::ConversationsChanged { .. })) {
                break;
            }
        }
        cancel.cancel();
    };
    tokio::join!(works, confirms);
    assert_eq!(bench.desk.conversation(&"c1".into()).status, Status::Done);
    assert_eq!(bench.job(job).counts.applied, 1);
}
