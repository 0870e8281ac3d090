//! From an account's kind, address and key to a help desk that can be asked.

use std::sync::Arc;
use std::time::Duration;

use muster_helpdesk::fernand::{self, Fernand};
use muster_helpdesk::muster::{self, MusterDesk};
use muster_helpdesk::rt::{self, RequestTracker};
use muster_helpdesk::{ApiKey, HelpDesk, ReadError};

/// The kinds that this version can sign in to, likeliest first.
pub const KINDS: [&str; 3] = ["muster", "rt", "fernand"];

/// Where tests say how long, in seconds, a request that was given up on may still be worked on. **Debug builds only**: a
/// shipped Muster waits as long as its connector says.
#[cfg(debug_assertions)]
const SETTLE_SECONDS: &str = "MUSTER_TEST_SETTLE_SECONDS";

/// Signs in, without asking the network anything yet. `user`: whose key it is, where the key does not say.
///
/// # Errors
/// When the address cannot be used, or this version has no connector of that kind.
pub fn connect(
    kind: &str,
    url: &str,
    user: Option<&str>,
    key: ApiKey,
) -> Result<Arc<dyn HelpDesk>, ReadError> {
    match kind {
        "muster" => Ok(Arc::new(MusterDesk::new(url, key)?)),
        "fernand" => Ok(Arc::new(Fernand::new(url, key)?)),
        "rt" => {
            let desk = RequestTracker::new(url, user, &key)?;
            Ok(Arc::new(match settle() {
                Some(settle) => desk.with_settle(settle),
                None => desk,
            }))
        }
        other => Err(unknown_kind(other)),
    }
}

/// Whether a help desk of this kind answers at this address. Sends no key.
///
/// # Errors
/// When it does not, with a sentence that says what to check.
pub async fn probe(kind: &str, url: &str) -> Result<(), ReadError> {
    match kind {
        "muster" => muster::detect(url).await.map(drop),
        "fernand" => fernand::detect(url).await.map(drop),
        "rt" => rt::detect(url).await.map(drop),
        other => Err(unknown_kind(other)),
    }
}

/// The kind of the help desk that answers at an address: each is asked in its own way, without a key. None where nobody
/// says that it is one.
///
/// # Errors
/// When the address cannot be used, or nobody answers there at all.
pub async fn detect(url: &str) -> Result<Option<&'static str>, ReadError> {
    let mut silent = None;
    for kind in KINDS {
        match probe(kind, url).await {
            Ok(()) => return Ok(Some(kind)),
            Err(err @ (ReadError::BadAddress(_) | ReadError::Unreachable { .. })) => silent = Some(err),
            Err(_) => {}
        }
    }
    silent.map_or(Ok(None), Err)
}

fn settle() -> Option<Duration> {
    #[cfg(debug_assertions)]
    {
        let seconds = std::env::var(SETTLE_SECONDS).ok()?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    }
    #[cfg(not(debug_assertions))]
    None
}

fn unknown_kind(kind: &str) -> ReadError {
    ReadError::BadAddress(format!(
        "This version of Muster knows no help desk of the kind “{kind}”. Choose one of: {}.",
        KINDS.join(", ")
    ))
}
