//! Working the journal once, for a terminal: until nothing is due soon, or until the help desk stays away.

use std::time::Duration;

use super::Account;
use crate::KeyError;
use crate::sync::{SyncError, catch_up, identify, read_state};
use crate::worker::{WorkError, work_due};

/// What is due within this time is waited for: a hold window, the second look at what is unknown.
const SOON: Duration = Duration::from_secs(150);
/// Tries to reach the help desk, with growing waits between them.
const TRIES: u32 = 5;

impl Account {
    /// Works the journal until nothing is due soon.
    ///
    /// # Errors
    /// When another process works the account, when the help desk stays away or refuses the key – what is left waits
    /// in the journal – and when a database fails.
    pub async fn work_until_idle(&self) -> Result<(), WorkError> {
        let Some(_lock) = self.try_lock().await? else { return Err(WorkError::Elsewhere) };
        self.link().connecting();
        self.recover().await?;
        let mut tries = 1;
        loop {
            match self.work_once().await {
                Err(WorkError::Offline(_)) if tries < TRIES => {
                    tries += 1;
                    self.link().due().await;
                }
                result => return result,
            }
        }
    }

    async fn work_once(&self) -> Result<(), WorkError> {
        let no_key = || WorkError::Key(KeyError::Missing.to_string());
        let desk = self.desk().ok_or_else(no_key)?;
        let me = match identify(self, &*desk).await {
            Ok(me) => me,
            Err(SyncError::Store(err)) => return Err(err.into()),
            Err(SyncError::Elsewhere) => return Err(WorkError::Elsewhere),
            Err(SyncError::Read(err)) => {
                self.link().report(&err);
                // The worker sends nothing now; it notes on the jobs why they wait.
                self.me().ok_or_else(|| WorkError::Offline(err.to_string()))?
            }
        };
        let ctx = self.work_context(desk, me);
        loop {
            let worked = work_due(&ctx, &self.inner.cancel).await?;
            let Some(due) = worked.next_due else { break };
            let wait = Duration::try_from(due.duration_since(self.clock().now())).unwrap_or_default();
            if wait > SOON {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        // So that what was done is what is listed next; an account that was never synced waits for its first sync.
        if !read_state(self).await?.backfilling
            && let Err(err) = catch_up(self, &*ctx.desk, |_| {}).await
        {
            tracing::warn!(account = %self.row().id, error = %err, "the cache was not brought up to date");
        }
        Ok(())
    }
}
