//! Fetching threads ahead, so that they open at once and offline: those that the policy wants.
//!
//! It stands back behind everything that somebody waits for: while offline, during the first walk, while a thread is
//! being opened, and after each thread for a moment.

use std::collections::HashSet;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use muster_helpdesk::{HelpDesk, ReadError};
use muster_model::{Match, RemoteId};
use muster_store::StoreError;

use crate::blocking::blocking;
use crate::sync::{SyncError, patiently};
use crate::{Account, EngineEvent};

mod policy;

pub(crate) use policy::Reach;

/// Threads per look into the cache.
const BATCH: usize = 16;
/// Threads that are asked for at a time: most of the time of one is waiting for the help desk.
const AT_A_TIME: usize = 4;
/// Between two threads, so that what is wanted now finds a free line.
const PAUSE: Duration = Duration::from_millis(10);
/// How often the cache is looked at without being told: a worker's receipt moves headers, too.
const LOOK: Duration = Duration::from_secs(20);

/// Fetches threads for ever.
pub(crate) async fn run(account: &Account, desk: &dyn HelpDesk) {
    loop {
        account.link().online().await;
        let fetched = async {
            fetch_all(account, desk, Reach::Needed).await?;
            fetch_all(account, desk, Reach::Lately).await
        };
        match fetched.await {
            Ok(_) => {
                tokio::select! {
                    () = account.inner.fetch_ahead.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            // Too many threads, not too many questions in all: the account stays online.
            Err(SyncError::Read(ReadError::SlowDown { retry_after })) => {
                tokio::time::sleep(retry_after.unwrap_or(LOOK).max(LOOK)).await;
            }
            Err(SyncError::Read(err)) => {
                account.link().report(&err);
                tokio::time::sleep(PAUSE).await;
            }
            Err(err) => {
                tracing::error!(account = %account.row().id, error = %err, "threads cannot be fetched ahead");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// Fetches every thread that is missing or older than its header; says how many. A thread that cannot be had is left
/// for the next time, so that it does not keep the others waiting.
pub(crate) async fn fetch_all(
    account: &Account,
    desk: &dyn HelpDesk,
    reach: Reach,
) -> Result<u64, SyncError> {
    let (mut asked, mut left_out) = (HashSet::new(), HashSet::new());
    let mut fetched = 0;
    loop {
        let wanted = wanted(account, reach, BATCH + left_out.len()).await?;
        // What was asked for and is wanted again could not be had, or moved on meanwhile.
        let before = left_out.len();
        left_out.extend(wanted.iter().filter(|id| asked.contains(*id)).cloned());
        let fresh: Vec<_> = wanted.into_iter().filter(|id| !left_out.contains(id)).collect();
        if fresh.is_empty() && left_out.len() == before {
            return Ok(fetched);
        }
        asked.extend(fresh.iter().cloned());
        let mut fetching = stream::iter(fresh)
            .map(|id| async move {
                stand_back(account).await;
                let is_fetched = fetch(account, desk, &id).await;
                tokio::time::sleep(PAUSE).await;
                is_fetched
            })
            .buffer_unordered(AT_A_TIME);
        while let Some(is_fetched) = fetching.try_next().await? {
            fetched += u64::from(is_fetched);
        }
    }
}

async fn wanted(account: &Account, reach: Reach, limit: usize) -> Result<Vec<RemoteId>, StoreError> {
    let stores = account.stores().clone();
    let wanted = wanted_now(account, reach);
    blocking(move || {
        if stores.cache.sync_state()?.backfilling {
            return Ok(Vec::new());
        }
        let followed: Vec<RemoteId> =
            stores.journal.follows()?.into_iter().filter_map(|(id, on)| on.then_some(id)).collect();
        stores.cache.without_messages(&wanted, &followed, limit)
    })
    .await
}

/// What the policy wants fetched ahead at this moment.
pub(crate) fn wanted_now(account: &Account, reach: Reach) -> Match {
    policy::wanted(reach, account.me().map(|me| me.handle).as_ref(), account.clock().now())
}

/// Waits while somebody waits for the help desk.
pub(crate) async fn stand_back(account: &Account) {
    // Fails only when the account is gone, and it is borrowed.
    let _ = account.inner.interactive.subscribe().wait_for(|running| *running == 0).await;
}

async fn fetch(account: &Account, desk: &dyn HelpDesk, id: &RemoteId) -> Result<bool, SyncError> {
    match patiently(|| desk.thread(id)).await {
        Ok(thread) => {
            account.keep_thread(id, &thread).await?;
            account.send(EngineEvent::ThreadChanged(thread.conversation.id));
            Ok(true)
        }
        Err(ReadError::NotFound { .. } | ReadError::NotPermitted { .. }) => Ok(false),
        // The help desk answers everything else: this one thread is what it cannot say.
        Err(ReadError::Malformed { .. } | ReadError::ServerFault { .. }) => {
            tracing::warn!(account = %account.row().id, conversation = %id, "a thread cannot be read");
            Ok(false)
        }
        Err(err) => Err(err.into()),
    }
}
