//! What stays on this machine: messages go by age, what may be needed stays, and everything can be opened again.

use muster_engine::Account;
use muster_model::RemoteId;
use muster_store::{DraftBase, DraftKind, NewDraft, Retention};

use crate::desk::{Desk, Place, listed, until, until_online};

fn has_messages(account: &Account, id: &RemoteId) -> bool {
    account.stores().cache.thread(id).unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn old_messages_go_and_come_again_when_they_are_opened() {
    let desk = Desk::start(300, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.start();
    until_online(&account).await;
    until("everything is here", || !account.stores().cache.sync_state().unwrap().backfilling).await;
    let old = listed(&account, "older:31d -is:active -follows:me").await;
    let [drafted, others @ ..] = old.get(..5).expect("the desk has old conversations") else {
        unreachable!()
    };
    for id in &old[..5] {
        account.fetch_thread(id).await.unwrap();
        assert!(has_messages(&account, id), "{id} was opened");
    }
    let journal = &account.stores().journal;
    let draft = NewDraft {
        id: drafted.clone(),
        kind: DraftKind::Reply,
        text: "We are looking into it.".into(),
        files: Vec::new(),
        based_on: DraftBase::default(),
    };
    journal.save_draft(&draft, account.clock().now()).unwrap();
    journal.set_retention(&Retention { days: Some(30), megabytes: None }).unwrap();
    account.limits_changed();
    until("the old ones went", || others.iter().all(|id| !has_messages(&account, id))).await;
    assert!(has_messages(&account, drafted), "it is being answered");
    let active = listed(&account, "is:active").await;
    until("active ones are fetched ahead", || active.iter().all(|id| has_messages(&account, id))).await;
    let stock = account.stores().cache.stock().unwrap();
    assert_eq!(stock.removed, others.len() as u64);
    assert_eq!(listed(&account, "").await.len() as u64, desk.count().await, "headers stay");
    account.fetch_thread(&others[0]).await.unwrap();
    assert!(has_messages(&account, &others[0]), "it comes again when it is opened");
    account.stop().await;
}
