//! Tickets: what needs more than a quick reply, with the conversations that it is about.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::apply::{Actor, event};
use super::ids::{conversation_id, parse, tagged};
use super::row::{Head, touch};
use crate::clock::Millis;

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ticket {
    #[schema(example = "k-1")]
    id: String,
    #[schema(example = "Captures fail for cards of one bank")]
    title: String,
    description: String,
    /// `open` or `closed`.
    #[schema(example = "open")]
    status: String,
    created: Millis,
    updated: Millis,
    /// A handle.
    created_by: String,
    /// The conversations that it is about.
    conversations: Vec<String>,
}

const SELECT: &str = "
    SELECT t.id, t.title, t.description, t.status, t.created, t.updated, t.created_by,
           (SELECT group_concat('c-' || conversation_id) FROM ticket_conversations WHERE ticket_id = t.id)
      FROM tickets t ";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Ticket> {
    let conversations: Option<String> = row.get(7)?;
    Ok(Ticket {
        id: tagged('k', row.get(0)?),
        title: row.get(1)?,
        description: row.get(2)?,
        status: row.get(3)?,
        created: row.get(4)?,
        updated: row.get(5)?,
        created_by: row.get(6)?,
        conversations: conversations.iter().flat_map(|ids| ids.split(',')).map(str::to_owned).collect(),
    })
}

/// Makes one.
pub(crate) fn new_ticket(
    tx: &Connection,
    title: &str,
    description: &str,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<i64> {
    tx.execute(
        "INSERT INTO tickets (title, description, status, created, updated, created_by)
         VALUES (?1, ?2, 'open', ?3, ?3, ?4)",
        params![title, description, now, by.handle],
    )?;
    Ok(tx.last_insert_rowid())
}

/// The newest first; all, or those of a status.
pub(crate) fn tickets(tx: &Connection, status: Option<&str>) -> rusqlite::Result<Vec<Ticket>> {
    tx.prepare_cached(&format!("{SELECT} WHERE ?1 IS NULL OR t.status = ?1 ORDER BY t.id DESC LIMIT 500"))?
        .query_map([status], read)?
        .collect()
}

/// One of them.
pub(crate) fn ticket_of(tx: &Connection, id: &str) -> rusqlite::Result<Option<Ticket>> {
    let Some(number) = parse('k', id) else { return Ok(None) };
    tx.prepare_cached(&format!("{SELECT} WHERE t.id = ?1"))?.query_row([number], read).optional()
}

/// Those that are about a conversation.
pub(crate) fn tickets_of(tx: &Connection, conversation: i64) -> rusqlite::Result<Vec<Ticket>> {
    tx.prepare_cached(&format!(
        "{SELECT} JOIN ticket_conversations l ON l.ticket_id = t.id WHERE l.conversation_id = ?1 ORDER BY t.id"
    ))?
    .query_map([conversation], read)?
    .collect()
}

/// Changes what it says. Gives whether there is such a ticket.
pub(crate) fn change_ticket(
    tx: &Connection,
    id: &str,
    title: Option<&str>,
    status: Option<&str>,
    now: Millis,
) -> rusqlite::Result<bool> {
    let Some(number) = parse('k', id) else { return Ok(false) };
    let changed = tx.execute(
        "UPDATE tickets SET title = COALESCE(?2, title), status = COALESCE(?3, status), updated = ?4 WHERE id = ?1",
        params![number, title, status, now],
    )?;
    Ok(changed > 0)
}

/// Says that a ticket is about a conversation, or is not any more. Gives the conversation's change, if it is one.
pub(crate) fn tie(
    tx: &Connection,
    ticket: i64,
    head: &Head,
    on: bool,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Option<i64>> {
    let statement = if on {
        "INSERT INTO ticket_conversations (ticket_id, conversation_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM ticket_conversations WHERE ticket_id = ?1 AND conversation_id = ?2"
    };
    if tx.execute(statement, [ticket, head.id])? == 0 {
        return Ok(None);
    }
    let verb = if on { "Linked to" } else { "No longer linked to" };
    event(tx, head.id, &format!("{verb} ticket {}", tagged('k', ticket)), Some(by), now)?;
    tx.execute("UPDATE tickets SET updated = MAX(updated, ?2) WHERE id = ?1", params![ticket, now])?;
    touch(tx, head.id, "event", None, Some(&by.handle), now).map(Some)
}

/// Says that two conversations have to do with each other, or not any more, on both threads.
pub(crate) fn tie_conversations(
    tx: &Connection,
    one: &Head,
    other: &Head,
    on: bool,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<i64> {
    let changed = if on {
        super::links::link(tx, one.id, other.id, "related")?
    } else {
        super::links::unlink(tx, one.id, other.id)?
    };
    if !changed {
        return Ok(one.seq);
    }
    let verb = if on { "Linked to" } else { "No longer linked to" };
    event(tx, other.id, &format!("{verb} {}", conversation_id(one.id)), Some(by), now)?;
    touch(tx, other.id, "event", None, Some(&by.handle), now)?;
    event(tx, one.id, &format!("{verb} {}", conversation_id(other.id)), Some(by), now)?;
    touch(tx, one.id, "event", None, Some(&by.handle), now)
}
