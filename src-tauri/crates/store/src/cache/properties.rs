//! What effects change of a conversation and guards look at, without what people read. Most of a conversation is text,
//! and a job of ten thousand reads each of them just before it leaves.

use std::iter;

use jiff::Timestamp;
use muster_model::{
    Assignee, Channel, Contact, Conversation, Engagement, Handle, Priority, RemoteId, Status,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;

use super::{Cache, packed::unpacked};
use crate::{Result, column::instant};

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

/// What is read of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything that effects change.
    Everything,
    /// Its status, and what guards look at: most jobs change nothing else, and this stands in columns.
    Status,
}

impl Cache {
    /// What the server said of these, in the order of asking; unknown ids are left out. Only for comparing and for the
    /// values of effects: subject, contact, preview and custom fields are left empty. Meant for somebody who writes into
    /// the cache between one call and the next.
    pub fn properties(&self, ids: &[RemoteId], wanted: Wanted) -> Result<Vec<Conversation>> {
        self.db.read_between_writes(|tx| match wanted {
            Wanted::Everything => everything(tx, ids.iter()),
            Wanted::Status => statuses(tx, ids),
        })
    }
}

fn everything<'a>(
    conn: &Connection,
    ids: impl ExactSizeIterator<Item = &'a RemoteId>,
) -> Result<Vec<Conversation>> {
    let mut statement = conn.prepare_cached(
        "SELECT body FROM conversations JOIN bodies ON bodies.conversation = conversations.row WHERE id = ?1",
    )?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let read = |row: &Row<'_>| unpacked::<Properties>(conn, row, "body");
        found.extend(statement.query_row(params![id.as_str()], read).optional()?.map(Conversation::from));
    }
    Ok(found)
}

fn statuses(conn: &Connection, ids: &[RemoteId]) -> Result<Vec<Conversation>> {
    let mut statement = conn.prepare_cached(
        "SELECT status, channel, engagement, updated, last_inbound, stamp FROM conversations WHERE id = ?1",
    )?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = statement.query(params![id.as_str()])?;
        let Some(row) = rows.next()? else { continue };
        let status = Status::from(text(row, 0)?);
        if status == Status::Snoozed {
            // Until when stands in no column.
            found.extend(everything(conn, iter::once(id))?);
            continue;
        }
        let last_inbound: i64 = row.get(4)?;
        found.push(
            Properties {
                id: id.clone(),
                channel: Channel::from(text(row, 1)?),
                status,
                snoozed_until: None,
                priority: Priority::None,
                assignee: Assignee::default(),
                tags: Vec::new(),
                followers: Vec::new(),
                engagement: Engagement::from(text(row, 2)?),
                updated: instant(row, "updated")?,
                last_inbound: if last_inbound == i64::MIN {
                    None
                } else {
                    Some(instant(row, "last_inbound")?)
                },
                last_outbound: None,
                stamp: row.get(5)?,
            }
            .into(),
        );
    }
    Ok(found)
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
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

#[cfg(test)]
mod tests {
    use muster_model::{Conversation, RemoteId, Status};

    use super::Wanted;
    use crate::{
        Cache,
        testing::{at, conversation, key},
    };

    #[test]
    fn a_status_is_the_same_wherever_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let kinds = [Status::Active, Status::Snoozed, Status::Done, Status::Archived, Status::Spam];
        let all: Vec<Conversation> = (0..50)
            .map(|no| {
                let status = kinds[no % kinds.len()].clone();
                Conversation {
                    snoozed_until: (status == Status::Snoozed && no % 2 == 0).then(|| at(9_000)),
                    last_inbound: (no % 3 > 0).then(|| at(500)),
                    status,
                    ..conversation(&format!("c{no}"), 100)
                }
            })
            .collect();
        cache.apply_page(&all, &[], "1", false, None, at(999)).unwrap();
        let mut ids: Vec<RemoteId> = all.iter().map(|one| one.id.clone()).rev().collect();
        ids.insert(7, "nobody".into());
        let told = |wanted| -> Vec<_> {
            let found = cache.properties(&ids, wanted).unwrap();
            let told = |one: Conversation| {
                let what = (one.status, one.snoozed_until, one.channel, one.engagement);
                (one.id, what, one.last_inbound, one.updated, one.stamp)
            };
            found.into_iter().map(told).collect()
        };
        assert_eq!(told(Wanted::Status), told(Wanted::Everything));
        assert_eq!(told(Wanted::Status).len(), 50);
    }
}
