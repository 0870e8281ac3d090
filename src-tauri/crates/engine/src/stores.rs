//! The two databases of one account, together.

use muster_store::{Cache, Journal};

/// What the server said, and what we want and what became of it.
#[derive(Clone)]
pub struct Stores {
    /// What the server said. Written only by the process that holds `account.lock`.
    pub cache: Cache,
    /// What we want and what became of it.
    pub journal: Journal,
}
