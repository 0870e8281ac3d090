//! Request Tracker's JSON and the model's words, one onto the other. Pure.

mod changing;
mod priority;
mod reading;
mod slug;
mod status;
mod story;
mod thread;
mod writing;

pub(super) use changing::*;
pub(super) use priority::*;
pub(super) use reading::*;
pub(super) use slug::*;
pub(super) use status::*;
pub(super) use story::*;
pub(super) use thread::*;
pub(super) use writing::*;

use muster_model::Reason;

use super::wire;

/// The server's own words in the body of a refusal.
pub(super) fn refusal(body: &[u8]) -> Option<Reason> {
    let body: wire::ErrorBody = serde_json::from_slice(body).ok()?;
    // Perl adds where it was: "Unknown field: Foo at /usr/share/… line 3187."
    let message = body.message.split(" at /").next().unwrap_or_default().trim().to_owned();
    Some(Reason::new(
        "refused",
        if message.is_empty() { "The help desk refused it.".into() } else { message },
    ))
}

#[cfg(test)]
mod tests;
