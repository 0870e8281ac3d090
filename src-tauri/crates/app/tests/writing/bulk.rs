//! `musterctl bulk`: what it refuses before anything is planned or sent. Each refusal is one sentence.

use muster_app::wire::{DripView, SendingView};
use muster_app::{BulkRequest, UiError};

use crate::bench::Bench;

fn everybody() -> BulkRequest {
    BulkRequest { filter: Some("is:active".into()), ..BulkRequest::default() }
}

#[tokio::test]
async fn what_the_help_desk_would_refuse_for_everybody_is_refused_at_once() {
    let bench = Bench::start().await;
    let account = bench.app.open_named("Desk").await.unwrap();
    let refused = async |request: BulkRequest| -> UiError {
        bench.app.bulk_plan(&account, request).await.expect_err("makes no sense")
    };
    let nobody = refused(BulkRequest { assign: Some("nobody@nowhere".into()), ..everybody() }).await.message;
    assert!(nobody.starts_with("There is no agent \"nobody@nowhere\". There is: "), "{nobody}");
    let no_team = refused(BulkRequest { team: Some("biling".into()), ..everybody() }).await.message;
    assert!(no_team.starts_with("There is no team \"biling\". There is: "), "{no_team}");
    let both = BulkRequest { tag: vec!["a".into()], untag: vec!["a".into()], ..everybody() };
    assert_eq!(
        refused(both).await.message,
        "\"a\" cannot be added and removed at once. Leave one of them out."
    );

    let here = bench.ids("status=active&channel=email").await.swap_remove(0);
    let tag = || BulkRequest { tag: vec!["a".into()], ..BulkRequest::default() };
    let ids = vec![here.clone(), "c-0".into(), "c-0".into()];
    assert_eq!(
        refused(BulkRequest { ids: Some(ids), ..tag() }).await.message,
        "1 of the ids is not on this computer: c-0. Nothing was done. Sync first, or take them out."
    );
    let plan = bench.app.bulk_plan(&account, BulkRequest { ids: Some(vec![here]), ..tag() }).await.unwrap();
    assert_eq!(plan.count(), 1);

    let drip = DripView {
        start: "2020-01-01T00:00:00Z".into(),
        batch: 1,
        every: 1,
        unit: "hours".into(),
        ..DripView::default()
    };
    let sending = SendingView { mode: "drip".into(), drip: Some(drip), ..SendingView::default() };
    assert_eq!(
        refused(BulkRequest { tag: vec!["a".into()], sending, ..everybody() }).await.message,
        "The drip would begin in the past. Write a later time, for example tomorrow."
    );

    let mine = BulkRequest { assign: Some("me".into()), team: Some("BILLING".into()), ..everybody() };
    assert!(bench.app.bulk_plan(&account, mine).await.unwrap().count() > 0);
    bench.stop().await;
}
