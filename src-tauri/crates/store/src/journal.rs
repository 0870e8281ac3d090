//! `journal.db`: what we want and what became of it. Precious, never rebuilt.
//!
//! The order is always: write the intent, fsync, network, write the outcome. A confirmed job is one row and its packed
//! audience; its items and effects become rows when they are claimed, or one row together where many leave and fare alike
//! (`lots`). `synchronous=FULL` makes every return from here durable.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex},
};

use crate::{
    DataKey, Result,
    db::{Db, Kind},
};

mod attention;
mod audience;
mod claim;
mod control;
mod copies;
mod drafts;
mod files;
mod heartbeat;
mod item;
mod item_pages;
mod items;
mod jobs;
mod known;
mod listing;
mod lots;
mod marks;
mod order;
mod overlay_source;
mod recipients;
mod reconcile;
mod record;
mod replies;
mod rules;
mod saved;
mod settle;
mod statistics;
mod stories;
mod tally;
#[cfg(test)]
mod tests;
mod waiting;

pub use attention::{AttentionRow, OutboxRow};
pub(crate) use audience::Audience;
pub use claim::{ClaimedEffect, ClaimedItem, Known, Next};
pub use control::{Moved, Standing};
pub use drafts::{DraftBase, DraftKind, DraftRow, NewDraft};
pub use files::StoredFile;
pub use items::{EffectRow, ItemRow};
pub use jobs::{JobRow, NewJob, ReasonCount, SentOnly};
pub use listing::{JobFilter, JobsOpen};
pub use order::LOOKS;
pub use recipients::Recipients;
pub use reconcile::UnknownEffect;
pub use record::Recorded;
pub use replies::OpenReply;
pub use rules::SendingRules;
pub use saved::SavedPlan;
pub use statistics::ItemOutcome;
pub use stories::{Alike, ItemStory, Member};
pub use waiting::Waiting;

const KIND: Kind = Kind {
    file: "journal.db",
    migrations: &[(1, include_str!("migrations/journal/0001_first.sql"))],
    beginning: "",
    settings: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON",
    is_copy: false,
    is_loaded: false,
};

/// The journal of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    db: Db,
    /// Unpacked audiences by job row; they never change once confirmed.
    audiences: Arc<Mutex<HashMap<i64, Arc<Audience>>>>,
}

impl Journal {
    /// Opens or creates `journal.db` in the account's folder.
    pub fn open(folder: &Path, key: &DataKey) -> Result<Self> {
        Ok(Self { db: Db::open(&KIND, folder, Some(key))?, audiences: Arc::default() })
    }

    /// Whether there is one in the account's folder.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        folder.join(KIND.file).exists()
    }

    /// A number that changes whenever anybody, this process included, wrote.
    pub fn data_version(&self) -> Result<i64> {
        self.db.data_version()
    }
}
