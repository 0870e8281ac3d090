//! An account that is a file: conversations loaded once, to be read and never written to.
//!
//! Nobody answers behind it, so it has no key, no connection and nobody whose work it would be. Whom and what its menus
//! and filters name is taken from the conversations themselves.

use muster_store::{Loaded, StoreError, SyncState};
use thiserror::Error;

use crate::account::Who;
use crate::blocking::blocking;
use crate::{Account, EngineEvent};

mod census;

use census::{Census, nobody};

/// The kind of an account that is a file.
pub const FILE_KIND: &str = "file";

/// Why a file was not loaded.
#[derive(Debug, Error)]
pub enum LoadError<E> {
    /// Whoever reads the file came upon something; the store has only what stood before it.
    #[error("{0}")]
    Read(E),
    /// The cache took no batch.
    #[error(transparent)]
    Store(StoreError),
    /// Another import into this account is under way.
    #[error("Another musterctl is loading this account. Wait until it is done.")]
    Elsewhere,
}

impl Account {
    /// Whether it is a file that was loaded: nothing can be asked, and nothing written.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.row().kind == FILE_KIND
    }

    /// Loads everything that comes, batch by batch, in place of what was there; `progress` hears how many so far.
    ///
    /// # Errors
    /// With the first error among the batches, when the cache cannot be written, or another process loads.
    pub async fn load<E: Send + 'static>(
        &self,
        batches: impl IntoIterator<Item = Result<Vec<Loaded>, E>> + Send + 'static,
        mut progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<SyncState, LoadError<E>> {
        let Some(lock) = self.try_lock().await.map_err(LoadError::Store)? else {
            return Err(LoadError::Elsewhere);
        };
        let (cache, now) = (self.stores().cache.clone(), self.clock().now());
        let loaded = blocking(move || {
            let _lock = lock;
            let above = cache.begin_load().map_err(LoadError::Store)?;
            let (mut census, mut total) = (Census::default(), 0);
            for batch in batches {
                let mut batch = batch.map_err(LoadError::Read)?;
                for Loaded { conversation, .. } in &mut batch {
                    conversation.stamp = conversation.stamp.saturating_add(above);
                    census.count(conversation);
                }
                total += batch.len() as u64;
                cache.load(batch, now).map_err(LoadError::Store)?;
                progress(total);
            }
            let directory = census.directory(total);
            cache.put_directory(&directory, &nobody(), "", now).map_err(LoadError::Store)?;
            let state = cache.end_load(total, now).map_err(LoadError::Store)?;
            Ok((state, directory))
        });
        let (state, directory) = loaded.await?;
        self.set_who(Who::of_file(directory));
        self.send(EngineEvent::StateChanged);
        self.send(EngineEvent::ConversationsChanged { ids: None });
        Ok(state)
    }
}
