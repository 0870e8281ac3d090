//! What is made of a conversation before anybody writes it: its packed values, and what filters compare. None of it needs
//! the database.

use std::collections::{BTreeSet, HashSet};

use muster_model::{Conversation, Handle, Message, Thread, fold};

use super::{packed::Packer, text};
use crate::{Result, column::to_json};

/// A conversation as it came.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub conversation: &'a Conversation,
    pub said: Said<'a>,
}

/// What came of its messages.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// Nothing: what is known of them stays.
    Nothing,
    /// All that there are.
    All(&'a [Message]),
    /// That nobody knows them: what was known is of another time.
    Unknown,
}

impl<'a> Source<'a> {
    /// A header alone.
    pub(super) fn header(conversation: &'a Conversation) -> Self {
        Self { conversation, said: Said::Nothing }
    }

    /// The messages that came, in order.
    pub(super) fn messages(&self) -> Vec<&'a Message> {
        match self.said {
            Said::All(messages) => in_order(messages),
            Said::Nothing | Said::Unknown => Vec::new(),
        }
    }
}

impl<'a> From<&'a Thread> for Source<'a> {
    fn from(thread: &'a Thread) -> Self {
        Self { conversation: &thread.conversation, said: Said::All(&thread.messages) }
    }
}

/// What is written of a conversation and its messages.
pub(super) struct Ready {
    pub columns: Columns,
    /// The header, packed.
    pub body: Vec<u8>,
    /// The messages, packed, where any can be known.
    pub thread: Option<Vec<u8>>,
    /// Whom the notes call.
    pub called: String,
    pub header_hash: i64,
    pub messages_hash: i64,
}

/// What filters compare, folded.
pub(super) struct Columns {
    pub agent: String,
    pub team: String,
    pub contact: String,
    pub tags: String,
    pub followers: String,
}

impl Ready {
    /// Of a header and all of its messages, which are in order.
    pub(super) fn of(packer: &Packer, conversation: &Conversation, messages: &[&Message]) -> Result<Self> {
        let thread = Some(packer.pack(messages)?);
        Ok(Self {
            thread,
            called: called(messages)?,
            ..Self::without_thread(packer, conversation, messages)?
        })
    }

    /// Of what came.
    pub(super) fn of_source(packer: &Packer, source: Source<'_>) -> Result<Self> {
        match source.said {
            Said::All(_) => Self::of(packer, source.conversation, &source.messages()),
            Said::Nothing | Said::Unknown => Self::without_thread(packer, source.conversation, &[]),
        }
    }

    fn without_thread(packer: &Packer, conversation: &Conversation, messages: &[&Message]) -> Result<Self> {
        Ok(Self {
            columns: Columns::of(conversation)?,
            body: packer.pack(conversation)?,
            thread: None,
            called: NOBODY.to_owned(),
            header_hash: text::header_hash(conversation),
            messages_hash: text::messages_hash(messages),
        })
    }
}

impl Columns {
    pub(super) fn of(conversation: &Conversation) -> Result<Self> {
        let contact = &conversation.contact;
        let contact = [Some(contact.name.as_str()), contact.email.as_deref(), contact.phone.as_deref()];
        Ok(Self {
            agent: folded(conversation.assignee.agent.as_ref()),
            team: folded(conversation.assignee.team.as_ref()),
            contact: contact.into_iter().flatten().map(fold).collect::<Vec<_>>().join("\n"),
            tags: names(conversation.tags.iter().map(String::as_str))?,
            followers: names(conversation.followers.iter().map(Handle::as_str))?,
        })
    }
}

/// An empty list of names.
const NOBODY: &str = "[]";

/// As filters compare them; two spellings of one name are one to a filter.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> Result<String> {
    let folded: BTreeSet<String> = names.map(str::to_lowercase).collect();
    if folded.is_empty() { Ok(NOBODY.to_owned()) } else { to_json(&folded) }
}

/// As filters compare handles; nobody is the empty text.
fn folded(handle: Option<&Handle>) -> String {
    handle.map_or_else(String::new, |handle| handle.as_str().to_lowercase())
}

/// Whom the notes call.
pub(super) fn called(messages: &[&Message]) -> Result<String> {
    names(messages.iter().flat_map(|message| &message.mentions).map(Handle::as_str))
}

/// Oldest first; what comes later under a known id takes its place, and the server's order counts within one instant.
pub(super) fn in_order<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<&'a Message> {
    let mut all: Vec<&Message> = messages.into_iter().collect();
    let mut seen = HashSet::with_capacity(all.len());
    all.reverse();
    all.retain(|message| seen.insert(&message.id));
    all.reverse();
    all.sort_by_key(|message| message.at);
    all
}

#[cfg(test)]
mod tests {
    use super::in_order;
    use crate::testing::message;

    #[test]
    fn messages_are_in_order_and_each_is_there_once() {
        let messages = [
            message("b", 3, "first try"),
            message("a", 1, "begins"),
            message("c", 3, "as old as b was"),
            message("b", 3, "what b says now"),
        ];
        let texts: Vec<&str> = in_order(&messages).into_iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts, ["begins", "as old as b was", "what b says now"]);
        assert!(in_order(&[]).is_empty());
    }
}
