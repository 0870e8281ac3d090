//! Tables of what a plan says, and how long planning many takes.

use std::sync::Arc;
use std::time::Duration;

use muster_model::{
    Change, Channel, Drip, FileRef, Interval, IntervalUnit, Priority, StatusChange, When, Window,
};
use rstest::rstest;

use super::item::Base;
use super::*;
use crate::confirm::type_to_confirm;
use crate::samples::{conversation, now};
use crate::sentence::{button, undo_before, verdict_why, warning};

fn reply(text: &str) -> Action {
    Action::Reply {
        text: text.into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    }
}

fn change(change: Change) -> Action {
    Action::Change { change }
}

fn status(status: StatusChange) -> Change {
    Change { status: Some(status), ..Change::default() }
}

fn able() -> Capabilities {
    Capabilities {
        max_batch: 500,
        max_replies: 400,
        dedupes_replies: true,
        finds_by_reference: true,
        settle: Duration::ZERO,
        events: false,
        follow: true,
        snooze_until_reply: true,
        mass_reply_note: true,
        max_reply_chars: Vec::new(),
        max_tag_chars: 50,
        replies_per_minute: None,
        reads_per_minute: None,
        writes_per_minute: None,
        status_with_reply: true,
        sketches: false,
        archive: true,
        teams: true,
        priority: true,
        clear_tags: true,
        notes: false,
        note_files: false,
        block: true,
        delete: true,
        files: true,
        attachments: true,
        test_messages: true,
        auto_archive: Some(Duration::from_secs(7 * 24 * 3600)),
        snooze: true,
        tags: true,
        no_team: true,
    }
}

fn finding(verdict: Verdict) -> Finding {
    Finding::from(verdict)
}

/// A plan over so many e-mail conversations, each with this verdict.
fn planned(action: Action, verdicts: &[(Verdict, usize)]) -> Plan {
    let findings: Vec<Finding> = verdicts
        .iter()
        .flat_map(|(verdict, n)| std::iter::repeat_with(|| finding(verdict.clone())).take(*n))
        .collect();
    let items = (0..findings.len()).map(|n| {
        let conversation = conversation(&n.to_string());
        PlanItem {
            id: conversation.id.clone(),
            base: Base::of(&conversation),
            conversation: Arc::new(conversation),
            values: Vec::new(),
            missing: Vec::new(),
            verdict: Verdict::NoChange,
            detail: None,
            text: String::new(),
            included: false,
            left_out: false,
            with_files: false,
            approved: false,
            own: None,
            answered: false,
        }
    });
    let mut plan = Plan {
        id: PlanId(Uuid::nil()),
        revision: 1,
        name: String::new(),
        action,
        selection: Selection::Ids { ids: Vec::new() },
        filter: None,
        resolved: None,
        frozen_at: now(),
        items: items.collect(),
        drop: BTreeSet::new(),
        leave_out: BTreeSet::new(),
        fills: BTreeMap::new(),
        once_per_person: false,
        coverage: Coverage::default(),
        sending: Sending::default(),
        origin: None,
        saved_as: None,
        named: None,
        seen: Seen::default(),
        capabilities: Some(able()),
        zone: TimeZone::UTC,
    };
    plan.assess(findings);
    plan
}

fn sends(n: usize) -> Plan {
    planned(reply("Hello"), &[(Verdict::WillSend, n)])
}

fn drip(batch: u32, every: Interval) -> Drip {
    // Friday 22 May 2026, 14:31 UTC is the moment of all samples.
    Drip { start: now(), batch, every, days: Vec::new(), window: None, zone: "UTC".into() }
}

fn hours(n: u32) -> Interval {
    Interval { n, unit: IntervalUnit::Hours }
}

#[rstest]
#[case::at_once(When::AtOnce, 0, None, "Leaves at once")]
#[case::held(When::AtOnce, 30, None, "Leaves 30 s after you confirm; until then it can be taken back")]
#[case::canary(
    When::AtOnce,
    0,
    Some(10),
    "Leaves at once. The first 10 leave alone; the rest waits until you looked at them"
)]
#[case::everybody_is_no_canary(When::AtOnce, 0, Some(250), "Leaves at once")]
#[case::today(When::At { at: "2026-05-22T16:00:00Z".parse().unwrap() }, 0, None, "Leaves today 16:00")]
#[case::monday(When::At { at: "2026-05-25T09:00:00Z".parse().unwrap() }, 0, None, "Leaves Monday 09:00")]
#[case::in_june(When::At { at: "2026-06-01T09:00:00Z".parse().unwrap() }, 0, None, "Leaves Monday 1 June, 09:00")]
#[case::next_year(When::At { at: "2027-01-04T09:00:00Z".parse().unwrap() }, 0, None, "Leaves Monday 4 January 2027, 09:00")]
#[case::drip(
    When::Drip(drip(100, hours(5))),
    0,
    None,
    "Leaves today 14:31, then 100 every 5 hours; the last on Saturday 00:31"
)]
#[case::drip_today(
    When::Drip(drip(125, hours(1))),
    0,
    None,
    "Leaves today 14:31, then 125 every hour; the last today 15:31"
)]
#[case::one_batch(When::Drip(drip(250, hours(5))), 0, None, "Leaves today 14:31, in one batch")]
#[case::weekdays(When::Drip(Drip {
    start: "2026-05-22T18:00:00Z".parse().unwrap(),
    days: vec![muster_model::Day::Mon, muster_model::Day::Wed],
    window: Some(Window { from: jiff::civil::time(9, 0, 0, 0), to: jiff::civil::time(17, 0, 0, 0) }),
    ..drip(100, hours(5))
}), 0, None, "Leaves Monday 09:00, then 100 every 5 hours; the last on Wednesday 09:00")]
#[case::elsewhere(When::Drip(Drip { zone: "Europe/Berlin".into(), ..drip(250, hours(5)) }), 0, None, "Leaves today 16:31 (Europe/Berlin), in one batch")]
fn schedules(#[case] when: When, #[case] hold: u32, #[case] canary: Option<u32>, #[case] said: &str) {
    let mut plan = sends(250);
    plan.sending = Sending { when, hold, canary, ..Sending::default() };
    assert_eq!(plan.schedule().as_deref(), Ok(said));
}

