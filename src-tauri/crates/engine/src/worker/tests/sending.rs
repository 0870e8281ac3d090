//! When what leaves: at a time, drip by drip, a few first. The clock stands still until it is set, so every time is exact.

use muster_model::{Day, Drip, Effect, FileRef, Interval, IntervalUnit, OwnEffect, Sending, When, Window};

use super::*;
use crate::control::{Abilities, JobEdit, edit_in, pause_in, resume_in};

const WEEK: [Day; 5] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];

/// "100 every 5 hours, Mon–Fri, 09:00–17:00 Europe/Berlin".
pub(super) fn office(bench: &Bench) -> Drip {
    Drip {
        start: bench.now(),
        batch: 100,
        every: Interval { n: 5, unit: IntervalUnit::Hours },
        days: WEEK.to_vec(),
        window: Some(Window { from: "09:00".parse().unwrap(), to: "17:00".parse().unwrap() }),
        zone: "Europe/Berlin".into(),
    }
}

pub(super) fn as_drip(drip: Drip) -> Sending {
    Sending { when: When::Drip(drip), ..Sending::default() }
}

/// Works whenever something is due, until nothing is: when how many items left.
pub(super) async fn play(bench: &Bench) -> Vec<(String, u64)> {
    let mut left = Vec::new();
    loop {
        let worked = bench.work().await.unwrap();
        if worked.did > 0 {
            left.push((bench.now().to_string(), worked.did));
        }
        let Some(due) = worked.next_due else { return left };
        assert!(due > bench.now());
        bench.set(&due.to_string());
    }
}

fn times(left: &[(String, u64)]) -> Vec<(&str, u64)> {
    left.iter().map(|(at, n)| (at.as_str(), *n)).collect()
}

#[tokio::test]
async fn at_a_time() {
    let bench = Bench::new(2);
    let at = "2026-05-23T07:00:00Z";
    let when = When::At { at: at.parse().unwrap() };
    let job = bench.confirm_as(mass("Hello", done()), 2, Sending { when, ..Sending::default() });
    assert_eq!(bench.job(job).state, JobState::Scheduled);
    assert_eq!(times(&play(&bench).await), [(at, 2)]);
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn two_hundred_and_fifty_leave_in_three_batches() {
    let bench = Bench::new(250);
    bench.set("2026-06-17T07:00:00Z");
    let job = bench.confirm_as(mass("Hello", Change::default()), 250, as_drip(office(&bench)));
    let left = play(&bench).await;
    assert_eq!(
        times(&left),
        [("2026-06-17T07:00:00Z", 100), ("2026-06-17T12:00:00Z", 100), ("2026-06-18T07:00:00Z", 50)]
    );
    assert_eq!((bench.job(job).state, bench.job(job).counts.applied), (JobState::Completed, 250));
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[rstest]
#[case::into_summer("2026-03-27T05:00:00Z", ["2026-03-27T08:00:00Z", "2026-03-27T13:00:00Z", "2026-03-30T07:00:00Z"])]
#[case::into_winter("2026-10-23T05:00:00Z", ["2026-10-23T07:00:00Z", "2026-10-23T12:00:00Z", "2026-10-26T08:00:00Z"])]
#[tokio::test]
async fn a_drip_over_a_change_of_clocks(#[case] confirmed: &str, #[case] expected: [&str; 3]) {
    let bench = Bench::new(300);
    bench.set(confirmed);
    bench.confirm_as(Action::Change { change: done() }, 300, as_drip(office(&bench)));
    let left = play(&bench).await;
    assert_eq!(times(&left), expected.map(|at| (at, 100)));
}

#[rstest]
// Asleep since Wednesday's first batch. One batch leaves when somebody is there again, the next one as if it had left
// on time: never two at once.
#[case::awake_in_the_window(
    "2026-06-19T10:00:00Z",
    &["2026-06-17T07:00:00Z", "2026-06-19T10:00:00Z", "2026-06-22T07:00:00Z"]
)]
#[case::awake_early_on_friday(
    "2026-06-19T05:00:00Z",
    &["2026-06-17T07:00:00Z", "2026-06-19T07:00:00Z", "2026-06-19T12:00:00Z"]
)]
#[case::awake_after_the_window(
    "2026-06-19T18:00:00Z",
    &["2026-06-17T07:00:00Z", "2026-06-22T07:00:00Z", "2026-06-22T12:00:00Z"]
)]
#[tokio::test]
async fn a_drip_over_a_machine_asleep_for_two_days(#[case] awake: &str, #[case] expected: &[&str]) {
    let bench = Bench::new(300);
    bench.set("2026-06-17T07:00:00Z");
    bench.confirm_as(Action::Change { change: done() }, 300, as_drip(office(&bench)));
    let first = bench.work().await.unwrap();
    assert_eq!((first.did, bench.now().to_string()), (100, expected[0].to_owned()));
    bench.set(awake);
    let left = play(&bench).await;
    assert_eq!(times(&left), expected[1..].iter().map(|at| (*at, 100)).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_glance_too_late_does_not_move_the_schedule() {
    let bench = Bench::new(300);
    bench.set("2026-06-17T07:00:00Z");
    let job = bench.confirm_as(Action::Change { change: done() }, 300, as_drip(office(&bench)));
    bench.set("2026-06-17T07:00:00.200Z");
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).due.to_string(), "2026-06-17T12:00:00Z");
}

