use muster_model::Change;
use rstest::rstest;

use super::*;
use crate::samples::{conversation, me, now};

fn mass(text: &str) -> Action {
    Action::Reply { text: text.into(), mass: true, then: Change::default(), files: Vec::new() }
}

fn judge(action: &Action, me: &Me, audience: &[Conversation]) -> Vec<Finding> {
    let template = match action {
        Action::Reply { text, .. } => Some(Template::parse(text)),
        _ => None,
    };
    let recent = HashSet::from([RemoteId::from("recent")]);
    let bench = Bench { action, template, me, tenant: "Brindlewick", capabilities: None, recent, now: now() };
    bench.judge(&audience.iter().collect::<Vec<_>>())
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

#[test]
fn a_reply_to_one_asks_nothing() {
    let mut silent = conversation("1");
    change(&mut silent, "silent");
    let action = Action::Reply { text: "Hello".into(), mass: false, then: Change::default(), files: Vec::new() };
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
