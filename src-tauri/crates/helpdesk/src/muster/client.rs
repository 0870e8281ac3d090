//! muster-desk over HTTP: one method per call of its API.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use muster_model::{Change, ClientRef, Directory, EffectOutcome, Me, Reason, RemoteId, Thread};

use super::live::{self, LastEvent};
use super::uploads::Uploads;
use super::{map, wire};
use crate::address::Address;
use crate::transport::{Auth, Dialect, Patience, Transport, Written};
use crate::{
    ApiKey, Batch, ByteStream, Capabilities, Cursor, EventStream, Found, HelpDesk, ItemOutcome, NotSent,
    Note, Page, Rate, ReadError, Reply,
};

const DIALECT: Dialect = Dialect { kind: "Muster", auth: Auth::Scheme("Bearer"), refusal: map::refusal };

/// A muster-desk that answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// Its version.
    pub version: String,
    /// How long it took to answer.
    pub latency: Duration,
}

/// Looks whether a muster-desk answers at `url`. Sends no key.
///
/// # Errors
/// The address cannot be used, nobody answers, or somebody else does.
pub async fn detect(url: &str) -> Result<Detected, ReadError> {
    detect_with(url, Patience::default()).await
}

pub(super) async fn detect_with(url: &str, patience: Patience) -> Result<Detected, ReadError> {
    let transport = Transport::new(Address::parse(url)?, DIALECT, None, patience)?;
    let asked = Instant::now();
    let health: wire::Health = transport.read(transport.get(&["api", "health"]), "/api/health").await?;
    if health.name != "muster-desk" {
        return Err(transport.malformed("something else runs there. Check the address.".to_owned()));
    }
    Ok(Detected { version: health.version, latency: asked.elapsed() })
}

/// A muster-desk, signed in.
#[derive(Debug)]
pub struct MusterDesk {
    transport: Transport,
    last_event: LastEvent,
    uploads: Uploads,
    said: RwLock<Said>,
}

/// What the server said about itself, with [`HelpDesk::me`].
#[derive(Clone, Debug, Default)]
struct Said {
    capabilities: wire::Capabilities,
    tenant: Option<String>,
}

impl MusterDesk {
    /// Prepares the connection; nothing is asked yet.
    ///
    /// # Errors
    /// The address cannot be used, or the key is none.
    pub fn new(url: &str, key: ApiKey) -> Result<Self, ReadError> {
        Self::with(url, &key, Patience::default())
    }

    pub(super) fn with(url: &str, key: &ApiKey, patience: Patience) -> Result<Self, ReadError> {
        let transport = Transport::new(Address::parse(url)?, DIALECT, Some(key), patience)?;
        Ok(Self {
            transport,
            last_event: LastEvent::default(),
            uploads: Uploads::default(),
            said: RwLock::default(),
        })
    }

    async fn ask_me(&self) -> Result<wire::Me, ReadError> {
        let me: wire::Me = self.transport.read(self.transport.get(&["api", "me"]), "/api/me").await?;
        *self.said.write().unwrap_or_else(PoisonError::into_inner) =
            Said { capabilities: me.capabilities.clone(), tenant: Some(me.tenant.clone()) };
        Ok(me)
    }

    /// One call of replies, their files ahead of it.
    async fn send(&self, group: &[Reply]) -> Result<Written<wire::Results<wire::ReplyResult>>, NotSent> {
        let mut again = true;
        loop {
            let files = self.uploads.ids(&self.transport, group).await?;
            let request = self.transport.post(&["api", "conversations", "bulk", "reply"]);
            let sent = self.transport.write(request.json(&map::bulk_reply(group, &files))).await;
            match sent {
                // The server lost what was uploaded, and did not begin: once more from the start.
                Err(NotSent::Refused { reason }) if again && reason.code == "unknown_file" => {
                    self.uploads.forget();
                    again = false;
                }
                sent => return sent,
            }
        }
    }

    /// The server keeps one book of references for replies and notes.
    async fn look_up(&self, sent: &[&ClientRef]) -> Result<Vec<Found>, ReadError> {
        let mut found = Vec::with_capacity(sent.len());
        for part in sent.chunks(self.capabilities().max_replies) {
            let client_refs = part.iter().map(|reference| reference.as_str()).collect();
            let request = self.transport.ask(&["api", "replies", "find"]).json(&wire::Find { client_refs });
            found.extend(map::found(part, self.transport.read(request, "/api/replies/find").await?));
        }
        Ok(found)
    }

