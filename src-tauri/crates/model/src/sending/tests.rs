//! Exact send times, worked out by hand from a calendar.

use rstest::rstest;

use super::*;

const WEEK: [Day; 5] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> Option<Window> {
    Some(Window { from: from.parse().unwrap(), to: to.parse().unwrap() })
}

fn every(n: u32, unit: IntervalUnit) -> Interval {
    Interval { n, unit }
}

/// "100 every 5 hours, Mon–Fri, 09:00–17:00 Europe/Berlin".
fn office(start: &str) -> Drip {
    Drip {
        start: at(start),
        batch: 100,
        every: every(5, IntervalUnit::Hours),
        days: WEEK.to_vec(),
        window: window("09:00", "17:00"),
        zone: "Europe/Berlin".into(),
    }
}

fn all_day(every: Interval, zone: &str) -> Drip {
    Drip { every, days: Vec::new(), window: None, zone: zone.into(), ..office("2026-01-01T00:00:00Z") }
}

/// The first batches of a drip, each of which leaves when it is due.
fn batches(drip: &Drip, n: usize) -> Vec<String> {
    let sending = Sending { when: When::Drip(drip.clone()), ..Sending::default() };
    let first = sending.first(drip.start).unwrap();
    let times = std::iter::successors(Some(first), |left| Some(drip.after(*left).unwrap()));
    times.take(n).map(|time| time.to_string()).collect()
}

#[rstest]
// Thursday to Tuesday around the last Sunday of March: 09:00 in Berlin is 08:00 UTC before and 07:00 after.
#[case::into_summer("2026-03-26T08:00:00Z", &[
    "2026-03-26T08:00:00Z", "2026-03-26T13:00:00Z", // 09:00 and 14:00 on Thursday; 19:00 is too late
    "2026-03-27T08:00:00Z", "2026-03-27T13:00:00Z", // Friday
    "2026-03-30T07:00:00Z", "2026-03-30T12:00:00Z", // Monday, in summer time
    "2026-03-31T07:00:00Z",
])]
#[case::into_winter("2026-10-22T07:00:00Z", &[
    "2026-10-22T07:00:00Z", "2026-10-22T12:00:00Z",
    "2026-10-23T07:00:00Z", "2026-10-23T12:00:00Z",
    "2026-10-26T08:00:00Z", "2026-10-26T13:00:00Z", // Monday, in winter time
    "2026-10-27T08:00:00Z",
])]
// 10:30, 15:30, then the next morning, and from there 09:00 and 14:00: run every, in the next allowed time.
#[case::inside_the_window("2026-06-17T08:30:00Z", &[
    "2026-06-17T08:30:00Z", "2026-06-17T13:30:00Z", "2026-06-18T07:00:00Z", "2026-06-18T12:00:00Z",
])]
#[case::before_the_window("2026-06-17T03:00:00Z", &["2026-06-17T07:00:00Z", "2026-06-17T12:00:00Z"])]
#[case::at_its_end("2026-06-17T15:00:00Z", &["2026-06-18T07:00:00Z"])]
#[case::a_moment_before_its_end("2026-06-17T14:59:59Z", &["2026-06-17T14:59:59Z", "2026-06-18T07:00:00Z"])]
#[case::on_friday_evening("2026-06-19T20:00:00Z", &["2026-06-22T07:00:00Z"])]
fn a_hundred_every_five_hours_in_office_time(#[case] start: &str, #[case] expected: &[&str]) {
    assert_eq!(batches(&office(start), expected.len()), expected);
}

#[rstest]
// The same time of day, although the day of the change has 23 hours.
#[case::days_into_summer(every(1, IntervalUnit::Days), "2026-03-28T11:00:00Z", &[
    "2026-03-28T11:00:00Z", "2026-03-29T10:00:00Z", "2026-03-30T10:00:00Z",
])]
#[case::days_into_winter(every(2, IntervalUnit::Days), "2026-10-24T10:00:00Z", &[
    "2026-10-24T10:00:00Z", "2026-10-26T11:00:00Z", "2026-10-28T11:00:00Z",
])]
// So many times 3600 seconds, whatever the clocks show.
#[case::hours_into_summer(every(12, IntervalUnit::Hours), "2026-03-28T20:00:00Z", &[
    "2026-03-28T20:00:00Z", "2026-03-29T08:00:00Z", "2026-03-29T20:00:00Z",
])]
#[case::minutes_over_the_hour_that_comes_twice(every(30, IntervalUnit::Minutes), "2026-10-25T00:30:00Z", &[
    "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z",
])]
fn all_day_long(#[case] every: Interval, #[case] start: &str, #[case] expected: &[&str]) {
    let drip = Drip { start: at(start), ..all_day(every, "Europe/Berlin") };
    assert_eq!(batches(&drip, expected.len()), expected);
}

