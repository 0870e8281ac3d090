//! Loading many conversations at once, from a file rather than from a server: large transactions, each of which leaves a
//! cache that can be read. Like a full sync it takes out what was not mentioned, and only once it is through.

use jiff::Timestamp;
use muster_model::{Conversation, Message};

use super::{
    Cache, SyncState, intake,
    ready::{Said, Source},
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
        let said = loaded.messages.as_deref().map_or(Said::Unknown, Said::All);
        Self { conversation: &loaded.conversation, said }
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
        self.db.write(|tx| {
            intake::take_in(tx, &sources, now)?;
            state::raise(tx)
        })?;
        self.learn(batch.len());
        Ok(())
    }

    /// Everything is loaded: what was cached before and not loaded now is taken out.
    pub fn end_load(&self, total: u64, now: Timestamp) -> Result<SyncState> {
        self.apply_page(&[], &[], CURSOR, false, Some(total), now)?;
        self.keep_index()?;
        self.sync_state()
    }
}
