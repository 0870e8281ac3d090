//! What can go wrong with a database, in words that say what to do about it.

use std::path::PathBuf;

use muster_model::{EffectState, JobId};
use rusqlite::ErrorCode;
use thiserror::Error;

/// The result of everything in this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a database did not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A newer Muster wrote the file; it was left untouched.
    #[error(
        "{} was written by a newer Muster (version {found}, this one knows {supported}). Update Muster; the file was left as it is.",
        path.display()
    )]
    FromTheFuture {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version that this program knows.
        supported: i64,
    },
    /// The data key does not open the file.
    #[error("The data key does not open {}.", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// Another process kept the database locked for longer than we wait.
    #[error("Another Muster is busy with the same data. Try again in a moment.")]
    Busy,
    /// No room left.
    #[error("The disk is full. Make room; nothing was lost.")]
    DiskFull,
    /// The disk refused a read or a write.
    #[error("The disk cannot be read or written: {detail}")]
    Disk {
        /// What SQLite said.
        detail: String,
    },
    /// The file is damaged, or a value in it is not what this program writes.
    #[error("The database is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// A file that is only a copy of what the help desk has is damaged.
    #[error(
        "The copy on this computer is damaged ({detail}). It is fetched again when the account is opened next; a file that \
         was imported has to be imported again. What was written and sent from here is in another file."
    )]
    DamagedCopy {
        /// What was found.
        detail: String,
    },
    /// There was no memory to pack a value.
    #[error("A conversation cannot be packed: {0}")]
    Packing(#[source] std::io::Error),
    /// The file system refused.
    #[error("Cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An account of that name exists.
    #[error("There is already an account named {name}.")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The journal has no such job.
    #[error("There is no job {0}.")]
    NoSuchJob(JobId),
    /// An audience could not be packed or unpacked.
    #[error("The audience of a job cannot be read: {0}")]
    Pack(#[from] postcard::Error),
    /// Anything else that SQLite said.
    #[error("The database refused: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl StoreError {
    /// Whether making room on the disk helps.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull)
    }

    pub(crate) fn corrupt(detail: impl Into<String>) -> Self {
        Self::Corrupt { detail: detail.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(err: rusqlite::Error) -> Self {
        match err.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::SystemIoFailure) => Self::Disk { detail: err.to_string() },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::corrupt(err.to_string()),
            _ => match err {
                rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..) => {
                    Self::corrupt(err.to_string())
                }
                other => Self::Sqlite(other),
            },
        }
    }
}

/// An outcome that was not written, because the effect's story was already over or never began.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct NotRecorded {
    /// The effect's row.
    pub row: i64,
    /// Its state, which stays; none if there is no such effect.
    pub is: Option<EffectState>,
    /// The state that was asked for.
    pub asked: EffectState,
}
