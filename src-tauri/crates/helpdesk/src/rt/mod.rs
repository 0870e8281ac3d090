//! The connector for Request Tracker 5 and 6, over REST 2.0.
//!
//! What shapes it: RT has no way to ask for what changed by time (times in a query are read in the agent's own zone), so
//! the sync walks tickets by their last update and follows the numbers of transactions (`sync`). It answers writes with
//! prose in the agent's language, so every outcome is read back (`changing`, `replying`). It knows no idempotency, so a
//! reply carries our reference in the transaction custom field `ClientRef`, which an administrator makes once. And it goes
//! on working on a request that we gave up on, so that no call that failed is a final answer before the settle time is over.

mod asking;
mod changing;
mod client;
mod details;
mod login;
mod map;
mod place;
mod replying;
mod state;
mod sync;
mod threads;
mod wire;

#[cfg(test)]
mod tests;

pub use client::RequestTracker;
pub use login::{Detected, detect};
