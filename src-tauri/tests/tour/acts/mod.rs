//! The acts of the tour, in the order in which they are played.

pub mod approved;
pub mod canary;
pub mod click;
pub mod crash;
pub mod dark;
pub mod draft;
pub mod fernand;
pub mod file;
pub mod follow;
pub mod keyring;
pub mod look;
pub mod mail;
pub mod mass_reply;
pub mod note;
pub mod offline;
pub mod pause;
pub mod plan;
pub mod request_tracker;
pub mod retry;
pub mod second;
pub mod secrets;
pub mod select;
pub mod settings;
pub mod sign_in;
pub mod take_back;
pub mod together;
pub mod undo;
pub mod viewer;

/// The incident that hits about 140 active conversations of the seeded world.
pub const INCIDENT: &str = "payment-issue-2026-05";