#[rstest]
#[case(When::At { at: "2026-05-22T14:00:00Z".parse().unwrap() }, "That time is over: today 14:00. Choose a later one.")]
#[case(When::Drip(drip(0, hours(5))), "A batch needs at least one recipient.")]
#[case(When::Drip(drip(9, hours(0))), "Batches need an interval of at least one minute.")]
fn schedules_that_make_no_sense(#[case] when: When, #[case] said: &str) {
    let mut plan = sends(250);
    plan.sending.when = when;
    assert_eq!(plan.schedule(), Err(said.to_owned()));
}

#[rstest]
#[case::replies(
    Some(60),
    None,
    When::AtOnce,
    Some("This help desk takes 60 replies a minute: finishes about 14:33.")
)]
#[case::replies_and_reads(
    Some(60),
    Some(30),
    When::AtOnce,
    Some(
        "This help desk takes 60 replies a minute: finishes about 14:33, about 14:35 if every thread has to be read again first."
    )
)]
#[case::requests(
    None,
    Some(30),
    When::AtOnce,
    Some(
        "This help desk answers 30 requests a minute: finishes about 14:32, about 14:35 if every thread has to be read again first."
    )
)]
#[case::drip(
    Some(60),
    None,
    When::Drip(drip(60, hours(24))),
    Some("This help desk takes 60 replies a minute: finishes about Saturday 14:32.")
)]
#[case::no_limit(None, None, When::AtOnce, None)]
fn it_is_over_about(
    #[case] replies: Option<u32>,
    #[case] reads: Option<u32>,
    #[case] when: When,
    #[case] said: Option<&str>,
) {
    let mut plan = sends(120);
    plan.capabilities = Some(Capabilities { replies_per_minute: replies, reads_per_minute: reads, ..able() });
    plan.sending.when = when;
    assert_eq!(plan.summary().eta.as_deref(), said);
}

#[test]
fn a_help_desk_with_few_writes_says_how_long_it_takes() {
    let fernand = Capabilities {
        max_replies: 1,
        max_batch: 250,
        reads_per_minute: Some(20),
        writes_per_minute: Some(5),
        status_with_reply: false,
        sketches: true,
        ..able()
    };
    let mut plan = sends(60);
    plan.capabilities = Some(fernand.clone());
    let said = "This help desk takes 5 changes a minute: finishes about 14:43.";
    assert_eq!(plan.summary().eta.as_deref(), Some(said));
    // Done for all of them is one more call.
    plan.action = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: status(StatusChange::Done),
        files: Vec::new(),
        approved: None,
    };
    let said = "This help desk takes 5 changes a minute: finishes about 14:44.";
    assert_eq!(plan.summary().eta.as_deref(), Some(said));
    let mut plan = planned(change(status(StatusChange::Done)), &[(Verdict::WillChange, 500)]);
    plan.capabilities = Some(fernand);
    assert_eq!(plan.summary().eta, None, "two calls are over before anybody wonders");
}

#[rstest]
#[case(reply("Hello"), 0, "A reply cannot be recalled.")]
#[case(reply("Hello"), 30, "A reply cannot be recalled after the hold of 30 s.")]
#[case(Action::Reply { text: "Hello".into(), mass: true, then: status(StatusChange::Done), files: Vec::new(), approved: None }, 0,
    "A reply cannot be recalled. What changes with it can be undone.")]
#[case(change(status(StatusChange::Active)), 0, "Can be undone.")]
#[case(change(status(StatusChange::Done)), 0, "Can be undone until Done becomes Archived, in 7 days.")]
#[case(change(status(StatusChange::Archived)), 0, "Final: archived cannot be undone.")]
#[case(change(Change { block: true, priority: Some(Priority::Low), ..Change::default() }), 0,
    "Final: cannot be undone from here. Contacts are unblocked at the help desk. The rest can be undone.")]
