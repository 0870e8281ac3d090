//! Loading many conversations at once, from a file rather than from a server: large transactions, each of which leaves a
//! cache that can be read. Like a full sync it takes out what was not mentioned, and only once it is through.

use jiff::Timestamp;
use muster_model::{Conversation, Message};
use rusqlite::{Connection, params};

use super::{
    Cache, SyncState, header,
    indexer::Indexer,
    messages,
    ready::{Ready, Source},
    state,
};
use crate::Result;

/// Stands where a server's cursor would: what is here came from a file.
const CURSOR: &str = "file";

/// A conversation to be loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The header. Its stamp is higher than that of every conversation before it.
    pub conversation: Conversation,
    /// Its messages; none where they are not known.
    pub messages: Option<Vec<Message>>,
}

impl<'a> From<&'a Loaded> for Source<'a> {
    fn from(loaded: &'a Loaded) -> Self {
        let messages = loaded.messages.as_deref().unwrap_or_default();
        Self { conversation: &loaded.conversation, messages }
    }
}

impl Cache {
    /// Begins to load, and says the highest stamp of what is cached: the loaded ones must be above it. What is cached
    /// stays readable until [`Cache::end_load`].
    pub fn begin_load(&self) -> Result<i64> {
        self.clear_for_full_sync()?;
        self.db.read(|tx| {
            Ok(tx.query_row("SELECT coalesce(max(stamp), 0) FROM conversations", [], |row| row.get(0))?)
        })
    }

    /// Loads a batch in one transaction. A conversation that was loaded before is replaced.
    pub fn load(&self, batch: Vec<Loaded>, now: Timestamp) -> Result<()> {
        let sources: Vec<Source<'_>> = batch.iter().map(Source::from).collect();
        self.index_ahead(&sources, |tx, mut ahead, indexer| {
            for (loaded, source) in batch.iter().zip(&sources) {
                let ready = ahead.next(tx, *source)?;
                if loaded.messages.is_some() {
                    messages::put_thread(tx, *source, ready, now, indexer)?;
                } else {
                    without_messages(tx, *source, &ready, indexer)?;
                }
            }
            indexer.finish(tx)?;
            state::raise(tx)?;
            Ok(())
        })?;
        self.learn(batch.len())
    }

    /// Everything is loaded: what was cached before and not loaded now is taken out.
    pub fn end_load(&self, total: u64, now: Timestamp) -> Result<SyncState> {
        self.apply_page(&[], &[], CURSOR, false, Some(total), now)?;
        self.keep_index()?;
        self.sync_state()
    }
}

/// Messages that were cached before are not this conversation's any more.
fn without_messages(
    conn: &Connection,
    source: Source<'_>,
    ready: &Ready,
    indexer: &mut Indexer,
) -> Result<()> {
    let (row, _) = header::write(conn, source.conversation, Some(ready), indexer)?;
    conn.prepare_cached("DELETE FROM threads WHERE conversation = ?1")?.execute(params![row])?;
    conn.prepare_cached(
        "UPDATE conversations SET thread_stamp = NULL, thread_fetched = NULL, mentions = '[]' WHERE row = ?1",
    )?
    .execute(params![row])?;
    state::note_change(conn, row)
}
