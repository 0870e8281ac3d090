//! What only the team sees: notes, followers; and conversations that go away.

use rusqlite::{Connection, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::apply::Actor;
use super::files::hang;
use super::ids::{conversation_id, parse, tagged};
use super::messages::{NewMessage, Receipt, insert_message, receipt_of, remember_receipt};
use super::outcome::{Outcome, Reason, Verdict};
use super::row::{Head, touch};
use crate::clock::Millis;

/// Follow or stop following.
pub(crate) fn follow(
    tx: &Connection,
    head: &Head,
    on: bool,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Outcome> {
    let statement = if on {
        "INSERT INTO followers (conversation_id, agent) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM followers WHERE conversation_id = ?1 AND agent = ?2"
    };
    let changed = tx.execute(statement, params![head.id, by.handle])? > 0;
    let seq = if changed { touch(tx, head.id, "followers", None, Some(&by.handle), now)? } else { head.seq };
    Ok(Outcome::applied(&conversation_id(head.id), seq))
}

/// What became of a note.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Noted {
    id: String,
    outcome: Verdict,
    pub(crate) reason: Option<Reason>,
    pub(crate) message_id: Option<String>,
    at: Option<Millis>,
    duplicate: bool,
    seq: Option<i64>,
}

/// Adds a note. It does not change whose turn it is.
pub(crate) fn add_note(
    tx: &Connection,
    head: &Head,
    text: &str,
    files: &[String],
    client_ref: Option<&str>,
    by: &Actor,
    now: Millis,
) -> rusqlite::Result<Noted> {
    let id = conversation_id(head.id);
    let not = |reason| Noted {
        id: id.clone(),
        outcome: Verdict::Rejected,
        reason: Some(reason),
        message_id: None,
        at: None,
        duplicate: false,
        seq: Some(head.seq),
    };
    let yes = |receipt: &Receipt, duplicate| Noted {
        id: id.clone(),
        outcome: Verdict::Applied,
        reason: None,
        message_id: Some(tagged('m', receipt.message)),
        at: Some(receipt.at),
        duplicate,
        seq: Some(receipt.seq),
    };
    if let Some(receipt) = client_ref.map(|reference| receipt_of(tx, reference)).transpose()?.flatten() {
        return Ok(if receipt.conversation == head.id {
            yes(&receipt, true)
        } else {
            not(Reason::ref_reused())
        });
    }
    if let Some(into) = head.merged_into {
        return Ok(not(Reason::merged(into)));
    }
    if head.status == "archived" {
        return Ok(not(Reason::archived()));
    }
    if text.trim().is_empty() {
        return Ok(not(Reason::empty_text()));
    }
    let entry = NewMessage::plain(now, "note", "agent", &by.name, text);
    let message = insert_message(tx, head.id, &NewMessage { handle: Some(&by.handle), client_ref, ..entry })?;
    let called = mentions_in(tx, text)?;
    if !called.is_empty() {
        tx.prepare_cached("UPDATE messages SET mentions = ?2 WHERE id = ?1")?
            .execute(params![message, serde_json::json!(called).to_string()])?;
    }
    for upload in files.iter().filter_map(|id| parse('f', id)) {
        hang(tx, message, upload)?;
    }
    tx.execute(
        "UPDATE conversations SET updated = MAX(updated, ?2), has_attachment = has_attachment OR ?3 WHERE id = ?1",
        params![head.id, now, !files.is_empty()],
    )?;
    let seq = touch(tx, head.id, "note", None, Some(&by.handle), now)?;
    let receipt = Receipt { conversation: head.id, message, at: now, seq, status: None };
    if let Some(reference) = client_ref {
        remember_receipt(tx, reference, &receipt)?;
    }
    Ok(yes(&receipt, false))
}

/// Whom a text calls: `@` and a handle, a whole name, or a first name that only one colleague has; or a team, and with it
/// everybody who is in it.
fn mentions_in(tx: &Connection, text: &str) -> rusqlite::Result<Vec<String>> {
    if !text.contains('@') {
        return Ok(Vec::new());
    }
    let named = |sql: &str| -> rusqlite::Result<Vec<(String, String)>> {
        tx.prepare_cached(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let agents = named("SELECT handle, name FROM agents ORDER BY id")?;
    let teams = named("SELECT handle, name FROM teams ORDER BY id")?;
    let first = |name: &str| name.split(' ').next().unwrap_or_default().to_lowercase();
    // In a handle stands an @ of its own, at which the text was split: what is before it is enough.
    let local = |handle: &str| handle.split('@').next().unwrap_or_default().to_lowercase();
    let mut called: Vec<String> = Vec::new();
    for rest in text.split('@').skip(1) {
        let rest = rest.to_lowercase();
        let begins = |word: &str| {
            !word.is_empty()
                && rest
                    .strip_prefix(word)
                    .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
        };
        // Of two names that the text may mean, the longer one.
        let longest = |of: &[(String, String)]| {
            let fitting = of.iter().filter(|(_, name)| begins(&name.to_lowercase()));
            fitting.max_by_key(|(_, name)| name.len()).cloned()
        };
        let found = match (longest(&agents), longest(&teams)) {
            (Some((_, of_agent)), Some((team, name))) if name.len() > of_agent.len() => members(tx, &team)?,
            (None, Some((team, _))) => members(tx, &team)?,
            (Some((agent, _)), _) => vec![agent],
            (None, None) => {
                let mut by_first = agents.iter().filter(|(_, name)| begins(&first(name)));
                let only_first = by_first.next().filter(|_| by_first.next().is_none());
                let by_handle = agents.iter().find(|(handle, _)| begins(&local(handle)));
                let team = teams.iter().find(|(handle, _)| begins(&handle.to_lowercase()));
                match (by_handle, team) {
                    (None, Some((team, _))) => members(tx, team)?,
                    (agent, _) => {
                        agent.or(only_first).map(|(handle, _)| handle.clone()).into_iter().collect()
                    }
                }
            }
        };
        for handle in found {
            if !called.contains(&handle) {
                called.push(handle);
            }
        }
    }
    Ok(called)
}

fn members(tx: &Connection, team: &str) -> rusqlite::Result<Vec<String>> {
    tx.prepare_cached(
        "SELECT a.handle FROM agents a JOIN team_members m ON m.agent_id = a.id JOIN teams t ON t.id = m.team_id
          WHERE t.handle = ?1 ORDER BY a.id",
    )?
    .query_map([team], |row| row.get(0))?
    .collect()
}

/// Takes a conversation away; its number stays as a trace in the stream of changes.
pub(crate) fn delete(
    tx: &Connection,
    head: &Head,
    handle: Option<&str>,
    now: Millis,
) -> rusqlite::Result<i64> {
    tx.execute(
        "UPDATE conversations SET deleted = 1, archive_at = NULL, resolve_at = NULL WHERE id = ?1",
        [head.id],
    )?;
    touch(tx, head.id, "deleted", None, handle, now)
}
