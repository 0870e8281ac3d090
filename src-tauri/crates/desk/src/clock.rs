//! The desk's clock: real time, or one that a test moves. Times inside the desk are UTC milliseconds.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::sync::watch;

/// Nothing sleeps for longer at once: a machine that was suspended notices soon after.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Where the desk takes the time from. Clones share one time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Whether it can be moved at all.
    movable: bool,
    /// Real time goes on; else it stands still.
    running: AtomicBool,
    /// Milliseconds ahead of real time while it runs; the instant itself while it stands.
    at: AtomicI64,
    moved: watch::Sender<()>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    fn new(movable: bool, running: bool, at: i64) -> Self {
        let (running, at) = (AtomicBool::new(running), AtomicI64::new(at));
        Self(Arc::new(Inner { movable, running, at, moved: watch::Sender::new(()) }))
    }

    /// The real time.
    #[must_use]
    pub fn system() -> Self {
        Self::new(false, true, 0)
    }

    /// The real time, until it is moved; then it runs on from there.
    #[must_use]
    pub fn test() -> Self {
        Self::new(true, true, 0)
    }

    /// A clock that stands still at `at` until it is moved.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self::new(true, false, at.as_millisecond())
    }

    /// Moves the clock; the real one cannot be moved.
    pub fn advance(&self, by: jiff::SignedDuration) {
        if self.0.movable {
            let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            self.0.at.fetch_add(millis, Ordering::SeqCst);
            self.0.moved.send_replace(());
        }
    }

    /// Lets it run or stand still, where it is.
    pub(crate) fn run(&self, running: bool) {
        if self.0.movable && self.0.running.swap(running, Ordering::SeqCst) != running {
            let real = real_now();
            self.0.at.fetch_add(if running { -real } else { real }, Ordering::SeqCst);
            self.0.moved.send_replace(());
        }
    }

    pub(crate) fn is_movable(&self) -> bool {
        self.0.movable
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.running.load(Ordering::SeqCst)
    }

    /// How far ahead of real time it is, in milliseconds.
    pub(crate) fn ahead(&self) -> i64 {
        self.now().0 - real_now()
    }

    pub(crate) fn now(&self) -> Millis {
        let at = self.0.at.load(Ordering::SeqCst);
        Millis(if self.is_running() { real_now().saturating_add(at) } else { at })
    }

    /// Wakes whenever it was moved.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.0.moved.subscribe()
    }

    /// Until the clock shows `at`, however it comes there.
    pub(crate) async fn sleep_until(&self, at: Millis) {
        let mut moved = self.watch();
        loop {
            let left = at.0.saturating_sub(self.now().0);
            if left <= 0 {
                return;
            }
            let left = Duration::from_millis(left.unsigned_abs()).min(LONGEST_SLEEP);
            tokio::select! {
                () = tokio::time::sleep(left), if self.is_running() => {}
                // The sender lives in this clock.
                _ = moved.changed() => {}
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the desk's clock: everything else takes the time from here"
)]
fn real_now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// An instant: milliseconds in SQL, RFC 3339 on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Millis(pub(crate) i64);

impl Millis {
    pub(crate) const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    pub(crate) const fn minus(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    pub(crate) fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Timestamp::deserialize(deserializer).map(|at| Self(at.as_millisecond()))
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// Minutes, hours and days in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn three_digits_on_the_wire() {
        let at = Millis(1_779_287_280_000);
        assert_eq!(at.to_string(), "2026-05-20T14:28:00.000Z");
        assert_eq!(serde_json::from_str::<Millis>("\"2026-05-20T16:28:00+02:00\"").unwrap(), at);
    }

    #[test]
    fn only_a_test_moves_it() {
        let (real, test) = (Clock::system(), Clock::test());
        for clock in [&real, &test] {
            clock.advance(SignedDuration::from_hours(3));
        }
        assert!(real.ahead().abs() < MINUTE && (test.ahead() - 3 * HOUR).abs() < MINUTE);
        test.run(false);
        let at = test.now();
        test.advance(SignedDuration::from_millis(5));
        assert_eq!(test.now(), at.plus(5));
        test.run(true);
        assert!((test.ahead() - 3 * HOUR).abs() < MINUTE);
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_it_is_moved() {
        let clock = Clock::standing(Timestamp::UNIX_EPOCH);
        let sleeper = clock.sleep_until(Millis(HOUR));
        let mover = async {
            clock.advance(SignedDuration::from_mins(59));
            tokio::task::yield_now().await;
            clock.advance(SignedDuration::from_mins(1));
        };
        tokio::join!(sleeper, mover);
        assert_eq!(clock.now(), Millis(HOUR));
    }
}
