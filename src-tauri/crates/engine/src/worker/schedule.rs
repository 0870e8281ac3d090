//! When a job leaves: held, at a time, drip by drip. Pure rules about a job's row, applied inside the transaction that
//! writes what they say, so that nobody's pause or cancel is ever overwritten.
//!
//! While a batch of a drip is on its way, the job's `due` is already the time of the next one: *run every*, counted
//! from when a batch left. One whose time was missed leaves in the next allowed time, alone.

use jiff::{SignedDuration, Timestamp};
use muster_model::{Drip, JobState, PauseReason, ScheduleError, When};
use muster_store::{JobRow, Standing};

use super::canary;

/// A batch that leaves so soon after it was due left on time: the next one is counted from when it was due, so that a
/// worker's glance does not move a schedule.
const ON_TIME: SignedDuration = SignedDuration::from_secs(60);

/// What becomes of a job that is due, or runs: `None` leaves it as it is.
pub(super) fn begin(row: &JobRow, now: Timestamp) -> Option<Standing> {
    match (&row.state, drip(row)) {
        (JobState::Holding | JobState::Scheduled, _) if row.due > now => None,
        (JobState::Scheduled, Some(drip)) => Some(next_batch(row, drip, now)),
        (JobState::Holding | JobState::Scheduled, _) => Some(running(row)),
        (JobState::Running, Some(drip)) => out_of_hours(row, drip, now),
        _ => None,
    }
}

/// What becomes of a running job all of whose released items are over: it waits for its next batch.
pub(super) fn rest(row: &JobRow, now: Timestamp) -> Option<Standing> {
    let drip = drip(row).filter(|_| is_batch_over(row))?;
    Some(waits_for(row, drip.open_at(row.due.max(now))))
}

/// How a job goes on that was paused: where its schedule says, and with the rest of a batch that had begun.
pub(crate) fn resumed(row: &JobRow, now: Timestamp) -> Result<Standing, ScheduleError> {
    let Some(drip) = drip(row) else {
        let state = match &row.sending.when {
            _ if row.due <= now || row.opened > 0 => JobState::Running,
            When::AtOnce => JobState::Holding,
            When::At { .. } | When::Drip(_) => JobState::Scheduled,
        };
        return Ok(Standing { state, ..running(row) });
    };
    let has_begun = released(row) > row.opened;
    let open = drip.open_at(if has_begun { now } else { row.due.max(now) })?;
    if has_begun && open == now {
        return Ok(running(row));
    }
    Ok(Standing { state: JobState::Scheduled, due: open, ..running(row) })
}

/// Whether everything that was released is over, and there is more.
pub(super) fn is_batch_over(row: &JobRow) -> bool {
    row.state == JobState::Running
        && row.released.is_some_and(|released| row.opened >= released)
        && row.unopened() > 0
        && row.begun + row.counts.sending == 0
}

/// The drip of a job, if it is one.
pub(crate) fn drip(row: &JobRow) -> Option<&Drip> {
    match &row.sending.when {
        When::Drip(drip) => Some(drip),
        When::AtOnce | When::At { .. } => None,
    }
}

pub(super) fn running(row: &JobRow) -> Standing {
    Standing { state: JobState::Running, pause: None, ..row.standing() }
}

fn released(row: &JobRow) -> u64 {
    row.released.unwrap_or(u64::MAX)
}

fn next_batch(row: &JobRow, drip: &Drip, now: Timestamp) -> Standing {
    match drip.open_at(now) {
        Ok(open) if open == now => {}
        elsewhen => return waits_for(row, elsewhen),
    }
    let left = if now.duration_since(row.due) <= ON_TIME { row.due } else { now };
    let batch = canary::first(row).unwrap_or_else(|| u64::from(drip.batch));
    match drip.after(left) {
        Ok(due) => Standing { due, released: Some(row.opened + batch), ..running(row) },
        Err(err) => stopped(row, &err),
    }
}

/// A batch that is not through when its window closes leaves no more today: the rest goes with the next one.
fn out_of_hours(row: &JobRow, drip: &Drip, now: Timestamp) -> Option<Standing> {
    if released(row) <= row.opened || row.unopened() == 0 {
        return None;
    }
    match drip.open_at(now) {
        Ok(open) if open == now => None,
        elsewhen => Some(waits_for(row, elsewhen)),
    }
}

fn waits_for(row: &JobRow, due: Result<Timestamp, ScheduleError>) -> Standing {
    match due {
        Ok(due) => Standing { state: JobState::Scheduled, pause: None, due, ..row.standing() },
        Err(err) => stopped(row, &err),
    }
}

/// A schedule that cannot be followed on this machine – its zone is not known here – waits for somebody.
fn stopped(row: &JobRow, err: &ScheduleError) -> Standing {
    tracing::error!(job = %row.id, error = %err, "a schedule cannot be followed");
    Standing { state: JobState::Paused, pause: Some(PauseReason::Guard), ..row.standing() }
}
