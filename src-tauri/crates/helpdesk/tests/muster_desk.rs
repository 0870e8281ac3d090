//! The connector against a real muster-desk, over HTTP, with and without faults.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt;
use muster_desk::{Options, Running, Source, serve};
use muster_helpdesk::muster::{MusterDesk, detect};
use muster_helpdesk::{
    ApiKey, Batch, Delta, Found, HelpDesk, LiveEvent, NotSent, OutgoingFile, Page, ReadError, Reply,
};
use muster_model::{
    Author, Change, Channel, ClientRef, Conversation, EffectOutcome, EffectState, Handle, MessageKind,
    Status, StatusChange, Thread,
};
use rstest::rstest;
use tempfile::TempDir;

async fn running(folder: &TempDir, faults: &str) -> Running {
    serve(options(folder, faults)).await.unwrap()
}

fn options(folder: &TempDir, faults: &str) -> Options {
    Options {
        data: Some(folder.path().to_owned()),
        source: Source::Seeded { conversations: 300 },
        faults: faults.parse().unwrap(),
        ..Options::default()
    }
}

fn signed_in(desk: &Running) -> MusterDesk {
    MusterDesk::new(&desk.url, ApiKey::new(desk.keys.agent.clone())).unwrap()
}

async fn everything(desk: &MusterDesk) -> (Vec<Conversation>, Page) {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = desk.changes(cursor.as_ref()).await.unwrap();
        all.extend(page.deltas.iter().filter_map(|delta| match delta {
            Delta::Upsert(conversation) | Delta::Sketch(conversation) => Some((**conversation).clone()),
            Delta::Gone(_) => None,
        }));
        if !page.more {
            return (all, page);
        }
        cursor = Some(page.next);
    }
}

/// Active conversations that take a reply at any time.
async fn emails(desk: &MusterDesk) -> Vec<Conversation> {
    let (mut all, _) = everything(desk).await;
    all.retain(|conversation| {
        conversation.channel == Channel::Email && conversation.status == Status::Active
    });
    assert!(all.len() > 5, "the seeded world holds active mail");
    all
}

fn reply(to: &Conversation, item: u32) -> Reply {
    Reply {
        id: to.id.clone(),
        text: format!("Hello, this is about “{}”.", to.subject),
        client_ref: ClientRef::from(format!("0197a000-0000-7000-8000-000000000000/{item}")),
        mass: Some("Payments are back".to_owned()),
        then: Change { status: Some(StatusChange::Done), ..Change::default() },
        sent_at: to.updated,
        files: Vec::new(),
        approved: None,
    }
}

fn states(effects: &[EffectOutcome]) -> Vec<EffectState> {
    effects.iter().map(EffectOutcome::state).collect()
}

fn arrived(thread: &Thread, reply: &Reply) -> usize {
    let is_it = |message: &&muster_model::Message| {
        message.kind == MessageKind::Message
            && message.from == Author::Agent
            && message.client_ref.as_deref() == Some(reply.client_ref.as_str())
    };
    thread.messages.iter().filter(is_it).count()
}

#[tokio::test]
async fn reads_everything_newest_first_and_then_only_what_changed() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    assert!(!detect(&running.url).await.unwrap().version.is_empty());
    let desk = signed_in(&running);
    let me = desk.me().await.unwrap();
    assert_eq!((me.handle.as_str(), me.may_reply, me.may_change), (running.me.as_str(), true, true));
    assert!(desk.capabilities().dedupes_replies);
    let directory = desk.directory().await.unwrap();
    assert!(!directory.tenant.is_empty() && !directory.teams.is_empty() && !directory.tags.is_empty());
    assert!(directory.agents.iter().any(|agent| agent.handle == me.handle && !agent.teams.is_empty()));
    assert_eq!(directory.conversations, Some(300));

    let first = desk.changes(None).await.unwrap();
    assert!(first.backfilling && first.more);
    let (all, last) = everything(&desk).await;
    assert_eq!((all.len(), last.backfilling, last.total), (300, false, Some(300)));
    assert!(all.windows(2).all(|pair| pair[0].updated >= pair[1].updated), "newest first");
    assert!(all.iter().all(|conversation| !matches!(conversation.status, Status::Other(_))));

    let quiet = desk.changes(Some(&last.next)).await.unwrap();
    assert!(quiet.deltas.is_empty() && !quiet.more);
    let id =
        all.iter().rfind(|conversation| !conversation.followers.contains(&me.handle)).unwrap().id.clone();
    let outcome = desk.follow(&id, true).await.unwrap();
    let EffectOutcome::Applied { receipt } = outcome else { panic!("{outcome:?}") };
    let changed = desk.changes(Some(&quiet.next)).await.unwrap();
    let [Delta::Upsert(conversation)] = &changed.deltas[..] else { panic!("{:?}", changed.deltas) };
    assert_eq!(conversation.id, id);
    assert!(conversation.followers.contains(&me.handle));
    assert!(Some(conversation.stamp) >= receipt.stamp);
    running.stop().await;
}

