//! Items that left together are one row while they fare alike, and tell the same as rows of their own would.

use muster_model::{Action, Change, EffectState, OwnEffect, StatusChange};
use serde_json::json;

use super::*;
use crate::Overlay;

fn count(journal: &Journal, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM {table}");
    journal.db.read(|tx| Ok(tx.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())).unwrap()
}

fn several() -> Change {
    Change { agent: Some(Some(handle("jonas@example.com"))), ..done() }
}

fn known(id: &RemoteId) -> Option<Conversation> {
    Some(conversation(id.as_str(), 1))
}

/// Claims everybody and says that all of it was applied.
fn apply(journal: &Journal, job: JobId) -> Vec<ClaimedItem> {
    let claimed = journal.claim(job, 100, true, at(200), &known).unwrap();
    let outcomes: Vec<Recorded> = claimed
        .iter()
        .flat_map(|item| &item.effects)
        .map(|effect| Recorded {
            after: effect.effect.value_after(),
            ..outcome(effect.row, EffectState::Applied)
        })
        .collect();
    assert!(journal.record(&outcomes).unwrap().is_empty());
    claimed
}

#[test]
fn what_fares_alike_is_one_row_and_tells_what_rows_would() {
    let (_folder, journal) = open();
    let ids = ["a", "b", "c", "d"];
    let as_lot = confirm(&journal, Action::Change { change: several() }, audience(&ids));
    apply(&journal, as_lot);
    assert_eq!((count(&journal, "lots"), count(&journal, "items"), count(&journal, "effects")), (1, 0, 0));
    // The same, taken apart by a late word that changes nothing.
    let apart = confirm(&journal, Action::Change { change: several() }, audience(&ids));
    let claimed = apply(&journal, apart);
    let late = outcome(claimed[1].effects[0].row, EffectState::Rejected);
    assert_eq!(journal.record(&[late]).unwrap()[0].is, Some(EffectState::Applied));
    assert_eq!((count(&journal, "lots"), count(&journal, "items"), count(&journal, "effects")), (1, 4, 8));
    let told = |job: JobId| {
        let mut items = journal.items(job, None, None, 100).unwrap();
        let first = items[0].effects[0].row;
        items.iter_mut().flat_map(|item| &mut item.effects).for_each(|effect| effect.row -= first);
        let mut stories = journal.stories(job, None).unwrap();
        stories.iter_mut().flat_map(|story| &mut story.effects).for_each(|effect| effect.row -= first);
        let row = journal.job(job).unwrap().unwrap();
        let page = journal.items_page(job, &[EffectState::Applied], 1, 2).unwrap();
        let page = (page.0.iter().map(|item| (item.no, item.id.clone())).collect::<Vec<_>>(), page.1);
        (items, stories, row.counts, row.reasons, page, journal.job_outcomes(job).unwrap())
    };
    assert_eq!(told(as_lot), told(apart));
    let first = &journal.items(as_lot, None, None, 1).unwrap()[0].effects;
    let assignee = first.iter().find(|row| matches!(row.effect, Effect::Assignee(_))).unwrap();
    assert_eq!(assignee.before, Some(json!(null)), "nobody is a value as well");
    assert_eq!(first[0].receipt.as_ref().unwrap().stamp, Some(9));
}

#[test]
fn one_that_fares_otherwise_makes_rows_of_all() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b", "c"]));
    let claimed = journal.claim(job, 100, true, at(200), &known).unwrap();
    assert_eq!((count(&journal, "lots"), journal.job(job).unwrap().unwrap().counts.sending), (1, 3));
    assert!(journal.is_sending(job).unwrap());
    assert_eq!(journal.waiting().unwrap(), Waiting { effects: 3, items: 3, jobs: 1 });
    let row = |n: usize| claimed[n].effects[0].row;
    let outcomes = [
        outcome(row(0), EffectState::Applied),
        outcome(row(1), EffectState::Rejected),
        outcome(row(2), EffectState::Applied),
    ];
    assert!(journal.record(&outcomes).unwrap().is_empty());
    assert_eq!(count(&journal, "lots"), 0);
    assert_eq!(
        item_states(&journal, job),
        [EffectState::Applied, EffectState::Rejected, EffectState::Applied]
    );
    let counts = journal.job(job).unwrap().unwrap().counts;
    assert_eq!((counts.applied, counts.rejected, counts.total()), (2, 1, 3));
}

