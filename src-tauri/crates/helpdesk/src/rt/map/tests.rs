//! The mapping on answers that a Request Tracker 5.0.3 gave.

use std::sync::Arc;

use jiff::Timestamp;
use muster_model::{
    Author, Change, ClientRef, Effect, EffectOutcome, Engagement, Handle, MessageKind, Priority, SnoozeUntil,
    Status, StatusChange,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::rt::wire::{Attachment, List, Queue, Said, Ticket, Transaction};
use crate::{OutgoingFile, Reply};

const LISTED: &str = r#"{"count":1,"total":200,"per_page":1,"page":1,"pages":200,
  "next_page":"http://127.0.0.1:18201/REST/2.0/tickets?page=2","items":[
  {"type":"ticket","id":"189","_url":"http://127.0.0.1:18201/REST/2.0/ticket/189","Subject":"Change of address #10189",
   "Status":"stalled","Priority":"80","Created":"2026-11-16T20:10:42Z","LastUpdated":"2026-11-20T09:56:40Z",
   "Owner":{"type":"user","id":"chloe","Name":"chloe","RealName":"Chloé Dupont","_url":"x"},
   "Queue":{"type":"queue","id":"3","Name":"Customer care","Lifecycle":"default"},
   "Requestor":[{"type":"user","id":"customer50@shop.test","RealName":"Zoë Novák","EmailAddress":"customer50@shop.test"}],
   "Cc":[],"AdminCc":[{"type":"user","id":"anna"},{"type":"group","id":"35"}],
   "CustomFields":[{"type":"customfield","id":"2","name":"Tags","values":["vip","refund"]},
                   {"type":"customfield","id":"7","name":"Order","values":["48213"]},
                   {"type":"customfield","id":"8","name":"Empty","values":[]}]}]}"#;

const HISTORY: &str = r#"{"count":5,"total":null,"pages":null,"page":1,"per_page":100,"items":[
  {"type":"transaction","id":"98","Type":"Create","Creator":{"id":"customer50@shop.test"},"Created":"2026-09-22T21:58:10Z","Field":"","OldValue":"","NewValue":"","CustomFields":[]},
  {"id":"99","Type":"Correspond","Creator":{"id":"chloe","RealName":"Chloé Dupont"},"Created":"2026-09-23T08:00:00Z","Field":"","OldValue":"","NewValue":"",
   "CustomFields":[{"id":"3","name":"ClientRef","values":["0197/12"]}]},
  {"id":"100","Type":"EmailRecord","Creator":{"id":"chloe"},"Created":"2026-09-23T08:00:00Z","Field":""},
  {"id":"101","Type":"Status","Creator":{"id":"RT_System"},"Created":"2026-09-23T08:00:01Z","Field":"Status","OldValue":"new","NewValue":"open"},
  {"id":"102","Type":"Set","Creator":{"id":"anna"},"Created":"2026-09-23T08:00:02Z","Field":"Queue","OldValue":"1","NewValue":"3"},
  {"id":"103","Type":"CustomField","Creator":{"id":"anna"},"Created":"2026-09-23T08:00:02Z","Field":"2","OldValue":"","NewValue":"vip"},
  {"id":"104","Type":"Comment","Creator":{"id":"anna","RealName":"Anna Ågren"},"Created":"2026-09-23T08:00:03Z","Field":""},
  {"id":"105","Type":"Set","Creator":{"id":"anna"},"Created":"2026-09-23T08:00:04Z","Field":"Owner","OldValue":"6","NewValue":"29"}]}"#;

fn listed(with: &[(&str, Value)]) -> Ticket {
    let mut list: Value = serde_json::from_str(LISTED).unwrap();
    for (key, value) in with {
        list["items"][0][*key] = value.clone();
    }
    let list: List<Ticket> = serde_json::from_value(list).unwrap();
    assert_eq!(list.total, Some(200));
    list.items.into_iter().next().unwrap()
}

