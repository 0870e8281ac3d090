//! Conversations as rows: the narrow row that filters look at, its tags and followers, and the whole as JSON.

use muster_model::{Conversation, Handle, RemoteId, fold};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::fts;
use crate::{
    Result,
    column::{json, ms, to_json},
};

/// What writing a conversation did.
pub(crate) enum Written {
    /// It was not there.
    New,
    /// It was there and differs.
    Changed(Box<Conversation>),
    /// It was there and is the same, or what is there is newer.
    Same,
}

/// The row and content of a cached conversation.
pub(crate) fn find(conn: &Connection, id: &RemoteId) -> Result<Option<(i64, Conversation)>> {
    Ok(conn
        .prepare_cached(
            "SELECT row, body FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
        )?
        .query_row(params![id.as_str()], |found| Ok((found.get(0)?, json(found, "body")?)))
        .optional()?)
}

/// Writes what the server said of a conversation, unless something newer is there. In a full sync the server's word
/// counts whatever the stamp: it may have been restored from a backup.
pub(crate) fn write(conn: &Connection, conversation: &Conversation) -> Result<(i64, Written)> {
    let known = conn
        .prepare_cached(
            "SELECT row, body, generation < (SELECT generation FROM sync) AS is_old
               FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
        )?
        .query_row(params![conversation.id.as_str()], |found| {
            Ok((found.get::<_, i64>(0)?, json::<Conversation>(found, "body")?, found.get::<_, bool>(2)?))
        })
        .optional()?;
    let Some((row, was, is_old)) = known else {
        let row = insert(conn, conversation)?;
        return Ok((row, Written::New));
    };
    if is_old {
        conn.prepare_cached(
            "UPDATE conversations SET generation = (SELECT generation FROM sync) WHERE row = ?1",
        )?
        .execute(params![row])?;
    }
    if was == *conversation || (conversation.stamp < was.stamp && !is_old) {
        return Ok((row, Written::Same));
    }
    update(conn, row, conversation)?;
    Ok((row, Written::Changed(Box::new(was))))
}

/// Takes a conversation out of the cache.
pub(crate) fn delete(conn: &Connection, row: i64) -> Result<()> {
    fts::forget(conn, row)?;
    conn.prepare_cached("DELETE FROM conversations WHERE row = ?1")?.execute(params![row])?;
    // Whoever takes something out raises the sequence when it is done.
    conn.prepare_cached("UPDATE sync SET gone_at = sequence + 1")?.execute([])?;
    Ok(())
}

fn insert(conn: &Connection, conversation: &Conversation) -> Result<i64> {
    conn.prepare_cached(
        "INSERT INTO conversations (id, generation) VALUES (?1, (SELECT generation FROM sync))",
    )?
    .execute(params![conversation.id.as_str()])?;
    let row = conn.last_insert_rowid();
    conn.prepare_cached("INSERT INTO bodies (conversation, body) VALUES (?1, '')")?.execute(params![row])?;
    update(conn, row, conversation)?;
    Ok(row)
}

fn update(conn: &Connection, row: i64, conversation: &Conversation) -> Result<()> {
    let updated = ms(conversation.updated);
    conn.prepare_cached(
        "UPDATE conversations
            SET status = :status, channel = :channel, engagement = :engagement, priority = :priority,
                agent = :agent, team = :team, contact = :contact, tags = :tags, has_attachment = :has_attachment,
                created = :created, updated = :updated, waiting = :waiting, last_inbound = :last_inbound,
                stamp = :stamp
          WHERE row = :row",
    )?
    .execute(named_params! {
        ":row": row,
        ":status": conversation.status.as_str(),
        ":channel": conversation.channel.as_str(),
        ":engagement": conversation.engagement.as_str(),
        ":priority": conversation.priority.rank(),
        ":agent": folded(conversation.assignee.agent.as_ref()),
        ":team": folded(conversation.assignee.team.as_ref()),
        ":contact": searchable_contact(conversation),
        ":tags": i64::try_from(conversation.tags.len()).unwrap_or(i64::MAX),
        ":has_attachment": conversation.has_attachment,
        ":created": ms(conversation.created),
        ":updated": updated,
        ":waiting": conversation.waiting_since.map_or(i64::MAX, ms),
        ":last_inbound": conversation.last_inbound.map_or(i64::MIN, ms),
        ":stamp": conversation.stamp,
    })?;
    conn.prepare_cached("DELETE FROM conversation_tags WHERE conversation = ?1")?.execute(params![row])?;
    for tag in &conversation.tags {
        // Two spellings of one name are one tag to a filter.
        conn.prepare_cached(
            "INSERT INTO conversation_tags (tag, updated, id, conversation) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![tag.to_lowercase(), updated, conversation.id.as_str(), row])?;
    }
    conn.prepare_cached("DELETE FROM conversation_followers WHERE conversation = ?1")?
        .execute(params![row])?;
    for agent in &conversation.followers {
        conn.prepare_cached(
            "INSERT INTO conversation_followers (agent, updated, id, conversation) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![folded(Some(agent)), updated, conversation.id.as_str(), row])?;
    }
    conn.prepare_cached("UPDATE bodies SET body = ?2 WHERE conversation = ?1")?
        .execute(params![row, to_json(conversation)?])?;
    fts::refresh(conn, row, conversation, None)
}

/// As filters compare handles; nobody is the empty text.
fn folded(handle: Option<&Handle>) -> String {
    handle.map_or_else(String::new, |handle| handle.as_str().to_lowercase())
}

fn searchable_contact(conversation: &Conversation) -> String {
    let contact = &conversation.contact;
    let parts = [Some(contact.name.as_str()), contact.email.as_deref(), contact.phone.as_deref()];
    parts.into_iter().flatten().map(fold).collect::<Vec<_>>().join("\n")
}
