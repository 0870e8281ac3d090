//! Conversations that got the reply and not what was to follow on it: the customer was written to, whatever became of
//! the rest. By the rules their item is as good as its least successful effect; in words both are said.

use muster_model::{Action, Change, EffectState};
use muster_store::JobRow;

use super::{Deed, deed, grouped, status_name};

/// "3 sent but not Done", "3 sent but not Done yet"
#[must_use]
pub fn sent_only(job: &JobRow) -> Vec<String> {
    let say =
        |n: u64, tail: &str| (n > 0).then(|| format!("{} sent but {}{tail}", grouped(n), not_done(job)));
    let for_good = say(job.sent_only(|sent| sent.state.is_final()), "");
    let until_now = say(job.sent_only(|sent| !sent.state.is_final()), " yet");
    for_good.into_iter().chain(until_now).collect()
}

/// Items that stand like this and have no reply.
pub(super) fn not_sent(job: &JobRow, state: &EffectState) -> u64 {
    job.counts.of(state).saturating_sub(job.sent_only(|sent| sent.state == *state))
}

/// "not Done", "not changed"
pub(super) fn not_done(job: &JobRow) -> String {
    let then = then(job);
    match then.status {
        Some(status) if (Change { status: None, ..then }).is_empty() => {
            format!("not {}", status_name(status))
        }
        _ => "not changed".to_owned(),
    }
}

/// What is left to be done to them.
pub(super) fn rest_deed(job: &JobRow) -> Deed {
    deed(&Action::Change { change: then(job) })
}

fn then(job: &JobRow) -> Change {
    match &job.action {
        Some(Action::Reply { then, .. }) => then.clone(),
        _ => Change::default(),
    }
}
