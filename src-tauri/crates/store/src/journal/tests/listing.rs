//! Lists of jobs and items, what needs a human, and the outbox.

use super::*;

fn ids(rows: &[crate::ItemRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

/// Six items: voice, applied, rejected, held, unknown, waiting.
fn mixed() -> (TempDir, Journal, JobId) {
    let (folder, journal) = open();
    let mut all = audience(&["voice", "applied", "rejected", "held", "unknown", "waiting"]);
    all[0].takes_part = false;
    all[0].verdict = "voice".into();
    all[4].channel = Channel::Sms;
    let job = confirm(&journal, reply(Change::default()), all);
    let claimed = journal.claim(job, 4, false, at(200), &nobody).unwrap();
    let states = [EffectState::Applied, EffectState::Rejected, EffectState::Held, EffectState::Unknown];
    let outcomes: Vec<Recorded> =
        claimed.iter().zip(states).map(|(item, state)| outcome(item.effects[0].row, state)).collect();
    assert!(journal.record(&outcomes).unwrap().is_empty());
    (folder, journal, job)
}

#[rstest]
#[case::all(&[], 0, 100, &["voice", "applied", "rejected", "held", "unknown", "waiting"], 6)]
#[case::a_page(&[], 2, 2, &["rejected", "held"], 6)]
#[case::behind_the_end(&[], 6, 2, &[], 6)]
#[case::several(&["rejected", "unknown", "held"], 0, 100, &["rejected", "held", "unknown"], 3)]
#[case::page_of_several(&["rejected", "unknown", "held"], 1, 1, &["held"], 3)]
#[case::never_claimed(&["pending"], 0, 100, &["waiting"], 1)]
#[case::left_out(&["skipped", "applied"], 0, 100, &["voice", "applied"], 2)]
fn a_page_of_items(
    #[case] states: &[&str],
    #[case] offset: usize,
    #[case] limit: usize,
    #[case] expected: &[&str],
    #[case] expected_total: u64,
) {
    let (_folder, journal, job) = mixed();
    let states: Vec<EffectState> = states.iter().map(|word| EffectState::from(*word)).collect();
    let (items, total) = journal.items_page(job, &states, offset, limit).unwrap();
    assert_eq!((ids(&items), total), (expected.to_vec(), expected_total));
}

#[test]
fn what_never_left_a_cancelled_job_is_among_the_skipped() {
    let (_folder, journal, job) = mixed();
    journal.cancel_job(job, at(400)).unwrap();
    let (items, _) = journal.items_page(job, &[EffectState::Skipped], 0, 100).unwrap();
    assert_eq!(ids(&items), ["voice", "waiting"]);
    assert_eq!(items[1].reason.as_ref().unwrap().code, "cancelled");
    assert_eq!(journal.items_page(job, &[EffectState::Pending], 0, 100).unwrap(), (vec![], 0));
}

#[test]
fn jobs_are_found_by_type_person_and_day() {
    let (_folder, journal) = open();
    let mine = confirm(&journal, reply(done()), audience(&["a"]));
    let tags = Change { add_tags: vec!["x".into()], ..Change::default() };
    let tagged = confirm(&journal, Action::Change { change: tags }, audience(&["b"]));
    let set = confirm(&journal, Action::Change { change: done() }, audience(&["c"]));
    let found = |filter: JobFilter| {
        let jobs: Vec<JobId> = journal.jobs(&filter).unwrap().iter().map(|job| job.id).collect();
        assert!(journal.count_jobs(&filter).unwrap() >= jobs.len() as u64);
        jobs
    };
    let of_type = |word: &str| found(JobFilter { kinds: vec![word.into()], ..JobFilter::default() });
    assert_eq!((of_type("tags"), of_type("status"), of_type("reply")), (vec![tagged], vec![set], vec![mine]));
    assert_eq!(of_type("change"), [set, tagged]);
    assert_eq!(found(JobFilter { before: Some(tagged), ..JobFilter::default() }), [mine]);
    assert_eq!(found(JobFilter { until: Some(at(100)), ..JobFilter::default() }), []);
    assert_eq!(found(JobFilter { by: Some(handle("nobody@example.com")), ..JobFilter::default() }), []);
    assert_eq!(journal.people_with_jobs().unwrap(), [handle("jonas@example.com")]);
    assert_eq!(journal.count_jobs(&JobFilter { limit: Some(1), ..JobFilter::default() }).unwrap(), 3);
}

#[test]
fn what_needs_a_human_is_listed_and_counted() {
    let (_folder, journal, job) = mixed();
    let rows = journal.attention(10).unwrap();
    let seen: Vec<(&str, &str)> = rows.iter().map(|row| (row.id.as_str(), row.state.as_str())).collect();
    assert_eq!(seen, [("held", "held"), ("unknown", "unknown")]);
    assert_eq!((rows[0].text.as_deref(), rows[0].at), (Some("Hello Noëlle"), at(300)));
    let open = journal.jobs_open().unwrap();
    assert_eq!((open.attention, open.outbox, open.running), (2, 1, 1));
    set_state(&journal, job, JobState::Paused, Some(PauseReason::Overdue));
    assert_eq!(journal.jobs_open().unwrap().attention, 3);
}

#[test]
fn the_outbox_holds_what_has_not_left_in_order() {
    let (_folder, journal, job) = mixed();
    confirm(&journal, Action::Change { change: done() }, audience(&["x"]));
    let jobs = journal.outbox_jobs().unwrap();
    assert_eq!(jobs.iter().map(|row| row.id).collect::<Vec<_>>(), [job]);
    let rows = journal.outbox_of(&jobs[0], 10).unwrap();
    let seen: Vec<(&str, u64, &str)> =
        rows.iter().map(|row| (row.id.as_str(), row.place, row.text.as_str())).collect();
    assert_eq!(seen, [("waiting", 0, "Hello Noëlle")]);
}

#[test]
fn outcomes_know_their_channel_and_their_time() {
    let (_folder, journal, job) = mixed();
    let outcomes = journal.job_outcomes(job).unwrap();
    let states: Vec<&str> = outcomes.iter().map(|outcome| outcome.state.as_str()).collect();
    assert_eq!(states, ["skipped", "applied", "rejected", "held", "unknown", "pending"]);
    assert_eq!((outcomes[1].at, outcomes[5].at), (Some(at(300)), None));
    assert_eq!((&outcomes[4].channel, &outcomes[5].channel), (&Channel::Sms, &Channel::Email));
}
