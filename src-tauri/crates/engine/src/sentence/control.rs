//! What can be done with a job, and what doing it did, with exact numbers: "Stop: 43 will not be sent".

use jiff::{Timestamp, tz::TimeZone};
use muster_model::{Action, Change, EffectState, JobState, PauseReason, StatusChange};
use muster_store::{JobRow, SentOnly};

use super::half::{not_done, not_sent, rest_deed, sent_only};
use super::{deed, grouped, uncapital};
use crate::Retryable;

/// "Stop: 43 will not be sent"; where some have the reply already, "Stop: 40 will not be sent, 3 stay not Done"
#[must_use]
pub fn cancel_label(job: &JobRow, n: u64) -> String {
    let sent = job.sent_only(|sent| sent.state == EffectState::Pending).min(n);
    let mut parts = Vec::new();
    if sent < n || sent == 0 {
        parts.push(format!("{} will not be {}", grouped(n - sent), participle(job)));
    }
    if sent > 0 {
        parts.push(format!("{} sent stay {}", grouped(sent), not_done(job)));
    }
    format!("Stop: {}", parts.join(", "))
}

/// "Send to the other 108", "Send now", "Go on"
#[must_use]
pub fn resume_label(job: &JobRow, canary_waits: bool) -> String {
    let is_reply = is_reply(job);
    let sent = job.sent_only(|sent| !sent.state.is_final());
    match (&job.pause, canary_waits) {
        (_, true) if is_reply => {
            format!("Send to the other {}", grouped(job.counts.open().saturating_sub(sent)))
        }
        (_, true) => format!("Change the other {}", grouped(job.counts.open())),
        (Some(PauseReason::Overdue), false) if is_reply => "Send now".to_owned(),
        (Some(PauseReason::Overdue), false) => "Change now".to_owned(),
        _ => "Go on".to_owned(),
    }
}

/// "Retry 2 of the 3 rejected", "Retry the 3 rejected"; of a job that was stopped, once nothing that failed is left,
/// "Send to the 40 after all"; where some have the reply already, "Send to the 19 after all, set 3 to Done".
#[must_use]
pub fn retry_label(job: &JobRow, retry: Retryable) -> String {
    let (n, rejected, again) =
        (retry.n(), job.counts.rejected, if is_reply(job) { "Send to" } else { "Change" });
    if n > rejected || (rejected == 0 && cancelled(job) > 0) {
        let whole = format!("{again} the {} after all", grouped(retry.whole));
        let rest = rest_deed(job).will(retry.rest);
        return match (retry.whole, retry.rest) {
            (_, 0) => whole,
            (0, _) => format!("{rest} after all"),
            _ => format!("{whole}, {}", uncapital(&rest)),
        };
    }
    match retry.whole {
        // Nobody who has the reply gets it again.
        0 if retry.rest > 0 => format!("{} again", rest_deed(job).will(n)),
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

/// "41 sent, 459 will not be sent, 3 are on their way": a job that was just stopped. Who has the reply and not what was
/// to follow on it was sent to: "3 sent but not Done, 19 will not be sent".
#[must_use]
pub fn stopped(job: &JobRow) -> String {
    let was_stopped = |sent: &SentOnly| sent.state == EffectState::Skipped && sent.code == "cancelled";
    let not = cancelled(job).saturating_sub(job.sent_only(was_stopped));
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
    let n = not_sent(job, &EffectState::Pending);
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
    parts.extend(sent_only(job));
    for (state, word) in
        [(EffectState::Rejected, "rejected"), (EffectState::Unknown, "unknown"), (EffectState::Held, "held")]
    {
        let n = not_sent(job, &state);
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
        Action::Reply { text: String::new(), mass: true, then, files: Vec::new(), approved: None }
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
        let retry = |whole, rest| Retryable { whole, rest };
        assert_eq!(retry_label(&row, retry(2, 0)), "Retry 2 of the 3 rejected");
        assert_eq!(retry_label(&row, retry(3, 0)), "Retry the 3 rejected");
        assert_eq!(retry_label(&row, retry(0, 3)), "Set 3 to Done again");
        assert_eq!(undo_label(&row, 114), "Undo Done on 114…");
        assert_eq!(resume_label(&row, true), "Send to the other 43");
        assert_eq!(resume_label(&row, false), "Go on");
        let stopped = [(EffectState::Skipped, "cancelled", 40)];
        let none_rejected = Counts { rejected: 0, skipped: 40, ..counts };
        let only = job(reply(), none_rejected, &stopped);
        assert_eq!(retry_label(&only, retry(40, 0)), "Send to the 40 after all");
        let after_all = job(reply(), Counts { skipped: 40, ..counts }, &stopped);
        assert_eq!(retry_label(&after_all, retry(3, 0)), "Retry the 3 rejected");
        row.pause = Some(PauseReason::Overdue);
        assert_eq!(resume_label(&row, false), "Send now");
        assert_eq!(paused(&row), "114 sent, 3 rejected, 43 wait");
    }

    /// On a help desk that sets no status with a reply: three of 22 were sent when it was stopped.
    #[test]
    fn who_has_the_reply_is_not_said_to_get_it_after_all() {
        let stopped_at = [(EffectState::Skipped, "cancelled", 22)];
        let mut row = job(reply(), Counts { skipped: 22, ..Counts::default() }, &stopped_at);
        let sent = |state, code: &str| SentOnly { state, code: code.to_owned(), n: 3 };
        row.sent_only = vec![sent(EffectState::Skipped, "cancelled")];
        assert_eq!(stopped(&row), "3 sent but not Done, 19 will not be sent");
        assert_eq!(crate::sentence::result(&row), "3 sent but not Done, 19 cancelled");
        let after_all = retry_label(&row, Retryable { whole: 19, rest: 3 });
        assert_eq!(after_all, "Send to the 19 after all, set 3 to Done");
        let only_done = retry_label(&row, Retryable { whole: 0, rest: 3 });
        assert_eq!(only_done, "Set 3 to Done after all");
        let running = Counts { applied: 2, pending: 22, ..Counts::default() };
        let mut row = job(reply(), running, &[]);
        row.sent_only = vec![sent(EffectState::Pending, "")];
        assert_eq!(cancel_label(&row, 22), "Stop: 19 will not be sent, 3 sent stay not Done");
        assert_eq!(paused(&row), "2 sent, 3 sent but not Done yet, 19 wait");
        assert_eq!(crate::sentence::result(&row), "2 sent, 3 sent but not Done yet, 19 waiting");
        assert_eq!(resume_label(&row, true), "Send to the other 19");
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
