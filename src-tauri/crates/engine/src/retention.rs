//! Keeping the cache within its limits: the messages of old conversations go, oldest first, until it fits.
//!
//! What the agent may be about to need stays whatever the limits: what is fetched ahead (active, followed, moved lately),
//! what calls the agent in a note, what has an effect that is not settled, and what is being written to. So nothing is
//! removed that would come back by itself, and a limit that is too small for all of this is not met; the settings say so
//! by showing both numbers.

use std::convert::Infallible;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_model::{Handle, Match, RemoteId};
use muster_store::{Overlay, Retention, Spared, StoreError};

use crate::blocking::blocking;
use crate::prefetch::{Reach, stand_back, wanted_now};
use crate::{Account, EngineEvent, Stores};

/// How often is looked without being told.
const LOOK: Duration = Duration::from_secs(600);
/// Conversations per transaction: whoever else writes waits no longer than for these.
const BATCH: usize = 200;
/// Between two transactions.
const PAUSE: Duration = Duration::from_millis(20);

/// Keeps to the limits, and the index in order, for ever.
pub(crate) async fn run(account: &Account) -> Infallible {
    loop {
        let kept = match keep_within(account).await {
            Ok(removed) => put_in_order(account).await.map(|()| removed),
            Err(err) => Err(err),
        };
        match kept {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(account = %account.row().id, removed, "messages were removed to keep to the limits");
                account.send(EngineEvent::StateChanged);
            }
            Err(err) => {
                tracing::error!(account = %account.row().id, error = %err, "the cache was not kept within its limits");
            }
        }
        tokio::select! {
            () = account.inner.limits_changed.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Does what is done when nobody waits: the text index and what is packed are put together, free room is given back, and
/// the next start finds the facet index made.
async fn put_in_order(account: &Account) -> Result<(), StoreError> {
    loop {
        stand_back(account).await;
        let cache = account.stores().cache.clone();
        let has_more = blocking(move || {
            let is_busy = cache.sync_state()?.backfilling;
            Ok::<_, StoreError>(!is_busy && (cache.pack_again()? || cache.tidy()?))
        });
        if !has_more.await? {
            let cache = account.stores().cache.clone();
            return blocking(move || cache.keep_index()).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Removes what the limits want removed, and says of how many conversations.
pub(crate) async fn keep_within(account: &Account) -> Result<u64, StoreError> {
    account.keep_files_within().await?;
    let stores = account.stores().clone();
    let (retention, busy) = blocking(move || {
        Ok::<_, StoreError>((stores.journal.retention()?, stores.cache.sync_state()?.backfilling))
    })
    .await?;
    if busy {
        return Ok(0);
    }
    let mut removed = 0;
    loop {
        stand_back(account).await;
        let (stores, now) = (account.stores().clone(), account.clock().now());
        let (ahead, overlay) = (wanted_now(account, Reach::Lately), account.overlay().await?);
        let me = account.me().map(|me| me.handle);
        let step =
            blocking(move || remove_some(&stores, retention, (ahead, me.as_ref()), &overlay, now)).await?;
        removed += step.removed;
        if !step.has_more {
            return Ok(removed);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One transaction's work.
struct Step {
    removed: u64,
    /// There may be more to do.
    has_more: bool,
}

fn remove_some(
    stores: &Stores,
    retention: Retention,
    (ahead, me): (Match, Option<&Handle>),
    overlay: &Overlay,
    now: Timestamp,
) -> Result<Step, StoreError> {
    let Stores { cache, journal } = stores;
    let me = me.map(|me| me.as_str().to_lowercase()).into_iter().collect();
    let filter = Match::Or(vec![ahead, Match::Mentions(me), Match::Pending, Match::Unknown, Match::Held]);
    let mut named: Vec<RemoteId> = journal.drafts()?.into_iter().map(|draft| draft.id).collect();
    named.extend(journal.follows()?.into_iter().filter_map(|(id, on)| on.then_some(id)));
    let spared = Spared { filter: &filter, named: &named };
    let before = retention
        .days
        .and_then(|days| now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).ok());
    if let Some(before) = before {
        let removed = cache.remove_threads(spared, overlay, Some(before), BATCH)?;
        if removed > 0 {
            return Ok(Step { removed, has_more: true });
        }
    }
    let most = retention.bytes().unwrap_or(u64::MAX);
    if most == u64::MAX || cache.bytes_in_use()? <= most {
        return Ok(Step { removed: 0, has_more: false });
    }
    // What was removed needs its room until it is put together: no more goes than must.
    if cache.pack_again()? || cache.tidy()? {
        return Ok(Step { removed: 0, has_more: true });
    }
    let removed = cache.remove_threads(spared, overlay, None, BATCH)?;
    Ok(Step { removed, has_more: removed > 0 })
}
