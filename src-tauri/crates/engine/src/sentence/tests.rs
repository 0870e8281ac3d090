//! Tables of sentences.

use jiff::tz::TimeZone;
use muster_model::{Change, Counts, EffectState, Handle, JobId, JobState};
use muster_store::{JobRow, ReasonCount};
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::samples::{conversation, now};

fn change(change: Change) -> Action {
    Action::Change { change }
}

fn status(status: StatusChange) -> Change {
    Change { status: Some(status), ..Change::default() }
}

#[rstest]
#[case(change(status(StatusChange::Done)), "Set 24 to Done", "24 set to Done")]
#[case(change(Change { agent: Some(Some(Handle::from("jonas@d.example"))), team: Some(Some(Handle::from("billing"))), ..Change::default() }),
    "Assign 24 to jonas@d.example, billing", "24 assigned to jonas@d.example, billing")]
#[case(change(Change { agent: Some(None), ..Change::default() }), "Unassign 24", "24 unassigned")]
#[case(change(Change { add_tags: vec!["refund".into()], ..Change::default() }), "Tag 24 refund", "24 tagged refund")]
#[case(change(Change { add_tags: vec!["a".into()], ..status(StatusChange::Done) }), "Change 24", "24 changed")]
#[case(Action::Follow { on: true }, "Follow 24", "24 followed")]
fn deeds(#[case] action: Action, #[case] before: &str, #[case] after: &str) {
    assert_eq!((deed(&action).will(24).as_str(), deed(&action).did(24).as_str()), (before, after));
}

pub(super) fn job(action: Action, counts: Counts, reasons: &[(EffectState, &str, u64)]) -> JobRow {
    let reason = |(state, code, n): &(EffectState, &str, u64)| ReasonCount {
        state: state.clone(),
        code: (*code).to_owned(),
        message: String::new(),
        n: *n,
    };
    JobRow {
        seq: 1,
        id: JobId(Uuid::nil()),
        name: String::new(),
        action: Some(action),
        kind: "reply".into(),
        state: JobState::Completed,
        pause: None,
        created: now(),
        due: now(),
        finished: None,
        me: Handle::from(""),
        filter: None,
        resolved: None,
        total: counts.total(),
        counts,
        reasons: reasons.iter().map(reason).collect(),
        sending: muster_model::Sending::default(),
        opened: 0,
        released: None,
        canary_passed: false,
        go_at: now(),
        origin: None,
        begun: 0,
        sent_only: Vec::new(),
    }
}

#[test]
fn a_result_names_every_item_once() {
    let reply = Action::Reply {
        text: String::new(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    };
    let counts = Counts { applied: 1134, skipped: 6, ..Counts::default() };
    let reasons = [(EffectState::Skipped, "window_closed", 4), (EffectState::Skipped, "voice", 2)];
    assert_eq!(result(&job(reply.clone(), counts, &reasons)), "1,134 sent, 4 window closed, 2 voice");
    let counts = Counts { applied: 114, rejected: 3, unknown: 3, skipped: 22, ..Counts::default() };
    let reasons = [(EffectState::Rejected, "internal", 3), (EffectState::Skipped, "not_tried", 22)];
    assert_eq!(result(&job(reply.clone(), counts, &reasons)), "114 sent, 3 rejected, 3 unknown, 22 skipped");
    let counts = Counts { pending: 5, ..Counts::default() };
    assert_eq!(result(&job(reply, counts, &[])), "5 waiting");
    let counts = Counts { applied: 24, skipped: 2, ..Counts::default() };
    let reasons = [(EffectState::Skipped, "no_change", 2)];
    assert_eq!(
        result(&job(change(status(StatusChange::Done)), counts, &reasons)),
        "24 set to Done, 2 already so"
    );
}

#[test]
fn a_recipient_in_words() {
    let marta = conversation("1");
    assert_eq!(address_line(&marta), "Marta Wiśniewska marta1@mail.example");
    assert_eq!(reply_subject(&marta), "Re: Charged twice for order 48213");
    assert_eq!(channel_line(&marta, &TimeZone::UTC), "Email, threaded under the message of 22 May, 13:31");
    let reply = Action::Reply {
        text: String::new(),
        mass: true,
        then: status(StatusChange::Done),
        files: Vec::new(),
        approved: None,
    };
    assert_eq!(
        then_line(&reply, &marta, true),
        "Then: status Active → Done, the ball goes to the customer, a system note says that it was a mass reply."
    );
    let without_note = then_line(&reply, &marta, false);
    assert_eq!(without_note, "Then: status Active → Done, the ball goes to the customer.");
    assert_eq!(before_after(&change(status(StatusChange::Active)), &marta), [""; 0]);
}

#[rstest]
#[case(0, "0")]
#[case(999, "999")]
#[case(1_284, "1,284")]
#[case(1_000_000, "1,000,000")]
fn thousands_are_grouped(#[case] n: u64, #[case] expected: &str) {
    assert_eq!(grouped(n), expected);
}