#[tokio::test]
async fn a_batch_that_is_not_through_when_its_window_closes_goes_on_with_the_next_one() {
    let bench = Bench::new(150);
    bench.set("2026-06-17T14:59:00Z");
    let job = bench.confirm_as(mass("Hello", Change::default()), 150, as_drip(office(&bench)));
    // The help desk goes away behind the second chunk, and comes back when the window is closed.
    bench.desk.after(2, "reply", Fault::Unreachable);
    bench.work().await.unwrap_err();
    assert_eq!((bench.job(job).counts.applied, bench.job(job).pause), (50, Some(PauseReason::Offline)));
    bench.set("2026-06-17T15:05:00Z");
    bench.ctx.link.reachable();
    bench.sync();
    let left = play(&bench).await;
    assert_eq!(times(&left), [("2026-06-18T07:00:00Z", 100)]);
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_batch_that_is_paused_goes_on_with_its_rest() {
    let bench = Bench::new(150);
    bench.set("2026-06-17T07:00:00Z");
    let job = bench.confirm_as(mass("Hello", Change::default()), 150, as_drip(office(&bench)));
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.meanwhile(move |call, n| {
        if (call, n) == ("reply", 1) {
            pause_in(&other, job, now).unwrap();
        }
    });
    bench.work().await.unwrap();
    bench.set("2026-06-17T08:00:00Z");
    let row = resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    assert_eq!(row.state, JobState::Running);
    let left = play(&bench).await;
    assert_eq!(times(&left), [("2026-06-17T08:00:00Z", 75), ("2026-06-17T12:00:00Z", 50)]);
}

#[tokio::test]
async fn between_batches_a_pause_keeps_the_time_of_the_next_one() {
    let bench = Bench::new(150);
    bench.set("2026-06-17T07:00:00Z");
    let job = bench.confirm_as(mass("Hello", Change::default()), 150, as_drip(office(&bench)));
    bench.work().await.unwrap();
    pause_in(&bench.stores.journal, job, bench.now()).unwrap();
    bench.set("2026-06-17T09:00:00Z");
    bench.work().await.unwrap();
    let row = resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    assert_eq!((row.state, row.due.to_string().as_str()), (JobState::Scheduled, "2026-06-17T12:00:00Z"));
    assert_eq!(times(&play(&bench).await), [("2026-06-17T12:00:00Z", 50)]);
}

#[tokio::test]
async fn three_first_then_somebody_looks_then_the_rest() {
    let bench = Bench::new(10);
    let few_first = Sending { canary: Some(3), ..Sending::default() };
    let job = bench.confirm_as(mass("Hello", done()), 10, few_first);
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.pause.clone()), (JobState::Paused, Some(PauseReason::Guard)));
    assert_eq!((row.counts.applied, row.counts.pending), (3, 7));
    let may = Abilities::of(&row, bench.now());
    assert_eq!((may.canary_waits, may.resume, may.pause, may.cancel), (true, true, false, Some(7)));
    bench.advance(Duration::from_secs(3600));
    assert_eq!(bench.work().await.unwrap().did, 0, "nobody said go on");
    let row = resume_in(&bench.elsewhere(), job, None, bench.now()).unwrap();
    assert_eq!((row.canary_passed, row.released), (true, None));
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.job(job).counts.applied), (JobState::Completed, 10));
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[rstest]
#[case::all_of_them(10)]
#[case::more_than_there_are(50)]
#[tokio::test]
async fn few_first_of_fewer_needs_no_look(#[case] first: u32) {
    let bench = Bench::new(10);
    let job =
        bench.confirm_as(mass("Hello", done()), 10, Sending { canary: Some(first), ..Sending::default() });
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).state, JobState::Completed);
}

