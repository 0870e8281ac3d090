//! A copy with broken bytes: everything is fetched again, what was written here waits on, and nobody hears a thing twice.

use muster_engine::{Account, Confirmation, EngineEvent, OpenError, confirm, plan};
use muster_model::{Action, Change, JobId, JobState, RemoteId, Selection};
use muster_store::{Cache, Overlay, StoreError};

use crate::desk::{Desk, Place, listed, next, until, until_online};

const PAGE: usize = 4096;

type Damage = fn(&mut Vec<u8>);

fn zero(bytes: &mut [u8], page: usize) {
    let from = page.saturating_mul(PAGE).min(bytes.len() - PAGE);
    bytes[from..from + PAGE].fill(0);
}

/// What somebody meant to write, while the desk was away: nothing of it has left.
async fn written_offline(account: &Account, ids: &[RemoteId]) -> JobId {
    let action = Action::Reply {
        text: "It is on its way.".into(),
        mass: true,
        then: Change::default(),
        files: Vec::new(),
        approved: None,
    };
    let plan = plan(account, Selection::Ids { ids: ids.to_vec() }, action, None).await.unwrap();
    let confirmed = confirm(account, &plan, plan.revision, plan.count()).await.unwrap();
    let Confirmation::Job(job) = confirmed else { panic!("something moved") };
    job
}

/// Reads everything that is read of a cache.
fn read_all(account: &Account, ids: &[RemoteId]) -> Result<(), StoreError> {
    let cache = &account.stores().cache;
    cache.warm()?;
    for id in ids {
        cache.conversation(id)?;
        cache.thread(id)?;
    }
    cache.count(&muster_model::Match::Word("order".into()), &Overlay::empty())?;
    Ok(())
}

/// Syncs and reads, opening the account anew for as long as damage is found; says whether any was.
async fn mended(place: &Place, desk: &Desk, ids: &[RemoteId]) -> (Account, bool) {
    let mut was_renewed = false;
    for _ in 0..4 {
        let account = place.open(&desk.key).await;
        was_renewed |= account.is_renewed();
        let done = match account.sync_once(true, |_| {}).await {
            Ok(_) => read_all(&account, ids),
            Err(muster_engine::SyncError::Store(err)) => Err(err),
            Err(err) => panic!("{err}"),
        };
        match done {
            Ok(()) => return (account, was_renewed),
            Err(err) => assert!(matches!(err, StoreError::DamagedCopy { .. }) && account.is_spent(), "{err}"),
        }
    }
    panic!("it is damaged again and again");
}

