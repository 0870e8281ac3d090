//! `musterctl import`: a file of JSON lines becomes an account that can be read and not written to.
//!
//! One thread reads lines and another writes them to the cache, a few batches apart, so that a file of any length needs
//! the same memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use muster_engine::{Account, FILE_KIND, LoadError, OpenError};
use muster_model::AccountId;
use muster_store::{AccountLock, AccountRow, Cache, Loaded, StoreError};
use serde::Serialize;
use url::Url;

use crate::app::new_uuid;
use crate::wire::AppEvent;
use crate::{App, ConversationLine, ErrorCode, UiError};

/// Conversations in one transaction: large enough that the commit does not count, small enough to be held twice.
const BATCH: usize = 5_000;
/// The longest line, in bytes: what is longer is no conversation.
const LONGEST: u64 = 64 << 20;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Conversations in the cache.
    pub conversations: u64,
    /// Bytes of the file that were read.
    pub read: u64,
    /// Bytes of the file in all.
    pub size: u64,
}

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The account.
    pub account: String,
    /// Conversations in it.
    pub conversations: u64,
    /// Lines whose id another line had before: the last one counts.
    pub repeated: u64,
}

impl App {
    /// Loads a file into an account of its own, which is made if there is none of that name. An account that was loaded
    /// before holds what this file says, and nothing else.
    ///
    /// # Errors
    /// When the file cannot be read, a line is wrong (the sentence says which), the name belongs to a help desk, or the
    /// cache cannot be written.
    pub async fn import(
        &self,
        name: &str,
        path: &Path,
        mut progress: impl FnMut(ImportProgress) + Send + 'static,
    ) -> Result<Imported, UiError> {
        let file = Lines::open(path)?;
        let (id, is_new) = self.file_account(name, path)?;
        let loaded = async {
            let account = self.open_to_load(id).await?;
            let (size, read) = (file.size, Arc::clone(&file.read));
            let (send, receive) = sync_channel(1);
            let reader = tokio::task::spawn_blocking(move || file.send(&send));
            let lines = Arc::new(AtomicU64::new(0));
            let so_far = Arc::clone(&lines);
            let loaded = account
                .load(receive, move |conversations| {
                    so_far.store(conversations, Ordering::Relaxed);
                    progress(ImportProgress { conversations, read: read.load(Ordering::Relaxed), size });
                })
                .await;
            // It ended before: it waits for nothing but the loader.
            let _ = reader.await;
            let state = loaded.map_err(|err| match err {
                LoadError::Read(err) => err,
                LoadError::Store(err) => err.into(),
                err @ LoadError::Elsewhere => UiError::new(ErrorCode::Conflict, err.to_string()),
            })?;
            let repeated = lines.load(Ordering::Relaxed).saturating_sub(state.cached);
            Ok::<_, UiError>((account.row().name.clone(), state.cached, repeated))
        };
        match loaded.await {
            Ok((account, conversations, repeated)) => {
                self.emit(AppEvent::AccountsChanged);
                Ok(Imported { account, conversations, repeated })
            }
            Err(mut err) if is_new => {
                if let Err(kept) = self.remove_account(id).await {
                    tracing::warn!(error = %kept, "a half-imported account was not removed");
                }
                err.message.push_str(" Nothing was imported.");
                Err(err)
            }
            Err(mut err) => {
                err.message.push_str(" What was there before is still there; import again.");
                Err(err)
            }
        }
    }

    /// Opens it, also where what was loaded before is damaged: all of it is replaced.
    async fn open_to_load(&self, id: AccountId) -> Result<Account, UiError> {
        match self.try_open(id).await? {
            Err(OpenError::DamagedImport { .. }) => {
                let folder = self.folder(id);
                let removed = self.blocking(move || match AccountLock::try_take(&folder)? {
                    Some(_lock) => Cache::remove(&folder),
                    None => Err(StoreError::Busy),
                });
                removed.await?;
                self.open(id).await
            }
            opened => Ok(opened?),
        }
    }

