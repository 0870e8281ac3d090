//! A few first: when all of them are over the job stops and asks, and goes on when somebody looked. The plan puts them
//! first into the audience, spread over the channels.

use jiff::Timestamp;
use muster_model::{JobState, PauseReason, ScheduleError};
use muster_store::{JobRow, Standing};

use super::schedule::{drip, is_batch_over, running};

/// So many go first, if nobody looked at them yet.
pub(super) fn first(row: &JobRow) -> Option<u64> {
    row.sending.canary.filter(|_| !row.canary_passed).map(u64::from)
}

/// What becomes of a running job whose first few are over: it stops.
pub(super) fn stop(row: &JobRow) -> Option<Standing> {
    (first(row).is_some() && is_batch_over(row)).then(|| Standing {
        state: JobState::Paused,
        pause: Some(PauseReason::Guard),
        ..row.standing()
    })
}

/// Whether a job stands still because its first few want to be looked at.
pub(crate) fn waits(row: &JobRow) -> bool {
    row.state == JobState::Paused
        && row.pause == Some(PauseReason::Guard)
        && first(row).is_some_and(|first| row.opened >= first)
}

/// How a job goes on once somebody looked: a drip with its first batch, anything else with everybody.
pub(crate) fn pass(row: &JobRow, now: Timestamp) -> Result<Standing, ScheduleError> {
    let passed = Standing { canary_passed: true, ..running(row) };
    Ok(match drip(row) {
        Some(drip) => Standing { state: JobState::Scheduled, due: drip.open_at(now)?, ..passed },
        None => Standing { released: None, ..passed },
    })
}
