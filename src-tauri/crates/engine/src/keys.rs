//! Where an account's keys come from: the OS keychain, which the app knows, or the environment.

use std::path::Path;

use async_trait::async_trait;
use muster_helpdesk::ApiKey;
use muster_model::AccountId;
use muster_store::DataKey;
use thiserror::Error;

mod env;

pub use env::EnvKeys;

/// Why a key could not be read. Each is a sentence that says what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// The keychain is there and locked.
    #[error("{0}")]
    Locked(String),
    /// The keychain works and holds no such key.
    #[error("There is no key for this account on this computer. Enter the API key again.")]
    Missing,
    /// This computer has no keychain that can be reached.
    #[error("{0}")]
    NoKeychain(String),
    /// Somebody said no.
    #[error("{0}")]
    Denied(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// A place that keys are read from, at use.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The API key of an account.
    async fn api_key(&self, account: AccountId) -> Result<ApiKey, KeyError>;

    /// The key that the account's databases in `folder` are encrypted with; made when there is nothing encrypted yet.
    async fn data_key(&self, account: AccountId, folder: &Path) -> Result<DataKey, KeyError>;
}
