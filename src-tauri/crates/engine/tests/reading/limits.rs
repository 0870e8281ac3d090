//! What stays on this machine: messages go by age, what may be needed stays, and everything can be opened again.

use futures::TryStreamExt;
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
    journal.set_retention(&Retention { days: Some(30), ..Retention::default() }).unwrap();
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

async fn file(account: &Account, id: &RemoteId) -> Option<Vec<u8>> {
    let stream = account.attachment(id).await.ok()?;
    Some(stream.try_collect::<Vec<_>>().await.ok()?.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_opened_opens_again_without_the_help_desk() {
    let mut desk = Desk::start(300, "").await;
    let place = Place::new(&desk.url);
    let account = place.open(&desk.key).await;
    account.start();
    until_online(&account).await;
    until("everything is here", || !account.stores().cache.sync_state().unwrap().backfilling).await;
    let mut files = Vec::new();
    for id in listed(&account, "has:attachment").await.iter().take(3) {
        let thread = account.fetch_thread(id).await.unwrap().thread;
        files.extend(thread.messages.into_iter().flat_map(|message| message.attachments).map(|file| file.id));
    }
    let [first, second, ..] = files.as_slice() else { panic!("the desk has files: {files:?}") };
    let bytes = file(&account, first).await.unwrap();
    assert!(!bytes.is_empty());
    assert_eq!(account.file_bytes().unwrap(), bytes.len() as u64);
    // Who wants none has none.
    let retention = |file_megabytes| Retention { file_megabytes, ..Retention::default() };
    account.stores().journal.set_retention(&retention(0)).unwrap();
    account.limits_changed();
    until("it went", || account.file_bytes().unwrap() == 0).await;
    assert!(file(&account, second).await.is_some());
    assert_eq!(account.file_bytes().unwrap(), 0);
    account.stores().journal.set_retention(&retention(100)).unwrap();
    assert_eq!(file(&account, first).await.unwrap(), bytes);
    account.stop().await;

    desk.stop().await;
    let later = place.open(&desk.key).await;
    assert_eq!(file(&later, first).await.unwrap(), bytes);
    assert!(file(&later, second).await.is_none(), "it was never kept");
}
