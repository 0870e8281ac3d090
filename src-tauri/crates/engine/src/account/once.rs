//! Syncing once, for a terminal: by itself where nobody works the account, else by waiting for whoever does.

use std::time::Duration;

use muster_store::SyncState;

use super::Account;
use crate::blocking::blocking;
use crate::pace::Use;
use crate::prefetch::{self, Reach};
use crate::retention::keep_within;
use crate::sync::{self, SyncError, Synced, catch_up, identify, read_state};

/// How long the process that works the account may take: it asks for changes every half minute at the latest.
const PATIENCE: Duration = Duration::from_secs(90);
const GLANCE: Duration = Duration::from_millis(200);
/// Fewer reads a minute than this are kept for what somebody waits for.
const FEW_READS: u32 = 120;

impl Account {
    /// Syncs to the end, with the threads of active and followed conversations; `progress` hears of each page.
    ///
    /// A full sync reads everything anew, puts right what differs, and compares the counts.
    ///
    /// Where another process works the account, that one syncs, and this one waits for it.
    ///
    /// # Errors
    /// When the help desk does not answer or the cache cannot be written. What was committed stays.
    pub async fn sync_once(
        &self,
        full: bool,
        mut progress: impl FnMut(SyncState) + Send,
    ) -> Result<Synced, SyncError> {
        if self.is_file() {
            return Err(SyncError::File);
        }
        let Some(_lock) = self.try_lock().await? else {
            return if full { Err(SyncError::Elsewhere) } else { self.wait_for_holder(progress).await };
        };
        let desk = self.desk_for(Use::Sync).ok_or_else(|| self.no_key())?;
        identify(self, &*desk).await?;
        let synced = if full {
            sync::full(self, &*desk, &mut progress).await?
        } else {
            catch_up(self, &*desk, &mut progress).await?
        };
        keep_within(self).await?;
        // Where threads come a few a minute, nobody wants to wait for all of them: they come while Muster runs.
        if desk.capabilities().reads_per_minute.is_some_and(|reads| reads < FEW_READS) {
            return Ok(synced);
        }
        let ahead = self.desk_for(Use::Prefetch).ok_or_else(|| self.no_key())?;
        prefetch::fetch_all(self, &*ahead, Reach::Needed).await?;
        let cache = self.stores().cache.clone();
        blocking(move || cache.keep_index()).await?;
        Ok(synced)
    }

    async fn wait_for_holder(&self, mut progress: impl FnMut(SyncState) + Send) -> Result<Synced, SyncError> {
        let asked_at = self.clock().now();
        // Where this process is the holder.
        self.inner.sync_now.notify_one();
        let wait = async {
            let mut seen = None;
            loop {
                let state = read_state(self).await?;
                if !state.backfilling && state.last_synced.is_some_and(|at| at >= asked_at) {
                    return Ok(Synced { state, changed: 0 });
                }
                if seen.replace(state.sequence) != Some(state.sequence) {
                    progress(state);
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or(Err(SyncError::Elsewhere))
    }
}
