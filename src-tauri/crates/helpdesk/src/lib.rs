//! The [`HelpDesk`] trait and one module per server.
//!
//! The read side is pull-and-resume; the write side answers per conversation; a capability says what is missing, so
//! that the engine can emulate it and the UI can say why not. A connector is one folder: `wire.rs` (the server's JSON,
//! exactly), `map.rs` (wire ↔ model, pure, tested on samples), `client.rs` (HTTP, tested against a process).

#[doc = include_str!("../ADDING.md")]
pub mod adding {}

mod address;
mod capabilities;
mod error;
pub mod fernand;
mod key;
#[cfg(test)]
mod kit;
pub mod muster;
mod rate;
pub mod rt;
mod sketch;
#[cfg(test)]
mod tiny_server;
mod traits;
mod transport;
mod turns;

pub use capabilities::*;
pub use error::*;
pub use key::*;
pub use rate::Now;
pub use sketch::complete;
pub use traits::*;