#[tokio::test]
async fn whatever_breaks_is_fetched_again_and_what_was_written_leaves_once() {
    let mut desk = Desk::start(120, "").await;
    let whole = Place::new(&desk.url);
    let (all, written_to, job) = {
        let account = whole.open(&desk.key).await;
        account.sync_once(false, |_| {}).await.unwrap();
        let active = listed(&account, "is:active channel:email").await;
        desk.stop().await;
        let job = written_offline(&account, &active[..3]).await;
        desk.come_back().await;
        (listed(&account, "").await, active[..3].to_vec(), job)
    };
    let cases: [(&str, Damage); 6] = [
        ("the first page", |bytes| zero(bytes, 0)),
        ("a page in the middle", |bytes| {
            let middle = bytes.len() / PAGE / 2;
            zero(bytes, middle);
        }),
        ("the last page", |bytes| zero(bytes, usize::MAX)),
        ("half of it gone", |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut within a page", |bytes| bytes.truncate(bytes.len() / 3 + 77)),
        ("garbage", |bytes| bytes.fill(0x5a)),
    ];
    let mut renewed = 0;
    for (what, damage) in cases {
        let place = whole.copy();
        place.damage("cache.db", damage);
        let (account, was_renewed) = mended(&place, &desk, &all).await;
        renewed += usize::from(was_renewed);
        assert_eq!(listed(&account, "").await, all, "{what}");
        let row = account.stores().journal.job(job).unwrap().unwrap();
        assert_eq!((row.counts.pending, row.counts.applied), (3, 0), "{what}: it waits as it did");
    }
    assert!(renewed >= 5, "a page may be free, but most are not: {renewed}");
    // The last one sends it, with headers and threads that were fetched anew.
    let place = whole.copy();
    place.damage("cache.db", |bytes| bytes.fill(0x5a));
    let account = place.open(&desk.key).await;
    assert!(account.is_renewed());
    account.work_until_idle().await.unwrap();
    account.sync_once(false, |_| {}).await.unwrap();
    account.work_until_idle().await.unwrap();
    let row = account.stores().journal.job(job).unwrap().unwrap();
    assert_eq!((row.state, row.counts.applied), (JobState::Completed, 3));
    for id in &written_to {
        let thread = desk.get(&format!("/api/conversations/{id}")).await;
        let messages = thread["messages"].as_array().unwrap();
        let ours = messages.iter().filter(|message| message["text"] == "It is on its way.");
        assert_eq!(ours.count(), 1, "{id}");
    }
}

#[tokio::test]
async fn damage_that_comes_again_and_again_is_not_mended_for_ever() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    place.open(&desk.key).await.sync_once(false, |_| {}).await.unwrap();
    for _ in 0..3 {
        place.damage("cache.db", |bytes| bytes.fill(7));
        let account = place.open(&desk.key).await;
        assert!(account.is_renewed());
        assert_eq!(listed(&account, "").await.len(), 0);
        account.sync_once(false, |_| {}).await.unwrap();
        assert_eq!(listed(&account, "").await.len(), 60);
    }
    place.damage("cache.db", |bytes| bytes.fill(7));
    let refused = place.try_open(&desk.key).await.err().unwrap();
    assert!(matches!(refused, OpenError::DamagedAgain { .. }), "{refused}");
    assert!(refused.to_string().contains("Jobs and drafts are in another file"), "{refused}");
}

#[tokio::test]
async fn a_wrong_key_is_no_damage() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    place.open(&desk.key).await.sync_once(false, |_| {}).await.unwrap();
    // Neither file opens: this is not their key.
    place.damage("cache.db", |bytes| bytes.fill(7));
    place.damage("journal.db", |bytes| bytes.fill(7));
    let refused = place.try_open(&desk.key).await.err().unwrap();
    assert!(matches!(refused, OpenError::Store(StoreError::WrongKey { .. })), "{refused}");
    place.damage("cache.db", |bytes| assert_eq!(bytes[0], 7, "it is left as it is"));
}

#[tokio::test]
async fn only_who_works_the_account_makes_it_anew_and_the_other_hears_of_it() {
    let desk = Desk::start(60, "").await;
    let place = Place::new(&desk.url);
    let (works, watches) = (place.open(&desk.key).await, place.open(&desk.key).await);
    works.start();
    until_online(&works).await;
    watches.start();
    let mut heard = [works.events(), watches.events()];
    let folder = place.path();
    // What one of them came upon.
    std::fs::write(folder.join("cache.db.damaged"), "a page").unwrap();
    for events in &mut heard {
        next(events, |event| (event == EngineEvent::CopySpent).then_some(())).await;
    }
    let refused = place.try_open(&desk.key).await.err().unwrap();
    assert!(matches!(refused, OpenError::DamagedElsewhere), "{refused}");
    works.stop().await;
    watches.stop().await;
    assert_eq!(Cache::damage(&folder).as_deref(), Some("a page"));
    let account = place.open(&desk.key).await;
    assert!(account.is_renewed() && Cache::damage(&folder).is_none());
    account.start();
    until("fetched again", || account.stores().cache.sync_state().is_ok_and(|state| state.cached == 60))
        .await;
    account.stop().await;
}
