//! What a bulk change does not touch: a conversation's subject and custom fields, and the contact itself.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::apply::{Actor, event};
use super::ids::conversation_id;
use super::outcome::{Outcome, Reason};
use super::row::{Head, touch};
use crate::clock::Millis;

type Fields = BTreeMap<String, Option<String>>;

/// Sets a subject and fields, where the conversation still takes changes.
pub(crate) fn change_details(
    tx: &Connection,
    head: &Head,
    subject: Option<&str>,
    fields: &Fields,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Outcome> {
    let id = conversation_id(head.id);
    if let Some(into) = head.merged_into {
        return Ok(Outcome::rejected(&id, Reason::merged(into), Some(head.seq)));
    }
    if head.status == "archived" {
        return Ok(Outcome::rejected(&id, Reason::archived(), Some(head.seq)));
    }
    let mut changed = false;
    if let Some(subject) = subject.filter(|subject| *subject != head.subject) {
        tx.execute("UPDATE conversations SET subject = ?2 WHERE id = ?1", params![head.id, subject])?;
        event(tx, head.id, &format!("Subject changed to “{subject}”"), Some(by), now)?;
        changed = true;
    }
    if let Some(names) = set_fields(tx, "conversations", head.id, fields)? {
        event(tx, head.id, &format!("Changed {names}"), Some(by), now)?;
        changed = true;
    }
    let seq = if changed { touch(tx, head.id, "event", None, Some(&by.handle), now)? } else { head.seq };
    Ok(Outcome::applied(&id, seq))
}

/// Sets fields of a row; gives the names of those that are different now, if any.
fn set_fields(tx: &Connection, table: &str, id: i64, fields: &Fields) -> rusqlite::Result<Option<String>> {
    let before: String =
        tx.query_row(&format!("SELECT custom_fields FROM {table} WHERE id = ?1"), [id], |row| row.get(0))?;
    let mut known: BTreeMap<String, String> = serde_json::from_str(&before).unwrap_or_default();
    let mut names = Vec::new();
    for (key, value) in fields {
        let changed = match value {
            Some(value) => known.insert(key.clone(), value.clone()).as_ref() != Some(value),
            None => known.remove(key).is_some(),
        };
        if changed {
            names.push(key.as_str());
        }
    }
    if names.is_empty() {
        return Ok(None);
    }
    let after = serde_json::json!(known).to_string();
    tx.execute(&format!("UPDATE {table} SET custom_fields = ?2 WHERE id = ?1"), params![id, after])?;
    Ok(Some(names.join(", ")))
}

/// What is different about a contact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContactChange<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) blocked: Option<bool>,
    pub(crate) opted_out: Option<bool>,
    pub(crate) custom_fields: &'a Fields,
}

/// Changes a contact; every conversation of theirs says so. Gives the last change, none where there is no such contact.
pub(crate) fn change_contact(
    tx: &Connection,
    id: i64,
    change: &ContactChange<'_>,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Option<i64>> {
    let known = tx
        .query_row("SELECT blocked FROM contacts WHERE id = ?1", [id], |row| row.get::<_, bool>(0))
        .optional()?;
    let Some(was_blocked) = known else { return Ok(None) };
    tx.execute(
        "UPDATE contacts SET name = COALESCE(?2, name), blocked = COALESCE(?3, blocked),
                opted_out = COALESCE(?4, opted_out)
          WHERE id = ?1",
        params![id, change.name, change.blocked, change.opted_out],
    )?;
    set_fields(tx, "contacts", id, change.custom_fields)?;
    let said = match change.blocked {
        Some(true) if !was_blocked => "Contact blocked: what they write is not taken any more",
        Some(false) if was_blocked => "Contact no longer blocked",
        _ => "Contact changed",
    };
    let conversations: Vec<i64> = tx
        .prepare_cached("SELECT id FROM conversations WHERE contact_id = ?1 AND deleted = 0 ORDER BY id")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut seq = super::changes::newest_seq(tx)?;
    for conversation in conversations {
        event(tx, conversation, said, Some(by), now)?;
        seq = touch(tx, conversation, "event", None, Some(&by.handle), now)?;
    }
    Ok(Some(seq))
}
