//! Answers to what is unknown or held, items taken out of a job, and jobs that follow another.

use muster_model::{Origin, OwnEffect, Relation};
use serde_json::json;

use super::*;

fn change(change: Change) -> Action {
    Action::Change { change }
}

fn follower(of: JobId, relation: Relation, action: Action, audience: Vec<AudienceItem>) -> NewJob {
    NewJob {
        id: JobId(Uuid::now_v7()),
        name: "Again".into(),
        action,
        state: JobState::Running,
        due: at(500),
        created: at(500),
        me: handle("jonas@example.com"),
        filter: None,
        resolved: None,
        audience: audience.into(),
        sending: Sending::default(),
        origin: Some(Origin { job: of, relation }),
    }
}

/// An item whose status is given back, while it is still done.
fn back_to_active(id: &str) -> Vec<AudienceItem> {
    let expects = Some(json!({ "status": "done", "snoozed_until": null }));
    let own = vec![OwnEffect { effect: Effect::Status(StatusChange::Active), expects }];
    audience(&[id]).into_iter().map(|item| AudienceItem { own: Some(own.clone().into()), ..item }).collect()
}

fn state_of(journal: &Journal, job: JobId, id: &str) -> EffectState {
    journal.stories(job, Some(&[RemoteId::from(id)])).unwrap().remove(0).state
}

#[test]
fn a_held_reply_leaves_with_what_rides_on_it_once_a_human_says_so() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    let row = claim(&journal, job)[0].effects[0].row;
    assert!(journal.record(&[outcome(row, EffectState::Held)]).unwrap().is_empty());
    assert!(journal.finish_job(job, at(310)).unwrap().is_over());
    let a = RemoteId::from("a");
    assert!(journal.send_held(job, &a, at(320), at(330)).unwrap());
    assert!(!journal.send_held(job, &a, at(320), at(330)).unwrap(), "once");
    assert_eq!(journal.job(job).unwrap().unwrap().state, JobState::Running);
    let again = claim(&journal, job);
    assert_eq!((again[0].effects[0].row, again[0].seen), (row, Some(320_000)));
    assert!(journal.record(&[outcome(row, EffectState::Applied)]).unwrap().is_empty());
    assert_eq!(claim(&journal, job)[0].effects[0].effect.word(), "status");
}

#[test]
fn what_is_held_in_a_cancelled_job_does_not_leave() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(Change::default()), audience(&["a", "b"]));
    let claimed = journal.claim(job, 1, false, at(200), &nobody).unwrap();
    assert!(journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Held)]).unwrap().is_empty());
    assert!(journal.cancel_job(job, at(210)).unwrap().did);
    assert!(!journal.send_held(job, &RemoteId::from("a"), at(220), at(220)).unwrap());
    assert_eq!(state_of(&journal, job, "a"), EffectState::Held);
}

#[test]
fn leaving_it_at_that_keeps_it_unknown_and_off_the_list() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(Change::default()), audience(&["a"]));
    claim(&journal, job);
    journal.recover(at(210)).unwrap();
    let a = RemoteId::from("a");
    assert_eq!(journal.attention(9).unwrap().len(), 1);
    assert!(journal.leave_unknown(job, &a, at(300)).unwrap());
    assert!(journal.attention(9).unwrap().is_empty());
    let story = journal.stories(job, None).unwrap().remove(0);
    assert_eq!((story.state, story.left_at), (EffectState::Unknown, Some(at(300))));
}

#[test]
fn sending_again_ends_the_old_story_and_begins_one_new_one() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    let row = claim(&journal, job)[0].effects[0].row;
    journal.recover(at(210)).unwrap();
    journal.finish_job(job, at(211)).unwrap();
    let settled = [Recorded {
        reason: Some(Reason::new("sent_again", "did not arrive")),
        ..outcome(row, EffectState::Rejected)
    }];
    let again = follower(job, Relation::SentAgain, reply(done()), audience(&["a"]));
    assert!(journal.send_again(&settled, &again).unwrap());
    let twice = follower(job, Relation::SentAgain, reply(done()), audience(&["a"]));
    assert!(!journal.send_again(&settled, &twice).unwrap());
    assert!(journal.job(twice.id).unwrap().is_none());
    assert_eq!(state_of(&journal, job, "a"), EffectState::Rejected);
    assert_eq!(claim(&journal, again.id).len(), 1);
    let open = journal.open_replies(&RemoteId::from("a"), at(501)).unwrap();
    assert_eq!(open.len(), 1, "told once, by the new one");
}

