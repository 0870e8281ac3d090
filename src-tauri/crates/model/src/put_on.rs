//! What an effect does to a conversation, as a pure function: for what the agent sees before the help desk answers, for
//! *no change* in plans, and for telling whether a conversation already shows it.

use jiff::Timestamp;

use crate::{Conversation, Effect, Engagement, Handle, SnoozeUntil, Status, StatusChange};

/// Lays an effect over a conversation. `at` is when it happened or will be taken to have happened.
pub fn put_on(conversation: &mut Conversation, effect: &Effect, me: &Handle, at: Timestamp) {
    match effect {
        Effect::Reply => {
            conversation.engagement = Engagement::Engaged;
            conversation.waiting_since = None;
            conversation.last_outbound = conversation.last_outbound.max(Some(at));
        }
        Effect::Status(status) => {
            let (status, until) = status_of(*status);
            conversation.status = status;
            conversation.snoozed_until = until;
        }
        Effect::Assignee(agent) => conversation.assignee.agent.clone_from(agent),
        Effect::Team(team) => conversation.assignee.team.clone_from(team),
        Effect::TagAdd(tag) => {
            let folded = tag.to_lowercase();
            if !conversation.tags.iter().any(|other| other.to_lowercase() == folded) {
                conversation.tags.push(tag.clone());
                conversation.tags.sort();
            }
        }
        Effect::TagRemove(tag) => {
            let folded = tag.to_lowercase();
            conversation.tags.retain(|other| other.to_lowercase() != folded);
        }
        Effect::TagClear => conversation.tags.clear(),
        Effect::Priority(priority) => conversation.priority.clone_from(priority),
        Effect::Follow(on) => {
            let folded = me.as_str().to_lowercase();
            conversation.followers.retain(|other| other.as_str().to_lowercase() != folded);
            if *on {
                conversation.followers.push(me.clone());
            }
        }
        // A note changes nobody's turn, a blocked contact shows nowhere in a conversation, and a deleted one is gone once
        // the help desk says so.
        Effect::Note | Effect::Block | Effect::Delete | Effect::Unknown(_) => {}
    }
}

/// Whether a customer's message since then makes the effect a question: putting a conversation away that waits again.
#[must_use]
pub fn puts_away(effect: &Effect) -> bool {
    matches!(effect, Effect::Status(status) if *status != StatusChange::Active)
}

/// The status as a conversation shows it.
#[must_use]
pub fn status_of(change: StatusChange) -> (Status, Option<Timestamp>) {
    match change {
        StatusChange::Active => (Status::Active, None),
        StatusChange::Snoozed(SnoozeUntil::At(until)) => (Status::Snoozed, Some(until)),
        StatusChange::Snoozed(SnoozeUntil::Reply) => (Status::Snoozed, None),
        StatusChange::Done => (Status::Done, None),
        StatusChange::Archived => (Status::Archived, None),
        StatusChange::Spam => (Status::Spam, None),
    }
}
