//! What only Fernand does: a bulk call that names successes, calls that are counted, sketches, notes with mentions.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use muster_model::{Change, ClientRef, EffectOutcome, EffectState, Mention, RemoteId, StatusChange};
use serde_json::json;

use super::Samples;
use crate::fernand::Fernand;
use crate::kit::{Call, World};
use crate::tiny_server::{answer, with_headers};
use crate::{ApiKey, Batch, Delta, HelpDesk, NotSent, Note, Now, ReadError, Reply};

const JSON: &str = "application/json";

/// A clock that a test moves, and a connection that goes by it.
fn desk(url: &str) -> (Arc<AtomicI64>, Fernand) {
    let second = Arc::new(AtomicI64::new(1_779_287_400));
    let read = Arc::clone(&second);
    let now = Now::new(move || Timestamp::from_second(read.load(Ordering::SeqCst)).unwrap());
    (second, Fernand::with_clock(url, ApiKey::new("mk-secret".to_owned()), now).unwrap())
}

fn done(ids: &[&str]) -> Batch {
    let change = Change { status: Some(StatusChange::Done), ..Change::default() };
    Batch { ids: ids.iter().copied().map(RemoteId::from).collect(), change }
}

fn shorts(outcome: &crate::ItemOutcome) -> Vec<String> {
    let short = |outcome: &EffectOutcome| match outcome {
        EffectOutcome::Applied { .. } => "applied".to_owned(),
        EffectOutcome::Rejected { reason } => format!("rejected {}", reason.code),
        EffectOutcome::Skipped { reason } => format!("skipped {}", reason.code),
        EffectOutcome::Unknown { reason } => format!("unknown {}", reason.code),
    };
    outcome.effects.iter().map(short).collect()
}

#[tokio::test]
async fn what_is_not_named_failed_and_is_looked_at_again() {
    let running = World { half: true, ..World::of(3) }.serve(Samples);
    let (_, desk) = desk(&running.url);
    let outcomes = desk.apply(&done(&["1001", "1002", "4711", "c-7"])).await.unwrap();
    let said: Vec<_> = outcomes.iter().map(shorts).collect();
    assert_eq!(said, [["applied"], ["rejected not_changed"], ["rejected not_found"], ["rejected not_found"]]);
    let EffectOutcome::Rejected { reason } = &outcomes[1].effects[0] else { panic!() };
    assert!(reason.message.ends_with("It is active."), "{}", reason.message);
    assert_eq!(running.asked(Call::Apply)[0].json(), json!({"ids":[1001,1002,4711],"status":"CLOSED"}));
}

#[tokio::test]
async fn it_was_so_all_the_same() {
    let mut world = World { half: true, ..World::of(2) };
    world.rows[0].status = Some("CLOSED");
    let running = world.serve(Samples);
    let (_, desk) = desk(&running.url);
    let outcomes = desk.apply(&done(&["1001", "1002"])).await.unwrap();
    assert_eq!(shorts(&outcomes[1]), ["applied"], "a colleague was faster");
}

#[tokio::test]
async fn several_tags_are_several_calls_and_the_second_may_be_lost() {
    let running = World::of(2).serve(Samples);
    let (_, desk) = desk(&running.url);
    let change = Change {
        status: Some(StatusChange::Done),
        add_tags: vec!["refund".into(), "vip".into()],
        remove_tags: vec!["new".into()],
        ..Change::default()
    };
    let batch = Batch { change, ..done(&["1001", "1002"]) };
    let outcomes = desk.apply(&batch).await.unwrap();
    assert!(outcomes.iter().all(|outcome| shorts(outcome) == ["applied"; 4]), "{outcomes:?}");
    let bodies: Vec<_> = running.asked(Call::Apply).iter().map(|asked| asked.json()).collect();
    let expected = [
        json!({"ids":[1001,1002],"tag":"refund","untag":"new"}),
        json!({"ids":[1001,1002],"tag":"vip","status":"CLOSED"}),
    ];
    assert_eq!(bodies, expected);
}

