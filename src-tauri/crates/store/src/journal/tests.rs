//! The journal on a real, encrypted file: claims, outcomes, figures.

use std::collections::HashSet;

use muster_model::{
    Action, AudienceItem, Change, Channel, ClientRef, Conversation, Effect, EffectState, JobId, JobState,
    PauseReason, Reason, Receipt, RemoteId, Sending, StatusChange,
};
use rstest::rstest;
use tempfile::TempDir;
use uuid::Uuid;

use super::{ClaimedItem, JobRow, Journal, NewJob, Recorded, SendingRules, Standing, Waiting};
use crate::{
    JobFilter, StoreError,
    testing::{at, conversation, handle, key},
};

mod control;
mod drafts;
mod figures;
mod listing;
mod lots;
mod order;
mod overlaid;
mod pending;
mod replies;
mod saved;
mod settle;

pub(super) fn open() -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), &key()).unwrap();
    (folder, journal)
}

pub(super) fn audience(ids: &[&str]) -> Vec<AudienceItem> {
    ids.iter()
        .map(|id| AudienceItem {
            id: RemoteId::from(*id),
            stamp: 1,
            last_inbound: Some(5),
            last_outbound: None,
            values: vec!["Noëlle".into()],
            verdict: "will_send".into(),
            takes_part: true,
            channel: Channel::Email,
            with_files: false,
            approved: false,
            own: None,
        })
        .collect()
}

pub(super) fn reply(then: Change) -> Action {
    Action::Reply {
        text: "Hello {{customer_first_name}}".into(),
        mass: true,
        then,
        files: Vec::new(),
        approved: None,
    }
}

pub(super) fn set_status(status: StatusChange) -> Change {
    Change { status: Some(status), ..Change::default() }
}

pub(super) fn done() -> Change {
    set_status(StatusChange::Done)
}

pub(super) fn confirm(journal: &Journal, action: Action, audience: Vec<AudienceItem>) -> JobId {
    let id = JobId(Uuid::now_v7());
    journal
        .insert_job(&NewJob {
            id,
            name: "Outage".into(),
            action,
            state: JobState::Running,
            due: at(100),
            created: at(100),
            me: handle("jonas@example.com"),
            filter: Some("is:active".into()),
            resolved: None,
            audience: audience.into(),
            sending: Sending::default(),
            origin: None,
        })
        .unwrap();
    id
}

/// Moves a job as somebody would who decides without looking.
pub(super) fn set_state(journal: &Journal, job: JobId, state: JobState, pause: Option<PauseReason>) {
    let to = |row: &JobRow| Some(Standing { state: state.clone(), pause: pause.clone(), ..row.standing() });
    assert!(journal.move_job(job, to).unwrap().did);
}

pub(super) fn nobody(_: &RemoteId) -> Option<Conversation> {
    None
}

pub(super) fn claim(journal: &Journal, job: JobId) -> Vec<ClaimedItem> {
    journal.claim(job, 100, false, at(200), &nobody).unwrap()
}

pub(super) fn outcome(row: i64, state: EffectState) -> Recorded {
    let reason = (state != EffectState::Applied).then(|| Reason::new("why", "because"));
    let receipt = (state == EffectState::Applied).then(|| Receipt {
        id: Some("m1".into()),
        stamp: Some(9),
        at: Some(at(300)),
    });
    Recorded { row, state, reason, receipt, after: None, at: at(300) }
}

pub(super) fn item_states(journal: &Journal, job: JobId) -> Vec<EffectState> {
    journal.items(job, None, None, 1000).unwrap().into_iter().map(|item| item.state).collect()
}

