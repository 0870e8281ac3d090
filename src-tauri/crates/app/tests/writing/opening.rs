//! Opening a conversation whose messages were never fetched.

use std::time::Duration;

use muster_app::wire::{AppEvent, ConversationRef};

use crate::bench::Bench;

#[tokio::test]
async fn a_thread_that_was_not_here_says_when_it_came() {
    let bench = Bench::start().await;
    let opened =
        |id: &str| bench.app.thread(ConversationRef { account: bench.account.clone(), id: id.into() });
    let mut events = bench.app.events();
    // What moved lately is fetched ahead; the oldest of what is over is not.
    let mut missing = None;
    for id in bench.ids("status=archived").await.into_iter().rev() {
        if !opened(&id).await.unwrap().complete {
            missing = Some(id);
            break;
        }
    }
    let Some(id) = missing else { panic!("every conversation has its messages here") };
    let said = async {
        loop {
            if let AppEvent::ThreadChanged { id: changed, .. } = events.recv().await.unwrap()
                && changed == id
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(150), said).await.unwrap();
    let thread = opened(&id).await.unwrap();
    assert!(thread.complete && !thread.messages.is_empty());
    bench.stop().await;
}
