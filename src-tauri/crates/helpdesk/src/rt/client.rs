//! Request Tracker, signed in: one connection, and what was learned on it.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use muster_model::{Directory, EffectOutcome, Me, RemoteId, Thread};

use super::state::State;
use super::{login, map};
use crate::address::Address;
use crate::transport::{Auth, Dialect, Patience, Transport};
use crate::{
    ApiKey, Batch, ByteStream, Capabilities, Cursor, EventStream, Found, HelpDesk, ItemOutcome, NotSent,
    Note, Page, Rate, ReadError, Reply,
};

pub(super) const DIALECT: Dialect =
    Dialect { kind: "Request Tracker", auth: Auth::Scheme("token"), refusal: map::refusal };

/// Requests of ours that RT works on at a time: it has a handful of workers, five unless somebody said otherwise, and
/// colleagues in their browsers need some of them.
const AT_ONCE: usize = 3;

/// How long RT may go on with a request that we gave up on: the longest that a bulk call of ours was seen to take, many
/// times over.
pub(super) const SETTLE: Duration = Duration::from_secs(120);

/// A Request Tracker, signed in.
#[derive(Debug)]
pub struct RequestTracker {
    pub(super) transport: Transport,
    /// Whose key it is, where the key itself does not say.
    pub(super) login: Option<String>,
    pub(super) settle: Duration,
    state: RwLock<State>,
}

impl RequestTracker {
    /// Prepares the connection; nothing is asked yet. `login`: whose key it is; RT's own tokens say that themselves.
    ///
    /// # Errors
    /// The address cannot be used, or the key is none.
    pub fn new(url: &str, login: Option<&str>, key: &ApiKey) -> Result<Self, ReadError> {
        Self::with(url, login, key, Patience::default())
    }

    pub(super) fn with(
        url: &str,
        login: Option<&str>,
        key: &ApiKey,
        patience: Patience,
    ) -> Result<Self, ReadError> {
        let login = login.map(str::trim).filter(|login| !login.is_empty()).map(str::to_owned);
        // RT's own tokens say whose they are, whatever was said when the account was made.
        let login = login::number_in(key).or(login);
        let transport = Transport::new(base(url)?, DIALECT, Some(key), patience)?.with_at_once(AT_ONCE);
        Ok(Self { transport, login, settle: SETTLE, state: RwLock::default() })
    }

    /// The same with another settle time. **For tests**: shortening it makes "not there" count as "never arrived" earlier
    /// than a slow server deserves.
    #[must_use]
    pub fn with_settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn write<T>(&self, note: impl FnOnce(&mut State) -> T) -> T {
        note(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The address of RT itself, also where that of its interface was pasted.
pub(super) fn base(url: &str) -> Result<Address, ReadError> {
    let url = url.trim().trim_end_matches('/');
    Address::parse(url.strip_suffix("/REST/2.0").unwrap_or(url))
}

#[async_trait]
impl HelpDesk for RequestTracker {
    fn capabilities(&self) -> Capabilities {
        self.read(|state| {
            // Before anybody asked, everything may be there.
            let is_known = state.queues.is_some();
            let tags = !is_known || state.tags_field.is_some();
            map::capabilities(tags, !is_known || state.reference_field.is_some(), self.settle)
        })
    }

    async fn me(&self) -> Result<Me, ReadError> {
        self.ask_me().await
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        self.ask_directory().await
    }

    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        self.next_page(since).await
    }

    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        self.read_thread(id).await
    }

    async fn attachment(&self, id: &RemoteId, most: u64) -> Result<ByteStream, ReadError> {
        self.file(id, most).await
    }

    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        self.change(batch).await
    }

    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        self.send(replies).await
    }

    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        self.find(sent).await
    }

    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        self.comment(note).await
    }

    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        self.find_comments(sent).await
    }

    async fn follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent> {
        self.set_follow(id, on).await
    }

    fn rate(&self) -> Option<Rate> {
        self.transport.rate()
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        Ok(None)
    }
}