#[tokio::test]
async fn a_change_is_answered_per_conversation() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    let (all, _) = everything(&desk).await;
    let active = all.iter().find(|conversation| conversation.status == Status::Active).unwrap();
    let archived = all.iter().find(|conversation| conversation.status == Status::Archived).unwrap();
    let change = Change {
        status: Some(StatusChange::Done),
        agent: Some(Some(Handle::from(running.me.as_str()))),
        team: Some(None),
        remove_all_tags: true,
        add_tags: vec!["refund".to_owned()],
        ..Change::default()
    };
    let ids = vec![active.id.clone(), archived.id.clone(), "c-0".into()];
    let outcomes = desk.apply(&Batch { ids: ids.clone(), change: change.clone() }).await.unwrap();
    let expected = [EffectState::Applied, EffectState::Rejected, EffectState::Rejected];
    for ((outcome, id), state) in outcomes.iter().zip(&ids).zip(expected) {
        assert_eq!(&outcome.id, id);
        assert_eq!(states(&outcome.effects), vec![state; change.effects().len()]);
    }
    let EffectOutcome::Rejected { reason } = &outcomes[1].effects[0] else { panic!() };
    assert_eq!(reason.code, "archived");
    let EffectOutcome::Applied { receipt } = &outcomes[0].effects[0] else { panic!() };
    let now = desk.thread(&active.id).await.unwrap().conversation;
    assert_eq!((now.status, now.tags), (Status::Done, vec!["refund".to_owned()]));
    assert_eq!((now.assignee.agent, now.assignee.team), (Some(Handle::from(running.me.as_str())), None));
    assert!(Some(now.stamp) >= receipt.stamp);

    let ghost = Change { agent: Some(Some("ghost@nowhere.example".into())), ..Change::default() };
    let refused = desk.apply(&Batch { ids: vec![active.id.clone()], change: ghost }).await;
    assert!(
        matches!(refused, Err(NotSent::Refused { ref reason }) if reason.code == "unknown_agent"),
        "{refused:?}"
    );
    let unknown = desk.thread(&"c-0".into()).await;
    assert!(matches!(unknown, Err(ReadError::NotFound { .. })), "{unknown:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_repeated_reply_arrives_once() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    let (all, _) = everything(&desk).await;
    let voice = all.iter().find(|conversation| conversation.channel == Channel::Voice).unwrap();
    let email = emails(&desk).await.swap_remove(0);
    let replies = [reply(&email, 0), reply(voice, 1)];
    let first = desk.reply(&replies).await.unwrap();
    assert_eq!(states(&first[0].effects), [EffectState::Applied, EffectState::Applied]);
    assert_eq!(states(&first[1].effects), [EffectState::Skipped, EffectState::Skipped]);
    let again = desk.reply(&replies).await.unwrap();
    let id = |effect: &EffectOutcome| match effect {
        EffectOutcome::Applied { receipt } => receipt.id.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(id(&again[0].effects[0]), id(&first[0].effects[0]), "the first receipt");

    let found = desk.find_replies(&[replies[1].clone(), replies[0].clone()]).await.unwrap();
    assert_eq!(found[0], Found::No);
    assert!(matches!(&found[1], Found::Yes(receipt) if receipt.id == id(&first[0].effects[0])));
    let thread = desk.thread(&email.id).await.unwrap();
    assert_eq!(arrived(&thread, &replies[0]), 1);
    assert_eq!(thread.conversation.status, Status::Done);
    running.stop().await;
}

#[tokio::test]
async fn keys_decide_what_is_allowed() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let email = emails(&signed_in(&running)).await.swap_remove(0);
    let viewer = MusterDesk::new(&running.url, ApiKey::new(running.keys.viewer.clone())).unwrap();
    let me = viewer.me().await.unwrap();
    assert_eq!((me.may_reply, me.may_change), (false, false));
    let refused = viewer.reply(&[reply(&email, 0)]).await;
    assert!(matches!(refused, Err(NotSent::NotPermitted { .. })), "{refused:?}");
    let wrong = MusterDesk::new(&running.url, ApiKey::new("desk_agent_wrong".to_owned())).unwrap();
    assert!(matches!(wrong.me().await, Err(ReadError::KeyRefused { .. })));
    assert!(matches!(wrong.reply(&[reply(&email, 0)]).await, Err(NotSent::KeyRefused { .. })));
    running.stop().await;
}

