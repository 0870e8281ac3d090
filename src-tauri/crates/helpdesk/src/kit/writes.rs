//! The write side: an answer per conversation, and `NotSent` only where nothing was.

use std::net::TcpListener;

use muster_model::{
    Change, ClientRef, EffectOutcome, EffectState, Handle, Priority, RemoteId, SnoozeUntil, StatusChange,
};

use super::reads::{HASTY, PAGE, bytes, silence};
use super::{Call, Server, World};
use crate::tiny_server::{Answer, answer, nobody, with_headers};
use crate::{Batch, Found, ItemOutcome, NotSent, Note, Reply};

const JSON: &str = "application/json";

fn ids(server: impl Server) -> Vec<RemoteId> {
    vec![RemoteId::new(server.id(1001)), RemoteId::new(server.id(1002))]
}

/// Two effects, in every help desk one call.
fn done_and_unassigned(server: impl Server) -> Batch {
    let change = Change { status: Some(StatusChange::Done), agent: Some(None), ..Change::default() };
    Batch { ids: ids(server), change }
}

fn reply_of(server: impl Server, number: u32, client_ref: &str) -> Reply {
    Reply {
        id: RemoteId::new(server.id(number)),
        text: format!("Hello <{number}> & all,\n\nit works again."),
        client_ref: ClientRef::from(client_ref.to_owned()),
        mass: None,
        then: Change::default(),
        sent_at: "2026-05-20T14:30:00Z".parse().unwrap(),
        files: Vec::new(),
        approved: None,
    }
}

fn states(outcomes: &[ItemOutcome]) -> Vec<Vec<EffectState>> {
    outcomes.iter().map(|outcome| outcome.effects.iter().map(EffectOutcome::state).collect()).collect()
}

/// A way in which an answer can break.
type Broken = (&'static str, Box<dyn Fn() -> Answer + Send>);

/// Answers after which nobody knows what became of a write.
fn unclear(server: impl Server) -> Vec<Broken> {
    let own = server.refusal();
    let made = |name, make: fn() -> Answer| -> Broken { (name, Box::new(make)) };
    let mut cases = vec![
        made("closed", || bytes("")),
        made("half a head", || bytes("HTTP/1.1 200 OK\r\ncontent-le")),
        made("silence", || silence("")),
        made("half a body", || bytes("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"a\":[")),
        made("unfinished chunks", || {
            bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res\r\n")
        }),
        made("a page", || answer("200 OK", "text/html", PAGE)),
        made("other JSON", || answer("200 OK", JSON, "17")),
        made("nothing", || answer("200 OK", JSON, "")),
        made("elsewhere", || with_headers("302 Found", "location: https://example.com/\r\n", "")),
        made("a proxy that gave up", || answer("408 Request Timeout", "text/html", PAGE)),
        made("502", || answer("502 Bad Gateway", "text/html", PAGE)),
        made("504", || answer("504 Gateway Timeout", "text/html", PAGE)),
    ];
    cases.push(("500", Box::new(move || answer("500 Internal Server Error", JSON, own))));
    cases
}

/// Refusals before any work.
const REFUSALS: [(&str, &str); 9] = [
    ("401 Unauthorized", "key"),
    ("403 Forbidden", "permission"),
    ("429 Too Many Requests", "slow"),
    ("400 Bad Request", "refused"),
    ("404 Not Found", "refused"),
    ("409 Conflict", "refused"),
    ("412 Precondition Failed", "refused"),
    ("413 Content Too Large", "refused"),
    ("422 Unprocessable Content", "refused"),
];

fn kind(not_sent: &NotSent) -> &'static str {
    match not_sent {
        NotSent::Unreachable { .. } => "unreachable",
        NotSent::KeyRefused { .. } => "key",
        NotSent::NotPermitted { .. } => "permission",
        NotSent::SlowDown { .. } => "slow",
        NotSent::Refused { .. } => "refused",
        NotSent::Unsupported(_) => "unsupported",
    }
}

