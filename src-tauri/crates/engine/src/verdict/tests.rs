use muster_model::Change;
use rstest::rstest;

use super::*;
use crate::samples::{conversation, me, now};

fn mass(text: &str) -> Action {
    Action::Reply {
        text: text.into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    }
}

/// A help desk that can do everything.
fn able() -> Capabilities {
    Capabilities {
        max_batch: 500,
        max_replies: 400,
        dedupes_replies: true,
        finds_by_reference: true,
        settle: std::time::Duration::ZERO,
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
        notes: true,
        note_files: true,
        block: true,
        delete: true,
        files: true,
        attachments: true,
        test_messages: true,
        auto_archive: None,
        snooze: true,
        tags: true,
        no_team: true,
    }
}

fn seen(conversation: &Conversation) -> Subject<'_> {
    static NOTHING: BTreeMap<String, String> = BTreeMap::new();
    Subject { conversation, own: None, typed: &NOTHING, answered: false, left_out: false }
}

fn judge_all(
    action: &Action,
    me: &Me,
    able: &Capabilities,
    drop: &BTreeSet<Verdict>,
    subjects: &[Subject<'_>],
) -> Vec<Finding> {
    let is_chosen = matches!(action, Action::Reply { approved: Some(_), .. });
    let bench = Bench {
        action,
        effects: action.effects(),
        template: action.template(false),
        approved: action.template(true).filter(|_| is_chosen),
        me,
        tenant: "Brindlewick",
        capabilities: Some(able),
        recent: HashSet::from([RemoteId::from("recent")]),
        drop,
        now: now(),
    };
    bench.judge(subjects)
}

fn judge(action: &Action, me: &Me, audience: &[Conversation]) -> Vec<Finding> {
    let subjects: Vec<Subject<'_>> = audience.iter().map(seen).collect();
    judge_all(action, me, &able(), &BTreeSet::new(), &subjects)
}

fn change(conversation: &mut Conversation, what: &str) {
    match what {
        "archived" => conversation.status = Status::Archived,
        "voice" => conversation.channel = Channel::Voice,
        "no address" => conversation.contact.email = Some(" ".into()),
        "no phone" => {
            conversation.channel = Channel::Sms;
            conversation.contact.phone = None;
        }
        "whatsapp, old" => {
            conversation.channel = Channel::Whatsapp;
            conversation.last_inbound = Some(now() - SignedDuration::from_hours(25));
        }
        "whatsapp, new" => conversation.channel = Channel::Whatsapp,
        "nameless" => conversation.contact.name = "marta@mail.example".into(),
        "no-reply" => conversation.contact.email = Some("No-Reply@shop.example".into()),
        "recent" => conversation.id = RemoteId::from("recent"),
        "silent" => conversation.last_inbound = Some(now() - SignedDuration::from_hours(91 * 24)),
        _ => {}
    }
}

#[rstest]
#[case("plain", "Hello", Verdict::WillSend)]
#[case("archived", "Hello", Verdict::Archived)]
#[case("voice", "Hello", Verdict::Voice)]
#[case("no address", "Hello", Verdict::NoAddress)]
#[case("no phone", "Hello", Verdict::NoAddress)]
#[case("whatsapp, old", "Hello", Verdict::WindowClosed)]
#[case("whatsapp, new", "Hello", Verdict::WillSend)]
#[case("plain", "Hello {{nickname}}", Verdict::UnknownMergeTag)]
#[case("voice", "Hello {{nickname}}", Verdict::Voice)]
#[case("nameless", "Hello {{customer_first_name}}", Verdict::EmptyField)]
#[case("nameless", "Hello {{customer_first_name|there}}", Verdict::WillSend)]
#[case("no-reply", "Hello", Verdict::NoReply)]
#[case("recent", "Hello", Verdict::RecentMassReply)]
#[case("silent", "Hello", Verdict::Silent)]
fn a_mass_reply(#[case] what: &str, #[case] text: &str, #[case] verdict: Verdict) {
    let mut conversation = conversation("1");
    change(&mut conversation, what);
    assert_eq!(judge(&mass(text), &me(), &[conversation])[0].verdict, verdict);
}

#[test]
fn values_are_kept_in_the_order_of_the_text() {
    let found = judge(
        &mass("{{customer_first_name}}, {{case_number}}, {{customer_first_name}}"),
        &me(),
        &[conversation("1")],
    );
    assert_eq!(found[0].values, ["Marta", "48213", "Marta"]);
}

#[test]
fn an_empty_field_is_named() {
    let mut nameless = conversation("1");
    nameless.contact.name.clear();
    let found = judge(&mass("Hello {{customer_first_name}}"), &me(), &[nameless]);
    assert_eq!(found[0].detail.as_deref(), Some("first name"));
}

#[test]
fn too_long_for_the_platform() {
    let mut instagram = conversation("1");
    instagram.channel = Channel::Instagram;
    let found = judge(&mass(&"a".repeat(1001)), &me(), &[instagram, conversation("2")]);
    assert_eq!(found[0].verdict, Verdict::TooLong);
    assert_eq!(found[1].verdict, Verdict::WillSend);
}

#[test]
fn the_same_person_is_marked_on_all_but_the_latest_thread() {
    let person = Some(RemoteId::from("c1"));
    let mut audience: Vec<Conversation> = ["1", "2", "3", "4"].map(conversation).into();
    for (index, conversation) in audience.iter_mut().enumerate() {
        conversation.contact.id.clone_from(&person);
        conversation.last_inbound = Some(now() - SignedDuration::from_hours([5, 1, 3, 0][index]));
    }
    audience[3].channel = Channel::Voice;
    let verdicts: Vec<Verdict> =
        judge(&mass("Hello"), &me(), &audience).into_iter().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::SamePerson, Verdict::WillSend, Verdict::SamePerson, Verdict::Voice]);
}

