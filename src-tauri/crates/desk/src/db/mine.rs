//! What belongs to one agent: drafts, read marks, saved views.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::{conversation_id, parse, tagged};
use crate::clock::Millis;

/// What an agent has begun to write.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Draft {
    #[schema(example = "c-1001")]
    conversation: String,
    text: String,
    pub(crate) updated: Millis,
}

fn read_draft(row: &rusqlite::Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft { conversation: conversation_id(row.get(0)?), text: row.get(1)?, updated: row.get(2)? })
}

/// The agent's draft in a conversation.
pub(crate) fn draft_of(tx: &Connection, conversation: i64, agent: &str) -> rusqlite::Result<Option<Draft>> {
    tx.prepare_cached(
        "SELECT conversation_id, text, updated FROM drafts WHERE conversation_id = ?1 AND agent = ?2",
    )?
    .query_row(params![conversation, agent], read_draft)
    .optional()
}

/// All drafts of an agent, the newest first.
pub(crate) fn drafts_of(tx: &Connection, agent: &str) -> rusqlite::Result<Vec<Draft>> {
    tx.prepare_cached(
        "SELECT d.conversation_id, d.text, d.updated FROM drafts d JOIN conversations c ON c.id = d.conversation_id
          WHERE d.agent = ?1 AND c.deleted = 0 ORDER BY d.updated DESC, d.conversation_id DESC LIMIT 1000",
    )?
    .query_map([agent], read_draft)?
    .collect()
}

/// Keeps a draft; an empty one goes away.
pub(crate) fn keep_draft(
    tx: &Connection,
    conversation: i64,
    agent: &str,
    text: &str,
    now: Millis,
) -> rusqlite::Result<()> {
    if text.is_empty() {
        tx.execute(
            "DELETE FROM drafts WHERE conversation_id = ?1 AND agent = ?2",
            params![conversation, agent],
        )?;
    } else {
        tx.execute(
            "INSERT INTO drafts (conversation_id, agent, text, updated) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (conversation_id, agent) DO UPDATE SET text = excluded.text, updated = excluded.updated",
            params![conversation, agent, text, now],
        )?;
    }
    Ok(())
}

/// Up to where an agent has read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadMark {
    #[schema(example = "c-1001")]
    conversation: String,
    /// The last message that was read.
    #[schema(example = "m-3")]
    message: String,
    /// When it was marked.
    at: Millis,
}

fn read_mark(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReadMark> {
    Ok(ReadMark {
        conversation: conversation_id(row.get(0)?),
        message: tagged('m', row.get(1)?),
        at: row.get(2)?,
    })
}

/// Marks a conversation as read up to a message of it, or as unread. Gives whether that message stands there.
pub(crate) fn mark_read(
    tx: &Connection,
    conversation: i64,
    agent: &str,
    message: Option<i64>,
    now: Millis,
) -> rusqlite::Result<bool> {
    let Some(message) = message else {
        tx.execute(
            "DELETE FROM read_marks WHERE agent = ?1 AND conversation_id = ?2",
            params![agent, conversation],
        )?;
        return Ok(true);
    };
    let marked = tx.execute(
        "INSERT INTO read_marks (agent, conversation_id, message_id, at)
         SELECT ?1, conversation_id, id, ?4 FROM messages WHERE id = ?3 AND conversation_id = ?2
         ON CONFLICT (agent, conversation_id) DO UPDATE SET message_id = excluded.message_id, at = excluded.at",
        params![agent, conversation, message, now],
    )?;
    Ok(marked > 0)
}

/// The agent's mark in a conversation.
pub(crate) fn mark_of(tx: &Connection, conversation: i64, agent: &str) -> rusqlite::Result<Option<ReadMark>> {
    tx.prepare_cached(
        "SELECT conversation_id, message_id, at FROM read_marks WHERE agent = ?2 AND conversation_id = ?1",
    )?
    .query_row(params![conversation, agent], read_mark)
    .optional()
}

/// The agent's marks, the newest first; all, or those since a time.
pub(crate) fn marks_of(
    tx: &Connection,
    agent: &str,
    since: Option<Millis>,
) -> rusqlite::Result<Vec<ReadMark>> {
    tx.prepare_cached(
        "SELECT conversation_id, message_id, at FROM read_marks WHERE agent = ?1 AND at >= COALESCE(?2, at)
          ORDER BY at DESC, conversation_id DESC LIMIT 1000",
    )?
    .query_map(params![agent, since], read_mark)?
    .collect()
}

/// A saved view: a query with a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct View {
    #[schema(example = "v-1")]
    id: String,
    #[schema(example = "Waiting for billing")]
    name: String,
    /// In the language of the client that saved it.
    #[schema(example = "is:active team:billing engaged:no sort:waiting")]
    query: String,
    /// The handle of whose it is.
    owner: String,
    /// Whether colleagues see it.
    shared: bool,
}

/// What a view is made of.
#[derive(Clone, Debug)]
pub(crate) struct NewView {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) shared: bool,
}

/// The agent's views and the shared ones.
pub(crate) fn views_for(tx: &Connection, agent: &str) -> rusqlite::Result<Vec<View>> {
    tx.prepare_cached(
        "SELECT id, name, query, owner, shared FROM views WHERE owner = ?1 OR shared = 1 ORDER BY id",
    )?
    .query_map([agent], |row| {
        Ok(View {
            id: tagged('v', row.get(0)?),
            name: row.get(1)?,
            query: row.get(2)?,
            owner: row.get(3)?,
            shared: row.get(4)?,
        })
    })?
    .collect()
}

/// Saves a new view and gives its id.
pub(crate) fn save_view(tx: &Connection, view: &NewView, owner: &str) -> rusqlite::Result<String> {
    tx.execute(
        "INSERT INTO views (name, query, owner, shared) VALUES (?1, ?2, ?3, ?4)",
        params![view.name, view.query, owner, view.shared],
    )?;
    Ok(tx.last_insert_rowid()).map(|id| tagged('v', id))
}

/// Changes a view, or takes it away. Gives whether the agent has such a view.
pub(crate) fn change_view(
    tx: &Connection,
    id: &str,
    owner: &str,
    view: Option<&NewView>,
) -> rusqlite::Result<bool> {
    let Some(number) = parse('v', id) else { return Ok(false) };
    let changed = match view {
        Some(view) => tx.execute(
            "UPDATE views SET name = ?3, query = ?4, shared = ?5 WHERE id = ?1 AND owner = ?2",
            params![number, owner, view.name, view.query, view.shared],
        )?,
        None => tx.execute("DELETE FROM views WHERE id = ?1 AND owner = ?2", params![number, owner])?,
    };
    Ok(changed > 0)
}
