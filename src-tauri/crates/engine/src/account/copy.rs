//! A damaged copy of what the help desk has is made anew: nothing in it is precious. Journal, drafts and keys are never
//! touched, and an imported file, which nobody could fetch again, stays as it is.
//!
//! Damage is noted beside the file by whoever comes upon it, and mended by whoever opens the account next. A process that
//! has it open is told to do so. Not more often than the journal allows: a disk that fails is not written to for ever.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use muster_store::{AccountLock, Cache, DataKey, FetchedFiles, Journal, StoreError};

use super::{Account, OpenError};
use crate::blocking::blocking;
use crate::{EngineEvent, Stores};

/// How often is looked whether the copy can still be used: another process may have found the damage.
const LOOK: Duration = Duration::from_secs(1);

/// The files of an account.
pub(super) struct Opened {
    pub stores: Stores,
    pub fetched: Option<FetchedFiles>,
    /// The copy was damaged and is empty now.
    pub is_renewed: bool,
}

/// Opens them; a copy that is damaged is made anew.
pub(super) fn open(folder: &Path, key: &DataKey, is_file: bool, now: Timestamp) -> Result<Opened, OpenError> {
    // What opens one opens the other: where the journal opens, a copy that does not is no matter of the key.
    let knows_key = Journal::exists(folder);
    let (cache, journal, is_renewed) = match open_copy(folder, key) {
        Ok(cache) => (cache, Journal::open(folder, key)?, false),
        Err(err @ StoreError::WrongKey { .. }) if !knows_key => return Err(err.into()),
        Err(StoreError::DamagedCopy { detail }) => renew(folder, key, is_file, now, &detail)?,
        Err(StoreError::WrongKey { .. }) => {
            renew(folder, key, is_file, now, "its first page cannot be read")?
        }
        Err(err) => return Err(err.into()),
    };
    // Without them files are fetched anew each time, and everything else is as it was.
    let fetched = match FetchedFiles::open(folder, key) {
        Err(StoreError::DamagedCopy { .. } | StoreError::WrongKey { .. }) => FetchedFiles::anew(folder, key),
        opened => opened,
    };
    let fetched = fetched.inspect_err(|err| tracing::error!(error = %err, "files are not kept")).ok();
    Ok(Opened { stores: Stores { cache, journal }, fetched, is_renewed })
}

fn open_copy(folder: &Path, key: &DataKey) -> Result<Cache, StoreError> {
    match Cache::damage(folder) {
        Some(detail) => Err(StoreError::DamagedCopy { detail }),
        None => Cache::open(folder, key),
    }
}

fn renew(
    folder: &Path,
    key: &DataKey,
    is_file: bool,
    now: Timestamp,
    detail: &str,
) -> Result<(Cache, Journal, bool), OpenError> {
    // First, because a wrong key is found out here.
    let journal = Journal::open(folder, key)?;
    if is_file {
        return Err(OpenError::DamagedImport { detail: detail.to_owned() });
    }
    let Some(_lock) = AccountLock::try_take(folder)? else { return Err(OpenError::DamagedElsewhere) };
    // Another process may have been quicker.
    if let Ok(cache) = open_copy(folder, key) {
        return Ok((cache, journal, true));
    }
    if !journal.may_renew_copy(now)? {
        return Err(OpenError::DamagedAgain { detail: detail.to_owned() });
    }
    tracing::error!(folder = %folder.display(), detail, "the copy was damaged and is made anew");
    Cache::remove(folder)?;
    Ok((Cache::open(folder, key)?, journal, true))
}

impl Account {
    /// Whether the copy of what the help desk has was damaged when this was opened, and is being fetched again.
    #[must_use]
    pub fn is_renewed(&self) -> bool {
        self.inner.is_renewed
    }

    /// Whether the copy cannot be used any more: damage was found in it, or another process made it anew. Opening the
    /// account again helps.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.stores().cache.is_spent()
    }

    /// Waits until the copy cannot be used any more, and says so once: the account has to be opened anew.
    pub(super) async fn watch_copy(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let cache = self.stores().cache.clone();
            if blocking(move || cache.is_spent()).await {
                return self.send(EngineEvent::CopySpent);
            }
        }
    }
}
