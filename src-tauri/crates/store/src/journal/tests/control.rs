//! Moves between states: decided on the row as it stands, whoever wrote it.

use super::*;

fn paused(row: &JobRow) -> Option<Standing> {
    (row.state == JobState::Running).then(|| Standing {
        state: JobState::Paused,
        pause: Some(PauseReason::User),
        ..row.standing()
    })
}

#[test]
fn whoever_comes_second_decides_on_what_the_first_one_wrote() {
    let (folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b"]));
    let other = Journal::open(folder.path(), &key()).unwrap();
    let moved = other.move_job(job, paused).unwrap();
    assert_eq!(
        (moved.did, moved.job.state, moved.job.pause),
        (true, JobState::Paused, Some(PauseReason::User))
    );
    let again = journal.move_job(job, paused).unwrap();
    assert_eq!((again.did, again.job.state), (false, JobState::Paused));
    assert!(claim(&journal, job).is_empty());
    assert_eq!(journal.finish_job(job, at(300)).unwrap(), JobState::Paused, "the worker ends what runs only");
    let cancelled = other.cancel_job(job, at(301)).unwrap();
    assert_eq!((cancelled.did, cancelled.job.counts.skipped), (true, 2));
    assert!(
        !journal
            .move_job(job, |row| Some(Standing { state: JobState::Running, ..row.standing() }))
            .unwrap()
            .did
    );
    assert_eq!(journal.job(job).unwrap().unwrap().state, JobState::Cancelled);
}

#[test]
fn what_comes_back_unsent_after_a_cancel_ends_as_cancelled() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b", "c"]));
    let claimed = journal.claim(job, 2, true, at(200), &nobody).unwrap();
    let cancelled = journal.cancel_job(job, at(201)).unwrap().job;
    assert_eq!((cancelled.counts.sending, cancelled.counts.skipped), (2, 1));
    let rows: Vec<i64> = claimed[0].effects.iter().map(|effect| effect.row).collect();
    assert!(journal.put_back(&rows, at(202)).unwrap().is_empty());
    let rest: Vec<_> =
        claimed[1].effects.iter().map(|effect| outcome(effect.row, EffectState::Applied)).collect();
    assert!(journal.record(&rest).unwrap().is_empty());
    let row = journal.job(job).unwrap().unwrap();
    assert_eq!((row.counts.applied, row.counts.skipped, row.counts.open()), (1, 2, 0));
    let reasons: Vec<_> = row.reasons.iter().map(|reason| (reason.code.as_str(), reason.n)).collect();
    assert_eq!(reasons, [("cancelled", 2)]);
}

#[test]
fn everything_of_a_move_is_kept() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    let to = Standing {
        name: "Later".into(),
        state: JobState::Scheduled,
        pause: None,
        due: at(900),
        sending: Sending { hold: 7, ..Sending::default() },
        released: Some(3),
        canary_passed: true,
        go_at: at(800),
    };
    let moved = journal.move_job(job, |_| Some(to.clone())).unwrap();
    assert_eq!(moved.job.standing(), to);
    assert!(!journal.move_job(job, |_| Some(to.clone())).unwrap().did, "nothing is different");
    assert_eq!(journal.next_due(at(899)).unwrap(), Some(at(900)));
    assert_eq!(journal.next_due(at(900)).unwrap(), None, "it is due");
}

#[test]
fn what_was_claimed_and_came_back_is_told_from_what_never_left() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b", "c"]));
    let claimed = journal.claim(job, 1, true, at(200), &nobody).unwrap();
    let rows: Vec<i64> = claimed[0].effects.iter().map(|effect| effect.row).collect();
    assert!(journal.put_back(&rows, at(201)).unwrap().is_empty());
    let row = journal.job(job).unwrap().unwrap();
    assert_eq!((row.counts.pending, row.begun, row.unopened(), row.opened), (3, 1, 2, 1));
}

#[test]
fn the_last_worked_moment_survives() {
    let (folder, journal) = open();
    assert_eq!(journal.last_worked().unwrap(), None);
    journal.note_worked(at(5)).unwrap();
    journal.note_worked(at(65)).unwrap();
    let other = Journal::open(folder.path(), &key()).unwrap();
    assert_eq!(other.last_worked().unwrap(), Some(at(65)));
}