#[test]
fn what_comes_back_or_was_under_way_when_it_ended_has_rows_with_the_same_numbers() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b", "c", "d"]));
    let first = journal.claim(job, 2, true, at(200), &known).unwrap();
    let rows: Vec<i64> = first.iter().map(|item| item.effects[0].row).collect();
    let second = journal.claim(job, 2, true, at(201), &known).unwrap();
    assert!(journal.highest_sent().unwrap() >= second[1].effects[0].row);
    assert!(journal.put_back(&rows, at(202)).unwrap().is_empty());
    let again = journal.claim(job, 100, true, at(203), &known).unwrap();
    assert_eq!(again.iter().map(|item| item.effects[0].row).collect::<Vec<_>>(), rows);
    assert!(again.iter().all(|item| item.effects[0].attempts == 2));
    assert_eq!(journal.recover(at(210)).unwrap(), 4);
    let unknown: Vec<i64> = journal.unknown_effects().unwrap().iter().map(|effect| effect.row).collect();
    let all: Vec<i64> = rows.into_iter().chain(second.iter().map(|item| item.effects[0].row)).collect();
    assert_eq!(unknown, all);
    assert!(journal.repeat_unknown(&all, at(211)).unwrap().is_empty());
    assert_eq!(journal.job(job).unwrap().unwrap().counts.pending, 4);
}

#[test]
fn those_who_get_the_same_back_are_one_lot_each() {
    let (_folder, journal) = open();
    let mut all = audience(&["a", "b", "c", "d", "e"]);
    let own = |status: StatusChange| {
        let expects = Some(json!({ "status": "done", "snoozed_until": null }));
        Some([OwnEffect { effect: Effect::Status(status), expects }].into())
    };
    for (n, item) in all.iter_mut().enumerate() {
        item.own =
            own([StatusChange::Active, StatusChange::Spam, StatusChange::Archived][[0, 1, 0, 1, 2][n]]);
    }
    let job = confirm(&journal, Action::Undo { of: JobId(Uuid::now_v7()) }, all);
    let claimed = apply(&journal, job);
    assert_eq!(claimed.len(), 5);
    // Whoever is alone has a row.
    assert_eq!((count(&journal, "lots"), count(&journal, "items")), (2, 1));
    let items = journal.items(job, None, None, 100).unwrap();
    let got: Vec<&Effect> = items.iter().map(|item| &item.effects[0].effect).collect();
    let wanted = [
        StatusChange::Active,
        StatusChange::Spam,
        StatusChange::Active,
        StatusChange::Spam,
        StatusChange::Archived,
    ]
    .map(Effect::Status);
    assert_eq!(got, wanted.iter().collect::<Vec<_>>());
    assert!(items.iter().all(|item| item.state == EffectState::Applied));
    assert!(items[3].effects[0].before.as_ref().is_some_and(|before| before["status"] == "done"));
}

#[test]
fn what_was_taken_out_of_a_job_while_it_was_under_way_keeps_its_outcome() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b", "c"]));
    journal.claim(job, 2, true, at(200), &known).unwrap();
    journal.cancel_items(job, &["a".into(), "c".into()], at(201)).unwrap();
    assert_eq!(
        item_states(&journal, job),
        [EffectState::Sending, EffectState::Sending, EffectState::Skipped]
    );
}

#[test]
fn later_jobs_wait_for_a_lot_and_know_what_it_did() {
    let (_folder, journal) = open();
    let first = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b"]));
    // Another field: neither replaces the other.
    let assign = Change { agent: several().agent, ..Change::default() };
    let second = confirm(&journal, Action::Change { change: assign }, audience(&["b", "x", "y"]));
    let under_way = journal.claim(first, 100, true, at(200), &known).unwrap();
    let left = journal.claim(second, 100, true, at(200), &known).unwrap();
    assert_eq!(left.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["x", "y"]);
    let outcomes: Vec<Recorded> =
        under_way.iter().map(|item| outcome(item.effects[0].row, EffectState::Applied)).collect();
    assert!(journal.record(&outcomes).unwrap().is_empty());
    assert_eq!(journal.claim(second, 100, true, at(201), &known).unwrap().len(), 1);
    let id = RemoteId::from("b");
    let applied = journal.applied_since(second, &[(&id, 1)], at(0)).unwrap();
    assert_eq!(applied.get(&id), Some(&vec![Effect::Status(StatusChange::Done)]));
    assert!(journal.applied_since(second, &[(&id, 9)], at(0)).unwrap().is_empty(), "it is in the header");
    assert!(journal.applied_since(second, &[(&id, 1)], at(301)).unwrap().is_empty(), "a sync brought it");
    let overlay = journal.overlay(None, at(0), &Overlay::empty()).unwrap();
    assert_eq!(overlay.apply(conversation("a", 1)).status, muster_model::Status::Done);
}