    /// The account of that name, made where there is none.
    fn file_account(&self, name: &str, path: &Path) -> Result<(AccountId, bool), UiError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(bad("The account needs a name."));
        }
        if let Some(row) = self.inner.registry.account_named(name)? {
            if row.kind != FILE_KIND {
                return Err(bad(format!(
                    "\"{}\" is signed in to {}. A file becomes an account of its own: choose another name.",
                    row.name, row.url
                )));
            }
            return Ok((row.id, false));
        }
        let place = std::path::absolute(path).ok().and_then(|path| Url::from_file_path(path).ok());
        let row = AccountRow {
            id: AccountId(new_uuid()),
            name: name.to_owned(),
            kind: FILE_KIND.to_owned(),
            url: place.map_or_else(|| path.display().to_string(), String::from),
            user: None,
            created: self.inner.clock.now(),
        };
        self.inner.registry.insert(&row)?;
        Ok((row.id, true))
    }
}

/// A file, read line by line.
struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    size: u64,
    read: Arc<AtomicU64>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, UiError> {
        let unreadable = |err: std::io::Error| bad(format!("{} cannot be read: {err}.", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        let known = file.metadata().map_err(unreadable)?;
        if known.is_dir() {
            return Err(bad(format!("{} is a folder. Name a file of JSON lines.", path.display())));
        }
        let reader = BufReader::with_capacity(1 << 20, file);
        Ok(Self { path: path.to_owned(), reader, size: known.len(), read: Arc::default() })
    }

    /// Sends batch after batch, then what is wrong if anything is. Ends early when nobody takes them.
    fn send(mut self, batches: &SyncSender<Result<Vec<Loaded>, UiError>>) {
        let (mut batch, mut line, mut number) = (Vec::with_capacity(BATCH), Vec::new(), 0);
        loop {
            let next = self.next(&mut line, &mut number);
            let ends = !matches!(next, Ok(Some(_)));
            let failed = match next {
                Ok(Some(loaded)) => {
                    batch.push(loaded);
                    None
                }
                Ok(None) => None,
                Err(err) => Some(err),
            };
            if let Some(err) = failed {
                let _ = batches.send(Err(err));
                return;
            }
            if batch.len() == BATCH || (ends && !batch.is_empty()) {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                if batches.send(Ok(full)).is_err() {
                    return;
                }
            }
            if ends {
                return;
            }
        }
    }

    /// The next conversation; none at the end. Empty lines are passed over.
    fn next(&mut self, line: &mut Vec<u8>, number: &mut u64) -> Result<Option<Loaded>, UiError> {
        loop {
            line.clear();
            *number += 1;
            let read = (&mut self.reader)
                .take(LONGEST)
                .read_until(b'\n', line)
                .map_err(|err| bad(format!("{} cannot be read: {err}.", self.path.display())))?;
            self.read.fetch_add(read as u64, Ordering::Relaxed);
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == LONGEST && !line.ends_with(b"\n") {
                return Err(self.wrong(*number, None, "It is longer than 64 MB, which no conversation is."));
            }
            let mut text = line.trim_ascii();
            if *number == 1 {
                // Some editors begin a file with a mark of its encoding.
                text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            }
            if text.is_empty() {
                continue;
            }
            let stamp = i64::try_from(*number).unwrap_or(i64::MAX);
            return ConversationLine::read(text, stamp)
                .map(Some)
                .map_err(|mistake| self.wrong(*number, mistake.column, &mistake.message));
        }
    }

    fn wrong(&self, line: u64, column: Option<usize>, what: &str) -> UiError {
        let place = column.map(|column| format!(", column {column}")).unwrap_or_default();
        bad(format!(
            "{}, line {line}{place}: {what} Correct the line or take it out, then import again.",
            self.path.display()
        ))
    }
}

fn bad(message: impl Into<String>) -> UiError {
    UiError::new(ErrorCode::BadInput, message)
}