/// One outcome per conversation and effect, in the order asked, in one request.
pub(crate) async fn applies_in_the_order_asked(server: impl Server) {
    let running = World::of(2).serve(server);
    let outcomes = running.connect(HASTY).apply(&done_and_unassigned(server)).await.unwrap();
    assert_eq!(outcomes.iter().map(|outcome| outcome.id.clone()).collect::<Vec<_>>(), ids(server));
    assert_eq!(states(&outcomes), vec![vec![EffectState::Applied; 2]; 2]);
    assert_eq!(running.asked(Call::Apply).len(), 1);
    let none = Batch { ids: Vec::new(), ..done_and_unassigned(server) };
    assert_eq!(running.connect(HASTY).apply(&none).await.unwrap(), []);
    assert_eq!(running.asked(Call::Apply).len(), 1, "nothing to do is no call");
}

/// Whatever comes back after the first byte left: unknown, for each, and never repeated here.
pub(crate) async fn leaves_unknown_what_the_answer_does_not_say(server: impl Server) {
    for (name, made) in unclear(server) {
        let running = World::of(2).serve(server);
        running.fail(Call::Apply, 9, made);
        let outcomes = running.connect(HASTY).apply(&done_and_unassigned(server)).await;
        let outcomes = outcomes.unwrap_or_else(|not_sent| panic!("{name}: “{not_sent}” of what was sent"));
        assert_eq!(states(&outcomes), vec![vec![EffectState::Unknown; 2]; 2], "{name}");
        assert_eq!(running.asked(Call::Apply).len(), 1, "{name}: repeated by itself");
    }
}

/// The server's own "I looked at it and did not begin" is one; so is nobody listening.
pub(crate) async fn says_not_sent_only_where_nothing_was(server: impl Server) {
    let own = server.refusal();
    for (status, expected) in REFUSALS {
        let running = World::of(2).serve(server);
        let headers = format!("content-type: {JSON}\r\nretry-after: 3\r\n");
        running.fail(Call::Apply, 9, move || with_headers(status, &headers, own));
        let not_sent = running.connect(HASTY).apply(&done_and_unassigned(server)).await.unwrap_err();
        assert_eq!(kind(&not_sent), expected, "{status}");
        match not_sent {
            NotSent::SlowDown { retry_after } => assert_eq!(retry_after.unwrap().as_secs(), 3),
            NotSent::Refused { reason } if !status.starts_with("412") => {
                assert_eq!(reason.message, "Not like that.", "{status}: in its own words");
            }
            _ => {}
        }
    }
}

/// Of a conversation that the answer does not mention nobody says that it was applied.
pub(crate) async fn believes_half_an_answer_half(server: impl Server) {
    let running = World { half: true, ..World::of(2) }.serve(server);
    let outcomes = running.connect(HASTY).apply(&done_and_unassigned(server)).await.unwrap();
    assert_eq!(states(&outcomes)[0], vec![EffectState::Applied; 2]);
    assert!(states(&outcomes)[1].iter().all(|state| *state != EffectState::Applied), "{outcomes:?}");
    for outcome in &outcomes[1].effects {
        let (EffectOutcome::Rejected { reason }
        | EffectOutcome::Skipped { reason }
        | EffectOutcome::Unknown { reason }) = outcome
        else {
            continue;
        };
        assert!(!reason.message.is_empty(), "a reason is never missing");
    }
}

/// No connection, no byte: not sent.
pub(crate) async fn cannot_reach_nobody(server: impl Server) {
    let desk = server.connect(&nobody(), HASTY);
    let not_sent = desk.apply(&done_and_unassigned(server)).await.unwrap_err();
    assert_eq!(kind(&not_sent), "unreachable");
    let not_sent = desk.reply(&[reply_of(server, 1001, "j/0")]).await.unwrap_err();
    assert_eq!(kind(&not_sent), "unreachable");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let handshake = server.connect(&format!("https://{}", listener.local_addr().unwrap()), HASTY);
    let not_sent = handshake.apply(&done_and_unassigned(server)).await.unwrap_err();
    assert_eq!(kind(&not_sent), "unreachable", "a TLS handshake without end");
}

