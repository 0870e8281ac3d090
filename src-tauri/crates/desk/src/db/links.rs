//! Conversations that have to do with each other.

use rusqlite::{Connection, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::conversation_id;

/// Another conversation, seen from one; on the wire.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    id: String,
    /// `related`, `follows` (a new one after a long silence), `merged`.
    kind: String,
    subject: String,
    status: String,
}

/// Notes that two belong together, once. Gives whether they did not before.
pub(crate) fn link(tx: &Connection, one: i64, other: i64, kind: &str) -> rusqlite::Result<bool> {
    let linked = tx
        .prepare_cached(
            "INSERT INTO links (a, b, kind) VALUES (?1, ?2, ?3)
             ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind WHERE kind = 'related' AND excluded.kind <> kind",
        )?
        .execute(params![one.min(other), one.max(other), kind])?;
    Ok(linked > 0)
}

/// Parts two. Gives whether they belonged together.
pub(crate) fn unlink(tx: &Connection, one: i64, other: i64) -> rusqlite::Result<bool> {
    let deleted = tx
        .prepare_cached("DELETE FROM links WHERE a = ?1 AND b = ?2 AND kind <> 'merged'")?
        .execute([one.min(other), one.max(other)])?;
    Ok(deleted > 0)
}

/// What a conversation has to do with.
pub(crate) fn links_of(tx: &Connection, id: i64) -> rusqlite::Result<Vec<Link>> {
    tx.prepare_cached(
        "SELECT c.id, l.kind, c.subject, c.status
           FROM (SELECT b AS other, kind FROM links WHERE a = ?1 UNION ALL SELECT a, kind FROM links WHERE b = ?1) l
           JOIN conversations c ON c.id = l.other
          WHERE c.deleted = 0 ORDER BY c.id",
    )?
    .query_map([id], |row| {
        let id: i64 = row.get(0)?;
        Ok(Link { id: conversation_id(id), kind: row.get(1)?, subject: row.get(2)?, status: row.get(3)? })
    })?
    .collect()
}
