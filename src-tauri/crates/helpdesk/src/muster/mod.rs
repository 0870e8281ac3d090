//! The connector for muster-desk, the embedded help desk. Its wire is described in `crates/desk/API.md`.

mod client;
mod live;
mod map;
mod uploads;
mod wire;

#[cfg(test)]
mod tests;

pub use client::{Detected, MusterDesk, detect};
