//! Which questions of a filter an overlay can answer differently from the cache.

use muster_model::{Effect, Handle, Match, status_of};

/// A set of things that a filter asks about and an overlay may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u32);

impl Fields {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const STATUS: Self = Self(1);
    pub(crate) const AGENT: Self = Self(1 << 1);
    pub(crate) const TEAM: Self = Self(1 << 2);
    pub(crate) const TAGS: Self = Self(1 << 3);
    pub(crate) const PRIORITY: Self = Self(1 << 4);
    pub(crate) const FOLLOWERS: Self = Self(1 << 5);
    pub(crate) const ENGAGEMENT: Self = Self(1 << 6);
    pub(crate) const PENDING: Self = Self(1 << 7);
    pub(crate) const UNKNOWN: Self = Self(1 << 8);
    pub(crate) const HELD: Self = Self(1 << 9);

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    pub(crate) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// What an effect changes.
    pub(crate) fn of_effect(effect: &Effect) -> Self {
        match effect {
            Effect::Reply => Self::ENGAGEMENT,
            Effect::Status(_) => Self::STATUS,
            Effect::Assignee(_) => Self::AGENT,
            Effect::Team(_) => Self::TEAM,
            Effect::TagAdd(_) | Effect::TagRemove(_) | Effect::TagClear => Self::TAGS,
            Effect::Priority(_) => Self::PRIORITY,
            Effect::Follow(_) => Self::FOLLOWERS,
            Effect::Block | Effect::Delete | Effect::Unknown(_) => Self::NONE,
        }
    }

    /// What a filter asks, anywhere in it.
    pub(crate) fn of_filter(filter: &Match) -> Self {
        match filter {
            Match::And(parts) | Match::Or(parts) => {
                parts.iter().map(Self::of_filter).fold(Self::NONE, Self::and)
            }
            Match::Not(part) => Self::of_filter(part),
            Match::Status(_) => Self::STATUS,
            // Without a read mark, what counts as unread follows from both.
            Match::Unread => Self::STATUS.and(Self::ENGAGEMENT),
            Match::Engagement(_) => Self::ENGAGEMENT,
            Match::Agent(_) => Self::AGENT,
            Match::Team(_) => Self::TEAM,
            Match::Tag(_) | Match::Untagged => Self::TAGS,
            Match::PriorityRank(..) => Self::PRIORITY,
            Match::Follows(_) => Self::FOLLOWERS,
            Match::Pending => Self::PENDING,
            Match::Unknown => Self::UNKNOWN,
            Match::Held => Self::HELD,
            Match::All
            | Match::Nothing
            | Match::Channel(_)
            | Match::Updated { .. }
            | Match::Created { .. }
            | Match::HasAttachment
            | Match::From(_)
            | Match::Subject(_)
            | Match::Word(_)
            | Match::Phrase(_) => Self::NONE,
        }
    }
}

/// Whether an effect can make a conversation match a term that a list starts from. (Terms of one value.)
pub(crate) fn gives(effect: &Effect, term: &Match, me: &str) -> bool {
    let is = |name: &Handle, asked: &str| name.as_str().to_lowercase() == asked;
    match (effect, term) {
        (Effect::Status(change), Match::Status(statuses)) => statuses.contains(&status_of(*change).0),
        (Effect::Assignee(who), Match::Agent(names)) | (Effect::Team(who), Match::Team(names)) => {
            names.iter().any(|name| match (who, name) {
                (Some(who), Some(name)) => is(who, name),
                (None, None) => true,
                _ => false,
            })
        }
        (Effect::TagAdd(tag), Match::Tag(names)) => names.contains(&tag.to_lowercase()),
        (Effect::Follow(true), Match::Follows(names)) => names.iter().any(|name| name == me),
        _ => false,
    }
}
