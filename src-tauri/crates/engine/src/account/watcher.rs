//! What a process without `account.lock` sees: that the holder wrote something, so that its own windows redraw.

use std::collections::BTreeSet;

use muster_model::{JobId, JobState};
use muster_store::{JobFilter, StoreError};

use super::{Account, Who};
use crate::blocking::blocking;
use crate::{EngineEvent, Stores};

/// What was there at the last glance.
#[derive(Default)]
pub(super) struct Watcher {
    seen: Option<Seen>,
}

#[derive(Clone, PartialEq)]
struct Seen {
    /// Commits of anybody, in the journal and in the cache.
    versions: (i64, i64),
    /// Raised by every write that changes what the cache holds; a sync that brings nothing commits all the same.
    sequence: i64,
    /// Jobs that were not over, which may have moved on.
    jobs: BTreeSet<JobId>,
}

/// What is different now.
struct News {
    now: Seen,
    known: Option<Who>,
}

impl Watcher {
    /// Looks at both databases and tells of what changed since the last glance.
    pub(super) async fn glance(&mut self, account: &Account) {
        let (stores, seen, is_file) = (account.stores().clone(), self.seen.clone(), account.is_file());
        match blocking(move || look(&stores, seen.as_ref(), is_file)).await {
            Ok(Some(news)) => self.tell(account, news),
            Ok(None) => {}
            Err(err) => {
                tracing::warn!(account = %account.row().id, error = %err, "the databases cannot be watched");
            }
        }
    }

    fn tell(&mut self, account: &Account, news: News) {
        if let Some(who) = news.known {
            account.set_who(who);
        }
        // The first glance is where the windows start from.
        if let Some(before) = &self.seen {
            account.send(EngineEvent::StateChanged);
            let in_journal = before.versions.0 != news.now.versions.0;
            if in_journal || before.sequence != news.now.sequence {
                account.send(EngineEvent::ConversationsChanged { ids: None });
            }
            if in_journal {
                for job in before.jobs.union(&news.now.jobs) {
                    account.send(EngineEvent::JobChanged(*job));
                }
            }
        }
        self.seen = Some(news.now);
    }
}

/// What is there now, if it is different.
fn look(stores: &Stores, before: Option<&Seen>, is_file: bool) -> Result<Option<News>, StoreError> {
    let versions = (stores.journal.data_version()?, stores.cache.data_version()?);
    if before.is_some_and(|before| before.versions == versions) {
        return Ok(None);
    }
    let sequence = stores.cache.sync_state()?.sequence;
    let under_way = vec![JobState::Scheduled, JobState::Holding, JobState::Running, JobState::Paused];
    let jobs = stores.journal.jobs(&JobFilter { states: under_way, ..JobFilter::default() })?;
    let jobs = jobs.into_iter().map(|job| job.id).collect();
    let now = Seen { versions, sequence, jobs };
    Ok(Some(News { now, known: Who::read(&stores.cache, is_file)? }))
}
