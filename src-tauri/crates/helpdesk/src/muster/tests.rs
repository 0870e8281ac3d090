//! The client against servers that break off, send pages, refuse, fall silent or lead elsewhere.

mod samples;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use muster_model::{Change, ClientRef, EffectOutcome, Handle, RemoteId, StatusChange};
use rstest::rstest;

use super::MusterDesk;
use super::client::detect_with;
use crate::tiny_server::{Answer, TinyServer, answer, nobody, with_headers};
use crate::transport::Patience;
use crate::{
    ApiKey, ApprovedReply, Batch, Cursor, Found, HelpDesk, ItemOutcome, LiveEvent, NotSent, OutgoingFile,
    ReadError, Reply,
};

const JSON: &str = "application/json";
const REFUSAL: &str = r#"{"error":{"code":"invalid","message":"Not like that.","field":null}}"#;
const PAGE: &str = "<!doctype html><title>Bad gateway</title>";

/// Enough for a machine under load to answer, little enough for a test that waits for its end.
const HASTY: Patience = Patience {
    connect: Duration::from_millis(300),
    read: Duration::from_secs(1),
    write: Duration::from_secs(1),
    silence: Duration::from_secs(1),
};

fn desk(url: &str) -> MusterDesk {
    MusterDesk::with(url, &ApiKey::new("mk-secret ".to_owned()), Patience::default()).unwrap()
}

fn hasty(url: &str) -> MusterDesk {
    MusterDesk::with(url, &ApiKey::new("mk-secret".to_owned()), HASTY).unwrap()
}

fn done_and_tagged() -> Batch {
    Batch {
        ids: vec!["c-1".into(), "c-2".into()],
        change: Change {
            status: Some(StatusChange::Done),
            agent: Some(None),
            add_tags: vec!["refund".to_owned()],
            ..Change::default()
        },
    }
}

fn reply(id: &str, client_ref: &str, status: Option<StatusChange>) -> Reply {
    Reply {
        id: id.into(),
        text: format!("Hello {id}"),
        client_ref: ClientRef::from(client_ref.to_owned()),
        mass: Some("Payments are back".to_owned()),
        then: Change { status, ..Change::default() },
        sent_at: "2026-05-20T14:30:00Z".parse().unwrap(),
        files: Vec::new(),
        approved: None,
    }
}

fn short(outcome: &EffectOutcome) -> String {
    match outcome {
        EffectOutcome::Applied { receipt } => format!("applied {}", receipt.stamp.unwrap_or_default()),
        EffectOutcome::Rejected { reason } => format!("rejected {}", reason.code),
        EffectOutcome::Skipped { reason } => format!("skipped {}", reason.code),
        EffectOutcome::Unknown { reason } => format!("unknown {}", reason.code),
    }
}

fn shorts(items: &[ItemOutcome]) -> Vec<(&str, Vec<String>)> {
    items.iter().map(|item| (item.id.as_str(), item.effects.iter().map(short).collect())).collect()
}

