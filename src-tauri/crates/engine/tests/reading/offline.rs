//! The help desk goes away and comes back; the key is refused and replaced.

use muster_engine::Connection;
use muster_helpdesk::ApiKey;

use crate::desk::{Desk, Place, cached, listed, until, until_online};

#[tokio::test]
async fn offline_says_since_when_and_catches_up_when_it_is_back() {
    let mut desk = Desk::start(150, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.start();
    until_online(&account).await;
    let ids = listed(&account, "is:active").await;
    desk.stop().await;
    until("offline", || matches!(account.link().state(), Connection::Offline { .. })).await;
    let Connection::Offline { message, .. } = account.link().state() else { panic!("back already") };
    assert!(message.starts_with("Cannot reach 127.0.0.1:"), "{message}");
    assert_eq!(listed(&account, "is:active").await, ids, "everything is still there");
    desk.come_back().await;
    desk.customer_writes(&ids[0], "While you were away").await;
    account.link().try_now();
    until("the message that came meanwhile", || {
        cached(&account, &ids[0]).and_then(|it| it.preview).is_some_and(|it| it.text == "While you were away")
    })
    .await;
    assert_eq!(account.link().state(), Connection::Online);
    account.stop().await;
}

#[tokio::test]
async fn a_refused_key_stops_everything_until_there_is_another() {
    let desk = Desk::start(40, "").await;
    let place = Place::new(&desk.url);
    let account = place.open("desk_agent_wrong").await;
    account.start();
    until("the key is refused", || matches!(account.link().state(), Connection::KeyRefused { .. })).await;
    let Connection::KeyRefused { message } = account.link().state() else { panic!("accepted") };
    assert!(message.contains("refuses the key") && !message.contains("desk_agent_wrong"), "{message}");
    account.replace_key(ApiKey::new(desk.key.clone())).unwrap();
    until_online(&account).await;
    assert_eq!(account.me().unwrap().handle.as_str(), desk.me);
    account.stop().await;
}

#[tokio::test]
async fn a_viewer_reads() {
    let desk = Desk::start(40, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.viewer).await;
    account.sync_once(false, |_| {}).await.unwrap();
    let me = account.me().unwrap();
    assert!(!me.may_reply && !me.may_change);
    assert_eq!(listed(&account, "").await.len(), 40);
}
