//! What most handlers look at first: whether there is such a conversation, whether a text has the length of a name.

use rusqlite::Connection;

use super::refusal::Refusal;
use crate::db::{Head, head_of, parse};

/// The conversation of an id, unless there is none.
pub(super) fn conversation(tx: &Connection, id: &str) -> Result<Head, Refusal> {
    let head = parse('c', id).map(|id| head_of(tx, id)).transpose()?.flatten();
    head.ok_or_else(|| Refusal::not_found("conversation"))
}

/// Refuses a text that says nothing, or too much. The field is called as in the sentence.
pub(super) fn between_one_and(most: usize, field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() || text.chars().count() > most {
        return Err(Refusal::invalid(field, format!("A {field} has 1 to {most} characters.")));
    }
    Ok(())
}
