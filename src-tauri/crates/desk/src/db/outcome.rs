//! What became of one item of a write, on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::ids::conversation_id;
use super::runs::{AsItem, Item};

/// Done, refused, or not meant for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Applied,
    Rejected,
    Skipped,
}

impl Verdict {
    /// As on the wire.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Skipped => "skipped",
        }
    }
}

/// Why not: a code for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Reason {
    #[schema(example = "archived")]
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Reason {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn not_found() -> Self {
        Self::new("not_found", "There is no such conversation.")
    }

    pub(crate) fn archived() -> Self {
        Self::new("archived", "Archived conversations take no change.")
    }

    pub(crate) fn merged(into: i64) -> Self {
        Self::new("merged", format!("This conversation was merged into {}.", conversation_id(into)))
    }

    pub(crate) fn ref_reused() -> Self {
        Self::new("ref_reused", "This client reference was used for another conversation.")
    }

    pub(crate) fn busy() -> Self {
        Self::new("busy", "The conversation is busy. Try again.")
    }

    pub(crate) fn empty_text() -> Self {
        Self::new("empty_text", "There is no text to send.")
    }
}

/// What became of a change on one conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    #[schema(example = "c-1042")]
    pub(crate) id: String,
    /// `applied` also where nothing had to change.
    pub(crate) outcome: Verdict,
    pub(crate) reason: Option<Reason>,
    /// The number of the change that it led to: a row with this `seq` or a higher one holds it.
    pub(crate) seq: Option<i64>,
}

impl AsItem for Outcome {
    fn item(&self) -> Item<'_> {
        Item { id: &self.id, outcome: self.outcome, reason: self.reason.as_ref() }
    }
}

impl Outcome {
    pub(crate) fn applied(id: &str, seq: i64) -> Self {
        Self { id: id.to_owned(), outcome: Verdict::Applied, reason: None, seq: Some(seq) }
    }

    pub(crate) fn rejected(id: &str, reason: Reason, seq: Option<i64>) -> Self {
        Self { id: id.to_owned(), outcome: Verdict::Rejected, reason: Some(reason), seq }
    }
}

/// Why a whole call is refused before it begins.
#[derive(Clone, Debug)]
pub(crate) struct Invalid {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: &'static str,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { code: "invalid", message: message.into(), field }
    }
}
