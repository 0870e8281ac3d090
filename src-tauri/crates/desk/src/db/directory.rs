//! Agents, teams, tags, keys.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use utoipa::ToSchema;

use super::changes::total;
use super::ids::tagged;
use super::mine::{View, views_for};
use super::prepared::{CustomField, Snippet, Template, custom_fields, snippets, templates};

/// A colleague.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Agent {
    pub(crate) id: String,
    /// The e-mail address.
    #[schema(example = "mira@brindlewick.example")]
    pub(crate) handle: String,
    #[schema(example = "Mira Okafor")]
    pub(crate) name: String,
    team_ids: Vec<String>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Team {
    id: String,
    handle: String,
    name: String,
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tag {
    name: String,
    /// One of eight hues, 0–7.
    color: u8,
}

/// Everything that has a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Directory {
    agents: Vec<Agent>,
    teams: Vec<Team>,
    tags: Vec<Tag>,
    channels: [&'static str; 7],
    /// How many there are in all.
    conversations: i64,
    snippets: Vec<Snippet>,
    templates: Vec<Template>,
    custom_fields: Vec<CustomField>,
    /// The caller's saved views, and the shared ones.
    views: Vec<View>,
}

/// Whose key, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) agent: Agent,
    pub(crate) role: String,
}

/// Everything, as the agent of a handle sees it.
pub(crate) fn directory(tx: &Connection, me: &str) -> rusqlite::Result<Directory> {
    let teams = tx
        .prepare_cached("SELECT id, handle, name FROM teams ORDER BY id")?
        .query_map([], |row| {
            Ok(Team { id: tagged('t', row.get(0)?), handle: row.get(1)?, name: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let tags = tx
        .prepare_cached("SELECT name, color FROM tags ORDER BY name")?
        .query_map([], |row| Ok(Tag { name: row.get(0)?, color: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Directory {
        agents: agents(tx)?.into_iter().map(|(_, agent)| agent).collect(),
        teams,
        tags,
        channels: ["email", "chat", "sms", "whatsapp", "facebook", "instagram", "voice"],
        conversations: total(tx)?,
        snippets: snippets(tx)?,
        templates: templates(tx)?,
        custom_fields: custom_fields(tx)?,
        views: views_for(tx, me)?,
    })
}

fn agents(tx: &Connection) -> rusqlite::Result<Vec<(i64, Agent)>> {
    let mut members =
        tx.prepare_cached("SELECT team_id FROM team_members WHERE agent_id = ?1 ORDER BY team_id")?;
    let mut agents = tx.prepare_cached("SELECT id, handle, name FROM agents ORDER BY id")?;
    let rows = agents.query_map([], |row| {
        let id: i64 = row.get(0)?;
        let team_ids = members
            .query_map([id], |row| row.get(0).map(|team| tagged('t', team)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok((id, Agent { id: tagged('a', id), handle: row.get(1)?, name: row.get(2)?, team_ids }))
    })?;
    rows.collect()
}

/// All keys.
pub(crate) fn keys(tx: &Connection) -> rusqlite::Result<Vec<Key>> {
    let agents = agents(tx)?;
    let mut keys = Vec::new();
    let mut rows = tx.prepare("SELECT key, agent_id, role FROM api_keys ORDER BY role, rowid")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let owner: i64 = row.get(1)?;
        if let Some((_, agent)) = agents.iter().find(|(id, _)| *id == owner) {
            keys.push(Key { key: row.get(0)?, agent: agent.clone(), role: row.get(2)? });
        }
    }
    Ok(keys)
}

/// A word about the desk itself.
pub(crate) fn meta(tx: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    tx.prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// Notes a word about the desk itself.
pub(crate) fn set_meta(tx: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([name, value])?;
    Ok(())
}

/// The agent of a handle, as one who acts.
pub(crate) fn actor_of(tx: &Connection, handle: &str) -> rusqlite::Result<Option<super::Actor>> {
    tx.prepare_cached("SELECT handle, name FROM agents WHERE handle = ?1")?
        .query_row([handle], |row| Ok(super::Actor { handle: row.get(0)?, name: row.get(1)? }))
        .optional()
}

/// The name of a team.
pub(super) fn team_name(tx: &Connection, handle: &str) -> rusqlite::Result<Option<String>> {
    tx.prepare_cached("SELECT name FROM teams WHERE handle = ?1")?
        .query_row([handle], |row| row.get(0))
        .optional()
}

/// Makes a key of a role for an agent; none where there is no such agent.
pub(crate) fn new_key(tx: &Connection, key: &str, agent: &str, role: &str) -> rusqlite::Result<Option<Key>> {
    let Some((owner, agent)) = agents(tx)?.into_iter().find(|(_, known)| known.handle == agent) else {
        return Ok(None);
    };
    tx.execute(
        "INSERT INTO api_keys (key, agent_id, role) VALUES (?1, ?2, ?3)",
        rusqlite::params![key, owner, role],
    )?;
    Ok(Some(Key { key: key.to_owned(), agent, role: role.to_owned() }))
}
