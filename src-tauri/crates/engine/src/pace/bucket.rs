//! One bucket: so many a minute, so many left.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::Rate;
use serde::{Deserialize, Serialize};

const MINUTE: f64 = 60.0;
/// A reset further away than this is a clock that is wrong, not a help desk that wants to be left alone.
const FURTHEST: SignedDuration = SignedDuration::from_hours(1);
/// So long before the reset what was left to more urgent uses is given out: nobody came for it, and the reset takes it.
const GIVEN_OUT: SignedDuration = SignedDuration::from_secs(10);

/// So many a minute, so many left. Refilled at once where the help desk said when, else evenly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Bucket {
    /// A minute; 0 where nobody knows: then only the reset counts.
    pub(super) limit: u32,
    /// Below zero where more was used than there was.
    left: f64,
    at: Timestamp,
    /// Nothing comes back before this instant, and everything at it.
    reset: Option<Timestamp>,
}

impl Bucket {
    pub(super) fn full(limit: u32, now: Timestamp) -> Self {
        Self { limit, left: limit.into(), at: now, reset: None }
    }

    /// As an answer said it. It did not count yet what is under way.
    pub(super) fn told(rate: &Rate, under_way: u32, now: Timestamp) -> Self {
        let left = f64::from(rate.remaining) - f64::from(under_way);
        Self { limit: rate.limit, left, at: now, reset: Some(rate.reset) }
    }

    pub(super) fn take(&mut self, n: u64) {
        self.left -= n as f64;
    }

    pub(super) fn is_half_used(&self) -> bool {
        self.left < f64::from(self.limit) / 2.0 || self.limit == 0
    }

    /// How long until `n` can be taken with `leaves` percent left over; none: now. More than there ever is at once can
    /// be taken from a full bucket; what was too much is waited for by the next.
    pub(super) fn wait(&mut self, n: u64, leaves: u32, now: Timestamp) -> Option<Duration> {
        self.refill(now);
        if self.limit == 0 {
            return self.reset.map(|reset| until(reset, now));
        }
        let floor = self.floor(leaves);
        let wanted = (n as f64).min(f64::from(self.limit) - floor).max(1.0);
        let needed = wanted + floor;
        if self.left >= needed {
            return None;
        }
        Some(match self.reset {
            Some(reset) if self.left >= wanted => {
                match until(reset, now).checked_sub(GIVEN_OUT.unsigned_abs()) {
                    Some(wait) if !wait.is_zero() => wait,
                    _ => return None,
                }
            }
            Some(reset) => until(reset, now),
            None => Duration::from_secs_f64((needed - self.left) / f64::from(self.limit) * MINUTE),
        })
    }

    /// What is left to more urgent uses. Of a small limit it is nothing, so that everybody has a turn at all.
    fn floor(&self, leaves: u32) -> f64 {
        (f64::from(self.limit) * f64::from(leaves) / 100.0).floor().min(f64::from(self.limit) - 1.0)
    }

    fn refill(&mut self, now: Timestamp) {
        match self.reset {
            Some(reset) if now < reset && reset.duration_since(now) <= FURTHEST => {}
            Some(_) => (self.left, self.reset) = (self.limit.into(), None),
            None => {
                let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
                let back = passed / MINUTE * f64::from(self.limit);
                self.left = (self.left + back).min(self.limit.into());
            }
        }
        self.at = now;
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}
