//! Files that go out with replies, and files of messages that somebody wants to have.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::StreamExt;
use muster_helpdesk::{ByteStream, ReadError};
use muster_model::{Attachment, FileRef, RemoteId};
use tokio::io::AsyncWriteExt;

use crate::wire::{AttachFile, FileView, SaveAttachment, SavedFile};
use crate::words::count;
use crate::{App, ErrorCode, UiError, downloads};

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

    /// Fetches a file of a message into the user's folder for downloads, under a name that is only a name. It is there once
    /// it is whole, and never opened.
    ///
    /// # Errors
    /// When the message has no such file here, the help desk does not hand it out, or it cannot be written.
    pub async fn save_attachment(&self, request: SaveAttachment) -> Result<SavedFile, UiError> {
        let account = self.account_of(&request.account).await?;
        if account.is_file() {
            return Err(UiError::new(
                ErrorCode::NotPermitted,
                "The file that was imported holds no attachments.",
            ));
        }
        let (stores, id) = (account.stores().clone(), RemoteId::from(request.id.as_str()));
        let cached = self.blocking(move || stores.cache.thread(&id)).await?;
        let file = cached
            .and_then(|cached| {
                let mut messages = cached.thread.messages.into_iter();
                messages.find(|message| message.id.as_str() == request.message)
            })
            .and_then(|message| message.attachments.into_iter().find(|file| file.id.as_str() == request.file))
            .ok_or_else(|| {
                UiError::new(ErrorCode::NotFound, "This message has no such file any more. Open it again.")
            })?;
        let bytes = account.attachment(&file.id).await.map_err(|err| not_fetched(&file, err))?;
        let path = save(&downloads::folder(&self.inner.data_dir), &file, bytes).await?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(SavedFile { name, path: path.display().to_string() })
    }
}

/// Writes a file beside its name and gives it the name once it is whole.
async fn save(folder: &Path, file: &Attachment, bytes: ByteStream) -> Result<PathBuf, UiError> {
    let (stem, extension) = downloads::stem_and_extension(&file.name);
    let folder = folder.to_owned();
    let shown = folder.display().to_string();
    let opened = tokio::task::spawn_blocking(move || {
        // The name is taken at once, so that nobody else gets it meanwhile.
        let (path, _) = downloads::create(&folder, &stem, &extension)?;
        let part = path.with_file_name(format!("{}.part", uuid::Uuid::now_v7()));
        let out = downloads::create_new(part.clone()).inspect_err(|_| drop(std::fs::remove_file(&path)))?.1;
        Ok::<_, std::io::Error>((path, part, out))
    });
    let (path, part, out) = match opened.await {
        Ok(opened) => opened.map_err(|err| not_written(&shown, &err))?,
        Err(err) => return Err(UiError::new(ErrorCode::Internal, format!("Saving broke off: {err}."))),
    };
    match write(tokio::fs::File::from_std(out), bytes, &part, &path).await {
        Ok(()) => Ok(path),
        Err(failed) => {
            let _ = tokio::fs::remove_file(&part).await;
            let _ = tokio::fs::remove_file(&path).await;
            Err(match failed {
                Failed::Read(err) => not_fetched(file, err),
                Failed::Disk(err) => not_written(&shown, &err),
            })
        }
    }
}

enum Failed {
    Read(ReadError),
    Disk(std::io::Error),
}

async fn write(
    mut out: tokio::fs::File,
    mut bytes: ByteStream,
    part: &Path,
    path: &Path,
) -> Result<(), Failed> {
    while let Some(chunk) = bytes.next().await {
        out.write_all(&chunk.map_err(Failed::Read)?).await.map_err(Failed::Disk)?;
    }
    out.sync_all().await.map_err(Failed::Disk)?;
    drop(out);
    tokio::fs::rename(part, path).await.map_err(Failed::Disk)
}

fn not_fetched(file: &Attachment, err: ReadError) -> UiError {
    match err {
        ReadError::Unreachable { .. } => UiError::new(
            ErrorCode::Offline,
            format!(
                "“{}” is not on this computer, and the help desk cannot be reached. Try again when it is back.",
                file.name
            ),
        ),
        ReadError::NotFound { .. } => UiError::new(
            ErrorCode::NotFound,
            format!("The help desk does not have “{}” any more.", file.name),
        ),
        err => err.into(),
    }
}

fn not_written(folder: &str, err: &std::io::Error) -> UiError {
    let code = if err.kind() == ErrorKind::StorageFull { ErrorCode::DiskFull } else { ErrorCode::BadInput };
    UiError::new(code, format!("Nothing can be saved into {folder}: {err}."))
}

/// A file as a chip shows it.
pub(crate) fn file_view(file: &FileRef) -> FileView {
    FileView { id: file.id.clone(), name: file.name.clone(), mime: file.mime.clone(), size: count(file.size) }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;

    fn file(name: &str) -> Attachment {
        Attachment { id: "f-1".into(), name: name.to_owned(), mime: "image/png".to_owned(), size: 6 }
    }

    fn bytes(parts: Vec<Result<&'static [u8], ReadError>>) -> ByteStream {
        stream::iter(parts).map(|part| part.map(<[u8]>::to_vec)).boxed()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[tokio::test]
    async fn a_file_lies_there_whole_and_under_a_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let whole = bytes(vec![Ok(b"abc"), Ok(b"def")]);
        let path = save(folder.path(), &file("../../Foto.png"), whole).await.unwrap();
        assert_eq!(path, folder.path().join("Foto.png"));
        assert_eq!(std::fs::read(path).unwrap(), b"abcdef");
        assert_eq!(names(folder.path()), ["Foto.png"]);
    }

    #[tokio::test]
    async fn half_a_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cut = ReadError::TooLarge { most: 3_000_000 };
        let half = bytes(vec![Ok(b"abc"), Err(cut)]);
        let failed = save(folder.path(), &file("photo.png"), half).await.unwrap_err();
        assert!(failed.message.contains("larger than 3 MB"), "{failed}");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
