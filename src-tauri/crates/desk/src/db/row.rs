//! A conversation as it goes over the wire, and its head as the rules need it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::{conversation_id, tagged};
use crate::clock::{DAY, Millis};

/// The person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    #[schema(example = "p-12")]
    id: String,
    /// May be empty.
    #[schema(example = "Marta Wiśniewska")]
    name: String,
    email: Option<String>,
    phone: Option<String>,
    custom_fields: BTreeMap<String, String>,
    /// What they write is not taken any more.
    blocked: bool,
    /// They asked to get no mass replies.
    opted_out: bool,
}

/// Whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Assignee {
    /// A handle.
    agent: Option<String>,
    /// A handle.
    team: Option<String>,
}

/// The beginning of the last message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preview {
    text: String,
    from: String,
}

/// A conversation without its messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Row {
    #[schema(example = "c-1042")]
    pub(crate) id: String,
    /// The number in its id.
    #[schema(example = 1042)]
    pub(crate) number: i64,
    /// May be empty.
    #[schema(example = "Charged twice for order 48213")]
    subject: String,
    contact: Contact,
    /// `email`, `chat`, `sms`, `whatsapp`, `facebook`, `instagram` or `voice`.
    #[schema(example = "email")]
    channel: String,
    /// `active`, `snoozed`, `done`, `archived` (the end) or `spam`.
    #[schema(example = "active")]
    status: String,
    /// `null` while snoozed: until the customer replies.
    snoozed_until: Option<Millis>,
    /// `none`, `low`, `medium`, `high` or `urgent`.
    #[schema(example = "high")]
    priority: String,
    assignee: Assignee,
    /// Sorted.
    #[schema(example = json!(["payment-issue-2026-05"]))]
    tags: Vec<String>,
    /// Handles, sorted.
    followers: Vec<String>,
    /// `pending`: the ball is with us; `engaged`: with the customer.
    #[schema(example = "pending")]
    engagement: String,
    waiting_since: Option<Millis>,
    created: Millis,
    /// The last message, note or status change. It never goes back.
    pub(crate) updated: Millis,
    last_inbound: Option<Millis>,
    last_outbound: Option<Millis>,
    preview: Option<Preview>,
    /// Of what the customer can see.
    #[schema(example = 5)]
    message_count: i64,
    #[schema(example = "BG-48213")]
    case_number: Option<String>,
    custom_fields: BTreeMap<String, String>,
    has_attachment: bool,
    /// `open` or `closed` on WhatsApp, Facebook and Instagram at the time of the answer: 24 hours since the customer's
    /// last message. Elsewhere `null`.
    reply_window: Option<&'static str>,
    /// When the resolution timer archives it, while it is done.
    archives_at: Option<Millis>,
    /// The conversation that took in this one's messages.
    merged_into: Option<String>,
    /// The number of its last change. Every change of anything takes the next number.
    #[schema(example = 4811)]
    pub(crate) seq: i64,
    #[serde(skip)]
    pub(crate) deleted: bool,
}

/// What every query of rows selects, in the order in which [`Row::read`] takes it.
pub(super) const SELECT: &str = "
    SELECT c.id, c.subject, p.id, p.name, p.email, p.phone, p.custom_fields, c.channel, c.status, c.snoozed_until,
           c.priority, c.agent, c.team,
           (SELECT json_group_array(tag) FROM (SELECT tag FROM conversation_tags WHERE conversation_id = c.id ORDER BY tag)),
           (SELECT json_group_array(agent) FROM (SELECT agent FROM followers WHERE conversation_id = c.id ORDER BY agent)),
           c.engagement, c.waiting_since, c.created, c.updated, c.last_inbound, c.last_outbound,
           c.preview_text, c.preview_from, c.message_count, c.case_number, c.custom_fields, c.has_attachment,
           c.seq, c.deleted, p.blocked, p.opted_out, c.archive_at, c.merged_into
      FROM conversations c JOIN contacts p ON p.id = c.contact_id ";

