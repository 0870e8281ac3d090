//! The words everybody shares: ids, conversations, filters, changes, effects, channel rules.
//!
//! No I/O and no clock: whoever needs *now* or the user's zone passes it in. Every other crate of Muster's engine may
//! use this one; this one uses none of them.

#[macro_use]
mod text;

mod approved;
mod change;
mod channel;
mod conversation;
mod directory;
mod filter;
mod fold;
mod highlight;
mod id;
mod job;
mod mention;
mod merge;
mod put_on;
mod sending;
mod sms;
mod snooze;
#[cfg(test)]
mod tests;
mod thread;
mod value;

pub use approved::*;
pub use change::*;
pub use channel::*;
pub use conversation::*;
pub use directory::*;
pub use filter::*;
pub use fold::*;
pub use highlight::{Needles, Snippet as TextSnippet};
pub use id::*;
pub use job::*;
pub use mention::*;
pub use merge::*;
pub use put_on::*;
pub use sending::*;
pub use sms::*;
pub use snooze::*;
pub use thread::*;
pub use value::*;
