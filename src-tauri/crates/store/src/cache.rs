//! `cache.db`: what the server said. Rebuildable; the sync cursor is committed in the same transaction as the rows that
//! it covers.
//!
//! Filters, orders and counts are answered from memory, by the facet index (`facets.rs`), and words by an index of
//! texts (`text.rs`).
//! What the agent sees is this with an [`crate::Overlay`] over it.

use std::{path::Path, sync::Arc};

use facets::{Eval, Keeper};
use packed::Learning;

use crate::{
    DataKey, Overlay, Result, damage,
    db::{Db, Kind},
};

mod ahead;
mod apply;
mod cold;
mod coverage;
mod directory;
mod facets;
mod header;
mod indexer;
mod intake;
mod kept;
mod list;
mod load;
mod messages;
mod packed;
mod page;
mod properties;
mod ready;
mod retention;
mod since;
mod state;
#[cfg(test)]
mod tests;
mod text;

pub use apply::{Applied, ChangedConversation};
pub use coverage::{Coverage, MANY_MISSING};
pub use list::{HeaderStanding, ListPage, ListRow};
pub use load::Loaded;
pub use messages::CachedThread;
pub use page::{PageKey, PageRequest};
pub use properties::Wanted;
pub use retention::{Retention, Spared, Stock};
pub use since::Deliveries;
pub use state::SyncState;

const KIND: Kind = Kind {
    file: "cache.db",
    migrations: &[(1, include_str!("migrations/cache/0001_first.sql"))],
    // Decided by a file's first page: what is removed later gives its room back piece by piece.
    beginning: "PRAGMA auto_vacuum = INCREMENTAL",
    // Pages are decrypted and encrypted again whenever they come and go: the writer keeps those that it needs again.
    is_copy: true,
    settings: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000",
    is_loaded: true,
};

/// The cache of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cache {
    pub(crate) db: Db,
    facets: Arc<Keeper>,
    learning: Learning,
}

impl Cache {
    /// Opens or creates `cache.db` in the account's folder.
    pub fn open(folder: &Path, key: &DataKey) -> Result<Self> {
        Ok(Self {
            db: Db::open(&KIND, folder, Some(key))?,
            facets: Arc::default(),
            learning: Learning::default(),
        })
    }

    /// What was found to be damaged in the file, if anything was: opening it anew will not help, making it anew will.
    #[must_use]
    pub fn damage(folder: &Path) -> Option<String> {
        damage::found(&folder.join(KIND.file))
    }

    /// Whether there is one in the account's folder.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        folder.join(KIND.file).exists()
    }

    /// Removes `cache.db`, so that opening it makes it anew. Only for whoever holds the account's lock and knows where to
    /// fetch what was in it.
    pub fn remove(folder: &Path) -> Result<()> {
        damage::remove(&folder.join(KIND.file))
    }

    /// Whether the file is not to be used any more: damage was found in it, by whichever process, or it was made anew.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.db.is_spent()
    }

    /// Bytes that this cache keeps in memory to answer filters.
    pub fn index_bytes(&self) -> Result<usize> {
        self.look(&Overlay::empty(), |eval| Ok(eval.facets.bytes()))
    }

    /// Runs `work` on one state of the cache, its facet index, and what lies over it.
    fn look<T>(&self, overlay: &Overlay, work: impl Fn(&Eval<'_>) -> Result<T>) -> Result<T> {
        self.facets.look(&self.db, overlay, work)
    }

    /// A number that changes whenever anybody, this process included, wrote.
    pub fn data_version(&self) -> Result<i64> {
        self.db.data_version()
    }
}
