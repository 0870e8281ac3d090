//! What of an account is on this computer, and the limits of it.

use muster_engine::Account;
use muster_store::{Retention, Stock};

use crate::wire::{AccountRef, SaveStorage, StorageView};
use crate::words::rfc3339;
use crate::{App, ErrorCode, UiError};

impl App {
    /// What is on this computer.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub async fn storage(&self, request: AccountRef) -> Result<StorageView, UiError> {
        let account = self.account_of(&request.account).await?;
        self.stored(&account).await
    }

    /// Sets the limits; what is too much now is removed beside everything else.
    ///
    /// # Errors
    /// When a limit makes no sense, the account is a file, or the journal cannot be written.
    pub async fn save_storage(&self, request: SaveStorage) -> Result<StorageView, UiError> {
        let account = self.account_of(&request.account).await?;
        let retention = Retention {
            days: request.keep_days,
            megabytes: request.keep_megabytes,
            file_megabytes: request.keep_file_megabytes,
        };
        self.set_retention(&account, retention).await?;
        self.stored(&account).await
    }

    /// What is on this computer of an account.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub async fn stored(&self, account: &Account) -> Result<StorageView, UiError> {
        let account = account.clone();
        self.blocking(move || {
            let stores = account.stores();
            let (retention, state) = (stores.journal.retention()?, stores.cache.sync_state()?);
            let here = (stores.cache.stock()?, state.cached, account.file_bytes()?);
            Ok(view(retention, here, account.is_file()))
        })
        .await
    }

    /// Checks and keeps the limits.
    ///
    /// # Errors
    /// When one makes no sense, the account is a file, or the journal cannot be written.
    pub async fn set_retention(&self, account: &Account, retention: Retention) -> Result<(), UiError> {
        if account.is_file() {
            return Err(UiError::new(
                ErrorCode::NotPermitted,
                "This account is a file that was imported: what is removed could not be fetched again. Import less instead.",
            ));
        }
        if let Some(mistake) = retention.mistake() {
            return Err(UiError::new(ErrorCode::BadInput, mistake));
        }
        let stores = account.stores().clone();
        self.blocking(move || stores.journal.set_retention(&retention)).await?;
        account.limits_changed();
        Ok(())
    }
}

fn view(
    retention: Retention,
    (stock, conversations, file_bytes): (Stock, u64, u64),
    is_file: bool,
) -> StorageView {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let megabytes = |bytes: u64| f64::from(count(bytes.div_ceil(100_000))) / 10.0;
    StorageView {
        keep_days: retention.days,
        keep_megabytes: retention.megabytes,
        megabytes: megabytes(stock.bytes),
        keep_file_megabytes: retention.file_megabytes,
        file_megabytes: megabytes(file_bytes),
        conversations: count(conversations),
        with_messages: count(stock.threads),
        removed: count(stock.removed),
        removed_until: stock.removed_until.map(rfc3339),
        is_file,
    }
}
