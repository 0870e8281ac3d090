//! Keys for one process from its environment, for machines without a keychain (`--key-env`).
//!
//! The API key is stored nowhere. The data key lies in the account's folder as `account.json`, wrapped with
//! XChaCha20-Poly1305 under a key that HKDF-SHA256 derives from the API key, or from `MUSTER_DATA_KEY` where that is
//! set: then the API key can be exchanged without losing the journal.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use muster_helpdesk::ApiKey;
use muster_model::AccountId;
use muster_store::DataKey;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeyError, KeySource};
use crate::blocking::blocking;

/// The environment variable whose value wraps the data key in place of the API key.
const DATA_KEY_VAR: &str = "MUSTER_DATA_KEY";
const FILE: &str = "account.json";
/// Bound into the derivation, so that the same secret wraps nothing else of ours.
const PURPOSE: &[u8] = b"muster account.json data key";

/// Keys from the environment.
#[derive(Clone)]
pub struct EnvKeys {
    api_key: ApiKey,
    data_secret: Option<Zeroizing<String>>,
}

impl EnvKeys {
    /// The API key is in the environment variable of this name.
    ///
    /// # Errors
    /// When it is not set, empty, or not text.
    pub fn from_env(var: &str) -> Result<Self, KeyError> {
        let api_key = variable(var)?.ok_or_else(|| {
            KeyError::Failed(format!("The environment variable {var} is not set. Put the API key into it."))
        })?;
        Ok(Self::new(ApiKey::new(api_key), variable(DATA_KEY_VAR)?))
    }

    /// Keys that are known already; `data_secret` is what `MUSTER_DATA_KEY` would hold.
    #[must_use]
    pub fn new(api_key: ApiKey, data_secret: Option<String>) -> Self {
        Self { api_key, data_secret: data_secret.map(Zeroizing::new) }
    }

    /// The secret that a wrapped key names.
    fn secret(&self, by: WrappedBy) -> Result<&str, KeyError> {
        match by {
            WrappedBy::ApiKey => Ok(self.api_key.expose()),
            WrappedBy::DataKeyVariable => self.data_secret.as_ref().map(|secret| secret.as_str()).ok_or_else(|| {
                KeyError::Failed(format!(
                    "This account's data is protected by {DATA_KEY_VAR}, which is not set. Set it to the same value as before."
                ))
            }),
        }
    }

    fn open_or_make(&self, account: AccountId, folder: &Path) -> Result<DataKey, KeyError> {
        let file = folder.join(FILE);
        if let Some(wrapped) = read(&file)? {
            return self.unwrap(account, &wrapped);
        }
        // A new key for a folder that already holds data would make that data unreadable for good.
        if folder.join("cache.db").exists() || folder.join("journal.db").exists() {
            return Err(KeyError::Failed(
                "This account's data is protected by the keychain of this computer. Leave --key-env out."
                    .to_owned(),
            ));
        }
        fs::create_dir_all(folder).map_err(|err| not_written(&file, &err))?;
        let wrapped = self.wrap(account, &DataKey::from_bytes(*random::<32>()?))?;
        write_once(&file, &wrapped)?;
        // Read back: another process may have been first, and its key is the one that counts.
        let wrapped = read(&file)?.ok_or_else(|| damaged(&file))?;
        self.unwrap(account, &wrapped)
    }

    fn wrap(&self, account: AccountId, key: &DataKey) -> Result<Wrapped, KeyError> {
        let by = if self.data_secret.is_some() { WrappedBy::DataKeyVariable } else { WrappedBy::ApiKey };
        let (salt, nonce) = (random::<16>()?, random::<24>()?);
        let sealed = cipher(self.secret(by)?, salt.as_slice())
            .encrypt(XNonce::from_slice(nonce.as_slice()), payload(&key.as_bytes()[..], &account))
            .map_err(|_| KeyError::Failed("The data key could not be wrapped.".to_owned()))?;
        Ok(Wrapped {
            version: 1,
            wrapped_by: by,
            salt: BASE64_STANDARD.encode(salt.as_slice()),
            nonce: BASE64_STANDARD.encode(nonce.as_slice()),
            data_key: BASE64_STANDARD.encode(sealed),
        })
    }

    fn unwrap(&self, account: AccountId, wrapped: &Wrapped) -> Result<DataKey, KeyError> {
        if wrapped.version != 1 {
            return Err(KeyError::Failed(
                "This account's data was written by a newer Muster. Update Muster, then try again."
                    .to_owned(),
            ));
        }
        let secret = self.secret(wrapped.wrapped_by)?;
        let decoded = || {
            let nonce = BASE64_STANDARD.decode(&wrapped.nonce).ok().filter(|nonce| nonce.len() == 24)?;
            Some((
                BASE64_STANDARD.decode(&wrapped.salt).ok()?,
                nonce,
                BASE64_STANDARD.decode(&wrapped.data_key).ok()?,
            ))
        };
        let (salt, nonce, sealed) = decoded().ok_or_else(|| damaged(Path::new(FILE)))?;
        let opened = cipher(secret, &salt)
            .decrypt(XNonce::from_slice(&nonce), payload(&sealed, &account))
            .map(Zeroizing::new)
            .map_err(|_| wrong(wrapped.wrapped_by))?;
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| damaged(Path::new(FILE)))?;
        Ok(DataKey::from_bytes(bytes))
    }
}

#[async_trait]
impl KeySource for EnvKeys {
    async fn api_key(&self, _account: AccountId) -> Result<ApiKey, KeyError> {
        Ok(self.api_key.clone())
    }

    async fn data_key(&self, account: AccountId, folder: &Path) -> Result<DataKey, KeyError> {
        let (keys, folder) = (self.clone(), folder.to_owned());
        blocking(move || keys.open_or_make(account, &folder)).await
    }
}

