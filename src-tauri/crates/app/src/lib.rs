//! Everything a front end can ask: commands, wire types, events. Knows no Tauri.
//!
//! The shell and the terminal both stand on this: a command here takes a wire type, calls one use case of the engine
//! and answers with a wire type. [`muster_commands!`] declares them all once.

mod accounts;
mod app;
mod approved;
mod commands;
mod data_dir;
mod downloads;
mod drafts;
mod error;
mod facets;
mod files;
mod filter;
mod inbox;
mod jobs;
mod keychain;
mod line;
mod mail;
mod marks;
mod meanwhile;
mod plans;
mod quote;
mod rules;
mod sending;
mod snippets;
mod storage;
mod terminal;
mod thread;
mod thread_view;
mod view_filter;
mod views;
pub mod wire;
mod words;
mod writing;

pub use app::{App, DemoDesk, Notification};
pub use data_dir::data_dir;
pub use error::{ErrorCode, UiError};
pub use jobs::{Format, Written};
pub use keychain::{KeyStore, Keychain};
pub use line::{AssigneeLine, ContactLine, ConversationLine, MessageLine};
pub use mail::{MAIL_CSP, mail_page};
pub use terminal::{
    BulkRequest, Counted, DryRun, DryRunRecipient, ExportedFile, ImportProgress, Imported, JobReport,
    Listing, Worked,
};

// What a program needs to start the app.
pub use muster_engine::{Account, EnvKeys, FILE_KIND, KINDS, Synced, SystemClock};

// Words of the layers below that a terminal uses as they are.
pub use muster_model::{JobId, JobState, Verdict};
pub use muster_store::{JobFilter, Retention, SyncState};
