//! What a front end may know of an error: a closed code and a sentence. The one place that decides what an error means.

use muster_engine::control::ControlError;
use muster_engine::{AnswerError, KeyError, OpenError, PlanError, RetryError, UndoError};
use muster_helpdesk::ReadError;
use muster_store::StoreError;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

/// What kind of error. The UI branches on this and on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../../ui/src/lib/host/wire/")]
pub enum ErrorCode {
    /// The help desk cannot be reached.
    Offline,
    /// The key is refused or missing.
    SignInAgain,
    /// The keychain is locked or denied.
    Keychain,
    /// There is no keychain.
    NoKeychain,
    /// There is no such thing.
    NotFound,
    /// The role does not allow it.
    NotPermitted,
    /// What was typed makes no sense; the sentence says what to do.
    BadInput,
    /// The data was written by a newer Muster.
    NewerData,
    /// The data key does not open the data.
    WrongKey,
    /// The disk is full.
    DiskFull,
    /// Somebody wrote or changed it meanwhile: look, then decide.
    Conflict,
    /// Something of ours is broken.
    Internal,
}

/// An error for a front end.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../../ui/src/lib/host/wire/")]
#[error("{message}")]
pub struct UiError {
    /// What kind.
    pub code: ErrorCode,
    /// What happened, what it means, what to do.
    pub message: String,
}

impl UiError {
    /// An error from its two parts.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<ReadError> for UiError {
    fn from(err: ReadError) -> Self {
        tracing::warn!(error = ?err, "a read from the help desk failed");
        let code = match &err {
            ReadError::Unreachable { .. } | ReadError::SlowDown { .. } | ReadError::ServerFault { .. } => {
                ErrorCode::Offline
            }
            ReadError::KeyRefused { .. } => ErrorCode::SignInAgain,
            ReadError::NotPermitted { .. } => ErrorCode::NotPermitted,
            ReadError::NotFound { .. } => ErrorCode::NotFound,
            ReadError::Malformed { .. } | ReadError::TooLarge { .. } | ReadError::BadAddress(_) => {
                ErrorCode::BadInput
            }
        };
        Self::new(code, err.to_string())
    }
}

impl From<StoreError> for UiError {
    fn from(err: StoreError) -> Self {
        tracing::error!(error = ?err, "the store failed");
        let code = match &err {
            StoreError::FromTheFuture { .. } => ErrorCode::NewerData,
            StoreError::WrongKey { .. } => ErrorCode::WrongKey,
            err if err.is_disk_full() => ErrorCode::DiskFull,
            _ => ErrorCode::Internal,
        };
        Self::new(code, err.to_string())
    }
}

impl From<KeyError> for UiError {
    fn from(err: KeyError) -> Self {
        tracing::warn!(error = ?err, "the key could not be read");
        let code = match &err {
            KeyError::Missing => ErrorCode::SignInAgain,
            KeyError::NoKeychain(_) => ErrorCode::NoKeychain,
            KeyError::Locked(_) | KeyError::Denied(_) | KeyError::Failed(_) => ErrorCode::Keychain,
        };
        Self::new(code, err.to_string())
    }
}

impl From<OpenError> for UiError {
    fn from(err: OpenError) -> Self {
        match err {
            OpenError::Key(err) => err.into(),
            OpenError::Store(err) => err.into(),
            err @ OpenError::DamagedElsewhere => Self::new(ErrorCode::Conflict, err.to_string()),
            err => Self::new(ErrorCode::Internal, err.to_string()),
        }
    }
}

impl From<PlanError> for UiError {
    fn from(err: PlanError) -> Self {
        let code = match err {
            PlanError::Store(err) => return err.into(),
            PlanError::NotPermitted(_) => ErrorCode::NotPermitted,
            PlanError::AnsweredMeanwhile => ErrorCode::Conflict,
            _ => ErrorCode::BadInput,
        };
        Self::new(code, err.to_string())
    }
}

/// Errors whose sentences say what to do; only the store's mean something else.
macro_rules! refusals {
    ($($error:ident),+) => {$(
        impl From<$error> for UiError {
            fn from(err: $error) -> Self {
                match err {
                    $error::Store(StoreError::NoSuchJob(job)) => {
                        Self::new(ErrorCode::NotFound, format!("There is no job {job}."))
                    }
                    $error::Store(err) => err.into(),
                    err => Self::new(ErrorCode::BadInput, err.to_string()),
                }
            }
        }
    )+};
}

refusals!(ControlError, UndoError, RetryError, AnswerError);
