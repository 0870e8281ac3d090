//! Agents, teams, tags, snippets, keys.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::ids::tagged;

/// A colleague, on the wire.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) handle: String,
    pub(crate) name: String,
    team_ids: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Team {
    id: String,
    handle: String,
    name: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tag {
    name: String,
    color: u8,
}

/// A prepared text, on the wire.
#[derive(Debug, Serialize)]
pub(crate) struct Snippet {
    id: String,
    shortcut: String,
    title: String,
    text: String,
}

/// Everything that has a name, on the wire.
#[derive(Debug, Serialize)]
pub(crate) struct Directory {
    agents: Vec<Agent>,
    teams: Vec<Team>,
    tags: Vec<Tag>,
    channels: [&'static str; 7],
    conversations: i64,
    snippets: Vec<Snippet>,
}

/// Whose key, and what it may.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) agent: Agent,
    pub(crate) role: String,
}

pub(crate) fn directory(tx: &Connection) -> rusqlite::Result<Directory> {
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
    let snippets = tx
        .prepare_cached("SELECT id, shortcut, title, text FROM snippets ORDER BY shortcut")?
        .query_map([], |row| {
            Ok(Snippet {
                id: tagged('s', row.get(0)?),
                shortcut: row.get(1)?,
                title: row.get(2)?,
                text: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let conversations =
        tx.query_row("SELECT COUNT(*) FROM conversations WHERE deleted = 0", [], |row| row.get(0))?;
    Ok(Directory {
        agents: agents(tx)?.into_iter().map(|(_, agent)| agent).collect(),
        teams,
        tags,
        channels: ["email", "chat", "sms", "whatsapp", "facebook", "instagram", "voice"],
        conversations,
        snippets,
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
    let mut rows = tx.prepare("SELECT key, agent_id, role FROM api_keys ORDER BY role")?;
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
    tx.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()
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
