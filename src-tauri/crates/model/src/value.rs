//! What an effect changes, as a value: how `before`, `after` and `expects` of effects are written in the journal.
//!
//! One value per property, so that each can be given back by itself: the status with its instant, the agent, the team,
//! the priority; of a tag its name as it stands there, or null where it does not; whether I follow; whether it is gone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Conversation, Effect, Handle, Priority, SnoozeUntil, Status, StatusChange};

/// The status of a conversation, as a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusValue {
    /// The status.
    pub status: Status,
    /// Until when it sleeps.
    pub snoozed_until: Option<Timestamp>,
}

impl From<StatusChange> for StatusValue {
    fn from(change: StatusChange) -> Self {
        let (status, snoozed_until) = match change {
            StatusChange::Active => (Status::Active, None),
            StatusChange::Snoozed(SnoozeUntil::At(until)) => (Status::Snoozed, Some(until)),
            StatusChange::Snoozed(SnoozeUntil::Reply) => (Status::Snoozed, None),
            StatusChange::Done => (Status::Done, None),
            StatusChange::Archived => (Status::Archived, None),
            StatusChange::Spam => (Status::Spam, None),
        };
        Self { status, snoozed_until }
    }
}

impl StatusValue {
    /// The change that brings a conversation back to this status: a snooze that is over by `now` is active. None for
    /// a status of a newer help desk, which nobody here can set.
    #[must_use]
    pub fn restored(&self, now: Timestamp) -> Option<StatusChange> {
        Some(match (&self.status, self.snoozed_until) {
            (Status::Active, _) => StatusChange::Active,
            (Status::Snoozed, Some(until)) if until <= now => StatusChange::Active,
            (Status::Snoozed, Some(until)) => StatusChange::Snoozed(SnoozeUntil::At(until)),
            (Status::Snoozed, None) => StatusChange::Snoozed(SnoozeUntil::Reply),
            (Status::Done, _) => StatusChange::Done,
            (Status::Archived, _) => StatusChange::Archived,
            (Status::Spam, _) => StatusChange::Spam,
            (Status::Other(_), _) => return None,
        })
    }
}

impl Effect {
    /// What this effect would change, as the conversation shows it; null where a conversation does not show it.
    #[must_use]
    pub fn value_in(&self, conversation: &Conversation, me: &Handle) -> Value {
        match self {
            Self::Status(_) => json!(StatusValue {
                status: conversation.status.clone(),
                snoozed_until: conversation.snoozed_until,
            }),
            Self::Assignee(_) => json!(conversation.assignee.agent),
            Self::Team(_) => json!(conversation.assignee.team),
            Self::TagAdd(tag) | Self::TagRemove(tag) => {
                json!(conversation.tags.iter().find(|other| is_same(other, tag)))
            }
            Self::TagClear => json!(conversation.tags),
            Self::Priority(_) => json!(conversation.priority),
            Self::Follow(_) => {
                json!(conversation.followers.iter().any(|other| is_same(other.as_str(), me.as_str())))
            }
            Self::Delete => json!(false),
            Self::Reply | Self::Note | Self::Block | Self::Unknown(_) => Value::Null,
        }
    }

    /// The value that this effect leaves behind once it was applied; none where it leaves none.
    #[must_use]
    pub fn value_after(&self) -> Option<Value> {
        match self {
            Self::Status(change) => Some(json!(StatusValue::from(*change))),
            Self::Assignee(who) | Self::Team(who) => Some(json!(who)),
            Self::TagAdd(tag) => Some(json!(tag)),
            Self::TagRemove(_) => Some(Value::Null),
            Self::TagClear => Some(json!([])),
            Self::Priority(priority) => Some(json!(priority)),
            Self::Follow(on) => Some(json!(on)),
            Self::Block | Self::Delete => Some(json!(true)),
            Self::Reply | Self::Note | Self::Unknown(_) => None,
        }
    }

    /// Whether two values of this effect mean the same: names and tags without case, instants to the millisecond.
    #[must_use]
    pub fn is_same_value(&self, one: &Value, other: &Value) -> bool {
        if one == other {
            return true;
        }
        match (self, one, other) {
            (Self::Status(_), one, other) => {
                let read = |value: &Value| {
                    let value = StatusValue::deserialize(value).ok()?;
                    Some((value.status, value.snoozed_until.map(Timestamp::as_millisecond)))
                };
                read(one).is_some_and(|one| Some(one) == read(other))
            }
            (
                Self::Assignee(_) | Self::Team(_) | Self::TagAdd(_) | Self::TagRemove(_),
                Value::String(one),
                Value::String(other),
            ) => is_same(one, other),
            _ => false,
        }
    }

