//! `musterctl export`: what matches a filter, one conversation a line, in the format that `import` reads.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use muster_engine::Account;
use muster_store::{Cache, ListRow, PageRequest, StoreError};
use serde::Serialize;

use crate::inbox::resolve;
use crate::{App, ConversationLine, ErrorCode, UiError};

/// Conversations read at a time.
const PAGE: usize = 500;

/// What an export came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Conversations in it.
    pub conversations: u64,
    /// Those of them whose messages are not on this computer: their lines have none.
    pub without_messages: u64,
    /// The cache covers the filter; otherwise the help desk may have more.
    pub complete: bool,
}

impl App {
    /// Writes what matches, as it is seen on this computer, in the filter's order. Never overwrites a file.
    ///
    /// # Errors
    /// When the filter makes no sense, the file exists or cannot be written, or the cache cannot be read.
    pub async fn export_file(
        &self,
        account: &Account,
        filter: &str,
        path: &Path,
        mut progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<ExportedFile, UiError> {
        let resolved = resolve(account, filter)?;
        let overlay = account.overlay().await?;
        let cache = account.stores().cache.clone();
        let path = path.to_owned();
        let written = tokio::task::spawn_blocking(move || {
            let file = create(&path)?;
            let mut out = Out { file: BufWriter::with_capacity(1 << 20, file), conversations: 0, bare: 0 };
            let mut page = PageRequest { after: None, limit: PAGE };
            let written = loop {
                let found = match cache.list(&resolved, &overlay, &page) {
                    Ok(found) => found,
                    Err(err) => break Err(Failure::Store(err)),
                };
                if let Err(err) = out.write(&found.rows, &cache) {
                    break Err(err);
                }
                progress(out.conversations);
                page.after = found.next;
                if page.after.is_none() {
                    break out.file.flush().map_err(Failure::File);
                }
            };
            match written {
                Ok(()) => Ok(ExportedFile {
                    conversations: out.conversations,
                    without_messages: out.bare,
                    complete: cache.coverage(&resolved.filter)?.holds(&resolved.filter),
                    path,
                }),
                Err(failure) => {
                    // Half a file would be taken for a whole one.
                    let _ = std::fs::remove_file(&path);
                    Err(match failure {
                        Failure::Store(err) => err.into(),
                        Failure::File(err) => unwritable(&path, &err),
                    })
                }
            }
        });
        match written.await {
            Ok(result) => result,
            Err(err) => Err(UiError::new(ErrorCode::Internal, format!("The export broke off: {err}."))),
        }
    }
}

enum Failure {
    Store(StoreError),
    File(std::io::Error),
}

struct Out {
    file: BufWriter<File>,
    conversations: u64,
    bare: u64,
}

impl Out {
    fn write(&mut self, rows: &[ListRow], cache: &Cache) -> Result<(), Failure> {
        for row in rows {
            let thread = cache.thread(&row.conversation.id).map_err(Failure::Store)?;
            let mut line = ConversationLine::new(&row.conversation);
            match thread {
                Some(cached) => line = line.with_messages(&cached.thread.messages),
                None => self.bare += 1,
            }
            serde_json::to_writer(&mut self.file, &line).map_err(|err| Failure::File(err.into()))?;
            self.file.write_all(b"\n").map_err(Failure::File)?;
            self.conversations += 1;
        }
        Ok(())
    }
}

fn create(path: &Path) -> Result<File, UiError> {
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|err| match err.kind() {
        ErrorKind::AlreadyExists => UiError::new(
            ErrorCode::BadInput,
            format!("{} exists already. Name another file, or take it away.", path.display()),
        ),
        _ => unwritable(path, &err),
    })
}

fn unwritable(path: &Path, err: &std::io::Error) -> UiError {
    UiError::new(ErrorCode::BadInput, format!("{} cannot be written: {err}.", path.display()))
}
