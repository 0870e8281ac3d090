//! The bucket by case table, and the pace with a clock that stands still.

use std::pin::pin;

use futures::poll;
use jiff::tz::TimeZone;
use muster_model::{Change, JobState};
use muster_store::DataKey;
use rstest::rstest;
use tempfile::TempDir;

use super::*;
use crate::worker::tests::bench::{Bench, mass, one};
use crate::{FixedClock, samples};

fn after(seconds: i64) -> Timestamp {
    samples::now() + SignedDuration::from_secs(seconds)
}

fn told(limit: u32, remaining: u32, seconds: i64) -> Rate {
    Rate { limit, remaining, reset: after(seconds) }
}

struct Desk {
    pace: Pace,
    clock: Arc<FixedClock>,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(samples::now(), TimeZone::UTC));
        let pace = Pace::load(Arc::clone(&clock) as Arc<dyn Clock>, journal(&folder)).unwrap();
        Self { pace, clock, folder }
    }

    fn restarted(self) -> Self {
        let Self { clock, folder, .. } = self;
        let pace = Pace::load(Arc::clone(&clock) as Arc<dyn Clock>, journal(&folder)).unwrap();
        Self { pace, clock, folder }
    }

    /// Calls that this use gets now.
    fn taken(&self, of: Use) -> usize {
        (0..1000).take_while(|_| self.pace.take(of, Kind::Read, 0).is_ok()).count()
    }
}

fn journal(folder: &TempDir) -> Journal {
    Journal::open(folder.path(), &DataKey::from_bytes([7; 32])).unwrap()
}

#[rstest]
#[case::enough(told(60, 12, 30), 1, 0, 0, None)]
#[case::the_last(told(60, 1, 30), 1, 0, 0, None)]
#[case::none_left(told(60, 0, 30), 1, 0, 0, Some(30))]
#[case::time_passes(told(60, 0, 30), 1, 0, 20, Some(10))]
#[case::at_the_reset(told(60, 0, 30), 1, 0, 30, None)]
// What is left to others is given out in the last ten seconds.
#[case::a_share_is_left(told(60, 12, 30), 1, 20, 0, Some(20))]
#[case::and_given_out(told(60, 12, 30), 1, 20, 20, None)]
#[case::of_five_one(told(5, 1, 60), 1, 20, 0, Some(50))]
#[case::above_the_share(told(60, 13, 30), 1, 20, 0, None)]
#[case::more_than_there_ever_is(told(60, 60, 30), 500, 0, 0, None)]
#[case::small_limits_leave_one(told(1, 1, 30), 1, 50, 0, None)]
#[case::a_bare_refusal(told(0, 0, 3), 1, 50, 0, Some(3))]
#[case::and_then_nobody_knows(told(0, 0, 3), 500, 50, 3, None)]
#[case::a_clock_that_is_wrong(told(60, 0, 86_400), 1, 0, 0, None)]
fn how_long_to_wait(
    #[case] said: Rate,
    #[case] n: u64,
    #[case] leaves: u32,
    #[case] at: i64,
    #[case] seconds: Option<u64>,
) {
    let mut bucket = Bucket::told(&said, 0, samples::now());
    assert_eq!(bucket.wait(n, leaves, after(at)), seconds.map(Duration::from_secs));
}

#[test]
fn a_limit_without_news_comes_back_evenly() {
    let mut bucket = Bucket::full(60, samples::now());
    bucket.take(60);
    assert_eq!(bucket.wait(1, 0, samples::now()), Some(Duration::from_secs(1)));
    assert_eq!(bucket.wait(10, 0, samples::now()), Some(Duration::from_secs(10)));
    assert_eq!(bucket.wait(10, 0, after(10)), None);
    // A clock that goes back gives nothing and takes nothing.
    assert_eq!(bucket.wait(10, 0, after(5)), None);
    assert_eq!(bucket.wait(60, 0, after(600)), None);
}

#[test]
fn without_a_limit_nobody_waits() {
    let desk = Desk::new();
    assert_eq!(desk.taken(Use::Prefetch), 1000);
    assert_eq!(desk.pace.wait(Use::Batch, 500, 0, 500), None);
}

#[test]
fn the_more_urgent_has_the_larger_share() {
    let desk = Desk::new();
    desk.pace.note(Some(told(100, 100, 60)), None);
    let uses = [Use::Prefetch, Use::Batch, Use::Sync, Use::Guard, Use::Interactive];
    assert_eq!(uses.map(|of| desk.taken(of)), [50, 30, 10, 5, 5]);
    desk.clock.set(after(60));
    assert_eq!(desk.taken(Use::Prefetch), 50, "all of it is back");
}