impl Row {
    pub(super) fn read(row: &rusqlite::Row<'_>, now: Millis) -> rusqlite::Result<Self> {
        let number = row.get(0)?;
        let channel: String = row.get(7)?;
        let last_inbound = row.get(19)?;
        Ok(Self {
            id: conversation_id(number),
            number,
            subject: row.get(1)?,
            contact: Contact {
                id: tagged('p', row.get(2)?),
                name: row.get(3)?,
                email: row.get(4)?,
                phone: row.get(5)?,
                custom_fields: json(row, 6)?,
                blocked: row.get(29)?,
                opted_out: row.get(30)?,
            },
            status: row.get(8)?,
            snoozed_until: row.get(9)?,
            priority: row.get(10)?,
            assignee: Assignee { agent: row.get(11)?, team: row.get(12)? },
            tags: json(row, 13)?,
            followers: json(row, 14)?,
            engagement: row.get(15)?,
            waiting_since: row.get(16)?,
            created: row.get(17)?,
            updated: row.get(18)?,
            last_inbound,
            last_outbound: row.get(20)?,
            preview: match row.get(21)? {
                Some(text) => Some(Preview { text, from: row.get(22)? }),
                None => None,
            },
            message_count: row.get(23)?,
            case_number: row.get(24)?,
            custom_fields: json(row, 25)?,
            has_attachment: row.get(26)?,
            reply_window: has_window(&channel)
                .then(|| if window_open(&channel, last_inbound, now) { "open" } else { "closed" }),
            channel,
            archives_at: row.get(31)?,
            merged_into: row.get::<_, Option<i64>>(32)?.map(conversation_id),
            seq: row.get(27)?,
            deleted: row.get(28)?,
        })
    }
}

impl Row {
    /// When what it says of the reply window ends to be true.
    pub(super) fn closes(&self) -> Option<Millis> {
        self.last_inbound.filter(|_| self.reply_window == Some("open")).map(|at| at.plus(DAY))
    }
}

fn json<T: serde::de::DeserializeOwned>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|err| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(err))
    })
}

/// One conversation, unless it is not there or was deleted.
pub(crate) fn row_of(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<Option<Row>> {
    tx.prepare_cached(&format!("{SELECT} WHERE c.id = ?1 AND c.deleted = 0"))?
        .query_row([id], |row| Row::read(row, now))
        .optional()
}

/// One conversation, deleted or not.
pub(super) fn row_at(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<Option<Row>> {
    tx.prepare_cached(&format!("{SELECT} WHERE c.id = ?1"))?
        .query_row([id], |row| Row::read(row, now))
        .optional()
}

/// The conversation that holds what this one held: itself, unless it was merged into another.
pub(crate) fn effective(tx: &Connection, id: i64) -> rusqlite::Result<i64> {
    let into = tx
        .prepare_cached("SELECT merged_into FROM conversations WHERE id = ?1 AND deleted = 0")?
        .query_row([id], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    Ok(into.flatten().unwrap_or(id))
}

/// What the rules look at.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) id: i64,
    pub(crate) contact: i64,
    pub(crate) subject: String,
    pub(crate) channel: String,
    pub(crate) status: String,
    pub(crate) snoozed_until: Option<Millis>,
    pub(crate) priority: String,
    pub(crate) agent: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) engagement: String,
    pub(crate) last_inbound: Option<Millis>,
    pub(crate) contact_name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) seq: i64,
    /// The last thing that the customer saw.
    pub(crate) last_message: Millis,
    /// The contact is not heard any more.
    pub(crate) blocked: bool,
    /// The contact gets no mass replies.
    pub(crate) opted_out: bool,
    /// Why nothing arrives at the contact's address any more.
    pub(crate) unreachable: Option<String>,
    pub(crate) merged_into: Option<i64>,
}