#[rstest]
#[case::lost("lose_answer=1", "no_answer", 1)]
#[case::cut("cut=1", "cut", 1)]
#[case::broken_after("status_500_after=1", "server_error", 1)]
#[case::broken_before("status_500=1", "server_error", 0)]
#[tokio::test]
async fn a_fault_leaves_it_unknown_and_the_reference_tells(
    #[case] faults: &str,
    #[case] code: &str,
    #[case] times: usize,
) {
    let folder = TempDir::new().unwrap();
    let healthy = running(&folder, "").await;
    let email = emails(&signed_in(&healthy)).await.swap_remove(0);
    healthy.stop().await;

    let faulty = running(&folder, faults).await;
    let reply = reply(&email, 0);
    let outcome = signed_in(&faulty).reply(std::slice::from_ref(&reply)).await.unwrap().swap_remove(0);
    assert_eq!(outcome.effects.len(), 2);
    for effect in &outcome.effects {
        assert!(matches!(effect, EffectOutcome::Unknown { reason } if reason.code == code), "{effect:?}");
    }
    faulty.stop().await;

    let healthy = running(&folder, "").await;
    let desk = signed_in(&healthy);
    let found = desk.find_replies(std::slice::from_ref(&reply)).await.unwrap().swap_remove(0);
    assert_eq!(matches!(found, Found::Yes(_)), times == 1, "{found:?}");
    assert_eq!(arrived(&desk.thread(&email.id).await.unwrap(), &reply), times);
    healthy.stop().await;
}

#[tokio::test]
async fn a_busy_desk_is_not_sent_to() {
    let folder = TempDir::new().unwrap();
    let healthy = running(&folder, "").await;
    let email = emails(&signed_in(&healthy)).await.swap_remove(0);
    healthy.stop().await;
    let busy = running(&folder, "status_429=1").await;
    let NotSent::SlowDown { retry_after } = signed_in(&busy).reply(&[reply(&email, 0)]).await.unwrap_err()
    else {
        panic!()
    };
    assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(1));
    busy.stop().await;
}

#[tokio::test]
async fn a_desk_that_forgets_references_says_so() {
    let folder = TempDir::new().unwrap();
    let forgetful = running(&folder, "no_idempotency").await;
    let desk = signed_in(&forgetful);
    desk.me().await.unwrap();
    assert!(!desk.capabilities().dedupes_replies);
    forgetful.stop().await;
}

#[tokio::test]
async fn a_customer_writing_in_is_heard() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    let email = emails(&desk).await.swap_remove(0);
    let mut events = desk.events().await.unwrap().unwrap();
    assert_eq!(events.next().await.unwrap().unwrap(), LiveEvent::Connected);

    let body = serde_json::json!({"conversation": email.id, "text": "Still nothing …"});
    let simulate = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/_simulate/customer_message", running.url);
    let answer = simulate.post(url).bearer_auth(&running.keys.agent).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    let changed = LiveEvent::Changed { id: Some(email.id.clone()) };
    assert_eq!(events.next().await.unwrap().unwrap(), changed);

    // What happens while nobody listens comes first when somebody does again.
    drop(events);
    let follows = email.followers.iter().any(|handle| handle.as_str() == running.me);
    desk.follow(&email.id, !follows).await.unwrap();
    let mut events = desk.events().await.unwrap().unwrap();
    assert_eq!(events.next().await.unwrap().unwrap(), LiveEvent::Connected);
    assert_eq!(events.next().await.unwrap().unwrap(), changed);
    let messages = desk.thread(&email.id).await.unwrap().messages;
    let last = messages.into_iter().rfind(|message| message.from == Author::Customer);
    assert_eq!(last.map(|message| message.text), Some("Still nothing …".to_owned()));
    drop(events);
    running.stop().await;
}