fn bytes(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

fn silence(text: &str) -> Answer {
    Answer::Silence(text.as_bytes().to_vec())
}

#[rstest]
#[case::closed(bytes(""), "no_answer")]
#[case::half_a_head(bytes("HTTP/1.1 200 OK\r\ncontent-le"), "no_answer")]
#[case::silent(silence(""), "no_answer")]
#[case::half_a_body(bytes("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"results\":["), "cut")]
#[case::silent_in_the_body(silence("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"results\":["), "cut")]
#[case::unfinished_chunks(
    bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res\r\n"),
    "cut"
)]
#[case::a_page(answer("200 OK", "text/html", PAGE), "not_understood")]
#[case::other_json(answer("200 OK", JSON, "[]"), "not_understood")]
#[case::empty(answer("200 OK", JSON, ""), "not_understood")]
#[case::elsewhere(with_headers("302 Found", "location: https://example.com/\r\n", ""), "not_understood")]
#[case::proxy_gave_up(answer("408 Request Timeout", "text/html", PAGE), "not_understood")]
#[case::broken(answer("500 Internal Server Error", JSON, REFUSAL), "server_error")]
#[case::bad_gateway(answer("502 Bad Gateway", "text/html", PAGE), "server_error")]
#[case::gateway_timeout(answer("504 Gateway Timeout", "text/html", PAGE), "server_error")]
#[case::silent_about_all(answer("200 OK", JSON, r#"{"results":[]}"#), "not_stated")]
#[tokio::test]
async fn a_write_without_a_clear_answer_is_unknown(#[case] said: Answer, #[case] code: &str) {
    let server = TinyServer::start([said]);
    let outcomes = hasty(&server.url).apply(&done_and_tagged()).await.unwrap();
    let unknown = vec![format!("unknown {code}"); 3];
    assert_eq!(shorts(&outcomes), [("c-1", unknown.clone()), ("c-2", unknown)]);
    assert_eq!(server.requests().await.len(), 1, "never repeated by itself");
}

#[rstest]
#[case("401 Unauthorized", "key")]
#[case("403 Forbidden", "permission Not like that.")]
#[case("429 Too Many Requests", "slow 3")]
#[case("400 Bad Request", "refused invalid")]
#[case("404 Not Found", "refused invalid")]
#[case("409 Conflict", "refused invalid")]
#[case("413 Content Too Large", "refused invalid")]
#[case("422 Unprocessable Content", "refused invalid")]
#[tokio::test]
async fn a_write_refused_before_the_work_is_not_sent(#[case] status: &str, #[case] expected: &str) {
    let headers = format!("content-type: {JSON}\r\nretry-after: 3\r\n");
    let server = TinyServer::start([with_headers(status, &headers, REFUSAL)]);
    let not_sent = desk(&server.url).reply(&[reply("c-1", "j/0", None)]).await.unwrap_err();
    let said = match not_sent {
        NotSent::KeyRefused { .. } => "key".to_owned(),
        NotSent::NotPermitted { message } => format!("permission {message}"),
        NotSent::SlowDown { retry_after } => format!("slow {}", retry_after.unwrap_or_default().as_secs()),
        NotSent::Refused { reason } => format!("refused {}", reason.code),
        other => panic!("{other:?}"),
    };
    assert_eq!(said, expected);
}

#[tokio::test]
async fn nobody_there_is_not_sent() {
    let desk = desk(&nobody());
    assert!(matches!(desk.apply(&done_and_tagged()).await, Err(NotSent::Unreachable { .. })));
    assert!(matches!(desk.follow(&"c-1".into(), true).await, Err(NotSent::Unreachable { .. })));
    assert!(matches!(desk.me().await, Err(ReadError::Unreachable { .. })));
}

#[tokio::test]
async fn a_tls_handshake_without_end_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let desk = hasty(&format!("https://{}", listener.local_addr().unwrap()));
    assert!(matches!(desk.apply(&done_and_tagged()).await, Err(NotSent::Unreachable { .. })));
}

