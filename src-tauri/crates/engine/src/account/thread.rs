//! Reading one thread because somebody wants to see it.

use muster_helpdesk::ReadError;
use muster_model::{RemoteId, Thread};
use muster_store::{CachedThread, StoreError};

use super::{Account, Role};
use crate::blocking::blocking;
use crate::keep::keep;
use crate::sync::patiently;

impl Account {
    /// Reads a thread from the help desk now. The answer says its effective id, where it was merged into another.
    ///
    /// # Errors
    /// When the help desk does not answer or does not know it; what is cached is still there.
    pub async fn fetch_thread(&self, id: &RemoteId) -> Result<CachedThread, ReadError> {
        let desk = self.desk().ok_or_else(|| self.no_key())?;
        let answer = {
            let _waiting = self.interactive();
            patiently(|| desk.thread(id)).await
        };
        let thread = match answer {
            Ok(thread) => thread,
            Err(err) => {
                if matches!(err, ReadError::Unreachable { .. } | ReadError::KeyRefused { .. }) {
                    self.link().report(&err);
                }
                return Err(err);
            }
        };
        let fetched = self.clock().now();
        // Only the holder of the lock writes the cache; what another process reads it reads for itself.
        if *self.inner.role.borrow() == Role::Holding
            && let Err(err) = self.keep_thread(id, &thread).await
        {
            tracing::error!(account = %self.row().id, conversation = %id, error = %err, "a thread was not cached");
        }
        Ok(CachedThread { thread, fetched, complete: true })
    }

    /// Writes a thread into the cache.
    pub(crate) async fn keep_thread(&self, asked: &RemoteId, thread: &Thread) -> Result<(), StoreError> {
        let (stores, events, me, now) =
            (self.stores().clone(), self.inner.events.clone(), self.me(), self.clock().now());
        let (asked, thread) = (asked.clone(), thread.clone());
        blocking(move || keep(&stores, &events, me, &asked, &thread, now)).await
    }
}
