//! Threads: the messages of conversations that were opened or fetched ahead.

use jiff::Timestamp;
use muster_model::{Conversation, Match, Message, RemoteId, Status, Thread};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Cache,
    header::{self, Written},
    indexer::Indexer,
    packed::{packed, unpacked},
    ready::{Ready, Source, called, merged},
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
        self.index_ahead(&sources, |tx, mut ahead, indexer| {
            for source in &sources {
                let ready = ahead.next(tx, *source)?;
                put_thread(tx, *source, ready, now, indexer)?;
            }
            indexer.finish(tx)?;
            state::raise(tx)?;
            Ok(())
        })?;
        self.learn(threads.len())
    }

    /// Writes a message that the help desk confirmed into the cached thread, so that it is there before the next fetch.
    /// Without a cached thread nothing is written: the fetch will bring it.
    pub fn append_sent_message(&self, id: &RemoteId, message: &Message) -> Result<()> {
        self.index(|tx, indexer| {
            let known = tx
                .prepare_cached(
                    "SELECT row, body FROM conversations JOIN bodies ON bodies.conversation = conversations.row
                      WHERE id = ?1 AND thread_stamp IS NOT NULL",
                )?
                .query_row(params![id.as_str()], |found| Ok((found.get(0)?, unpacked::<Conversation>(tx, found, "body")?)))
                .optional()?;
            let Some((row, conversation)) = known else { return Ok(()) };
            let messages = merged(cached_messages(tx, row)?, std::slice::from_ref(message));
            keep(tx, row, &packed(tx, &messages)?)?;
            note_mentions(tx, row, &called(&messages)?)?;
            indexer.refresh(tx, row, &conversation, Some(&messages), false)?;
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

pub(super) fn put_thread(
    conn: &Connection,
    source: Source<'_>,
    mut ready: Ready,
    now: Timestamp,
    indexer: &mut Indexer,
) -> Result<()> {
    let conversation = source.conversation;
    let known: Option<(i64, Option<i64>)> = conn
        .prepare_cached("SELECT row, thread_stamp FROM conversations WHERE id = ?1")?
        .query_row(params![conversation.id.as_str()], |found| Ok((found.get(0)?, found.get(1)?)))
        .optional()?;
    // What the server does not name any more goes, unless what is here is newer.
    let newer = known.filter(|(_, known)| known.is_some_and(|known| known > conversation.stamp));
    if let Some((row, _)) = newer {
        ready = Ready::of(conn, conversation, merged(cached_messages(conn, row)?, source.messages))?;
    }
    let (row, written) = header::write(conn, conversation, Some(&ready), indexer)?;
    keep(conn, row, &ready.thread)?;
    if newer.is_some() {
        note_mentions(conn, row, &ready.called)?;
    } else {
        conn.prepare_cached(
            "UPDATE conversations SET thread_stamp = ?2, thread_fetched = ?3, mentions = ?4 WHERE row = ?1",
        )?
        .execute(params![row, conversation.stamp, ms(now), ready.called])?;
        // Whatever else was written has noted it.
        if matches!(written, Written::Same) {
            state::note_change(conn, row)?;
        }
    }
    Ok(())
}

/// Notes whom the messages call now, where nothing else of the row changes.
pub(super) fn note_mentions(conn: &Connection, row: i64, called: &str) -> Result<()> {
    let changed = conn
        .prepare_cached("UPDATE conversations SET mentions = ?2 WHERE row = ?1 AND mentions <> ?2")?
        .execute(params![row, called])?;
    if changed > 0 { state::note_change(conn, row) } else { Ok(()) }
}

fn keep(conn: &Connection, row: i64, messages: &[u8]) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO threads (conversation, messages) VALUES (?1, ?2)
         ON CONFLICT (conversation) DO UPDATE SET messages = excluded.messages",
    )?
    .execute(params![row, messages])?;
    Ok(())
}
