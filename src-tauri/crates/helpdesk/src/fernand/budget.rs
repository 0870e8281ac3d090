//! Calls are counted before they leave. Reads and writes have a line of their own, one call at a time each, and what the
//! last answer left of the minute is never overdrawn: a 429 would be our own fault.

use std::time::Duration;

use futures::lock::{Mutex, MutexGuard};

use crate::transport::Transport;
use crate::{Now, Rate};

/// One kind of call.
#[derive(Debug)]
pub(super) struct Line {
    transport: Transport,
    now: Now,
    /// Held for as long as a call is under way, so that the next one knows what it left.
    turn: Mutex<()>,
}

impl Line {
    pub(super) fn new(transport: Transport, now: Now) -> Self {
        Self { transport, now, turn: Mutex::new(()) }
    }

    /// The next call's turn, if so many are left. `Err`: how long until they are.
    pub(super) async fn turn(&self, calls: u32) -> Result<Turn<'_>, Duration> {
        let turn = self.turn.lock().await;
        match self.transport.rate().and_then(|rate| wait(&rate, calls, &self.now)) {
            Some(wait) => Err(wait),
            None => Ok(Turn { line: self, _turn: turn }),
        }
    }

    /// The transport without a turn: for what it knows, not for calls.
    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }
}

/// Whose turn it is: calls one after the other.
pub(super) struct Turn<'a> {
    line: &'a Line,
    _turn: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// Whether so many more are left. `Err`: how long until they are.
    pub(super) fn may(&self, calls: u32) -> Result<(), Duration> {
        let wait = self.line.transport.rate().and_then(|rate| wait(&rate, calls, &self.line.now));
        wait.map_or(Ok(()), Err)
    }
}

impl std::ops::Deref for Turn<'_> {
    type Target = Transport;

    fn deref(&self) -> &Transport {
        &self.line.transport
    }
}

/// How long until so many calls are left; none: now. More than a whole minute has is asked for in a fresh minute.
fn wait(rate: &Rate, calls: u32, now: &Now) -> Option<Duration> {
    if rate.remaining >= calls.min(rate.limit.max(1)) {
        return None;
    }
    let wait = Duration::try_from(rate.reset.duration_since(now.instant())).unwrap_or_default();
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::left(5, 2, 2, 30, None)]
    #[case::not_enough(5, 1, 2, 30, Some(30))]
    #[case::a_new_minute(5, 0, 2, -1, None)]
    #[case::more_than_there_are(5, 5, 9, 30, None)]
    #[case::more_than_there_are_left(5, 4, 9, 30, Some(30))]
    fn nothing_is_overdrawn(
        #[case] limit: u32,
        #[case] remaining: u32,
        #[case] calls: u32,
        #[case] seconds: i64,
        #[case] expected: Option<u64>,
    ) {
        let now = Now::new(|| Timestamp::UNIX_EPOCH);
        let reset = Timestamp::from_second(seconds).unwrap();
        let rate = Rate { limit, remaining, reset };
        assert_eq!(wait(&rate, calls, &now), expected.map(Duration::from_secs));
    }
}
