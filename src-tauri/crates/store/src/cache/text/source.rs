//! What of a conversation is searchable, and how it is told whether that changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use muster_model::{Conversation, Message, MessageKind};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Result, cache::packed::unpacked};

/// A conversation and its messages, as a text that is searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole<'a> {
    pub conversation: &'a Conversation,
    /// Each once, in the order in which they are kept.
    pub messages: &'a [&'a Message],
}

/// A part of such a text. A phrase never spans two of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text<'a> {
    Subject(&'a str),
    Other(&'a str),
}

impl<'a> Whole<'a> {
    /// Its subject, and everything else that is searchable.
    pub(super) fn texts(&self) -> impl Iterator<Item = Text<'a>> {
        // The preview mostly is the beginning of the newest message.
        let preview = preview(self.conversation)
            .filter(|preview| !searchable(self.messages).any(|text| begins_with(text, preview)));
        std::iter::once(Text::Subject(&self.conversation.subject)).chain(
            about(self.conversation)
                .into_iter()
                .flatten()
                .chain(preview)
                .chain(searchable(self.messages))
                .map(Text::Other),
        )
    }
}

/// What of a header is searchable besides its subject and its preview.
fn about(conversation: &Conversation) -> [Option<&str>; 3] {
    let contact = &conversation.contact;
    [Some(contact.name.as_str()), contact.email.as_deref(), contact.phone.as_deref()]
}

/// The preview is there for messages that were never fetched.
fn preview(conversation: &Conversation) -> Option<&str> {
    conversation.preview.as_ref().map(|preview| preview.text.as_str())
}

/// The messages and notes of a thread that are searchable; events are not text that anybody wrote.
fn searchable<'a>(messages: &'a [&'a Message]) -> impl Iterator<Item = &'a str> {
    messages.iter().filter(|message| message.kind != MessageKind::Event).map(|message| message.text.as_str())
}

/// Whether a text begins with all words of a preview: one that was cut off within a word says nothing of its own.
fn begins_with(text: &str, preview: &str) -> bool {
    let whole = preview.strip_suffix('…').unwrap_or(preview).trim_end();
    text.trim_start()
        .strip_prefix(whole.trim_start())
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) || preview.ends_with('…'))
}

/// Changes when the searchable text of the header does.
pub(crate) fn header_hash(conversation: &Conversation) -> i64 {
    hash(&(&conversation.subject, about(conversation), preview(conversation)))
}

/// Changes when the searchable text of the messages does.
pub(crate) fn messages_hash(messages: &[&Message]) -> i64 {
    hash(&searchable(messages).collect::<Vec<_>>())
}

fn hash(value: &impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Notes what of a conversation was put into the index.
pub(crate) fn note_hashes(conn: &Connection, row: i64, header: i64, messages: i64) -> Result<()> {
    conn.prepare_cached("UPDATE bodies SET header_hash = ?2, messages_hash = ?3 WHERE conversation = ?1")?
        .execute(params![row, header, messages])?;
    Ok(())
}

/// The cached messages of a conversation, oldest first.
pub(crate) fn cached_messages(conn: &Connection, row: i64) -> Result<Vec<Message>> {
    let messages = conn
        .prepare_cached("SELECT messages FROM threads WHERE conversation = ?1")?
        .query_row(params![row], |found| unpacked(conn, found, "messages"))
        .optional()?;
    Ok(messages.unwrap_or_default())
}
