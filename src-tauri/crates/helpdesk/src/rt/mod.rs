//! The connector for Request Tracker 5 and 6, over REST 2.0.
//!
//! What shapes it: RT has no way to ask for what changed by time (times in a query are read in the agent's own zone), so
//! the sync walks tickets by their last update and follows the numbers of transactions (`sync`). It answers writes with
//! prose in the agent's language, so every outcome is read back (`changing`, `replying`). It knows no idempotency, so a
//! reply carries our reference in the transaction custom field `ClientRef`, which an administrator makes once. And it goes
//! on working on a request that we gave up on, so that no call that failed is a final answer before the settle time is over.
//!
//! What its tests lean on: the contract of every connector runs against a stand-in for REST 2.0 (`tests/samples.rs`, answers
//! in the shapes that RT 5.0.3 gave), because there an answer has to break in ways that no RT breaks at will. Everything that
//! says what RT *does* – which tickets there are, what a change or a reply became, who got which mail – is shown by a real RT
//! 5, through the `musterctl` process and through the window, with RT's own data and outbox as the referee.

mod asking;
mod changing;
mod client;
mod details;
mod files;
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