    fn said(&self) -> Said {
        self.said.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl HelpDesk for MusterDesk {
    fn capabilities(&self) -> Capabilities {
        map::capabilities(&self.said().capabilities)
    }

    async fn me(&self) -> Result<Me, ReadError> {
        Ok(map::me(self.ask_me().await?.agent))
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        let tenant = match self.said().tenant {
            Some(tenant) => tenant,
            None => self.ask_me().await?.tenant,
        };
        let request = self.transport.get(&["api", "directory"]);
        Ok(map::directory(tenant, self.transport.read(request, "/api/directory").await?))
    }

    async fn changes(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        let mut request = self.transport.get(&["api", "changes"]);
        if let Some(Cursor(cursor)) = since {
            request = request.query(&[("cursor", cursor)]);
        }
        Ok(map::page(self.transport.read(request, "the place where reading stopped").await?))
    }

    async fn thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        let request = self.transport.get(&["api", "conversations", id.as_str()]);
        Ok(map::thread(self.transport.read(request, &format!("the conversation {id}")).await?))
    }

    async fn attachment(&self, id: &RemoteId, most: u64) -> Result<ByteStream, ReadError> {
        let path = ["api", "attachments", id.as_str()];
        self.transport.download(&path, &format!("the file {id}"), most).await
    }

    async fn apply(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        if batch.ids.is_empty() {
            return Ok(Vec::new());
        }
        let request = self.transport.post(&["api", "conversations", "bulk"]).json(&map::bulk(batch));
        Ok(map::change_outcomes(batch, self.transport.write(request).await?))
    }

    async fn reply(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        if replies.iter().any(|reply| !is_status_only(&reply.then)) {
            return Err(NotSent::Unsupported(
                "This help desk sets only the status together with a reply.".to_owned(),
            ));
        }
        let mut outcomes = Vec::with_capacity(replies.len());
        // A call names one mass reply and one status.
        for group in replies.chunk_by(|a, b| a.mass == b.mass && a.then == b.then) {
            let written = match self.send(group).await {
                Ok(written) => written,
                // Only as long as nothing left can the call as a whole say so.
                Err(not_sent) if outcomes.is_empty() => return Err(not_sent),
                Err(not_sent) => Written::Lost(Reason::new("not_sent", not_sent.to_string())),
            };
            outcomes.extend(map::reply_outcomes(group, written));
        }
        Ok(outcomes)
    }

    async fn find_replies(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        self.look_up(&sent.iter().map(|reply| &reply.client_ref).collect::<Vec<_>>()).await
    }

    async fn follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent> {
        let path = ["api", "conversations", id.as_str(), "follow"];
        let request = self.transport.post(&path).json(&wire::Follow { on });
        Ok(map::follow_outcome(self.transport.write(request).await?))
    }

    async fn note(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        let path = ["api", "conversations", note.id.as_str(), "notes"];
        let mut again = true;
        loop {
            let files = self.uploads.of(&self.transport, &note.files).await?;
            let request = self.transport.post(&path).json(&map::note(note, &files));
            match self.transport.write(request).await {
                // As with replies: the server lost what was uploaded, and did not begin.
                Err(NotSent::Refused { reason }) if again && reason.code == "unknown_file" => {
                    self.uploads.forget();
                    again = false;
                }
                sent => return Ok(map::note_outcome(sent?)),
            }
        }
    }

    async fn find_notes(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        self.look_up(&sent.iter().map(|note| &note.client_ref).collect::<Vec<_>>()).await
    }

    async fn test_message(&self, subject: &str, text: &str) -> Result<EffectOutcome, NotSent> {
        let request =
            self.transport.post(&["api", "test-message"]).json(&wire::TestMessage { subject, text });
        Ok(map::test_outcome(self.transport.write(request).await?))
    }

    fn rate(&self) -> Option<Rate> {
        self.transport.rate()
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        live::open(&self.transport, &self.last_event).await.map(Some)
    }
}

fn is_status_only(then: &Change) -> bool {
    Change { status: None, ..then.clone() }.is_empty()
}
