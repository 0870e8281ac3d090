//! First sync, resuming, gaps, threads ahead.

use muster_engine::{Account, SyncError};
use muster_model::{Conversation, RemoteId};
use rstest::rstest;
use serde_json::json;

use crate::desk::{Desk, Place, cached, listed, sync_state};

/// Syncs until so many pages are in, then drops everything where it stands.
async fn killed_after(account: &Account, pages: usize) {
    let (page, mut in_cache) = tokio::sync::mpsc::unbounded_channel();
    let sync = account.sync_once(false, |_| page.send(()).unwrap());
    tokio::select! {
        _ = sync => panic!("it was through"),
        () = async { for _ in 0..pages { in_cache.recv().await.unwrap(); } } => {}
    }
}

#[tokio::test]
async fn usable_from_the_first_page_and_resumed_after_a_kill() {
    let desk = Desk::start(700, "").await;
    let place = Place::new(&desk.url);
    let first = {
        let account = place.open(&desk.key).await;
        killed_after(&account, 1).await;
        let state = sync_state(&account);
        assert!(state.backfilling && state.cursor.is_some());
        assert_eq!((state.total, state.cached), (Some(700), 250));
        listed(&account, "").await
    };
    assert_eq!(first.len(), 250, "the list shows what is there");
    let account = place.open(&desk.key).await;
    let mut pages = Vec::new();
    account.sync_once(false, |state| pages.push(state.cached)).await.unwrap();
    assert!(pages[0] > 250, "it went on from there: {pages:?}");
    let all = listed(&account, "").await;
    assert_eq!(all.len() as u64, desk.count().await);
    assert_eq!(all[..250], first, "the first page was the newest");
}

#[tokio::test]
async fn only_what_changed_comes_after_a_gap() {
    let desk = Desk::start(300, "").await;
    let place = Place::new(&desk.url);
    let ids = {
        let account = place.open(&desk.key).await;
        account.sync_once(false, |_| {}).await.unwrap();
        listed(&account, "is:active").await
    };
    let (written, deleted) = (&ids[5], &ids[6]);
    desk.customer_writes(written, "Hello again").await;
    desk.post(
        "/api/_simulate/change",
        json!({ "conversation": deleted.as_str(), "by": desk.me, "delete": true }),
    )
    .await;
    let new = json!({ "new": { "name": "Nia", "email": "nia@mail.example", "channel": "email", "subject": "New" }, "text": "Hi" });
    let new = desk.post("/api/_simulate/customer_message", new).await;
    let account = place.open(&desk.key).await;
    let mut pages = 0;
    account.sync_once(false, |_| pages += 1).await.unwrap();
    assert_eq!(pages, 1);
    let preview = cached(&account, written).unwrap().preview.unwrap();
    assert_eq!(preview.text, "Hello again");
    assert!(cached(&account, deleted).is_none());
    assert!(cached(&account, &RemoteId::from(new["id"].as_str().unwrap())).is_some());
    assert_eq!(sync_state(&account).cached, desk.count().await);
}

#[tokio::test]
async fn a_full_sync_ends_with_the_same() {
    let mut desk = Desk::start(300, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.sync_once(false, |_| {}).await.unwrap();
    let before = listed(&account, "").await;
    account
        .sync_once(true, |state| assert_eq!(state.cached, 300, "what is cached stays readable"))
        .await
        .unwrap();
    assert_eq!(listed(&account, "").await, before);
    // What went wrong here without anybody noticing is put right, and said: one that is not as the help desk has it,
    // one that it does not have, and one that is missing.
    let cache = &account.stores().cache;
    let header = |id: &RemoteId| cache.conversation(id).unwrap().unwrap();
    let wrong = Conversation { subject: "Wrong".into(), ..header(&before[0]) };
    let ghost = Conversation { id: "ghost".into(), ..header(&before[1]) };
    let cursor = sync_state(&account).cursor.unwrap();
    cache
        .apply_page(&[wrong, ghost], &[before[2].clone()], &cursor, false, None, account.clock().now())
        .unwrap();
    let synced = account.sync_once(true, |_| {}).await.unwrap();
    assert_eq!((synced.changed, synced.state.total, synced.is_whole()), (3, Some(300), true));
    assert_eq!(listed(&account, "").await, before);
    assert_ne!(header(&before[0]).subject, "Wrong");
    desk.stop().await;
    let err = account.sync_once(false, |_| {}).await.unwrap_err();
    assert!(matches!(err, SyncError::Read(_)), "{err}");
    assert!(err.to_string().starts_with("Cannot reach 127.0.0.1:"), "{err}");
}

#[tokio::test]
async fn another_desk_at_the_same_address_is_read_from_the_beginning() {
    let first = Desk::start(120, "").await;
    let second = Desk::start(60, "").await;
    let place = Place::new(&first.url);
    place.open(&first.key).await.sync_once(false, |_| {}).await.unwrap();
    let place = place.moved_to(&second.url);
    let account = place.open(&second.key).await;
    account.sync_once(false, |_| {}).await.unwrap();
    assert_eq!(listed(&account, "").await.len(), 60);
}

#[tokio::test]
async fn threads_of_active_and_followed_conversations_are_there_offline() {
    let mut desk = Desk::start(200, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.sync_once(false, |_| {}).await.unwrap();
    desk.stop().await;
    for filter in ["is:active", "follows:me"] {
        let ids = listed(&account, filter).await;
        assert!(!ids.is_empty(), "{filter}");
        for id in ids {
            let thread = account.stores().cache.thread(&id).unwrap().expect("fetched ahead");
            assert!(thread.complete && !thread.thread.messages.is_empty(), "{id}");
        }
    }
}

#[rstest]
#[case("status_500=0.2")]
#[case("cut=0.1")]
#[case("status_429=0.02")]
#[tokio::test]
async fn a_bad_day_at_the_desk_costs_time_only(#[case] faults: &str) {
    let desk = Desk::start(600, faults).await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    // Each try goes on where the last one stopped.
    for _ in 0..20 {
        if account.sync_once(false, |_| {}).await.is_ok() {
            break;
        }
    }
    assert!(!sync_state(&account).backfilling);
    assert_eq!(listed(&account, "").await.len() as u64, desk.count().await);
}

#[tokio::test]
async fn who_is_called_in_a_note_is_found() {
    let desk = Desk::start(100, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.sync_once(false, |_| {}).await.unwrap();
    let before = listed(&account, "mentions:me").await;
    let active = listed(&account, "is:active -mentions:me").await;
    let id = &active[0];
    let short = desk.me.split_once('@').map_or(desk.me.as_str(), |(short, _)| short);
    desk.post(&format!("/api/conversations/{id}/notes"), json!({ "text": format!("@{short} please look.") }))
        .await;
    account.sync_once(false, |_| {}).await.unwrap();
    let now = listed(&account, "mentions:me").await;
    assert!(now.contains(id) && now.len() == before.len() + 1, "{now:?}");
    assert!(!listed(&account, "is:active -mentions:me").await.contains(id));
}
