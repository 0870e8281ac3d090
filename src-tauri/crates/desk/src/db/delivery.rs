//! How far an outgoing message comes: queued, sent, delivered, read – or not at all.

use rusqlite::{Connection, OptionalExtension, params};

use super::apply::event;
use super::row::touch;
use crate::clock::Millis;

/// The words, from the first to the last; then those for not at all.
pub(crate) const STATES: [&str; 6] = ["queued", "sent", "delivered", "read", "failed", "bounced"];

/// Notes how far a message came. What was read was not unread afterwards, and what failed stays so. One that bounced
/// says that nothing arrives at this address any more. Gives the change, if it is one.
pub(crate) fn deliver(
    tx: &Connection,
    message: i64,
    state: &str,
    reason: Option<&str>,
    now: Millis,
) -> rusqlite::Result<Option<i64>> {
    let before: Option<(i64, String)> = tx
        .prepare_cached(
            "SELECT conversation_id, delivery FROM messages WHERE id = ?1 AND delivery IS NOT NULL",
        )?
        .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((conversation, before)) = before else { return Ok(None) };
    let rank = |word: &str| STATES.iter().position(|known| *known == word);
    if rank(state) <= rank(&before) || matches!(before.as_str(), "failed" | "bounced") {
        return Ok(None);
    }
    let failed = matches!(state, "failed" | "bounced");
    let reason = failed.then(|| reason.unwrap_or("The address does not exist."));
    tx.prepare_cached("UPDATE messages SET delivery = ?2, delivery_reason = ?3 WHERE id = ?1")?
        .execute(params![message, state, reason])?;
    if let Some(reason) = reason {
        event(tx, conversation, &format!("Not delivered. {reason}"), None, now)?;
    }
    if state == "bounced" {
        tx.execute(
            "UPDATE contacts SET unreachable = ?2
              WHERE id = (SELECT contact_id FROM conversations WHERE id = ?1)",
            params![conversation, reason],
        )?;
    }
    touch(tx, conversation, "event", None, None, now).map(Some)
}