fn file(name: &str, bytes: &[u8]) -> Arc<OutgoingFile> {
    // The hash only has to tell files apart here; the engine computes it when a file is attached.
    let id =
        format!("{:064x}", bytes.iter().fold(7u64, |hash, byte| hash.wrapping_mul(31) + u64::from(*byte)));
    Arc::new(OutgoingFile {
        id,
        name: name.to_owned(),
        mime: "application/pdf".to_owned(),
        bytes: bytes.to_vec(),
    })
}

fn attached(thread: &Thread, reply: &Reply) -> Vec<(String, u64)> {
    let ours = thread
        .messages
        .iter()
        .filter(|message| message.client_ref.as_deref() == Some(reply.client_ref.as_str()));
    ours.flat_map(|message| message.attachments.iter().map(|file| (file.name.clone(), file.size))).collect()
}

#[tokio::test]
async fn a_file_is_uploaded_once_and_goes_where_it_can() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    desk.me().await.unwrap();
    assert!(desk.capabilities().files);
    let (all, _) = everything(&desk).await;
    let is_open = |one: &&Conversation| one.status == Status::Active;
    let sms = all.iter().filter(is_open).find(|one| one.channel == Channel::Sms).unwrap();
    let emails = emails(&desk).await;
    let invoice = file("Rechnung für März.pdf", b"%PDF-1.7");
    let with_file = |to: &Conversation, item| Reply { files: vec![invoice.clone()], ..reply(to, item) };

    let replies = [with_file(&emails[0], 0), with_file(sms, 1), reply(&emails[1], 2)];
    let before = desk.rate().unwrap().remaining;
    let outcomes = desk.reply(&replies).await.unwrap();
    assert!(outcomes.iter().all(|outcome| states(&outcome.effects)[0] == EffectState::Applied));
    assert_eq!(before - desk.rate().unwrap().remaining, 2, "one upload and one call");
    let carried = vec![("Rechnung für März.pdf".to_owned(), 8)];
    for (reply, expected) in replies.iter().zip([carried.clone(), vec![], vec![]]) {
        assert_eq!(attached(&desk.thread(&reply.id).await.unwrap(), reply), expected);
    }

    // Later replies of this process name the same upload.
    let later = with_file(&emails[2], 3);
    let before = desk.rate().unwrap().remaining;
    desk.reply(std::slice::from_ref(&later)).await.unwrap();
    assert_eq!(before - desk.rate().unwrap().remaining, 1);
    assert_eq!(attached(&desk.thread(&later.id).await.unwrap(), &later), carried);
    running.stop().await;
}

#[rstest]
#[case::lost("lose_answer=1", vec![0; 8])]
#[case::broken("status_500=1", vec![0; 8])]
#[case::busy("status_429=1", vec![0; 8])]
#[case::too_large("", vec![0; (25 << 20) + 1])]
#[tokio::test]
async fn an_upload_that_fails_leaves_the_reply_unsent(#[case] faults: &str, #[case] bytes: Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let healthy = running(&folder, "").await;
    let email = emails(&signed_in(&healthy)).await.swap_remove(0);
    healthy.stop().await;

    let faulty = running(&folder, faults).await;
    let reply = Reply { files: vec![file("film.pdf", &bytes)], ..reply(&email, 0) };
    let not_sent = signed_in(&faulty).reply(std::slice::from_ref(&reply)).await.unwrap_err();
    match not_sent {
        NotSent::SlowDown { .. } if !faults.is_empty() => {}
        NotSent::Refused { reason } if faults.is_empty() => {
            assert_eq!(reason.code, "too_large");
            assert!(reason.message.starts_with("film.pdf: "), "{}", reason.message);
        }
        other => panic!("{other:?}"),
    }
    faulty.stop().await;

    let healthy = running(&folder, "").await;
    let found = signed_in(&healthy).find_replies(std::slice::from_ref(&reply)).await.unwrap();
    assert_eq!(found, [Found::No]);
    healthy.stop().await;
}

