//! What can go wrong with the desk as a whole. What can go wrong with a call is in `api::refusal`.

use std::path::PathBuf;

/// Why the desk cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// As given.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the folder {}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The mail archive cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Mbox {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The mail archive holds no mail that can be read.
    #[error("{} holds no mail that can be read", path.display())]
    NoMail {
        /// Which.
        path: PathBuf,
    },
    /// The data folder is of a newer desk.
    #[error("the data is of a newer version ({found}, this one knows {supported}) and stays untouched")]
    FromTheFuture {
        /// Its version.
        found: i64,
        /// Ours.
        supported: i64,
    },
    /// No random numbers for keys.
    #[error("the operating system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// SQLite.
    #[error("the desk's database: {0}")]
    Database(#[from] rusqlite::Error),
    /// What the database holds cannot be read, or a piece of work broke off.
    #[error("{0}")]
    Broken(&'static str),
}
