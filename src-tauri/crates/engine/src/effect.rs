//! Whether a conversation already shows an effect, for *no change* in plans and for what is re-read, and effects as the
//! change that they came from.

use jiff::Timestamp;
use muster_model::{Change, Conversation, Effect, Handle, Status};
pub(crate) use muster_model::{puts_away, status_of};

/// Whether a conversation already shows what an effect wants. Never true of a reply or a note.
pub(crate) fn shows(conversation: &Conversation, effect: &Effect, me: &Handle) -> bool {
    match effect {
        Effect::Reply | Effect::Note | Effect::Block | Effect::Delete | Effect::Unknown(_) => false,
        Effect::Status(status) => {
            let (status, until) = status_of(*status);
            conversation.status == status
                && (status != Status::Snoozed || millis(conversation.snoozed_until) == millis(until))
        }
        Effect::Assignee(agent) => same_or_none(conversation.assignee.agent.as_ref(), agent.as_ref()),
        Effect::Team(team) => same_or_none(conversation.assignee.team.as_ref(), team.as_ref()),
        Effect::TagAdd(tag) => has_tag(conversation, tag),
        Effect::TagRemove(tag) => !has_tag(conversation, tag),
        Effect::TagClear => conversation.tags.is_empty(),
        Effect::Priority(priority) => conversation.priority == *priority,
        Effect::Follow(on) => conversation.followers.iter().any(|other| same(other, me)) == *on,
    }
}

/// The change that consists of these effects; none if one of them is not part of a change.
pub(crate) fn change_of<'a>(effects: impl IntoIterator<Item = &'a Effect>) -> Option<Change> {
    let mut change = Change::default();
    for effect in effects {
        match effect {
            Effect::Status(status) => change.status = Some(*status),
            Effect::Assignee(agent) => change.agent = Some(agent.clone()),
            Effect::Team(team) => change.team = Some(team.clone()),
            Effect::TagAdd(tag) => change.add_tags.push(tag.clone()),
            Effect::TagRemove(tag) => change.remove_tags.push(tag.clone()),
            Effect::TagClear => change.remove_all_tags = true,
            Effect::Priority(priority) => change.priority = Some(priority.clone()),
            Effect::Block => change.block = true,
            Effect::Delete => change.delete = true,
            Effect::Reply | Effect::Note | Effect::Follow(_) | Effect::Unknown(_) => return None,
        }
    }
    Some(change)
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millisecond)
}

fn has_tag(conversation: &Conversation, tag: &str) -> bool {
    let tag = tag.to_lowercase();
    conversation.tags.iter().any(|other| other.to_lowercase() == tag)
}

fn same(a: &Handle, b: &Handle) -> bool {
    a.as_str().eq_ignore_ascii_case(b.as_str())
}

fn same_or_none(a: Option<&Handle>, b: Option<&Handle>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Priority, SnoozeUntil, StatusChange, put_on};
    use rstest::rstest;

    use super::*;
    use crate::samples::conversation;

    fn me() -> Handle {
        Handle::from("mira@desk.example")
    }

    #[rstest]
    #[case(Effect::Status(StatusChange::Done))]
    #[case(Effect::Status(StatusChange::Snoozed(SnoozeUntil::At(Timestamp::UNIX_EPOCH))))]
    #[case(Effect::Status(StatusChange::Snoozed(SnoozeUntil::Reply)))]
    #[case(Effect::Assignee(Some(Handle::from("Jonas@desk.example"))))]
    #[case(Effect::Assignee(None))]
    #[case(Effect::Team(Some(Handle::from("billing"))))]
    #[case(Effect::TagAdd("VIP".into()))]
    #[case(Effect::TagRemove("refund".into()))]
    #[case(Effect::TagClear)]
    #[case(Effect::Priority(Priority::Urgent))]
    #[case(Effect::Follow(true))]
    fn what_is_put_on_shows(#[case] effect: Effect) {
        let mut conversation = conversation("7");
        conversation.assignee.agent = Some(Handle::from("mira@desk.example"));
        assert!(!shows(&conversation, &effect, &me()));
        put_on(&mut conversation, &effect, &me(), Timestamp::UNIX_EPOCH);
        assert!(shows(&conversation, &effect, &me()));
    }

    #[test]
    fn tags_compare_without_case() {
        let mut conversation = conversation("7");
        conversation.tags = vec!["Refund".into()];
        assert!(shows(&conversation, &Effect::TagAdd("refund".into()), &me()));
        put_on(&mut conversation, &Effect::TagRemove("REFUND".into()), &me(), Timestamp::UNIX_EPOCH);
        assert!(conversation.tags.is_empty());
    }

    #[test]
    fn a_change_and_its_effects_are_the_same_thing() {
        let change = Change {
            status: Some(StatusChange::Done),
            agent: Some(None),
            add_tags: vec!["a".into(), "b".into()],
            remove_all_tags: true,
            ..Change::default()
        };
        assert_eq!(change_of(&change.effects()), Some(change));
        assert_eq!(change_of(&[Effect::Reply]), None);
    }
}
