//! Pause, resume, cancel and edit, by whichever process, while the worker works: exact figures, and nobody's word is
//! written over.

use muster_model::{Drip, Interval, IntervalUnit, Sending, When};
use muster_store::Standing;

use super::*;
use crate::control::{Abilities, ControlError, JobEdit, cancel_in, edit_in, pause_in, resume_in};

fn refusal(result: Result<JobRow, ControlError>) -> String {
    match result {
        Err(ControlError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn drip(bench: &Bench, batch: u32) -> Sending {
    let when = When::Drip(Drip {
        start: bench.now(),
        batch,
        every: Interval { n: 5, unit: IntervalUnit::Hours },
        days: Vec::new(),
        window: None,
        zone: "Europe/Berlin".into(),
    });
    Sending { when, ..Sending::default() }
}

#[tokio::test]
async fn another_process_pauses_between_chunks_and_cancels() {
    let bench = Bench::new(60);
    let job = bench.confirm(mass("Hello", done()), 60);
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.meanwhile(move |call, n| {
        if (call, n) == ("reply", 1) {
            let row = pause_in(&other, job, now).unwrap();
            assert_eq!((row.counts.sending, row.counts.pending), (25, 35));
        }
    });
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.pause.clone()), (JobState::Paused, Some(PauseReason::User)));
    assert_eq!((row.counts.applied, row.counts.pending), (25, 35));
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 1, "a paused job sends nothing");
    assert_eq!(Abilities::of(&row, now).cancel, Some(35));
    let row = cancel_in(&bench.elsewhere(), job, now).unwrap();
    assert_eq!((row.state.clone(), row.counts.applied, row.counts.skipped), (JobState::Cancelled, 25, 35));
    let reasons: Vec<_> = row.reasons.iter().map(|reason| (reason.code.as_str(), reason.n)).collect();
    assert_eq!(reasons, [("cancelled", 35)]);
    bench.work().await.unwrap();
    let heard = bench.ids().iter().filter(|id| !bench.desk.texts(id).is_empty()).count();
    assert_eq!((heard, bench.desk.calls("reply")), (25, 1));
    assert_eq!(refusal(cancel_in(&bench.elsewhere(), job, now)), "It was stopped for good before.");
}

#[tokio::test]
async fn what_was_paused_goes_on_where_it_stood() {
    let bench = Bench::new(60);
    let job = bench.confirm(mass("Hello", Change::default()), 60);
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.meanwhile(move |call, n| {
        if (call, n) == ("reply", 2) {
            pause_in(&other, job, now).unwrap();
        }
    });
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 50);
    assert_eq!(refusal(pause_in(&bench.stores.journal, job, now)), "It stands still already.");
    // Somebody looks at it an hour later: it is their word that counts, not how long it stood.
    bench.advance(Duration::from_secs(3600));
    let row = resume_in(&bench.elsewhere(), job, Some(&bench.ctx.me.handle), bench.now()).unwrap();
    assert_eq!(row.state, JobState::Running);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.job(job).counts.applied), (JobState::Completed, 60));
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
    assert_eq!(
        refusal(pause_in(&bench.stores.journal, job, bench.now())),
        "It is over: everything of it has left."
    );
}

/// What somebody decides while a call is on its way that then fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Pause,
    Cancel,
}

#[rstest]
#[tokio::test]
async fn a_failing_help_desk_does_not_write_over_anybodys_word(
    #[values(Word::Pause, Word::Cancel)] word: Word,
    #[values(Fault::Unreachable, Fault::KeyRefused)] fault: Fault,
) {
    let bench = Bench::new(60);
    let job = bench.confirm(mass("Hello", done()), 60);
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.after(1, "reply", fault);
    bench.desk.meanwhile(move |call, n| {
        if (call, n) == ("reply", 2) {
            let done = match word {
                Word::Pause => pause_in(&other, job, now),
                Word::Cancel => cancel_in(&other, job, now),
            };
            done.unwrap();
        }
    });
    bench.work().await.unwrap_err();
    bench.ctx.link.connecting();
    bench.sync();
    bench.work().await.unwrap();
    let row = bench.job(job);
    let figures = (row.counts.applied, row.counts.pending, row.counts.skipped);
    match word {
        Word::Pause => {
            assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::User)));
            assert_eq!(figures, (25, 35, 0));
        }
        Word::Cancel => {
            assert_eq!((row.state, row.pause), (JobState::Cancelled, None));
            assert_eq!(figures, (25, 0, 35), "what came back unsent is cancelled as well");
        }
    }
}