#[tokio::test]
async fn outcomes_stand_in_the_order_asked() {
    let body = r#"{"results":[
        {"id":"c-2","outcome":"rejected","reason":{"code":"archived","message":"Archived."},"seq":9},
        {"id":"c-1","outcome":"applied","reason":null,"seq":8,"new_field":{}}]}"#;
    let server = TinyServer::start([answer("200 OK", JSON, body)]);
    let outcomes = desk(&server.url).apply(&done_and_tagged()).await.unwrap();
    let three = |word: &str| vec![word.to_owned(); 3];
    assert_eq!(shorts(&outcomes), [("c-1", three("applied 8")), ("c-2", three("rejected archived"))]);

    let request = server.requests().await.remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /api/conversations/bulk http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer mk-secret\r\n"), "{head}");
    assert!(head.contains("user-agent: muster/0.1.0"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let change = serde_json::json!({"status":"done","agent":null,"add_tags":["refund"]});
    assert_eq!(body, serde_json::json!({"ids":["c-1","c-2"],"change":change}));
}

#[tokio::test]
async fn replies_end_each_in_their_own_way() {
    let done = Some(StatusChange::Done);
    let replies = ["j/0", "j/1", "j/2", "j/3", "j/4", "j/5"].map(|client_ref| reply("c-1", client_ref, done));
    let body = r#"{"results":[
        {"id":"c-1","client_ref":"j/0","outcome":"applied","message_id":"m-1","at":"2026-05-20T14:31:00.000Z","status":{"outcome":"applied"},"seq":5},
        {"id":"c-1","client_ref":"j/1","outcome":"applied","message_id":"m-2","status":{"outcome":"rejected","reason":{"code":"archived","message":"No."}},"seq":6},
        {"id":"c-1","client_ref":"j/2","outcome":"skipped","reason":{"code":"voice","message":"Calls."},"status":null,"seq":7},
        {"id":"c-1","client_ref":"j/3","outcome":"applied","message_id":"m-3","duplicate":true,"status":null,"seq":8},
        {"id":"c-1","client_ref":"j/4","outcome":"postponed","status":null,"seq":9}]}"#;
    let server = TinyServer::start([answer("200 OK", JSON, body)]);
    let outcomes = desk(&server.url).reply(&replies).await.unwrap();
    let effects: Vec<String> =
        outcomes.iter().map(|item| shorts(std::slice::from_ref(item))[0].1.join(", ")).collect();
    assert_eq!(
        effects,
        [
            "applied 5, applied 5",
            "applied 6, rejected archived",
            "skipped voice, skipped reply_not_sent",
            "applied 8, unknown not_stated",
            "unknown not_understood, unknown not_understood",
            "unknown not_stated, unknown not_stated",
        ]
    );
    let EffectOutcome::Applied { receipt } = &outcomes[0].effects[0] else { panic!() };
    assert_eq!((receipt.id.as_deref(), receipt.at), (Some("m-1"), "2026-05-20T14:31:00Z".parse().ok()));

    let request = server.requests().await.remove(0);
    let body: serde_json::Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        (&body["status"], &body["mass"], &body["name"]),
        (&"done".into(), &true.into(), &"Payments are back".into())
    );
    assert_eq!(body["replies"][1], serde_json::json!({"id":"c-1","text":"Hello c-1","client_ref":"j/1"}));
}

#[tokio::test]
async fn after_one_call_left_a_later_one_cannot_say_not_sent() {
    let first = r#"{"results":[{"client_ref":"j/0","outcome":"applied","message_id":"m-1","seq":5}]}"#;
    let server =
        TinyServer::start([answer("200 OK", JSON, first), answer("429 Too Many Requests", JSON, REFUSAL)]);
    let replies = [reply("c-1", "j/0", None), reply("c-2", "j/1", Some(StatusChange::Done))];
    let outcomes = desk(&server.url).reply(&replies).await.unwrap();
    let expected = [("c-1", vec!["applied 5".to_owned()]), ("c-2", vec!["unknown not_sent".to_owned(); 2])];
    assert_eq!(shorts(&outcomes), expected);
}

#[tokio::test]
async fn only_the_status_can_ride_on_a_reply() {
    let mut tagged = reply("c-1", "j/0", None);
    tagged.then.add_tags.push("refund".to_owned());
    assert!(matches!(desk(&nobody()).reply(&[tagged]).await, Err(NotSent::Unsupported(_))));
}

