//! Conversations as rows: the narrow row that the facet index is made of, and the whole as JSON.

use jiff::Timestamp;
use muster_model::{Conversation, RemoteId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::{
    indexer::Doc,
    packed::unpacked,
    ready::{Columns, Ready, Said, Source},
    state,
};
use crate::{Result, column::ms};

/// What writing a conversation did.
pub(crate) enum Written {
    /// It was not there.
    New,
    /// It was there and differs.
    Changed(Box<Conversation>),
    /// It was there and is the same, or what is there is newer.
    Same,
}

/// A conversation as it is cached.
pub(super) struct Known {
    pub row: i64,
    pub was: Conversation,
    /// The full sync at hand has not seen it yet.
    pub is_old: bool,
    /// The stamp that came with its messages; none if they are not here.
    pub thread_stamp: Option<i64>,
    pub doc: Doc,
    /// What was indexed of it.
    pub header_hash: i64,
    pub messages_hash: i64,
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

/// The row of a cached conversation.
pub(super) fn row_of(conn: &Connection, id: &RemoteId) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT row FROM conversations WHERE id = ?1")?
        .query_row(params![id.as_str()], |found| found.get(0))
        .optional()?)
}

/// Everything of a cached conversation but its messages.
pub(super) fn known(conn: &Connection, id: &RemoteId) -> Result<Option<Known>> {
    Ok(conn
        .prepare_cached(
            "SELECT row, body, generation < (SELECT generation FROM sync), thread_stamp, doc, is_astray,
                    header_hash, messages_hash
               FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
        )?
        .query_row(params![id.as_str()], |found| {
            Ok(Known {
                row: found.get(0)?,
                was: unpacked(conn, found, "body")?,
                is_old: found.get(2)?,
                thread_stamp: found.get(3)?,
                doc: Doc { number: found.get(4)?, is_astray: found.get(5)? },
                header_hash: found.get(6)?,
                messages_hash: found.get(7)?,
            })
        })
        .optional()?)
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

/// Puts new conversations into their tables, each with one statement a table.
pub(super) struct Rows<'c> {
    conversations: CachedStatement<'c>,
    bodies: CachedStatement<'c>,
    threads: CachedStatement<'c>,
    changes: CachedStatement<'c>,
    generation: i64,
    sequence: i64,
    now: i64,
}

impl<'c> Rows<'c> {
    pub(super) fn begin(conn: &'c Connection, now: Timestamp) -> Result<Self> {
        let (generation, sequence) = conn
            .prepare_cached("SELECT generation, sequence + 1 FROM sync")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            conversations: conn.prepare_cached(
                "INSERT INTO conversations (row, id, status, channel, engagement, priority, agent, team, contact, tags,
                                            followers, has_attachment, created, updated, waiting, last_inbound, stamp,
                                            generation, thread_stamp, thread_fetched, mentions, doc, is_astray)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                         ?22, ?23)",
            )?,
            bodies: conn.prepare_cached(
                "INSERT INTO bodies (conversation, body, header_hash, messages_hash) VALUES (?1, ?2, ?3, ?4)",
            )?,
            threads: conn.prepare_cached("INSERT INTO threads (conversation, messages) VALUES (?1, ?2)")?,
            changes: conn.prepare_cached("INSERT INTO changes (row, sequence) VALUES (?1, ?2)")?,
            generation,
            sequence,
            now: ms(now),
        })
    }

    /// One that is not here.
    pub(super) fn put(&mut self, row: i64, source: Source<'_>, ready: &Ready, doc: Doc) -> Result<()> {
        let Source { conversation, said } = source;
        let columns = &ready.columns;
        let is_fetched = matches!(said, Said::All(_));
        self.conversations.execute(params![
            row,
            conversation.id.as_str(),
            conversation.status.as_str(),
            conversation.channel.as_str(),
            conversation.engagement.as_str(),
            conversation.priority.rank(),
            columns.agent,
            columns.team,
            columns.contact,
            columns.tags,
            columns.followers,
            conversation.has_attachment,
            ms(conversation.created),
            ms(conversation.updated),
            waiting(conversation),
            last_inbound(conversation),
            conversation.stamp,
            self.generation,
            is_fetched.then_some(conversation.stamp),
            is_fetched.then_some(self.now),
            ready.called,
            doc.number,
            doc.is_astray,
        ])?;
        self.bodies.execute(params![row, ready.body, ready.header_hash, ready.messages_hash])?;
        if let Some(thread) = &ready.thread {
            self.threads.execute(params![row, thread])?;
        }
        self.changes.execute(params![row, self.sequence])?;
        Ok(())
    }
}

/// Since when it waits; the largest number where it does not.
fn waiting(conversation: &Conversation) -> i64 {
    conversation.waiting_since.map_or(i64::MAX, ms)
}

/// When the customer was heard last; the smallest number is never.
fn last_inbound(conversation: &Conversation) -> i64 {
    conversation.last_inbound.map_or(i64::MIN, ms)
}

/// Writes what is new of a conversation that is here.
pub(super) fn update(
    conn: &Connection,
    row: i64,
    conversation: &Conversation,
    columns: &Columns,
    body: &[u8],
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE conversations
            SET status = ?2, channel = ?3, engagement = ?4, priority = ?5, agent = ?6, team = ?7, contact = ?8, tags = ?9,
                followers = ?10, has_attachment = ?11, created = ?12, updated = ?13, waiting = ?14, last_inbound = ?15,
                stamp = ?16
          WHERE row = ?1",
    )?
    .execute(params![
        row,
        conversation.status.as_str(),
        conversation.channel.as_str(),
        conversation.engagement.as_str(),
        conversation.priority.rank(),
        columns.agent,
        columns.team,
        columns.contact,
        columns.tags,
        columns.followers,
        conversation.has_attachment,
        ms(conversation.created),
        ms(conversation.updated),
        waiting(conversation),
        last_inbound(conversation),
        conversation.stamp,
    ])?;
    conn.prepare_cached("UPDATE bodies SET body = ?2 WHERE conversation = ?1")?
        .execute(params![row, body])?;
    state::note_change(conn, row)
}
