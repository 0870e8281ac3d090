//! How many reads and writes a key has left in this minute, and what was called in all.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::FernandSpec;
use crate::clock::{MINUTE, Millis};

/// Counts calls per key, reads apart from writes.
#[derive(Debug)]
pub(super) struct Pace {
    limits: [u32; 2],
    used: Mutex<HashMap<(String, bool), (i64, u32)>>,
    calls: Mutex<BTreeMap<String, u64>>,
}

/// What is said about it on every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Unix seconds at which the minute is over.
    pub(super) reset: i64,
    pub(super) exceeded: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pace {
    pub(super) fn new(spec: &FernandSpec) -> Self {
        Self { limits: [spec.reads, spec.writes], used: Mutex::default(), calls: Mutex::default() }
    }

    pub(super) fn take(&self, key: &str, is_write: bool, now: Millis) -> Left {
        let minute = now.0.div_euclid(MINUTE);
        let mut used = lock(&self.used);
        let entry = used.entry((key.to_owned(), is_write)).or_insert((minute, 0));
        if entry.0 != minute {
            *entry = (minute, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        let limit = self.limits[usize::from(is_write)];
        Left {
            limit,
            remaining: limit.saturating_sub(entry.1),
            reset: (minute + 1) * (MINUTE / 1000),
            exceeded: entry.1 > limit,
        }
    }

    /// Remembers a call: for whoever judges from outside how a client behaved.
    pub(super) fn count(&self, what: String) {
        *lock(&self.calls).entry(what).or_default() += 1;
    }

    pub(super) fn counted(&self) -> BTreeMap<String, u64> {
        lock(&self.calls).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_are_counted_apart() {
        let pace = Pace::new(&FernandSpec { reads: 2, writes: 1, generated_id: false });
        let left = |is_write, at| {
            let left = pace.take("key", is_write, Millis(at));
            (left.remaining, left.reset, left.exceeded)
        };
        assert_eq!(left(false, 0), (1, 60, false));
        assert_eq!(left(true, 10), (0, 60, false));
        assert_eq!(left(true, 59_999), (0, 60, true));
        assert_eq!(left(false, 30_000), (0, 60, false));
        assert_eq!(left(false, 30_001), (0, 60, true));
        assert_eq!(left(true, 60_000), (0, 120, false));
    }
}
