//! Writes a whole world into an empty database, in one transaction.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use super::apply::add_tag;
use super::files::insert_file;
use super::inbound::preview_of;
use super::messages::{NewMessage, insert_message};
use super::row::touch;
use crate::clock::Millis;
use crate::world::{NewConversation, What, World};

/// The number of the first conversation.
const FIRST_NUMBER: i64 = 1001;

/// Fills the database. Conversations are numbered by their beginning, changes by the last update.
pub(crate) fn import(tx: &Connection, world: &World) -> rusqlite::Result<()> {
    tx.execute("INSERT INTO meta (name, value) VALUES ('tenant', ?1)", [&world.tenant])?;
    for team in &world.teams {
        tx.execute("INSERT INTO teams (handle, name) VALUES (?1, ?2)", [&team.handle, &team.name])?;
    }
    for agent in &world.agents {
        tx.execute("INSERT INTO agents (handle, name) VALUES (?1, ?2)", [&agent.handle, &agent.name])?;
        let id = tx.last_insert_rowid();
        for team in &agent.teams {
            tx.execute(
                "INSERT INTO team_members (agent_id, team_id) VALUES (?1, ?2)",
                [id, *team as i64 + 1],
            )?;
        }
    }
    for (name, hue) in &world.tags {
        tx.execute("INSERT INTO tags (name, color) VALUES (?1, ?2)", params![name, hue])?;
    }
    for snippet in &world.snippets {
        tx.execute(
            "INSERT INTO snippets (shortcut, title, text) VALUES (?1, ?2, ?3)",
            [&snippet.shortcut, &snippet.title, &snippet.text],
        )?;
    }
    // Who writes again under the same address is the same contact.
    let mut known = HashMap::new();
    let mut contacts = Vec::with_capacity(world.contacts.len());
    super::prepared::set_up(tx)?;
    for contact in &world.contacts {
        if let Some(id) = contact.email.as_deref().and_then(|email| known.get(email)) {
            contacts.push(*id);
            continue;
        }
        tx.prepare_cached(
            "INSERT INTO contacts (name, email, phone, custom_fields) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            contact.name,
            contact.email,
            contact.phone,
            fields(&contact.custom_fields)
        ])?;
        contacts.push(tx.last_insert_rowid());
        if let Some(email) = contact.email.as_deref() {
            known.insert(email, tx.last_insert_rowid());
        }
    }
    let mut by_beginning: Vec<&NewConversation> = world.conversations.iter().collect();
    by_beginning.sort_by_key(|conversation| conversation.entries.first().map(|entry| entry.at));
    let mut updates = Vec::with_capacity(by_beginning.len());
    for (number, conversation) in (FIRST_NUMBER..).zip(by_beginning) {
        updates.push((insert(tx, number, contacts[conversation.contact], conversation, world)?, number));
    }
    updates.sort_unstable();
    for (updated, number) in updates {
        touch(tx, number, "created", None, None, updated)?;
    }
    Ok(())
}

fn insert(
    tx: &Connection,
    number: i64,
    contact: i64,
    conversation: &NewConversation,
    world: &World,
) -> rusqlite::Result<Millis> {
    let entries = &conversation.entries;
    let of = |what: What| entries.iter().filter(move |entry| entry.what == what);
    let at = |what: What| of(what).map(|entry| entry.at).max();
    let visible = || entries.iter().filter(|entry| matches!(entry.what, What::Customer | What::Agent));
    let created = entries.first().map_or(Millis(0), |entry| entry.at);
    let updated = entries
        .iter()
        .filter(|entry| entry.what != What::Event)
        .map(|entry| entry.at)
        .max()
        .unwrap_or(created);
    let last = visible().next_back();
    let pending = last.is_none_or(|entry| entry.what == What::Customer);
    let outbound = at(What::Agent);
    let waiting_since =
        of(What::Customer).map(|entry| entry.at).find(|at| outbound.is_none_or(|sent| *at > sent));
    tx.prepare_cached(
        "INSERT INTO conversations (id, contact_id, subject, channel, status, snoozed_until, priority, agent, team,
                                    engagement, waiting_since, created, updated, last_inbound, last_outbound,
                                    preview_text, preview_from, message_count, case_number, custom_fields, has_attachment)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
    )?
    .execute(params![
        number,
        contact,
        conversation.subject,
        conversation.channel,
        conversation.status,
        conversation.snoozed_until,
        conversation.priority,
        conversation.agent,
        conversation.team,
        if pending { "pending" } else { "engaged" },
        waiting_since.filter(|_| pending),
        created,
        updated,
        at(What::Customer),
        outbound,
        last.map(|entry| preview_of(&entry.text)),
        last.map(|entry| side(entry.what)),
        visible().count() as i64,
        conversation.case_number,
        fields(&conversation.custom_fields),
        entries.iter().any(|entry| !entry.files.is_empty()),
    ])?;
    for tag in &conversation.tags {
        add_tag(tx, number, tag)?;
    }
    for follower in &conversation.followers {
        tx.prepare_cached("INSERT INTO followers (conversation_id, agent) VALUES (?1, ?2)")?
            .execute(params![number, follower])?;
    }
    for entry in entries {
        let author = if entry.author.is_empty() { &world.tenant } else { &entry.author };
        let kind = match entry.what {
            What::Customer | What::Agent => "message",
            What::Note => "note",
            What::Event | What::Status => "event",
        };
        let message = insert_message(
            tx,
            number,
            &NewMessage {
                handle: entry.handle.as_deref(),
                html: entry.html.as_deref(),
                delivery: (entry.what == What::Agent).then_some(("delivered", None)),
                ..NewMessage::plain(entry.at, kind, side(entry.what), author, &entry.text)
            },
        )?;
        for file in &entry.files {
            insert_file(tx, Some(message), &file.name, &file.mime, &file.bytes)?;
        }
    }
    Ok(updated)
}

const fn side(what: What) -> &'static str {
    match what {
        What::Customer => "customer",
        What::Agent | What::Note => "agent",
        What::Event | What::Status => "system",
    }
}

fn fields(pairs: &[(String, String)]) -> String {
    let pairs: BTreeMap<_, _> = pairs.iter().map(|(name, value)| (name, value)).collect();
    serde_json::json!(pairs).to_string()
}
