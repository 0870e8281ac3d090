//! One change on one conversation: status, agent, team, tags, priority, blocking, deleting. All of it or nothing, and a
//! line in the thread for each thing that is different afterwards.

use rusqlite::{Connection, params};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::directory::{actor_of, meta, team_name};
use super::hours::working;
use super::ids::parse;
use super::messages::{NewMessage, insert_message};
use super::outcome::{Invalid, Outcome, Reason};
use super::row::{Head, gone, head_of, touch, touch_contact};
use super::team::delete;
use crate::clock::Millis;

const STATUSES: [&str; 5] = ["active", "snoozed", "done", "archived", "spam"];
const PRIORITIES: [&str; 5] = ["none", "low", "medium", "high", "urgent"];
pub(crate) const TAG_CHARS: usize = 50;

/// An agent who does something.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) handle: String,
    pub(crate) name: String,
}

/// A change. Everything is optional; for `agent` and `team`, absent leaves and `null` clears.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Change {
    /// `active`, `snoozed`, `done`, `archived` or `spam`.
    #[schema(example = "done")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    /// Only with `snoozed`; there, absent or `null` is until the customer replies.
    #[schema(example = json!(null))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) snoozed_until: Option<Millis>,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "jonas@brindlewick.example")]
    pub(crate) agent: Option<Option<String>>,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "billing")]
    pub(crate) team: Option<Option<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    /// Of 1 to 50 characters. A new name makes a new tag; removing comes first.
    #[schema(example = json!(["refund"]))]
    pub(crate) add_tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) remove_tags: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) remove_all_tags: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// `none`, `low`, `medium`, `high` or `urgent`.
    #[schema(example = "high")]
    pub(crate) priority: Option<String>,
    /// What the contact writes from now on, here or anywhere, is not taken.
    #[schema(example = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) block: bool,
    /// The conversation goes away after everything else in the change; there is no way back.
    #[schema(example = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) delete: bool,
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Change {
    /// Archiving what is archived is no change, so that it can be repeated. Blocking is about the contact, and what is
    /// archived can still be deleted.
    fn fits_archived(&self) -> bool {
        self.status.as_deref().is_none_or(|status| status == "archived")
            && (self.status.is_some() || self.block || self.delete)
            && self.agent.is_none()
            && self.team.is_none()
            && self.add_tags.is_empty()
            && self.remove_tags.is_empty()
            && !self.remove_all_tags
            && self.priority.is_none()
    }
}

/// Whether the change makes sense at this desk at all.
pub(crate) fn check_change(tx: &Connection, change: &Change) -> rusqlite::Result<Result<(), Invalid>> {
    if let Err(invalid) = check_status("change.status", change.status.as_deref(), change.snoozed_until) {
        return Ok(Err(invalid));
    }
    if let Some(priority) = change.priority.as_deref()
        && !PRIORITIES.contains(&priority)
    {
        return Ok(Err(Invalid::new("change.priority", format!("“{priority}” is no priority."))));
    }
    for tag in change.add_tags.iter().chain(&change.remove_tags) {
        if tag.trim().is_empty() || tag.chars().count() > TAG_CHARS {
            let sentence = format!("A tag has 1 to {TAG_CHARS} characters.");
            return Ok(Err(Invalid::new("change.add_tags", sentence)));
        }
    }
    if let Some(Some(handle)) = &change.agent
        && actor_of(tx, handle)?.is_none()
    {
        let message = format!("There is no agent {handle}.");
        return Ok(Err(Invalid { code: "unknown_agent", message, field: "change.agent" }));
    }
    if let Some(Some(handle)) = &change.team
        && team_name(tx, handle)?.is_none()
    {
        let message = format!("There is no team {handle}.");
        return Ok(Err(Invalid { code: "unknown_team", message, field: "change.team" }));
    }
    Ok(Ok(()))
}

/// Whether a status is one, and has an instant only where it may.
pub(super) fn check_status(
    field: &'static str,
    status: Option<&str>,
    snoozed_until: Option<Millis>,
) -> Result<(), Invalid> {
    match status {
        Some(status) if !STATUSES.contains(&status) => {
            Err(Invalid::new(field, format!("“{status}” is no status.")))
        }
        Some("snoozed") => Ok(()),
        _ if snoozed_until.is_some() => {
            Err(Invalid::new(field, "“snoozed_until” stands only with the status snoozed."))
        }
        _ => Ok(()),
    }
}