#[tokio::test]
async fn an_approved_text_is_named_and_its_gaps_are_filled() {
    let body = r#"{"results":[{"client_ref":"j/0","outcome":"applied","message_id":"m-1","seq":5},
        {"client_ref":"j/1","outcome":"applied","message_id":"m-2","seq":6}]}"#;
    let server = TinyServer::start([answer("200 OK", JSON, body)]);
    let approved = ApprovedReply { name: "issue_resolved".to_owned(), parameters: vec!["Ada".to_owned()] };
    let replies = [
        Reply {
            approved: Some(approved),
            text: "Hello Ada, it is solved.".to_owned(),
            ..reply("c-1", "j/0", None)
        },
        reply("c-2", "j/1", None),
    ];
    desk(&server.url).reply(&replies).await.unwrap();
    let asked = server.requests().await.remove(0);
    assert!(asked.contains(r#""template":{"name":"issue_resolved","parameters":["Ada"]}"#), "{asked}");
    assert!(asked.contains(r#""id":"c-1","text":"""#), "the server takes no text beside it: {asked}");
    assert_eq!(asked.matches("template").count(), 1, "{asked}");
}

#[tokio::test]
async fn finds_replies_in_the_order_asked() {
    let body = r#"{"replies":[{"client_ref":"j/1","found":false},
        {"client_ref":"j/0","found":true,"id":"c-1","message_id":"m-1","at":"2026-05-20T14:31:00.000Z","seq":4}]}"#;
    let server = TinyServer::start([answer("200 OK", JSON, body)]);
    let sent = ["j/0", "j/1", "j/2"].map(|client_ref| reply("c-1", client_ref, None));
    let found = desk(&server.url).find_replies(&sent).await.unwrap();
    assert!(
        matches!(&found[0], Found::Yes(receipt) if receipt.stamp == Some(4) && receipt.id.as_deref() == Some("m-1"))
    );
    assert_eq!(found[1..], [Found::No, Found::CannotTell]);
}

#[rstest]
#[case::key(answer("401 Unauthorized", JSON, REFUSAL), "refuses the key. Check it")]
#[case::role(answer("403 Forbidden", JSON, REFUSAL), "Not like that.")]
#[case::unknown(answer("404 Not Found", JSON, REFUSAL), "does not know the conversation c-1")]
#[case::wrong_place(answer("404 Not Found", "text/html", PAGE), "Check the address.")]
#[case::gone(answer("410 Gone", JSON, REFUSAL), "does not know the conversation c-1")]
#[case::slow(answer("429 Too Many Requests", JSON, REFUSAL), "slow down")]
#[case::broken(answer("500 Internal Server Error", JSON, REFUSAL), "a problem of its own (500)")]
#[case::proxy(answer("502 Bad Gateway", "text/html", PAGE), "a problem of its own (502)")]
#[case::a_page(answer("200 OK", "text/html", PAGE), "sent a page, not data")]
#[case::other_json(answer("200 OK", JSON, "{}"), "missing field `conversation`")]
#[case::cut(bytes("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"), "cut off")]
#[case::closed(bytes(""), "Cannot reach")]
#[case::silent(silence(""), "Cannot reach")]
#[tokio::test]
async fn a_read_says_why_it_failed(#[case] said: Answer, #[case] part: &str) {
    let server = TinyServer::start([said]);
    let sentence = hasty(&server.url).thread(&RemoteId::new("c-1")).await.unwrap_err().to_string();
    assert!(sentence.contains(part), "{sentence}");
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let target = format!("http://{}", other.local_addr().unwrap());
    let moved = |status| with_headers(status, &format!("location: {target}/api/me\r\n"), "");
    let server = TinyServer::start([
        moved("302 Found"),
        moved("307 Temporary Redirect"),
        moved("308 Permanent Redirect"),
    ]);
    let desk = desk(&server.url);
    let sentence = desk.me().await.unwrap_err().to_string();
    assert!(sentence.contains(&format!("sends us on to {target}")), "{sentence}");
    assert_eq!(short(&desk.follow(&"c-1".into(), true).await.unwrap()), "unknown not_understood");
    assert!(matches!(desk.events().await, Err(ReadError::Malformed { .. })));
    assert_eq!(server.requests().await.len(), 3);
    assert_eq!(
        other.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock,
        "the key went to another host"
    );
}

#[tokio::test]
async fn a_place_that_the_server_does_not_know_is_not_found() {
    let body = r#"{"error":{"code":"cursor_gone","message":"Start again.","field":null}}"#;
    let server = TinyServer::start([answer("409 Conflict", JSON, body)]);
    let failed = desk(&server.url).changes(Some(&Cursor("c.1&x=2".to_owned()))).await;
    assert!(matches!(failed, Err(ReadError::NotFound { .. })), "{failed:?}");
    let request = server.requests().await.remove(0);
    assert!(request.starts_with("GET /api/changes?cursor=c.1%26x%3D2 "), "{request}");
}

#[tokio::test]
async fn abilities_are_careful_until_the_server_says_more() {
    let body = r#"{"agent":{"id":"a-1","handle":"mira@brindlewick.example","name":"Mira Okafor","role":"viewer",
        "permissions":{"reply":false,"change":false,"note":false,"follow":true}},"tenant":"Brindlewick Goods",
        "capabilities":{"max_batch":500,"max_replies":400,"idempotent_replies":true,"settle_ms":2000,"events":true,"follow":true,
        "snooze_until_reply":true,"mass_reply_note":true,"limits":{"tag_chars":40,"requests_per_minute":6000,"reply_chars":{"sms":1600}}}}"#;
    let directory = r#"{"agents":[{"id":"a-1","handle":"mira@brindlewick.example","name":"Mira Okafor","team_ids":["t-2","t-9"]}],
        "teams":[{"id":"t-2","handle":"billing","name":"Billing"}],"tags":[{"name":"vip","color":3},{"name":"odd","color":12}],
        "channels":["email","telegram"],"conversations":2000}"#;
    let server = TinyServer::start([answer("200 OK", JSON, body), answer("200 OK", JSON, directory)]);
    let desk = desk(&server.url);
    assert!(!desk.capabilities().dedupes_replies);
    assert_eq!(desk.capabilities().settle, Duration::from_secs(120));

    let me = desk.me().await.unwrap();
    assert_eq!((me.handle.as_str(), me.may_reply, me.may_change), ("mira@brindlewick.example", false, false));
    let capabilities = desk.capabilities();
    assert!(capabilities.dedupes_replies);
    assert_eq!(
        (capabilities.max_batch, capabilities.max_replies, capabilities.max_tag_chars),
        (500, 400, 40)
    );
    assert_eq!(capabilities.settle, Duration::from_secs(2));
    assert_eq!(capabilities.max_reply_chars, [(muster_model::Channel::Sms, 1600)]);

    let directory = desk.directory().await.unwrap();
    assert_eq!(directory.tenant, "Brindlewick Goods");
    assert_eq!(directory.agents[0].teams, [Handle::from("billing")]);
    assert_eq!(directory.tags.iter().map(|tag| tag.color).collect::<Vec<_>>(), [Some(3), None]);
    assert_eq!(directory.channels[1].as_str(), "telegram");
}

