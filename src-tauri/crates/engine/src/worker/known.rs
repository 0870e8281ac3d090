//! What is known of a conversation at the moment of a claim: the cached header, and what the help desk said of our own
//! effects since. A change that was applied a second ago is not in the header yet, and undo must give back what was
//! there, not what was there before that.

use muster_model::{Conversation, Handle, RemoteId, put_on};

use crate::Stores;

/// The server's last known state, as far as this machine knows it. A database that cannot be read must not keep work
/// back: then nothing is known.
pub(super) fn last_known(stores: &Stores, me: &Handle, id: &RemoteId) -> Option<Conversation> {
    let mut known = stores.cache.conversation(id).ok().flatten()?;
    let at = known.updated;
    for effect in stores.journal.applied_since(id, known.stamp).ok()? {
        put_on(&mut known, &effect, me, at);
    }
    Some(known)
}
