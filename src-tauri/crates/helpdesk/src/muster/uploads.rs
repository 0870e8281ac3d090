//! Files on their way to muster-desk: each distinct one is uploaded once, however many messages carry it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use muster_model::Reason;
use reqwest::header::{CONTENT_TYPE, HeaderValue};

use super::wire;
use crate::transport::{Transport, Written};
use crate::{NotSent, OutgoingFile, Reply};

/// The server's ids of what was uploaded, by hash, name and media type.
#[derive(Debug, Default)]
pub(super) struct Uploads(RwLock<HashMap<(String, String, String), String>>);

impl Uploads {
    /// The ids of each reply's files; what was not uploaded yet is. `Err`: of these replies nothing left.
    pub(super) async fn ids(
        &self,
        transport: &Transport,
        replies: &[Reply],
    ) -> Result<Vec<Vec<String>>, NotSent> {
        let mut ids = Vec::with_capacity(replies.len());
        for reply in replies {
            ids.push(self.of(transport, &reply.files).await?);
        }
        Ok(ids)
    }

    /// The ids of some files; what was not uploaded yet is.
    pub(super) async fn of(
        &self,
        transport: &Transport,
        files: &[Arc<OutgoingFile>],
    ) -> Result<Vec<String>, NotSent> {
        let mut ids = Vec::with_capacity(files.len());
        for file in files {
            ids.push(self.id(transport, file).await?);
        }
        Ok(ids)
    }

    /// Forgets everything: the server does not know it any more.
    pub(super) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn id(&self, transport: &Transport, file: &OutgoingFile) -> Result<String, NotSent> {
        let key = (file.id.clone(), file.name.clone(), file.mime.clone());
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let mime = HeaderValue::from_str(&file.mime)
            .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
        let request = transport
            .post(&["api", "attachments"])
            .query(&[("name", &file.name)])
            .header(CONTENT_TYPE, mime)
            .body(file.bytes.clone());
        let uploaded: wire::Uploaded = match transport.write(request).await {
            Ok(Written::Answered(uploaded)) => uploaded,
            // No customer hears of an upload, and the same bytes are the same file there: it can be tried again.
            Ok(Written::Lost(reason)) => {
                tracing::info!(file = file.id, reason = reason.message, "a file did not arrive");
                return Err(NotSent::SlowDown { retry_after: None });
            }
            Err(NotSent::Refused { reason }) => {
                let message = format!("{}: {}", file.name, reason.message);
                return Err(NotSent::Refused { reason: Reason::new(reason.code, message) });
            }
            Err(not_sent) => return Err(not_sent),
        };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, uploaded.id.clone());
        Ok(uploaded.id)
    }
}