/// What the capabilities deny is refused here, without a request.
pub(crate) async fn refuses_what_it_cannot_do_without_asking(server: impl Server) {
    let running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    let can = desk.capabilities();
    let none = Change::default;
    let until_reply = StatusChange::Snoozed(SnoozeUntil::Reply);
    let denied = [
        (can.archive, Change { status: Some(StatusChange::Archived), ..none() }),
        (can.snooze_until_reply, Change { status: Some(until_reply), ..none() }),
        (can.teams, Change { team: Some(Some(Handle::from("billing"))), ..none() }),
        (can.priority, Change { priority: Some(Priority::High), ..none() }),
        (can.clear_tags, Change { remove_all_tags: true, ..none() }),
        (can.block, Change { block: true, ..none() }),
        (can.delete, Change { delete: true, ..none() }),
    ];
    for (_, change) in denied.into_iter().filter(|(can, _)| !can) {
        let batch = Batch { ids: ids(server), change };
        // A capability that only an answer tells is denied by the engine; a connector may leave it to the server then.
        let before = running.asked(Call::Apply).len();
        match desk.apply(&batch).await {
            Err(NotSent::Unsupported(sentence)) => assert!(!sentence.is_empty()),
            left => assert!(running.asked(Call::Apply).len() > before, "neither asked nor said: {left:?}"),
        }
    }
}

/// A reply is one request, carries its reference, and what it says arrives as it is written.
pub(crate) async fn replies_with_its_reference(server: impl Server) {
    let running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    let outcomes = desk.reply(&[reply_of(server, 1001, "j/0")]).await.unwrap();
    let [EffectOutcome::Applied { receipt }] = &outcomes[0].effects[..] else { panic!("{outcomes:?}") };
    let asked = running.asked(Call::Reply);
    assert_eq!(asked.len(), 1);
    assert!(asked[0].body.contains("j/0"), "{}", asked[0].body);
    running.change(|world| {
        assert_eq!(world.replies.len(), 1);
        assert!(world.replies[0].1.contains("it works again."), "{:?}", world.replies);
    });
    let thread = desk.thread(&ids(server)[0]).await.unwrap();
    let ours = thread.messages.iter().find(|message| message.text.contains("it works again."));
    let ours = ours.expect("the reply is not in its thread");
    assert_eq!(ours.text, "Hello <1001> & all,\n\nit works again.");
    assert_eq!(receipt.id.as_deref(), Some(ours.id.as_str()), "the receipt names the message");
    assert_eq!(ours.client_ref.as_deref(), Some("j/0"), "whoever sent it recognises it");

    let own = server.refusal();
    for (status, expected) in REFUSALS {
        let running = World::of(2).serve(server);
        running.fail(Call::Reply, 9, move || answer(status, JSON, own));
        let not_sent = running.connect(HASTY).reply(&[reply_of(server, 1001, "j/0")]).await.unwrap_err();
        assert_eq!(kind(&not_sent), expected, "{status}");
    }
}

/// After an answer was lost: found where it arrived, and by another process, too; not found where it did not.
pub(crate) async fn finds_a_reply_whose_answer_was_lost(server: impl Server) {
    let running = World::of(2).serve(server);
    let sent = [reply_of(server, 1001, "j/0"), reply_of(server, 1002, "j/1")];
    running.fail_after(Call::Reply, 1, || bytes(""));
    let outcomes = running.connect(HASTY).reply(&sent[..1]).await.unwrap();
    assert_eq!(states(&outcomes), [[EffectState::Unknown]]);
    let found = running.connect(HASTY).find_replies(&sent).await.unwrap();
    assert!(matches!(found[0], Found::Yes(_)), "{found:?}");
    assert_eq!(found[1], Found::No);

    running.fail(Call::Find, 9, || answer("502 Bad Gateway", "text/html", PAGE));
    let failed = running.connect(HASTY).find_replies(&sent).await;
    assert!(failed.is_err(), "a look that failed is no “not there”: {failed:?}");
}

