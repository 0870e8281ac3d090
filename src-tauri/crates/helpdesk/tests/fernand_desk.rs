//! The Fernand connector against the dialect of a real muster-desk; and, where the folder that `MUSTER_API_DESCRIPTIONS`
//! names holds `fernand-openapi-reconstructed.json`, once more with Prism between the two, which checks every request
//! and every answer against that description. `MUSTER_PRISM` is the command that runs Prism
//! (default: `npx --yes -p @stoplight/prism-cli@5.14.2 prism`).

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says what it left out"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use muster_desk::{FernandSpec, Options, Running, Source, serve};
use muster_helpdesk::fernand::{Fernand, detect};
use muster_helpdesk::{
    ApiKey, Batch, Cursor, Delta, Found, HelpDesk, ItemOutcome, Note, OutgoingFile, ReadError, Reply,
};
use muster_model::{
    Author, Change, ClientRef, Conversation, EffectOutcome, EffectState, Handle, Mention, MessageKind,
    SnoozeUntil, Status, StatusChange,
};
use serde_json::{Value, json};

async fn running(generated_id: bool) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fernand = FernandSpec { reads: 100_000, writes: 100_000, generated_id };
    serve(Options { source: Source::Seeded { conversations: 600 }, fernand, ..Options::default() })
        .await
        .unwrap()
}

fn signed_in(url: &str, running: &Running) -> Fernand {
    Fernand::new(url, ApiKey::new(running.keys.agent.clone())).unwrap()
}

async fn everything(desk: &Fernand) -> (Vec<Conversation>, Cursor) {
    let (mut all, mut cursor): (Vec<Conversation>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = desk.changes(cursor.as_ref()).await.unwrap();
        for delta in page.deltas {
            let Delta::Sketch(sketch) = delta else { panic!("{delta:?}") };
            all.push(*sketch);
        }
        if !page.more {
            return (all, page.next);
        }
        cursor = Some(page.next);
    }
}

/// What the desk itself says, in its own tongue.
async fn asked(running: &Running, path: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{path}", running.url)).bearer_auth(&running.keys.agent);
    request.send().await.unwrap().json().await.unwrap()
}

fn states(outcomes: &[ItemOutcome]) -> Vec<EffectState> {
    outcomes.iter().flat_map(|outcome| &outcome.effects).map(EffectOutcome::state).collect()
}

