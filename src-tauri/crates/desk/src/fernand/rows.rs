//! A conversation in this dialect, read from the desk's own rows.

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::clock::Millis;
use crate::db::Actor;

/// The longest subject that is shown.
const SUBJECT_CHARS: usize = 250;
const CHANNELS: [&str; 7] = ["email", "chat", "sms", "whatsapp", "facebook", "instagram", "voice"];

#[derive(Clone, Debug, Serialize)]
pub(super) struct Recipient {
    id: i64,
    contact_id: i64,
    kind: &'static str,
    conversation_id: i64,
}

/// On the wire.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Conversation {
    pub(super) id: i64,
    contact_id: i64,
    subject: String,
    status: &'static str,
    /// Of the last message that came in.
    last_update: Millis,
    tags: Vec<i64>,
    recipients: [Recipient; 1],
    agent_id: Option<i64>,
    channel_id: usize,
    snooze_until: Option<Millis>,
    pub(super) cursor: String,
}

/// What every query of conversations selects; `key` is what they are in order of.
pub(super) fn select(key: &str) -> String {
    format!(
        "SELECT c.id, c.contact_id, c.subject, c.status, COALESCE(c.last_inbound, c.created),
                (SELECT json_group_array(t.rowid) FROM conversation_tags ct JOIN tags t ON t.name = ct.tag
                  WHERE ct.conversation_id = c.id),
                (SELECT a.id FROM agents a WHERE a.handle = c.agent), c.channel, c.snoozed_until, {key} AS place
           FROM conversations c "
    )
}

impl Conversation {
    pub(super) fn has_recipient(&self, contact: i64) -> bool {
        self.recipients.iter().any(|recipient| recipient.contact_id == contact)
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (id, contact_id): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (subject, status, channel): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(7)?);
        let tags: String = row.get(5)?;
        let place: i64 = row.get(9)?;
        Ok(Self {
            id,
            contact_id,
            subject: subject.chars().take(SUBJECT_CHARS).collect(),
            status: status_word(&status),
            last_update: row.get(4)?,
            tags: serde_json::from_str(&tags).unwrap_or_default(),
            // Whoever wrote in is who is written to.
            recipients: [Recipient { id: id * 10 + 1, contact_id, kind: "to", conversation_id: id }],
            agent_id: row.get(6)?,
            channel_id: CHANNELS.iter().position(|known| *known == channel).map_or(0, |place| place + 1),
            snooze_until: row.get(8)?,
            cursor: format!("cur_{place}_{id}"),
        })
    }
}

/// One conversation, unless it is not there or was deleted.
pub(super) fn one(tx: &Connection, id: i64) -> rusqlite::Result<Option<Conversation>> {
    tx.prepare_cached(&format!("{} WHERE c.id = ?1 AND c.deleted = 0", select("0")))?
        .query_row([id], Conversation::read)
        .optional()
}

/// What is archived here is closed there: that product knows nothing final but deletion.
fn status_word(status: &str) -> &'static str {
    match status {
        "active" => "OPENED",
        "snoozed" => "SNOOZED",
        "spam" => "SPAM",
        _ => "CLOSED",
    }
}

/// The agent of a number.
pub(super) fn agent(tx: &Connection, id: i64) -> rusqlite::Result<Option<Actor>> {
    tx.prepare_cached("SELECT handle, name FROM agents WHERE id = ?1")?
        .query_row([id], |row| Ok(Actor { handle: row.get(0)?, name: row.get(1)? }))
        .optional()
}

/// The number of an agent.
pub(super) fn agent_id(tx: &Connection, handle: &str) -> rusqlite::Result<Option<i64>> {
    tx.prepare_cached("SELECT id FROM agents WHERE handle = ?1")?
        .query_row([handle], |row| row.get(0))
        .optional()
}