#[tokio::test]
async fn nothing_leaves_that_would_be_refused() {
    let running = World::of(2).serve(Samples);
    let (second, desk) = desk(&running.url);
    // One write left in this minute, by the server's clock, which is years behind.
    let headers = "content-type: application/json\r\nx-ratelimit-limit: 5\r\nx-ratelimit-remaining: 1\r\n\
                   x-ratelimit-reset: 1700000040\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n";
    running.fail(Call::Apply, 1, move || with_headers("200 OK", headers, r#"{"conversations":[]}"#));
    desk.apply(&done(&["1001"])).await.unwrap();
    let mut two_calls = done(&["1001"]);
    two_calls.change.add_tags = vec!["a".into(), "b".into()];
    let not_sent = desk.apply(&two_calls).await.unwrap_err();
    let NotSent::SlowDown { retry_after } = not_sent else { panic!("{not_sent:?}") };
    assert_eq!(retry_after.unwrap().as_secs(), 40);
    assert_eq!(running.asked(Call::Apply).len(), 1, "neither of the two left");
    assert_eq!(desk.write_rate().unwrap().remaining, 1);
    assert_eq!(
        (desk.capabilities().writes_per_minute, desk.capabilities().reads_per_minute),
        (Some(5), Some(20))
    );
    second.fetch_add(40, Ordering::SeqCst);
    desk.apply(&two_calls).await.unwrap();
    assert_eq!(running.asked(Call::Apply).len(), 3);
}

#[tokio::test]
async fn a_refusal_without_retry_after_is_waited_for_all_the_same() {
    let running = World::of(2).serve(Samples);
    let (second, desk) = desk(&running.url);
    let headers = "content-type: application/json\r\nx-ratelimit-limit: 20\r\nx-ratelimit-remaining: 0\r\n\
                   x-ratelimit-reset: 1700000030\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n";
    running
        .fail(Call::Thread, 1, move || with_headers("429 Too Many Requests", headers, r#"{"error":"Slow"}"#));
    for _ in 0..2 {
        let failed = desk.thread(&"1001".into()).await.unwrap_err();
        let ReadError::SlowDown { retry_after } = failed else { panic!("{failed:?}") };
        assert_eq!(retry_after.unwrap().as_secs(), 30);
    }
    assert_eq!(running.asked(Call::Thread).len(), 1, "the second was not even asked");
    second.fetch_add(30, Ordering::SeqCst);
    desk.thread(&"1001".into()).await.unwrap();
}

#[tokio::test]
async fn our_own_writes_come_with_the_next_changes() {
    let running = World::of(2).serve(Samples);
    let (_, desk) = desk(&running.url);
    desk.me().await.unwrap();
    let walked = desk.changes(None).await.unwrap();
    let outcomes = desk.apply(&done(&["1001"])).await.unwrap();
    let EffectOutcome::Applied { receipt } = &outcomes[0].effects[0] else { panic!() };
    let page = desk.changes(Some(&walked.next)).await.unwrap();
    let [Delta::Sketch(sketch)] = &page.deltas[..] else { panic!("{:?}", page.deltas) };
    assert_eq!(sketch.id.as_str(), "1001");
    assert!(Some(sketch.stamp) >= receipt.stamp, "whoever waits for the receipt's state has it now");
    assert_eq!(sketch.tags, ["refund"]);
    let quiet = desk.changes(Some(&page.next)).await.unwrap();
    assert_eq!((quiet.deltas.len(), quiet.next), (0, page.next));
}

#[tokio::test]
async fn a_reply_is_known_by_its_text_where_no_reference_comes_back() {
    let running = World::of(2).serve(Samples);
    let (_, desk) = desk(&running.url);
    let reply = |client_ref: &str, text: &str, sent_at: &str| Reply {
        id: "1001".into(),
        text: text.to_owned(),
        client_ref: ClientRef::from(client_ref.to_owned()),
        mass: None,
        then: Change::default(),
        sent_at: sent_at.parse().unwrap(),
        files: Vec::new(),
        approved: None,
    };
    let hello = reply("j/0", "Hello", "2026-05-20T14:30:59Z");
    desk.reply(std::slice::from_ref(&hello)).await.unwrap();
    let (_, other_process) = super::own::desk(&running.url);
    // One entry is one reply: of two with the same text, one arrived.
    let sent = [
        hello.clone(),
        reply("j/1", "Hello", "2026-05-20T14:30:59Z"),
        reply("j/2", "Hello", "2026-05-20T14:31:30Z"),
    ];
    let found = other_process.find_replies(&sent).await.unwrap();
    assert!(matches!(found[0], crate::Found::Yes(_)));
    assert_eq!(found[1..], [crate::Found::No, crate::Found::No]);
    let then = Reply { then: Change { status: Some(StatusChange::Done), ..Change::default() }, ..hello };
    assert!(matches!(desk.reply(&[then]).await, Err(NotSent::Unsupported(_))));
}

#[tokio::test]
async fn mentions_are_numbers_or_everyone() {
    let running = World::of(1).serve(Samples);
    let (_, desk) = desk(&running.url);
    desk.me().await.unwrap();
    let note = |mentions: &[&str]| Note {
        id: "1001".into(),
        text: "Look".to_owned(),
        mentions: mentions
            .iter()
            .map(|handle| Mention { handle: (*handle).into(), name: String::new() })
            .collect(),
        client_ref: ClientRef::from("j/0".to_owned()),
        files: Vec::new(),
        sent_at: "2026-05-20T14:30:30Z".parse().unwrap(),
    };
    let noted = desk.note(&note(&["Jonas@b.example", "everyone"])).await.unwrap();
    assert_eq!(noted.state(), EffectState::Applied);
    let body = running.asked(Call::Note)[0].json();
    assert_eq!(body, json!({"content":"Look","mentions":["43","everyone"],"generated_id":"j/0"}));
    let unknown = desk.note(&note(&["ghost@b.example"])).await.unwrap_err();
    assert!(matches!(&unknown, NotSent::Refused { reason } if reason.code == "unknown_agent"), "{unknown:?}");
}

#[tokio::test]
async fn a_fernand_is_known_by_its_refusal() {
    let running = World::of(1).serve(Samples);
    running.fail(Call::Other, 1, || answer("401 Unauthorized", JSON, r#"{"error":"Invalid API key"}"#));
    crate::fernand::detect(&running.url).await.unwrap();
    assert!(!running.everything_asked()[0].head.contains("x-api-key"), "without a key");
    assert!(crate::fernand::detect(&running.url).await.is_err(), "whoever asks for no key is another");
}

#[tokio::test]
async fn who_is_gone_is_asked_for_before_it_is_told() {
    let running = World::of(4).serve(Samples);
    let (_, desk) = desk(&running.url);
    let mut cursor = None;
    for _ in 0..3 {
        let page = desk.changes(cursor.as_ref()).await.unwrap();
        cursor = Some(page.next);
    }
    running.change(|world| world.rows.truncate(3));
    let mut gone = Vec::new();
    for _ in 0..30 {
        let page = desk.changes(cursor.as_ref()).await.unwrap();
        gone.extend(page.deltas.into_iter().filter(|delta| matches!(delta, Delta::Gone(_))));
        cursor = Some(page.next);
    }
    assert_eq!(gone, [Delta::Gone("1001".into())]);
}
