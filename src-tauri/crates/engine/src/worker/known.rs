//! What is known of conversations at the moment of a claim: the cached headers, and what the help desk said of our own
//! effects since. A change that was applied a second ago is not in the header yet, and undo must give back what was
//! there, not what was there before that.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::{Conversation, Effect, Handle, JobId, RemoteId, put_on};
use muster_store::{Known, StoreError, Wanted};

use crate::Stores;
use crate::overlay::still_in_doubt;

/// The server's last known state, as far as this machine knows it, for the claims of one job.
pub(super) struct LastKnown<'a> {
    stores: &'a Stores,
    me: &'a Handle,
    job: JobId,
    wanted: Wanted,
    /// Headers as they are cached: the guard looks at them next.
    cached: RefCell<Headers>,
}

/// What has to be known of conversations to which this is done.
pub(super) fn wanted<'a>(effects: impl IntoIterator<Item = &'a Effect>) -> Wanted {
    let mut effects = effects.into_iter().peekable();
    // Each item has effects of its own.
    let is_untold = effects.peek().is_none();
    let is_status = |effect| matches!(effect, &Effect::Status(_));
    if !is_untold && effects.all(is_status) { Wanted::Status } else { Wanted::Everything }
}

/// Cached headers by conversation.
pub(super) type Headers = HashMap<RemoteId, Conversation>;

impl<'a> LastKnown<'a> {
    pub(super) fn new(stores: &'a Stores, me: &'a Handle, job: JobId, wanted: Wanted) -> Self {
        Self { stores, me, job, wanted, cached: RefCell::default() }
    }

    /// What was read on the way.
    pub(super) fn into_headers(self) -> Headers {
        self.cached.into_inner()
    }
}

impl Known for LastKnown<'_> {
    /// A database that cannot be read must not keep work back: then nothing is known.
    fn of(&self, ids: &[&RemoteId]) -> Vec<Option<Conversation>> {
        self.read(ids).unwrap_or_else(|err| {
            tracing::warn!(error = %err, "what was there before cannot be read");
            vec![None; ids.len()]
        })
    }
}

impl LastKnown<'_> {
    fn read(&self, ids: &[&RemoteId]) -> Result<Vec<Option<Conversation>>, StoreError> {
        let Stores { cache, journal } = self.stores;
        let wanted: Vec<RemoteId> = ids.iter().map(|id| (*id).clone()).collect();
        let mut headers = cache.properties(&wanted, self.wanted)?;
        let since = still_in_doubt(cache.last_synced()?);
        let stamps: Vec<(&RemoteId, i64)> = headers.iter().map(|header| (&header.id, header.stamp)).collect();
        let applied = journal.applied_since(self.job, &stamps, since)?;
        self.cached.borrow_mut().extend(headers.iter().map(|header| (header.id.clone(), header.clone())));
        for header in headers.iter_mut().filter(|_| !applied.is_empty()) {
            let at: Timestamp = header.updated;
            for effect in applied.get(&header.id).into_iter().flatten() {
                put_on(header, effect, self.me, at);
            }
        }
        // They come in the order of asking; only what is not cached is missing.
        let mut headers = headers.into_iter().peekable();
        Ok(ids.iter().map(|id| headers.next_if(|header| header.id == **id)).collect())
    }
}