fn history() -> Vec<Transaction> {
    serde_json::from_str::<List<Transaction>>(HISTORY).unwrap().items
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn story(ticket: &Ticket) -> Story {
    Story::of(&history(), &ticket.requestor, &Cast::default())
}

#[test]
fn a_ticket_is_a_conversation() {
    let ticket = listed(&[]);
    let extra = Extra { story: story(&ticket), text: Some("Thank\n you.".into()), has_attachment: true };
    let conversation = conversation(ticket, extra, &Lifecycles::default()).unwrap();
    assert_eq!(conversation.id.as_str(), "189");
    assert_eq!(conversation.contact.email.as_deref(), Some("customer50@shop.test"));
    assert_eq!(conversation.contact.name, "Zoë Novák");
    assert_eq!(
        (conversation.status.clone(), conversation.priority.clone()),
        (Status::Snoozed, Priority::High)
    );
    assert_eq!(conversation.assignee.agent, Some(Handle::from("chloe")));
    assert_eq!(conversation.assignee.team, Some(Handle::from("customer-care")));
    assert_eq!(conversation.tags, ["refund", "vip"]);
    assert_eq!(conversation.followers, [Handle::from("anna")], "a group is nobody who follows");
    assert_eq!(
        conversation.custom_fields.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
        ["Order=48213"]
    );
    assert_eq!(conversation.updated, at("2026-11-20T09:56:40Z"));
    assert_eq!(conversation.last_inbound, Some(at("2026-09-22T21:58:10Z")));
    assert_eq!(conversation.last_outbound, Some(at("2026-09-23T08:00:00Z")));
    assert_eq!((conversation.engagement.clone(), conversation.waiting_since), (Engagement::Engaged, None));
    assert_eq!((conversation.message_count, conversation.stamp), (2, 105));
    let preview = conversation.preview.unwrap();
    assert_eq!((preview.text.as_str(), preview.from), ("Thank you.", Author::Agent));
}

#[rstest]
#[case("Owner", json!({"type":"user","id":"Nobody"}))]
#[case("Owner", json!(""))]
#[case("Owner", Value::Null)]
fn nobody_is_nobody(#[case] key: &str, #[case] value: Value) {
    let one = conversation(listed(&[(key, value)]), Extra::default(), &Lifecycles::default()).unwrap();
    assert_eq!(one.assignee.agent, None);
}

#[test]
fn what_is_not_set_is_not_set() {
    let ticket = listed(&[
        ("Requestor", json!("")),
        ("AdminCc", Value::Null),
        ("CustomFields", json!("")),
        ("LastUpdated", json!("1970-01-01T00:00:00Z")),
        ("id", json!(189)),
        ("Priority", json!(0)),
    ]);
    let one = conversation(ticket, Extra::default(), &Lifecycles::default()).unwrap();
    assert_eq!((one.id.as_str(), one.priority.clone()), ("189", Priority::None));
    assert!(one.tags.is_empty() && one.followers.is_empty() && one.contact.id.is_none());
    assert_eq!(one.updated, one.created);
}

#[rstest]
#[case("new", Engagement::Pending, Some(Status::Active))]
#[case("open", Engagement::Engaged, Some(Status::Active))]
// RT wakes nothing up when the customer writes: then it is shown.
#[case("stalled", Engagement::Engaged, Some(Status::Snoozed))]
#[case("stalled", Engagement::Pending, Some(Status::Active))]
#[case("resolved", Engagement::Engaged, Some(Status::Done))]
#[case("rejected", Engagement::Pending, Some(Status::Spam))]
#[case("deleted", Engagement::Pending, None)]
#[case("packing", Engagement::Pending, Some(Status::Active))]
#[case("called off", Engagement::Pending, Some(Status::Done))]
#[case("on the moon", Engagement::Pending, Some(Status::Other("on the moon".into())))]
fn statuses(#[case] word: &str, #[case] engagement: Engagement, #[case] expected: Option<Status>) {
    let mut lifecycles = Lifecycles::default();
    lifecycles.learn("orders", "packing", true);
    lifecycles.learn("orders", "Called off", false);
    let queue = json!({"type":"queue","id":"9","Name":"Orders","Lifecycle":"orders"});
    let last = Some((1, if engagement == Engagement::Engaged { Author::Agent } else { Author::Customer }));
    let extra = Extra { story: Story { last, ..Story::default() }, ..Extra::default() };
    let found = conversation(listed(&[("Status", json!(word)), ("Queue", queue)]), extra, &lifecycles);
    assert_eq!(found.map(|one| one.status), expected);
}

#[rstest]
#[case("default", StatusChange::Done, &[], Some("resolved"))]
#[case("default", StatusChange::Active, &[], Some("open"))]
#[case("default", StatusChange::Spam, &[], Some("rejected"))]
#[case("default", StatusChange::Snoozed(SnoozeUntil::Reply), &[], Some("stalled"))]
#[case("default", StatusChange::Archived, &[], None)]
#[case("orders", StatusChange::Done, &["packing", "shipped", "called off"], Some("shipped"))]
#[case("orders", StatusChange::Active, &["packing", "shipped"], Some("packing"))]
#[case("orders", StatusChange::Spam, &["packing", "shipped"], None)]
#[case("orders", StatusChange::Done, &["packing"], None)]
fn words_to_set(
    #[case] lifecycle: &str,
    #[case] change: StatusChange,
    #[case] next: &[&str],
    #[case] expected: Option<&str>,
) {
    let mut lifecycles = Lifecycles::default();
    lifecycles.learn("orders", "packing", true);
    lifecycles.learn("orders", "shipped", false);
    lifecycles.learn("orders", "called off", false);
    let next: Vec<String> = next.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(lifecycles.word(lifecycle, change, Some(&next)).as_deref(), expected);
}

#[rstest]
#[case("customer50@shop.test", "Correspond", Author::Customer)]
#[case("somebody@else.test", "Correspond", Author::Customer)]
#[case("chloe", "Correspond", Author::Agent)]
#[case("agent@desk.test", "Correspond", Author::Agent)]
#[case("RT_System", "Create", Author::Customer)]
#[case("RT_System", "Correspond", Author::System)]
fn who_wrote(#[case] login: &str, #[case] kind: &str, #[case] expected: Author) {
    let mut cast = Cast::default();
    cast.meet("Agent@desk.test");
    let entry: Transaction =
        serde_json::from_value(json!({"id":1,"Type":kind,"Creator":{"id":login}})).unwrap();
    assert_eq!(cast.author(&entry, &listed(&[]).requestor), expected);
}

#[test]
fn a_thread_tells_messages_notes_and_what_happened() {
    let parts: Vec<Attachment> = serde_json::from_value(json!([
        {"id":"10","TransactionId":"98","ContentType":"text/plain","Filename":"","ContentLength":"5","Content":"Hello ✓\n"},
        {"id":"11","TransactionId":99,"ContentType":"multipart/mixed","Filename":"","Content":""},
        {"id":"12","TransactionId":{"id":"99","type":"transaction"},"ContentType":"text/html","Filename":"","Content":"<p>On its <b>way</b></p>"},
        {"id":"13","TransactionId":"99","ContentType":"application/pdf","Filename":"bill.pdf","ContentLength":"8123","Content":""}
    ]))
    .unwrap();
    let names = Names {
        users: [("29".to_owned(), "ben".to_owned())].into(),
        queues: [("1".to_owned(), "General".to_owned()), ("3".to_owned(), "Billing".to_owned())].into(),
        tags_field: Some("2".to_owned()),
    };
    let messages = messages(&history(), parts, &listed(&[]).requestor, &Cast::default(), &names);
    let short: Vec<String> = messages
        .iter()
        .map(|message| {
            format!("{} {} {}: {}", message.id, message.kind.as_str(), message.from.as_str(), message.text)
        })
        .collect();
    assert_eq!(
        short,
        [
            "98 message customer: Hello ✓",
            "99 message agent: On its way",
            "101 event system: Status changed from new to open",
            "102 event system: Moved from General to Billing",
            "103 event system: Tagged vip",
            "104 note agent: ",
            "105 event system: Assigned to ben",
        ]
    );
    let reply = &messages[1];
    assert_eq!(reply.html.as_deref(), Some("<p>On its <b>way</b></p>"));
    assert_eq!((reply.author.as_str(), reply.client_ref.as_deref()), ("Chloé Dupont", Some("0197/12")));
    assert_eq!((reply.attachments[0].name.as_str(), reply.attachments[0].size), ("bill.pdf", 8123));
    assert_eq!(messages[5].kind, MessageKind::Note);
}

#[test]
fn a_change_is_what_rt_takes() {
    let queues: Vec<Queue> = serde_json::from_value(json!([{"id":"5","Name":"Customer care"}])).unwrap();
    let change = Change {
        agent: Some(None),
        team: Some(Some(Handle::from("Customer-Care"))),
        priority: Some(Priority::Urgent),
        ..Change::default()
    };
    let wanted = Wanted { status: Some("resolved".into()), ..Wanted::of(&change, &queues) };
    assert_eq!(
        serde_json::to_value(wanted.update(Some("12"))).unwrap(),
        json!({"id":"12","Status":"resolved","Owner":"Nobody","Queue":"5","Priority":100})
    );
}

#[rstest]
#[case(&["vip"], &["VIP"], &[], false, &["vip"])]
#[case(&["vip"], &["refund"], &[], false, &["vip", "refund"])]
#[case(&["vip", "bug"], &[], &["VIP", "none"], false, &["bug"])]
#[case(&["vip", "bug"], &["new"], &[], true, &["new"])]
fn tags_are_a_whole_list(
    #[case] now: &[&str],
    #[case] add: &[&str],
    #[case] remove: &[&str],
    #[case] clear: bool,
    #[case] expected: &[&str],
) {
    let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let change = Change {
        add_tags: owned(add),
        remove_tags: owned(remove),
        remove_all_tags: clear,
        ..Change::default()
    };
    assert_eq!(tags_after(&change, &owned(now)), expected);
}

fn outcome_words(ticket: &Ticket, change: &Change, wanted: &Wanted, done: bool) -> Vec<String> {
    let outcomes = outcomes(change, wanted, ticket, 7, |_| done, "Ticket 1: Zugriff verweigert");
    let word = |outcome: &EffectOutcome| match outcome {
        EffectOutcome::Applied { receipt } => format!("applied {}", receipt.stamp.unwrap()),
        EffectOutcome::Rejected { reason } => reason.message.clone(),
        other => format!("{other:?}"),
    };
    outcomes.iter().map(word).collect()
}

#[test]
fn outcomes_are_what_the_ticket_shows() {
    let change = Change {
        status: Some(StatusChange::Done),
        agent: Some(Some(Handle::from("Chloe"))),
        add_tags: vec!["VIP".into()],
        ..Change::default()
    };
    let wanted = Wanted { status: Some("resolved".into()), ..Wanted::of(&change, &[]) };
    assert_eq!(
        outcome_words(&listed(&[]), &change, &wanted, false),
        ["applied 7", "applied 7", "Ticket 1: Zugriff verweigert"]
    );
    // Somebody opened it again at once; the history shows that it was done.
    assert_eq!(outcome_words(&listed(&[]), &change, &wanted, true)[2], "applied 7");
}

#[test]
fn a_history_shows_what_was_done() {
    let wanted = Wanted { status: Some("resolved".into()), ..Wanted::default() };
    let effect = Effect::Status(StatusChange::Done);
    let entry = |who: &str, to: &str| -> Vec<Transaction> {
        serde_json::from_value(json!([{"id":1,"Type":"Status","Creator":{"id":who},"NewValue":to}])).unwrap()
    };
    assert!(was_done(&entry("anna", "resolved"), &effect, &wanted, "Anna"));
    assert!(!was_done(&entry("ben", "resolved"), &effect, &wanted, "anna"));
    assert!(!was_done(&entry("anna", "open"), &effect, &wanted, "anna"));
}

#[test]
fn a_reply_carries_its_reference_and_its_files() {
    let file = OutgoingFile {
        id: "x".into(),
        name: "Größe.txt".into(),
        mime: "text/plain".into(),
        bytes: b"hello".to_vec(),
    };
    let reply = Reply {
        id: "11".into(),
        text: "Hi ✓".into(),
        client_ref: ClientRef::from("op-1/11".to_owned()),
        mass: None,
        then: Change::default(),
        sent_at: Timestamp::UNIX_EPOCH,
        files: vec![Arc::new(file)],
        approved: None,
    };
    assert_eq!(
        serde_json::to_value(message(&reply, Some("resolved".into()), Some("ClientRef"))).unwrap(),
        json!({"id":"11","Content":"Hi ✓","ContentType":"text/plain","Status":"resolved",
               "TxnCustomFields":{"ClientRef":"op-1/11"},
               "Attachments":[{"FileName":"=?UTF-8?B?R3LDtsOfZS50eHQ=?=","FileType":"text/plain","FileContent":"aGVsbG8="}]})
    );
    let without = serde_json::to_value(message(&reply, None, None)).unwrap();
    assert!(without.get("TxnCustomFields").is_none() && without.get("Status").is_none());
}

#[test]
fn what_rt_says_is_kept_for_people() {
    let said: Vec<Said> = serde_json::from_str(
        r#"[["1","Ticket 1: Status von 'neu' auf 'offen' geändert"],[5],["7","a added","b added"]]"#,
    )
    .unwrap();
    let words: Vec<String> = said.iter().map(Said::words).collect();
    assert_eq!(words, ["Ticket 1: Status von 'neu' auf 'offen' geändert", "", "a added · b added"]);
}

#[rstest]
#[case(br#"{"message":"Unauthorized"}"#, Some("Unauthorized"))]
#[case(
    br#"{"message":"Unknown field: Foo at /usr/share/request-tracker5/lib/RT/Tickets.pm line 3187.\n"}"#,
    Some("Unknown field: Foo")
)]
#[case(b"<html>", None)]
#[case(br#"{"error":{"code":"x"}}"#, None)]
fn refusals(#[case] body: &[u8], #[case] expected: Option<&str>) {
    assert_eq!(refusal(body).map(|reason| reason.message), expected.map(str::to_owned));
}

#[rstest]
#[case("Billing", "billing")]
#[case("Customer care", "customer-care")]
#[case("  Größe & Maß!", "größe-maß")]
#[case("***", "queue-7")]
fn queues_have_handles(#[case] name: &str, #[case] expected: &str) {
    assert_eq!(slug(name, "7"), expected);
}

#[test]
fn a_priority_comes_back_as_itself() {
    for word in Priority::KNOWN {
        let number = priority_number(word).unwrap().to_string();
        assert_eq!(priority(&number), *word);
    }
}