/// However its answer breaks, a reply leaves once and ends as unknown.
pub(crate) async fn never_sends_a_reply_twice_by_itself(server: impl Server) {
    for (name, made) in unclear(server) {
        let running = World::of(2).serve(server);
        running.fail_after(Call::Reply, 9, made);
        let outcomes = running.connect(HASTY).reply(&[reply_of(server, 1001, "j/0")]).await;
        let outcomes = outcomes.unwrap_or_else(|not_sent| panic!("{name}: “{not_sent}” of what was sent"));
        assert_eq!(states(&outcomes), [[EffectState::Unknown]], "{name}");
        assert_eq!(running.asked(Call::Reply).len(), 1, "{name}: a customer would hear it twice");
    }
}

/// A note is taken, or the capability said that it is not.
pub(crate) async fn writes_notes_or_says_that_it_cannot(server: impl Server) {
    let running = World::of(2).serve(server);
    let desk = running.connect(HASTY);
    let note = note_of(server, 1001, "j/0");
    let noted = desk.note(&note).await;
    if !desk.capabilities().notes {
        assert!(matches!(noted, Err(NotSent::Unsupported(_))), "{noted:?}");
        return;
    }
    assert_eq!(noted.unwrap().state(), EffectState::Applied);
    assert_eq!(running.asked(Call::Note).len(), 1);
    running.change(|world| {
        let [(id, text, reference)] = &world.notes[..] else { panic!("{:?}", world.notes) };
        assert_eq!((*id, reference.as_str()), (1001, "j/0"));
        assert!(text.contains("Look at this"), "{text}");
        assert!(world.replies.is_empty(), "no customer hears it");
    });
    running.fail(Call::Note, 9, || bytes(""));
    assert_eq!(desk.note(&note).await.unwrap().state(), EffectState::Unknown);

    let own = server.refusal();
    for (status, expected) in REFUSALS {
        let running = World::of(2).serve(server);
        running.fail(Call::Note, 9, move || answer(status, JSON, own));
        assert_eq!(kind(&running.connect(HASTY).note(&note).await.unwrap_err()), expected, "{status}");
    }
}

/// After an answer was lost: a note is found where it arrived, by another process, too; not found where it did not.
pub(crate) async fn finds_a_note_whose_answer_was_lost(server: impl Server) {
    let running = World::of(2).serve(server);
    if !running.connect(HASTY).capabilities().notes {
        return;
    }
    let sent = [note_of(server, 1001, "j/0"), note_of(server, 1002, "j/1")];
    running.fail_after(Call::Note, 1, || bytes(""));
    assert_eq!(running.connect(HASTY).note(&sent[0]).await.unwrap().state(), EffectState::Unknown);
    let found = running.connect(HASTY).find_notes(&sent).await.unwrap();
    assert!(matches!(found[0], Found::Yes(_)), "{found:?}");
    assert_eq!(found[1], Found::No);
    assert_eq!(running.asked(Call::Note).len(), 1, "looking writes nothing");
}

/// However its answer breaks, a note leaves once and ends as unknown.
pub(crate) async fn never_writes_a_note_twice_by_itself(server: impl Server) {
    for (name, made) in unclear(server) {
        let running = World::of(2).serve(server);
        if !running.connect(HASTY).capabilities().notes {
            return;
        }
        running.fail_after(Call::Note, 9, made);
        let outcome = running.connect(HASTY).note(&note_of(server, 1001, "j/0")).await;
        let outcome = outcome.unwrap_or_else(|not_sent| panic!("{name}: “{not_sent}” of what was written"));
        assert_eq!(outcome.state(), EffectState::Unknown, "{name}");
        assert_eq!(running.asked(Call::Note).len(), 1, "{name}: it would stand there twice");
    }
}

fn note_of(server: impl Server, id: u32, client_ref: &str) -> Note {
    Note {
        id: RemoteId::new(server.id(id)),
        text: "Look at this <today>".to_owned(),
        mentions: Vec::new(),
        client_ref: ClientRef::from(client_ref.to_owned()),
        files: Vec::new(),
        sent_at: "2026-05-20T14:30:30Z".parse().unwrap(),
    }
}
