//! The overlay over real databases, before, during and after a job.

use muster_model::{Change, Engagement, Status};
use rstest::rstest;

use super::*;
use crate::worker::tests::bench::{Bench, done, mass};
use muster_model::Action;

fn seen(bench: &Bench, id: &str) -> (Conversation, Option<OverlayRow>) {
    let overlay = derive(&bench.stores, Some(&bench.ctx.me)).unwrap();
    let base = bench.stores.cache.conversation(&id.into()).unwrap().unwrap();
    (overlay.apply(base), overlay.rows().get(&RemoteId::from(id)).cloned())
}

#[tokio::test]
async fn a_change_shows_from_the_confirmation_until_the_cache_has_it() {
    let bench = Bench::new(2);
    bench.confirm(Action::Change { change: done() }, 1);
    let (shown, row) = seen(&bench, "c1");
    assert_eq!((shown.status, row.unwrap().pending), (Status::Done, vec!["status".to_owned()]));
    assert_eq!(seen(&bench, "c2").1, None);
    bench.work().await.unwrap();
    let (shown, row) = seen(&bench, "c1");
    assert_eq!((shown.status, row.unwrap().pending), (Status::Done, Vec::new()), "nothing flickers back");
    bench.sync();
    let (shown, row) = seen(&bench, "c1");
    assert_eq!((shown.status, row), (Status::Done, None));
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
    let (shown, row) = seen(&bench, "c1");
    assert_eq!((shown.engagement, row.unwrap().pending), (Engagement::Pending, vec!["reply".to_owned()]));
    bench.work().await.unwrap();
    assert_eq!(seen(&bench, "c1").0.engagement, Engagement::Engaged);
}

#[rstest]
#[case::before_it_leaves(false, CUSTOMER_WROTE)]
#[case::when_it_was_held(true, HELD)]
#[tokio::test]
async fn where_the_customer_wrote_the_change_waits(#[case] worked: bool, #[case] reason: &str) {
    let bench = Bench::new(1);
    bench.confirm(Action::Change { change: done() }, 1);
    bench.desk.customer_writes(&"c1".into());
    bench.sync();
    if worked {
        bench.work().await.unwrap();
    }
    let (shown, row) = seen(&bench, "c1");
    assert_eq!((shown.status, row.unwrap().waiting_reason.as_deref()), (Status::Active, Some(reason)));
}
