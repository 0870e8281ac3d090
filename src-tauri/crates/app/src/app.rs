//! The app: accounts that are open, plans that are looked at, and the stream of events for front ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use muster_engine::{Account, Clock, EngineEvent, Notice, OpenError};
use muster_model::{AccountId, PlanId, RemoteId};
use muster_store::{AccountRow, Registry};
use tokio::sync::{Mutex, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::plans::OpenPlan;
use crate::wire::AppEvent;
use crate::{ErrorCode, KeyStore, UiError};

/// Starts the embedded help desk; the shell and the terminal know how, the app does not link it.
#[async_trait]
pub trait DemoDesk: Send + Sync {
    /// Starts it on its own folder, on the port that it had before where there is one. Answers with its address and
    /// an agent's key.
    async fn start(&self, folder: PathBuf, port: Option<u16>) -> Result<(String, String), String>;
}

/// A message for the notification of one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Whose.
    pub account: AccountId,
    /// What it says and what it opens.
    pub notice: Notice,
}

/// Everything that a front end can ask. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) data_dir: PathBuf,
    pub(crate) registry: Registry,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) clock: Arc<dyn Clock>,
    demo: Option<Arc<dyn DemoDesk>>,
    /// Accounts that could be opened. Held across `open`, so that two commands never open one twice.
    accounts: Mutex<HashMap<AccountId, Account>>,
    pub(crate) plans: Mutex<HashMap<PlanId, OpenPlan>>,
    events: broadcast::Sender<AppEvent>,
    notices: broadcast::Sender<Notification>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

/// How often, and how long apart, an account is opened that another process is mending.
const RETRIES: u32 = 60;
const RETRY: Duration = Duration::from_secs(1);
/// The setting that names the account of the embedded help desk.
const DEMO_ACCOUNT: &str = "demo.account";

impl App {
    /// Opens the data folder. Accounts are opened when they are first asked for.
    ///
    /// # Errors
    /// When `muster.db` cannot be opened.
    pub fn new(
        data_dir: PathBuf,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        demo: Option<Arc<dyn DemoDesk>>,
    ) -> Result<Self, UiError> {
        let registry = Registry::open(&data_dir)?;
        let inner = Inner {
            data_dir,
            registry,
            keys,
            clock,
            demo,
            accounts: Mutex::default(),
            plans: Mutex::default(),
            events: broadcast::channel(1024).0,
            notices: broadcast::channel(64).0,
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What changes from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.events.subscribe()
    }

    /// What the agent is to be told from now on.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notification> {
        self.inner.notices.subscribe()
    }

    /// Shows a conversation in every window.
    pub fn navigate(&self, account: AccountId, id: &RemoteId) {
        self.emit(AppEvent::Navigate { account: account.to_string(), id: id.to_string() });
    }

    /// Opens and starts every account, and the embedded help desk first where one of them lives on it. Accounts that
    /// cannot be opened say why in their state.
    pub async fn start(&self) {
        if let Err(err) = self.restart_demo_desk().await {
            tracing::warn!(error = %err, "the embedded help desk did not start again");
        }
        for row in self.inner.registry.accounts().unwrap_or_default() {
            // Not lost: the account's state says why, and asking for it tries again.
            if let Err(err) = self.account(row.id).await {
                tracing::warn!(account = %row.id, code = ?err.code, "an account could not be opened");
            }
        }
    }

