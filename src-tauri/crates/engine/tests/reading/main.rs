//! The engine against a real muster-desk: first sync, gaps, the live stream, offline, roles, keys, notifications, and
//! everything that is written.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod damage;
mod desk;
mod limits;
mod offline;
mod planning;
mod roles;
mod running;
mod syncing;
mod telling;
mod writing;