#[tokio::test]
async fn blocked_and_deleted_are_gone_for_good() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    desk.me().await.unwrap();
    let can = desk.capabilities();
    assert!(can.block && can.delete && can.auto_archive.is_some());
    let email = emails(&desk).await.swap_remove(0);
    let (_, last) = everything(&desk).await;
    let change = Change { block: true, delete: true, ..Change::default() };
    let batch = Batch { ids: vec![email.id.clone()], change };
    let outcome = desk.apply(&batch).await.unwrap().swap_remove(0);
    assert_eq!(states(&outcome.effects), [EffectState::Applied, EffectState::Applied]);
    assert!(matches!(desk.thread(&email.id).await, Err(ReadError::NotFound { .. })));
    let news = desk.changes(Some(&last.next)).await.unwrap();
    assert_eq!(news.deltas, [Delta::Gone(email.id.clone())]);
    let again = desk.apply(&batch).await.unwrap().swap_remove(0);
    assert_eq!(
        states(&again.effects),
        [EffectState::Applied, EffectState::Applied],
        "by value: may be repeated"
    );
    running.stop().await;
}

#[tokio::test]
async fn prepared_texts_and_a_test_to_myself() {
    let folder = TempDir::new().unwrap();
    let running = running(&folder, "").await;
    let desk = signed_in(&running);
    let snippets = desk.directory().await.unwrap().snippets;
    let shortcuts: BTreeSet<_> = snippets.iter().map(|snippet| snippet.shortcut.as_str()).collect();
    assert!(shortcuts.contains("refund-timing") && shortcuts.len() == snippets.len());
    for snippet in &snippets {
        let template = muster_model::Template::parse(&snippet.text);
        assert_eq!(template.unknown_tags(), Vec::<String>::new(), "{}", snippet.shortcut);
    }

    let view = serde_json::json!({ "name": "Waiting", "query": "is:active sort:waiting", "shared": true });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let save = http.post(format!("{}/api/views", running.url)).json(&view);
    let saved = save.bearer_auth(&running.keys.agent).send().await.unwrap();
    assert!(saved.status().is_success());
    let views = desk.directory().await.unwrap().views;
    assert_eq!((views[0].name.as_str(), views[0].filter.as_str()), ("Waiting", "is:active sort:waiting"));

    assert!(desk.capabilities().test_messages);
    let outcome = desk.test_message("Test: back again", "Dear Marta, we are back.").await.unwrap();
    let EffectOutcome::Applied { receipt } = outcome else { panic!("{outcome:?}") };
    let (all, _) = everything(&desk).await;
    let test = all.iter().find(|one| one.subject == "Test: back again").unwrap();
    assert_eq!(test.assignee.agent.as_ref().map(Handle::as_str), Some(running.me.as_str()));
    assert_eq!((test.tags.as_slice(), Some(test.stamp)), (&["test".to_owned()][..], receipt.stamp));
    let viewer = MusterDesk::new(&running.url, ApiKey::new(running.keys.viewer.clone())).unwrap();
    assert!(matches!(viewer.test_message("", "Hello").await, Err(NotSent::NotPermitted { .. })));
    running.stop().await;
}

#[tokio::test]
async fn the_pace_is_read_from_every_answer() {
    let folder = TempDir::new().unwrap();
    let slow = serve(Options { calls_per_minute: 3, ..options(&folder, "") }).await.unwrap();
    let desk = signed_in(&slow);
    assert_eq!(desk.rate(), None);
    // The minute of the desk may turn between two calls: then it begins anew, and the last call is taken too.
    desk.me().await.unwrap();
    let first = desk.rate().unwrap();
    assert_eq!(first.limit, 3);
    let mut refused = None;
    for _ in 0..6 {
        if let Err(err) = desk.me().await {
            refused = Some(err);
            break;
        }
    }
    let Some(ReadError::SlowDown { retry_after }) = refused else { panic!("{refused:?}") };
    let rate = desk.rate().unwrap();
    assert_eq!(rate.remaining, 0);
    assert!(rate.reset >= first.reset && retry_after.is_some());
    slow.stop().await;
}
