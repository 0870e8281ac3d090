//! The client against servers that are something else, refuse, or stop in the middle.

use std::time::Duration;

use muster_model::{Change, ClientRef, EffectOutcome, RemoteId, StatusChange};
use rstest::rstest;

use super::RequestTracker;
use super::login::{detect_with, number_in};
use crate::tiny_server::{Answer, TinyServer, answer};
use crate::transport::Patience;
use crate::{ApiKey, Batch, Cursor, HelpDesk, NotSent, ReadError, Reply};

mod samples;

const JSON: &str = "application/json; charset=\"utf-8\"";
const UNAUTHORIZED: &str = r#"{"message":"Unauthorized"}"#;
const USER: &str = r#"{"id":27,"Name":"anna","RealName":"Anna Ågren","Privileged":1}"#;
const QUEUES: &str = r#"{"items":[{"id":"1","Name":"General","Lifecycle":"default"}],"total":null}"#;
const QUEUE: &str = r#"{"id":1,"Name":"General","TicketCustomFields":[{"id":"2","name":"Tags"}],
    "TicketTransactionCustomFields":[{"id":"3","name":"ClientRef"}]}"#;
const NONE: &str = r#"{"items":[],"total":0}"#;

const HASTY: Patience = Patience {
    connect: Duration::from_millis(300),
    read: Duration::from_secs(1),
    write: Duration::from_secs(1),
    silence: Duration::from_secs(1),
};

fn desk(url: &str) -> RequestTracker {
    RequestTracker::with(url, None, &ApiKey::new("1-27-6ea585e1".to_owned()), HASTY).unwrap()
}

fn ok(body: &str) -> Answer {
    answer("200 OK", JSON, body)
}

/// What is asked before the first write: who this is, queues, rights, colleagues.
fn greeting() -> Vec<Answer> {
    vec![ok(USER), ok(QUEUES), ok(QUEUE), ok(NONE), ok(NONE), ok(USER)]
}

fn done() -> Batch {
    Batch { ids: vec!["12".into()], change: Change { status: Some(StatusChange::Done), ..Change::default() } }
}

fn reply(text: &str) -> Reply {
    Reply {
        id: RemoteId::from("12"),
        text: text.to_owned(),
        client_ref: ClientRef::from("0197/0".to_owned()),
        mass: None,
        then: Change::default(),
        sent_at: "2026-11-20T10:00:00Z".parse().unwrap(),
        files: Vec::new(),
        approved: None,
    }
}

#[rstest]
#[case("1-27-6ea585e1", Some("27"))]
#[case(" 1-27-6ea585e1 ", Some("27"))]
#[case("2-27-6ea585e1", None)]
#[case("1-x-6ea585e1", None)]
#[case("1-27-", None)]
#[case("secret", None)]
fn a_token_says_whose_it_is(#[case] key: &str, #[case] expected: Option<&str>) {
    assert_eq!(number_in(&ApiKey::new(key.to_owned())).as_deref(), expected);
}

#[tokio::test]
async fn rt_is_known_by_how_it_refuses_strangers() {
    let refuses = || answer("401 Unauthorized", JSON, UNAUTHORIZED);
    let server = TinyServer::start([refuses(), refuses()]);
    let url = format!("{}/REST/2.0/", server.url);
    assert_eq!(detect_with(&url, HASTY).await.unwrap().version, None);
    let requests = server.requests().await;
    assert!(requests[0].starts_with("GET /REST/2.0/rt "), "{}", requests[0]);
    assert!(requests.iter().all(|request| !request.to_lowercase().contains("authorization")));
    let page = || answer("401 Unauthorized", "text/html", "<html>Sign in</html>");
    let server = TinyServer::start([page(), page()]);
    assert!(matches!(detect_with(&server.url, HASTY).await, Err(ReadError::Malformed { .. })));
}

#[tokio::test]
async fn a_key_that_does_not_say_whose_it_is_needs_a_login() {
    let key = ApiKey::new("something".to_owned());
    let desk = RequestTracker::with("http://127.0.0.1:9", None, &key, HASTY).unwrap();
    let Err(ReadError::BadAddress(sentence)) = desk.me().await else { panic!() };
    assert!(sentence.contains("--user"), "{sentence}");
}