#[tokio::test]
async fn a_job_whose_last_items_are_on_their_way_cannot_be_stopped_any_more() {
    let bench = Bench::new(5);
    let job = bench.confirm(mass("Hello", Change::default()), 5);
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.meanwhile(move |_, _| {
        assert_eq!(refusal(pause_in(&other, job, now)), "Nothing of it is left to pause.");
        assert_eq!(
            refusal(cancel_in(&other, job, now)),
            "Nothing of it is left to stop: everything was handed to the help desk."
        );
    });
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.desk.calls("reply")), (JobState::Completed, 1));
}

#[tokio::test]
async fn a_hold_that_is_taken_back_sends_nothing() {
    let bench = Bench::new(3);
    let held = Sending { hold: 30, ..Sending::default() };
    let job = bench.confirm_as(mass("Hello", done()), 3, held.clone());
    let worked = bench.work().await.unwrap();
    assert_eq!((worked.did, worked.next_due), (0, Some(later(bench.now(), Duration::from_secs(30)))));
    assert!(Abilities::of(&bench.job(job), bench.now()).take_back);
    let row = cancel_in(&bench.elsewhere(), job, bench.now()).unwrap();
    assert_eq!((row.state, row.counts.skipped), (JobState::Cancelled, 3));
    bench.advance(Duration::from_secs(31));
    bench.work().await.unwrap();
    assert_eq!(bench.desk.calls("reply"), 0);
    // One that nobody takes back leaves when its hold is over, not earlier.
    let job = bench.confirm_as(mass("Hello", done()), 3, held);
    bench.advance(Duration::from_secs(29));
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.desk.calls("reply")), (JobState::Holding, 0));
    assert_eq!(
        refusal(resume_in(&bench.stores.journal, job, None, bench.now())),
        "It is not paused: it leaves as soon as its hold is over."
    );
    bench.advance(Duration::from_secs(1));
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.job(job).counts.applied), (JobState::Completed, 3));
}

#[tokio::test]
async fn while_it_waits_the_whole_schedule_may_be_changed() {
    let bench = Bench::new(4);
    let at = later(bench.now(), Duration::from_secs(7200));
    let job =
        bench.confirm_as(mass("Hello", done()), 4, Sending { when: When::At { at }, ..Sending::default() });
    let journal = bench.elsewhere();
    let to = |sending: Sending| JobEdit { name: Some("  Outage ".into()), sending: Some(sending) };
    let row = edit_in(&journal, job, &to(drip(&bench, 2)), bench.now()).unwrap();
    assert_eq!((row.name.as_str(), row.state, row.due), ("Outage", JobState::Scheduled, bench.now()));
    assert_eq!(row.released, Some(0));
    let mut broken = drip(&bench, 2);
    if let When::Drip(drip) = &mut broken.when {
        drip.zone = "Berlin".into();
    }
    assert!(matches!(edit_in(&journal, job, &to(broken), bench.now()), Err(ControlError::Schedule(_))));
    let row = edit_in(&journal, job, &to(Sending { hold: 5, ..Sending::default() }), bench.now()).unwrap();
    assert_eq!((row.state, row.released), (JobState::Holding, None));
    // A paused one stays paused, whatever its schedule says.
    pause_in(&journal, job, bench.now()).unwrap();
    let row = edit_in(&journal, job, &to(drip(&bench, 2)), bench.now()).unwrap();
    assert_eq!((row.state, row.pause), (JobState::Paused, Some(PauseReason::User)));
    // Once more the same changes nothing and is no mistake.
    assert!(edit_in(&journal, job, &to(drip(&bench, 2)), bench.now()).is_ok());
    let row = resume_in(&journal, job, None, bench.now()).unwrap();
    assert_eq!((row.state, row.due), (JobState::Scheduled, bench.now()));
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 2);
}

