//! muster-desk over HTTP: one method per call of its API.

use std::time::Duration;

use async_trait::async_trait;
use muster_model::{Directory, EffectOutcome, Me, Reason, RemoteId, Thread};
use serde::Deserialize;

use crate::address::Address;
use crate::transport::{Dialect, Patience, Transport};
use crate::{
    ApiKey, Batch, Capabilities, Cursor, EventStream, Found, HelpDesk, ItemOutcome, NotSent, Page, ReadError,
    Reply,
};

fn refusal(_body: &[u8]) -> Option<Reason> {
    None
}

const DIALECT: Dialect = Dialect { kind: "Muster", refusal };

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
    #[derive(Deserialize)]
    struct Health {
        version: String,
    }
    let transport = Transport::new(Address::parse(url)?, DIALECT, None, Patience::default())?;
    let asked = std::time::Instant::now();
    let health: Health = transport.read(transport.get(&["api", "health"]), "/api/health").await?;
    Ok(Detected { version: health.version, latency: asked.elapsed() })
}

/// A muster-desk, signed in.
#[derive(Debug)]
pub struct MusterDesk {
    transport: Transport,
}

impl MusterDesk {
    /// Prepares the connection; nothing is asked yet.
    ///
    /// # Errors
    /// The address cannot be used, or the key is none.
    pub fn new(url: &str, key: ApiKey) -> Result<Self, ReadError> {
        let transport = Transport::new(Address::parse(url)?, DIALECT, Some(&key), Patience::default())?;
        Ok(Self { transport })
    }

    fn not_yet(&self) -> NotSent {
        NotSent::Unreachable { host: self.transport.host().to_owned() }
    }

    fn not_read(&self) -> ReadError {
        self.transport.malformed("its wire is being agreed on".to_owned())
    }
}

#[async_trait]
impl HelpDesk for MusterDesk {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_batch: 200,
            max_replies: 50,
            dedupes_replies: true,
            finds_by_reference: true,
            settle: Duration::from_secs(120),
            events: true,
            follow: true,
            snooze_until_reply: true,
            mass_reply_note: true,
            max_reply_chars: Vec::new(),
            max_tag_chars: 50,
            replies_per_minute: None,
            reads_per_minute: None,
        }
    }

    async fn me(&self) -> Result<Me, ReadError> {
        Err(self.not_read())
    }

    async fn directory(&self) -> Result<Directory, ReadError> {
        Err(self.not_read())
    }

    async fn changes(&self, _since: Option<&Cursor>) -> Result<Page, ReadError> {
        Err(self.not_read())
    }

    async fn thread(&self, _id: &RemoteId) -> Result<Thread, ReadError> {
        Err(self.not_read())
    }

    async fn apply(&self, _batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        Err(self.not_yet())
    }

    async fn reply(&self, _replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        Err(self.not_yet())
    }

    async fn find_replies(&self, _sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        Err(self.not_read())
    }

    async fn follow(&self, _id: &RemoteId, _on: bool) -> Result<EffectOutcome, NotSent> {
        Err(self.not_yet())
    }

    async fn events(&self) -> Result<Option<EventStream>, ReadError> {
        Err(self.not_read())
    }
}