#[tokio::test]
async fn the_key_travels_as_rt_wants_it() {
    let server = TinyServer::start(greeting().into_iter().take(4));
    let me = desk(&server.url).me().await.unwrap();
    assert_eq!((me.handle.as_str(), me.name.as_str(), me.may_reply), ("anna", "Anna Ågren", true));
    let requests = server.requests().await;
    assert!(requests[0].contains("authorization: token 1-27-6ea585e1"), "{}", requests[0]);
    assert!(requests[0].starts_with("GET /REST/2.0/user/27 "), "{}", requests[0]);
}

#[rstest]
#[case::closed(Answer::Bytes(Vec::new()))]
#[case::silent(Answer::Silence(Vec::new()))]
#[case::the_proxy_gave_up(answer("504 Gateway Time-out", "text/html", "<html>"))]
#[case::no_worker(answer("502 Bad Gateway", "text/html", "<html>"))]
#[case::half(Answer::Bytes(b"HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n[[\"12\"".to_vec()))]
#[tokio::test]
async fn what_was_sent_and_not_answered_is_unknown(#[case] fault: Answer) {
    let server = TinyServer::start(greeting().into_iter().chain([fault]));
    let outcomes = desk(&server.url).reply(&[reply("Hello")]).await.unwrap();
    assert!(matches!(outcomes[0].effects[..], [EffectOutcome::Unknown { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn an_empty_message_never_leaves() {
    let server = TinyServer::start(greeting());
    let outcomes = desk(&server.url).reply(&[reply(" \n")]).await.unwrap();
    let [EffectOutcome::Rejected { reason }] = &outcomes[0].effects[..] else { panic!("{outcomes:?}") };
    assert_eq!(reason.code, "empty");
    assert_eq!(server.requests().await.len(), 6, "nothing was sent");
}

#[tokio::test]
async fn what_rt_says_is_not_believed() {
    let said = r#"[["12","Ticket 12: Status changed from 'open' to 'resolved'"]]"#;
    let still_open =
        r#"{"items":[{"id":"12","Status":"open","LastUpdated":"2026-11-20T10:00:00Z"}],"total":1}"#;
    let server = TinyServer::start(greeting().into_iter().chain([ok(said), ok(still_open), ok(still_open)]));
    let outcomes = desk(&server.url).apply(&done()).await.unwrap();
    assert!(matches!(outcomes[0].effects[..], [EffectOutcome::Rejected { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn before_anything_left_it_is_not_sent() {
    let server = TinyServer::start([answer("401 Unauthorized", JSON, UNAUTHORIZED)]);
    assert!(matches!(desk(&server.url).apply(&done()).await, Err(NotSent::KeyRefused { .. })));
    let nobody = crate::tiny_server::nobody();
    assert!(matches!(desk(&nobody).reply(&[reply("Hello")]).await, Err(NotSent::Unreachable { .. })));
}

#[rstest]
#[case(Change { status: Some(StatusChange::Archived), ..Change::default() })]
#[case(Change { block: true, ..Change::default() })]
#[case(Change { team: Some(None), ..Change::default() })]
#[tokio::test]
async fn what_rt_cannot_do_is_refused_here(#[case] change: Change) {
    let batch = Batch { ids: vec!["12".into()], change };
    let desk = desk("http://127.0.0.1:9");
    assert!(matches!(desk.apply(&batch).await, Err(NotSent::Unsupported(_))));
}

#[tokio::test]
async fn another_server_begins_anew() {
    let cursor = Cursor(r#"{"transaction":812,"mark":812,"updated":1700000000}"#.to_owned());
    let server = TinyServer::start(greeting().into_iter().chain([ok(NONE)]));
    let found = desk(&server.url).changes(Some(&cursor)).await;
    assert!(matches!(found, Err(ReadError::NotFound { .. })), "{found:?}");
}