#[tokio::test]
async fn detects_by_name_and_without_a_key() {
    let ours = answer("200 OK", JSON, r#"{"name":"muster-desk","version":"0.1.0"}"#);
    let server = TinyServer::start([ours, answer("200 OK", JSON, r#"{"status":"ok"}"#)]);
    assert_eq!(detect_with(&server.url, HASTY).await.unwrap().version, "0.1.0");
    let sentence = detect_with(&server.url, HASTY).await.unwrap_err().to_string();
    assert!(sentence.contains("something else runs there"), "{sentence}");
    let requests = server.requests().await;
    assert!(requests[0].starts_with("GET /api/health "), "{}", requests[0]);
    assert!(!requests[0].to_lowercase().contains("authorization"), "{}", requests[0]);
}

#[tokio::test]
async fn the_stream_maps_events_and_resumes() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let first = "event: hello\nid: 4824\ndata: {\"seq\":4824}\n\n: still here\n\n\
        event: change\nid: 4825\ndata: {\"id\":\"c-1\",\"seq\":4825,\"kind\":\"message\"}\n\nevent: weather\ndata: rain\n\n\
        event: change\nid: 4826\ndata: garbled\n\n";
    let second = "event: reset\nid: 9000\ndata: {\"seq\":9000}\n\n";
    let server = TinyServer::start([bytes(&format!("{head}{first}")), bytes(&format!("{head}{second}"))]);
    let desk = desk(&server.url);

    let events: Vec<_> = desk.events().await.unwrap().unwrap().map(Result::unwrap).collect().await;
    let changed = |id: Option<&str>| LiveEvent::Changed { id: id.map(RemoteId::from) };
    assert_eq!(events, [LiveEvent::Connected, changed(Some("c-1")), changed(None)]);
    let events: Vec<_> = desk.events().await.unwrap().unwrap().map(Result::unwrap).collect().await;
    assert_eq!(events, [LiveEvent::Connected, LiveEvent::Reset]);

    let requests: Vec<String> =
        server.requests().await.iter().map(|request| request.to_lowercase()).collect();
    assert!(!requests[0].contains("last-event-id"), "{}", requests[0]);
    assert!(requests[1].contains("last-event-id: 4826\r\n"), "{}", requests[1]);
}

#[tokio::test]
async fn a_silent_stream_ends_with_an_error() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n: here\n\n";
    let server = TinyServer::start([silence(head)]);
    let events: Vec<_> = hasty(&server.url).events().await.unwrap().unwrap().collect().await;
    assert!(
        matches!(events[..], [Ok(LiveEvent::Connected), Err(ReadError::Unreachable { .. })]),
        "{events:?}"
    );
}

#[test]
fn a_key_is_never_printed_and_must_fit_a_header() {
    let printed = format!("{:?}", desk("https://desk.example.com"));
    assert!(!printed.contains("mk-secret"), "{printed}");
    let refused = MusterDesk::new("https://desk.example.com", ApiKey::new("two\nlines".to_owned()));
    assert!(matches!(refused, Err(ReadError::KeyRefused { .. })));
    let open = MusterDesk::new("http://desk.example.com", ApiKey::new("key".to_owned()));
    assert!(matches!(open, Err(ReadError::BadAddress(_))));
}

#[tokio::test]
async fn a_server_that_lost_what_was_uploaded_gets_it_again() {
    let uploaded = |id: &str| answer("200 OK", JSON, &format!(r#"{{"id":"{id}"}}"#));
    let forgot =
        r#"{"error":{"code":"unknown_file","message":"There is no uploaded file f-1.","field":null}}"#;
    let sent =
        r#"{"results":[{"id":"c-1","client_ref":"j/0","outcome":"applied","message_id":"m-1","seq":5}]}"#;
    let server = TinyServer::start([
        uploaded("f-1"),
        answer("422 Unprocessable Content", JSON, forgot),
        uploaded("f-2"),
        answer("200 OK", JSON, sent),
    ]);
    let (name, mime) = ("größe.txt".to_owned(), "text/plain".to_owned());
    let file = OutgoingFile { id: "ab".to_owned(), name, mime, bytes: b"38".to_vec() };
    let with_file = Reply { files: vec![Arc::new(file)], ..reply("c-1", "j/0", None) };
    let outcomes = desk(&server.url).reply(&[with_file]).await.unwrap();
    assert_eq!(shorts(&outcomes), [("c-1", vec!["applied 5".to_owned()])]);
    let requests = server.requests().await;
    assert!(
        requests[0].starts_with("POST /api/attachments?name=gr%C3%B6%C3%9Fe.txt HTTP/1.1"),
        "{}",
        requests[0]
    );
    assert!(requests[0].ends_with("\r\n\r\n38"), "{}", requests[0]);
    assert!(requests[1].contains(r#""files":["f-1"]"#) && requests[3].contains(r#""files":["f-2"]"#));
}
