//! Writing to a customer, from the first letter to the desk: drafts, collisions, taking back, snippets. With the real
//! desk over HTTP and the real databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod approved;
mod bench;
mod bulk;
mod damage;
mod drafts;
mod jobs;
mod notes;
mod opening;
mod replies;