/// Applies a checked change.
pub(crate) fn apply_change(
    tx: &Connection,
    id: &str,
    change: &Change,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<Outcome> {
    let number = parse('c', id);
    let Some(head) = number.map(|number| head_of(tx, number)).transpose()?.flatten() else {
        // By value, as everything here: what is gone already may be deleted again.
        let gone = number.map(|number| gone(tx, number)).transpose()?.flatten();
        return Ok(match gone.filter(|_| change.delete) {
            Some(seq) => Outcome::applied(id, seq),
            None => Outcome::rejected(id, Reason::not_found(), None),
        });
    };
    if let Some(into) = head.merged_into {
        return Ok(Outcome::rejected(id, Reason::merged(into), Some(head.seq)));
    }
    if head.status == "archived" && !change.fits_archived() {
        return Ok(Outcome::rejected(id, Reason::archived(), Some(head.seq)));
    }
    let assigned = assign(tx, &head, change, by, now)?;
    let tagged = tag(tx, &head, change, by, now)?;
    let prioritised = prioritise(tx, &head, change, by, now)?;
    let moved = match change.status.as_deref() {
        Some(status) => write_status(tx, &head, status, change.snoozed_until, by, now)?,
        None => false,
    };
    let blocked = change.block && block(tx, &head, by, now)?;
    if change.delete {
        let handle = by.map(|by| by.handle.as_str());
        return Ok(Outcome::applied(id, delete(tx, &head, handle, now)?));
    }
    let kind = match () {
        () if moved => "status",
        () if assigned => "assignee",
        () if tagged => "tags",
        () if prioritised => "priority",
        () if blocked => "event",
        () => return Ok(Outcome::applied(id, head.seq)),
    };
    let seq = touch(tx, head.id, kind, None, by.map(|by| by.handle.as_str()), now)?;
    Ok(Outcome::applied(id, seq))
}

/// Writes a status where it is another one, with its line in the thread. The caller touches.
pub(super) fn write_status(
    tx: &Connection,
    head: &Head,
    status: &str,
    until: Option<Millis>,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<bool> {
    if head.status == status && head.snoozed_until == until {
        return Ok(false);
    }
    let archive_at = if status == "done" { Some(working(tx)?.archived_at(now)) } else { None };
    tx.prepare_cached(
        "UPDATE conversations
            SET status = ?2, snoozed_until = ?3, updated = MAX(updated, ?4), archive_at = ?5, resolve_at = NULL
          WHERE id = ?1",
    )?
    .execute(params![head.id, status, until, now, archive_at])?;
    let text = match (status, until) {
        ("snoozed", Some(until)) => format!("Snoozed until {until}"),
        ("snoozed", None) => "Snoozed until the customer replies".to_owned(),
        ("done", _) => "Marked as Done".to_owned(),
        ("archived", _) => "Archived".to_owned(),
        ("spam", _) => "Marked as spam".to_owned(),
        _ if head.status == "spam" => "Restored from spam".to_owned(),
        _ => "Made active".to_owned(),
    };
    event(tx, head.id, &text, by, now)?;
    Ok(true)
}

/// A line in the thread that says what happened.
pub(super) fn event(
    tx: &Connection,
    conversation: i64,
    text: &str,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<i64> {
    let author = match by {
        Some(by) => by.name.clone(),
        None => meta(tx, "tenant")?.unwrap_or_default(),
    };
    let entry = NewMessage::plain(now, "event", "system", &author, text);
    insert_message(tx, conversation, &NewMessage { handle: by.map(|by| by.handle.as_str()), ..entry })
}

fn assign(
    tx: &Connection,
    head: &Head,
    change: &Change,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<bool> {
    let mut changed = false;
    if let Some(agent) = &change.agent
        && *agent != head.agent
    {
        tx.prepare_cached("UPDATE conversations SET agent = ?2 WHERE id = ?1")?
            .execute(params![head.id, agent])?;
        let text = match agent {
            Some(handle) => {
                let name = actor_of(tx, handle)?.map_or_else(|| handle.clone(), |agent| agent.name);
                format!("Assigned to {name}")
            }
            None => "No agent any more".to_owned(),
        };
        event(tx, head.id, &text, by, now)?;
        changed = true;
    }
    if let Some(team) = &change.team
        && *team != head.team
    {
        tx.prepare_cached("UPDATE conversations SET team = ?2 WHERE id = ?1")?
            .execute(params![head.id, team])?;
        let text = match team {
            Some(handle) => {
                format!("Assigned to {}", team_name(tx, handle)?.unwrap_or_else(|| handle.clone()))
            }
            None => "No team any more".to_owned(),
        };
        event(tx, head.id, &text, by, now)?;
        changed = true;
    }
    Ok(changed)
}

fn tag(
    tx: &Connection,
    head: &Head,
    change: &Change,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<bool> {
    if !change.remove_all_tags && change.remove_tags.is_empty() && change.add_tags.is_empty() {
        return Ok(false);
    }
    let before = tags_of(tx, head.id)?;
    if change.remove_all_tags {
        tx.prepare_cached("DELETE FROM conversation_tags WHERE conversation_id = ?1")?.execute([head.id])?;
    }
    for tag in &change.remove_tags {
        tx.prepare_cached("DELETE FROM conversation_tags WHERE conversation_id = ?1 AND tag = ?2")?
            .execute(params![head.id, tag])?;
    }
    for tag in &change.add_tags {
        add_tag(tx, head.id, tag.trim())?;
    }
    let after = tags_of(tx, head.id)?;
    let added: Vec<_> = after.iter().filter(|tag| !before.contains(tag)).map(String::as_str).collect();
    let removed: Vec<_> = before.iter().filter(|tag| !after.contains(tag)).map(String::as_str).collect();
    if !removed.is_empty() {
        event(tx, head.id, &format!("Tag removed: {}", removed.join(", ")), by, now)?;
    }
    if !added.is_empty() {
        event(tx, head.id, &format!("Tagged {}", added.join(", ")), by, now)?;
    }
    Ok(!added.is_empty() || !removed.is_empty())
}

/// Puts a tag on a conversation under the name that the desk knows it by; a new name makes a new tag.
pub(super) fn add_tag(tx: &Connection, conversation: i64, tag: &str) -> rusqlite::Result<()> {
    let hue = tag.bytes().fold(0u8, u8::wrapping_add) % 8;
    tx.prepare_cached("INSERT INTO tags (name, color) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")?
        .execute(params![tag, hue])?;
    tx.prepare_cached(
        "INSERT INTO conversation_tags (conversation_id, tag) SELECT ?1, name FROM tags WHERE name = ?2
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![conversation, tag])?;
    Ok(())
}

fn tags_of(tx: &Connection, conversation: i64) -> rusqlite::Result<Vec<String>> {
    tx.prepare_cached("SELECT tag FROM conversation_tags WHERE conversation_id = ?1 ORDER BY tag")?
        .query_map([conversation], |row| row.get(0))?
        .collect()
}

fn prioritise(
    tx: &Connection,
    head: &Head,
    change: &Change,
    by: Option<&Actor>,
    now: Millis,
) -> rusqlite::Result<bool> {
    let Some(priority) = change.priority.as_deref().filter(|priority| *priority != head.priority) else {
        return Ok(false);
    };
    tx.prepare_cached("UPDATE conversations SET priority = ?2 WHERE id = ?1")?
        .execute(params![head.id, priority])?;
    let rank = |word: &str| PRIORITIES.iter().position(|known| *known == word);
    let direction = if rank(priority) > rank(&head.priority) { "raised" } else { "lowered" };
    event(tx, head.id, &format!("Priority {direction} to {priority}"), by, now)?;
    Ok(true)
}

/// From now on the contact is not heard any more, on any conversation.
fn block(tx: &Connection, head: &Head, by: Option<&Actor>, now: Millis) -> rusqlite::Result<bool> {
    let changed =
        tx.execute("UPDATE contacts SET blocked = 1 WHERE blocked = 0 AND id = ?1", [head.contact])? > 0;
    if changed {
        touch_contact(tx, head.contact, Some(head.id), by.map(|by| by.handle.as_str()), now)?;
        event(tx, head.id, "Contact blocked: what they write is not taken any more", by, now)?;
    }
    Ok(changed)
}
