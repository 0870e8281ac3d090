//! How a job leaves: at once, at a time or drip by drip, after a hold, a few first. Pure time arithmetic, no clock.
//!
//! Drip follows the seed `highlevel-bulk-actions`: "Repeat After functions as run every, not restart. Example: 100
//! contacts every 5 hours until all selected contacts are processed", with "start date and time, number of messages per
//! batch, repeat interval, allowed sending days, optional time window".

use jiff::{
    SignedDuration, Span, Timestamp, Zoned, civil,
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::JobState;

text_enum! {
    /// A day of the week.
    Day {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

text_enum! {
    /// The unit of a drip's interval.
    IntervalUnit {
        /// So many times 60 seconds.
        Minutes = "minutes",
        /// So many times 3600 seconds, daylight saving or not.
        Hours = "hours",
        /// The same time of day, so many days later.
        Days = "days",
    }
}

text_enum! {
    /// What becomes of a customer-visible effect when the customer or a colleague wrote since the plan.
    IfChanged {
        /// It is held, and a human decides.
        Hold = "hold",
        /// It is skipped.
        Skip = "skip",
        /// It is sent all the same.
        Send = "send",
    }
}

/// How often the next batch leaves: *run every*, not *restart after*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// So many.
    pub n: u32,
    /// Of these.
    pub unit: IntervalUnit,
}

/// The part of a day in which batches may leave, in the drip's zone. `to` is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From.
    pub from: civil::Time,
    /// Until; later than `from`.
    pub to: civil::Time,
}

/// So many every so often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drip {
    /// Not before.
    pub start: Timestamp,
    /// Recipients per batch.
    pub batch: u32,
    /// How often.
    pub every: Interval,
    /// Allowed days; empty for every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Allowed time of day; none for all day.
    #[serde(default)]
    pub window: Option<Window>,
    /// The IANA name of the zone in which days and times are meant.
    pub zone: String,
}

/// When a job leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum When {
    /// As soon as the hold is over.
    #[default]
    AtOnce,
    /// At a time.
    At {
        /// Then.
        at: Timestamp,
    },
    /// In batches.
    Drip(Drip),
}

/// How a job leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// When.
    pub when: When,
    /// Seconds in which a reply can be taken back before it leaves. Only with [`When::AtOnce`].
    pub hold: u32,
    /// So many first, spread over the channels; then it stops and asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<u32>,
    /// When somebody wrote since the plan.
    pub if_changed: IfChanged,
}

impl Default for Sending {
    fn default() -> Self {
        Self { when: When::AtOnce, hold: 0, canary: None, if_changed: IfChanged::Hold }
    }
}

/// Why a schedule makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Nothing would ever leave.
    #[error("A batch needs at least one recipient.")]
    EmptyBatch,
    /// Batches would not be apart.
    #[error("Batches need an interval of at least one minute.")]
    NoInterval,
    /// The window ends before it begins.
    #[error("The window ends at {to}, which is not after {from}. Write 09:00-17:00.")]
    EmptyWindow {
        /// Its beginning.
        from: civil::Time,
        /// Its end.
        to: civil::Time,
    },
    /// No such zone.
    #[error("\"{0}\" is not a time zone. Write Europe/Berlin.")]
    UnknownZone(String),
    /// No such day or unit.
    #[error("\"{0}\" is not a day or a unit of time that Muster knows.")]
    UnknownWord(String),
    /// The calendar ends before the next batch.
    #[error("The next batch would be beyond the end of the calendar.")]
    TooFar,
}

impl Sending {
    /// Checks the schedule.
    ///
    /// # Errors
    /// What makes no sense in it.
    pub fn check(&self) -> Result<(), ScheduleError> {
        match &self.when {
            When::Drip(drip) => drip.check(),
            When::AtOnce | When::At { .. } => Ok(()),
        }
    }

    /// When the first of it leaves, if it is confirmed now.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn first(&self, now: Timestamp) -> Result<Timestamp, ScheduleError> {
        match &self.when {
            When::AtOnce => now
                .checked_add(SignedDuration::from_secs(i64::from(self.hold)))
                .map_err(|_| ScheduleError::TooFar),
            When::At { at } => Ok((*at).max(now)),
            When::Drip(drip) => drip.open_at(drip.start.max(now)),
        }
    }

    /// How a job begins that is confirmed now: its state, and until when it stays in it.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn begin(&self, now: Timestamp) -> Result<(JobState, Timestamp), ScheduleError> {
        self.check()?;
        let due = self.first(now)?;
        let state = match &self.when {
            When::AtOnce if self.hold == 0 => JobState::Running,
            When::AtOnce => JobState::Holding,
            When::At { .. } | When::Drip(_) => JobState::Scheduled,
        };
        Ok((state, due))
    }

    /// How many recipients may be reached before somebody or the clock says more; `None` for everybody.
    #[must_use]
    pub fn released_first(&self) -> Option<u64> {
        match (&self.when, self.canary) {
            // Each of its batches is released when it is due, the first few included.
            (When::Drip(_), _) => Some(0),
            (_, Some(first)) => Some(u64::from(first)),
            (_, None) => None,
        }
    }
}

