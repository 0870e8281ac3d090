//! The overlay over real databases, before, during and after a job.

use std::sync::Arc;

use muster_model::{Action, Change, Conversation, Engagement, Status};
use muster_store::Marks;
use rstest::rstest;

use super::*;
use crate::worker::tests::bench::{Bench, done, mass};

fn known(bench: &Bench) -> Known {
    derive(&bench.stores, Some(bench.ctx.me.handle.clone()), Known::default()).unwrap()
}

fn seen(bench: &Bench, id: &str) -> (Conversation, Marks, Vec<String>) {
    let overlay = known(bench).overlay;
    let shown = overlay.apply(bench.stores.cache.conversation(&id.into()).unwrap().unwrap());
    let marks = overlay.marks(&shown);
    (shown, marks, overlay.pending(&id.into()))
}

#[tokio::test]
async fn a_change_shows_from_the_confirmation_until_the_cache_has_it() {
    let bench = Bench::new(2);
    bench.confirm(Action::Change { change: done() }, 1);
    let (shown, marks, words) = seen(&bench, "c1");
    assert_eq!((shown.status, marks.pending, words), (Status::Done, true, vec!["status".to_owned()]));
    let (shown, marks, _) = seen(&bench, "c2");
    assert_eq!((shown.status, marks.pending), (Status::Active, false));
    bench.work().await.unwrap();
    let (shown, marks, _) = seen(&bench, "c1");
    assert_eq!((shown.status, marks.pending), (Status::Done, false), "nothing flickers back");
    bench.sync();
    assert_eq!(seen(&bench, "c1").0, bench.stores.cache.conversation(&"c1".into()).unwrap().unwrap());
}

#[tokio::test]
async fn what_somebody_else_did_afterwards_wins() {
    let bench = Bench::new(1);
    bench.confirm(Action::Change { change: done() }, 1);
    bench.work().await.unwrap();
    bench
        .change(&"c1".into(), Change { status: Some(muster_model::StatusChange::Spam), ..Change::default() })
        .await;
    bench.sync();
    assert_eq!(seen(&bench, "c1").0.status, Status::Spam);
}

#[tokio::test]
async fn a_reply_turns_the_ball_only_when_it_was_sent() {
    let bench = Bench::new(1);
    bench.confirm(mass("Hello", Change::default()), 1);
    let (shown, _, words) = seen(&bench, "c1");
    assert_eq!((shown.engagement, words), (Engagement::Pending, vec!["reply".to_owned()]));
    bench.work().await.unwrap();
    assert_eq!(seen(&bench, "c1").0.engagement, Engagement::Engaged);
}

#[rstest]
#[case::before_it_leaves(false, "your change waits – the customer wrote")]
#[case::when_it_was_held(true, "held – somebody wrote after you planned it")]
#[tokio::test]
async fn where_the_customer_wrote_the_change_waits(#[case] worked: bool, #[case] reason: &str) {
    let bench = Bench::new(1);
    bench.confirm(Action::Change { change: done() }, 1);
    bench.desk.customer_writes(&"c1".into());
    bench.sync();
    if worked {
        bench.work().await.unwrap();
    }
    let (shown, marks, _) = seen(&bench, "c1");
    assert_eq!((shown.status, marks.waiting_reason.as_deref()), (Status::Active, Some(reason)));
}

#[tokio::test]
async fn nothing_is_derived_again_while_nothing_moves() {
    let bench = Bench::new(1);
    let me = Some(bench.ctx.me.handle.clone());
    let first = known(&bench);
    let again = derive(&bench.stores, me.clone(), first.clone()).unwrap();
    assert!(Arc::ptr_eq(&first.overlay, &again.overlay));
    bench.confirm(Action::Change { change: done() }, 1);
    let confirmed = derive(&bench.stores, me.clone(), again).unwrap();
    assert!(!confirmed.overlay.pending(&"c1".into()).is_empty());
    bench.stores.cache.note_synced(bench.now()).unwrap();
    let synced = derive(&bench.stores, me, confirmed).unwrap();
    assert!(!synced.overlay.pending(&"c1".into()).is_empty());
    let nobody = derive(&bench.stores, None, synced.clone()).unwrap();
    assert!(!Arc::ptr_eq(&synced.overlay, &nobody.overlay), "another agent sees other follows");
}
