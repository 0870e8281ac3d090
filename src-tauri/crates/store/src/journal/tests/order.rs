//! Within one conversation: the order of confirmation, and a later intent on the same field.

use muster_model::{Action, EffectState, Handle, JobState, PauseReason, StatusChange};

use super::*;
use crate::journal::order::LOOKS;

fn change(change: Change) -> Action {
    Action::Change { change }
}

fn tag(add: &[&str], remove: &[&str]) -> Action {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    change(Change { add_tags: words(add), remove_tags: words(remove), ..Change::default() })
}

fn ids(claimed: &[ClaimedItem]) -> Vec<&str> {
    claimed.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn an_item_waits_for_earlier_jobs_on_its_conversation() {
    let (_folder, journal) = open();
    let first = confirm(&journal, reply(Change::default()), audience(&["a", "b"]));
    let second = confirm(&journal, change(done()), audience(&["b", "c"]));
    assert_eq!(ids(&claim(&journal, second)), ["c"]);
    let sent = claim(&journal, first);
    assert!(claim(&journal, second).is_empty());
    assert!(journal.record(&[outcome(sent[1].effects[0].row, EffectState::Unknown)]).unwrap().is_empty());
    assert!(claim(&journal, second).is_empty(), "it is looked for, and may be sent again");
    for _ in 0..LOOKS {
        journal.note_check(sent[1].effects[0].row, at(300), false).unwrap();
    }
    assert_eq!(ids(&claim(&journal, second)), ["b"], "doubt does not block for ever");
    assert_eq!(journal.job(second).unwrap().unwrap().counts.sending, 2);
}

#[rstest]
#[case(JobState::Holding, None, true)]
#[case(JobState::Scheduled, None, false)]
#[case(JobState::Paused, Some(PauseReason::Offline), true)]
#[case(JobState::Paused, Some(PauseReason::Key), true)]
#[case(JobState::Paused, Some(PauseReason::User), false)]
#[case(JobState::Paused, Some(PauseReason::Guard), false)]
#[case(JobState::Paused, Some(PauseReason::Overdue), false)]
fn only_what_leaves_by_itself_keeps_its_turn(
    #[case] state: JobState,
    #[case] pause: Option<PauseReason>,
    #[case] keeps: bool,
) {
    let (_folder, journal) = open();
    let first = confirm(&journal, reply(Change::default()), audience(&["a"]));
    let second = confirm(&journal, change(done()), audience(&["a"]));
    set_state(&journal, first, state, pause);
    assert_eq!(claim(&journal, second).is_empty(), keeps);
    assert!(journal.cancel_job(first, at(150)).unwrap().did);
    assert_eq!(ids(&claim(&journal, second)), if keeps { vec!["a"] } else { vec![] });
}

#[test]
fn a_batch_that_is_not_released_neither_blocks_nor_supersedes() {
    let (_folder, journal) = open();
    let drip = confirm(&journal, change(done()), audience(&["a", "b"]));
    let one = |row: &JobRow| Some(Standing { released: Some(1), ..row.standing() });
    assert!(journal.move_job(drip, one).unwrap().did);
    let left = claim(&journal, drip);
    assert_eq!(ids(&left), ["a"]);
    let later = confirm(&journal, change(set_status(StatusChange::Active)), audience(&["a", "b"]));
    assert_eq!(ids(&claim(&journal, later)), ["b"], "a is on its way, b is not due");
    assert!(journal.record(&[outcome(left[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    assert_eq!(ids(&claim(&journal, later)), ["a"]);
}

#[rstest]
#[case::cancelled(JobState::Cancelled)]
#[case::between_two_batches(JobState::Scheduled)]
fn what_a_later_job_did_counts_and_what_it_left_does_not(#[case] state: JobState) {
    let (_folder, journal) = open();
    let first = confirm(&journal, change(done()), audience(&["a", "b"]));
    set_state(&journal, first, JobState::Paused, Some(PauseReason::User));
    let second = confirm(&journal, change(set_status(StatusChange::Active)), audience(&["a", "b"]));
    let left = journal.claim(second, 1, true, at(200), &nobody).unwrap();
    assert!(journal.record(&[outcome(left[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    if state == JobState::Cancelled {
        assert!(journal.cancel_job(second, at(201)).unwrap().did);
    } else {
        set_state(&journal, second, state, None);
    }
    set_state(&journal, first, JobState::Running, None);
    assert_eq!(ids(&claim(&journal, first)), ["b"], "a was decided later, b was not");
}

#[test]
fn a_later_intent_on_the_same_field_supersedes() {
    let (_folder, journal) = open();
    let agent = Change { agent: Some(Some(Handle::from("mia@example.com"))), ..done() };
    let first = confirm(&journal, change(agent), audience(&["a", "b"]));
    let second = confirm(&journal, change(set_status(StatusChange::Active)), audience(&["a"]));
    let claimed = claim(&journal, first);
    let words: Vec<Vec<&str>> =
        claimed.iter().map(|item| item.effects.iter().map(|e| e.effect.word()).collect()).collect();
    assert_eq!(words, [vec!["assignee"], vec!["assignee", "status"]]);
    let outcomes: Vec<_> = claimed
        .iter()
        .flat_map(|item| &item.effects)
        .map(|effect| outcome(effect.row, EffectState::Applied))
        .collect();
    assert!(journal.record(&outcomes).unwrap().is_empty());
    let item = journal.items(first, None, None, 1).unwrap().remove(0);
    assert_eq!((item.state, item.reason.unwrap().code.as_str()), (EffectState::Skipped, "superseded"));
    assert_eq!(ids(&claim(&journal, second)), ["a"]);
}

#[test]
fn what_can_still_be_taken_back_supersedes_nothing() {
    let (_folder, journal) = open();
    let first = confirm(&journal, change(done()), audience(&["a"]));
    let second = confirm(&journal, change(set_status(StatusChange::Active)), audience(&["a"]));
    set_state(&journal, second, JobState::Holding, None);
    assert_eq!(ids(&claim(&journal, first)), ["a"]);
}

#[test]
fn an_item_that_is_superseded_whole_ends_without_a_call() {
    let (_folder, journal) = open();
    let first = confirm(&journal, tag(&["VIP"], &[]), audience(&["a"]));
    confirm(&journal, tag(&[], &["vip"]), audience(&["a"]));
    assert!(claim(&journal, first).is_empty());
    assert_eq!(item_states(&journal, first), [EffectState::Skipped]);
    assert_eq!(journal.finish_job(first, at(400)).unwrap(), JobState::Completed);
}

#[test]
fn different_tags_do_not_meet() {
    let (_folder, journal) = open();
    let first = confirm(&journal, tag(&["vip"], &[]), audience(&["a"]));
    confirm(&journal, tag(&["other"], &[]), audience(&["a"]));
    assert_eq!(ids(&claim(&journal, first)), ["a"]);
}