#[test]
fn a_confirmed_job_is_one_row_with_its_audience() {
    let (folder, journal) = open();
    let mut all = audience(&["a", "b", "c"]);
    all[1].takes_part = false;
    all[1].verdict = "window_closed".into();
    let job = confirm(&journal, reply(done()), all.clone());
    // Another process, another connection: it was durable.
    let other = Journal::open(folder.path(), &key()).unwrap();
    assert_eq!(other.job_audience(job).unwrap(), all);
    let row = other.job(job).unwrap().unwrap();
    assert_eq!((row.total, row.counts.pending, row.counts.skipped, row.counts.total()), (3, 2, 1, 3));
    assert_eq!((row.reasons[0].code.as_str(), row.reasons[0].n), ("window_closed", 1));
    assert_eq!(row.action, Some(reply(done())));
    assert_eq!(item_states(&other, job), [EffectState::Pending, EffectState::Skipped, EffectState::Pending]);
    assert_eq!(other.waiting().unwrap(), Waiting { effects: 4, items: 2, jobs: 1 });
    assert!(other.has_ref(&ClientRef::new(job, 2)).unwrap());
    assert!(!other.has_ref(&ClientRef::new(job, 3)).unwrap());
    assert!(!other.has_ref(&ClientRef::from("theirs".to_owned())).unwrap());
}

#[test]
fn a_reply_goes_first_and_what_rides_on_it_follows() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b"]));
    let claimed = journal.claim(job, 1, false, at(200), &|_: &RemoteId| Some(conversation("a", 1))).unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].effects.len(), 1);
    assert_eq!((claimed[0].effects[0].effect.clone(), claimed[0].effects[0].attempts), (Effect::Reply, 1));
    assert_eq!(journal.job(job).unwrap().unwrap().counts.sending, 1);

    assert!(journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    let next = journal.claim(job, 1, false, at(201), &|_: &RemoteId| Some(conversation("a", 1))).unwrap();
    assert_eq!(next[0].id, RemoteId::from("a"));
    assert_eq!(next[0].effects[0].effect, Effect::Status(StatusChange::Done));
    let items = journal.items(job, None, None, 1).unwrap();
    assert_eq!(
        items[0].effects[1].before,
        Some(serde_json::json!({"status": "active", "snoozed_until": null}))
    );
    assert_eq!(items[0].effects[0].receipt.as_ref().unwrap().stamp, Some(9));

    let mut refused = outcome(next[0].effects[0].row, EffectState::Rejected);
    refused.reason = Some(Reason::new("not_permitted", "your role may not close"));
    assert!(journal.record(&[refused]).unwrap().is_empty());
    let item = journal.items(job, None, None, 1).unwrap().remove(0);
    assert_eq!(item.state, EffectState::Rejected);
    assert_eq!(
        item.reason.unwrap(),
        Reason::new("not_permitted", "reply applied; status rejected: your role may not close")
    );
}

#[test]
fn a_status_can_ride_in_the_same_call() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    let claimed = journal.claim(job, 9, true, at(200), &nobody).unwrap();
    assert_eq!(claimed[0].effects.len(), 2);
}

#[rstest]
#[case(EffectState::Rejected, EffectState::Skipped)]
#[case(EffectState::Held, EffectState::Pending)]
#[case(EffectState::Skipped, EffectState::Skipped)]
fn nothing_rides_on_a_reply_that_was_not_sent(#[case] state: EffectState, #[case] rider: EffectState) {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    let claimed = claim(&journal, job);
    assert!(journal.record(&[outcome(claimed[0].effects[0].row, state.clone())]).unwrap().is_empty());
    let item = journal.items(job, None, None, 1).unwrap().remove(0);
    assert_eq!((item.state, item.reason.unwrap().code.as_str()), (state, "why"));
    assert_eq!(item.effects[1].state, rider);
    assert!(claim(&journal, job).is_empty());
    assert!(journal.finish_job(job, at(400)).unwrap().is_over());
}

#[test]
fn final_states_are_never_rewritten() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a", "b"]));
    let claimed = claim(&journal, job);
    let (a, b) = (claimed[0].effects[0].row, claimed[1].effects[0].row);
    assert!(journal.record(&[outcome(a, EffectState::Applied)]).unwrap().is_empty());
    let refused = journal
        .record(&[
            outcome(a, EffectState::Rejected),
            outcome(b, EffectState::Applied),
            outcome(999, EffectState::Applied),
        ])
        .unwrap();
    assert_eq!(refused.len(), 2, "one bad outcome does not take the good one with it");
    assert_eq!((refused[0].row, refused[0].is.clone()), (a, Some(EffectState::Applied)));
    assert_eq!((refused[1].row, refused[1].is.clone()), (999, None));
    assert_eq!(journal.put_back(&[a], at(301)).unwrap().len(), 1);
    assert_eq!(journal.settle_unknown(&[outcome(a, EffectState::Rejected)]).unwrap().len(), 1);
    assert_eq!(item_states(&journal, job), [EffectState::Applied, EffectState::Applied]);
    assert_eq!(journal.finish_job(job, at(302)).unwrap(), JobState::Completed);
    let running = |row: &JobRow| Some(Standing { state: JobState::Running, ..row.standing() });
    assert!(!journal.move_job(job, running).unwrap().did);
    assert!(!journal.cancel_job(job, at(303)).unwrap().did);
    assert_eq!(journal.job(job).unwrap().unwrap().state, JobState::Completed);
}

