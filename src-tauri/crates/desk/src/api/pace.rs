//! How many calls a key has left in this minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::{MINUTE, Millis};

/// Counts calls per key.
#[derive(Debug)]
pub(crate) struct Pace {
    limit: u32,
    used: Mutex<HashMap<String, (i64, u32)>>,
}

/// What is said about it on every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds until the minute is over.
    pub(super) reset: i64,
    /// Whether this call is one too many.
    pub(super) exceeded: bool,
}

impl Pace {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, used: Mutex::default() }
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    /// Takes one call.
    pub(super) fn take(&self, key: &str, now: Millis) -> Left {
        let minute = now.0.div_euclid(MINUTE);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = used.entry(key.to_owned()).or_insert((minute, 0));
        if entry.0 != minute {
            *entry = (minute, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        Left {
            limit: self.limit,
            remaining: self.limit.saturating_sub(entry.1),
            reset: (MINUTE - now.0.rem_euclid(MINUTE) + 999) / 1000,
            exceeded: entry.1 > self.limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_so_many_calls() {
        let pace = Pace::new(2);
        let left = |at| {
            let left = pace.take("key", Millis(at));
            (left.remaining, left.reset, left.exceeded)
        };
        assert_eq!(left(0), (1, 60, false));
        assert_eq!(left(30_000), (0, 30, false));
        assert_eq!(left(59_500), (0, 1, true));
        assert_eq!(left(60_000), (1, 60, false));
        assert!(!pace.take("other", Millis(59_500)).exceeded);
    }
}
