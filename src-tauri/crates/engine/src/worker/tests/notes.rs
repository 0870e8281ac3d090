//! Notes: one call per item, whoever wrote meanwhile, and never twice on a guess.

use muster_model::{EffectState, JobId, MessageKind, Verdict};
use muster_store::DraftKind;

use super::*;
use crate::answer::{Answer, give};

const C1: &str = "c1";

fn say(bench: &Bench, job: JobId, answer: Answer) -> JobId {
    give(&bench.stores, (job, &C1.into()), answer, &bench.ctx.me.handle, bench.now()).unwrap()
}

#[tokio::test]
async fn a_note_leaves_whoever_wrote_and_changes_nobodys_turn() {
    let bench = Bench::new(3);
    let job = bench.confirm(note("Look at this {{customer_name}}"), 3);
    bench.desk.customer_writes(&"c1".into());
    bench.desk.colleague_writes(&"c2".into());
    bench.sync();
    bench.fetch_thread(&"c3".into()).await;
    bench.work().await.unwrap();
    let row = bench.job(job);
    assert_eq!((row.state.clone(), row.counts.applied), (JobState::Completed, 3));
    assert_eq!(crate::sentence::result(&row), "3 noted");
    assert_eq!(bench.desk.calls("note"), 3, "one call per item");
    for id in bench.ids() {
        assert_eq!(bench.desk.texts(&id), ["Look at this {{customer_name}}"], "as it was written");
        assert_eq!(bench.desk.conversation(&id).engagement, Engagement::Pending);
    }
    // The cached thread shows it before the help desk's own comes.
    let cached = bench.stores.cache.thread(&"c3".into()).unwrap().unwrap();
    let shown = cached.thread.messages.last().unwrap();
    assert_eq!((&shown.kind, shown.mentions.len()), (&MessageKind::Note, 1));
    assert!(shown.delivery.is_none());
}

#[tokio::test]
async fn until_it_is_applied_it_is_shown_as_pending() {
    let bench = Bench::new(1);
    let job = bench.confirm(note("Look at this"), 1);
    let open = || bench.stores.journal.open_replies(&C1.into(), bench.now()).unwrap();
    let pending = open();
    assert_eq!((pending[0].note, pending[0].text.as_str()), (true, "Look at this"));
    assert_eq!(pending[0].mentions, [Handle::from("aiko@desk.example")]);
    assert_eq!(bench.stores.journal.jobs_open().unwrap().outbox, 1);
    bench.desk.next("note", Fault::Unreachable);
    bench.work().await.unwrap_err();
    assert_eq!(open()[0].state, EffectState::Pending, "offline it waits");
    bench.ctx.link.reachable();
    bench.work().await.unwrap();
    assert_eq!((open().len(), bench.job(job).counts.applied), (0, 1));
    assert_eq!(bench.stores.journal.jobs_open().unwrap().outbox, 0);
}

#[rstest]
#[case::arrived(Fault::LoseAnswer, true, 1)]
#[case::arrived_at_one_that_dedupes_nothing(Fault::LoseAnswer, false, 1)]
#[case::lost(Fault::Cut, true, 2)]
#[case::lost_at_one_that_dedupes_nothing(Fault::Cut, false, 2)]
#[tokio::test]
async fn what_is_unknown_is_looked_for_by_its_reference(
    #[case] fault: Fault,
    #[case] dedupes: bool,
    #[case] calls: usize,
) {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(dedupes);
    let job = bench.confirm(note("Look at this"), 1);
    bench.desk.next("note", fault);
    bench.work().await.unwrap();
    if fault_was_a_cut(fault) && !dedupes {
        assert_eq!((bench.desk.calls("note"), bench.job(job).counts.unknown), (1, 1), "not on a guess");
    }
    bench.advance(SETTLE);
    bench.work().await.unwrap();
    assert_eq!((bench.desk.calls("note"), bench.desk.texts(&C1.into()).len()), (calls, 1));
    assert_eq!(bench.job(job).state, JobState::Completed);
}

fn fault_was_a_cut(fault: Fault) -> bool {
    matches!(fault, Fault::Cut)
}

