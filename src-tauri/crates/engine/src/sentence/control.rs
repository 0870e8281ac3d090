//! What can be done with a job, and what doing it did, with exact numbers: "Stop: 43 will not be sent".

use jiff::{Timestamp, tz::TimeZone};
use muster_model::{Action, Change, EffectState, JobState, PauseReason, StatusChange};
use muster_store::JobRow;

use super::{deed, grouped};

/// "Stop: 43 will not be sent"
#[must_use]
pub fn cancel_label(job: &JobRow, n: u64) -> String {
    format!("Stop: {} will not be {}", grouped(n), participle(job))
}

/// "Send to the other 108", "Send now", "Go on"
#[must_use]
pub fn resume_label(job: &JobRow, canary_waits: bool) -> String {
    let is_reply = is_reply(job);
    match (&job.pause, canary_waits) {
        (_, true) if is_reply => format!("Send to the other {}", grouped(job.counts.open())),
        (_, true) => format!("Change the other {}", grouped(job.counts.open())),
        (Some(PauseReason::Overdue), false) if is_reply => "Send now".to_owned(),
        (Some(PauseReason::Overdue), false) => "Change now".to_owned(),
        _ => "Go on".to_owned(),
    }
}

/// "Retry 2 of the 3 rejected", "Retry the 3 rejected"; of a job that was stopped, once nothing that failed is left,
/// "Send to the 40 after all".
#[must_use]
pub fn retry_label(job: &JobRow, n: u64) -> String {
    let (rejected, again) = (job.counts.rejected, if is_reply(job) { "Send to" } else { "Change" });
    match rejected {
        _ if n > rejected || (rejected == 0 && cancelled(job) > 0) => {
            format!("{again} the {} after all", grouped(n))
        }
        _ if n < rejected => format!("Retry {} of the {} rejected", grouped(n), grouped(rejected)),
        _ => format!("Retry the {} rejected", grouped(n)),
    }
}

/// "Undo Done on 114…"
#[must_use]
pub fn undo_label(job: &JobRow, n: u64) -> String {
    let what = match &job.action {
        Some(Action::Change { change } | Action::Reply { then: change, .. }) => undone(change),
        Some(Action::Follow { .. }) => "following ",
        Some(Action::Undo { .. }) => "the undo ",
        Some(Action::Note { .. }) | None => "",
    };
    format!("Undo {what}on {}…", grouped(n))
}

/// What an undo of a change takes away, with a space behind it; nothing for several changes together.
fn undone(change: &Change) -> &'static str {
    let tags = !change.add_tags.is_empty() || !change.remove_tags.is_empty() || change.remove_all_tags;
    let assigned = change.agent.is_some() || change.team.is_some();
    match (change.status, assigned, tags, &change.priority) {
        (Some(StatusChange::Snoozed(_)), false, false, None) => "snooze ",
        (Some(StatusChange::Active), false, false, None) => "Active ",
        (Some(StatusChange::Done), false, false, None) => "Done ",
        (Some(StatusChange::Archived), false, false, None) => "Archived ",
        (Some(StatusChange::Spam), false, false, None) => "Spam ",
        (None, true, false, None) => "assignment ",
        (None, false, true, None) => "tags ",
        (None, false, false, Some(_)) => "priority ",
        _ => "",
    }
}

/// "41 sent, 459 will not be sent, 3 are on their way": a job that was just stopped.
#[must_use]
pub fn stopped(job: &JobRow) -> String {
    let not = cancelled(job);
    let mut parts = so_far(job);
    if not > 0 || parts.is_empty() {
        parts.push(format!("{} will not be {}", grouped(not), participle(job)));
    }
    parts.extend(under_way(job));
    parts.join(", ")
}

/// "41 sent, 459 wait, 3 are on their way": a job that was just paused.
#[must_use]
pub fn paused(job: &JobRow) -> String {
    let mut parts = so_far(job);
    let n = job.counts.pending;
    parts.push(if n == 1 { "1 waits".to_owned() } else { format!("{} wait", grouped(n)) });
    parts.extend(under_way(job));
    parts.join(", ")
}

/// Why a job stands as it does and what is to do, where that is not plain: "The first 10 are out. Look at them, then
/// send to the other 108."
#[must_use]
pub fn state_text(job: &JobRow, canary_waits: bool, now: Timestamp, zone: &TimeZone) -> String {
    let left = grouped(job.counts.open());
    let (wait, them) = if job.counts.open() == 1 { ("waits", "it") } else { ("wait", "them") };
    let at = |at: Timestamp| {
        let (at, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()).date());
        let format = if at.date() == today { "today, %H:%M" } else { "%A %-d %B, %H:%M" };
        at.strftime(format).to_string()
    };
    match (&job.state, &job.pause) {
        (JobState::Paused, _) if canary_waits => {
            // The skipped never took part.
            let first = grouped(job.counts.total().saturating_sub(job.counts.open() + job.counts.skipped));
            let then = if is_reply(job) { "send to" } else { "change" };
            format!("The first {first} are out. Look at them, then {then} the other {left}.")
        }
        (JobState::Paused, Some(PauseReason::User)) => format!("Paused. {left} {wait} until you go on."),
        (JobState::Paused, Some(PauseReason::Key)) => {
            format!(
                "The help desk refuses the key, or the key is another agent's. {left} {wait} for the right one."
            )
        }
        (JobState::Paused, Some(PauseReason::Offline)) => {
            format!("The help desk cannot be reached. {left} {wait} until it can.")
        }
        (JobState::Paused, Some(PauseReason::Overdue)) => format!(
            "It was due {}, while nobody worked. {left} {} not been {}: send {them} now, or stop.",
            at(job.due),
            if job.counts.open() == 1 { "has" } else { "have" },
            participle(job),
        ),
        (JobState::Paused, _) => format!("A rule of Muster stopped it. {left} {wait} for you."),
        (JobState::Scheduled, _) if job.opened > 0 => format!("The next batch leaves {}.", at(job.due)),
        (JobState::Scheduled, _) => format!("Leaves {}.", at(job.due)),
        (JobState::Draft, _) => "Not confirmed: nothing leaves before you say so.".to_owned(),
        _ => String::new(),
    }
}

