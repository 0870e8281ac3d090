//! Full text: one document per conversation. Tokens are cut by `muster_model::tokens` before they reach FTS5, the same
//! for the index and for the question, so that a filter means in SQL what it means in memory.

use std::hash::{DefaultHasher, Hash, Hasher};

use muster_model::{Conversation, Match, Message, MessageKind, tokens, word_groups};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Result, column::json};

/// Stands between texts, so that a phrase never spans two of them. No token is made of it.
const BORDER: &str = " ¶ ";

/// What of a header is searchable besides its subject. The preview is there for threads that were never fetched.
fn about(conversation: &Conversation) -> Vec<&str> {
    let contact = &conversation.contact;
    let preview = conversation.preview.as_ref().map(|preview| preview.text.as_str());
    [Some(contact.name.as_str()), contact.email.as_deref(), contact.phone.as_deref(), preview]
        .into_iter()
        .flatten()
        .collect()
}

/// The messages and notes of a thread that are searchable; events are not text that anybody wrote.
fn searchable(messages: &[Message]) -> impl Iterator<Item = &str> {
    messages.iter().filter(|message| message.kind != MessageKind::Event).map(|message| message.text.as_str())
}

/// Changes when the searchable text of the header does.
pub(crate) fn header_hash(conversation: &Conversation) -> i64 {
    hash(&(&conversation.subject, about(conversation)))
}

/// Changes when the searchable text of the messages does.
pub(crate) fn messages_hash(messages: &[Message]) -> i64 {
    hash(&searchable(messages).collect::<Vec<_>>())
}

fn hash(value: &impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Indexes the text of a conversation that was not there.
pub(crate) fn index_new(
    conn: &Connection,
    row: i64,
    conversation: &Conversation,
    messages: &[Message],
) -> Result<()> {
    index(conn, row, conversation, messages)?;
    note_hashes(conn, row, header_hash(conversation), messages_hash(messages))
}

fn note_hashes(conn: &Connection, row: i64, header: i64, messages: i64) -> Result<()> {
    conn.prepare_cached("UPDATE bodies SET header_hash = ?2, messages_hash = ?3 WHERE conversation = ?1")?
        .execute(params![row, header, messages])?;
    Ok(())
}

/// Indexes a conversation's text; no older one of it is in the index.
fn index(conn: &Connection, row: i64, conversation: &Conversation, messages: &[Message]) -> Result<()> {
    let mut texts = about(conversation);
    texts.extend(searchable(messages));
    let body: Vec<String> = texts.into_iter().map(words).collect();
    conn.prepare_cached("INSERT INTO texts (rowid, subject, body) VALUES (?1, ?2, ?3)")?.execute(params![
        row,
        words(&conversation.subject),
        body.join(BORDER)
    ])?;
    Ok(())
}

/// Takes a conversation's text out of the index.
pub(crate) fn forget(conn: &Connection, row: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM texts WHERE rowid = ?1")?.execute(params![row])?;
    Ok(())
}

/// Indexes the conversation again if its text is not what was indexed. `messages`: the new ones, if they are at hand.
pub(crate) fn refresh(
    conn: &Connection,
    row: i64,
    conversation: &Conversation,
    messages: Option<&[Message]>,
) -> Result<()> {
    let indexed: Option<(i64, i64)> = conn
        .prepare_cached("SELECT header_hash, messages_hash FROM bodies WHERE conversation = ?1")?
        .query_row(params![row], |found| Ok((found.get(0)?, found.get(1)?)))
        .optional()?;
    let header = header_hash(conversation);
    let messages_now = messages.map(messages_hash);
    if let Some((old_header, old_messages)) = indexed
        && old_header == header
        && messages_now.is_none_or(|now| now == old_messages)
    {
        return Ok(());
    }
    let cached;
    let messages = match messages {
        Some(messages) => messages,
        None => {
            cached = cached_messages(conn, row)?;
            &cached
        }
    };
    forget(conn, row)?;
    index(conn, row, conversation, messages)?;
    note_hashes(conn, row, header, messages_hash(messages))
}

/// The cached messages of a conversation, oldest first.
pub(crate) fn cached_messages(conn: &Connection, row: i64) -> Result<Vec<Message>> {
    let messages = conn
        .prepare_cached("SELECT messages FROM threads WHERE conversation = ?1")?
        .query_row(params![row], |found| json(found, "messages"))
        .optional()?;
    Ok(messages.unwrap_or_default())
}

fn words(text: &str) -> String {
    tokens(text).join(" ")
}

/// The FTS5 question of a full-text term; none where it can match nothing.
pub(crate) fn question(term: &Match) -> Option<String> {
    match term {
        Match::Word(word) => word_question(word),
        Match::Subject(word) => word_question(word).map(|question| format!("subject : ({question})")),
        Match::Phrase(phrase) => {
            let words = tokens(phrase);
            (!words.is_empty()).then(|| quoted(&words))
        }
        _ => None,
    }
}

/// Every group side by side, the last token of the last one as prefix.
fn word_question(word: &str) -> Option<String> {
    let groups = word_groups(word);
    let (last, others) = groups.split_last()?;
    let mut parts: Vec<String> = others.iter().map(|group| quoted(group)).collect();
    parts.push(format!("{} *", quoted(last)));
    Some(parts.join(" AND "))
}

/// Tokens hold letters, digits and marks only, so a quotation mark cannot occur in them.
fn quoted(tokens: &[String]) -> String {
    format!("\"{}\"", tokens.join(" "))
}
