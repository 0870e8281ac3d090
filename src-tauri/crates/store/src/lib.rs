//! SQLite, and the only crate that holds SQL.
//!
//! An account's folder has two encrypted databases: [`Cache`] – what the server said, rebuildable – and [`Journal`] –
//! what we want and what became of it, precious. Files of messages that were opened are apart ([`FetchedFiles`]). Beside
//! them lies `account.lock`, held by the one process that works the account. `muster.db` in the data folder lists the accounts ([`Registry`]). Everything here is synchronous; the
//! engine calls it from a blocking thread.

mod cache;
mod column;
mod damage;
mod db;
mod error;
mod fetched;
mod journal;
mod key;
mod lock;
mod overlay;
mod registry;
#[cfg(test)]
mod testing;

pub use cache::*;
pub use error::*;
pub use fetched::*;
pub use journal::*;
pub use key::*;
pub use lock::*;
pub use overlay::*;
pub use registry::*;
