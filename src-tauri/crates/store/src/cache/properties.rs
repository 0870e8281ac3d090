//! What effects change of a conversation and guards look at, without what people read. Most of a conversation is text,
//! and a job of ten thousand reads each of them just before it leaves.

use jiff::Timestamp;
use muster_model::{
    Assignee, Channel, Contact, Conversation, Engagement, Handle, Priority, RemoteId, Status,
};
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;

use super::{Cache, packed::unpacked};
use crate::Result;

/// The part of a cached conversation that is read.
#[derive(Deserialize)]
struct Properties {
    id: RemoteId,
    channel: Channel,
    status: Status,
    snoozed_until: Option<Timestamp>,
    priority: Priority,
    assignee: Assignee,
    tags: Vec<String>,
    followers: Vec<Handle>,
    engagement: Engagement,
    updated: Timestamp,
    last_inbound: Option<Timestamp>,
    last_outbound: Option<Timestamp>,
    stamp: i64,
}

impl Cache {
    /// What the server said of these, in the order of asking; unknown ids are left out. Only for comparing and for the
    /// values of effects: subject, contact, preview and custom fields are left empty. Meant for somebody who writes into
    /// the cache between one call and the next.
    pub fn properties(&self, ids: &[RemoteId]) -> Result<Vec<Conversation>> {
        self.db.read_between_writes(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT body FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
            )?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let read = |row: &rusqlite::Row<'_>| unpacked::<Properties>(tx, row, "body");
                found.extend(statement.query_row(params![id.as_str()], read).optional()?.map(Conversation::from));
            }
            Ok(found)
        })
    }
}

impl From<Properties> for Conversation {
    fn from(properties: Properties) -> Self {
        let Properties { id, channel, status, snoozed_until, priority, assignee, tags, followers, .. } =
            properties;
        Self {
            id,
            subject: String::new(),
            contact: Contact::default(),
            channel,
            status,
            snoozed_until,
            priority,
            assignee,
            tags,
            followers,
            engagement: properties.engagement,
            waiting_since: None,
            created: properties.updated,
            updated: properties.updated,
            last_inbound: properties.last_inbound,
            last_outbound: properties.last_outbound,
            preview: None,
            message_count: 0,
            case_number: None,
            custom_fields: std::collections::BTreeMap::new(),
            has_attachment: false,
            stamp: properties.stamp,
        }
    }
}
