//! What the agent sees is *cache ⊕ pending effects*: the overlay, derived from the journal, never written.
//!
//! An effect lies over the cache from the confirmation on, and after it was applied until the cache holds a state at or
//! after the receipt, so that nothing flickers back. A reply changes nothing before it was applied. Where the customer
//! wrote after the confirmation, the server's status is shown and the change waits. The store holds each job as a layer
//! and lays it over whatever is looked at; here is decided how long the layers of jobs that are over stay.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use muster_model::Handle;
use muster_store::{Overlay, StoreError};

use crate::Stores;

/// A sync that ended so long after an effect was applied has brought its result.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// An overlay, and what it was derived from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    journal: Option<i64>,
    synced: Option<Timestamp>,
    me: Option<Handle>,
    pub overlay: Arc<Overlay>,
}

/// What lies over the cache now. Starts from what is known: what did not move since is not read again.
pub(crate) fn derive(stores: &Stores, me: Option<Handle>, known: Known) -> Result<Known, StoreError> {
    // Read before deriving: a write in between makes this overlay stale, never a stale one fresh.
    let (journal, synced) = (Some(stores.journal.data_version()?), stores.cache.last_synced()?);
    if (known.journal, known.synced, &known.me) == (journal, synced, &me) {
        return Ok(known);
    }
    let overlay = Arc::new(stores.journal.overlay(me.as_ref(), still_in_doubt(synced), &known.overlay)?);
    Ok(Known { journal, synced, me, overlay })
}

/// What was applied from then on may be missing in a cache that was last synced at this time.
pub(crate) fn still_in_doubt(synced: Option<Timestamp>) -> Timestamp {
    synced.and_then(|at| at.checked_sub(MARGIN).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
