//! What a terminal asks: the same use cases as the window's, on accounts by name, worked step by step.

use muster_engine::{Account, Synced, sentence};
use muster_model::RemoteId;
use muster_store::{PageRequest, SyncState};
use serde::Serialize;

use crate::inbox::resolve;
use crate::{App, ConversationLine, ErrorCode, UiError};

mod assignee;
mod bulk;
mod export;
mod import;
mod query;
mod work;

pub use bulk::{BulkRequest, DryRun, DryRunRecipient};
pub use export::ExportedFile;
pub use import::{ImportProgress, Imported};
pub use work::{JobReport, Worked};

/// A list as the terminal prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Without messages.
    pub conversations: Vec<ConversationLine>,
}

/// How many match.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// On this computer.
    pub count: u64,
    /// That is all.
    pub complete: bool,
    /// What is missing, in a sentence.
    #[serde(skip)]
    pub missing: Option<String>,
}

impl App {
    /// Opens an account by name, without its loops.
    ///
    /// # Errors
    /// When there is none of that name (the sentence lists the names), or it cannot be opened.
    pub async fn open_named(&self, name: &str) -> Result<Account, UiError> {
        let row = self.inner.registry.account_named(name)?.ok_or_else(|| self.no_such_account(name))?;
        self.open(row.id).await
    }

    /// Forgets an account by name.
    ///
    /// # Errors
    /// When there is none of that name, or the keychain or the disk refuses.
    pub async fn remove_named(&self, name: &str) -> Result<(), UiError> {
        let row = self.inner.registry.account_named(name)?.ok_or_else(|| self.no_such_account(name))?;
        self.remove_account(row.id).await
    }

    fn no_such_account(&self, name: &str) -> UiError {
        let names: Vec<String> =
            self.inner.registry.accounts().unwrap_or_default().into_iter().map(|row| row.name).collect();
        let rest = if names.is_empty() {
            "There is none yet: add one with musterctl account add.".to_owned()
        } else {
            format!("There is: {}.", names.join(", "))
        };
        UiError::new(ErrorCode::NotFound, format!("There is no account \"{name}\". {rest}"))
    }

    /// Rows that match, without messages.
    ///
    /// # Errors
    /// When the filter makes no sense or the cache cannot be read.
    pub async fn ls(&self, account: &Account, filter: &str, limit: usize) -> Result<Listing, UiError> {
        let resolved = resolve(account, filter)?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let rows = self
            .blocking(move || {
                Ok(stores.cache.list(&resolved, &overlay, &PageRequest { after: None, limit })?.rows)
            })
            .await?;
        Ok(Listing {
            conversations: rows.iter().map(|row| ConversationLine::new(&row.conversation)).collect(),
        })
    }

    /// How many match, and what the cache does not cover of them.
    ///
    /// # Errors
    /// When the filter makes no sense or the cache cannot be read.
    pub async fn count(&self, account: &Account, filter: &str) -> Result<Counted, UiError> {
        let resolved = resolve(account, filter)?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let (is_file, zone) = (account.is_file(), account.clock().zone());
        self.blocking(move || {
            let filter = &resolved.filter;
            let missing = sentence::missing(&stores.cache.coverage(filter)?, filter, is_file, &zone);
            let count = stores.cache.count(filter, &overlay)?;
            Ok(Counted { count, complete: missing.is_none(), missing })
        })
        .await
    }

    /// A conversation with its messages, fetched where they are not here.
    ///
    /// # Errors
    /// When it is not on this computer, or its messages are not here and cannot be fetched.
    pub async fn show(&self, account: &Account, id: &str) -> Result<ConversationLine, UiError> {
        let id = RemoteId::from(id);
        let overlay = account.overlay().await?;
        let (cache, wanted) = (account.stores().cache.clone(), id.clone());
        let (base, cached) =
            self.blocking(move || Ok((cache.conversation(&wanted)?, cache.thread(&wanted)?))).await?;
        let conversation = base.map(|base| overlay.apply(base)).ok_or_else(|| {
            UiError::new(
                ErrorCode::NotFound,
                format!("Conversation {id} is not on this computer. Sync first, or check the id."),
            )
        })?;
        let messages = match cached {
            // Nobody can be asked for what the file did not hold.
            None if account.is_file() => return Ok(ConversationLine::new(&conversation)),
            Some(cached) if cached.complete => cached.thread.messages,
            // What is here is better than nothing when the help desk does not answer.
            cached => match (account.fetch_thread(&id).await, cached) {
                (Ok(fresh), _) => fresh.thread.messages,
                (Err(_), Some(cached)) => cached.thread.messages,
                (Err(err), None) => return Err(err.into()),
            },
        };
        Ok(ConversationLine::new(&conversation).with_messages(&messages))
    }

    /// Syncs once, to the end.
    ///
    /// # Errors
    /// When the help desk cannot be reached or the store fails.
    pub async fn sync(
        &self,
        account: &Account,
        full: bool,
        progress: impl FnMut(SyncState) + Send,
    ) -> Result<Synced, UiError> {
        match account.sync_once(full, progress).await {
            Ok(synced) => Ok(synced),
            Err(muster_engine::SyncError::Read(err)) => Err(err.into()),
            Err(muster_engine::SyncError::Store(err)) => Err(err.into()),
            Err(err @ muster_engine::SyncError::File) => {
                Err(UiError::new(ErrorCode::NotPermitted, err.to_string()))
            }
            Err(err) => Err(UiError::new(ErrorCode::Internal, err.to_string())),
        }
    }
}
