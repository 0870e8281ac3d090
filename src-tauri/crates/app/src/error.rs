//! What a front end may know of an error: a closed code and a sentence.

use serde::{Deserialize, Serialize};
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
    /// The keychain is locked, denied or missing.
    Keychain,
    /// There is no such thing.
    NotFound,
    /// The role does not allow it.
    NotPermitted,
    /// What was typed makes no sense; the sentence says what to do.
    BadInput,
    /// The data was written by a newer Muster.
    NewerData,
    /// The disk is full.
    DiskFull,
    /// Something of ours is broken.
    Internal,
}

/// An error for a front end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../../ui/src/lib/host/wire/")]
pub struct UiError {
    /// What kind.
    pub code: ErrorCode,
    /// What happened, what it means, what to do.
    pub message: String,
}
