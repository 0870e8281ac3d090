//! How many calls a key has left: in this minute, and in a burst of ten seconds. A call that is too many for either is
//! refused and counts for neither.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;

use crate::clock::{MINUTE, Millis};

const BURST: i64 = 10_000;

/// Counts calls per key.
#[derive(Debug)]
pub(crate) struct Pace {
    per_minute: u32,
    per_burst: u32,
    used: Mutex<HashMap<String, [Window; 2]>>,
}

/// Which window of its kind, and how many calls of it are used.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    number: i64,
    used: u32,
}

/// What is said about one tier on every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tier {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds until it begins anew.
    pub(super) reset: i64,
}

/// What is said about both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) minute: Tier,
    pub(super) burst: Tier,
    /// This call is one too many: seconds until the next one may come.
    pub(super) retry_after: Option<i64>,
}

impl Pace {
    pub(crate) fn new(per_minute: u32, per_burst: u32) -> Self {
        Self { per_minute, per_burst, used: Mutex::default() }
    }

    pub(super) fn limits(&self) -> (u32, u32) {
        (self.per_minute, self.per_burst)
    }

    /// Takes one call.
    pub(super) fn take(&self, key: &str, now: Millis) -> Left {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let windows = used.entry(key.to_owned()).or_default();
        for (window, span) in windows.iter_mut().zip([MINUTE, BURST]) {
            let number = now.0.div_euclid(span);
            if window.number != number {
                *window = Window { number, used: 0 };
            }
        }
        let full = |window: &Window, limit| window.used >= limit;
        let (minute_full, burst_full) =
            (full(&windows[0], self.per_minute), full(&windows[1], self.per_burst));
        if !minute_full && !burst_full {
            for window in windows.iter_mut() {
                window.used += 1;
            }
        }
        let tier = |window: &Window, limit: u32, span: i64| Tier {
            limit,
            remaining: limit.saturating_sub(window.used),
            reset: (span - now.0.rem_euclid(span) + 999) / 1000,
        };
        let (minute, burst) =
            (tier(&windows[0], self.per_minute, MINUTE), tier(&windows[1], self.per_burst, BURST));
        let retry_after = match (minute_full, burst_full) {
            (true, _) => Some(minute.reset),
            (_, true) => Some(burst.reset),
            _ => None,
        };
        Left { minute, burst, retry_after }
    }
}

impl Left {
    /// Says it in the head of an answer.
    pub(super) fn say(&self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", self.minute.limit.into());
        headers.insert("x-ratelimit-remaining", self.minute.remaining.into());
        headers.insert("x-ratelimit-reset", self.minute.reset.into());
        headers.insert("x-ratelimit-burst-limit", self.burst.limit.into());
        headers.insert("x-ratelimit-burst-remaining", self.burst.remaining.into());
        headers.insert("x-ratelimit-burst-reset", self.burst.reset.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_and_a_burst_have_so_many_calls() {
        let pace = Pace::new(3, 2);
        let left = |at| {
            let left = pace.take("key", Millis(at));
            (left.minute.remaining, left.minute.reset, left.burst.remaining, left.retry_after)
        };
        assert_eq!(left(0), (2, 60, 1, None));
        assert_eq!(left(1_000), (1, 59, 0, None));
        assert_eq!(left(2_500), (1, 58, 0, Some(8)));
        assert_eq!(left(10_000), (0, 50, 1, None));
        assert_eq!(left(59_500), (0, 1, 2, Some(1)));
        assert_eq!(left(60_000), (2, 60, 1, None));
        assert_eq!(pace.take("other", Millis(59_500)).retry_after, None);
    }
}
