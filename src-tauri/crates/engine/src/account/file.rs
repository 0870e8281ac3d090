//! Fetching one file of a message because somebody wants to have it.

use futures::{StreamExt, stream};
use muster_helpdesk::{ByteStream, ReadError};
use muster_model::RemoteId;

use super::Account;

/// The most bytes of a file that are fetched; mail carries less.
pub const MOST_BYTES: u64 = 100_000_000;

impl Account {
    /// The bytes of a message's file, as they come. Nothing is kept here; one that ends without an error is whole.
    ///
    /// # Errors
    /// When the help desk does not answer, does not know the file, hands none out, or it is larger than [`MOST_BYTES`]. The
    /// same may come out of the stream.
    pub async fn attachment(&self, id: &RemoteId) -> Result<ByteStream, ReadError> {
        let desk = self.desk().ok_or_else(|| self.no_key())?;
        let answer = {
            let _waiting = self.interactive();
            desk.attachment(id, MOST_BYTES).await
        };
        if let Err(err @ (ReadError::Unreachable { .. } | ReadError::KeyRefused { .. })) = &answer {
            self.link().report(err);
        }
        let link = self.link().clone();
        let told = stream::unfold(answer?, move |mut bytes| {
            let link = link.clone();
            async move {
                let next = bytes.next().await?;
                if let Err(err @ ReadError::Unreachable { .. }) = &next {
                    link.report(err);
                }
                Some((next, bytes))
            }
        });
        Ok(told.boxed())
    }
}