#[test]
fn the_newest_answer_counts_but_only_once() {
    let desk = Desk::new();
    desk.pace.note(Some(told(100, 3, 60)), None);
    assert_eq!(desk.taken(Use::Interactive), 3);
    // An answer that never came leaves what was said before.
    desk.pace.note(Some(told(100, 3, 60)), None);
    assert_eq!(desk.taken(Use::Interactive), 0);
    let under_way =
        [desk.pace.take(Use::Interactive, Kind::Read, 0), desk.pace.take(Use::Interactive, Kind::Read, 0)];
    assert!(under_way.iter().all(Result::is_err));
    desk.pace.note(Some(told(100, 9, 59)), None);
    let under_way =
        [desk.pace.take(Use::Interactive, Kind::Read, 0), desk.pace.take(Use::Interactive, Kind::Read, 0)];
    // The help desk has not seen these two yet.
    desk.pace.note(Some(told(100, 8, 58)), None);
    assert_eq!(desk.taken(Use::Interactive), 6);
    assert!(under_way.iter().all(Result::is_ok));
}

#[test]
fn replies_are_counted_where_they_are_limited() {
    let desk = Desk::new();
    let can = Capabilities { replies_per_minute: Some(60), max_replies: 25, ..capabilities() };
    desk.pace.learn(&can);
    assert!(desk.pace.take(Use::Interactive, Kind::Write, 50).is_ok());
    assert_eq!(desk.pace.wait(Use::Interactive, 0, 1, 25), Some(Duration::from_secs(15)));
    assert_eq!(desk.pace.wait(Use::Interactive, 1, 0, 0), None, "reads are not");
}

fn capabilities() -> Capabilities {
    Bench::new(0).ctx.desk.capabilities()
}

#[tokio::test]
async fn the_budget_survives_a_restart() {
    let desk = Desk::new();
    desk.pace.note(Some(told(100, 10, 60)), None);
    desk.pace.keep().await;
    let desk = desk.restarted();
    assert_eq!(desk.pace.wait(Use::Batch, 1, 0, 0), Some(Duration::from_secs(50)));
    assert_eq!(desk.taken(Use::Interactive), 10);
    desk.clock.set(after(60));
    assert_eq!(desk.taken(Use::Batch), 80);

    // What is hardly used is not worth a write.
    let fresh = Desk::new();
    fresh.pace.note(Some(told(100, 90, 60)), None);
    fresh.pace.keep().await;
    assert_eq!(journal(&fresh.folder).rate_state().unwrap(), None);
}

#[tokio::test]
async fn who_stops_waiting_took_nothing() {
    let desk = Desk::new();
    desk.pace.note(Some(told(100, 1, 60)), None);
    {
        let mut waiting = pin!(desk.pace.turn(Use::Prefetch, Kind::Read));
        assert!(poll!(waiting.as_mut()).is_pending());
        // Somebody more urgent is not held up by that.
        assert!(poll!(pin!(desk.pace.turn(Use::Interactive, Kind::Read))).is_ready());
    }
    let waiting = desk.pace.turn(Use::Prefetch, Kind::Read);
    let told_meanwhile = async {
        desk.clock.set(after(60));
        desk.pace.note(Some(told(100, 100, 120)), None);
    };
    let (_call, ()) = tokio::join!(waiting, told_meanwhile);
    assert_eq!(desk.taken(Use::Prefetch), 49);
}

#[tokio::test]
async fn a_batch_waits_where_one_reply_need_not() {
    let bench = Bench::new(61);
    bench.ctx.pace.note(Some(told(100, 10, 60)), None);
    let batch = bench.confirm(mass("Hello", Change::default()), 60);
    let mut job = bench.new_job(one("Hi"), 61);
    job.audience.drain(..60);
    let single = job.id;
    bench.stores.journal.insert_job(&job).unwrap();
    let meanwhile = async {
        while bench.job(single).state != JobState::Completed {
            tokio::task::yield_now().await;
        }
        let waiting = bench.job(batch).counts;
        assert_eq!((waiting.pending, waiting.sending), (60, 0), "nothing is claimed that cannot leave");
        bench.advance(Duration::from_secs(60));
    };
    let (worked, ()) = tokio::join!(bench.work(), meanwhile);
    assert_eq!(worked.unwrap().did, 61);
    assert_eq!(bench.job(batch).state, JobState::Completed);
    assert_eq!(bench.desk.texts(&"c61".into()), ["Hi"]);
}

#[tokio::test]
async fn the_worker_is_told_as_if_by_the_help_desk() {
    let bench = Bench::new(2);
    bench.ctx.pace.note(Some(told(100, 0, 60)), None);
    let refused = bench.ctx.desk.thread(&"c1".into()).await;
    assert!(
        matches!(refused, Err(muster_helpdesk::ReadError::SlowDown { retry_after: Some(wait) }) if wait.as_secs() == 60)
    );
    let refused = bench.ctx.desk.reply(&[]).await;
    assert!(matches!(refused, Err(muster_helpdesk::NotSent::SlowDown { .. })), "{refused:?}");
    assert_eq!(bench.desk.calls("reply"), 0);
}