#[rstest]
#[case::outside("whatsapp, old", "Hello", &["{{customer_first_name|there}}"], Verdict::ApprovedText, true)]
#[case::nothing_else_is_written("whatsapp, old", "", &["you"], Verdict::ApprovedText, true)]
#[case::an_open_gap("whatsapp, old", "Hello", &[" "], Verdict::EmptyField, false)]
#[case::an_empty_field("whatsapp, old", "Hello", &["{{case_number}}"], Verdict::EmptyField, false)]
#[case::no_such_tag("whatsapp, old", "Hello", &["{{order}}"], Verdict::UnknownMergeTag, false)]
#[case::archived("archived", "Hello", &["you"], Verdict::Archived, false)]
#[case::within("", "Hello", &["you"], Verdict::WillSend, false)]
fn an_approved_text(
    #[case] what: &str,
    #[case] text: &str,
    #[case] fills: &[&str],
    #[case] verdict: Verdict,
    #[case] is_approved: bool,
) {
    let mut conversation = conversation("1");
    conversation.case_number = None;
    change(&mut conversation, what);
    let approved = muster_model::Approved {
        name: "issue_resolved".into(),
        text: "Hello {{1}}, it is solved.".into(),
        fills: fills.iter().map(|fill| (*fill).to_owned()).collect(),
    };
    let action = Action::Reply {
        text: text.into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: Some(approved),
    };
    let found = judge(&action, &me(), &[conversation]).remove(0);
    assert_eq!((&found.verdict, found.approved), (&verdict, is_approved), "{found:?}");
    if is_approved {
        assert_eq!(found.values.len(), action.template(true).unwrap().tags().count());
    }
}

#[test]
fn an_approved_text_is_whatsapps_and_carries_no_files() {
    let mut facebook = conversation("1");
    change(&mut facebook, "whatsapp, old");
    let mut whatsapp = facebook.clone();
    facebook.channel = Channel::Facebook;
    whatsapp.id = "2".into();
    let approved =
        muster_model::Approved { name: "call_us".into(), text: "Call us.".into(), fills: Vec::new() };
    let file = FileRef { id: "a".into(), name: "a.txt".into(), mime: "text/plain".into(), size: 1 };
    let action = Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: vec![file],
        approved: Some(approved),
    };
    let found = judge(&action, &me(), &[facebook, whatsapp]);
    assert_eq!(found[0].verdict, Verdict::WindowClosed);
    assert_eq!((&found[1].verdict, found[1].with_files), (&Verdict::WithoutAttachment, false));
    assert!(found[1].approved, "the approved text goes without them");
}

#[test]
fn a_reply_to_one_asks_nothing() {
    let mut silent = conversation("1");
    change(&mut silent, "silent");
    let action = Action::Reply {
        text: "Hello".into(),
        mass: false,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    };
    assert_eq!(judge(&action, &me(), &[silent])[0].verdict, Verdict::WillSend);
}

#[rstest]
#[case("plain", StatusChange::Done, Verdict::WillChange)]
#[case("plain", StatusChange::Active, Verdict::NoChange)]
#[case("archived", StatusChange::Active, Verdict::Archived)]
#[case("archived", StatusChange::Archived, Verdict::NoChange)]
#[case("voice", StatusChange::Done, Verdict::WillChange)]
fn a_status(#[case] what: &str, #[case] status: StatusChange, #[case] verdict: Verdict) {
    let mut conversation = conversation("1");
    change(&mut conversation, what);
    let action = Action::Change { change: Change { status: Some(status), ..Change::default() } };
    assert_eq!(judge(&action, &me(), &[conversation])[0].verdict, verdict);
}