impl Head {
    pub(crate) fn window_open(&self, now: Millis) -> bool {
        window_open(&self.channel, self.last_inbound, now)
    }
}

/// The head of one conversation, unless it is not there or was deleted.
pub(crate) fn head_of(tx: &Connection, id: i64) -> rusqlite::Result<Option<Head>> {
    tx.prepare_cached(
        "SELECT c.id, c.channel, c.status, c.snoozed_until, c.priority, c.agent, c.team, c.last_inbound,
                p.name, p.email, p.phone, c.seq, p.blocked, p.id, c.subject,
                MAX(c.created, COALESCE(c.last_inbound, 0), COALESCE(c.last_outbound, 0)),
                p.opted_out, p.unreachable, c.merged_into, c.engagement
           FROM conversations c JOIN contacts p ON p.id = c.contact_id
          WHERE c.id = ?1 AND c.deleted = 0",
    )?
    .query_row([id], |row| {
        Ok(Head {
            id: row.get(0)?,
            channel: row.get(1)?,
            status: row.get(2)?,
            snoozed_until: row.get(3)?,
            priority: row.get(4)?,
            agent: row.get(5)?,
            team: row.get(6)?,
            last_inbound: row.get(7)?,
            contact_name: row.get(8)?,
            email: row.get(9)?,
            phone: row.get(10)?,
            seq: row.get(11)?,
            blocked: row.get(12)?,
            contact: row.get(13)?,
            subject: row.get(14)?,
            last_message: row.get(15)?,
            opted_out: row.get(16)?,
            unreachable: row.get(17)?,
            merged_into: row.get(18)?,
            engagement: row.get(19)?,
        })
    })
    .optional()
}

/// The number of the deletion of a conversation that was deleted.
pub(super) fn gone(tx: &Connection, id: i64) -> rusqlite::Result<Option<i64>> {
    tx.prepare_cached("SELECT seq FROM conversations WHERE id = ?1 AND deleted = 1")?
        .query_row([id], |row| row.get(0))
        .optional()
}

/// Gives a change its number and the conversation that number. Returns it.
pub(crate) fn touch(
    tx: &Connection,
    id: i64,
    kind: &str,
    side: Option<&str>,
    agent: Option<&str>,
    now: Millis,
) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO changes (conversation_id, kind, side, agent, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![id, kind, side, agent, now])?;
    let seq = tx.last_insert_rowid();
    tx.prepare_cached("UPDATE conversations SET seq = ?2 WHERE id = ?1")?.execute([id, seq])?;
    Ok(seq)
}

fn has_window(channel: &str) -> bool {
    matches!(channel, "whatsapp" | "facebook" | "instagram")
}

fn window_open(channel: &str, last_inbound: Option<Millis>, now: Millis) -> bool {
    !has_window(channel) || last_inbound.is_some_and(|at| now.0 - at.0 < DAY)
}

/// The contact gets no mass replies any more; their other conversations say so too.
pub(super) fn opt_out(tx: &Connection, head: &Head, now: Millis) -> rusqlite::Result<()> {
    tx.execute("UPDATE contacts SET opted_out = 1 WHERE id = ?1", [head.contact])?;
    touch_contact(tx, head.contact, Some(head.id), None, now)
}

/// Gives all conversations of a contact a number: what they say of the contact is different now. One may be left out,
/// which gets its number anyway.
pub(crate) fn touch_contact(
    tx: &Connection,
    contact: i64,
    but: Option<i64>,
    agent: Option<&str>,
    now: Millis,
) -> rusqlite::Result<()> {
    let all: Vec<i64> = tx
        .prepare_cached(
            "SELECT id FROM conversations WHERE contact_id = ?1 AND deleted = 0 AND id IS NOT ?2 ORDER BY id",
        )?
        .query_map(params![contact, but], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    all.into_iter().try_for_each(|id| touch(tx, id, "event", None, agent, now).map(drop))
}
