//! The connector for muster-desk, the embedded help desk. Its wire is what the desk's OpenAPI document says.

mod client;
mod live;
mod map;
mod uploads;
mod wire;

#[cfg(test)]
mod tests;

pub use client::{Detected, MusterDesk, detect};
