//! Files that go out with replies.

use base64::{Engine, prelude::BASE64_STANDARD};
use muster_model::FileRef;

use crate::wire::{AttachFile, FileView};
use crate::words::count;
use crate::{App, ErrorCode, UiError};

impl App {
    /// Takes a file into the journal, to go out with a reply.
    ///
    /// # Errors
    /// When it is empty or too large, or the journal cannot be written.
    pub async fn attach_file(&self, request: AttachFile) -> Result<FileView, UiError> {
        let account = self.account_of(&request.account).await?;
        let bytes = BASE64_STANDARD.decode(&request.data).map_err(|_| {
            UiError::new(
                ErrorCode::BadInput,
                format!("\"{}\" could not be read. Attach it again.", request.name),
            )
        })?;
        let file = muster_engine::attach(&account, &request.name, &request.mime, bytes).await?;
        Ok(file_view(&file))
    }
}

/// A file as a chip shows it.
pub(crate) fn file_view(file: &FileRef) -> FileView {
    FileView { id: file.id.clone(), name: file.name.clone(), mime: file.mime.clone(), size: count(file.size) }
}
