//! Fetching one file of a message because somebody wants to have it, and keeping it for the next time.

use futures::{StreamExt, stream};
use muster_helpdesk::{ByteStream, ReadError};
use muster_model::RemoteId;
use muster_store::{FetchedFiles, StoreError};

use super::Account;
use crate::blocking::blocking;

/// The most bytes of a file that are fetched; mail carries less.
pub const MOST_BYTES: u64 = 100_000_000;

/// A file on its way, and what of it is to be kept.
struct Fetching {
    account: Account,
    id: RemoteId,
    bytes: ByteStream,
    /// What came so far; none once it is more than is kept.
    so_far: Option<Vec<u8>>,
    most: u64,
}

impl Account {
    /// The bytes of a message's file, as they come: from this machine where it was fetched before, else from the help
    /// desk. One that ends without an error is whole, and is kept within the budget for files.
    ///
    /// # Errors
    /// When the help desk does not answer, does not know the file, hands none out, or it is larger than [`MOST_BYTES`]. The
    /// same may come out of the stream.
    pub async fn attachment(&self, id: &RemoteId) -> Result<ByteStream, ReadError> {
        if let Some(bytes) = self.kept_file(id).await {
            return Ok(stream::once(async { Ok(bytes) }).boxed());
        }
        let desk = self.desk().ok_or_else(|| self.no_key())?;
        let answer = {
            let _waiting = self.interactive();
            desk.attachment(id, MOST_BYTES).await
        };
        if let Err(err @ (ReadError::Unreachable { .. } | ReadError::KeyRefused { .. })) = &answer {
            self.link().report(err);
        }
        let most = FetchedFiles::largest(self.file_budget().await.unwrap_or_default());
        let fetching = Fetching {
            account: self.clone(),
            id: id.clone(),
            bytes: answer?,
            so_far: Some(Vec::new()),
            most,
        };
        Ok(stream::unfold(fetching, Fetching::next).boxed())
    }

    /// A file that is on this machine.
    async fn kept_file(&self, id: &RemoteId) -> Option<Vec<u8>> {
        let (files, id) = (self.inner.fetched.clone()?, id.clone());
        // What cannot be read is fetched anew.
        let found = blocking(move || files.get(&id)).await;
        found.inspect_err(|err| tracing::error!(error = %err, "kept files cannot be read")).ok().flatten()
    }

    /// Bytes that kept files may have.
    async fn file_budget(&self) -> Result<u64, StoreError> {
        let journal = self.stores().journal.clone();
        blocking(move || Ok(journal.retention()?.file_bytes())).await
    }

    /// Bytes of the files of messages that are on this machine.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn file_bytes(&self) -> Result<u64, StoreError> {
        self.inner.fetched.as_ref().map_or(Ok(0), FetchedFiles::bytes)
    }

    /// Lets files go that are more than the budget.
    pub(crate) async fn keep_files_within(&self) -> Result<(), StoreError> {
        let Some(files) = self.inner.fetched.clone() else { return Ok(()) };
        let budget = self.file_budget().await?;
        blocking(move || files.keep_within(budget)).await
    }
}

impl Fetching {
    async fn next(mut self) -> Option<(Result<Vec<u8>, ReadError>, Self)> {
        let Some(next) = self.bytes.next().await else {
            self.keep().await;
            return None;
        };
        match &next {
            Ok(bytes) => {
                let most = usize::try_from(self.most).unwrap_or(usize::MAX);
                self.so_far.take_if(|so_far| so_far.len() + bytes.len() > most);
                if let Some(so_far) = &mut self.so_far {
                    so_far.extend_from_slice(bytes);
                }
            }
            Err(err) => {
                if matches!(err, ReadError::Unreachable { .. }) {
                    self.account.link().report(err);
                }
                // What broke off is no file.
                self.so_far = None;
            }
        }
        Some((next, self))
    }

    /// Keeps what came, now that it is whole.
    async fn keep(self) {
        let (Some(files), Some(bytes)) = (self.account.inner.fetched.clone(), self.so_far) else { return };
        let Ok(budget) = self.account.file_budget().await else { return };
        let id = self.id;
        if let Err(err) = blocking(move || files.put(&id, &bytes, budget)).await {
            tracing::error!(error = %err, "a file was not kept");
        }
    }
}
