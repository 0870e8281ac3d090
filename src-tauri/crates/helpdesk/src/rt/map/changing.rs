//! What became of a change: read from the tickets as they are afterwards, never from what RT says about it, which is
//! prose in the agent's language.

use muster_model::{Change, Effect, EffectOutcome, Reason, Receipt};

use super::{Wanted, priority_number, tags_field};
use crate::rt::wire::{Ticket, Transaction};

/// Whether a ticket shows what an effect wanted.
pub(in crate::rt) fn shows(ticket: &Ticket, effect: &Effect, wanted: &Wanted, change: &Change) -> bool {
    let tags = || tags_field(&ticket.custom_fields).map(|field| field.values.as_slice()).unwrap_or_default();
    let has = |tag: &str| tags().iter().any(|other| other.to_lowercase() == tag.to_lowercase());
    let is =
        |now: &str, then: &Option<String>| then.as_ref().is_some_and(|then| then.eq_ignore_ascii_case(now));
    match effect {
        Effect::Status(_) => is(&ticket.status, &wanted.status),
        Effect::Assignee(_) => is(&ticket.owner.id, &wanted.owner),
        Effect::Team(_) => is(&ticket.queue.id, &wanted.queue) || is(&ticket.queue.name, &wanted.queue),
        Effect::TagAdd(tag) => has(tag),
        Effect::TagRemove(tag) => !has(tag),
        // What was put on again in the same breath stays.
        Effect::TagClear => tags()
            .iter()
            .all(|tag| change.add_tags.iter().any(|added| added.to_lowercase() == tag.to_lowercase())),
        Effect::Priority(priority) => {
            priority_number(priority).map(|number| number.to_string()).as_ref() == Some(&ticket.priority)
        }
        Effect::Reply
        | Effect::Note
        | Effect::Follow(_)
        | Effect::Block
        | Effect::Delete
        | Effect::Unknown(_) => false,
    }
}

/// Whether the history shows that we did it and somebody else undid it since: transactions of the ticket, all of them
/// later than the call began.
pub(in crate::rt) fn was_done(history: &[Transaction], effect: &Effect, wanted: &Wanted, me: &str) -> bool {
    let mine = || history.iter().filter(|entry| entry.creator.id.eq_ignore_ascii_case(me));
    let is = |new: &str, then: Option<&String>| then.is_some_and(|then| then.eq_ignore_ascii_case(new));
    match effect {
        Effect::Status(_) => {
            mine().any(|entry| entry.kind == "Status" && is(&entry.new_value, wanted.status.as_ref()))
        }
        Effect::Team(_) => {
            mine().any(|entry| entry.field == "Queue" && is(&entry.new_value, wanted.queue.as_ref()))
        }
        Effect::Priority(_) => mine().any(|entry| {
            let then = wanted.priority.map(|number| number.to_string());
            entry.field == "Priority" && is(&entry.new_value, then.as_ref())
        }),
        Effect::TagAdd(tag) => mine()
            .any(|entry| entry.kind == "CustomField" && entry.new_value.to_lowercase() == tag.to_lowercase()),
        _ => false,
    }
}

/// The outcomes of a change on one ticket, effect by effect.
pub(in crate::rt) fn outcomes(
    change: &Change,
    wanted: &Wanted,
    ticket: &Ticket,
    stamp: i64,
    done: impl Fn(&Effect) -> bool,
    said: &str,
) -> Vec<EffectOutcome> {
    let receipt = Receipt { id: None, stamp: Some(stamp), at: ticket.last_updated };
    let outcome = |effect: &Effect| {
        if shows(ticket, effect, wanted, change) || done(effect) {
            EffectOutcome::Applied { receipt: receipt.clone() }
        } else {
            EffectOutcome::Rejected { reason: refused(said) }
        }
    };
    change.effects().iter().map(outcome).collect()
}

/// What RT said, as the reason why something is not as it was wanted.
pub(in crate::rt) fn refused(said: &str) -> Reason {
    let said = said.trim();
    Reason::new(
        "refused",
        if said.is_empty() { "Request Tracker did not change it, and does not say why." } else { said },
    )
}

/// The ticket is not there, or not for this key.
pub(in crate::rt) fn gone() -> Reason {
    Reason::new(
        "gone",
        "Request Tracker does not show this ticket to this key: deleted, merged or out of reach.",
    )
}
