//! From an account's kind, address and key to a help desk that can be asked.

use std::sync::Arc;

use muster_helpdesk::fernand::{self, Fernand};
use muster_helpdesk::muster::{self, MusterDesk};
use muster_helpdesk::{ApiKey, HelpDesk, ReadError};

/// Signs in, without asking the network anything yet.
///
/// # Errors
/// When the address cannot be used, or this version has no connector of that kind.
pub fn connect(kind: &str, url: &str, key: ApiKey) -> Result<Arc<dyn HelpDesk>, ReadError> {
    match kind {
        "muster" => Ok(Arc::new(MusterDesk::new(url, key)?)),
        "fernand" => Ok(Arc::new(Fernand::new(url, key)?)),
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
        other => Err(unknown_kind(other)),
    }
}

fn unknown_kind(kind: &str) -> ReadError {
    ReadError::BadAddress(format!(
        "This version of Muster knows no help desk of the kind “{kind}”. Choose “muster” or “fernand”."
    ))
}