#[rstest]
#[case::free("", true, true, Verdict::WillChange)]
#[case::nobody_reads_what_only_we_read("window", true, true, Verdict::WillChange)]
#[case::calls("voice", true, true, Verdict::WillChange)]
#[case::archived("archived", true, true, Verdict::Archived)]
#[case::role("", false, true, Verdict::NotPermitted)]
#[case::help_desk("", true, false, Verdict::Unsupported)]
fn a_note(#[case] what: &str, #[case] may_note: bool, #[case] notes: bool, #[case] verdict: Verdict) {
    let mut conversation = conversation("1");
    match what {
        "archived" => conversation.status = Status::Archived,
        "window" => {
            conversation.channel = Channel::Whatsapp;
            conversation.last_inbound = None;
        }
        "voice" => conversation.channel = Channel::Voice,
        _ => {}
    }
    let me = Me { may_note, may_reply: false, may_change: false, ..me() };
    let able = Capabilities { notes, ..able() };
    let action = Action::Note { text: "Look".into(), mentions: Vec::new(), files: Vec::new() };
    let subjects = [seen(&conversation)];
    let findings = judge_all(&action, &me, &able, &BTreeSet::new(), &subjects);
    assert_eq!(findings[0].verdict, verdict);
}

#[rstest]
#[case::taken(true, Verdict::WillChange)]
#[case::not_taken(false, Verdict::Unsupported)]
fn files_of_a_note(#[case] note_files: bool, #[case] verdict: Verdict) {
    // No customer gets them: the channel does not count.
    let sms = Conversation { channel: Channel::Sms, ..conversation("1") };
    let file = FileRef { id: "f".into(), name: "a.txt".into(), mime: "text/plain".into(), size: 1 };
    let action = Action::Note { text: "Look".into(), mentions: Vec::new(), files: vec![file] };
    let able = Capabilities { note_files, ..able() };
    let found = judge_all(&action, &me(), &able, &BTreeSet::new(), &[seen(&sms)]);
    assert_eq!((&found[0].verdict, found[0].with_files), (&verdict, note_files));
}

#[test]
fn without_the_permission_nothing_leaves() {
    let viewer = Me { may_reply: false, may_change: false, ..me() };
    let done = Action::Change { change: Change { status: Some(StatusChange::Done), ..Change::default() } };
    for action in [mass("Hello"), done] {
        assert_eq!(judge(&action, &viewer, &[conversation("1")])[0].verdict, Verdict::NotPermitted);
    }
    assert_eq!(
        judge(&Action::Follow { on: true }, &viewer, &[conversation("1")])[0].verdict,
        Verdict::WillChange
    );
}

fn with_file(size: u64) -> Action {
    let file = FileRef { id: "f".into(), name: "report.pdf".into(), mime: "application/pdf".into(), size };
    Action::Reply {
        text: "Hello".into(),
        mass: true,
        then: Change::default(),
        files: vec![file],
        approved: None,
    }
}

#[rstest]
#[case(Channel::Email, 20, true, None)]
#[case(Channel::Sms, 1, true, Some("SMS carries no files"))]
#[case(Channel::Whatsapp, 16, true, None)]
#[case(Channel::Whatsapp, 17, true, Some("WhatsApp takes up to 16 MB, report.pdf has 17 MB"))]
#[case(Channel::Email, 1, false, Some("this help desk takes no files"))]
fn files_go_where_they_can(
    #[case] channel: Channel,
    #[case] megabytes: u64,
    #[case] files: bool,
    #[case] dropped: Option<&str>,
) {
    let conversation = Conversation { channel, ..conversation("1") };
    let able = Capabilities { files, ..able() };
    let action = with_file(megabytes * 1024 * 1024);
    let found = judge_all(&action, &me(), &able, &BTreeSet::new(), &[seen(&conversation)]).remove(0);
    let verdict = if dropped.is_some() { Verdict::WithoutAttachment } else { Verdict::WillSend };
    assert_eq!(
        (found.verdict, found.detail.as_deref(), found.with_files),
        (verdict, dropped, dropped.is_none())
    );
}

