//! `cache.db`: what the server said. Rebuildable; the sync cursor is committed in the same transaction as the rows that
//! it covers.
//!
//! Filters and counts are answered by covering indexes over a narrow table and by FTS5 (`sql.rs`, `list.rs`); the facet
//! index takes their place behind the same functions. What the agent sees is this with an [`crate::Overlay`] over it.

use std::path::Path;

use crate::{
    DataKey, Result,
    db::{Db, Kind},
};

mod apply;
mod directory;
mod fts;
mod header;
mod list;
mod merge;
mod messages;
mod page;
mod since;
mod sql;
mod state;
#[cfg(test)]
mod tests;

pub use apply::{Applied, ChangedConversation};
pub use list::{ListPage, ListRow};
pub use messages::CachedThread;
pub use page::{PageKey, PageRequest};
pub use since::Deliveries;
pub use state::SyncState;

const KIND: Kind = Kind {
    file: "cache.db",
    migrations: &[(1, include_str!("migrations/cache/0001_first.sql"))],
    settings: "PRAGMA synchronous = NORMAL",
};

/// The cache of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cache {
    pub(crate) db: Db,
}

impl Cache {
    /// Opens or creates `cache.db` in the account's folder.
    pub fn open(folder: &Path, key: &DataKey) -> Result<Self> {
        Ok(Self { db: Db::open(&KIND, folder, Some(key))? })
    }

    /// A number that changes whenever anybody, this process included, wrote.
    pub fn data_version(&self) -> Result<i64> {
        self.db.data_version()
    }
}