#[test]
fn items_are_taken_out_whether_they_were_claimed_or_not() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b", "c"]));
    let claimed = journal.claim(job, 1, false, at(200), &nobody).unwrap();
    assert!(journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    let out = [RemoteId::from("a"), RemoteId::from("b")];
    journal.cancel_items(job, &out, at(300)).unwrap();
    journal.cancel_items(job, &out, at(301)).unwrap();
    let figures = journal.job(job).unwrap().unwrap().counts;
    assert_eq!((figures.skipped, figures.pending, figures.total()), (2, 1, 3));
    let a = journal.stories(job, Some(&out)).unwrap().remove(0);
    assert_eq!(a.effects[0].state, EffectState::Applied, "what left, left");
    assert_eq!(claim(&journal, job).iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert!(journal.open_replies(&RemoteId::from("b"), at(301)).unwrap().is_empty());
}

#[test]
fn nobody_takes_an_item_over_twice_and_what_failed_there_may_be_taken_again() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(Change::default()), audience(&["a", "b"]));
    let retry = |ids: &[&str]| follower(job, Relation::Retry, reply(Change::default()), audience(ids));
    let first = retry(&["a", "b"]);
    assert_eq!(journal.follow_up(&first).unwrap(), 2);
    assert_eq!(journal.follow_up(&retry(&["a", "b"])).unwrap(), 0);
    for item in claim(&journal, job) {
        assert!(journal.record(&[outcome(item.effects[0].row, EffectState::Rejected)]).unwrap().is_empty());
    }
    let claimed = claim(&journal, first.id);
    let states = [EffectState::Applied, EffectState::Rejected];
    for (item, state) in claimed.iter().zip(states) {
        assert!(journal.record(&[outcome(item.effects[0].row, state)]).unwrap().is_empty());
    }
    // Only b may be tried again, and only by one: the retry of the retry counts as well.
    let second = follower(first.id, Relation::Retry, reply(Change::default()), audience(&["b"]));
    assert_eq!(journal.follow_up(&second).unwrap(), 1);
    assert_eq!(journal.follow_up(&retry(&["a", "b"])).unwrap(), 0);
    assert!(journal.cancel_job(second.id, at(600)).unwrap().did);
    assert_eq!(journal.follow_up(&retry(&["a", "b"])).unwrap(), 1);
}

#[test]
fn effects_of_an_item_of_its_own_are_claimed_with_what_they_expect() {
    let (_folder, journal) = open();
    let job = confirm(&journal, change(done()), audience(&["a"]));
    let row = claim(&journal, job)[0].effects[0].row;
    assert!(journal.record(&[outcome(row, EffectState::Applied)]).unwrap().is_empty());
    let undo = follower(job, Relation::Undo, Action::Undo { of: job }, back_to_active("a"));
    assert_eq!(journal.follow_up(&undo).unwrap(), 1);
    let known = |_: &RemoteId| Some(conversation("a", 5));
    let claimed = journal.claim(undo.id, 9, true, at(510), &known).unwrap();
    let expects = claimed[0].effects[0].expects.clone();
    assert_eq!(expects, Some(json!({ "status": "done", "snoozed_until": null })));
    // What it expects is what it finds, however old the cache is: the undo of the undo gives that back.
    assert_eq!(journal.stories(undo.id, None).unwrap()[0].effects[0].before, expects);
}

#[test]
fn an_undo_waits_for_its_turn_and_replaces_nobody() {
    let (_folder, journal) = open();
    let first = confirm(&journal, change(set_status(StatusChange::Spam)), audience(&["a"]));
    let undo = follower(first, Relation::Undo, Action::Undo { of: first }, back_to_active("a"));
    assert_eq!(journal.follow_up(&undo).unwrap(), 1);
    assert!(claim(&journal, undo.id).is_empty());
    let claimed = claim(&journal, first);
    assert_eq!(claimed.len(), 1, "an undo decides nothing");
    assert!(journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    // A later intent on the same field replaces the undo.
    confirm(&journal, change(set_status(StatusChange::Archived)), audience(&["a"]));
    assert!(claim(&journal, undo.id).is_empty());
    assert_eq!(item_states(&journal, undo.id), [EffectState::Skipped]);
}

#[test]
fn what_is_left_of_a_retried_item_replaces_only_its_own_fields() {
    let (_folder, journal) = open();
    let agent = Change { agent: Some(None), ..done() };
    let first = confirm(&journal, change(agent.clone()), audience(&["a"]));
    let own = vec![OwnEffect { effect: Effect::Assignee(None), expects: None }];
    let rest =
        audience(&["a"]).into_iter().map(|item| AudienceItem { own: Some(own.clone().into()), ..item });
    confirm(&journal, change(agent), rest.collect());
    let claimed = claim(&journal, first);
    let words: Vec<&str> = claimed[0].effects.iter().map(|effect| effect.effect.word()).collect();
    assert_eq!(words, ["status"]);
}

#[test]
fn what_went_back_to_its_place_forgets_what_it_found() {
    let (_folder, journal) = open();
    let job = confirm(&journal, change(done()), audience(&["a"]));
    let known = |_: &RemoteId| Some(conversation("a", 5));
    let claimed = journal.claim(job, 9, true, at(200), &known).unwrap();
    let row = claimed[0].effects[0].row;
    assert!(journal.put_back(&[row], at(201)).unwrap().is_empty());
    let snoozed =
        |_: &RemoteId| Some(Conversation { status: muster_model::Status::Snoozed, ..conversation("a", 5) });
    journal.claim(job, 9, true, at(202), &snoozed).unwrap();
    let before = journal.stories(job, None).unwrap()[0].effects[0].before.clone().unwrap();
    assert_eq!(before["status"], "snoozed");
}
