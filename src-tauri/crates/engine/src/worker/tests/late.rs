//! What fell due while nobody worked the journal, and what waits for the help desk from the first moment on.

use muster_model::{Sending, When};

use super::sending::{as_drip, office, play};
use super::*;
use crate::control::{JobEdit, edit_in, pause_in, resume_in};

const TWO_DAYS: Duration = Duration::from_secs(2 * 24 * 3600);

fn state(bench: &Bench, job: JobId) -> (JobState, Option<PauseReason>) {
    let row = bench.job(job);
    (row.state, row.pause)
}

fn overdue() -> (JobState, Option<PauseReason>) {
    (JobState::Paused, Some(PauseReason::Overdue))
}

/// How a job stood when the machine fell asleep.
#[derive(Clone, Copy, Debug)]
enum Stood {
    Held,
    AtATime,
    OnItsWay,
    Offline,
}

#[rstest]
#[tokio::test]
async fn what_is_late_waits_for_a_word(
    #[values(Stood::Held, Stood::AtATime, Stood::OnItsWay, Stood::Offline)] stood: Stood,
) {
    let bench = Bench::new(30);
    let at = later(bench.now(), Duration::from_secs(3600));
    let sending = match stood {
        Stood::Held => Sending { hold: 30, ..Sending::default() },
        Stood::AtATime => Sending { when: When::At { at }, ..Sending::default() },
        Stood::OnItsWay | Stood::Offline => Sending::default(),
    };
    let job = bench.confirm_as(mass("Hello", Change::default()), 30, sending);
    if matches!(stood, Stood::Offline) {
        bench.desk.after(1, "reply", Fault::Unreachable);
        bench.work().await.unwrap_err();
        bench.ctx.link.connecting();
    }
    bench.advance(TWO_DAYS);
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(state(&bench, job), overdue());
    let sent = bench.job(job).counts.applied;
    assert_eq!(sent, if matches!(stood, Stood::Offline) { 25 } else { 0 });
    // It stays so, and a word is enough, whenever it is said.
    bench.advance(TWO_DAYS);
    bench.work().await.unwrap();
    assert_eq!(state(&bench, job), overdue());
    resume_in(&bench.elsewhere(), job, Some(&bench.ctx.me.handle), bench.now()).unwrap();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.job(job).counts.applied), (JobState::Completed, 30));
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[rstest]
#[case::on_time(Duration::from_secs(10 * 60), JobState::Completed)]
#[case::late(Duration::from_secs(10 * 60 + 1), JobState::Paused)]
#[tokio::test]
async fn ten_minutes_are_not_late(#[case] slept: Duration, #[case] expected: JobState) {
    let bench = Bench::new(1);
    let job = bench.confirm(one("Hello"), 1);
    bench.advance(slept);
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, expected);
}

#[tokio::test]
async fn what_no_customer_hears_is_done_late() {
    let bench = Bench::new(1);
    let job = bench.confirm(Action::Change { change: done() }, 1);
    bench.advance(TWO_DAYS);
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn whoever_waits_for_the_help_desk_for_hours_is_not_late() {
    let bench = Bench::new(1);
    let job = bench.confirm(one("Hello"), 1);
    bench.ctx.link.unreachable("Cannot reach it.".into());
    for _ in 0..180 {
        bench.work().await.unwrap_err();
        bench.advance(Duration::from_secs(60));
    }
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_pause_of_hours_is_not_late() {
    let bench = Bench::new(1);
    let job = bench.confirm(one("Hello"), 1);
    pause_in(&bench.stores.journal, job, bench.now()).unwrap();
    bench.advance(TWO_DAYS);
    bench.work().await.unwrap();
    assert_eq!(state(&bench, job), (JobState::Paused, Some(PauseReason::User)));
    resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_drip_of_replies_over_two_days_of_sleep_asks_and_then_sends_one_batch() {
    let bench = Bench::new(300);
    bench.set("2026-06-17T07:00:00Z");
    let job = bench.confirm_as(mass("Hello", Change::default()), 300, as_drip(office(&bench)));
    assert_eq!(bench.work().await.unwrap().did, 100);
    bench.set("2026-06-19T10:00:00Z");
    assert_eq!(bench.work().await.unwrap().did, 0);
    assert_eq!(state(&bench, job), overdue());
    assert_eq!(bench.job(job).due.to_string(), "2026-06-17T12:00:00Z", "it says since when");
    bench.set("2026-06-19T10:30:00Z");
    resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    let left = play(&bench).await;
    let left: Vec<_> = left.iter().map(|(at, n)| (at.as_str(), *n)).collect();
    assert_eq!(left, [("2026-06-19T10:30:00Z", 100), ("2026-06-22T07:00:00Z", 100)]);
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_new_time_answers_why_it_is_late() {
    let bench = Bench::new(1);
    let at = later(bench.now(), Duration::from_secs(3600));
    let job = bench.confirm_as(one("Hello"), 1, Sending { when: When::At { at }, ..Sending::default() });
    bench.advance(TWO_DAYS);
    bench.work().await.unwrap();
    assert_eq!(state(&bench, job), overdue());
    let at = later(bench.now(), Duration::from_secs(3600));
    let edit = JobEdit { name: None, sending: Some(Sending { when: When::At { at }, ..Sending::default() }) };
    edit_in(&bench.stores.journal, job, &edit, bench.now()).unwrap();
    assert_eq!(bench.work().await.unwrap().next_due, Some(at));
    bench.set(&at.to_string());
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn confirmed_without_the_help_desk_it_says_so_at_once() {
    let bench = Bench::new(1);
    bench.ctx.link.unreachable("Cannot reach it.".into());
    let mut events = bench.ctx.events.subscribe();
    let wake = Notify::new();
    let bystander = bench.ctx.bystander();
    let confirmed = async {
        // Nobody has said yet whose key it is, so no worker runs; another process confirms.
        let job = bench.confirm(one("Hello"), 1);
        while !matches!(events.recv().await, Ok(EngineEvent::JobChanged(id)) if id == job) {}
        job
    };
    let job = tokio::select! {
        job = confirmed => job,
        never = bystander.stand_by(&wake) => match never {},
    };
    assert_eq!(state(&bench, job), (JobState::Paused, Some(PauseReason::Offline)));
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}