    /// Stops everything and frees the locks.
    pub async fn stop(&self) {
        self.inner.cancel.cancel();
        let accounts: Vec<Account> =
            self.inner.accounts.lock().await.drain().map(|(_, account)| account).collect();
        join_all(accounts.iter().map(Account::stop)).await;
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    pub(crate) fn emit(&self, event: AppEvent) {
        // No window listens: nothing to redraw.
        let _ = self.inner.events.send(event);
    }

    pub(crate) fn account_row(&self, id: AccountId) -> Result<AccountRow, UiError> {
        self.inner.registry.accounts()?.into_iter().find(|row| row.id == id).ok_or_else(|| {
            UiError::new(ErrorCode::NotFound, "This account is not on this computer any more.")
        })
    }

    pub(crate) fn folder(&self, id: AccountId) -> PathBuf {
        self.inner.data_dir.join(id.to_string())
    }

    /// An account by the id that travels on the wire.
    pub(crate) async fn account_of(&self, id: &str) -> Result<Account, UiError> {
        let id = id.parse::<AccountId>().map_err(|_| {
            UiError::new(ErrorCode::BadInput, format!("\"{id}\" is not the id of an account."))
        })?;
        self.account(id).await
    }

    /// The open account, opening and starting it if need be.
    pub(crate) async fn account(&self, id: AccountId) -> Result<Account, UiError> {
        let mut accounts = self.inner.accounts.lock().await;
        if let Some(account) = accounts.get(&id) {
            return Ok(account.clone());
        }
        let account = self.open(id).await?;
        account.start();
        self.forward_events(&account);
        accounts.insert(id, account.clone());
        Ok(account)
    }

    /// Opens an account without starting its loops: for the terminal, which works it step by step.
    ///
    /// # Errors
    /// When there is no such account, its keys cannot be read or its databases cannot be opened.
    pub async fn open(&self, id: AccountId) -> Result<Account, UiError> {
        Ok(self.try_open(id).await??)
    }

    /// The same, for whoever has to know why it cannot be opened.
    pub(crate) async fn try_open(&self, id: AccountId) -> Result<Result<Account, OpenError>, UiError> {
        let row = self.account_row(id)?;
        let keys: Arc<dyn muster_engine::KeySource> = Arc::new(Borrowed(Arc::clone(&self.inner.keys)));
        Ok(Account::open(row, self.folder(id), keys, Arc::clone(&self.inner.clock)).await)
    }

    /// Turns what the engine says into what a window redraws.
    fn forward_events(&self, account: &Account) {
        let (app, account, cancel) = (self.clone(), account.clone(), self.inner.cancel.clone());
        self.inner.tasks.spawn(async move {
            let mut events = account.events();
            let name = account.row().id.to_string();
            loop {
                let event = tokio::select! {
                    () = cancel.cancelled() => return,
                    event = events.recv() => event,
                };
                match event {
                    Ok(event) => app.forward(&account, &name, event).await,
                    // Too slow to hear everything: have the window ask for everything.
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        app.emit(AppEvent::StateChanged { account: name.clone() });
                        app.emit(AppEvent::ConversationsChanged { account: name.clone(), ids: None });
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }

    async fn forward(&self, account: &Account, name: &str, event: EngineEvent) {
        let account_id = name.to_owned();
        match event {
            EngineEvent::StateChanged => self.emit(AppEvent::StateChanged { account: account_id }),
            EngineEvent::ConversationsChanged { ids } => self.emit(AppEvent::ConversationsChanged {
                account: account_id,
                ids: ids.map(|ids| ids.iter().map(ToString::to_string).collect()),
            }),
            EngineEvent::ThreadChanged(id) => {
                self.emit(AppEvent::ThreadChanged { account: account_id, id: id.to_string() });
            }
            EngineEvent::JobChanged(job) => {
                if let Ok(job) = self.job_view(account, job).await {
                    self.emit(AppEvent::JobChanged { account: account_id, job: Box::new(job) });
                }
            }
            EngineEvent::CopySpent => self.open_anew(account.row().id),
            EngineEvent::Notice(notice) => {
                // Nobody shows notifications (the terminal): the message is in the list all the same.
                let _ = self.inner.notices.send(Notification { account: account.row().id, notice });
            }
        }
    }

    /// Opens an account anew whose copy of the help desk cannot be used any more, once whoever works it made another.
    fn open_anew(&self, id: AccountId) {
        let app = self.clone();
        self.spawn(async move {
            app.close_account(id).await;
            for _ in 0..RETRIES {
                match app.account(id).await {
                    Err(err) if err.code == ErrorCode::Conflict => tokio::time::sleep(RETRY).await,
                    // What else is wrong is told in the account's state.
                    _ => break,
                }
            }
            app.emit(AppEvent::AccountsChanged);
        });
    }

    pub(crate) async fn close_account(&self, id: AccountId) {
        if let Some(account) = self.inner.accounts.lock().await.remove(&id) {
            account.stop().await;
        }
    }

    pub(crate) fn demo_folder(&self) -> PathBuf {
        self.inner.data_dir.join("demo-desk")
    }

    /// Starts the embedded help desk, on the port that the account on it knows.
    pub(crate) async fn start_demo_desk(&self, port: Option<u16>) -> Result<(String, String), UiError> {
        let demo = self.inner.demo.as_ref().ok_or_else(|| {
            UiError::new(
                ErrorCode::Internal,
                "This program has no embedded help desk. Start one with musterctl desk.",
            )
        })?;
        demo.start(self.demo_folder(), port).await.map_err(|why| {
            UiError::new(ErrorCode::Internal, format!("The demo help desk did not start: {why}"))
        })
    }

    pub(crate) fn remember_demo_account(&self, id: AccountId) -> Result<(), UiError> {
        Ok(self.inner.registry.set_setting(DEMO_ACCOUNT, &id.to_string())?)
    }

    pub(crate) fn demo_account(&self) -> Result<Option<AccountRow>, UiError> {
        let Some(id) = self.inner.registry.setting(DEMO_ACCOUNT)? else { return Ok(None) };
        Ok(self.inner.registry.accounts()?.into_iter().find(|row| row.id.to_string() == id))
    }

    async fn restart_demo_desk(&self) -> Result<(), UiError> {
        if self.inner.demo.is_some()
            && let Some(row) = self.demo_account()?
        {
            let port = url::Url::parse(&row.url).ok().and_then(|url| url.port());
            self.start_demo_desk(port).await?;
        }
        Ok(())
    }
}

/// A fresh id, ordered by time.
pub(crate) fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A key store seen as the key source that it is.
struct Borrowed(Arc<dyn KeyStore>);

#[async_trait]
impl muster_engine::KeySource for Borrowed {
    async fn api_key(&self, account: AccountId) -> Result<muster_helpdesk::ApiKey, muster_engine::KeyError> {
        self.0.api_key(account).await
    }

    async fn data_key(
        &self,
        account: AccountId,
        folder: &Path,
    ) -> Result<muster_store::DataKey, muster_engine::KeyError> {
        self.0.data_key(account, folder).await
    }
}

impl App {
    /// Runs something behind an answer; ends with the app.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let cancel = self.inner.cancel.clone();
        self.inner.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = task => {}
            }
        });
    }
}
