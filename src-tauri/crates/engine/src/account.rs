//! One help desk that the agent is signed in to: its databases, its connection, and the loops that work for it.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use muster_helpdesk::{ApiKey, Capabilities, HelpDesk, ReadError};
use muster_model::{Directory, Me, Moment};
use muster_store::{AccountRow, Cache, FetchedFiles, Overlay, StoreError};
use thiserror::Error;
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::blocking::blocking;
use crate::overlay::{Known, derive};
use crate::pace::{Pace, PacedDesk, Use};
use crate::{Clock, EngineEvent, FILE_KIND, KeyError, KeySource, Link, Stores, connect};

mod copy;
mod file;
mod once;
mod supervisor;
mod thread;
mod watcher;
mod work;

pub use file::MOST_BYTES;

/// Why an account could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Its keys cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Its databases cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was imported is damaged, and nobody can be asked for it.
    #[error(
        "What was imported into this account is damaged ({detail}), and there is no help desk to fetch it from. Import the \
         file again: musterctl import NAME FILE.jsonl"
    )]
    DamagedImport {
        /// What was found.
        detail: String,
    },
    /// Only who works the account makes its copy anew.
    #[error(
        "The copy on this computer is damaged, and another Muster works this account. It fetches everything again; try \
         again in a moment."
    )]
    DamagedElsewhere,
    /// It was made anew too often.
    #[error(
        "The copy on this computer is damaged again ({detail}), after it was fetched anew three times within a day. The disk \
         may be failing: check it. Jobs and drafts are in another file and were not touched; tomorrow Muster fetches the \
         copy once more."
    )]
    DamagedAgain {
        /// What was found.
        detail: String,
    },
    /// Its address cannot be used, or this version does not know its kind.
    #[error(transparent)]
    Address(ReadError),
}

/// One help desk that the agent is signed in to. Cheap to clone.
#[derive(Clone)]
pub struct Account {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    row: AccountRow,
    folder: PathBuf,
    stores: Stores,
    /// Files of messages that were opened; none where they cannot be kept.
    fetched: Option<FetchedFiles>,
    is_renewed: bool,
    clock: Arc<dyn Clock>,
    link: Arc<Link>,
    pace: Arc<Pace>,
    events: broadcast::Sender<EngineEvent>,
    /// None while there is no key for it.
    desk: watch::Sender<Option<Arc<dyn HelpDesk>>>,
    who: RwLock<Who>,
    role: watch::Sender<Role>,
    /// Ask for changes now.
    pub(crate) sync_now: Notify,
    /// There may be threads to fetch ahead.
    pub(crate) fetch_ahead: Notify,
    /// How much of the messages is kept was set anew.
    pub(crate) limits_changed: Notify,
    /// Something was written into the journal.
    pub(crate) wake: Arc<Notify>,
    /// Requests that somebody waits for; what nobody waits for stands back.
    pub(crate) interactive: watch::Sender<usize>,
    overlay: Mutex<Known>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

/// Whose key it is, whom the help desk knows and what it can do, as far as it ever said.
#[derive(Clone, Default)]
pub(crate) struct Who {
    me: Option<Me>,
    directory: Arc<Directory>,
    able: Option<Capabilities>,
}

/// What this process does for the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It reads the databases.
    Reading,
    /// It waits for the lock and watches what the holder writes.
    Watching,
    /// It holds the lock and works.
    Holding,
}