impl Drip {
    /// Checks it.
    ///
    /// # Errors
    /// What makes no sense in it.
    pub fn check(&self) -> Result<(), ScheduleError> {
        if self.batch == 0 {
            return Err(ScheduleError::EmptyBatch);
        }
        if self.every.n == 0 {
            return Err(ScheduleError::NoInterval);
        }
        if let IntervalUnit::Other(word) = &self.every.unit {
            return Err(ScheduleError::UnknownWord(word.clone()));
        }
        if let Some(Day::Other(word)) = self.days.iter().find(|day| matches!(day, Day::Other(_))) {
            return Err(ScheduleError::UnknownWord(word.clone()));
        }
        if let Some(Window { from, to }) = self.window
            && to <= from
        {
            return Err(ScheduleError::EmptyWindow { from, to });
        }
        self.time_zone().map(drop)
    }

    /// The first allowed instant at or after this one.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn open_at(&self, at: Timestamp) -> Result<Timestamp, ScheduleError> {
        self.check()?;
        let zone = self.time_zone()?;
        let mut date = at.to_zoned(zone.clone()).date();
        // Some weekday is allowed, so a week and a day finds it; the day more is for windows that a change of clocks
        // swallows.
        for _ in 0..16 {
            let (from, to) = self.bounds(date, &zone)?;
            let candidate = from.max(at);
            if self.allows(date.weekday()) && candidate < to {
                return Ok(candidate);
            }
            date = date.tomorrow().map_err(|_| ScheduleError::TooFar)?;
        }
        Err(ScheduleError::TooFar)
    }

    /// When the batch behind one that left then leaves: *run every*, moved into the next allowed time.
    ///
    /// # Errors
    /// When the schedule makes no sense.
    pub fn after(&self, previous: Timestamp) -> Result<Timestamp, ScheduleError> {
        let n = i64::from(self.every.n);
        let next: Zoned = previous
            .to_zoned(self.time_zone()?)
            .checked_add(match &self.every.unit {
                IntervalUnit::Minutes => Span::new().minutes(n),
                IntervalUnit::Hours => Span::new().hours(n),
                IntervalUnit::Days => Span::new().days(n),
                IntervalUnit::Other(word) => return Err(ScheduleError::UnknownWord(word.clone())),
            })
            .map_err(|_| ScheduleError::TooFar)?;
        self.open_at(next.timestamp())
    }

    /// The allowed part of a day. Empty where a change of clocks swallows the window.
    fn bounds(&self, date: civil::Date, zone: &TimeZone) -> Result<(Timestamp, Timestamp), ScheduleError> {
        match self.window {
            Some(Window { from, to }) => {
                Ok((instant(date.to_datetime(from), zone)?, instant(date.to_datetime(to), zone)?))
            }
            None => {
                let tomorrow = date.tomorrow().map_err(|_| ScheduleError::TooFar)?;
                let midnight = civil::Time::midnight();
                Ok((
                    instant(date.to_datetime(midnight), zone)?,
                    instant(tomorrow.to_datetime(midnight), zone)?,
                ))
            }
        }
    }

    fn allows(&self, weekday: civil::Weekday) -> bool {
        let day = match weekday {
            civil::Weekday::Monday => Day::Mon,
            civil::Weekday::Tuesday => Day::Tue,
            civil::Weekday::Wednesday => Day::Wed,
            civil::Weekday::Thursday => Day::Thu,
            civil::Weekday::Friday => Day::Fri,
            civil::Weekday::Saturday => Day::Sat,
            civil::Weekday::Sunday => Day::Sun,
        };
        self.days.is_empty() || self.days.contains(&day)
    }

    fn time_zone(&self) -> Result<TimeZone, ScheduleError> {
        TimeZone::get(&self.zone).map_err(|_| ScheduleError::UnknownZone(self.zone.clone()))
    }
}

/// When the clocks of a zone first show this. A time that they skip is the moment at which they skip it: half a window
/// that falls into the gap is no window an hour later.
fn instant(time: civil::DateTime, zone: &TimeZone) -> Result<Timestamp, ScheduleError> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let first = ambiguous.earlier().map_err(|_| ScheduleError::TooFar)?;
    if !is_skipped {
        return Ok(first);
    }
    Ok(zone.following(first).next().map_or(first, |change| change.timestamp()))
}

#[cfg(test)]
mod tests;
