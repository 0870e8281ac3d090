//! Statuses: each lifecycle of Request Tracker has its own words; what they mean is known for those that RT brings along
//! and asked for all others (RT knows of each whether it is active).

use std::collections::HashMap;

use muster_model::{Engagement, SnoozeUntil, Status, StatusChange};

/// What a status of RT is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rt) enum Meaning {
    /// Somebody has to do something.
    Working,
    /// Put aside.
    Stalled,
    /// Finished.
    Done,
    /// Not a request at all.
    Rejected,
    /// Not there any more.
    Deleted,
}

/// Words that a person who makes a lifecycle gives to its end, best first.
const ENDS: [&str; 7] = ["resolved", "closed", "done", "solved", "completed", "complete", "finished"];
/// And to work in progress.
const WORK: [&str; 4] = ["open", "in progress", "active", "working"];

/// The words of RT's own lifecycles, which mean the same wherever somebody took them over.
pub(in crate::rt) fn meaning(word: &str) -> Option<Meaning> {
    Some(match word.to_lowercase().as_str() {
        "new" | "open" => Meaning::Working,
        "stalled" => Meaning::Stalled,
        "resolved" => Meaning::Done,
        "rejected" => Meaning::Rejected,
        "deleted" => Meaning::Deleted,
        _ => return None,
    })
}

/// What is known of the statuses of a server.
#[derive(Clone, Debug, Default)]
pub(in crate::rt) struct Lifecycles {
    asked: HashMap<(String, String), Meaning>,
}

impl Lifecycles {
    /// What a word means in a lifecycle, as far as it is known.
    pub(in crate::rt) fn meaning(&self, lifecycle: &str, word: &str) -> Option<Meaning> {
        meaning(word).or_else(|| self.asked.get(&key(lifecycle, word)).copied())
    }

    /// RT said whether it is active.
    pub(in crate::rt) fn learn(&mut self, lifecycle: &str, word: &str, is_active: bool) {
        let meaning = if is_active { Meaning::Working } else { Meaning::Done };
        self.asked.insert(key(lifecycle, word), meaning);
    }

    /// The word to set for a status, among those that a ticket may change to (`next`; of RT's own lifecycles it need not
    /// be asked). None where there is none.
    pub(in crate::rt) fn word(
        &self,
        lifecycle: &str,
        change: StatusChange,
        next: Option<&[String]>,
    ) -> Option<String> {
        let (wanted, usual, often): (Meaning, &str, &[&str]) = match change {
            StatusChange::Active => (Meaning::Working, "open", &WORK),
            StatusChange::Done => (Meaning::Done, "resolved", &ENDS),
            StatusChange::Spam => (Meaning::Rejected, "rejected", &[]),
            StatusChange::Snoozed(SnoozeUntil::Reply) => (Meaning::Stalled, "stalled", &[]),
            StatusChange::Snoozed(SnoozeUntil::At(_)) | StatusChange::Archived => return None,
        };
        let Some(next) = next.filter(|_| !is_standard(lifecycle)) else { return Some(usual.to_owned()) };
        let fits: Vec<&String> =
            next.iter().filter(|word| self.meaning(lifecycle, word) == Some(wanted)).collect();
        let named = often.iter().find_map(|name| {
            let mut all = fits.iter().chain(&[]).copied().chain(next.iter());
            all.find(|word| word.eq_ignore_ascii_case(name))
        });
        named.or(fits.first().copied()).cloned()
    }
}

/// Whether it is one of the lifecycles that RT brings along.
pub(in crate::rt) fn is_standard(lifecycle: &str) -> bool {
    matches!(lifecycle, "" | "default" | "approvals")
}

fn key(lifecycle: &str, word: &str) -> (String, String) {
    (lifecycle.to_owned(), word.to_lowercase())
}

/// The status of a conversation. RT does not wake a stalled ticket when the customer writes, so it counts as put aside
/// only while the ball is with the customer; nobody's message lies unseen under a word.
pub(in crate::rt) fn status(meaning: Meaning, engagement: &Engagement) -> Status {
    match meaning {
        Meaning::Working => Status::Active,
        Meaning::Stalled if *engagement == Engagement::Engaged => Status::Snoozed,
        Meaning::Stalled => Status::Active,
        Meaning::Done => Status::Done,
        Meaning::Rejected => Status::Spam,
        Meaning::Deleted => Status::Archived,
    }
}