#[tokio::test]
async fn a_few_first_then_drip_by_drip() {
    let bench = Bench::new(125);
    bench.set("2026-06-17T05:00:00Z");
    let sending = Sending { canary: Some(5), ..as_drip(office(&bench)) };
    let job = bench.confirm_as(mass("Hello", Change::default()), 125, sending);
    assert_eq!(times(&play(&bench).await), [("2026-06-17T07:00:00Z", 5)]);
    assert!(Abilities::of(&bench.job(job), bench.now()).canary_waits);
    bench.set("2026-06-17T08:10:00Z");
    resume_in(&bench.stores.journal, job, None, bench.now()).unwrap();
    assert_eq!(times(&play(&bench).await), [("2026-06-17T08:10:00Z", 100), ("2026-06-17T13:10:00Z", 20)]);
}

#[tokio::test]
async fn a_few_first_whose_fate_is_unknown_are_looked_at_as_well() {
    let bench = Bench::new(10);
    bench.desk.set_dedupes(false);
    bench.desk.cannot_tell();
    let job = bench.confirm_as(mass("Hello", done()), 10, Sending { canary: Some(3), ..Sending::default() });
    bench.desk.next("reply", Fault::LoseAnswer);
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.pause.clone(), row.counts.unknown, row.counts.pending), (Some(PauseReason::Guard), 3, 7));
    assert!(Abilities::of(&row, bench.now()).canary_waits);
}

#[tokio::test]
async fn an_interactive_job_goes_ahead_of_a_batch() {
    let bench = Bench::new(80);
    let batch = bench.confirm(mass("Hello", Change::default()), 60);
    let journal = bench.elsewhere();
    // Confirmed while the batch is on its way.
    let mut click = bench.new_job(Action::Change { change: done() }, 80);
    click.audience.drain(..75);
    let click_id = click.id;
    bench.desk.meanwhile(move |call, n| match (call, n) {
        ("reply", 1) => journal.insert_job(&click).unwrap(),
        ("reply", 2) => assert_eq!(journal.job(click_id).unwrap().unwrap().counts.applied, 5),
        _ => {}
    });
    bench.work().await.unwrap();
    assert_eq!((bench.job(batch).counts.applied, bench.job(click_id).counts.applied), (60, 5));
    assert_eq!(bench.desk.calls("reply"), 3);
}

#[tokio::test]
async fn files_go_to_those_whose_channel_carries_them() {
    let bench = Bench::new(3);
    let file =
        FileRef { id: "f".repeat(64), name: "plan.pdf".into(), mime: "application/pdf".into(), size: 4 };
    let Action::Reply { text, mass, then, .. } = mass("Hello", Change::default()) else { panic!() };
    let action = Action::Reply { text, mass, then, files: vec![file.clone()], approved: None };
    bench.stores.journal.put_file(&file, b"%PDF", bench.now()).unwrap();
    let mut new = bench.new_job(action.clone(), 3);
    new.audience[0].with_files = true;
    new.audience[2].with_files = true;
    bench.stores.journal.insert_job(&new).unwrap();
    bench.work().await.unwrap();
    let names = |id: &str| bench.desk.files(&id.into());
    assert_eq!(
        (names("c1"), names("c2"), names("c3")),
        (vec!["plan.pdf".into()], vec![], vec!["plan.pdf".into()])
    );
    // Where a file is gone nobody who should have got it is written to.
    let gone = FileRef { id: "0".repeat(64), ..file };
    let Action::Reply { text, mass, then, .. } = action else { panic!() };
    let mut new = bench.new_job(Action::Reply { text, mass, then, files: vec![gone], approved: None }, 3);
    new.audience[0].with_files = true;
    bench.stores.journal.insert_job(&new).unwrap();
    bench.sync();
    bench.work().await.unwrap();
    let row = bench.job(new.id);
    assert_eq!((row.counts.rejected, row.reasons[0].code.as_str()), (1, "file_gone"));
    assert_eq!(row.reasons[0].message, "\"plan.pdf\" is not on this machine any more, so nothing was sent.");
    assert_eq!(row.counts.applied, 2);
}

