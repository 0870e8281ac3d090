//! Pulling what changed into the cache, page by page.
//!
//! Each page is committed together with the cursor that follows it, so a kill at any moment costs one page at most, and
//! the list is usable from the first page. The first walk goes from new to old; afterwards only what changed comes.

use std::collections::HashMap;
use std::time::Duration;

use muster_helpdesk::{Cursor, Delta, HelpDesk, Page, ReadError};
use muster_model::{Conversation, Me, RemoteId};
use muster_store::{StoreError, SyncState};
use thiserror::Error;

use crate::account::Who;
use crate::blocking::blocking;
use crate::link::jitter;
use crate::notify::Rule;
use crate::{Account, EngineEvent, Notice, Stores};

/// More changed conversations than this in one page: the windows read again what they show.
const NAMED_CHANGES: usize = 200;

/// Why a sync stopped. What was committed stays, and the next one goes on from there.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The help desk did not answer, or not usefully.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The cache took no page.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process works this account.
    #[error(
        "Another Muster is working this account and did not finish in time. Try again, or close it first."
    )]
    Elsewhere,
    /// There is nothing to sync with.
    #[error("This account is a file that was imported. To load it anew, use musterctl import.")]
    File,
}

/// Asks whose key it is and whom the help desk knows, and remembers it.
pub(crate) async fn identify(account: &Account, desk: &dyn HelpDesk) -> Result<Me, SyncError> {
    let me = patiently(|| desk.me()).await?;
    introduce(account, desk, me.clone()).await?;
    Ok(me)
}

/// Asks whom the help desk knows, and remembers that and whose key it is.
pub(crate) async fn introduce(account: &Account, desk: &dyn HelpDesk, me: Me) -> Result<(), SyncError> {
    let directory = patiently(|| desk.directory()).await?;
    let (cache, now) = (account.stores().cache.clone(), account.clock().now());
    let (kept_directory, kept_me, able) = (directory.clone(), me.clone(), desk.capabilities());
    let kept_able = serde_json::to_string(&able).unwrap_or_default();
    blocking(move || cache.put_directory(&kept_directory, &kept_me, &kept_able, now)).await?;
    account.set_who(Who::new(directory, me, Some(able)));
    account.link().reachable();
    account.send(EngineEvent::StateChanged);
    Ok(())
}

/// How a sync ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// How far the cache is. After a full sync its total is what the help desk counted at the end.
    pub state: SyncState,
    /// Conversations that were not here as the help desk has them, those that it has no more included.
    pub changed: u64,
}

impl Synced {
    /// As many are here as the help desk counts, where it does.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state.total.is_none_or(|total| total == self.state.cached)
    }
}

/// Pulls pages until nothing more is waiting; `progress` hears of each.
pub(crate) async fn catch_up(
    account: &Account,
    desk: &dyn HelpDesk,
    mut progress: impl FnMut(SyncState),
) -> Result<Synced, SyncError> {
    let mut state = read_state(account).await?;
    let mut changed = 0;
    loop {
        let cursor = state.cursor.clone().map(Cursor);
        let page = match patiently(|| desk.changes(cursor.as_ref())).await {
            Ok(page) => page,
            Err(ReadError::NotFound { .. }) if cursor.is_some() => {
                tracing::warn!(account = %account.row().id, "the help desk was set up anew: syncing from the beginning");
                state = begin_anew(account).await?;
                continue;
            }
            Err(err) => return Err(err.into()),
        };
        account.link().reachable();
        let more = page.more;
        if let Some(news) = commit(account, page, &state).await? {
            changed += news.changed.len() as u64;
            tell(account, news);
        }
        state = read_state(account).await?;
        progress(state.clone());
        if !more {
            break;
        }
    }
    let (cache, now) = (account.stores().cache.clone(), account.clock().now());
    blocking(move || cache.note_synced(now)).await?;
    account.link().caught_up();
    // Also where it brought nothing: how fresh everything is shows.
    account.send(EngineEvent::StateChanged);
    state.last_synced = Some(now);
    Ok(Synced { state, changed })
}

/// Reads everything anew and compares the counts at the end. What came and went during the walk is in the changes after
/// it; where the counts differ even so, everything is read once more.
pub(crate) async fn full(
    account: &Account,
    desk: &dyn HelpDesk,
    mut progress: impl FnMut(SyncState),
) -> Result<Synced, SyncError> {
    let first = walk(account, desk, &mut progress).await?;
    if first.is_whole() {
        return Ok(first);
    }
    let Synced { state: SyncState { cached, total, .. }, .. } = &first;
    tracing::warn!(account = %account.row().id, cached, total, "the help desk counts otherwise: reading everything again");
    let second = walk(account, desk, &mut progress).await?;
    Ok(Synced { changed: first.changed + second.changed, ..second })
}

async fn walk(
    account: &Account,
    desk: &dyn HelpDesk,
    mut progress: impl FnMut(SyncState),
) -> Result<Synced, SyncError> {
    begin_anew(account).await?;
    let walked = catch_up(account, desk, &mut progress).await?;
    let counted = patiently(|| desk.directory()).await?.conversations;
    // What changed since, up to the count.
    let Synced { mut state, changed } = catch_up(account, desk, &mut progress).await?;
    state.total = counted.or(walked.state.total);
    Ok(Synced { state, changed: walked.changed + changed })
}

