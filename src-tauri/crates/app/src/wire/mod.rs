//! The wire: every type that crosses to a front end, in JSON with camelCase names. Ids are strings, times are RFC 3339.
//!
//! TypeScript is exported from here into `ui/src/lib/host/wire/` when this crate's tests run.

#![expect(missing_docs, reason = "a field is documented where its name does not say everything")]

mod account;
mod event;
mod inbox;
mod job;
mod plan;
mod sending;
mod storage;
mod thread;

pub use account::*;
pub use event::*;
pub use inbox::*;
pub use job::*;
pub use plan::*;
pub use sending::*;
pub use storage::*;
pub use thread::*;

/// Derives what every wire type needs.
macro_rules! wire {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(export, export_to = "../../../../ui/src/lib/host/wire/")]
        pub struct $name { $($body)* }
    )+};
}
pub(crate) use wire;