/// What `account.json` holds.
#[derive(Serialize, Deserialize)]
struct Wrapped {
    version: u32,
    wrapped_by: WrappedBy,
    salt: String,
    nonce: String,
    data_key: String,
}

/// Which secret opens it.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum WrappedBy {
    #[serde(rename = "api key")]
    ApiKey,
    #[serde(rename = "MUSTER_DATA_KEY")]
    DataKeyVariable,
}

fn variable(name: &str) -> Result<Option<String>, KeyError> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(KeyError::Failed(format!("The environment variable {name} is not text.")))
        }
    }
}

fn cipher(secret: &str, salt: &[u8]) -> XChaCha20Poly1305 {
    let mut key = Zeroizing::new([0u8; 32]);
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes, and this asks for 32")]
    Hkdf::<Sha256>::new(Some(salt), secret.as_bytes()).expand(PURPOSE, key.as_mut_slice()).expect("32 bytes");
    XChaCha20Poly1305::new(key.as_slice().into())
}

/// The account's id is authenticated, so that a file copied into another account's folder does not open.
fn payload<'a>(msg: &'a [u8], account: &'a AccountId) -> Payload<'a, 'a> {
    Payload { msg, aad: account.0.as_bytes() }
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut bytes = Zeroizing::new([0u8; N]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|err| KeyError::Failed(format!("This computer gives no random numbers: {err}.")))?;
    Ok(bytes)
}

fn read(file: &Path) -> Result<Option<Wrapped>, KeyError> {
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| damaged(file)),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(KeyError::Failed(format!("{} cannot be read: {err}.", file.display()))),
    }
}

/// Writes the file whole, or leaves the one that is there: whoever links first wins.
fn write_once(file: &Path, wrapped: &Wrapped) -> Result<(), KeyError> {
    let draft = Draft(file.with_extension(Uuid::now_v7().to_string()));
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut open = options.open(&draft.0)?;
        open.write_all(&serde_json::to_vec_pretty(wrapped)?)?;
        open.sync_all()?;
        match fs::hard_link(&draft.0, file) {
            Err(err) if err.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    };
    write().map_err(|err| not_written(file, &err))
}

/// The file while it is being written; removed again whatever happens.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // Fails only where it was never made.
        let _ = fs::remove_file(&self.0);
    }
}

fn not_written(file: &Path, err: &std::io::Error) -> KeyError {
    KeyError::Failed(format!("{} cannot be written: {err}.", file.display()))
}

fn damaged(file: &Path) -> KeyError {
    KeyError::Failed(format!("{} is damaged. Remove the account and add it again.", file.display()))
}

fn wrong(by: WrappedBy) -> KeyError {
    KeyError::Denied(match by {
        WrappedBy::ApiKey => {
            "This account's data was protected with another API key. Use the key that the account was \
                              added with, or remove the account and add it again."
                .to_owned()
        }
        WrappedBy::DataKeyVariable => {
            format!(
                "This account's data was protected with another {DATA_KEY_VAR}. Set it to the same value as before."
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId(Uuid::from_u128(n))
    }

    fn keys(api: &str, data: Option<&str>) -> EnvKeys {
        EnvKeys::new(ApiKey::new(api.to_owned()), data.map(str::to_owned))
    }

    fn refused(keys: &EnvKeys, n: u128, folder: &Path) -> String {
        match keys.open_or_make(account(n), folder) {
            Ok(_) => panic!("opened"),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn the_same_key_opens_it_again_and_no_other_does() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("account");
        let first = keys("key-one", None).open_or_make(account(1), &folder).unwrap();
        let again = keys(" key-one\n", None).open_or_make(account(1), &folder).unwrap();
        assert_eq!(first.as_bytes(), again.as_bytes());
        assert!(refused(&keys("key-two", None), 1, &folder).contains("another API key"));
        assert!(
            refused(&keys("key-one", None), 2, &folder).contains("another API key"),
            "moved to another account"
        );
    }

    #[test]
    fn a_data_secret_survives_a_new_api_key() {
        let dir = tempfile::tempdir().unwrap();
        let first = keys("old", Some("secret")).open_or_make(account(1), dir.path()).unwrap();
        let again = keys("new", Some("secret")).open_or_make(account(1), dir.path()).unwrap();
        assert_eq!(first.as_bytes(), again.as_bytes());
        assert!(refused(&keys("old", None), 1, dir.path()).contains("MUSTER_DATA_KEY, which is not set"));
        assert!(refused(&keys("old", Some("other")), 1, dir.path()).contains("another MUSTER_DATA_KEY"));
    }

    #[test]
    fn the_file_holds_neither_key_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let key = keys("top-secret-key", None).open_or_make(account(1), dir.path()).unwrap();
        let names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE]);
        let text = fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(!text.contains("top-secret-key"));
        assert!(!text.contains(&BASE64_STANDARD.encode(key.as_bytes())));
    }

    #[test]
    fn never_a_new_key_for_old_data() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("journal.db"), b"x").unwrap();
        assert!(refused(&keys("key", None), 1, dir.path()).contains("keychain"));
        assert!(!dir.path().join(FILE).exists());
    }

    #[test]
    fn a_newer_or_damaged_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE);
        keys("key", None).open_or_make(account(1), dir.path()).unwrap();
        let newer = fs::read_to_string(&file).unwrap().replace("\"version\": 1", "\"version\": 2");
        for (text, part) in [(newer.as_str(), "newer Muster"), ("{", "damaged")] {
            fs::write(&file, text).unwrap();
            assert!(refused(&keys("key", None), 1, dir.path()).contains(part));
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}