#[tokio::test]
async fn once_it_began_only_the_size_of_its_batches_may_be_changed() {
    let bench = Bench::new(30);
    let job = bench.confirm_as(mass("Hello", Change::default()), 30, drip(&bench, 10));
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.applied), (JobState::Scheduled, 10));
    let may = Abilities::of(&row, bench.now());
    assert!(may.edit_batch && !may.edit_schedule);
    let edit = |sending| JobEdit { name: None, sending: Some(sending) };
    assert_eq!(
        refusal(edit_in(&bench.stores.journal, job, &edit(Sending::default()), bench.now())),
        "It has begun, so its schedule cannot be changed any more. It can be paused or cancelled."
    );
    let mut other = row.sending.clone();
    if let When::Drip(drip) = &mut other.when {
        drip.every.n = 1;
    }
    assert_eq!(
        refusal(edit_in(&bench.stores.journal, job, &edit(other.clone()), bench.now())),
        "It has begun: only the size of its next batches, now 10, can be changed. To change more, cancel it and write \
         again to those who are left."
    );
    let mut larger = row.sending.clone();
    if let When::Drip(drip) = &mut larger.when {
        drip.batch = 15;
    }
    edit_in(&bench.elsewhere(), job, &edit(larger), bench.now()).unwrap();
    assert_eq!(bench.work().await.unwrap().did, 0, "the time of the next batch stays");
    bench.advance(Duration::from_secs(5 * 3600));
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 25);
    bench.advance(Duration::from_secs(5 * 3600));
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_job_at_once_that_runs_has_no_schedule_to_change() {
    let bench = Bench::new(1);
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    let edit = JobEdit { name: None, sending: Some(drip(&bench, 1)) };
    assert!(refusal(edit_in(&bench.stores.journal, job, &edit, bench.now())).starts_with("It has begun"));
    let name = JobEdit { name: Some("Anna".into()), sending: None };
    assert_eq!(edit_in(&bench.stores.journal, job, &name, bench.now()).unwrap().name, "Anna");
}

#[tokio::test]
async fn a_job_of_another_key_goes_on_only_with_that_key() {
    let bench = Bench::new(1);
    let mut new = bench.new_job(mass("Hello", Change::default()), 1);
    new.me = Handle::from("jonas@desk.example");
    bench.stores.journal.insert_job(&new).unwrap();
    bench.work().await.unwrap();
    assert_eq!(
        refusal(resume_in(&bench.stores.journal, new.id, Some(&bench.ctx.me.handle), bench.now())),
        "It was confirmed with the key of jonas@desk.example, in whose name it would be sent. Sign in with that key, or \
         cancel it."
    );
    assert_eq!(bench.desk.calls("reply"), 0);
    let mut ctx = bench.context();
    ctx.me.handle = Handle::from("Jonas@desk.example");
    work_due(&ctx, &CancellationToken::new()).await.unwrap();
    assert_eq!(bench.job(new.id).state, JobState::Completed);
}

#[tokio::test]
async fn a_restored_backup_goes_on_when_somebody_says_so() {
    let bench = Bench::new(1);
    bench.stores.cache.set_highest_sent(1_000).unwrap();
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!(
        (row.pause.clone(), Abilities::of(&row, bench.now()).canary_waits),
        (Some(PauseReason::Guard), false)
    );
    resume_in(&bench.elsewhere(), job, Some(&bench.ctx.me.handle), bench.now()).unwrap();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn what_waits_for_the_help_desk_can_be_paused_and_needs_no_resume() {
    let bench = Bench::new(1);
    let job = bench.confirm(mass("Hello", Change::default()), 1);
    bench.ctx.link.unreachable("Cannot reach it.".into());
    bench.work().await.unwrap_err();
    assert_eq!(
        refusal(resume_in(&bench.stores.journal, job, None, bench.now())),
        "It waits for the help desk, and goes on by itself once that can be reached."
    );
    pause_in(&bench.elsewhere(), job, bench.now()).unwrap();
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).pause, bench.desk.calls("reply")), (Some(PauseReason::User), 0));
}

#[tokio::test]
async fn a_schedule_that_cannot_be_followed_stands_still() {
    let bench = Bench::new(1);
    let job = bench.confirm_as(mass("Hello", Change::default()), 1, drip(&bench, 1));
    let elsewhere = |row: &JobRow| {
        let mut sending = row.sending.clone();
        if let When::Drip(drip) = &mut sending.when {
            drip.zone = "Mars/Olympus".into();
        }
        Some(Standing { sending, ..row.standing() })
    };
    assert!(bench.stores.journal.move_job(job, elsewhere).unwrap().did);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).pause, bench.desk.calls("reply")), (Some(PauseReason::Guard), 0));
    assert!(matches!(
        resume_in(&bench.stores.journal, job, None, bench.now()),
        Err(ControlError::Schedule(_))
    ));
    let edit = JobEdit { name: None, sending: Some(drip(&bench, 1)) };
    edit_in(&bench.stores.journal, job, &edit, bench.now()).unwrap();
    resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}