#[test]
fn what_did_not_leave_goes_again_and_counts_its_attempts() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(Change::default()), audience(&["a"]));
    let first = claim(&journal, job);
    assert!(claim(&journal, job).is_empty(), "nobody else gets it meanwhile");
    assert!(journal.put_back(&[first[0].effects[0].row], at(201)).unwrap().is_empty());
    assert_eq!(journal.job(job).unwrap().unwrap().counts.pending, 1);
    let second = claim(&journal, job);
    assert_eq!(second[0].effects[0].row, first[0].effects[0].row);
    assert_eq!(second[0].effects[0].attempts, 2);
}

#[test]
fn a_crash_leaves_unknown_which_is_settled_once() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b"]));
    let claimed = claim(&journal, job);
    assert_eq!(journal.recover(at(210)).unwrap(), 2);
    assert_eq!(journal.recover(at(211)).unwrap(), 0);
    assert!(claim(&journal, job).is_empty(), "an unknown reply is never repeated by itself");
    assert_eq!(journal.finish_job(job, at(212)).unwrap(), JobState::CompletedWithErrors);

    let unknown = journal.unknown_effects().unwrap();
    assert_eq!(unknown.len(), 2);
    assert_eq!((unknown[0].item, unknown[0].job, unknown[0].sent_at), (0, job, at(200)));
    assert_eq!(unknown[0].audience.values, ["Noëlle"]);
    assert_eq!(journal.repeat_unknown(&[unknown[0].row], at(213)).unwrap().len(), 1, "a customer hears it");
    journal.note_check(unknown[0].row, at(220), true).unwrap();
    journal.note_check(unknown[0].row, at(240), true).unwrap();
    let checked = &journal.unknown_effects().unwrap()[0];
    assert_eq!((checked.checks, checked.first_no_at), (2, Some(at(220))));

    let (a, b) = (claimed[0].effects[0].row, claimed[1].effects[0].row);
    assert!(!journal.settle_unknown(&[outcome(a, EffectState::Unknown)]).unwrap().is_empty());
    assert!(
        journal
            .settle_unknown(&[outcome(a, EffectState::Applied), outcome(b, EffectState::Rejected)])
            .unwrap()
            .is_empty()
    );
    assert!(!journal.settle_unknown(&[outcome(a, EffectState::Rejected)]).unwrap().is_empty());
    // What rides on the reply that did arrive goes on.
    assert_eq!(journal.job(job).unwrap().unwrap().state, JobState::Running);
    let rest = claim(&journal, job);
    assert_eq!((rest.len(), rest[0].item), (1, 0));
    assert!(journal.record(&[outcome(rest[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    assert_eq!(journal.finish_job(job, at(400)).unwrap(), JobState::CompletedWithErrors);
    assert_eq!(journal.recent_mass_replies(at(200)).unwrap(), HashSet::from([RemoteId::from("a")]));
    assert!(journal.recent_mass_replies(at(201)).unwrap().is_empty());
}

#[test]
fn a_status_that_is_unknown_may_be_set_again() {
    let (_folder, journal) = open();
    let job = confirm(&journal, Action::Change { change: done() }, audience(&["a"]));
    let row = claim(&journal, job)[0].effects[0].row;
    assert_eq!(journal.recover(at(210)).unwrap(), 1);
    assert_eq!(journal.finish_job(job, at(211)).unwrap(), JobState::CompletedWithErrors);
    assert!(journal.repeat_unknown(&[row], at(212)).unwrap().is_empty());
    assert_eq!(journal.job(job).unwrap().unwrap().state, JobState::Running);
    assert_eq!(claim(&journal, job)[0].effects[0].attempts, 2);
}

#[test]
fn cancelling_says_exactly_what_will_not_be_sent() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a", "b", "c", "d"]));
    let claimed = journal.claim(job, 2, false, at(200), &nobody).unwrap();
    assert!(journal.record(&[outcome(claimed[0].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    journal.cancel_job(job, at(201)).unwrap();
    assert!(journal.record(&[outcome(claimed[1].effects[0].row, EffectState::Applied)]).unwrap().is_empty());
    let row = journal.job(job).unwrap().unwrap();
    assert_eq!((row.state, row.counts.skipped, row.counts.total()), (JobState::Cancelled, 4, 4));
    assert!(item_states(&journal, job).iter().all(|state| *state == EffectState::Skipped));
    assert_eq!(journal.waiting().unwrap(), Waiting::default());
}

#[test]
fn a_job_is_due_when_its_hold_is_over_and_in_the_order_of_confirmation() {
    let (_folder, journal) = open();
    let first = confirm(&journal, reply(done()), audience(&["a"]));
    let second = confirm(&journal, reply(done()), audience(&["b"]));
    set_state(&journal, first, JobState::Holding, None);
    let due = |second| journal.due_jobs(at(second)).unwrap().iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(due(99), [second]);
    assert_eq!(due(100), [first, second]);
    set_state(&journal, second, JobState::Paused, Some(PauseReason::Key));
    assert_eq!(due(100), [first]);
    assert!(claim(&journal, second).is_empty(), "a paused job sends nothing");
    let paused = JobFilter { states: vec![JobState::Paused], ..JobFilter::default() };
    let listed = journal.jobs(&paused).unwrap();
    assert_eq!((listed.len(), listed[0].pause.clone()), (1, Some(PauseReason::Key)));
    let changes = JobFilter { kinds: vec!["change".into()], ..JobFilter::default() };
    assert!(journal.jobs(&changes).unwrap().is_empty());
    let newest = JobFilter { limit: Some(1), since: Some(at(100)), ..JobFilter::default() };
    assert_eq!(journal.jobs(&newest).unwrap()[0].id, second);
}

#[test]
fn an_action_of_a_newer_muster_is_shown_and_never_run() {
    let (_folder, journal) = open();
    let job = confirm(&journal, reply(done()), audience(&["a"]));
    journal.db.write(|tx| Ok(tx.execute("UPDATE jobs SET action = '{\"kind\":\"teleport\"}'", [])?)).unwrap();
    assert_eq!(journal.job(job).unwrap().unwrap().action, None);
    assert!(claim(&journal, job).is_empty());
    let overlay = journal.overlay(None, at(0), &crate::Overlay::empty()).unwrap();
    assert!(overlay.pending(&"a".into()).is_empty());
}

#[test]
fn rules_of_sending_are_kept_and_others_have_the_same() {
    let (folder, journal) = open();
    assert_eq!(journal.sending_rules().unwrap(), SendingRules::default());
    let rules = SendingRules { hold_one: 0, overdue_minutes: 60, ..SendingRules::default() };
    journal.set_sending_rules(&rules).unwrap();
    let other = Journal::open(folder.path(), &key()).unwrap();
    assert_eq!(other.sending_rules().unwrap(), rules);
    assert_eq!(rules.mistake(), None);
    assert!(SendingRules { hold_many: 601, ..rules }.mistake().unwrap().contains("600 seconds"));
    assert!(SendingRules { overdue_minutes: 0, ..rules }.mistake().unwrap().contains("1 to 1440 minutes"));
}

#[test]
fn marks_and_follows_are_kept() {
    let (_folder, journal) = open();
    let id = RemoteId::from("a");
    journal.set_read_mark(&id, 5).unwrap();
    journal.set_read_mark(&id, 7).unwrap();
    assert_eq!(journal.read_marks().unwrap().get(&id), Some(&7));
    journal.set_follow(&id, true).unwrap();
    journal.set_follow(&id, false).unwrap();
    assert_eq!(journal.follows().unwrap().get(&id), Some(&false));
}
