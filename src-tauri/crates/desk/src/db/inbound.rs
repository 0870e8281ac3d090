//! What comes in: a customer writes.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use utoipa::ToSchema;

use super::apply::event;
use super::directory::meta;
use super::ids::conversation_id;
use super::links::link;
use super::messages::{NewMessage, insert_message};
use super::row::{Head, head_of, touch};
use crate::clock::{DAY, Millis};

/// Somebody who writes in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Newcomer {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) phone: Option<String>,
    pub(crate) channel: String,
    #[serde(default)]
    pub(crate) subject: String,
}

/// Where what a customer wrote came to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) conversation: i64,
    pub(crate) message: i64,
    pub(crate) seq: i64,
}

/// The customer writes: the ball is with us, and what was done or snoozed is active again. Spam stays spam. What was
/// merged goes to where it was merged into; after a day of silence in a chat, and after archiving, it opens another
/// conversation. Nothing where the contact is blocked.
pub(crate) fn customer_writes(
    tx: &Connection,
    head: &Head,
    text: &str,
    now: Millis,
) -> rusqlite::Result<Option<Written>> {
    if head.blocked {
        return Ok(None);
    }
    if let Some(primary) = head.merged_into.map(|into| head_of(tx, into)).transpose()?.flatten() {
        return customer_writes(tx, &primary, text, now);
    }
    let cold = head.channel == "chat" && now.0 - head.last_message.0 > DAY && head.status != "spam";
    if cold || head.status == "archived" {
        let id = open(tx, head.contact, &head.channel, &head.subject, head.team.as_deref(), now)?;
        link(tx, id, head.id, "follows")?;
        let text_before = format!("Goes on from {}", conversation_id(head.id));
        event(tx, id, &text_before, None, now)?;
        let Some(opened) = head_of(tx, id)? else { return Ok(None) };
        return take(tx, &opened, text, now).map(Some);
    }
    take(tx, head, text, now).map(Some)
}

/// Puts what the customer wrote on the thread.
fn take(tx: &Connection, head: &Head, text: &str, now: Millis) -> rusqlite::Result<Written> {
    let author = if head.contact_name.is_empty() {
        head.email.as_deref().or(head.phone.as_deref()).unwrap_or_default()
    } else {
        &head.contact_name
    };
    if head.channel == "chat" {
        // The visitor is back, and sees what waited.
        tx.prepare_cached(
            "UPDATE messages SET delivery = 'delivered' WHERE conversation_id = ?1 AND delivery = 'queued'",
        )?
        .execute([head.id])?;
    }
    let message = insert_message(tx, head.id, &NewMessage::plain(now, "message", "customer", author, text))?;
    tx.prepare_cached(
        "UPDATE conversations
            SET last_inbound = ?2, updated = MAX(updated, ?2), preview_text = ?3, preview_from = 'customer',
                message_count = message_count + 1, engagement = 'pending', resolve_at = NULL,
                waiting_since = CASE WHEN engagement = 'pending' THEN COALESCE(waiting_since, ?2) ELSE ?2 END
          WHERE id = ?1",
    )?
    .execute(params![head.id, now, preview_of(text)])?;
    if matches!(head.status.as_str(), "done" | "snoozed") {
        tx.execute(
            "UPDATE conversations SET status = 'active', snoozed_until = NULL, archive_at = NULL WHERE id = ?1",
            [head.id],
        )?;
        event(tx, head.id, "Active again: the customer wrote", None, now)?;
    }
    let seq = touch(tx, head.id, "message", Some("customer"), None, now)?;
    Ok(Written { conversation: head.id, message, seq })
}

/// Somebody opens a conversation, and gets the automatic answer where there is one. Who is known by the address stays
/// the same contact. Nothing where a contact of that address is blocked.
pub(crate) fn newcomer_writes(
    tx: &Connection,
    new: &Newcomer,
    text: &str,
    now: Millis,
) -> rusqlite::Result<Option<Written>> {
    let known: Option<(i64, bool)> = tx
        .prepare_cached(
            "SELECT id, blocked FROM contacts WHERE email = ?1 OR phone = ?2 ORDER BY blocked DESC, id LIMIT 1",
        )?
        .query_row(params![new.email, new.phone], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let contact = match known {
        Some((_, true)) => return Ok(None),
        Some((contact, false)) => contact,
        None => {
            tx.execute(
                "INSERT INTO contacts (name, email, phone) VALUES (?1, ?2, ?3)",
                params![new.name, new.email, new.phone],
            )?;
            tx.last_insert_rowid()
        }
    };
    let id = open(tx, contact, &new.channel, &new.subject, None, now)?;
    let Some(head) = head_of(tx, id)? else { return Ok(None) };
    let written = take(tx, &head, text, now)?;
    let Some(answer) = meta(tx, "auto_reply")?.filter(|answer| !answer.is_empty()) else {
        return Ok(Some(written));
    };
    let seq = auto_reply(tx, id, &answer, now)?;
    Ok(Some(Written { seq, ..written }))
}

/// A message that nobody wrote: the customer sees it, and it stays our turn.
fn auto_reply(tx: &Connection, conversation: i64, text: &str, now: Millis) -> rusqlite::Result<i64> {
    let tenant = meta(tx, "tenant")?.unwrap_or_default();
    let entry = NewMessage::plain(now, "message", "system", &tenant, text);
    insert_message(tx, conversation, &NewMessage { delivery: Some(("sent", None)), ..entry })?;
    tx.execute("UPDATE conversations SET message_count = message_count + 1 WHERE id = ?1", [conversation])?;
    touch(tx, conversation, "message", Some("system"), None, now)
}

/// A conversation of a contact, without a message yet.
fn open(
    tx: &Connection,
    contact: i64,
    channel: &str,
    subject: &str,
    team: Option<&str>,
    now: Millis,
) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO conversations (contact_id, subject, channel, status, team, engagement, created, updated)
         VALUES (?1, ?2, ?3, 'active', ?4, 'pending', ?5, ?5)",
    )?
    .execute(params![contact, subject, channel, team, now])?;
    let id = tx.last_insert_rowid();
    touch(tx, id, "created", Some("customer"), None, now)?;
    Ok(id)
}

/// A message in one line: without what it quotes and the line that says so, white space folded, cut.
pub(super) fn preview_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_quote = |line: &str| line.starts_with('>');
    let own = lines.iter().enumerate().filter(|(place, line)| {
        let introduces = line.ends_with(':') && lines.get(place + 1).is_some_and(|next| is_quote(next));
        !is_quote(line) && !introduces
    });
    let words: Vec<&str> = own.flat_map(|(_, line)| line.split_whitespace()).collect();
    let words = if words.is_empty() { text.split_whitespace().collect() } else { words };
    words.join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::preview_of;

    #[test]
    fn a_preview_leaves_out_what_is_quoted() {
        assert_eq!(preview_of("Yes.\n\nAda wrote:\n> Is it?\n> Ada\n"), "Yes.");
        assert_eq!(preview_of("On Monday, Ada wrote:\n> Is it?\n\nIt  is:\nblue."), "It is: blue.");
        assert_eq!(preview_of("> Is it?"), "> Is it?");
    }
}