impl Account {
    /// Opens an account's databases with its keys. Nothing runs yet, and nobody asks the network.
    ///
    /// Without an API key the account opens all the same, so that what is on this machine can be read.
    ///
    /// # Errors
    /// When a key cannot be read, a database cannot be opened, or the address cannot be used.
    pub async fn open(
        row: AccountRow,
        folder: PathBuf,
        keys: Arc<dyn KeySource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let data_key = keys.data_key(row.id, &folder).await?;
        let is_file = row.kind == FILE_KIND;
        let desk = match keys.api_key(row.id).await {
            // Nobody answers behind a file.
            _ if is_file => None,
            Ok(key) => {
                Some(connect(&row.kind, &row.url, row.user.as_deref(), key).map_err(OpenError::Address)?)
            }
            Err(KeyError::Missing) => None,
            Err(err) => return Err(err.into()),
        };
        let place = folder.clone();
        let told = Arc::clone(&clock);
        let (opened, known, pace) = blocking(move || {
            let now = told.now();
            let mut opened = copy::open(&place, &data_key, is_file, now)?;
            let known = match Who::read(&opened.stores.cache, is_file) {
                // Opening reads little of a file; this is the first that may come upon the damage.
                Err(StoreError::DamagedCopy { .. }) => {
                    opened = copy::open(&place, &data_key, is_file, now)?;
                    Who::read(&opened.stores.cache, is_file)
                }
                known => known,
            }?;
            let pace = Pace::load(told, opened.stores.journal.clone())?;
            Ok::<_, OpenError>((opened, known, Arc::new(pace)))
        })
        .await?;
        let copy::Opened { stores, fetched, is_renewed } = opened;
        let events = broadcast::channel(1024).0;
        let link = Arc::new(Link::new(Arc::clone(&clock), events.clone()));
        let inner = Inner {
            row,
            folder,
            stores,
            fetched,
            is_renewed,
            clock,
            link,
            pace,
            events,
            desk: watch::Sender::new(desk),
            who: RwLock::new(known.unwrap_or_default()),
            role: watch::Sender::new(Role::Reading),
            sync_now: Notify::new(),
            fetch_ahead: Notify::new(),
            limits_changed: Notify::new(),
            wake: Arc::default(),
            interactive: watch::Sender::new(0),
            overlay: Mutex::default(),
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Its entry in the list of accounts.
    #[must_use]
    pub fn row(&self) -> &AccountRow {
        &self.inner.row
    }

    /// Its two databases.
    #[must_use]
    pub fn stores(&self) -> &Stores {
        &self.inner.stores
    }

    /// Its connection.
    #[must_use]
    pub fn link(&self) -> &Arc<Link> {
        &self.inner.link
    }

    /// What changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<EngineEvent> {
        self.inner.events.subscribe()
    }

    /// The help desk, for calls that somebody waits for; none while there is no key for it.
    #[must_use]
    pub fn desk(&self) -> Option<Arc<dyn HelpDesk>> {
        self.desk_for(Use::Interactive)
    }

    /// The help desk for calls of one kind: they wait for their turn.
    fn desk_for(&self, of: Use) -> Option<Arc<dyn HelpDesk>> {
        self.inner.desk.borrow().clone().map(|desk| self.paced(desk, of))
    }

    fn paced(&self, desk: Arc<dyn HelpDesk>, of: Use) -> Arc<dyn HelpDesk> {
        PacedDesk::waiting(desk, Arc::clone(&self.inner.pace), of)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// What a filter needs to know of this moment.
    #[must_use]
    pub fn moment(&self) -> Moment {
        let clock = self.clock();
        Moment { now: clock.now(), zone: clock.zone(), me: self.me().map(|me| me.handle) }
    }

    /// Whose key it is, once the help desk ever said.
    #[must_use]
    pub fn me(&self) -> Option<Me> {
        self.who().me
    }

    /// Agents, teams and tags, as the help desk last said.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.who().directory
    }

    /// What the help desk can do, as it last said; none while it never did. Its connection knows it only once it was
    /// asked in this process.
    #[must_use]
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.who().able
    }

    /// Uses another key from now on. Whoever stores keys has stored it already.
    ///
    /// # Errors
    /// When the account's address cannot be used.
    pub fn replace_key(&self, key: ApiKey) -> Result<(), ReadError> {
        let row = self.row();
        let desk = connect(&row.kind, &row.url, row.user.as_deref(), key)?;
        self.inner.desk.send_replace(Some(desk));
        Ok(())
    }

    /// Something was written into the journal: look at it now rather than at the next glance.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// How much of the messages is kept was set anew: look now whether something is too much.
    pub fn limits_changed(&self) {
        self.inner.limits_changed.notify_one();
    }

    /// What lies over the cache on this machine. Only what moved in the journal since the last look is read.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub async fn overlay(&self) -> Result<Arc<Overlay>, StoreError> {
        let mut known = self.inner.overlay.lock().await;
        let (stores, me, before) = (self.stores().clone(), self.me().map(|me| me.handle), known.clone());
        *known = blocking(move || derive(&stores, me, before)).await?;
        Ok(Arc::clone(&known.overlay))
    }

    pub(crate) fn send(&self, event: EngineEvent) {
        // An error means that nobody listens; whoever comes later reads the databases.
        let _ = self.inner.events.send(event);
    }

    /// Marks a request that somebody waits for, until it is dropped.
    pub(crate) fn interactive(&self) -> Interactive<'_> {
        self.inner.interactive.send_modify(|running| *running += 1);
        Interactive(&self.inner.interactive)
    }

    fn who(&self) -> Who {
        self.inner.who.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_who(&self, who: Who) {
        *self.inner.who.write().unwrap_or_else(PoisonError::into_inner) = who;
    }

    /// The error of everything that needs the help desk while there is no key for it.
    fn no_key(&self) -> ReadError {
        ReadError::KeyRefused { host: self.row().url.clone() }
    }
}

impl Who {
    pub(crate) fn new(directory: Directory, me: Me, able: Option<Capabilities>) -> Self {
        Self { me: Some(me), directory: Arc::new(directory), able }
    }

    /// Nobody's key opens a file.
    pub(crate) fn of_file(directory: Directory) -> Self {
        Self { me: None, directory: Arc::new(directory), able: None }
    }

    /// As it was kept. What another version wrote about the server's abilities is asked again.
    pub(crate) fn read(cache: &Cache, is_file: bool) -> Result<Option<Self>, StoreError> {
        let able = cache.able()?.and_then(|json| serde_json::from_str(&json).ok());
        let known = cache.directory()?;
        Ok(known.map(
            |(directory, me)| {
                if is_file { Self::of_file(directory) } else { Self::new(directory, me, able) }
            },
        ))
    }
}

/// A request that somebody waits for.
pub(crate) struct Interactive<'a>(&'a watch::Sender<usize>);

impl Drop for Interactive<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running = running.saturating_sub(1));
    }
}
