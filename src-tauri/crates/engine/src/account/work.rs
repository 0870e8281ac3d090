//! Working the journal once, for a terminal: until nothing is due soon, or until the help desk stays away.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use muster_helpdesk::HelpDesk;
use muster_model::Me;
use muster_store::StoreError;

use super::Account;
use crate::KeyError;
use crate::blocking::blocking;
use crate::live::poll_every;
use crate::pace::Use;
use crate::sync::{SyncError, catch_up, identify, introduce, patiently, read_state};
use crate::worker::{WorkError, work_due};

/// What is due within this time is waited for: a hold window, the second look at what is unknown.
const SOON: Duration = Duration::from_secs(150);
/// Tries to reach the help desk in which nothing moves, with growing waits between them.
const TRIES: u32 = 5;
/// How often a worker that waits looks whether another process wrote into the journal.
const GLANCE: Duration = Duration::from_millis(200);
/// How often changes are asked for beside the work, so that the guard knows who wrote meanwhile.
const NEWS: Duration = Duration::from_secs(2);

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
        let (mut tries, mut before) = (1, self.figures().await?);
        loop {
            let result = self.work_once().await;
            if !matches!(result, Err(WorkError::Offline(_))) {
                return result;
            }
            let now = self.figures().await?;
            tries = match tries {
                // A help desk that works and stumbles is not one that is gone.
                _ if now != before => 1,
                TRIES => return result,
                tries => tries + 1,
            };
            before = now;
            self.link().due().await;
        }
    }

    /// Items that wait, and effects whose fate is unknown.
    async fn figures(&self) -> Result<(u64, usize), StoreError> {
        let journal = self.stores().journal.clone();
        blocking(move || Ok((journal.waiting()?.items, journal.unknown_effects()?.len()))).await
    }

    /// Syncs for as long as the work goes on beside it. A cache that was never filled waits for its first sync.
    async fn keep_current(&self, desk: &dyn HelpDesk) -> Infallible {
        loop {
            let synced = async {
                if !read_state(self).await?.backfilling {
                    catch_up(self, desk, |_| {}).await?;
                }
                Ok::<_, SyncError>(())
            };
            if let Err(err) = synced.await {
                tracing::info!(account = %self.row().id, error = %err, "no news while working");
            }
            tokio::time::sleep(poll_every(desk.capabilities().reads_per_minute, NEWS)).await;
        }
    }

    async fn work_once(&self) -> Result<(), WorkError> {
        let no_key = || WorkError::Key(KeyError::Missing.to_string());
        let desk = self.inner.desk.borrow().clone().ok_or_else(no_key)?;
        let syncing = self.paced(Arc::clone(&desk), Use::Sync);
        let news = self.keep_current(&*syncing);
        tokio::pin!(news);
        // What changed is asked for beside whose key it is: nothing leaves before both are known.
        let identified = tokio::select! {
            biased;
            identified = self.whose_key(&*syncing) => identified,
            never = &mut news => match never {},
        };
        let (me, is_introduced) = match identified {
            Ok(identified) => identified,
            Err(SyncError::Store(err)) => return Err(err.into()),
            Err(SyncError::Elsewhere | SyncError::File) => return Err(WorkError::Elsewhere),
            Err(SyncError::Read(err)) => {
                self.link().report(&err);
                // The worker sends nothing now; it notes on the jobs why they wait.
                (self.me().ok_or_else(|| WorkError::Offline(err.to_string()))?, true)
            }
        };
        let introduction = async {
            if !is_introduced && let Err(err) = introduce(self, &*syncing, me.clone()).await {
                tracing::info!(account = %self.row().id, error = %err, "whom the help desk knows was not read anew");
            }
        };
        let beside = async { tokio::join!(introduction, news).1 };
        tokio::pin!(beside);
        let ctx = self.work_context(desk, me.clone());
        loop {
            let seen = self.journal_version().await?;
            let worked = tokio::select! {
                biased;
                worked = work_due(&ctx, &self.inner.cancel) => worked?,
                never = &mut beside => match never {},
            };
            let wait = worked.next_due.map(|due| due.duration_since(self.clock().now()));
            match wait.map(|wait| Duration::try_from(wait).unwrap_or_default()) {
                Some(wait) if wait <= SOON => {
                    self.wait_or_see(wait, seen).await?;
                    continue;
                }
                _ => {}
            }
            let seen = self.journal_version().await?;
            // So that what was done is what is listed next; an account that was never synced waits for its first sync.
            if !read_state(self).await?.backfilling
                && let Err(err) = catch_up(self, &*syncing, |_| {}).await
            {
                tracing::warn!(account = %self.row().id, error = %err, "the cache was not brought up to date");
            }
            // What another process asked for meanwhile would wait for nobody: it saw that somebody works.
            if self.journal_version().await? == seen {
                return Ok(());
            }
        }
    }

    /// Whose key it is, and whether it was also asked whom the help desk knows: where that is known of before, and of the
    /// same person, nothing waits for it.
    async fn whose_key(&self, desk: &dyn HelpDesk) -> Result<(Me, bool), SyncError> {
        let Some(known) = self.me() else { return Ok((identify(self, desk).await?, true)) };
        let me = patiently(|| desk.me()).await?;
        self.link().reachable();
        let is_same = me.handle == known.handle;
        if !is_same {
            introduce(self, desk, me.clone()).await?;
        }
        Ok((me, !is_same))
    }

    /// Waits, but no longer than until another process confirms, cancels or resumes something.
    async fn wait_or_see(&self, wait: Duration, seen: i64) -> Result<(), StoreError> {
        let over = tokio::time::Instant::now() + wait;
        while self.journal_version().await? == seen {
            let left = over.duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                break;
            }
            tokio::time::sleep(left.min(GLANCE)).await;
        }
        Ok(())
    }

    async fn journal_version(&self) -> Result<i64, StoreError> {
        let journal = self.stores().journal.clone();
        blocking(move || journal.data_version()).await
    }
}
