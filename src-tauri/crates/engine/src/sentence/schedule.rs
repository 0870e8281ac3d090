//! When a plan leaves, in words, and when it will be over.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_model::{Drip, Interval, IntervalUnit, ScheduleError, When};

use super::grouped;
use crate::plan::Plan;

/// A drip of more batches is not followed to its end.
const BATCHES: u64 = 5_000;

impl Plan {
    /// "Leaves Monday 09:00, then 100 every 5 hours; the last on Wednesday 14:00"
    ///
    /// # Errors
    /// What is wrong with the schedule.
    pub fn schedule(&self) -> Result<String, String> {
        let now = self.frozen_at;
        let wrong = |err: ScheduleError| err.to_string();
        self.sending.check().map_err(wrong)?;
        let mut line = match &self.sending.when {
            When::AtOnce if self.sending.hold > 0 => {
                format!("Leaves {} s after you confirm; until then it can be taken back", self.sending.hold)
            }
            When::AtOnce => "Leaves at once".to_owned(),
            When::At { at } if *at < now => {
                let at = day_and_time(*at, now, &self.zone);
                return Err(format!("That time is over: {at}. Choose a later one."));
            }
            When::At { at } => format!("Leaves {}", day_and_time(*at, now, &self.zone)),
            When::Drip(drip) => {
                let first = self.sending.first(now).map_err(wrong)?;
                self.drip(drip, first).map_err(wrong)?
            }
        };
        if let Some(first) = self.canary() {
            line.push_str(&format!(
                ". The first {first} leave alone; the rest waits until you looked at them"
            ));
        }
        Ok(line)
    }

    fn drip(&self, drip: &Drip, first: Timestamp) -> Result<String, ScheduleError> {
        let (now, batches) = (self.frozen_at, batches(drip, self.count() as u64));
        let zone = TimeZone::get(&drip.zone).map_err(|_| ScheduleError::UnknownZone(drip.zone.clone()))?;
        let elsewhere = if zone == self.zone { String::new() } else { format!(" ({})", drip.zone) };
        let begins = day_and_time(first, now, &zone);
        if batches < 2 {
            return Ok(format!("Leaves {begins}{elsewhere}, in one batch"));
        }
        let line = format!(
            "Leaves {begins}{elsewhere}, then {} every {}",
            grouped(drip.batch.into()),
            interval(&drip.every)
        );
        Ok(match last(drip, first, batches)? {
            Some(last) if last.to_zoned(zone.clone()).date() == now.to_zoned(zone.clone()).date() => {
                format!("{line}; the last {}", day_and_time(last, now, &zone))
            }
            Some(last) => format!("{line}; the last on {}", day_and_time(last, now, &zone)),
            None => format!("{line}; {} batches in all", grouped(batches)),
        })
    }

    /// How many go first, where some stay behind.
    pub(crate) fn canary(&self) -> Option<u64> {
        self.sending.canary.map(u64::from).filter(|first| *first > 0 && *first < self.count() as u64)
    }

    /// When it will be over, where the help desk limits its pace.
    pub(super) fn eta(&self) -> Option<String> {
        let capabilities = self.capabilities.as_ref()?;
        let count = self.count() as u64;
        let (begins, n) = self.last_part(count)?;
        let is_reply = self.action.is_reply();
        let at_a_time = if is_reply { capabilities.max_replies } else { capabilities.max_batch };
        let mut calls = n.div_ceil(at_a_time.max(1) as u64);
        if is_reply && !capabilities.status_with_reply && self.action.effects().len() > 1 {
            calls += n.div_ceil(capabilities.max_batch.max(1) as u64);
        }
        let (pace, minutes) = match (
            capabilities.replies_per_minute,
            capabilities.writes_per_minute,
            capabilities.reads_per_minute,
        ) {
            (Some(replies), ..) if is_reply => {
                (format!("takes {} replies", grouped(replies.into())), n.div_ceil(u64::from(replies.max(1))))
            }
            (_, Some(writes), _) if is_reply || calls > u64::from(writes) => (
                format!("takes {} changes", grouped(writes.into())),
                calls.div_ceil(u64::from(writes.max(1))),
            ),
            // A change that fits into one minute's calls is over before anybody wonders.
            (_, None, Some(requests)) if is_reply || calls > u64::from(requests) => (
                format!("answers {} requests", grouped(requests.into())),
                calls.div_ceil(u64::from(requests.max(1))),
            ),
            _ => return None,
        };
        let at = |minutes: u64| {
            let ends = begins.checked_add(SignedDuration::from_mins(i64::try_from(minutes).ok()?)).ok()?;
            Some(time(ends, self.frozen_at, &self.zone))
        };
        let mut line = format!("This help desk {pace} a minute: finishes about {}", at(minutes)?);
        // The guard reads the threads that leave a doubt, at worst all of them.
        let reads = capabilities.reads_per_minute.filter(|_| is_reply);
        if let Some(slow) =
            reads.map(|reads| n.div_ceil(u64::from(reads.max(1)))).filter(|slow| *slow > minutes)
        {
            line.push_str(&format!(", about {} if every thread has to be read again first", at(slow)?));
        }
        line.push('.');
        Some(line)
    }

    /// When the last part of it begins, and how many are in it.
    fn last_part(&self, count: u64) -> Option<(Timestamp, u64)> {
        let first = self.sending.first(self.frozen_at).ok()?;
        match &self.sending.when {
            When::AtOnce | When::At { .. } => Some((first, count)),
            When::Drip(drip) => {
                let batches = batches(drip, count);
                let rest = count.saturating_sub(batches.saturating_sub(1) * u64::from(drip.batch));
                Some((last(drip, first, batches).ok()??, rest))
            }
        }
    }
}

fn batches(drip: &Drip, count: u64) -> u64 {
    count.div_ceil(u64::from(drip.batch.max(1)))
}

/// When the last batch leaves; none of a drip too long to follow.
fn last(drip: &Drip, first: Timestamp, batches: u64) -> Result<Option<Timestamp>, ScheduleError> {
    if batches > BATCHES {
        return Ok(None);
    }
    (1..batches).try_fold(first, |at, _| drip.after(at)).map(Some)
}

/// "5 hours", "day"
fn interval(every: &Interval) -> String {
    let unit = match &every.unit {
        IntervalUnit::Minutes => "minute",
        IntervalUnit::Hours => "hour",
        IntervalUnit::Days => "day",
        IntervalUnit::Other(word) => word,
    };
    if every.n == 1 { unit.to_owned() } else { format!("{} {unit}s", every.n) }
}

/// "today 14:35", "Monday 09:00", "Monday 1 June, 09:00"
fn day_and_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let days = (at.date() - now.date()).get_days();
    let format = match days {
        0 => "today %H:%M",
        1..=6 => "%A %H:%M",
        _ if at.year() == now.year() => "%A %-d %B, %H:%M",
        _ => "%A %-d %B %Y, %H:%M",
    };
    at.strftime(format).to_string()
}

/// As [`day_and_time`], where today goes without saying.
fn time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let words = day_and_time(at, now, zone);
    words.strip_prefix("today ").map(str::to_owned).unwrap_or(words)
}
