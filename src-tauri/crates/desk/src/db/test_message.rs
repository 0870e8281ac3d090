//! A message to the agent instead of a customer: it comes into the agent's own inbox.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::apply::{Actor, add_tag};
use super::ids::{conversation_id, tagged};
use super::inbound::customer_writes;
use super::outcome::Verdict;
use super::row::{head_of, touch};
use crate::clock::Millis;

/// What became of a test message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tested {
    id: String,
    outcome: Verdict,
    message_id: String,
    at: Millis,
    seq: i64,
}

/// Opens a conversation with the agent's own address, tagged `test` and assigned to the agent.
pub(crate) fn test_message(
    tx: &Connection,
    subject: &str,
    text: &str,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Option<Tested>> {
    let known = tx
        .query_row("SELECT id FROM contacts WHERE email = ?1 AND blocked = 0", [&by.handle], |row| row.get(0))
        .optional()?;
    let contact: i64 = match known {
        Some(contact) => contact,
        None => {
            tx.execute("INSERT INTO contacts (name, email) VALUES (?1, ?2)", [&by.name, &by.handle])?;
            tx.last_insert_rowid()
        }
    };
    tx.execute(
        "INSERT INTO conversations (contact_id, subject, channel, status, agent, engagement, created, updated)
         VALUES (?1, ?2, 'email', 'active', ?3, 'pending', ?4, ?4)",
        params![contact, subject, by.handle, now],
    )?;
    let id = tx.last_insert_rowid();
    add_tag(tx, id, "test")?;
    touch(tx, id, "created", Some("customer"), Some(&by.handle), now)?;
    let Some(head) = head_of(tx, id)? else { return Ok(None) };
    Ok(customer_writes(tx, &head, text, now)?.map(|written| Tested {
        id: conversation_id(id),
        outcome: Verdict::Applied,
        message_id: tagged('m', written.message),
        at: now,
        seq: written.seq,
    }))
}
