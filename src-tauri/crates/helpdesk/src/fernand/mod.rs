//! The connector for Fernand. Base address `https://api.getfernand.com`, an API key in `X-API-Key`.
//!
//! What shapes it: 20 reads and 5 writes a minute; a bulk call that names only what succeeded; lists that say little
//! (no name, no first message, no answer of ours) and do not move when a status changes; no idempotency key, no
//! followers, no stream. So every call is counted before it leaves, lists are sketches that threads complete, failures
//! are the set difference, and a reply without an answer is looked for in its thread.

mod apply;
mod budget;
mod client;
mod html;
mod map;
mod memory;
mod sync;
mod wire;

#[cfg(test)]
mod tests;

pub use client::{Detected, Fernand, detect};
