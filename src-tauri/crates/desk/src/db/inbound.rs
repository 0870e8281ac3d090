//! What happens without an agent: a customer writes, a snooze is over.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::apply::{event, write_status};
use super::messages::{NewMessage, insert_message};
use super::row::{Head, head_of, touch};
use crate::clock::{DAY, Millis};

/// So long after it was marked as Done a conversation is archived.
pub(crate) const AUTO_ARCHIVE: i64 = 2 * DAY;

/// Somebody who writes in for the first time, on the wire.
#[derive(Clone, Debug, Deserialize)]
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

/// The customer writes: the ball is with us, and what was done or snoozed is active again. Archived stays archived, and
/// spam stays spam. Gives the message and the change; nothing where the contact is blocked.
pub(crate) fn customer_writes(
    tx: &Connection,
    head: &Head,
    text: &str,
    now: Millis,
) -> rusqlite::Result<Option<(i64, i64)>> {
    if head.blocked {
        return Ok(None);
    }
    let author = if head.contact_name.is_empty() {
        head.email.as_deref().or(head.phone.as_deref()).unwrap_or_default()
    } else {
        &head.contact_name
    };
    let message = insert_message(tx, head.id, &NewMessage::plain(now, "message", "customer", author, text))?;
    tx.prepare_cached(
        "UPDATE conversations
            SET last_inbound = ?2, updated = MAX(updated, ?2), preview_text = ?3, preview_from = 'customer',
                message_count = message_count + 1, engagement = 'pending',
                waiting_since = CASE WHEN engagement = 'pending' THEN COALESCE(waiting_since, ?2) ELSE ?2 END
          WHERE id = ?1",
    )?
    .execute(params![head.id, now, preview_of(text)])?;
    if matches!(head.status.as_str(), "done" | "snoozed") {
        tx.execute(
            "UPDATE conversations SET status = 'active', snoozed_until = NULL, done_at = NULL WHERE id = ?1",
            [head.id],
        )?;
        event(tx, head.id, "Active again: the customer wrote", None, now)?;
    }
    let seq = touch(tx, head.id, "message", Some("customer"), None, now)?;
    Ok(Some((message, seq)))
}

/// Somebody opens a conversation. Gives the conversation, the message and the change; nothing where a contact of that
/// address is blocked.
pub(crate) fn newcomer_writes(
    tx: &Connection,
    new: &Newcomer,
    text: &str,
    now: Millis,
) -> rusqlite::Result<Option<(i64, i64, i64)>> {
    let blocked: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE blocked = 1 AND (email = ?1 OR phone = ?2))",
        params![new.email, new.phone],
        |row| row.get(0),
    )?;
    if blocked {
        return Ok(None);
    }
    tx.execute(
        "INSERT INTO contacts (name, email, phone) VALUES (?1, ?2, ?3)",
        params![new.name, new.email, new.phone],
    )?;
    tx.execute(
        "INSERT INTO conversations (contact_id, subject, channel, status, engagement, created, updated)
         VALUES (?1, ?2, ?3, 'active', 'pending', ?4, ?4)",
        params![tx.last_insert_rowid(), new.subject, new.channel, now],
    )?;
    let id = tx.last_insert_rowid();
    let Some(head) = head_of(tx, id)? else { return Ok(None) };
    touch(tx, id, "created", Some("customer"), None, now)?;
    Ok(customer_writes(tx, &head, text, now)?.map(|(message, seq)| (id, message, seq)))
}

/// Makes active whatever slept until now. Gives how many.
pub(crate) fn wake(tx: &Connection, now: Millis) -> rusqlite::Result<usize> {
    let due: Vec<i64> = tx
        .prepare_cached(
            "SELECT id FROM conversations
              WHERE status = 'snoozed' AND snoozed_until IS NOT NULL AND snoozed_until <= ?1 AND deleted = 0",
        )?
        .query_map([now], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in &due {
        tx.execute(
            "UPDATE conversations SET status = 'active', snoozed_until = NULL, updated = MAX(updated, ?2) WHERE id = ?1",
            params![id, now],
        )?;
        event(tx, *id, "Active again: the snooze is over", None, now)?;
        touch(tx, *id, "status", None, None, now)?;
    }
    Ok(due.len())
}

/// Archives whatever has been done for long enough: the resolution timer. Gives how many.
pub(crate) fn archive_done(tx: &Connection, now: Millis) -> rusqlite::Result<usize> {
    let due: Vec<i64> = tx
        .prepare_cached("SELECT id FROM conversations WHERE done_at <= ?1 AND deleted = 0")?
        .query_map([now.minus(AUTO_ARCHIVE)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in &due {
        let Some(head) = head_of(tx, *id)? else { continue };
        write_status(tx, &head, "archived", None, None, now)?;
        touch(tx, *id, "status", None, None, now)?;
    }
    Ok(due.len())
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

/// One of the conversations where something happened lately, in which a customer can write; and the customer's language.
pub(crate) fn somebody(tx: &Connection, draw: u32) -> rusqlite::Result<Option<(Head, Option<String>)>> {
    let found = tx
        .prepare_cached(
            "SELECT c.id, json_extract(p.custom_fields, '$.language')
               FROM conversations c JOIN contacts p ON p.id = c.contact_id
              WHERE c.deleted = 0 AND p.blocked = 0 AND c.channel <> 'voice' AND c.status IN ('active', 'snoozed', 'done')
              ORDER BY c.updated DESC, c.id DESC LIMIT 1 OFFSET ?1",
        )?
        .query_row([draw % 60], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, language)) = found else { return Ok(None) };
    Ok(head_of(tx, id)?.map(|head| (head, language)))
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
