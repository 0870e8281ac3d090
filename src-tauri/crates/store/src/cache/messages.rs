//! Threads: the messages of conversations that were opened or fetched ahead.

use jiff::Timestamp;
use muster_model::{Conversation, Match, Message, RemoteId, Status, Thread};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Cache, header, intake,
    packed::{packed, unpacked},
    ready::{Source, called, in_order},
    state,
    text::cached_messages,
};
use crate::{
    Overlay, Result,
    column::{instant, ms},
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
        self.put_threads(std::slice::from_ref(thread), now)
    }

    /// Keeps many threads in one transaction: an import, or a page of a server that sends messages along.
    pub fn put_threads(&self, threads: &[Thread], now: Timestamp) -> Result<()> {
        let sources: Vec<Source<'_>> = threads.iter().map(Source::from).collect();
        self.db.write(|tx| {
            intake::take_in(tx, &sources, now)?;
            state::raise(tx)
        })?;
        self.learn(threads.len());
        Ok(())
    }

    /// Writes a message that the help desk confirmed into the cached thread, so that it is there before the next fetch.
    /// Without a cached thread nothing is written: the fetch will bring it.
    pub fn append_sent_message(&self, id: &RemoteId, message: &Message) -> Result<()> {
        self.index(|tx, indexer| {
            let Some(known) = header::known(tx, id)?.filter(|known| known.thread_stamp.is_some()) else {
                return Ok(());
            };
            let here = cached_messages(tx, known.row)?;
            let messages = in_order(here.iter().chain([message]));
            keep(tx, known.row, &packed(tx, messages.as_slice())?)?;
            note_mentions(tx, known.row, &called(&messages)?)?;
            indexer.refresh(tx, &known, &known.was, Some(&messages))?;
            indexer.finish(tx)?;
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
                    let conversation: Conversation = unpacked(tx, row, "body")?;
                    Ok((row.get(0)?, conversation, instant(row, "thread_fetched")?, row.get("complete")?))
                })
                .optional()?;
            let Some((row, conversation, fetched, complete)) = found else { return Ok(None) };
            let messages = cached_messages(tx, row)?;
            Ok(Some(CachedThread { thread: Thread { conversation, messages }, fetched, complete }))
        })
    }

    /// Active or followed conversations whose messages are missing or older than the header, newest first.
    pub fn threads_to_fetch(&self, limit: usize, followed_locally: &[RemoteId]) -> Result<Vec<RemoteId>> {
        self.look(&Overlay::empty(), |eval| {
            let me: Option<String> = eval
                .conn
                .prepare_cached("SELECT me ->> 'handle' FROM directory")?
                .query_row([], |row| row.get(0))
                .optional()?;
            let wanted = Match::Or(vec![
                Match::Status(vec![Status::Active]),
                Match::Follows(me.iter().map(|me| me.to_lowercase()).collect()),
            ]);
            eval.without_thread(&wanted, followed_locally, limit)
        })
    }
}

/// Notes whom the messages call now, where nothing else of the row changes.
pub(super) fn note_mentions(conn: &Connection, row: i64, called: &str) -> Result<()> {
    let changed = conn
        .prepare_cached("UPDATE conversations SET mentions = ?2 WHERE row = ?1 AND mentions <> ?2")?
        .execute(params![row, called])?;
    if changed > 0 { state::note_change(conn, row) } else { Ok(()) }
}

/// Notes that the messages came, with which stamp, and whom they call.
pub(super) fn note_fetched(
    conn: &Connection,
    row: i64,
    stamp: i64,
    now: Timestamp,
    called: &str,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE conversations SET thread_stamp = ?2, thread_fetched = ?3, mentions = ?4 WHERE row = ?1",
    )?
    .execute(params![row, stamp, ms(now), called])?;
    Ok(())
}

/// Takes the messages out, as if they had never been here.
pub(super) fn drop_thread(conn: &Connection, row: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM threads WHERE conversation = ?1")?.execute(params![row])?;
    conn.prepare_cached(
        "UPDATE conversations SET thread_stamp = NULL, thread_fetched = NULL, mentions = '[]' WHERE row = ?1",
    )?
    .execute(params![row])?;
    state::note_change(conn, row)
}

/// Writes the messages, packed.
pub(super) fn keep(conn: &Connection, row: i64, messages: &[u8]) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO threads (conversation, messages) VALUES (?1, ?2)
         ON CONFLICT (conversation) DO UPDATE SET messages = excluded.messages",
    )?
    .execute(params![row, messages])?;
    Ok(())
}