/// Items that did not leave because the job was stopped.
fn cancelled(job: &JobRow) -> u64 {
    let stopped = |reason: &&muster_store::ReasonCount| {
        reason.state == EffectState::Skipped && reason.code == "cancelled"
    };
    job.reasons.iter().filter(stopped).map(|reason| reason.n).sum()
}

fn so_far(job: &JobRow) -> Vec<String> {
    let counts = &job.counts;
    let mut parts = Vec::new();
    if counts.applied > 0 {
        parts.push(match &job.action {
            Some(action) => deed(action).did(counts.applied),
            None => format!("{} applied", grouped(counts.applied)),
        });
    }
    for (n, word) in [(counts.rejected, "rejected"), (counts.unknown, "unknown"), (counts.held, "held")] {
        if n > 0 {
            parts.push(format!("{} {word}", grouped(n)));
        }
    }
    parts
}

fn under_way(job: &JobRow) -> Option<String> {
    match job.counts.sending {
        0 => None,
        1 => Some("1 is on its way".to_owned()),
        n => Some(format!("{} are on their way", grouped(n))),
    }
}

fn is_reply(job: &JobRow) -> bool {
    job.kind == "reply"
}

fn participle(job: &JobRow) -> &'static str {
    match job.kind.as_str() {
        "reply" => "sent",
        "note" => "written",
        _ => "changed",
    }
}

#[cfg(test)]
mod tests {
    use muster_model::Counts;
    use muster_store::ReasonCount;
    use rstest::rstest;

    use super::*;
    use crate::sentence::tests::job;

    fn reply() -> Action {
        let then = Change { status: Some(StatusChange::Done), ..Change::default() };
        Action::Reply { text: String::new(), mass: true, then, files: Vec::new() }
    }

    #[rstest]
    #[case(Counts { applied: 41, skipped: 459, ..Counts::default() }, 459, "41 sent, 459 will not be sent")]
    #[case(Counts { applied: 41, sending: 3, skipped: 456, ..Counts::default() }, 456, "41 sent, 456 will not be sent, 3 are on their way")]
    #[case(Counts { applied: 1, unknown: 2, sending: 1, skipped: 9, ..Counts::default() }, 4, "1 sent, 2 unknown, 4 will not be sent, 1 is on its way")]
    #[case(Counts { skipped: 1, ..Counts::default() }, 1, "1 will not be sent")]
    #[case(Counts { applied: 5, sending: 1, ..Counts::default() }, 0, "5 sent, 1 is on its way")]
    fn a_stopped_job_says_exactly_what_left(
        #[case] counts: Counts,
        #[case] cancelled: u64,
        #[case] expected: &str,
    ) {
        let mut job = job(reply(), counts, &[]);
        job.reasons = vec![ReasonCount {
            state: EffectState::Skipped,
            code: "cancelled".into(),
            message: String::new(),
            n: cancelled,
        }];
        assert_eq!(stopped(&job), expected);
    }

    #[test]
    fn labels_name_the_number() {
        let counts = Counts { applied: 114, rejected: 3, pending: 43, ..Counts::default() };
        let mut row = job(reply(), counts, &[]);
        assert_eq!(cancel_label(&row, 43), "Stop: 43 will not be sent");
        assert_eq!(retry_label(&row, 2), "Retry 2 of the 3 rejected");
        assert_eq!(retry_label(&row, 3), "Retry the 3 rejected");
        assert_eq!(undo_label(&row, 114), "Undo Done on 114…");
        assert_eq!(resume_label(&row, true), "Send to the other 43");
        assert_eq!(resume_label(&row, false), "Go on");
        let stopped = [(EffectState::Skipped, "cancelled", 40)];
        let none_rejected = Counts { rejected: 0, skipped: 40, ..counts };
        let only = job(reply(), none_rejected, &stopped);
        assert_eq!(retry_label(&only, 40), "Send to the 40 after all");
        let after_all = job(reply(), Counts { skipped: 40, ..counts }, &stopped);
        assert_eq!(retry_label(&after_all, 3), "Retry the 3 rejected");
        row.pause = Some(PauseReason::Overdue);
        assert_eq!(resume_label(&row, false), "Send now");
        assert_eq!(paused(&row), "114 sent, 3 rejected, 43 wait");
    }

    #[test]
    fn a_canary_says_what_it_waits_for() {
        let mut job = job(
            reply(),
            Counts { applied: 9, unknown: 1, pending: 108, skipped: 22, ..Counts::default() },
            &[],
        );
        job.state = JobState::Paused;
        job.pause = Some(PauseReason::Guard);
        assert_eq!(
            state_text(&job, true, Timestamp::UNIX_EPOCH, &TimeZone::UTC),
            "The first 10 are out. Look at them, then send to the other 108."
        );
    }
}