#[rstest]
#[case(Change { block: true, ..Change::default() }, Capabilities { block: false, ..able() }, Verdict::Unsupported)]
#[case(Change { delete: true, ..Change::default() }, Capabilities { delete: false, ..able() }, Verdict::Unsupported)]
#[case(Change { block: true, delete: true, ..Change::default() }, able(), Verdict::WillChange)]
#[case(Change { add_tags: vec!["t".repeat(51)], ..Change::default() }, able(), Verdict::TooLong)]
#[case(Change { add_tags: vec!["t".repeat(50)], ..Change::default() }, able(), Verdict::WillChange)]
fn what_the_server_takes(#[case] change: Change, #[case] able: Capabilities, #[case] verdict: Verdict) {
    let conversation = conversation("1");
    for action in [
        Action::Change { change: change.clone() },
        Action::Reply { text: "Hello".into(), mass: true, then: change, files: Vec::new(), approved: None },
    ] {
        let found = judge_all(&action, &me(), &able, &BTreeSet::new(), &[seen(&conversation)]).remove(0);
        let expected = match (&verdict, action.is_reply()) {
            (Verdict::WillChange, true) => &Verdict::WillSend,
            (other, _) => other,
        };
        assert_eq!(found.verdict, *expected);
    }
}

#[rstest]
#[case(Change { block: true, ..Change::default() }, Verdict::WillChange)]
#[case(Change { delete: true, ..Change::default() }, Verdict::WillChange)]
#[case(Change { block: true, add_tags: vec!["a".into()], ..Change::default() }, Verdict::Archived)]
fn what_still_fits_archived(#[case] change: Change, #[case] verdict: Verdict) {
    let archived = Conversation { status: Status::Archived, ..conversation("1") };
    assert_eq!(judge(&Action::Change { change }, &me(), &[archived])[0].verdict, verdict);
}

#[test]
fn what_was_typed_fills_an_empty_field() {
    let mut nameless = conversation("1");
    nameless.contact.name.clear();
    let action = mass("Hello {{customer_first_name}}");
    let empty = judge(&action, &me(), std::slice::from_ref(&nameless)).remove(0);
    assert_eq!((empty.verdict, empty.missing), (Verdict::EmptyField, vec!["customer_first_name".to_owned()]));
    let typed = BTreeMap::from([("customer_first_name".to_owned(), "Marta".to_owned())]);
    let filled = Subject { typed: &typed, ..seen(&nameless) };
    let found = judge_all(&action, &me(), &able(), &BTreeSet::new(), &[filled]).remove(0);
    assert_eq!((found.verdict, found.values), (Verdict::WillSend, vec!["Marta".to_owned()]));
}

#[test]
fn answered_meanwhile_weighs_more_than_what_only_asks() {
    let mut silent = conversation("1");
    change(&mut silent, "silent");
    let answered = || Subject { answered: true, ..seen(&silent) };
    let done = Action::Change { change: Change { status: Some(StatusChange::Done), ..Change::default() } };
    for action in [mass("Hello"), done] {
        let found = judge_all(&action, &me(), &able(), &BTreeSet::new(), &[answered()]).remove(0);
        assert_eq!(found.verdict, Verdict::AnsweredMeanwhile);
    }
}

#[test]
fn whoever_is_dropped_is_not_the_thread_of_a_person() {
    let person = Some(RemoteId::from("c1"));
    let mut audience: Vec<Conversation> = ["1", "recent"].map(conversation).into();
    for (index, conversation) in audience.iter_mut().enumerate() {
        conversation.contact.id.clone_from(&person);
        conversation.last_inbound = Some(now() - SignedDuration::from_hours([5, 1][index]));
    }
    let verdicts = |drop: &[Verdict], left_out: bool| -> Vec<Verdict> {
        let mut subjects: Vec<Subject<'_>> = audience.iter().map(seen).collect();
        subjects[1].left_out = left_out;
        let drop = drop.iter().cloned().collect();
        let found = judge_all(&mass("Hello"), &me(), &able(), &drop, &subjects);
        found.into_iter().map(|finding| finding.verdict).collect()
    };
    assert_eq!(verdicts(&[], false), [Verdict::SamePerson, Verdict::RecentMassReply]);
    assert_eq!(verdicts(&[Verdict::RecentMassReply], false), [Verdict::WillSend, Verdict::RecentMassReply]);
    assert_eq!(verdicts(&[], true), [Verdict::WillSend, Verdict::RecentMassReply]);
}

#[rstest]
#[case(Change { status: Some(StatusChange::Archived), ..Change::default() }, Some(Effect::Status(StatusChange::Archived)))]
#[case(Change { block: true, delete: true, ..Change::default() }, Some(Effect::Delete))]
#[case(Change { block: true, ..Change::default() }, Some(Effect::Block))]
#[case(Change { status: Some(StatusChange::Done), ..Change::default() }, None)]
fn what_nobody_can_take_back(#[case] change: Change, #[case] step: Option<Effect>) {
    assert_eq!(final_step(&Action::Change { change }), step);
}
