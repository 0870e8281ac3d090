//! Lists, counts and ids: what the agent sees of the cache, pending effects included, each of one state of it.

use muster_model::{Conversation, Match, RemoteId, Resolved, Status};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Cache,
    facets::Place,
    header,
    packed::unpacked,
    page::{PageKey, PageRequest},
};
use crate::{Marks, Overlay, Result};

/// A conversation in a list, as the agent sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    /// With pending effects.
    pub conversation: Conversation,
    /// What only this machine knows.
    pub marks: Marks,
}

/// What of a cached conversation tells whether it moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderStanding {
    /// Its status.
    pub status: Status,
    /// The server's stamp of this state.
    pub stamp: i64,
    /// The customer's last message, in UTC milliseconds.
    pub last_inbound: Option<i64>,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPage {
    /// In order.
    pub rows: Vec<ListRow>,
    /// Where the next part begins; none at the end.
    pub next: Option<PageKey>,
}

impl Cache {
    /// A part of the list of a query.
    pub fn list(&self, query: &Resolved, overlay: &Overlay, page: &PageRequest) -> Result<ListPage> {
        if let Some(page) = self.list_cold(query, overlay, page)? {
            return Ok(page);
        }
        let key = query.sort.key;
        self.look(overlay, |eval| {
            let after = page.after.as_ref().map(|key| Place { place: key.place, id: &key.id });
            let mut rows = eval.list(&query.filter, query.sort, after, page.limit.saturating_add(1))?;
            let has_more = rows.len() > page.limit;
            rows.truncate(page.limit);
            let next = rows.last().filter(|_| has_more).map(|row| {
                let Place { place, id } = eval.facets.place_of(*row, key);
                PageKey { place, id: id.to_owned() }
            });
            let rows = rows
                .into_iter()
                .map(|row| Ok(ListRow::of(body(eval.conn, row)?, overlay)))
                .collect::<Result<_>>()?;
            Ok(ListPage { rows, next })
        })
    }

    /// How many match.
    pub fn count(&self, filter: &Match, overlay: &Overlay) -> Result<u64> {
        self.look(overlay, |eval| eval.count(filter))
    }

    /// How many match each filter, all at the same moment: the sidebar.
    pub fn counts(&self, filters: &[Match], overlay: &Overlay) -> Result<Vec<u64>> {
        self.look(overlay, |eval| filters.iter().map(|filter| eval.count(filter)).collect())
    }

    /// The ids of everything that matches, in the query's order.
    pub fn matching_ids(&self, query: &Resolved, overlay: &Overlay) -> Result<Vec<RemoteId>> {
        self.look(overlay, |eval| {
            let set = eval.set(&query.filter)?;
            let rows = eval.facets.in_order(&set, query.sort, None, usize::MAX);
            Ok(rows.into_iter().map(|row| RemoteId::from(eval.facets.id(row))).collect())
        })
    }

    /// What the server said of these, in the order of asking; unknown ids are left out.
    pub fn conversations(&self, ids: &[RemoteId]) -> Result<Vec<Conversation>> {
        self.db.read(|tx| found(tx, ids))
    }

    /// How these stand, in their order, without anything that people read; none of what is not here.
    pub fn standings<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a RemoteId>,
    ) -> Result<Vec<Option<HeaderStanding>>> {
        self.db.read_between_writes(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT status, stamp, last_inbound FROM conversations WHERE id = ?1")?;
            let standing = |id: &RemoteId| {
                let found = statement.query_row(params![id.as_str()], |row| {
                    let last_inbound: i64 = row.get(2)?;
                    Ok(HeaderStanding {
                        status: Status::from(row.get_ref(0)?.as_str()?),
                        stamp: row.get(1)?,
                        last_inbound: (last_inbound != i64::MIN).then_some(last_inbound),
                    })
                });
                Ok(found.optional()?)
            };
            ids.into_iter().map(standing).collect()
        })
    }

    /// What the server said of one conversation.
    pub fn conversation(&self, id: &RemoteId) -> Result<Option<Conversation>> {
        self.db.read(|tx| Ok(header::find(tx, id)?.map(|(_, conversation)| conversation)))
    }
}

impl ListRow {
    /// A cached conversation as the agent sees it.
    pub(super) fn of(base: Conversation, overlay: &Overlay) -> Self {
        let conversation = overlay.apply(base);
        Self { marks: overlay.marks(&conversation), conversation }
    }
}

fn found(conn: &Connection, ids: &[RemoteId]) -> Result<Vec<Conversation>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(header::find(conn, id)?.map(|(_, conversation)| conversation));
    }
    Ok(found)
}

fn body(conn: &Connection, row: u32) -> Result<Conversation> {
    Ok(conn
        .prepare_cached("SELECT body FROM bodies WHERE conversation = ?1")?
        .query_row(params![row], |found| unpacked(conn, found, "body"))?)
}
