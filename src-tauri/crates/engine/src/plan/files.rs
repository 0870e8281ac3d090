//! Files that go out with replies. Their bytes lie in the journal until they were sent.

use jiff::SignedDuration;
use muster_model::{Action, Approved, Channel, FileRef, Verdict};
use muster_store::{Journal, StoreError};
use sha2::{Digest, Sha256};

use super::{Plan, PlanError, PlanItem};
use crate::Account;
use crate::blocking::blocking;

/// What no mail server would take anyway.
const LARGEST: usize = 25 * 1024 * 1024;
/// A plan or a reply that is being written needs its files for so long at most.
const LOOSE_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Takes a file into the journal, and lets go of those that nothing needs any more.
///
/// # Errors
/// When it is empty or too large, or the journal cannot be written.
pub async fn attach(account: &Account, name: &str, mime: &str, bytes: Vec<u8>) -> Result<FileRef, PlanError> {
    let name = match name.trim() {
        "" => "file",
        name => name,
    };
    if bytes.is_empty() {
        return Err(PlanError::File(format!("\"{name}\" is empty.")));
    }
    if bytes.len() > LARGEST {
        let size = crate::sentence::file_size(bytes.len() as u64);
        return Err(PlanError::File(format!(
            "\"{name}\" has {size}; a file may have {}. Send a link instead.",
            crate::sentence::file_size(LARGEST as u64)
        )));
    }
    let file = FileRef {
        id: hex(&Sha256::digest(&bytes)),
        name: name.to_owned(),
        mime: if mime.trim().is_empty() {
            "application/octet-stream".to_owned()
        } else {
            mime.trim().to_owned()
        },
        size: bytes.len() as u64,
    };
    let (journal, now) = (account.stores().journal.clone(), account.clock().now());
    blocking(move || {
        if let Ok(since) = now.checked_sub(LOOSE_FOR) {
            journal.drop_unused_files(since)?;
        }
        journal.put_file(&file, &bytes, now)?;
        Ok(file)
    })
    .await
}

/// Attached files by their ids, in that order.
///
/// # Errors
/// When one is not here any more, or the journal cannot be read.
pub async fn attached(account: &Account, ids: Vec<String>) -> Result<Vec<FileRef>, PlanError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let journal = account.stores().journal.clone();
    let (found, asked) = (ids.len(), ids);
    let files = blocking(move || journal.file_refs(&asked)).await?;
    if files.len() < found {
        return Err(PlanError::File("An attached file is not here any more. Attach it again.".to_owned()));
    }
    Ok(files)
}

impl Plan {
    /// The approved text that goes where WhatsApp's window is closed.
    #[must_use]
    pub fn approved(&self) -> Option<&Approved> {
        match &self.action {
            Action::Reply { approved, .. } => approved.as_ref(),
            _ => None,
        }
    }

    /// Whether there is somebody whom only an approved text reaches now.
    #[must_use]
    pub fn wants_approved(&self) -> bool {
        let is_out = |item: &PlanItem| {
            item.conversation.channel == Channel::Whatsapp
                && (item.approved || item.verdict == Verdict::WindowClosed)
        };
        self.approved().is_some() || (self.action.is_reply() && self.items.iter().any(is_out))
    }

    /// The files that go with its replies or its note.
    #[must_use]
    pub fn files(&self) -> &[FileRef] {
        match &self.action {
            Action::Reply { files, .. } | Action::Note { files, .. } => files,
            Action::Change { .. } | Action::Follow { .. } | Action::Undo { .. } => &[],
        }
    }
}

/// The name of a file whose bytes are not here any more.
pub(crate) fn lost_file(journal: &Journal, files: &[FileRef]) -> Result<Option<String>, StoreError> {
    for file in files {
        if journal.file_refs(std::slice::from_ref(&file.id))?.is_empty() {
            return Ok(Some(file.name.clone()));
        }
    }
    Ok(None)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