/// A note of which nobody can tell whether it arrived.
async fn unknown(fault: Fault) -> (Bench, JobId) {
    let bench = Bench::new(1);
    bench.desk.set_dedupes(false);
    bench.desk.cannot_tell();
    let job = bench.confirm(note("Look at this"), 1);
    bench.desk.next("note", fault);
    for _ in 0..4 {
        bench.work().await.unwrap();
        bench.advance(SETTLE * 10);
    }
    assert_eq!((bench.job(job).counts.unknown, bench.desk.calls("note")), (1, 1), "left to a human");
    let waiting = bench.stores.journal.attention(10).unwrap();
    assert_eq!(waiting[0].text.as_deref(), Some("Look at this"));
    (bench, job)
}

#[tokio::test]
async fn a_human_says_that_it_is_there() {
    let (bench, job) = unknown(Fault::LoseAnswer).await;
    assert_eq!(say(&bench, job, Answer::Sent), job);
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).counts.applied, bench.desk.calls("note")), (1, 1));
}

#[tokio::test]
async fn a_human_says_that_it_is_not_there() {
    let (bench, job) = unknown(Fault::Cut).await;
    let again = say(&bench, job, Answer::SendAgain);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&C1.into()), ["Look at this"]);
    assert_eq!((bench.job(again).counts.applied, bench.job(job).counts.rejected), (1, 1));
}

#[tokio::test]
async fn what_was_there_after_all_is_not_written_twice() {
    let (bench, job) = unknown(Fault::LoseAnswer).await;
    let again = say(&bench, job, Answer::SendAgain);
    bench.work().await.unwrap();
    assert_eq!(bench.desk.texts(&C1.into()), ["Look at this"]);
    assert_eq!(bench.job(again).reasons[0].code, "arrived");
}

#[tokio::test]
async fn within_the_hold_it_becomes_a_draft_again_and_later_it_stays() {
    let bench = Bench::new(1);
    let held = muster_model::Sending { hold: 10, ..muster_model::Sending::default() };
    let job = bench.confirm_as(note("Look at this"), 1, held.clone());
    bench.work().await.unwrap();
    assert_eq!((bench.job(job).state, bench.desk.calls("note")), (JobState::Holding, 0));
    crate::control::cancel_in(&bench.stores.journal, job, bench.now()).unwrap();
    let back = bench.stores.journal.draft_from_job(job, bench.now()).unwrap().unwrap();
    assert_eq!((back.kind, back.text.as_str()), (DraftKind::Note, "Look at this"));
    assert_eq!(bench.stores.journal.draft(&C1.into(), DraftKind::Reply).unwrap(), None, "apart");

    let job = bench.confirm_as(note("Look at this"), 1, held);
    assert_eq!(bench.stores.journal.draft(&C1.into(), DraftKind::Note).unwrap(), None, "the job ends it");
    bench.advance(Duration::from_secs(11));
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.applied, 1);
    let undo = crate::undo::begin(&bench.stores, job, None, &bench.ctx.me.handle, bench.now());
    assert!(undo.is_err(), "what colleagues were told stays");
    assert_eq!(bench.desk.calls("note"), 1);
}

#[tokio::test]
async fn one_that_is_refused_can_be_tried_again() {
    let bench = Bench::new(1);
    let job = bench.confirm(note("Look at this"), 1);
    bench.desk.refuse(&C1.into());
    bench.work().await.unwrap();
    assert_eq!(bench.job(job).counts.rejected, 1);
    bench.desk.take_all();
    let (again, _) = crate::retry::begin(&bench.stores, job, &bench.ctx.me.handle, bench.now()).unwrap();
    bench.work().await.unwrap();
    assert_eq!((bench.job(again).counts.applied, bench.desk.texts(&C1.into()).len()), (1, 1));
    assert_ne!(bench.job(again).id, job);
    let verdict = bench.stores.journal.job_audience(again).unwrap()[0].verdict.clone();
    assert_eq!(verdict, Verdict::WillSend.to_string(), "as it was judged when it was confirmed");
}
