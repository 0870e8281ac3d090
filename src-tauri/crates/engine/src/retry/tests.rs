//! Retry through the worker: only what failed, and never a reply that somebody has.

use muster_model::{Change, StatusChange};
use rstest::rstest;

use super::*;
use crate::worker::tests::bench::{Bench, done, mass};
use crate::worker::tests::fake::Fault;

fn id(n: usize) -> RemoteId {
    RemoteId::new(format!("c{n}"))
}

fn again(bench: &Bench, job: JobId) -> Result<JobId, RetryError> {
    let me = bench.ctx.me.handle.clone();
    begin(&bench.stores, job, &me, bench.now()).map(|(retry, _)| retry)
}

#[tokio::test]
async fn only_what_failed_is_sent_again() {
    let bench = Bench::new(5);
    let job = bench.confirm(mass("Hello", done()), 5);
    bench.desk.refuse(&id(2));
    bench.desk.refuse(&id(4));
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.rejected, 2);
    assert_eq!(received_in(&bench.stores, job).unwrap(), [id(1), id(3), id(5)]);
    bench.desk.take_all();
    let retry = again(&bench, job).unwrap();
    // A second click, or a second window, sends to nobody twice.
    assert_eq!(
        again(&bench, job).unwrap_err().to_string(),
        "2 cannot be tried again: 2 tried again already."
    );
    bench.work().await.unwrap();
    let row = bench.job(retry);
    assert_eq!((row.total, row.counts.applied), (2, 2));
    assert_eq!(row.origin, Some(Origin { job, relation: Relation::Retry }));
    for n in 1..=5 {
        assert_eq!(bench.desk.texts(&id(n)), ["Hello"]);
        assert_eq!(bench.desk.conversation(&id(n)).status, muster_model::Status::Done);
    }
    assert!(again(&bench, job).is_err());
    assert_eq!(
        again(&bench, retry).unwrap_err().to_string(),
        "Nothing failed, so there is nothing to try again."
    );
}

#[tokio::test]
async fn what_rides_on_a_reply_that_arrived_is_tried_alone() {
    let bench = Bench::new(2);
    let then = Change { add_tags: vec!["told".into()], ..Change::default() };
    let job = bench.confirm(mass("Hello", then), 2);
    bench.desk.meanwhile({
        let desk = std::sync::Arc::clone(&bench.desk);
        move |call, n| {
            if (call, n) == ("apply", 1) {
                desk.refuse(&id(2));
            }
        }
    });
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.job(job).counts.rejected), (1, 1));
    bench.desk.take_all();
    let retry = again(&bench, job).unwrap();
    assert!(
        bench.stores.journal.open_replies(&id(2), bench.now()).unwrap().is_empty(),
        "it writes to nobody"
    );
    bench.work().await.unwrap();
    assert_eq!(bench.job(retry).counts.applied, 1);
    assert_eq!(bench.desk.texts(&id(2)), ["Hello"]);
    assert!(bench.desk.conversation(&id(2)).tags.contains(&"told".to_owned()));
    assert!(received_in(&bench.stores, retry).unwrap().is_empty());
}

#[tokio::test]
async fn who_was_sent_to_before_a_stop_is_said_and_not_sent_to_again() {
    let bench = Bench::new(30);
    let then = Change { add_tags: vec!["told".into()], ..Change::default() };
    let job = bench.confirm(mass("Hello", then), 30);
    // The first 25 replies leave, and what was to follow on them does not.
    bench.desk.next("apply", Fault::Unreachable);
    assert!(bench.work().await.is_err());
    bench.stores.journal.cancel_job(job, bench.now()).unwrap();
    let row = bench.job(job);
    assert_eq!((row.counts.applied, row.counts.skipped), (0, 30));
    assert_eq!(crate::sentence::stopped(&row), "25 sent but not changed, 5 will not be sent");
    let found = find(&bench.stores, job).unwrap();
    let retryable = Retryable::of(&found.items, row.action.as_ref());
    assert_eq!(retryable, Retryable { whole: 5, rest: 25 });
    let label = crate::sentence::retry_label(&row, retryable);
    assert_eq!(label, "Send to the 5 after all, tag 25 told");
    again(&bench, job).unwrap();
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    for n in 1..=30 {
        assert_eq!(bench.desk.texts(&id(n)), ["Hello"]);
        assert!(bench.desk.conversation(&id(n)).tags.contains(&"told".to_owned()), "c{n}");
    }
}

#[tokio::test]
async fn what_is_unknown_is_never_tried_again() {
    let bench = Bench::new(2);
    bench.desk.set_dedupes(false);
    bench.desk.cannot_tell();
    let job = bench.confirm(mass("Hello", done()), 2);
    bench.desk.next("reply", Fault::LoseAnswer);
    for _ in 0..4 {
        bench.work().await.unwrap();
        bench.advance(std::time::Duration::from_secs(1200));
    }
    assert_eq!(bench.job(job).counts.unknown, 2);
    assert!(again(&bench, job).is_err());
    assert!(received_in(&bench.stores, job).unwrap().is_empty());
}

