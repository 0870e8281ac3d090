//! What is left, and when it leaves.

use muster_model::{Counts, Drip, Handle, Interval, IntervalUnit, JobId, Sending};
use rstest::rstest;
use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn job(state: JobState, pending: u64, when: When) -> JobRow {
    JobRow {
        seq: 1,
        id: JobId(Uuid::nil()),
        name: String::new(),
        action: None,
        kind: "reply".into(),
        state,
        pause: None,
        created: at(0),
        due: at(1000),
        finished: None,
        me: Handle::from("mira@desk.example"),
        filter: None,
        resolved: None,
        total: pending,
        counts: Counts { pending, ..Counts::default() },
        reasons: Vec::new(),
        sending: Sending { when, ..Sending::default() },
        opened: 0,
        released: None,
        canary_passed: false,
        go_at: at(0),
        origin: None,
        begun: 0,
        sent_only: Vec::new(),
    }
}

fn drip() -> When {
    When::Drip(Drip {
        start: at(1000),
        batch: 100,
        every: Interval { n: 1, unit: IntervalUnit::Hours },
        days: vec![],
        window: None,
        zone: "UTC".into(),
    })
}

#[rstest]
#[case::held(job(JobState::Holding, 5, When::AtOnce), &[(1000, 5)])]
#[case::at(job(JobState::Scheduled, 5, When::At { at: at(1000) }), &[(1000, 5)])]
#[case::drip(job(JobState::Scheduled, 230, drip()), &[(1000, 100), (4600, 100), (8200, 30)])]
#[case::under_way(JobRow { released: Some(100), opened: 80, ..job(JobState::Running, 150, drip()) }, &[(500, 20), (1000, 100), (4600, 30)])]
#[case::waits_for_somebody(JobRow { pause: Some(PauseReason::User), ..job(JobState::Paused, 5, drip()) }, &[])]
#[case::over(job(JobState::Completed, 0, When::AtOnce), &[])]
#[case::pace_unknown(job(JobState::Running, 5, When::AtOnce), &[])]
fn batches(#[case] job: JobRow, #[case] expected: &[(i64, u64)]) {
    let found: Vec<(i64, u64)> =
        planned(&job, None, at(500)).into_iter().map(|(at, n)| (at.as_second(), n)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_place_in_the_outbox_has_its_batch() {
    let batches = [(at(1), 100), (at(2), 30)];
    let times = [0, 99, 100, 129, 130].map(|place| leaves_at(&batches, place).map(Timestamp::as_second));
    assert_eq!(times, [Some(1), Some(1), Some(2), Some(2), None]);
}

#[test]
fn the_pace_is_that_of_the_last_minute() {
    let running = job(JobState::Running, 60, When::AtOnce);
    let lately = (970..1000).map(at);
    let pace = pace(&running, lately.chain([at(10)]), at(1000)).expect("a pace");
    assert_eq!(pace, Pace { per_minute: 60, ends: at(1060) });
    let spread = planned(&running, Some(pace), at(1000));
    assert_eq!(spread.iter().map(|(_, n)| n).sum::<u64>(), 60);
    assert_eq!((spread.len(), spread[0].0), (24, at(1000)));
    assert_eq!(super::pace(&running, (990..994).map(at), at(1000)), None);
}
