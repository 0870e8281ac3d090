//! Writing a thread that was read from the help desk into the cache – for whatever reason it was read.

use jiff::Timestamp;
use muster_model::{Me, RemoteId, Thread};
use muster_store::StoreError;
use tokio::sync::broadcast;

use crate::notify::Rule;
use crate::{EngineEvent, Stores};

/// Writes a thread that was asked for as `asked` and says its effective id. Tells of it only where its header was news,
/// else whoever shows it would fetch it again.
pub(crate) fn keep(
    stores: &Stores,
    events: &broadcast::Sender<EngineEvent>,
    me: Option<Me>,
    asked: &RemoteId,
    thread: &Thread,
    now: Timestamp,
) -> Result<(), StoreError> {
    let header = &thread.conversation;
    let (mut changed, mut notice) = (Vec::new(), None);
    let was = stores.cache.conversation(&header.id)?;
    if was.as_ref().is_none_or(|was| was.stamp < header.stamp) {
        changed.push(header.id.clone());
        // The page of changes will find this header cached already, and say nothing.
        notice = Rule::read(stores, me, None)?.notice(was.as_ref(), header);
    }
    stores.cache.put_thread(thread, now)?;
    if *asked != header.id {
        stores.cache.drop_conversation(asked)?;
        changed.push(asked.clone());
    }
    // An error means that nobody listens; whoever comes later reads the databases.
    if !changed.is_empty() {
        let _ = events.send(EngineEvent::ConversationsChanged { ids: Some(changed) });
    }
    if let Some(notice) = notice {
        let _ = events.send(EngineEvent::Notice(notice));
    }
    Ok(())
}
