//! Who works the account, and the loops of the one who does.
//!
//! One task per account owns everything. Only the holder of `account.lock` syncs, writes `cache.db` and sends; every
//! other process watches what the holder writes and takes over when the lock is free.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use muster_helpdesk::HelpDesk;
use muster_model::Me;
use muster_store::{AccountLock, StoreError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::watcher::Watcher;
use super::{Account, Role};
use crate::blocking::blocking;
use crate::pace::{PacedDesk, Use};
use crate::worker::{self, Bystander, WorkContext};
use crate::{EngineEvent, KeyError, live, prefetch, retention};

/// How often a watching process looks at the databases.
const GLANCE: Duration = Duration::from_millis(200);
/// Glances between two tries to take the lock.
const GLANCES: usize = 5;

impl Account {
    /// Starts the loops: at once, or when the process that works the account now lets go of it.
    pub fn start(&self) {
        let started = self.inner.role.send_if_modified(|role| {
            let reading = *role == Role::Reading;
            if reading {
                *role = Role::Watching;
            }
            reading
        });
        if started {
            let account = self.clone();
            self.inner.tasks.spawn(async move { account.supervise().await });
            let account = self.clone();
            self.inner.tasks.spawn(async move { account.warm().await });
            let account = self.clone();
            self.inner.tasks.spawn(async move {
                let _ = account.inner.cancel.run_until_cancelled(account.watch_copy()).await;
            });
        }
    }

    /// Stops everything, lets a request that is under way finish, and frees the lock.
    pub async fn stop(&self) {
        self.inner.cancel.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Loads what answers filters and counts. Lists that were shown before it was there get their counts then.
    async fn warm(&self) {
        let cache = self.stores().cache.clone();
        match blocking(move || cache.warm()).await {
            Ok(true) => self.send(EngineEvent::ConversationsChanged { ids: None }),
            Ok(false) => {}
            Err(err) => {
                tracing::error!(account = %self.row().id, error = %err, "the index cannot be loaded");
            }
        }
    }

    async fn supervise(&self) {
        let cancel = &self.inner.cancel;
        if self.is_file() {
            let _ = cancel.run_until_cancelled(self.watch_file()).await;
            return;
        }
        let Some(lock) = cancel.run_until_cancelled(self.wait_for_lock()).await else { return };
        self.inner.role.send_replace(Role::Holding);
        if cancel.run_until_cancelled(self.recover_patiently()).await.is_some() {
            tokio::join!(self.hold(), cancel.run_until_cancelled(retention::run(self)));
        }
        drop(lock);
        self.inner.role.send_replace(Role::Watching);
    }

    /// Nothing is worked in a file: only another process that loads it anew is watched for.
    async fn watch_file(&self) -> Infallible {
        self.inner.link.file();
        let mut watcher = Watcher::default();
        loop {
            watcher.glance(self).await;
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Watches until the lock is ours.
    async fn wait_for_lock(&self) -> AccountLock {
        let mut watcher = Watcher::default();
        loop {
            match self.try_lock().await {
                Ok(Some(lock)) => return lock,
                Ok(None) => self.inner.link.elsewhere(),
                Err(err) => {
                    tracing::error!(account = %self.row().id, error = %err, "account.lock cannot be taken");
                }
            }
            for _ in 0..GLANCES {
                watcher.glance(self).await;
                tokio::time::sleep(GLANCE).await;
            }
        }
    }

    pub(crate) async fn try_lock(&self) -> Result<Option<AccountLock>, StoreError> {
        let folder = self.inner.folder.clone();
        blocking(move || AccountLock::try_take(&folder)).await
    }

    /// What was on its way when the last holder stopped may or may not have arrived. Runs before anything is sent.
    pub(super) async fn recover(&self) -> Result<(), StoreError> {
        let (journal, now) = (self.stores().journal.clone(), self.clock().now());
        let unknown = blocking(move || journal.recover(now)).await?;
        if unknown > 0 {
            tracing::warn!(account = %self.row().id, unknown, "effects were on their way when Muster stopped");
            self.send(EngineEvent::ConversationsChanged { ids: None });
        }
        Ok(())
    }

    async fn recover_patiently(&self) {
        while let Err(err) = self.recover().await {
            tracing::error!(account = %self.row().id, error = %err, "the journal cannot be recovered");
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }

    /// Works the account with one key after the other.
    async fn hold(&self) {
        let cancel = &self.inner.cancel;
        let mut desks = self.inner.desk.subscribe();
        while !cancel.is_cancelled() {
            let desk = desks.borrow_and_update().clone();
            let key = cancel.child_token();
            let until_the_key_changes = async {
                // An error would mean that the account is gone, and it is `self`.
                let _ = key.run_until_cancelled(desks.changed()).await;
                key.cancel();
            };
            match desk {
                Some(desk) => {
                    self.inner.link.connecting();
                    tokio::join!(until_the_key_changes, self.work_with(desk, &key));
                }
                None => {
                    self.inner.link.key_refused(KeyError::Missing.to_string());
                    tokio::select! {
                        () = until_the_key_changes => {}
                        never = self.stand_by() => match never {},
                    }
                }
            }
        }
    }

    /// Every loop of an account with one key. The worker sees the token itself, because a send is never broken off.
    async fn work_with(&self, desk: Arc<dyn HelpDesk>, key: &CancellationToken) {
        let identified = watch::Sender::new(None);
        let (syncing, ahead) =
            (self.paced(Arc::clone(&desk), Use::Sync), self.paced(Arc::clone(&desk), Use::Prefetch));
        tokio::join!(
            key.run_until_cancelled(live::run(self, &*syncing, &identified)),
            key.run_until_cancelled(prefetch::run(self, &*ahead)),
            self.send_with(Arc::clone(&desk), key, &identified),
        );
    }

    /// The journal's worker, once the help desk said whose key it is: a job is never sent in another's name.
    async fn send_with(
        &self,
        desk: Arc<dyn HelpDesk>,
        key: &CancellationToken,
        who: &watch::Sender<Option<Me>>,
    ) {
        let mut who = who.subscribe();
        let me = tokio::select! {
            me = key.run_until_cancelled(who.wait_for(Option::is_some)) => match me {
                Some(Ok(me)) => me.clone(),
                _ => None,
            },
            never = self.stand_by() => match never {},
        };
        if let Some(me) = me {
            worker::run(self.work_context(desk, me), Arc::clone(&self.inner.wake), key.clone()).await;
        }
    }

    /// Notes on jobs why they wait. Before anybody knew whose key it is nothing could be confirmed.
    async fn stand_by(&self) -> Infallible {
        let Some(me) = self.me() else { return std::future::pending().await };
        let bystander = Bystander {
            stores: self.stores(),
            link: self.link(),
            clock: &**self.clock(),
            events: &self.inner.events,
            me: &me.handle,
        };
        bystander.stand_by(&self.inner.wake).await
    }

    pub(super) fn work_context(&self, desk: Arc<dyn HelpDesk>, me: Me) -> WorkContext {
        WorkContext {
            stores: self.stores().clone(),
            desk: PacedDesk::told(desk, Arc::clone(&self.inner.pace)),
            pace: Arc::clone(&self.inner.pace),
            me,
            clock: Arc::clone(self.clock()),
            link: Arc::clone(self.link()),
            events: self.inner.events.clone(),
            #[cfg(test)]
            deaths: Arc::default(),
        }
    }
}
