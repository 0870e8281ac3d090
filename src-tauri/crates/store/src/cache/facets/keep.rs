//! Keeps the index of one cache, and brings it to the state of whatever transaction asks.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard,
    atomic::{AtomicBool, Ordering},
};

use rusqlite::Connection;

use super::{Eval, Facets, Patch};
use crate::{
    Overlay, Result,
    cache::{kept, state},
    db::Db,
};

/// Overlays whose patches are kept: a window and a plan look with different ones.
const KEPT: usize = 3;

/// The index of one cache, shared by its clones.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    facets: RwLock<Option<Facets>>,
    /// Somebody has loaded it once. Asked without waiting for whoever loads it now.
    is_loaded: AtomicBool,
    patches: Mutex<Vec<Kept>>,
}

/// What lay over one state of the cache.
#[derive(Debug)]
struct Kept {
    overlay: Overlay,
    sequence: i64,
    patch: Arc<Patch>,
}

impl Keeper {
    /// Whether somebody has loaded it.
    pub(crate) fn is_loaded(&self) -> bool {
        self.is_loaded.load(Ordering::Acquire)
    }

    /// Runs `work` on one state of the database and the index of just that state.
    pub(crate) fn look<T>(
        &self,
        db: &Db,
        overlay: &Overlay,
        work: impl Fn(&Eval<'_>) -> Result<T>,
    ) -> Result<T> {
        loop {
            let done = db.read(|tx| {
                let sequence = state::sequence(tx)?;
                let guard = self.facets.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(facets) = guard.as_ref().filter(|facets| facets.sequence >= sequence) {
                    return self.run(tx, facets, sequence, overlay, &work);
                }
                drop(guard);
                let mut guard = self.facets.write().unwrap_or_else(PoisonError::into_inner);
                bring(&mut guard, tx, sequence)?;
                self.is_loaded.store(true, Ordering::Release);
                let guard = RwLockWriteGuard::downgrade(guard);
                guard.as_ref().map_or(Ok(None), |facets| self.run(tx, facets, sequence, overlay, &work))
            })?;
            // Another thread was ahead with a later state: that state is there to be read.
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }

    fn run<T>(
        &self,
        conn: &Connection,
        facets: &Facets,
        sequence: i64,
        overlay: &Overlay,
        work: impl Fn(&Eval<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        if facets.sequence != sequence {
            return Ok(None);
        }
        let patch = self.patch(facets, overlay);
        work(&Eval { conn, facets, patch: patch.as_deref() }).map(Some)
    }

    /// What the overlay changes in this state; none if nothing lies over it.
    fn patch(&self, facets: &Facets, overlay: &Overlay) -> Option<Arc<Patch>> {
        if overlay.is_nothing() {
            return None;
        }
        let mut kept = self.patches.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|kept| kept.overlay.is_same(overlay));
        let before = place.map(|place| kept.remove(place));
        let patch = match before {
            Some(before) if before.sequence == facets.sequence => before.patch,
            before => {
                // Another overlay of the same journal mostly has the same jobs: whom they are about is known.
                let known = before.or_else(|| kept.pop());
                let patch = Arc::new(Patch::of(facets, overlay, known.as_ref().map(|known| &*known.patch)));
                kept.extend(known.filter(|known| !known.overlay.is_same(overlay)));
                patch
            }
        };
        kept.truncate(KEPT - 1);
        kept.insert(
            0,
            Kept { overlay: overlay.clone(), sequence: facets.sequence, patch: Arc::clone(&patch) },
        );
        Some(patch)
    }
}

/// Brings the index to the state of a transaction, if it is behind it.
fn bring(facets: &mut Option<Facets>, conn: &Connection, sequence: i64) -> Result<()> {
    // Taken out meanwhile: an index that could not be brought to any state is none.
    let kept = match facets.take() {
        Some(known) if known.sequence >= sequence => Some(known),
        Some(mut known) => known.catch_up(conn, sequence)?.then_some(known),
        None => None,
    };
    *facets = match kept {
        Some(kept) => Some(kept),
        None => match kept::read(conn, sequence)? {
            Some(kept) => Some(kept),
            None => Some(Facets::load(conn, sequence)?),
        },
    };
    Ok(())
}
