//! What fell due while nobody worked the journal: customers are not written to hours late without a human's word.

use jiff::{SignedDuration, Timestamp};
use muster_model::{Action, Handle, JobState, PauseReason};
use muster_store::{JobRow, Standing};

use super::pause::is_mine;

/// What becomes of a job whose turn came while nobody worked: `last` is when somebody last did; up to `late` is on time.
pub(super) fn rule(
    row: &JobRow,
    me: &Handle,
    late: SignedDuration,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Option<Standing> {
    let since = match (&row.state, &row.pause) {
        (JobState::Holding | JobState::Scheduled, _) => row.due.max(row.go_at),
        (JobState::Running, _) | (JobState::Paused, Some(PauseReason::Offline | PauseReason::Key)) => {
            row.go_at
        }
        _ => return None,
    };
    let unworked = now.duration_since(last.map_or(since, |last| last.max(since)));
    let customer_visible = row.action.as_ref().is_some_and(Action::is_reply);
    (customer_visible && is_mine(row, me) && row.counts.pending > 0 && unworked > late).then(|| Standing {
        state: JobState::Paused,
        pause: Some(PauseReason::Overdue),
        ..row.standing()
    })
}
