//! Conversations as rows: the narrow row that the facet index is made of, and the whole as JSON.

use std::collections::BTreeSet;

use muster_model::{Conversation, Handle, RemoteId, fold};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{
    indexer::Indexer,
    packed::{packed, unpacked},
    ready::Ready,
    state,
};
use crate::{
    Result,
    column::{ms, to_json},
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
        .query_row(params![id.as_str()], |found| Ok((found.get(0)?, unpacked(conn, found, "body")?)))
        .optional()?)
}

/// Writes what the server said of a conversation, unless something newer is there, and indexes its text. In a full sync
/// the server's word counts whatever the stamp: it may have been restored from a backup. `ready` is there if messages
/// came along.
pub(crate) fn write(
    conn: &Connection,
    conversation: &Conversation,
    ready: Option<&Ready>,
    indexer: &mut Indexer,
) -> Result<(i64, Written)> {
    let known = conn
        .prepare_cached(
            "SELECT row, body, generation < (SELECT generation FROM sync) AS is_old
               FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
        )?
        .query_row(params![conversation.id.as_str()], |found| {
            Ok((
                found.get::<_, i64>(0)?,
                unpacked::<Conversation>(conn, found, "body")?,
                found.get::<_, bool>(2)?,
            ))
        })
        .optional()?;
    let Some((row, was, is_old)) = known else {
        let made;
        let ready = match ready {
            Some(ready) => ready,
            None => {
                made = Ready::of(conn, conversation, Vec::new())?;
                &made
            }
        };
        let row = insert(conn, conversation, ready)?;
        indexer.add(row, conversation, &ready.messages);
        return Ok((row, Written::New));
    };
    if is_old {
        conn.prepare_cached(
            "UPDATE conversations SET generation = (SELECT generation FROM sync) WHERE row = ?1",
        )?
        .execute(params![row])?;
    }
    let is_same = was == *conversation || (conversation.stamp < was.stamp && !is_old);
    let shown = if is_same { &was } else { conversation };
    if !is_same {
        match ready {
            Some(ready) => update(conn, row, conversation, &ready.body)?,
            None => update(conn, row, conversation, &packed(conn, conversation)?)?,
        }
    }
    // Nothing is searched anew where nothing came.
    if !is_same || ready.is_some() {
        let messages = ready.map(|ready| ready.messages.as_slice());
        indexer.refresh(conn, row, shown, messages, shown.updated != was.updated)?;
    }
    Ok((row, if is_same { Written::Same } else { Written::Changed(Box::new(was)) }))
}

/// Takes a conversation out of the cache. Says which text is to be forgotten; many are forgotten at once.
pub(crate) fn delete(conn: &Connection, row: i64) -> Result<Option<i64>> {
    let doc = conn
        .prepare_cached("DELETE FROM conversations WHERE row = ?1 RETURNING doc")?
        .query_row(params![row], |found| found.get(0))
        .optional()?;
    state::note_change(conn, row)?;
    Ok(doc)
}

fn insert(conn: &Connection, conversation: &Conversation, ready: &Ready) -> Result<i64> {
    conn.prepare_cached(
        "INSERT INTO conversations (id, status, channel, engagement, priority, agent, team, contact, tags, followers,
                                    has_attachment, created, updated, waiting, last_inbound, stamp, generation)
         VALUES (:id, :status, :channel, :engagement, :priority, :agent, :team, :contact, :tags, :followers,
                 :has_attachment, :created, :updated, :waiting, :last_inbound, :stamp, (SELECT generation FROM sync))",
    )?
    .execute(named_params! {
        ":id": conversation.id.as_str(),
        ":status": conversation.status.as_str(),
        ":channel": conversation.channel.as_str(),
        ":engagement": conversation.engagement.as_str(),
        ":priority": conversation.priority.rank(),
        ":agent": folded(conversation.assignee.agent.as_ref()),
        ":team": folded(conversation.assignee.team.as_ref()),
        ":contact": searchable_contact(conversation),
        ":tags": names(conversation.tags.iter().map(String::as_str))?,
        ":followers": names(conversation.followers.iter().map(Handle::as_str))?,
        ":has_attachment": conversation.has_attachment,
        ":created": ms(conversation.created),
        ":updated": ms(conversation.updated),
        ":waiting": conversation.waiting_since.map_or(i64::MAX, ms),
        ":last_inbound": conversation.last_inbound.map_or(i64::MIN, ms),
        ":stamp": conversation.stamp,
    })?;
    let row = conn.last_insert_rowid();
    conn.prepare_cached(
        "INSERT INTO bodies (conversation, body, header_hash, messages_hash) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![row, ready.body, ready.header_hash, ready.messages_hash])?;
    state::note_change(conn, row)?;
    Ok(row)
}

fn update(conn: &Connection, row: i64, conversation: &Conversation, body: &[u8]) -> Result<()> {
    conn.prepare_cached(
        "UPDATE conversations
            SET status = :status, channel = :channel, engagement = :engagement, priority = :priority,
                agent = :agent, team = :team, contact = :contact, tags = :tags, followers = :followers,
                has_attachment = :has_attachment, created = :created, updated = :updated, waiting = :waiting,
                last_inbound = :last_inbound, stamp = :stamp
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
        ":tags": names(conversation.tags.iter().map(String::as_str))?,
        ":followers": names(conversation.followers.iter().map(Handle::as_str))?,
        ":has_attachment": conversation.has_attachment,
        ":created": ms(conversation.created),
        ":updated": ms(conversation.updated),
        ":waiting": conversation.waiting_since.map_or(i64::MAX, ms),
        ":last_inbound": conversation.last_inbound.map_or(i64::MIN, ms),
        ":stamp": conversation.stamp,
    })?;
    conn.prepare_cached("UPDATE bodies SET body = ?2 WHERE conversation = ?1")?
        .execute(params![row, body])?;
    state::note_change(conn, row)
}

/// As filters compare them; two spellings of one name are one to a filter.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>) -> Result<String> {
    let folded: BTreeSet<String> = names.map(str::to_lowercase).collect();
    if folded.is_empty() { Ok("[]".to_owned()) } else { to_json(&folded) }
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
