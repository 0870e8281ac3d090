//! What the agent sees is *cache ⊕ pending effects*: the overlay, derived from the journal, never written.
//!
//! An effect lies over the cache from the confirmation on, and after it was applied until the cache holds a state at or
//! after the receipt, so that nothing flickers back. A reply changes nothing before it was applied. Where the customer
//! wrote after the confirmation, the server's status is shown and the change waits.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use muster_model::{Conversation, Effect, Handle, Me, RemoteId};
use muster_store::{Overlay, OverlayItem, OverlayJob, OverlayRow, StoreError};

use crate::Stores;
use crate::effect::{put_on, puts_away};

/// Why a change waits.
const CUSTOMER_WROTE: &str = "your change waits – the customer wrote";
/// Why something of ours is held.
const HELD: &str = "held – somebody wrote after you planned it";
/// A sync that ended so long after an effect was applied has brought its result.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Everything that lies over the cache now.
pub(crate) fn derive(stores: &Stores, me: Option<&Me>) -> Result<Overlay, StoreError> {
    let last_synced = stores.cache.sync_state()?.last_synced;
    let since = last_synced.and_then(|at| at.checked_sub(MARGIN).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    let source = stores.journal.overlay_source(since)?;
    let handle = me.map(|me| me.handle.clone());
    let mut ids: HashSet<&RemoteId> = source.held.iter().collect();
    ids.extend(source.jobs.iter().flat_map(|job| &job.items).map(|item| &item.id));
    let ids: Vec<RemoteId> = ids.into_iter().cloned().collect();
    // Before anybody knows whose key it is, no follow of mine can be shown.
    let me = handle.clone().unwrap_or_else(|| Handle::from(""));
    let mut layers: HashMap<RemoteId, Layers> = stores
        .cache
        .conversations(&ids)?
        .into_iter()
        .map(|base| (base.id.clone(), Layers::over(base)))
        .collect();
    for job in &source.jobs {
        for item in &job.items {
            if let Some(layers) = layers.get_mut(&item.id) {
                layers.lay(job, item, &me);
            }
        }
    }
    for id in &source.held {
        if let Some(layers) = layers.get_mut(id) {
            layers.waiting_reason.get_or_insert_with(|| HELD.to_owned());
        }
    }
    let rows = layers.into_iter().filter_map(|(id, layers)| Some((id, layers.row()?))).collect();
    let (reads, follows) = (stores.journal.read_marks()?, stores.journal.follows()?);
    Ok(Overlay::new(handle, rows, reads, follows, source.unknown, source.held))
}

/// One conversation and what lies over it.
struct Layers {
    base: Conversation,
    shown: Conversation,
    pending: Vec<String>,
    waiting_reason: Option<String>,
    /// Something that the help desk has and the cache has not.
    ahead: bool,
}

impl Layers {
    fn over(base: Conversation) -> Self {
        Self { shown: base.clone(), base, pending: Vec::new(), waiting_reason: None, ahead: false }
    }

    /// Lays one job's part over what earlier jobs left.
    fn lay(&mut self, job: &OverlayJob, item: &OverlayItem, me: &Handle) {
        for (effect, stamp) in &item.applied {
            // Without a stamp nobody can tell when the cache has caught up, so what the cache says counts.
            if stamp.is_some_and(|stamp| stamp > self.base.stamp) {
                put_on(&mut self.shown, effect, me, job.created);
                self.ahead = true;
            }
        }
        let last_inbound = self.base.last_inbound.map(Timestamp::as_millisecond);
        let customer_wrote = last_inbound > item.last_inbound;
        for effect in &item.remaining {
            self.pending.push(effect.word().to_owned());
            if customer_wrote && (puts_away(effect) || *effect == Effect::Reply) {
                self.waiting_reason.get_or_insert_with(|| CUSTOMER_WROTE.to_owned());
            } else if *effect != Effect::Reply {
                put_on(&mut self.shown, effect, me, job.created);
            }
        }
    }

    /// What the store keeps of it; nothing where nothing is different.
    fn row(self) -> Option<OverlayRow> {
        let says_something = self.ahead || !self.pending.is_empty() || self.waiting_reason.is_some();
        says_something.then(|| OverlayRow::new(&self.base, self.shown, self.pending, self.waiting_reason))
    }
}

#[cfg(test)]
mod tests;
