//! Files of messages. RT's interface hands a file out as base64 inside of JSON, so one is in memory as a whole before its
//! first byte is passed on; the limit keeps that small.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt, stream};
use muster_model::RemoteId;

use super::asking::at;
use super::client::RequestTracker;
use super::wire::Attachment;
use crate::{ByteStream, ReadError};

/// What stands around the content.
const ENVELOPE: u64 = 64 << 10;
/// Bytes that are passed on at once.
const CHUNK: usize = 64 << 10;

impl RequestTracker {
    pub(super) async fn file(&self, id: &RemoteId, most: u64) -> Result<ByteStream, ReadError> {
        let too_large = || ReadError::TooLarge { most };
        // Four letters for three bytes, and a line end, written as two letters, after each 76.
        let answer = (most / 2).saturating_mul(3).saturating_add(ENVELOPE);
        let answer = usize::try_from(answer).unwrap_or(usize::MAX);
        let what = format!("the file {id}");
        let request = self.transport.get(&at(&["attachment", id.as_str()]));
        let (part, _): (Attachment, _) =
            self.transport.read_at_most(request, &what, answer, too_large).await?;
        let text: String = part.content.split_whitespace().collect();
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|_| self.transport.malformed(format!("{what} is not encoded as its files are.")))?;
        // A message that was cut in the middle of its JSON never comes this far.
        if bytes.len() as u64 > most {
            return Err(too_large());
        }
        let chunks: Vec<Result<Vec<u8>, ReadError>> =
            bytes.chunks(CHUNK).map(|chunk| Ok(chunk.to_vec())).collect();
        Ok(stream::iter(chunks).boxed())
    }
}
