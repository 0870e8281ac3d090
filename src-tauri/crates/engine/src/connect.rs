//! From an account's kind, address and key to a help desk that can be asked.

use std::sync::Arc;

use muster_helpdesk::muster::MusterDesk;
use muster_helpdesk::{ApiKey, HelpDesk, ReadError};

/// Signs in, without asking the network anything yet.
///
/// # Errors
/// When the address cannot be used, or this version has no connector of that kind.
pub fn connect(kind: &str, url: &str, key: ApiKey) -> Result<Arc<dyn HelpDesk>, ReadError> {
    match kind {
        "muster" => Ok(Arc::new(MusterDesk::new(url, key)?)),
        other => Err(ReadError::BadAddress(format!(
            "This version of Muster knows no help desk of the kind “{other}”. Choose “muster”."
        ))),
    }
}

/// Whether a help desk of this kind answers at this address, whoever asks.
///
/// # Errors
/// When it does not, with a sentence that says what to check.
pub async fn probe(kind: &str, url: &str) -> Result<(), ReadError> {
    // Refusing a key that nobody has is how a help desk answers a stranger.
    match connect(kind, url, ApiKey::new("probe".to_owned()))?.me().await {
        Ok(_)
        | Err(ReadError::KeyRefused { .. } | ReadError::NotPermitted { .. } | ReadError::SlowDown { .. }) => {
            Ok(())
        }
        Err(err) => Err(err),
    }
}
