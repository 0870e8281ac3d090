//! Who is told of what: a customer's message in a followed conversation, once, and nothing else.

use std::time::Duration;

use muster_engine::{EngineEvent, Notice};
use muster_model::RemoteId;
use serde_json::json;

use crate::desk::{Desk, Place, cached, listed, next, sync_state, until, until_online};

fn notice(event: EngineEvent) -> Option<Notice> {
    if let EngineEvent::Notice(notice) = event { Some(notice) } else { None }
}

async fn follow(desk: &Desk, id: &RemoteId) {
    desk.post(&format!("/api/conversations/{id}/follow"), json!({ "on": true })).await;
}

#[tokio::test]
async fn told_of_a_followed_conversation_only() {
    let desk = Desk::start(150, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    let mut events = account.events();
    account.start();
    until_online(&account).await;
    let ids = listed(&account, "is:active channel:email -follows:me").await;
    let (followed, other) = (&ids[0], &ids[1]);
    follow(&desk, followed).await;
    until("followed", || !cached(&account, followed).unwrap().followers.is_empty()).await;
    // A colleague's and one's own acts, and a message that nobody here follows.
    let change =
        json!({ "conversation": followed.as_str(), "by": desk.me, "reply": "We are on it", "note": "Mine" });
    desk.post("/api/_simulate/change", change).await;
    desk.customer_writes(other, "Not for you").await;
    desk.customer_writes(followed, "Where is my refund?").await;
    let first = next(&mut events, notice).await;
    let shown = cached(&account, followed).unwrap();
    let expected = Notice {
        id: followed.clone(),
        contact: shown.contact.name,
        subject: shown.subject,
        preview: "Where is my refund?".into(),
    };
    assert_eq!(first, expected, "nothing of the first sync and of other acts came before it");
    desk.customer_writes(followed, "Hello?").await;
    assert_eq!(next(&mut events, notice).await.preview, "Hello?", "each message once");
    account.stop().await;
}

#[tokio::test]
async fn told_after_a_restart_of_what_came_meanwhile_and_never_twice() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    let id = {
        let account = place.open(&desk.key).await;
        account.sync_once(false, |_| {}).await.unwrap();
        let id = listed(&account, "is:active channel:email").await[0].clone();
        follow(&desk, &id).await;
        account.sync_once(false, |_| {}).await.unwrap();
        id
    };
    desk.customer_writes(&id, "While you were away").await;
    let account = place.open(&desk.key).await;
    let mut events = account.events();
    account.start();
    assert_eq!(next(&mut events, notice).await.preview, "While you were away");
    until_online(&account).await;
    account.stop().await;
    let account = place.open(&desk.key).await;
    let mut events = account.events();
    account.start();
    until_online(&account).await;
    desk.customer_writes(&id, "Now").await;
    assert_eq!(next(&mut events, notice).await.preview, "Now");
    account.stop().await;
}

#[tokio::test]
async fn told_that_a_sync_brought_nothing() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    let (account, other) = (place.open(&desk.key).await, place.open(&desk.key).await);
    account.start();
    until_online(&account).await;
    // It watches what the first one does.
    other.start();
    // Nobody writes; what shows is that the desk was asked later than before.
    for watches in [&account, &other] {
        let mut events = watches.events();
        let before = sync_state(watches).last_synced;
        let told = next(&mut events, |event| {
            let is_later = event == EngineEvent::StateChanged && sync_state(watches).last_synced > before;
            is_later.then_some(())
        });
        // More than one: the other one may not have looked yet when the first is over.
        let syncs = async {
            loop {
                account.sync_once(false, |_| {}).await.unwrap();
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        tokio::select! {
            () = told => {}
            () = syncs => {}
        }
    }
    account.stop().await;
    other.stop().await;
}