/// Forgets the place in the changes. What is cached stays readable until the walk was through.
pub(crate) async fn begin_anew(account: &Account) -> Result<SyncState, StoreError> {
    let cache = account.stores().cache.clone();
    blocking(move || cache.clear_for_full_sync()).await?;
    read_state(account).await
}

pub(crate) async fn read_state(account: &Account) -> Result<SyncState, StoreError> {
    let cache = account.stores().cache.clone();
    blocking(move || cache.sync_state()).await
}

/// What a page brought.
struct News {
    changed: Vec<RemoteId>,
    notices: Vec<Notice>,
    /// The counts of the first walk moved on.
    progress: bool,
}

/// Writes a page and its cursor in one transaction. A page that says nothing new is not written.
async fn commit(account: &Account, page: Page, before: &SyncState) -> Result<Option<News>, StoreError> {
    let still = before.cursor.as_deref() == Some(page.next.0.as_str());
    if still && page.deltas.is_empty() && before.backfilling == page.backfilling {
        return Ok(None);
    }
    // What the first walk brings is history, up to and including its last page.
    let history = before.cursor.is_none() || before.backfilling;
    let (stores, now, me) = (account.stores().clone(), account.clock().now(), account.me());
    let since = account.row().created;
    blocking(move || {
        let (mut upserts, mut sketches, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for delta in page.deltas {
            match delta {
                Delta::Upsert(conversation) => upserts.push(*conversation),
                Delta::Sketch(conversation) => sketches.push(*conversation),
                Delta::Gone(id) => gone.push(id),
            }
        }
        upserts.extend(completed(&stores, sketches)?);
        let applied =
            stores.cache.apply_page(&upserts, &gone, &page.next.0, page.backfilling, page.total, now)?;
        let rule = if history { None } else { Some(Rule::read(&stores, me, Some(since))?) };
        let mut news = News { changed: applied.gone, notices: Vec::new(), progress: history };
        for change in applied.changed {
            news.notices.extend(rule.as_ref().and_then(|rule| rule.notice(change.was.as_ref(), &change.now)));
            news.changed.push(change.id);
        }
        Ok(Some(news))
    })
    .await
}

/// Sketches with what the cache knows of their conversations.
fn completed(stores: &Stores, sketches: Vec<Conversation>) -> Result<Vec<Conversation>, StoreError> {
    if sketches.is_empty() {
        return Ok(sketches);
    }
    let ids: Vec<RemoteId> = sketches.iter().map(|sketch| sketch.id.clone()).collect();
    let known = stores.cache.conversations(&ids)?;
    let known: HashMap<&RemoteId, &Conversation> = known.iter().map(|known| (&known.id, known)).collect();
    let complete = |sketch: Conversation| {
        let was = known.get(&sketch.id).copied();
        muster_helpdesk::complete(sketch, was)
    };
    Ok(sketches.into_iter().map(complete).collect())
}

fn tell(account: &Account, news: News) {
    if news.progress {
        account.send(EngineEvent::StateChanged);
    }
    if !news.changed.is_empty() {
        account.inner.fetch_ahead.notify_one();
        let ids = (news.changed.len() <= NAMED_CHANGES).then_some(news.changed);
        account.send(EngineEvent::ConversationsChanged { ids });
    }
    for notice in news.notices {
        account.send(EngineEvent::Notice(notice));
    }
}

/// Asks again a few times where that can help, so that one hiccup does not put the account offline.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, ReadError>>>(
    mut ask: impl FnMut() -> F,
) -> Result<T, ReadError> {
    let mut failures = 0;
    loop {
        let err = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(err) => err,
        };
        failures += 1;
        let Some(wait) = wait_before_asking_again(&err, failures) else { return Err(err) };
        tracing::debug!(error = %err, failures, "asking again");
        tokio::time::sleep(wait.mul_f64(0.5 + jitter() / 2.0)).await;
    }
}

/// How long to wait before the same read is tried again; none where somebody else decides.
fn wait_before_asking_again(err: &ReadError, failures: u32) -> Option<Duration> {
    let (tries, first) = match err {
        ReadError::SlowDown { retry_after: Some(wait) } => {
            return (failures <= 5 && *wait <= Duration::from_secs(5)).then_some(*wait * 2);
        }
        ReadError::SlowDown { retry_after: None } => (5, 500),
        ReadError::ServerFault { .. } => (4, 200),
        // An answer that was cut off, mostly.
        ReadError::Malformed { .. } => (4, 100),
        ReadError::Unreachable { .. } => (2, 100),
        _ => return None,
    };
    (failures <= tries).then(|| Duration::from_millis(first << (failures - 1)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(ReadError::ServerFault { status: 500 }, 1, Some(200))]
    #[case(ReadError::ServerFault { status: 500 }, 4, Some(1600))]
    #[case(ReadError::ServerFault { status: 500 }, 5, None)]
    #[case(ReadError::SlowDown { retry_after: Some(Duration::from_secs(2)) }, 1, Some(4000))]
    #[case(ReadError::SlowDown { retry_after: Some(Duration::from_secs(3600)) }, 1, None)]
    #[case(ReadError::KeyRefused { host: "desk".into() }, 1, None)]
    #[case(ReadError::BadAddress("no".into()), 1, None)]
    fn asks_again(#[case] err: ReadError, #[case] failures: u32, #[case] millis: Option<u64>) {
        assert_eq!(wait_before_asking_again(&err, failures), millis.map(Duration::from_millis));
    }
}