#[case(change(Change { delete: true, ..Change::default() }), 0, "Final: a deleted conversation cannot be brought back from here.")]
fn what_can_be_undone_is_said_before(#[case] action: Action, #[case] hold: u32, #[case] said: &str) {
    let mut plan = planned(action, &[(Verdict::WillChange, 1)]);
    plan.sending.hold = hold;
    assert_eq!(undo_before(&plan), said);
}

#[rstest]
#[case(
    reply("Hello"),
    Some(10),
    "Send to 120 people, 10 first",
    Some("120"),
    "120 people get a real reply, counted and billed like any other. It cannot be recalled."
)]
#[case(
    reply("Hello"),
    Some(120),
    "Send to 120 people",
    Some("120"),
    "120 people get a real reply, counted and billed like any other. It cannot be recalled."
)]
#[case(
    change(status(StatusChange::Archived)),
    None,
    "Set 120 to Archived",
    Some("120"),
    "120 conversations end for good. Archived is final: it cannot be undone."
)]
#[case(change(Change { delete: true, ..Change::default() }), None, "Delete 120", Some("DELETE"),
    "120 conversations are deleted at the help desk, for the whole team. That is final.")]
#[case(change(Change { block: true, ..Change::default() }), None, "Block 120", Some("120"),
    "Whoever wrote 120 conversations is blocked: the help desk takes nothing from them any more, in any conversation.")]
fn the_button_and_what_stands_beside_it(
    #[case] action: Action,
    #[case] canary: Option<u32>,
    #[case] on_it: &str,
    #[case] typed: Option<&str>,
    #[case] beside: &str,
) {
    let mut plan = planned(action, &[(Verdict::WillChange, 120), (Verdict::Voice, 3)]);
    plan.sending.canary = canary;
    assert_eq!(button(&plan), on_it);
    assert_eq!(type_to_confirm(&plan).as_deref(), typed);
    assert_eq!(warning(&plan), beside);
}

#[test]
fn fifty_are_not_typed_except_to_delete() {
    assert_eq!(type_to_confirm(&sends(50)), None);
    assert_eq!(type_to_confirm(&sends(51)).as_deref(), Some("51"));
    let delete = planned(change(Change { delete: true, ..Change::default() }), &[(Verdict::WillChange, 1)]);
    assert_eq!(type_to_confirm(&delete).as_deref(), Some("DELETE"));
}

#[rstest]
#[case(Verdict::WithoutAttachment, Some("SMS carries no files"), "SMS carries no files; the text still goes")]
#[case(
    Verdict::WithoutAttachment,
    Some("this help desk takes no files"),
    "This help desk takes no files; the text still goes"
)]
#[case(Verdict::TooLong, Some("1700 of 1600 characters"), "1700 of 1600 characters. Shorten it")]
#[case(
    Verdict::Unsupported,
    Some("it cannot block contacts"),
    "Not with this help desk: it cannot block contacts"
)]
#[case(Verdict::AnsweredMeanwhile, None, "Somebody wrote since the list was frozen. Look first")]
#[case(Verdict::NotPermitted, None, "Your role may not reply to customers")]
#[case(
    Verdict::NotPermitted,
    Some("the change that follows"),
    "Your role may reply, but not make the change that follows"
)]
fn why_a_group_is_as_it_is(#[case] verdict: Verdict, #[case] detail: Option<&str>, #[case] why: &str) {
    let mut plan = planned(reply("Hello"), &[(verdict.clone(), 2)]);
    plan.items.iter_mut().for_each(|item| item.detail = detail.map(str::to_owned));
    assert_eq!(verdict_why(&verdict, &plan), why);
}

#[test]
fn once_per_person_leaves_out_the_older_threads() {
    let mut plan = planned(reply("Hello"), &[(Verdict::WillSend, 4), (Verdict::SamePerson, 2)]);
    assert_eq!(plan.count(), 6);
    plan.once_per_person = true;
    plan.assess([Verdict::WillSend, Verdict::SamePerson].map(finding).into());
    assert!(plan.items[0].included && !plan.items[1].included);
    assert_eq!(verdict_why(&Verdict::SamePerson, &plan), "Sent once, on the latest thread");
}

#[test]
fn files_and_dear_characters() {
    let file = FileRef { id: "f".into(), name: "report.pdf".into(), mime: "application/pdf".into(), size: 9 };
    let action = Action::Reply {
        text: "Today – or…".into(),
        mass: true,
        then: Change::default(),
        files: vec![file],
        approved: None,
    };
    let mut plan = planned(action, &[(Verdict::WillSend, 3)]);
    plan.items[0].with_files = true;
    let summary = plan.summary();
    assert_eq!((summary.files_reach.as_deref(), summary.sms_fix), (Some("reaches 1 of 3"), None));
    let mut sms = conversation("sms");
    sms.channel = Channel::Sms;
    plan.items[0].conversation = Arc::new(sms);
    assert_eq!(plan.summary().sms_fix, Some(('–', "-")));
    plan.items.iter_mut().for_each(|item| item.with_files = true);
    assert_eq!(plan.summary().files_reach.as_deref(), Some("reaches all 3"));
}
