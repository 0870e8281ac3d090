//! Why a call is refused: a status, a code, a sentence, and sometimes the field.

use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::json_response;
use crate::DeskError;
use crate::db::{Invalid, Reason, RefusedCursor};

/// The body of every refusal.
#[derive(Serialize, ToSchema)]
pub(super) struct Refused {
    error: Problem,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
struct Problem {
    /// For programs.
    #[schema(example = "not_permitted")]
    code: &'static str,
    /// For people.
    #[schema(example = "This key may not reply to customers.")]
    message: String,
    /// The place in the call, where it is one.
    field: Option<&'static str>,
}

/// An answer that is not the one asked for.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) field: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    pub(super) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Invalid::new(field, message).into()
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    pub(super) fn not_permitted(what: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not_permitted", format!("This key may not {what}."))
    }

    /// One item stands for the whole call.
    pub(super) fn batch(field: &'static str, id: &str, reason: Option<&Reason>) -> Self {
        let why = reason.map_or("", |reason| reason.message.as_str());
        let message = format!("Nothing was done: {id} cannot be part of it. {why}");
        Invalid { code: "batch_refused", message, field }.into()
    }

    pub(super) fn conflict(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(super) fn too_many(most: usize) -> Self {
        let sentence = format!("One call takes at most {most} items.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many", sentence)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = Problem { code: self.code, message: self.message, field: self.field };
        json_response(self.status, &Refused { error })
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        let refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, invalid.code, invalid.message);
        Self { field: Some(invalid.field), ..refusal }
    }
}

impl From<DeskError> for Refusal {
    fn from(err: DeskError) -> Self {
        tracing::error!(error = ?err, "a call failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The desk has a problem of its own.")
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(err: rusqlite::Error) -> Self {
        DeskError::from(err).into()
    }
}

impl From<RefusedCursor> for Refusal {
    fn from(why: RefusedCursor) -> Self {
        match why {
            RefusedCursor::Malformed => Self {
                field: Some("cursor"),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_cursor", "This is no cursor of a desk.")
            },
            RefusedCursor::Gone => {
                Self::conflict("cursor_gone", "This cursor is of another desk: start again without one.")
            }
        }
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        let message = rejection.body_text();
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message),
            StatusCode::UNPROCESSABLE_ENTITY => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
            }
            _ => Self::new(StatusCode::BAD_REQUEST, "bad_json", message),
        }
    }
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", rejection.body_text())
            }
            _ => Self::new(StatusCode::BAD_REQUEST, "bad_request", rejection.body_text()),
        }
    }
}

/// No such path.
pub(super) fn no_such_path() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "no_such_path", "There is no such call.")
}

/// A path that is called in another way.
pub(super) async fn bad_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "bad_method", "This path is not called with this method.")
}
