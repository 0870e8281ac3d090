//! The OS keychain: the only place where an API key and a data key lie.
//!
//! Service `app.muster`, user `<account id>/api-key` and `<account id>/data-key`. A keychain may show a dialog or hang,
//! so every call runs on a blocking thread of its own and is given up on after 30 seconds. It may also come and go
//! while we run, so every call opens it anew: a connection that was kept would fail for ever after.

use std::path::Path;
use std::time::Duration;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use async_trait::async_trait;
use keyring_core::{Entry, Error, api::CredentialStoreApi};
use muster_engine::{KeyError, KeySource};
use muster_helpdesk::ApiKey;
use muster_model::AccountId;
use muster_store::DataKey;
#[cfg(windows)]
use windows_native_keyring_store::Store;
#[cfg(all(unix, not(target_os = "macos")))]
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

const SERVICE: &str = "app.muster";
const PATIENCE: Duration = Duration::from_secs(30);
const NO_KEYCHAIN: &str = "This computer has no keychain that Muster can reach. On Linux, start a Secret Service such \
     as GNOME Keyring or KeePassXC, then try again.";

/// Keys that can be read, written and forgotten. Two kinds: the keychain, and a key from the environment.
#[async_trait]
pub trait KeyStore: KeySource {
    /// Stores a new account's API key.
    async fn store_api_key(&self, account: AccountId, key: &ApiKey) -> Result<(), KeyError>;
    /// Forgets everything about an account.
    async fn forget(&self, account: AccountId) -> Result<(), KeyError>;
}

/// The keychain of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keychain;

#[async_trait]
impl KeySource for Keychain {
    async fn api_key(&self, account: AccountId) -> Result<ApiKey, KeyError> {
        read(account, "api-key").await?.map(|text| ApiKey::new(text.to_string())).ok_or(KeyError::Missing)
    }

    async fn data_key(&self, account: AccountId, folder: &Path) -> Result<DataKey, KeyError> {
        if let Some(text) = read(account, "data-key").await? {
            return decode(&text);
        }
        // A new key for a folder that already holds data would make that data unreadable for good.
        if folder.join("cache.db").exists() || folder.join("journal.db").exists() {
            return Err(KeyError::Missing);
        }
        let mut bytes = Zeroizing::new([0u8; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|err| KeyError::Failed(format!("This computer gives no random numbers: {err}.")))?;
        write(account, "data-key", Zeroizing::new(hex(bytes.as_slice()))).await?;
        Ok(DataKey::from_bytes(*bytes))
    }
}

#[async_trait]
impl KeyStore for Keychain {
    async fn store_api_key(&self, account: AccountId, key: &ApiKey) -> Result<(), KeyError> {
        write(account, "api-key", Zeroizing::new(key.expose().to_owned())).await
    }

    async fn forget(&self, account: AccountId) -> Result<(), KeyError> {
        for name in ["api-key", "data-key"] {
            patiently(move || match entry(account, name)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(err) => Err(explain(&err)),
            })
            .await?;
        }
        Ok(())
    }
}

fn entry(account: AccountId, name: &str) -> Result<Entry, KeyError> {
    let store = Store::new().map_err(|err| {
        tracing::warn!(error = ?err, "the keychain cannot be opened");
        KeyError::NoKeychain(NO_KEYCHAIN.to_owned())
    })?;
    store.build(SERVICE, &format!("{account}/{name}"), None).map_err(|err| explain(&err))
}

async fn read(account: AccountId, name: &'static str) -> Result<Option<Zeroizing<String>>, KeyError> {
    patiently(move || match entry(account, name)?.get_password() {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(Error::NoEntry) => Ok(None),
        Err(err) => Err(explain(&err)),
    })
    .await
}

async fn write(account: AccountId, name: &'static str, text: Zeroizing<String>) -> Result<(), KeyError> {
    patiently(move || entry(account, name)?.set_password(&text).map_err(|err| explain(&err))).await
}

/// Runs a keychain call where it may block, and gives up on it when it takes too long.
async fn patiently<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(call)).await {
        Ok(Ok(result)) => result,
        Ok(Err(err)) => Err(KeyError::Failed(format!("The keychain failed: {err}."))),
        Err(_) => Err(KeyError::Locked(
            "The keychain did not answer for 30 seconds. Unlock it and try again.".to_owned(),
        )),
    }
}

/// What a keychain's error means for the agent.
fn explain(err: &Error) -> KeyError {
    match err {
        Error::NoEntry => KeyError::Missing,
        Error::NoStorageAccess(source) => KeyError::Locked(format!(
            "The keychain is locked or refused access ({source}). Unlock it and try again."
        )),
        other => KeyError::Failed(format!("The keychain failed: {other}.")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(text: &str) -> Result<DataKey, KeyError> {
    let broken = || KeyError::Failed("The data key in the keychain is damaged.".to_owned());
    let mut bytes = Zeroizing::new([0u8; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return Err(broken());
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = text
            .get(index * 2..index * 2 + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .ok_or_else(broken)?;
    }
    Ok(DataKey::from_bytes(*bytes))
}

/// A key from the environment: nothing is stored, so there is nothing to forget but the wrapped data key in the
/// account's own folder.
#[async_trait]
impl KeyStore for muster_engine::EnvKeys {
    async fn store_api_key(&self, _: AccountId, _: &ApiKey) -> Result<(), KeyError> {
        Ok(())
    }

    async fn forget(&self, _: AccountId) -> Result<(), KeyError> {
        Ok(())
    }
}
