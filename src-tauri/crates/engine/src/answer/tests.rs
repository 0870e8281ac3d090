//! The answers, through the worker.

use muster_model::{Change, Status};
use rstest::rstest;

use super::*;
use crate::worker::tests::bench::{Bench, done, mass, one};
use crate::worker::tests::fake::Fault;

fn say(bench: &Bench, job: JobId, answer: Answer) -> Result<JobId, AnswerError> {
    give(&bench.stores, (job, &"c1".into()), answer, &bench.ctx.me.handle, bench.now())
}

/// A reply of which nobody knows whether it arrived.
async fn unknown(fault: Fault) -> (Bench, JobId) {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(false);
    bench.desk.cannot_tell();
    let job = bench.confirm(mass("Hello", done()), 1);
    bench.desk.next("reply", fault);
    for _ in 0..4 {
        bench.work().await.unwrap();
        bench.advance(std::time::Duration::from_secs(1200));
    }
    assert_eq!(bench.job(job).counts.unknown, 1);
    (bench, job)
}

#[tokio::test]
async fn it_was_sent_ends_it_and_what_rides_on_it_goes_on() {
    let (bench, job) = unknown(Fault::LoseAnswer).await;
    assert_eq!(say(&bench, job, Answer::Sent).unwrap(), job);
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 1);
    assert_eq!(
        (bench.desk.texts(&"c1".into()).len(), bench.desk.conversation(&"c1".into()).status),
        (1, Status::Done)
    );
    assert!(say(&bench, job, Answer::SendAgain).is_err(), "once");
}

#[tokio::test]
async fn send_again_sends_it_once_in_a_job_of_its_own() {
    let (bench, job) = unknown(Fault::Cut).await;
    let again = say(&bench, job, Answer::SendAgain).unwrap();
    assert!(say(&bench, job, Answer::SendAgain).is_err());
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c1".into()), ["Hello"]);
    assert_eq!((bench.job(again).counts.applied, bench.job(job).counts.rejected), (1, 1));
    assert_eq!(bench.job(job).reasons[0].code, "sent_again");
    assert_eq!(bench.desk.conversation(&"c1".into()).status, Status::Done);
}

#[tokio::test]
async fn what_did_arrive_after_all_is_not_sent_twice() {
    let (bench, job) = unknown(Fault::LoseAnswer).await;
    let again = say(&bench, job, Answer::SendAgain).unwrap();
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c1".into()), ["Hello"]);
    assert_eq!(bench.job(again).reasons[0].code, "arrived");
}

#[tokio::test]
async fn leaving_it_sends_nothing_and_asks_no_more() {
    let (bench, job) = unknown(Fault::LoseAnswer).await;
    say(&bench, job, Answer::Leave).unwrap();
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.unknown, bench.desk.calls("reply")), (1, 1));
    assert!(bench.stores.journal.attention(9).unwrap().is_empty());
    say(&bench, job, Answer::Sent).unwrap();
    assert_eq!(bench.job(job).counts.unknown, 0, "it can still be settled");
}

#[tokio::test]
async fn a_held_reply_leaves_when_told_but_not_past_what_nobody_saw() {
    let bench = Bench::new(1);
    let job = bench.confirm(mass("Hello", done()), 1);
    bench.desk.customer_writes(&"c1".into());
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.held, 1);
    // The customer writes once more before the answer, and nobody has seen that.
    bench.desk.customer_writes(&"c1".into());
    say(&bench, job, Answer::Send).unwrap();
    bench.sync();
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.held, bench.desk.texts(&"c1".into()).len()), (1, 0));
    say(&bench, job, Answer::Send).unwrap();
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&"c1".into()), ["Hello"]);
    assert_eq!(
        (bench.job(job).counts.applied, bench.desk.conversation(&"c1".into()).status),
        (1, Status::Done)
    );
}

#[tokio::test]
async fn a_held_item_is_left_out_when_told() {
    let bench = Bench::new(1);
    let job = bench.confirm(mass("Hello", done()), 1);
    bench.desk.colleague_writes(&"c1".into());
    bench.sync();
    bench.work().await.unwrap();
    say(&bench, job, Answer::Skip).unwrap();
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.counts.skipped, row.reasons[0].code.as_str()), (1, "left_out"));
    assert_eq!(
        (bench.desk.calls("reply"), bench.desk.conversation(&"c1".into()).status),
        (0, Status::Active)
    );
}

#[rstest]
#[case(Answer::Sent)]
#[case(Answer::SendAgain)]
#[case(Answer::Leave)]
#[case(Answer::Send)]
#[case(Answer::Skip)]
#[tokio::test]
async fn what_asks_nothing_takes_no_answer(#[case] answer: Answer) {
    let bench = Bench::new(1);
    let job = bench.confirm(one("Hello"), 1);
    bench.work().await.unwrap();
    assert!(say(&bench, job, answer).is_err());
    assert_eq!((bench.job(job).counts.applied, bench.desk.texts(&"c1".into()).len()), (1, 1));
}

#[rstest]
#[case::hold("hold", 0, "held", Status::Active)]
#[case::skip("skip", 0, "skipped", Status::Active)]
#[case::send("send", 1, "applied", Status::Done)]
#[tokio::test]
async fn the_job_says_what_becomes_of_it_when_somebody_wrote(
    #[case] if_changed: &str,
    #[case] sent: usize,
    #[case] state: &str,
    #[case] status: Status,
    #[values(true, false)] is_reply: bool,
) {
    let bench = Bench::new(3);
    let action =
        if is_reply { mass("Hello", done()) } else { muster_model::Action::Change { change: done() } };
    let mut job = bench.new_job(action, 3);
    job.sending.if_changed = muster_model::IfChanged::from(if_changed);
    bench.stores.journal.insert_job(&job).unwrap();
    bench.desk.customer_writes(&"c1".into());
    bench.sync();
    bench.work().await.unwrap();
    let story = bench.stores.journal.stories(job.id, None).unwrap().remove(0);
    assert_eq!(story.state.as_str(), state);
    assert_eq!(bench.desk.texts(&"c1".into()).len(), if is_reply { sent } else { 0 });
    assert_eq!(bench.desk.conversation(&"c1".into()).status, status);
    assert_eq!(bench.desk.conversation(&"c2".into()).status, Status::Done);
}

#[tokio::test]
async fn an_unknown_change_is_done_again_when_told() {
    let bench = Bench::new(1);
    let job = bench
        .confirm(muster_model::Action::Change { change: Change { block: true, ..Change::default() } }, 1);
    bench.desk.always("apply", Fault::Cut);
    let claimed = bench.stores.journal.claim(job, 9, true, bench.now(), &|_: &RemoteId| None).unwrap();
    assert_eq!(claimed.len(), 1);
    bench.stores.journal.recover(bench.now()).unwrap();
    assert_eq!(say(&bench, job, Answer::SendAgain).unwrap(), job);
    assert_eq!(bench.job(job).counts.pending, 1);
}