#[tokio::test]
async fn items_with_effects_of_their_own_travel_with_their_like() {
    let bench = Bench::new(100);
    let mut new = bench.new_job(Action::Undo { of: JobId(uuid::Uuid::now_v7()) }, 100);
    for (n, item) in new.audience.iter_mut().enumerate() {
        let effect = Effect::TagAdd(format!("t{}", n % 3));
        item.own = Some([OwnEffect { effect, expects: None }].into());
    }
    bench.stores.journal.insert_job(&new).unwrap();
    bench.work().await.unwrap();
    assert_eq!((bench.job(new.id).counts.applied, bench.desk.calls("apply")), (100, 3));
    assert!(bench.desk.conversation(&"c3".into()).tags.contains(&"t2".to_owned()));
}

#[tokio::test]
async fn a_larger_batch_counts_from_the_next_one_on() {
    let bench = Bench::new(40);
    bench.set("2026-06-17T07:00:00Z");
    let drip = Drip { batch: 30, ..office(&bench) };
    let job = bench.confirm_as(mass("Hello", Change::default()), 40, as_drip(drip.clone()));
    let (other, now) = (bench.elsewhere(), bench.now());
    bench.desk.meanwhile(move |call, n| {
        if (call, n) == ("reply", 1) {
            let edit = JobEdit { name: None, sending: Some(as_drip(Drip { batch: 1, ..drip.clone() })) };
            edit_in(&other, job, &edit, now).unwrap();
        }
    });
    assert_eq!(bench.work().await.unwrap().did, 30, "the batch that is on its way keeps its size");
    bench.set("2026-06-17T12:00:00Z");
    assert_eq!(bench.work().await.unwrap().did, 1);
}

#[tokio::test]
async fn the_approved_text_goes_to_those_for_whom_it_is() {
    let bench = Bench::new(3);
    bench.desk.set_dedupes(false);
    let approved = muster_model::Approved {
        name: "issue_resolved".into(),
        text: "Dear {{1}}, it is solved. {{2}}".into(),
        fills: vec!["{{customer_first_name}}".into(), "Yours, {{agent_first_name}}".into()],
    };
    let action = Action::Reply {
        text: "Hello {{customer_first_name}}".into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: Some(approved),
    };
    let mut new = bench.new_job(action, 3);
    new.audience[1].approved = true;
    new.audience[1].values = vec!["Marta".into(), "Mira".into()];
    bench.stores.journal.insert_job(&new).unwrap();
    let open = bench.stores.journal.open_replies(&"c2".into(), bench.now()).unwrap();
    assert_eq!(open[0].text, "Dear Marta, it is solved. Yours, Mira", "as it is shown while it waits");
    // Lost and looked for, it leaves the same way again.
    bench.desk.next("reply", Fault::Cut);
    bench.work().await.unwrap();
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c1".into()), ["Hello Marta"]);
    assert_eq!(bench.desk.texts(&"c2".into()), ["Dear Marta, it is solved. Yours, Mira"]);
    let sent = bench.desk.approved(&"c2".into()).unwrap();
    assert_eq!(
        (sent.name.as_str(), sent.parameters),
        ("issue_resolved", vec!["Marta".to_owned(), "Yours, Mira".to_owned()])
    );
    assert_eq!(bench.desk.approved(&"c1".into()), None);
}
