//! What is left of a job and when it leaves: batches of a drip, an appointed time, or at the pace so far.

use jiff::{SignedDuration, Timestamp};
use muster_model::{JobState, PauseReason, When};
use muster_store::JobRow;

/// Batches that are looked ahead; a chart shows no more, and an outbox no further.
const AHEAD: usize = 2_000;

/// How fast a job went lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// Outcomes a minute.
    pub per_minute: u64,
    /// When the last of what is left will be over.
    pub ends: Timestamp,
}

/// When how much of what is left leaves; nothing for what waits for somebody.
pub(super) fn planned(job: &JobRow, pace: Option<Pace>, now: Timestamp) -> Vec<(Timestamp, u64)> {
    let left = job.counts.open();
    let waits = job.state == JobState::Paused && job.pause != Some(PauseReason::Offline);
    if left == 0 || waits || job.state.is_over() || job.state == JobState::Draft {
        return Vec::new();
    }
    let drip = match &job.sending.when {
        When::Drip(drip) => drip,
        _ if job.state != JobState::Running => return vec![(job.due, left)],
        _ => return pace.map(|pace| even(now, pace, left)).unwrap_or_default(),
    };
    // What was begun or released and has not left belongs to the batch that is leaving.
    let released = job.released.unwrap_or(0).saturating_sub(job.opened).min(job.unopened());
    let leaving = left - job.unopened().min(left) + released;
    let mut batches = Vec::new();
    let (mut at, mut left) = (job.due, left);
    if job.state == JobState::Running && leaving > 0 {
        batches.push((now, leaving));
        left -= leaving;
    }
    while left > 0 && batches.len() < AHEAD {
        let n = u64::from(drip.batch.max(1)).min(left);
        batches.push((at.max(now), n));
        left -= n;
        match drip.after(at.max(now)) {
            Ok(next) => at = next,
            // Beyond the end of the calendar.
            Err(_) => break,
        }
    }
    batches
}

/// When the reply in this place of the outbox leaves.
pub(super) fn leaves_at(batches: &[(Timestamp, u64)], place: u64) -> Option<Timestamp> {
    let mut before = 0;
    batches
        .iter()
        .find(|(_, n)| {
            before += n;
            place < before
        })
        .map(|(at, _)| *at)
}

/// How fast a running job went in its last minute of work, or since it began.
pub(super) fn pace(job: &JobRow, outcomes: impl Iterator<Item = Timestamp>, now: Timestamp) -> Option<Pace> {
    if job.state != JobState::Running || !matches!(job.sending.when, When::AtOnce | When::At { .. }) {
        return None;
    }
    let window = SignedDuration::from_secs(60);
    let lately: Vec<Timestamp> = outcomes.filter(|at| now.duration_since(*at) <= window).collect();
    let first = lately.iter().min()?;
    let seconds = now.duration_since(*first).as_secs().max(1).unsigned_abs();
    let n = lately.len() as u64;
    // Fewer say nothing.
    if n < 5 || job.counts.open() == 0 {
        return None;
    }
    let to_go = i64::try_from(job.counts.open() * seconds / n).ok()?;
    let ends = now.checked_add(SignedDuration::from_secs(to_go)).ok()?;
    Some(Pace { per_minute: n * 60 / seconds, ends })
}

/// What is left, spread evenly until the end.
fn even(now: Timestamp, pace: Pace, left: u64) -> Vec<(Timestamp, u64)> {
    let seconds = pace.ends.duration_since(now).as_secs().max(1);
    let parts = left.clamp(1, 24);
    let part = |index: u64| left * (index + 1) / parts - left * index / parts;
    (0..parts)
        .map(|index| {
            let into =
                seconds.saturating_mul(i64::try_from(index).unwrap_or(0)) / i64::try_from(parts).unwrap_or(1);
            (now.checked_add(SignedDuration::from_secs(into)).unwrap_or(now), part(index))
        })
        .collect()
}

#[cfg(test)]
mod tests;
