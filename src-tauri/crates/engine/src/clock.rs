//! The clock: the only place that asks the computer for the time, so that tests can set it.

use std::sync::{Mutex, PoisonError};

use jiff::{Timestamp, tz::TimeZone};

/// Now, and the user's zone.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
    /// The user's zone: days and hours in filters and snoozes mean this one.
    fn zone(&self) -> TimeZone;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "everybody else takes the time from here")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::system()
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<Timestamp>,
    zone: TimeZone,
}

impl FixedClock {
    /// A clock that shows this instant, in this zone.
    #[must_use]
    pub fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self { now: Mutex::new(now), zone }
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}
