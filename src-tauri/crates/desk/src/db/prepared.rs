//! Prepared texts: snippets that agents insert, and the templates that WhatsApp lets through.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::{parse, tagged};
use super::outcome::Invalid;

/// A prepared text with merge tags, which the client fills in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Snippet {
    #[schema(example = "s-4")]
    id: String,
    /// What is typed behind the slash.
    #[schema(example = "refund-timing")]
    shortcut: String,
    #[schema(example = "Refund: how long it takes")]
    title: String,
    #[schema(example = "Hello {{customer_first_name|there}}, …")]
    text: String,
}

/// By shortcut.
pub(crate) fn snippets(tx: &Connection) -> rusqlite::Result<Vec<Snippet>> {
    tx.prepare_cached("SELECT id, shortcut, title, text FROM snippets ORDER BY shortcut")?
        .query_map([], |row| {
            Ok(Snippet {
                id: tagged('s', row.get(0)?),
                shortcut: row.get(1)?,
                title: row.get(2)?,
                text: row.get(3)?,
            })
        })?
        .collect()
}

/// Keeps a snippet under its shortcut; a known shortcut gets the new text. Gives its id.
pub(crate) fn keep_snippet(
    tx: &Connection,
    shortcut: &str,
    title: &str,
    text: &str,
) -> rusqlite::Result<String> {
    let id = tx.query_row(
        "INSERT INTO snippets (shortcut, title, text) VALUES (?1, ?2, ?3)
         ON CONFLICT (shortcut) DO UPDATE SET title = excluded.title, text = excluded.text RETURNING id",
        [shortcut, title, text],
        |row| row.get(0),
    )?;
    Ok(tagged('s', id))
}

/// Takes a snippet away. Gives whether there was one.
pub(crate) fn drop_snippet(tx: &Connection, id: &str) -> rusqlite::Result<bool> {
    let Some(number) = parse('s', id) else { return Ok(false) };
    Ok(tx.execute("DELETE FROM snippets WHERE id = ?1", [number])? > 0)
}

/// A text that WhatsApp lets through after the 24 hours; `{{1}}`, `{{2}}` … are filled in with the reply.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Template {
    #[schema(example = "w-1")]
    id: String,
    #[schema(example = "issue_resolved")]
    name: String,
    #[schema(example = "en")]
    language: String,
    #[schema(example = "Hello {{1}}, the problem with {{2}} is solved.")]
    text: String,
    /// How many gaps it has.
    #[schema(example = 2)]
    parameters: i64,
}

/// By name.
pub(crate) fn templates(tx: &Connection) -> rusqlite::Result<Vec<Template>> {
    tx.prepare_cached("SELECT id, name, language, text, parameters FROM templates ORDER BY name")?
        .query_map([], |row| {
            Ok(Template {
                id: tagged('w', row.get(0)?),
                name: row.get(1)?,
                language: row.get(2)?,
                text: row.get(3)?,
                parameters: row.get(4)?,
            })
        })?
        .collect()
}

/// A template of that name with its gaps filled in.
pub(crate) fn filled(
    tx: &Connection,
    name: &str,
    parameters: &[String],
) -> rusqlite::Result<Result<String, Invalid>> {
    let found: Option<(String, i64)> = tx
        .prepare_cached("SELECT text, parameters FROM templates WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((text, gaps)) = found else {
        let message = format!("There is no template {name}.");
        return Ok(Err(Invalid { code: "unknown_template", message, field: "replies.template" }));
    };
    if usize::try_from(gaps) != Ok(parameters.len()) {
        let sentence = format!("The template {name} has {gaps} gaps.");
        return Ok(Err(Invalid::new("replies.template", sentence)));
    }
    let filled = (1..)
        .zip(parameters)
        .fold(text, |text, (number, parameter)| text.replace(&format!("{{{{{number}}}}}"), parameter));
    Ok(Ok(filled))
}

/// A field that conversations or contacts may carry beside the usual.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomField {
    /// `conversation` or `contact`.
    #[schema(example = "contact")]
    owner: String,
    #[schema(example = "city")]
    key: String,
    #[schema(example = "City")]
    label: String,
}

/// All of them.
pub(crate) fn custom_fields(tx: &Connection) -> rusqlite::Result<Vec<CustomField>> {
    tx.prepare_cached("SELECT owner, key, label FROM custom_fields ORDER BY owner, key")?
        .query_map([], |row| Ok(CustomField { owner: row.get(0)?, key: row.get(1)?, label: row.get(2)? }))?
        .collect()
}

/// What a new desk has.
pub(super) fn set_up(tx: &Connection) -> rusqlite::Result<()> {
    for (name, text, gaps) in [
        ("delivery_update", "Hello {{1}}, there is news about your order {{2}}. Reply here to hear more.", 2),
        (
            "issue_resolved",
            "Hello {{1}}, the problem you told us about is solved. Reply here if it is not.",
            1,
        ),
        ("still_there", "Hello {{1}}, we would like to go on with your request. Are you still there?", 1),
    ] {
        tx.execute(
            "INSERT INTO templates (name, language, text, parameters) VALUES (?1, 'en', ?2, ?3)",
            params![name, text, gaps],
        )?;
    }
    for (owner, key, label) in [
        ("contact", "city", "City"),
        ("contact", "language", "Language"),
        ("contact", "plan", "Plan"),
        ("conversation", "order", "Order"),
        ("conversation", "product", "Product"),
    ] {
        tx.execute("INSERT INTO custom_fields (owner, key, label) VALUES (?1, ?2, ?3)", [owner, key, label])?;
    }
    Ok(())
}