#[rstest]
// 02:00–03:00 does not exist on 29 March 2026 in Berlin.
#[case::swallowed_whole("02:15", "02:45", "2026-03-28T22:00:00Z", "2026-03-30T00:15:00Z")]
#[case::swallowed_to_its_edges("02:00", "03:00", "2026-03-28T22:00:00Z", "2026-03-30T00:00:00Z")]
#[case::its_second_half("01:30", "02:30", "2026-03-28T22:00:00Z", "2026-03-29T00:30:00Z")]
#[case::its_second_half_is_over("01:30", "02:30", "2026-03-29T01:00:00Z", "2026-03-29T23:30:00Z")]
#[case::its_first_half("02:30", "04:00", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z")]
// 02:00–03:00 comes twice on 25 October 2026; the window is open once.
#[case::comes_twice("02:15", "02:45", "2026-10-25T00:20:00Z", "2026-10-25T00:20:00Z")]
#[case::comes_twice_and_is_over("02:15", "02:45", "2026-10-25T00:50:00Z", "2026-10-26T01:15:00Z")]
fn a_change_of_clocks_in_the_window(
    #[case] from: &str,
    #[case] to: &str,
    #[case] from_when: &str,
    #[case] expected: &str,
) {
    let drip = Drip { window: window(from, to), ..all_day(every(1, IntervalUnit::Days), "Europe/Berlin") };
    assert_eq!(drip.open_at(at(from_when)).unwrap().to_string(), expected);
}

#[test]
fn a_swallowed_window_on_the_only_day_comes_a_week_later() {
    let drip = Drip {
        days: vec![Day::Sun],
        window: window("02:15", "02:45"),
        ..all_day(every(1, IntervalUnit::Days), "Europe/Berlin")
    };
    assert_eq!(drip.open_at(at("2026-03-23T00:00:00Z")).unwrap().to_string(), "2026-04-05T00:15:00Z");
}

#[test]
fn a_day_that_begins_at_one_begins_at_one() {
    // Midnight was skipped in Santiago on 6 September 2026.
    let drip = Drip { days: vec![Day::Sun], ..all_day(every(1, IntervalUnit::Days), "America/Santiago") };
    assert_eq!(drip.open_at(at("2026-09-01T00:00:00Z")).unwrap().to_string(), "2026-09-06T04:00:00Z");
}

#[rstest]
#[case(Drip { batch: 0, ..office("2026-01-01T00:00:00Z") }, "A batch needs at least one recipient.")]
#[case(
    Drip { every: every(0, IntervalUnit::Days), ..office("2026-01-01T00:00:00Z") },
    "Batches need an interval of at least one minute."
)]
#[case(
    Drip { window: window("17:00", "09:00"), ..office("2026-01-01T00:00:00Z") },
    "The window ends at 09:00:00, which is not after 17:00:00. Write 09:00-17:00."
)]
#[case(
    Drip { zone: "Berlin".into(), ..office("2026-01-01T00:00:00Z") },
    "\"Berlin\" is not a time zone. Write Europe/Berlin."
)]
#[case(
    Drip { days: vec![Day::from("funday")], ..office("2026-01-01T00:00:00Z") },
    "\"funday\" is not a day or a unit of time that Muster knows."
)]
#[case(
    Drip { every: every(1, IntervalUnit::from("moons")), ..office("2026-01-01T00:00:00Z") },
    "\"moons\" is not a day or a unit of time that Muster knows."
)]
fn what_makes_no_sense_is_said(#[case] drip: Drip, #[case] sentence: &str) {
    let sending = Sending { when: When::Drip(drip), ..Sending::default() };
    assert_eq!(sending.check().unwrap_err().to_string(), sentence);
    assert!(sending.begin(at("2026-01-01T00:00:00Z")).is_err());
}

#[rstest]
#[case::at_once(Sending::default(), JobState::Running, "2026-06-17T08:00:00Z", None)]
#[case::held(Sending { hold: 30, ..Sending::default() }, JobState::Holding, "2026-06-17T08:00:30Z", None)]
#[case::canary(Sending { canary: Some(5), ..Sending::default() }, JobState::Running, "2026-06-17T08:00:00Z", Some(5))]
#[case::at(
    Sending { when: When::At { at: at("2026-06-18T08:00:00Z") }, ..Sending::default() },
    JobState::Scheduled, "2026-06-18T08:00:00Z", None
)]
#[case::at_a_time_that_passed(
    Sending { when: When::At { at: at("2026-06-16T08:00:00Z") }, ..Sending::default() },
    JobState::Scheduled, "2026-06-17T08:00:00Z", None
)]
#[case::drip(
    Sending { when: When::Drip(office("2026-06-20T08:00:00Z")), canary: Some(3), ..Sending::default() },
    JobState::Scheduled, "2026-06-22T07:00:00Z", Some(0)
)]
fn how_a_job_begins(
    #[case] sending: Sending,
    #[case] state: JobState,
    #[case] due: &str,
    #[case] released: Option<u64>,
) {
    assert_eq!(sending.begin(at("2026-06-17T08:00:00Z")).unwrap(), (state, at(due)));
    assert_eq!(sending.released_first(), released);
}
