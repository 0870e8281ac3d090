//! What the engine says to people: names of jobs, the words on the button, warnings, results. Plain, exact, calm; the
//! figures are the plan's and the journal's own, so that every front end shows the same.

use muster_model::{Action, Channel, Priority, SnoozeUntil, StatusChange, Verdict};

mod control;
mod cost;
mod coverage;
mod half;
mod item;
mod job;
mod person;
mod plan;
mod schedule;
mod undo;
mod when;

pub use control::{cancel_label, paused, resume_label, retry_label, state_text, stopped, undo_label};
pub use cost::SendingSummary;
pub use coverage::missing;
pub use half::sent_only;
pub use item::{change, changes, outcome};
pub use job::{does, result, title};
pub use person::{address_line, before_after, channel_line, name_of, reply_subject, then_line};
pub use plan::{button, nothing_to_do, verdict_title, verdict_why, warning};
pub use undo::undo_before;
pub use when::schedule;

pub use crate::verdict::field_name;

pub(crate) use plan::{default_name, verdict_text};

/// Why everything is fetched again.
pub const COPY_RENEWED: &str = "The copy on this computer was damaged and is being fetched again.";

/// `12840` → "12,840".
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 person", "1,204 people"
fn people(n: u64) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{} people", grouped(n)) }
}

/// "1 conversation", "24 conversations"
fn conversations(n: u64) -> String {
    if n == 1 { "1 conversation".to_owned() } else { format!("{} conversations", grouped(n)) }
}

/// "84 kB", "2.5 MB"
#[must_use]
pub fn file_size(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    match bytes {
        0..KB => format!("{bytes} bytes"),
        KB..MB => format!("{} kB", bytes.div_ceil(KB)),
        _ => {
            let tenths = bytes.saturating_mul(10).div_ceil(MB);
            if tenths.is_multiple_of(10) {
                format!("{} MB", tenths / 10)
            } else {
                format!("{}.{} MB", tenths / 10, tenths % 10)
            }
        }
    }
}

/// A channel as people write it.
pub(crate) fn channel_name(channel: &Channel) -> String {
    match channel {
        Channel::Email => "Email".to_owned(),
        Channel::Chat => "Chat".to_owned(),
        Channel::Sms => "SMS".to_owned(),
        Channel::Whatsapp => "WhatsApp".to_owned(),
        Channel::Facebook => "Facebook".to_owned(),
        Channel::Instagram => "Instagram".to_owned(),
        Channel::Voice => "Voice".to_owned(),
        Channel::Other(word) => capital(word),
    }
}

/// A status as people write it.
fn status_name(status: StatusChange) -> &'static str {
    match status {
        StatusChange::Active => "Active",
        StatusChange::Snoozed(SnoozeUntil::At(_)) => "Snoozed",
        StatusChange::Snoozed(SnoozeUntil::Reply) => "Snoozed until a reply",
        StatusChange::Done => "Done",
        StatusChange::Archived => "Archived",
        StatusChange::Spam => "Spam",
    }
}

fn priority_name(priority: &Priority) -> String {
    if *priority == Priority::None { "no priority".to_owned() } else { format!("priority {priority}") }
}

/// What was or will be done to `n` conversations, in two halves around the number: ("Set", "to Done").
fn deed(action: &Action) -> Deed {
    match action {
        Action::Reply { .. } => Deed::new("Send to", "", "sent", ""),
        Action::Note { .. } => Deed::new("Note on", "", "noted", ""),
        Action::Follow { on: true } => Deed::new("Follow", "", "followed", ""),
        Action::Follow { on: false } => Deed::new("Stop following", "", "no longer followed", ""),
        Action::Change { change } => change_deed(change),
        Action::Undo { .. } => Deed::new("Give back", "", "given back", ""),
    }
}

/// "Set 24 to Done" before, "24 set to Done" after.
struct Deed {
    before: String,
    before_tail: String,
    after: String,
    after_tail: String,
}

impl Deed {
    fn new(before: &str, before_tail: &str, after: &str, after_tail: &str) -> Self {
        Self {
            before: before.to_owned(),
            before_tail: before_tail.to_owned(),
            after: after.to_owned(),
            after_tail: after_tail.to_owned(),
        }
    }

    fn will(&self, n: u64) -> String {
        join(&[&self.before, &grouped(n), &self.before_tail])
    }

    fn did(&self, n: u64) -> String {
        join(&[&grouped(n), &self.after, &self.after_tail])
    }
}

fn change_deed(change: &muster_model::Change) -> Deed {
    let mut deeds = Vec::new();
    if let Some(status) = change.status {
        let to = format!("to {}", status_name(status));
        deeds.push(Deed::new("Set", &to, "set", &to));
    }
    let to: Vec<&str> = [&change.agent, &change.team]
        .into_iter()
        .flatten()
        .flatten()
        .map(muster_model::Handle::as_str)
        .collect();
    if !to.is_empty() {
        let to = format!("to {}", to.join(", "));
        deeds.push(Deed::new("Assign", &to, "assigned", &to));
    } else if change.agent.is_some() || change.team.is_some() {
        deeds.push(Deed::new("Unassign", "", "unassigned", ""));
    }
    if !change.add_tags.is_empty() {
        let with = change.add_tags.join(", ");
        deeds.push(Deed::new("Tag", &with, "tagged", &with));
    }
    if change.remove_all_tags {
        deeds.push(Deed::new("Take all tags off", "", "untagged", ""));
    }
    if !change.remove_tags.is_empty() {
        let tags = change.remove_tags.join(", ");
        deeds.push(Deed::new(&format!("Take {tags} off"), "", "untagged", &tags));
    }
    if let Some(priority) = &change.priority {
        let to = format!("to {}", priority_name(priority));
        deeds.push(Deed::new("Set", &to, "set", &to));
    }
    if change.block {
        deeds.push(Deed::new("Block", "", "blocked", ""));
    }
    if change.delete {
        deeds.push(Deed::new("Delete", "", "deleted", ""));
    }
    match (deeds.pop(), deeds.is_empty()) {
        (Some(only), true) => only,
        _ => Deed::new("Change", "", "changed", ""),
    }
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn uncapital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// Reasons that say by themselves what happened: "4 window closed" rather than "4 rejected".
fn speaks_for_itself(code: &str) -> Option<String> {
    let known = match code {
        "left_out" => "left out",
        "superseded" => "decided by a later change",
        "merged" => "merged meanwhile",
        "gone" => "gone",
        "cancelled" => "cancelled",
        "no_change" => "already so",
        _ => match Verdict::from(code) {
            Verdict::Other(_) => return None,
            verdict => return Some(verdict_title(&verdict).to_lowercase()),
        },
    };
    Some(known.to_owned())
}

#[cfg(test)]
mod tests;
