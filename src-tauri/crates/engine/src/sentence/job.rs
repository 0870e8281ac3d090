//! The line of a job: exact numbers, every item in exactly one of them.

use std::collections::BTreeMap;

use muster_model::{Action, Effect, EffectState};
use muster_store::JobRow;

use super::half::{not_sent, sent_only};
use super::{deed, grouped, speaks_for_itself, status_name};

/// "134 sent, 4 window closed, 2 voice"
#[must_use]
pub fn result(job: &JobRow) -> String {
    let counts = &job.counts;
    let mut parts = Vec::new();
    let left_out = counts.total() - counts.applied - counts.open();
    if counts.applied > 0 || (counts.open() == 0 && left_out == 0) {
        parts.push(match &job.action {
            Some(action) => deed(action).did(counts.applied),
            None => format!("{} applied", grouped(counts.applied)),
        });
    }
    // Who was sent to is said once, whatever became of the rest.
    parts.extend(sent_only(job));
    parts
        .extend(says(not_sent(job, &EffectState::Pending) + not_sent(job, &EffectState::Sending), "waiting"));
    let mut named: BTreeMap<String, u64> = BTreeMap::new();
    let mut plain = [EffectState::Rejected, EffectState::Skipped].map(|state| {
        let n = not_sent(job, &state);
        (state, n)
    });
    for reason in &job.reasons {
        let Some((_, left)) = plain.iter_mut().find(|(state, _)| *state == reason.state) else { continue };
        if let Some(words) = speaks_for_itself(&reason.code) {
            let sent = job.sent_only(|sent| sent.state == reason.state && sent.code == reason.code);
            let n = reason.n.saturating_sub(sent);
            *left = left.saturating_sub(n);
            *named.entry(words).or_default() += n;
        }
    }
    let [(_, rejected), (_, skipped)] = plain;
    parts.extend(says(rejected, "rejected"));
    parts.extend(says(not_sent(job, &EffectState::Unknown), "unknown"));
    parts.extend(says(not_sent(job, &EffectState::Held), "held"));
    let mut named: Vec<(String, u64)> = named.into_iter().collect();
    named.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    parts.extend(named.into_iter().filter_map(|(words, n)| says(n, &words)));
    parts.extend(says(skipped, "skipped"));
    parts.join(", ")
}

/// "Mass reply", "Status", "Undo of Stale over 90 days": what kind of job it is. `earlier` names the job that it undoes.
#[must_use]
pub fn title(job: &JobRow, earlier: Option<&str>) -> String {
    let Some(action) = &job.action else { return "From a newer Muster".to_owned() };
    let plain = match (action, action.type_word()) {
        (Action::Reply { mass: true, .. }, _) => "Mass reply",
        (_, "reply") => "Reply",
        (_, "note") => "Note",
        (_, "status") => "Status",
        (_, "snooze") => "Snooze",
        (_, "assign") => "Assign",
        (_, "tags") => "Tags",
        (_, "priority") => "Priority",
        (_, "follow") => "Follow",
        (_, "block") => "Block",
        (_, "delete") => "Delete",
        (_, "undo") => {
            return earlier.filter(|name| !name.is_empty()).map_or_else(
                || "Undo".to_owned(),
                |name| if name.starts_with("Undo") { name.to_owned() } else { format!("Undo of {name}") },
            );
        }
        (_, _) => "Change",
    };
    plain.to_owned()
}

/// What it does, a line for each: "Status → Done", "Tag + refund". The text of a reply or a note is not among them.
#[must_use]
pub fn does(action: &Action) -> Vec<String> {
    let change = match action {
        Action::Change { change } | Action::Reply { then: change, .. } => change,
        Action::Note { mentions, .. } => {
            let mut calls: Vec<String> = mentions.iter().map(|who| format!("Calls {}", who.name)).collect();
            // A team is called once, whoever is in it.
            calls.dedup();
            return calls;
        }
        Action::Follow { on: true } => return vec!["Follow".to_owned()],
        Action::Follow { on: false } => return vec!["Stop following".to_owned()],
        Action::Undo { .. } => return vec!["Each goes back to what it was".to_owned()],
    };
    let who = |handle: &Option<muster_model::Handle>| {
        handle.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)
    };
    let approved = match action {
        Action::Reply { approved: Some(approved), .. } => {
            vec![format!("Approved text “{}” where WhatsApp’s window is closed", approved.name)]
        }
        _ => Vec::new(),
    };
    let effects = change.effects();
    let changes = effects.iter().filter_map(|effect| {
        Some(match effect {
            Effect::Status(status) => format!("Status → {}", status_name(*status)),
            Effect::Assignee(agent) => format!("Agent → {}", who(agent)),
            Effect::Team(team) => format!("Team → {}", who(team)),
            Effect::TagAdd(tag) => format!("Tag + {tag}"),
            Effect::TagRemove(tag) => format!("Tag − {tag}"),
            Effect::TagClear => "All tags off".to_owned(),
            Effect::Priority(priority) => format!("Priority → {priority}"),
            Effect::Block => "Block the contact".to_owned(),
            Effect::Delete => "Delete".to_owned(),
            Effect::Reply | Effect::Note | Effect::Follow(_) | Effect::Unknown(_) => return None,
        })
    });
    approved.into_iter().chain(changes).collect()
}

fn says(n: u64, words: &str) -> Option<String> {
    (n > 0).then(|| format!("{} {words}", grouped(n)))
}
