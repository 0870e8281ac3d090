//! Threads: the messages of conversations that were opened or fetched ahead.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{Conversation, Message, RemoteId, Thread};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{Cache, fts, header, state};
use crate::{
    Result,
    column::{instant, json, ms, to_json},
};

/// A thread as it is cached.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedThread {
    /// The header and its messages, oldest first.
    pub thread: Thread,
    /// When the messages were fetched.
    pub fetched: Timestamp,
    /// The messages are as new as the header.
    pub complete: bool,
}

impl Cache {
    /// Keeps a thread: its header, unless a newer one is cached, and its messages.
    pub fn put_thread(&self, thread: &Thread, now: Timestamp) -> Result<()> {
        self.db.write(|tx| {
            let (row, _) = header::write(tx, &thread.conversation)?;
            let known: Option<i64> = tx
                .prepare_cached("SELECT thread_stamp FROM conversations WHERE row = ?1")?
                .query_row(params![row], |found| found.get(0))?;
            let stamp = thread.conversation.stamp;
            let is_newest = known.is_none_or(|known| known <= stamp);
            if is_newest {
                forget_others(tx, row, &thread.messages)?;
            }
            for (place, message) in (0i64..).zip(&thread.messages) {
                put(tx, row, place, message)?;
            }
            if is_newest {
                tx.prepare_cached(
                    "UPDATE conversations SET thread_stamp = ?2, thread_fetched = ?3 WHERE row = ?1",
                )?
                .execute(params![row, stamp, ms(now)])?;
            }
            index_again(tx, row)?;
            state::raise(tx)?;
            Ok(())
        })
    }

    /// Writes a message that the help desk confirmed into the cached thread, so that it is there before the next fetch.
    /// Without a cached thread nothing is written: the fetch will bring it.
    pub fn append_sent_message(&self, id: &RemoteId, message: &Message) -> Result<()> {
        self.db.write(|tx| {
            let row: Option<i64> = tx
                .prepare_cached("SELECT row FROM conversations WHERE id = ?1 AND thread_stamp IS NOT NULL")?
                .query_row(params![id.as_str()], |found| found.get(0))
                .optional()?;
            let Some(row) = row else { return Ok(()) };
            put(tx, row, i64::MAX, message)?;
            index_again(tx, row)?;
            state::raise(tx)?;
            Ok(())
        })
    }

    /// The cached thread of a conversation, if its messages were ever fetched.
    pub fn thread(&self, id: &RemoteId) -> Result<Option<CachedThread>> {
        self.db.read(|tx| {
            let found = tx
                .prepare_cached(
                    "SELECT row, body, thread_fetched, thread_stamp >= stamp AS complete
                       FROM conversations JOIN bodies ON bodies.conversation = conversations.row
                      WHERE id = ?1 AND thread_stamp IS NOT NULL",
                )?
                .query_row(params![id.as_str()], |row| {
                    let conversation: Conversation = json(row, "body")?;
                    Ok((row.get(0)?, conversation, instant(row, "thread_fetched")?, row.get("complete")?))
                })
                .optional()?;
            let Some((row, conversation, fetched, complete)) = found else { return Ok(None) };
            let messages = fts::cached_messages(tx, row)?;
            Ok(Some(CachedThread { thread: Thread { conversation, messages }, fetched, complete }))
        })
    }

    /// Active or followed conversations whose messages are missing or older than the header, newest first.
    pub fn threads_to_fetch(&self, limit: usize, followed_locally: &[RemoteId]) -> Result<Vec<RemoteId>> {
        let followed_locally = to_json(&followed_locally)?;
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT c.id FROM conversations AS c INDEXED BY without_thread
                  WHERE (c.thread_stamp IS NULL OR c.thread_stamp < c.stamp)
                    AND (c.status = 'active'
                         OR c.id IN (SELECT value FROM json_each(:followed_locally))
                         OR EXISTS (SELECT 1 FROM conversation_followers AS f
                                     WHERE f.conversation = c.row
                                       AND f.agent = (SELECT lower(me ->> 'handle') FROM directory)))
                  ORDER BY c.updated DESC, c.id
                  LIMIT :limit",
            )?;
            let ids = statement
                .query_map(
                    named_params! {
                        ":followed_locally": followed_locally,
                        ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
                    },
                    |row| Ok(RemoteId::new(row.get::<_, String>(0)?)),
                )?
                .collect::<rusqlite::Result<_>>()?;
            Ok(ids)
        })
    }
}

fn put(conn: &Connection, row: i64, place: i64, message: &Message) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO messages (conversation, id, at, place, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (conversation, id) DO UPDATE SET at = excluded.at, place = excluded.place, body = excluded.body",
    )?
    .execute(params![row, message.id.as_str(), ms(message.at), place, to_json(message)?])?;
    Ok(())
}

/// Takes out cached messages that the server does not name any more.
fn forget_others(conn: &Connection, row: i64, messages: &[Message]) -> Result<()> {
    let named: HashSet<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    let cached: Vec<(i64, String)> = conn
        .prepare_cached("SELECT row, id FROM messages WHERE conversation = ?1")?
        .query_map(params![row], |found| Ok((found.get(0)?, found.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (message, _) in cached.iter().filter(|(_, id)| !named.contains(id.as_str())) {
        conn.prepare_cached("DELETE FROM messages WHERE row = ?1")?.execute(params![message])?;
    }
    Ok(())
}

fn index_again(conn: &Connection, row: i64) -> Result<()> {
    let conversation: Conversation = conn
        .prepare_cached("SELECT body FROM bodies WHERE conversation = ?1")?
        .query_row(params![row], |found| json(found, "body"))?;
    let messages = fts::cached_messages(conn, row)?;
    fts::refresh(conn, row, &conversation, Some(&messages))
}