    /// Whether both decide the same property of a conversation. A reply or a note decides none.
    #[must_use]
    pub fn is_same_field(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Status(_), Self::Status(_))
            | (Self::Assignee(_), Self::Assignee(_))
            | (Self::Team(_), Self::Team(_))
            | (Self::Priority(_), Self::Priority(_))
            | (Self::Follow(_), Self::Follow(_))
            | (Self::TagAdd(_) | Self::TagRemove(_) | Self::TagClear, Self::TagClear) => true,
            (Self::TagAdd(a) | Self::TagRemove(a), Self::TagAdd(b) | Self::TagRemove(b)) => is_same(a, b),
            _ => false,
        }
    }

    /// The place of this effect among those of one change: the order of [`crate::Change::effects`], in which help desks
    /// answer.
    #[must_use]
    pub fn place(&self) -> u8 {
        match self {
            Self::Reply | Self::Note => 0,
            Self::Assignee(_) => 1,
            Self::Team(_) => 2,
            Self::TagClear => 3,
            Self::TagRemove(_) => 4,
            Self::TagAdd(_) => 5,
            Self::Priority(_) => 6,
            Self::Block => 7,
            Self::Status(_) => 8,
            Self::Delete => 9,
            Self::Follow(_) => 10,
            Self::Unknown(_) => 11,
        }
    }
}

/// The priority in a value.
#[must_use]
pub fn priority_in(value: &Value) -> Option<Priority> {
    serde_json::from_value(value.clone()).ok()
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{Change, OwnEffect};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[rstest]
    #[case::over(Status::Snoozed, Some(50), Some(StatusChange::Active))]
    #[case::sleeps(Status::Snoozed, Some(101), Some(StatusChange::Snoozed(SnoozeUntil::At(at(101)))))]
    #[case::until_reply(Status::Snoozed, None, Some(StatusChange::Snoozed(SnoozeUntil::Reply)))]
    #[case::done(Status::Done, None, Some(StatusChange::Done))]
    #[case::newer(Status::from("on_ice"), None, None)]
    fn a_status_comes_back_with_its_instant(
        #[case] status: Status,
        #[case] until: Option<i64>,
        #[case] expected: Option<StatusChange>,
    ) {
        let value = StatusValue { status, snoozed_until: until.map(at) };
        assert_eq!(value.restored(at(100)), expected);
    }

    #[test]
    fn what_a_value_must_be_may_be_null() {
        let own = OwnEffect { effect: Effect::Assignee(None), expects: Some(Value::Null) };
        let text = serde_json::to_string(&own).unwrap();
        assert_eq!(serde_json::from_str::<OwnEffect>(&text).unwrap(), own);
        let own = OwnEffect { effect: Effect::TagClear, expects: None };
        let text = serde_json::to_string(&own).unwrap();
        assert_eq!(serde_json::from_str::<OwnEffect>(&text).unwrap(), own);
    }

    #[test]
    fn values_compare_as_people_do() {
        let snooze = Effect::Status(StatusChange::Active);
        let exact: Timestamp = "2026-05-22T14:31:00.123456Z".parse().unwrap();
        let kept: Timestamp = "2026-05-22T14:31:00.123Z".parse().unwrap();
        let value = |until| json!(StatusValue { status: Status::Snoozed, snoozed_until: Some(until) });
        assert!(snooze.is_same_value(&value(exact), &value(kept)));
        assert!(!snooze.is_same_value(&value(exact), &value(at(1))));
        assert!(Effect::TagAdd("vip".into()).is_same_value(&json!("VIP"), &json!("vip")));
        assert!(!Effect::TagAdd("vip".into()).is_same_value(&json!("vip"), &Value::Null));
    }

    #[test]
    fn effects_of_a_change_stand_in_their_places() {
        let change = Change {
            status: Some(StatusChange::Done),
            agent: Some(None),
            team: Some(None),
            add_tags: vec!["a".into()],
            remove_tags: vec!["b".into()],
            remove_all_tags: true,
            priority: Some(Priority::Low),
            block: true,
            delete: true,
        };
        assert!(change.effects().is_sorted_by_key(Effect::place));
    }
}
