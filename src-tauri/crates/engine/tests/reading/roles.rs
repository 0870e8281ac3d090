//! Two processes on one account: one works, the other watches and takes over.

use muster_engine::{Connection, EngineEvent};

use crate::desk::{Desk, Place, cached, listed, next, until, until_online};

#[tokio::test]
async fn one_works_the_other_watches_and_takes_over() {
    let desk = Desk::start(80, "").await;
    let place = Place::new(&desk.url);
    let first = place.open(&desk.key).await;
    first.start();
    until_online(&first).await;
    let second = place.open(&desk.key).await;
    second.start();
    until("it watches", || second.link().state() == Connection::Elsewhere).await;
    let ids = listed(&second, "is:active").await;
    let mut events = second.events();
    desk.customer_writes(&ids[0], "Seen by both").await;
    next(&mut events, |event| matches!(event, EngineEvent::ConversationsChanged { .. }).then_some(())).await;
    until("the watching one reads it", || {
        cached(&second, &ids[0]).and_then(|it| it.preview).is_some_and(|it| it.text == "Seen by both")
    })
    .await;
    // A terminal waits for the one who works.
    let third = place.open(&desk.key).await;
    third.sync_once(false, |_| {}).await.unwrap();
    first.stop().await;
    until_online(&second).await;
    desk.customer_writes(&ids[1], "Seen by the second").await;
    until("the second one works", || {
        cached(&second, &ids[1]).and_then(|it| it.preview).is_some_and(|it| it.text == "Seen by the second")
    })
    .await;
    second.stop().await;
}
