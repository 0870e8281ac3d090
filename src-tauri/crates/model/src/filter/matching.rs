//! The plain meaning of a resolved filter: one conversation in memory, yes or no. Used where pending effects lie over
//! the cache, and as the truth that the store's SQL is tested against.

use super::Match;
use crate::{Conversation, RemoteId, contains_word, fold, tokens};

/// A conversation with what only this machine knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The conversation as it is to be judged, pending effects included.
    pub conversation: &'a Conversation,
    /// My handle, in any case; needed for local follows.
    pub me: Option<&'a str>,
    /// Up to when I have read, UTC milliseconds; `None` = never opened.
    pub read_at: Option<i64>,
    /// I follow it here, whatever the help desk knows of that.
    pub locally_followed: bool,
    /// A change of mine has not been confirmed by the help desk.
    pub pending: bool,
    /// An item of mine may or may not have arrived.
    pub unknown: bool,
    /// An item of mine waits for a decision.
    pub held: bool,
}

/// Answers questions about what is said in one conversation: subject, contact, messages and notes.
///
/// [`contains_word`] and [`crate::contains_phrase`] on the [`tokens`] of that text define the answers.
pub trait FullText {
    /// Whether the word occurs.
    fn word(&self, id: &RemoteId, word: &str) -> bool;
    /// Whether the phrase occurs.
    fn phrase(&self, id: &RemoteId, phrase: &str) -> bool;
    /// Whether a note calls one of these agents, named in lower case.
    fn mentions(&self, id: &RemoteId, names: &[String]) -> bool;
}

impl Match {
    /// Whether the conversation matches.
    #[must_use]
    pub fn matches(&self, seen: &Seen<'_>, text: &dyn FullText) -> bool {
        let conversation = seen.conversation;
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::And(parts) => parts.iter().all(|part| part.matches(seen, text)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(seen, text)),
            Self::Not(part) => !part.matches(seen, text),
            Self::Status(statuses) => statuses.contains(&conversation.status),
            Self::Unread => seen.is_unread(),
            Self::Unknown => seen.unknown,
            Self::Held => seen.held,
            Self::Pending => seen.pending,
            Self::Tag(names) => conversation.tags.iter().any(|tag| names.contains(&tag.to_lowercase())),
            Self::Agent(names) => {
                let agent = conversation.assignee.agent.as_ref().map(|handle| handle.as_str().to_lowercase());
                names.contains(&agent)
            }
            Self::Team(names) => {
                let team = conversation.assignee.team.as_ref().map(|handle| handle.as_str().to_lowercase());
                names.contains(&team)
            }
            Self::Channel(channels) => channels.contains(&conversation.channel),
            Self::PriorityRank(low, high) => (*low..=*high).contains(&conversation.priority.rank()),
            Self::Updated { from, before } => within(conversation.updated.as_millisecond(), *from, *before),
            Self::Created { from, before } => within(conversation.created.as_millisecond(), *from, *before),
            Self::Follows(names) => seen.is_followed_by(names),
            Self::Mentions(names) => text.mentions(&conversation.id, names),
            Self::HasAttachment => conversation.has_attachment,
            Self::From(part) => {
                let contact = &conversation.contact;
                [Some(&contact.name), contact.email.as_ref(), contact.phone.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|value| fold(value).contains(part.as_str()))
            }
            Self::Subject(word) => contains_word(&tokens(&conversation.subject), word),
            Self::Engagement(engagement) => conversation.engagement == *engagement,
            Self::Untagged => conversation.tags.is_empty(),
            Self::Word(word) => text.word(&conversation.id, word),
            Self::Phrase(phrase) => text.phrase(&conversation.id, phrase),
        }
    }

    /// The earliest last update, UTC milliseconds, that a conversation must have to match; none where any age may match.
    #[must_use]
    pub fn updated_since(&self) -> Option<i64> {
        match self {
            Self::Nothing => Some(i64::MAX),
            // Nothing is updated before it is created.
            Self::Updated { from, .. } | Self::Created { from, .. } => *from,
            Self::And(parts) => parts.iter().filter_map(Self::updated_since).max(),
            Self::Or(parts) => parts.iter().map(Self::updated_since).min().flatten(),
            Self::Not(part) => match &**part {
                Self::Updated { from: None, before } => *before,
                _ => None,
            },
            _ => None,
        }
    }

    /// The filter without the terms that need the messages: what a search of the text goes through.
    #[must_use]
    pub fn without_text(&self) -> Self {
        match self {
            Self::And(parts) => Self::And(parts.iter().map(Self::without_text).collect()),
            Self::Or(parts) => Self::Or(parts.iter().map(Self::without_text).collect()),
            // What is excluded by its text could be anything.
            Self::Not(part) if !part.text_terms().is_empty() => Self::All,
            term if term.is_text() => Self::All,
            other => other.clone(),
        }
    }

    /// Whether this term itself needs the messages: [`Match::Word`], [`Match::Phrase`] or [`Match::Mentions`].
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Phrase(_) | Self::Mentions(_))
    }

    /// Every term in it that needs the messages, in order, negated ones included.
    #[must_use]
    pub fn text_terms(&self) -> Vec<&Self> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::text_terms).collect(),
            Self::Not(part) => part.text_terms(),
            term if term.is_text() => vec![term],
            _ => Vec::new(),
        }
    }
}

impl Seen<'_> {
    /// Whether a customer message is newer than my read mark.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        let last_inbound = self.conversation.last_inbound.map(jiff::Timestamp::as_millisecond);
        last_inbound.is_some_and(|at| self.read_at.is_none_or(|read| at > read))
    }

    fn is_followed_by(&self, names: &[String]) -> bool {
        let here = self.locally_followed && self.me.is_some_and(|me| names.contains(&me.to_lowercase()));
        here || self
            .conversation
            .followers
            .iter()
            .any(|handle| names.contains(&handle.as_str().to_lowercase()))
    }
}

fn within(at: i64, from: Option<i64>, before: Option<i64>) -> bool {
    from.is_none_or(|from| at >= from) && before.is_none_or(|before| at < before)
}
