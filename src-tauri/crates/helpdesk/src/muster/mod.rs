//! The connector for muster-desk, the embedded help desk. Its wire is described in `crates/desk/API.md`.

mod client;

pub use client::{Detected, MusterDesk, detect};
