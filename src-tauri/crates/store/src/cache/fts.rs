//! Full text: one document per conversation. Tokens are cut by `muster_model::tokens` before they reach FTS5, the same
//! for the index and for the question, so that a filter means in SQL what it means in memory.

use std::hash::{DefaultHasher, Hash, Hasher};

use muster_model::{Conversation, Match, Message, MessageKind, tokens, word_groups};
use rusqlite::{Connection, OptionalExtension, params};

use super::packed::unpacked;
use crate::Result;

/// Stands between texts, so that a phrase never spans two of them. No token is made of it.
const BORDER: &str = " ¶ ";
/// So many words are asked side by side for one prefix.
const MOST_WORDS: i64 = 24;

/// What of a header is searchable besides its subject. The preview is there for messages that were never fetched.
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

/// Notes what of a conversation was put into the index.
pub(crate) fn note_hashes(
    conn: &Connection,
    row: i64,
    conversation: &Conversation,
    messages: &[Message],
) -> Result<()> {
    conn.prepare_cached("UPDATE bodies SET header_hash = ?2, messages_hash = ?3 WHERE conversation = ?1")?
        .execute(params![row, header_hash(conversation), messages_hash(messages)])?;
    Ok(())
}

/// Whether this is the text that was indexed; without messages, as far as the header goes.
pub(crate) fn is_indexed(
    conn: &Connection,
    row: i64,
    conversation: &Conversation,
    messages: Option<&[Message]>,
) -> Result<bool> {
    let indexed: Option<(i64, i64)> = conn
        .prepare_cached("SELECT header_hash, messages_hash FROM bodies WHERE conversation = ?1")?
        .query_row(params![row], |found| Ok((found.get(0)?, found.get(1)?)))
        .optional()?;
    Ok(indexed.is_some_and(|(header, thread)| {
        header == header_hash(conversation) && messages.is_none_or(|now| messages_hash(now) == thread)
    }))
}

/// A conversation as a document: its subject, and everything else that is searchable.
pub(crate) fn document(conversation: &Conversation, messages: &[Message]) -> (String, String) {
    let mut texts = about(conversation);
    // The preview comes last, and mostly is the beginning of the newest message.
    if let Some(preview) = conversation.preview.as_ref()
        && searchable(messages).any(|text| begins_with(text, &preview.text))
    {
        texts.pop();
    }
    texts.extend(searchable(messages));
    let body: Vec<String> = texts.into_iter().map(words).collect();
    (words(&conversation.subject), body.join(BORDER))
}

/// Whether a text begins with all words of a preview: one that was cut off within a word says nothing of its own.
fn begins_with(text: &str, preview: &str) -> bool {
    let whole = preview.strip_suffix('…').unwrap_or(preview).trim_end();
    text.trim_start()
        .strip_prefix(whole.trim_start())
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) || preview.ends_with('…'))
}

/// The cached messages of a conversation, oldest first.
pub(crate) fn cached_messages(conn: &Connection, row: i64) -> Result<Vec<Message>> {
    let messages = conn
        .prepare_cached("SELECT messages FROM threads WHERE conversation = ?1")?
        .query_row(params![row], |found| unpacked(conn, found, "messages"))
        .optional()?;
    Ok(messages.unwrap_or_default())
}

/// The tokens of a text with spaces between them. Most texts are ASCII, and ingest is mostly this.
fn words(text: &str) -> String {
    if !text.is_ascii() {
        return tokens(text).join(" ");
    }
    let mut words = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    }
    words
}

/// The FTS5 question of terms that must all match; none where they can match nothing.
pub(crate) fn question(conn: &Connection, terms: &[&Match]) -> Result<Option<String>> {
    let mut questions = Vec::with_capacity(terms.len());
    for term in terms {
        let question = match term {
            Match::Word(word) => word_question(conn, word)?,
            Match::Subject(word) => {
                word_question(conn, word)?.map(|question| format!("subject : ({question})"))
            }
            Match::Phrase(phrase) => {
                let words = tokens(phrase);
                (!words.is_empty()).then(|| quoted(&words))
            }
            _ => None,
        };
        let Some(question) = question else { return Ok(None) };
        questions.push(format!("({question})"));
    }
    Ok(Some(questions.join(" AND ")))
}

/// Every group side by side, the last token of the last one as prefix.
fn word_question(conn: &Connection, word: &str) -> Result<Option<String>> {
    let groups = word_groups(word);
    let Some((last, others)) = groups.split_last() else { return Ok(None) };
    let mut parts: Vec<String> = others.iter().map(|group| quoted(group)).collect();
    match last.as_slice() {
        [token] => match beginning_with(conn, token)? {
            Some(words) if words.is_empty() => return Ok(None),
            Some(words) => parts.push(format!("({})", words.join(" OR "))),
            None => parts.push(format!("{} *", quoted(last))),
        },
        _ => parts.push(format!("{} *", quoted(last))),
    }
    Ok(Some(parts.join(" AND ")))
}

/// The words that begin like this, quoted, if they are few: FTS5 walks the documents of a few words side by side, but
/// puts those of a prefix together before it names the first.
fn beginning_with(conn: &Connection, token: &str) -> Result<Option<Vec<String>>> {
    let mut statement =
        conn.prepare_cached("SELECT word FROM words WHERE word >= ?1 AND word < ?2 LIMIT ?3")?;
    let words: Vec<String> = statement
        .query_map(params![token, format!("{token}\u{10FFFF}"), MOST_WORDS + 1], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let is_few = i64::try_from(words.len()).is_ok_and(|n| n <= MOST_WORDS);
    Ok(is_few.then(|| words.into_iter().map(|word| quoted(&[word])).collect()))
}

/// Tokens hold letters, digits and marks only, so a quotation mark cannot occur in them.
fn quoted(tokens: &[String]) -> String {
    format!("\"{}\"", tokens.join(" "))
}

#[cfg(test)]
mod tests {
    use muster_model::tokens;
    use proptest::prelude::*;

    use super::words;

    proptest! {
        #[test]
        fn words_are_the_tokens(text in "([ -~]|\\PC){0,60}", ascii in "[ -~\n]{0,60}") {
            prop_assert_eq!(words(&text), tokens(&text).join(" "));
            prop_assert_eq!(words(&ascii), tokens(&ascii).join(" "));
        }
    }
}
