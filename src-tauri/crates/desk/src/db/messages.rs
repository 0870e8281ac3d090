//! The entries of a thread, and the receipts of client references.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::files::Attachment;
use super::ids::tagged;
use crate::clock::Millis;

/// How far an outgoing message came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// `queued`, `sent`, `delivered`, `read`, `failed` or `bounced`.
    #[schema(example = "delivered")]
    state: String,
    /// Why it failed or bounced.
    reason: Option<String>,
}

/// One entry of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    #[schema(example = "m-9001")]
    id: String,
    at: Millis,
    /// `message`: the customer sees it; `note`: only the team; `event`: something happened.
    #[schema(example = "message")]
    kind: String,
    /// `customer`, `agent` or `system`. What an agent caused is from `system` with `author_handle`; a message from
    /// `system` is an automatic answer.
    #[schema(example = "customer")]
    from: String,
    #[schema(example = "Marta Wiśniewska")]
    author: String,
    author_handle: Option<String>,
    #[schema(example = "Both payments are still on my card statement.")]
    text: String,
    /// As it was sent: never to be shown without cleaning.
    html: Option<String>,
    attachments: Vec<Attachment>,
    client_ref: Option<String>,
    /// Part of a mass reply.
    mass_reply: bool,
    /// Of outgoing messages. A reply that its channel refused leaves an event with `failed` and the reply's reference.
    delivery: Option<Delivery>,
    /// Handles of those whom a note calls.
    mentions: Vec<String>,
}

/// Oldest first, all or those after one of them.
pub(crate) fn messages_of(
    tx: &Connection,
    conversation: i64,
    after: Option<i64>,
) -> rusqlite::Result<Vec<Message>> {
    let mut files: BTreeMap<i64, Vec<Attachment>> = BTreeMap::new();
    let mut rows = tx.prepare_cached(
        "SELECT a.message_id, a.id, a.name, a.mime, length(f.bytes)
           FROM attachments a JOIN messages m ON m.id = a.message_id JOIN files f ON f.id = a.file_id
          WHERE m.conversation_id = ?1 ORDER BY a.id",
    )?;
    let mut rows = rows.query([conversation])?;
    while let Some(row) = rows.next()? {
        files.entry(row.get(0)?).or_default().push(Attachment {
            id: tagged('f', row.get(1)?),
            name: row.get(2)?,
            mime: row.get(3)?,
            size: row.get(4)?,
        });
    }
    tx.prepare_cached(
        "SELECT id, at, kind, side, author, author_handle, text, html, client_ref, mass_reply, delivery, delivery_reason,
                mentions
           FROM messages
          WHERE conversation_id = ?1
            AND (?2 IS NULL OR (at, id) > (SELECT at, id FROM messages WHERE id = ?2 AND conversation_id = ?1))
          ORDER BY at, id",
    )?
    .query_map(params![conversation, after], |row| {
        let id = row.get(0)?;
        Ok(Message {
            id: tagged('m', id),
            at: row.get(1)?,
            kind: row.get(2)?,
            from: row.get(3)?,
            author: row.get(4)?,
            author_handle: row.get(5)?,
            text: row.get(6)?,
            html: row.get(7)?,
            attachments: files.remove(&id).unwrap_or_default(),
            client_ref: row.get(8)?,
            mass_reply: row.get(9)?,
            delivery: match row.get(10)? {
                Some(state) => Some(Delivery { state, reason: row.get(11)? }),
                None => None,
            },
            mentions: match row.get::<_, Option<String>>(12)? {
                Some(handles) => serde_json::from_str(&handles).unwrap_or_default(),
                None => Vec::new(),
            },
        })
    })?
    .collect()
}

/// An entry to be added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewMessage<'a> {
    pub(crate) at: Millis,
    pub(crate) kind: &'a str,
    pub(crate) side: &'a str,
    pub(crate) author: &'a str,
    pub(crate) handle: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) html: Option<&'a str>,
    pub(crate) client_ref: Option<&'a str>,
    pub(crate) mass_reply: bool,
    pub(crate) delivery: Option<(&'a str, Option<&'a str>)>,
}

impl<'a> NewMessage<'a> {
    /// An entry of the kind and side without anything special about it.
    pub(crate) const fn plain(
        at: Millis,
        kind: &'a str,
        side: &'a str,
        author: &'a str,
        text: &'a str,
    ) -> Self {
        Self {
            at,
            kind,
            side,
            author,
            handle: None,
            text,
            html: None,
            client_ref: None,
            mass_reply: false,
            delivery: None,
        }
    }
}

/// Adds an entry; the conversation's own columns are the caller's.
pub(crate) fn insert_message(
    tx: &Connection,
    conversation: i64,
    new: &NewMessage<'_>,
) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO messages (conversation_id, at, kind, side, author, author_handle, text, html, client_ref,
                               mass_reply, delivery, delivery_reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        conversation,
        new.at,
        new.kind,
        new.side,
        new.author,
        new.handle,
        new.text,
        new.html,
        new.client_ref,
        new.mass_reply,
        new.delivery.map(|(state, _)| state),
        new.delivery.and_then(|(_, reason)| reason),
    ])?;
    Ok(tx.last_insert_rowid())
}

/// What became of a client reference.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) conversation: i64,
    pub(crate) message: i64,
    pub(crate) at: Millis,
    pub(crate) seq: i64,
    pub(crate) status: Option<String>,
}

pub(crate) fn receipt_of(tx: &Connection, client_ref: &str) -> rusqlite::Result<Option<Receipt>> {
    tx.prepare_cached(
        "SELECT conversation_id, message_id, at, seq, status FROM receipts WHERE client_ref = ?1",
    )?
    .query_row([client_ref], |row| {
        Ok(Receipt {
            conversation: row.get(0)?,
            message: row.get(1)?,
            at: row.get(2)?,
            seq: row.get(3)?,
            status: row.get(4)?,
        })
    })
    .optional()
}

/// Keeps a receipt; the first one of a reference stays.
pub(crate) fn remember_receipt(tx: &Connection, client_ref: &str, receipt: &Receipt) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO receipts (client_ref, conversation_id, message_id, at, seq, status)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (client_ref) DO NOTHING",
    )?
    .execute(params![
        client_ref,
        receipt.conversation,
        receipt.message,
        receipt.at,
        receipt.seq,
        receipt.status
    ])?;
    Ok(())
}