fn reply(one: &Conversation, item: u32, text: &str) -> Reply {
    Reply {
        id: one.id.clone(),
        text: text.to_owned(),
        client_ref: ClientRef::from(format!("01997000-0000-7000-8000-000000000000/{item}")),
        mass: None,
        then: Change::default(),
        sent_at: now(),
        files: Vec::new(),
        approved: None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the desk's clock is the real one")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// The whole way of a connector: who, what, a list, a thread, every change, a reply, a note, what became of it.
async fn the_whole_way(url: &str, running: &Running) {
    detect(url).await.unwrap();
    let desk = signed_in(url, running);
    let me = desk.me().await.unwrap();
    assert_eq!((me.handle.as_str(), me.may_reply), (running.me.as_str(), true));
    let directory = desk.directory().await.unwrap();
    assert!(directory.agents.len() > 2 && directory.tags.len() > 2 && !directory.snippets.is_empty());
    assert_eq!(directory.views[0].filter, "(assignee:me OR unassigned) is:active sort:priority");

    let (all, end) = everything(&desk).await;
    let count = asked(running, "/api/conversations?count_only=true").await["count"].as_u64().unwrap();
    assert_eq!(all.len() as u64, count);
    let pages = asked(running, "/api/conversations?status=active&count_only=true").await;
    let open: Vec<&Conversation> = all.iter().filter(|one| one.status == Status::Active).collect();
    assert_eq!(open.len() as u64, pages["count"].as_u64().unwrap());

    let mut emails = Vec::new();
    for one in &open {
        let thread = desk.thread(&one.id).await.unwrap();
        assert_eq!(thread.conversation.id, one.id);
        assert!(thread.messages.is_sorted_by_key(|message| message.at) && !thread.messages.is_empty());
        if thread.conversation.channel.as_str() == "email" && thread.conversation.contact.email.is_some() {
            emails.push(thread.conversation);
        }
        if emails.len() == 12 {
            break;
        }
    }
    let ids = |of: &[Conversation]| of.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let apply = async |of: &[Conversation], change: Change| {
        desk.apply(&Batch { ids: ids(of), change }).await.unwrap()
    };
    let until: Timestamp = "2031-01-22T09:00:00Z".parse().unwrap();
    let change = |status: Option<StatusChange>| Change { status, ..Change::default() };
    let colleague = directory.agents.iter().find(|agent| agent.handle != me.handle).unwrap().handle.clone();
    let assigned = Change {
        agent: Some(Some(colleague.clone())),
        add_tags: vec!["fernand one".into(), "fernand two".into(), "fernand three".into()],
        ..change(Some(StatusChange::Done))
    };
    assert!(states(&apply(&emails[..3], assigned).await).iter().all(|state| *state == EffectState::Applied));
    let unassigned =
        Change { agent: Some(None), remove_tags: vec!["fernand one".into()], ..Change::default() };
    apply(&emails[..1], unassigned).await;
    let thread = desk.thread(&emails[0].id).await.unwrap().conversation;
    assert_eq!((thread.status, thread.assignee.agent), (Status::Done, None));
    assert!(
        thread.tags.contains(&"fernand two".to_owned()) && !thread.tags.contains(&"fernand one".to_owned())
    );
    assert_eq!(
        desk.thread(&emails[1].id).await.unwrap().conversation.assignee.agent,
        Some(colleague.clone())
    );
    apply(&emails[3..4], change(Some(StatusChange::Snoozed(SnoozeUntil::At(until))))).await;
    let snoozed = desk.thread(&emails[3].id).await.unwrap().conversation;
    assert_eq!((snoozed.status, snoozed.snoozed_until), (Status::Snoozed, Some(until)));
    apply(&emails[3..4], change(Some(StatusChange::Active))).await;
    apply(&emails[4..5], Change { block: true, ..change(Some(StatusChange::Spam)) }).await;
    let deleted = apply(&emails[5..6], Change { delete: true, ..Change::default() }).await;
    assert_eq!(states(&deleted), [EffectState::Applied]);
    assert!(matches!(desk.thread(&emails[5].id).await, Err(ReadError::NotFound { .. })));
    let again = apply(&emails[5..6], change(Some(StatusChange::Done))).await;
    let EffectOutcome::Rejected { reason } = &again[0].effects[0] else { panic!("{again:?}") };
    assert_eq!(reason.code, "not_found");

    // Our own writes come at the end of the next walk down the list.
    let (mut news, mut cursor) = (Vec::new(), end);
    loop {
        let page = desk.changes(Some(&cursor)).await.unwrap();
        news.extend(page.deltas);
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    let is_done = |delta: &Delta| matches!(delta, Delta::Sketch(one) if one.id == emails[1].id && one.status == Status::Done);
    assert!(news.iter().any(is_done), "{news:?}");

    let text = "Hello <Ada> & all,\n\nit works again.";
    let file = OutgoingFile {
        id: "f".into(),
        name: "März.txt".into(),
        mime: "text/plain".into(),
        bytes: b"hello".to_vec(),
    };
    let sent = Reply { files: vec![Arc::new(file)], ..reply(&emails[6], 0, text) };
    let outcomes = desk.reply(std::slice::from_ref(&sent)).await.unwrap();
    let EffectOutcome::Applied { receipt } = &outcomes[0].effects[0] else { panic!("{outcomes:?}") };
    let thread = desk.thread(&sent.id).await.unwrap();
    let ours = thread.messages.iter().rfind(|message| message.kind == MessageKind::Message).unwrap();
    assert_eq!(
        (ours.text.as_str(), ours.from.clone(), receipt.id.as_deref()),
        (text, Author::Agent, Some(ours.id.as_str()))
    );
    assert_eq!((ours.attachments[0].name.as_str(), ours.attachments[0].size), ("März.txt", 5));
    assert_eq!(thread.conversation.engagement.as_str(), "engaged");
    let other = signed_in(url, running);
    let never = reply(&emails[7], 1, text);
    let found = other.find_replies(&[sent, never]).await.unwrap();
    assert!(matches!(&found[0], Found::Yes(found) if found.id == receipt.id), "{found:?}");
    assert_eq!(found[1], Found::No);

    let note = Note {
        id: emails[8].id.clone(),
        text: "Who knows this <case>?".into(),
        mentions: [colleague, Handle::from("everyone")]
            .map(|handle| Mention { handle, name: String::new() })
            .to_vec(),
        client_ref: ClientRef::from("j/2".to_owned()),
        files: Vec::new(),
        sent_at: now(),
    };
    assert_eq!(desk.note(&note).await.unwrap().state(), EffectState::Applied);
    let other =
        Note { client_ref: ClientRef::from("j/3".to_owned()), text: "Never sent".into(), ..note.clone() };
    let found = desk.find_notes(&[note.clone(), other]).await.unwrap();
    assert!(matches!(found[..], [Found::Yes(_), Found::No]), "{found:?}");
    let thread = desk.thread(&note.id).await.unwrap();
    assert!(
        thread
            .messages
            .iter()
            .any(|message| message.kind == MessageKind::Note && message.text.contains("this <case>?"))
    );
}

#[tokio::test]
async fn the_whole_way_at_a_real_desk() {
    for generated_id in [false, true] {
        let running = running(generated_id).await;
        the_whole_way(&format!("{}/fernand", running.url), &running).await;
        running.stop().await;
    }
}

#[tokio::test]
async fn what_a_colleague_does_is_found_though_it_moves_nothing() {
    let running = running(false).await;
    let desk = signed_in(&format!("{}/fernand", running.url), &running);
    let (all, mut cursor) = everything(&desk).await;
    let oldest =
        all.iter().filter(|one| one.status == Status::Active).min_by_key(|one| one.last_inbound).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({ "conversation": format!("c-{}", oldest.id), "by": "jonas@brindlewick.example", "change": { "status": "done" } });
    let url = format!("{}/api/_simulate/change", running.url);
    let answer = client.post(url).bearer_auth(&running.keys.agent).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    let mut seen = false;
    for _ in 0..30 {
        let page = desk.changes(Some(&cursor)).await.unwrap();
        cursor = page.next;
        seen |= page.deltas.iter().any(
            |delta| matches!(delta, Delta::Sketch(one) if one.id == oldest.id && one.status == Status::Done),
        );
    }
    assert!(seen);
    running.stop().await;
}

/// Prism between a connector and its server.
struct Prism {
    process: Child,
    url: String,
}

impl Prism {
    fn start(description: &Path, upstream: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let command = std::env::var("MUSTER_PRISM")
            .unwrap_or_else(|_| "npx --yes -p @stoplight/prism-cli@5.14.2 prism".to_owned());
        let mut words = command.split_whitespace();
        let mut process = Command::new(words.next().unwrap())
            .args(words)
            .args(["proxy", "-h", "127.0.0.1", "-p", &port.to_string(), "--errors"])
            .arg(description)
            .arg(upstream)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let up = lines.by_ref().map_while(Result::ok).any(|line| line.contains("listening on"));
        assert!(up, "Prism did not start");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn description() -> Option<PathBuf> {
    let folder = std::env::var_os("MUSTER_API_DESCRIPTIONS")?;
    Some(PathBuf::from(folder).join("fernand-openapi-reconstructed.json")).filter(|path| path.is_file())
}

#[tokio::test]
async fn prism_finds_nothing_to_object_to() {
    let Some(description) = description() else {
        eprintln!("SKIPPED: MUSTER_API_DESCRIPTIONS names no folder with fernand-openapi-reconstructed.json");
        return;
    };
    let running = running(true).await;
    let prism = Prism::start(&description, &format!("{}/fernand", running.url));
    the_whole_way(&prism.url, &running).await;

    // And it would: a request that breaks the description does not get through, nor does such an answer.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let key = &running.keys.agent;
    for broken in
        [json!({ "ids": "all" }), json!({ "ids": [1001], "status": "PARKED" }), json!({ "status": "CLOSED" })]
    {
        let url = format!("{}/conversations/bulk", prism.url);
        let answer = client.post(url).header("x-api-key", key).json(&broken).send().await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert!((status, body.contains("validation")) == (422, true), "{broken}: {status} {body}");
        eprintln!("Prism refuses {broken}: {status}");
    }
    let upstream = Prism::start(&description, &format!("{}/fernand/contacts", running.url));
    let answer =
        client.get(format!("{}/contacts", upstream.url)).header("x-api-key", key).send().await.unwrap();
    assert!(!answer.status().is_success(), "an answer that is none of the described");
    running.stop().await;
}