#[tokio::test]
async fn what_was_cancelled_can_be_sent_after_all() {
    let bench = Bench::new(30);
    let job = bench.confirm(mass("Hello", done()), 30);
    bench.desk.after(1, "reply", Fault::Unreachable);
    assert!(bench.work().await.is_err());
    bench.stores.journal.cancel_job(job, bench.now()).unwrap();
    let retry = again(&bench, job).unwrap();
    bench.ctx.link.reachable();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!((bench.job(retry).total, bench.job(retry).counts.applied), (5, 5));
    assert!(bench.ids().iter().all(|id| bench.desk.texts(id).len() == 1));
}

#[tokio::test]
async fn who_retries_a_failure_sends_to_nobody_else() {
    let bench = Bench::new(30);
    bench.desk.refuse(&id(3));
    let job = bench.confirm(mass("Hello", done()), 30);
    // Eight calls until the one that is refused stands alone.
    bench.desk.after(8, "reply", Fault::Unreachable);
    let _ = bench.work().await;
    bench.stores.journal.cancel_job(job, bench.now()).unwrap();
    let row = bench.job(job);
    assert!(row.counts.rejected == 1 && row.counts.skipped > 0, "{:?}", row.counts);
    let retry = again(&bench, job).unwrap();
    assert_eq!(bench.job(retry).total, 1, "only what failed");
    let after_all = again(&bench, job).unwrap();
    assert_eq!(bench.job(after_all).total, row.counts.skipped, "and only then those who were left");
}

fn story(own: Option<Vec<OwnEffect>>, rows: &[(Effect, EffectState, &str)]) -> ItemStory {
    let bench_item = AudienceItem {
        id: id(1),
        stamp: 1,
        last_inbound: None,
        last_outbound: None,
        values: Vec::new(),
        verdict: "will_send".into(),
        takes_part: true,
        channel: muster_model::Channel::Email,
        with_files: false,
        approved: false,
        own: own.map(Into::into),
    };
    let row =
        |(ordinal, (effect, state, code)): (u32, &(Effect, EffectState, &str))| muster_store::EffectRow {
            row: i64::from(ordinal),
            ordinal,
            effect: effect.clone(),
            state: state.clone(),
            before: None,
            after: None,
            attempts: 1,
            receipt: None,
            reason: (!code.is_empty()).then(|| Reason::new(*code, "because")),
            started: None,
            finished: None,
        };
    let effects = (0u32..).zip(rows).map(row).collect();
    let state = EffectState::Rejected;
    ItemStory { no: 0, audience: bench_item, state, reason: None, seen: None, left_at: None, effects }
}

const DONE: Effect = Effect::Status(StatusChange::Done);

#[rstest]
#[case::all(&[(Effect::Reply, EffectState::Rejected, "busy"), (DONE, EffectState::Skipped, "not_tried")], Left::Whole)]
#[case::rider(&[(Effect::Reply, EffectState::Applied, ""), (DONE, EffectState::Rejected, "busy")], Left::Part(vec![plain(DONE)]))]
#[case::cancelled(&[(Effect::Reply, EffectState::Applied, ""), (DONE, EffectState::Skipped, "cancelled")], Left::Part(vec![plain(DONE)]))]
#[case::unknown(&[(Effect::Reply, EffectState::Unknown, "no_answer"), (DONE, EffectState::Pending, "")], Left::Nothing)]
#[case::unknown_cancelled(&[(Effect::Reply, EffectState::Unknown, "no_answer"), (DONE, EffectState::Skipped, "cancelled")], Left::Nothing)]
#[case::held(&[(Effect::Reply, EffectState::Held, "customer_wrote"), (DONE, EffectState::Pending, "")], Left::Nothing)]
#[case::refused(&[(Effect::Reply, EffectState::Rejected, "busy"), (DONE, EffectState::Skipped, "reply_not_sent")], Left::Whole)]
#[case::for_good(&[(Effect::Reply, EffectState::Rejected, "window_closed"), (DONE, EffectState::Skipped, "not_tried")],
    Left::Final(Reason::new("window_closed", "because")))]
#[case::left_out(&[(Effect::Reply, EffectState::Skipped, "left_out"), (DONE, EffectState::Skipped, "not_tried")], Left::Nothing)]
#[case::superseded(&[(Effect::Reply, EffectState::Applied, ""), (DONE, EffectState::Skipped, "superseded")], Left::Nothing)]
#[case::sent_again(&[(Effect::Reply, EffectState::Rejected, "sent_again"), (DONE, EffectState::Skipped, "not_tried")],
    Left::Final(Reason::new("sent_again", "because")))]
fn what_is_left_of_an_item(#[case] rows: &[(Effect, EffectState, &str)], #[case] left: Left) {
    assert_eq!(Left::of(&story(None, rows), &[plain(Effect::Reply), plain(DONE)]), left);
}

#[test]
fn what_an_undo_expects_is_expected_again() {
    let own =
        vec![OwnEffect { effect: DONE, expects: Some(serde_json::Value::Null) }, plain(Effect::TagClear)];
    let rows = [(DONE, EffectState::Rejected, "busy"), (Effect::TagClear, EffectState::Applied, "")];
    assert_eq!(Left::of(&story(Some(own.clone()), &rows), &[]), Left::Part(own[..1].to_vec()));
}
