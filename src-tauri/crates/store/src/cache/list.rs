//! Lists, counts and ids: what the agent sees of the cache, pending effects included, each in one read transaction.

use std::cmp::Ordering;

use muster_model::{Conversation, Match, RemoteId, Resolved, Sort, SortKey};
use rusqlite::{Connection, Row, params_from_iter};

use super::{
    Cache, header,
    merge::Touched,
    page::{PageKey, PageRequest},
    sql,
};
use crate::{Marks, Overlay, Result, column::json, overlay::in_order};

/// A conversation in a list, as the agent sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    /// With pending effects.
    pub conversation: Conversation,
    /// What only this machine knows.
    pub marks: Marks,
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
        let walk = Walk { query, overlay, after: page.after.as_ref(), limit: page.limit.saturating_add(1) };
        let mut found = self.db.read(|tx| walk.run(tx, true, |row| json(row, "body"), Clone::clone))?;
        let has_more = found.len() > page.limit;
        found.truncate(page.limit);
        let next = if has_more { found.last().map(|(key, _)| key.clone()) } else { None };
        let rows = found
            .into_iter()
            .map(|(_, conversation)| ListRow { marks: overlay.marks(&conversation), conversation })
            .collect();
        Ok(ListPage { rows, next })
    }

    /// How many match.
    pub fn count(&self, filter: &Match, overlay: &Overlay) -> Result<u64> {
        Ok(self.counts(std::slice::from_ref(filter), overlay)?.into_iter().next().unwrap_or_default())
    }

    /// How many match each filter, all at the same moment: the sidebar.
    pub fn counts(&self, filters: &[Match], overlay: &Overlay) -> Result<Vec<u64>> {
        self.db.read(|tx| {
            let mut touched = Touched::new(tx, overlay);
            filters.iter().map(|filter| count(tx, filter, &mut touched)).collect()
        })
    }

    /// The ids of everything that matches, in the query's order.
    pub fn matching_ids(&self, query: &Resolved, overlay: &Overlay) -> Result<Vec<RemoteId>> {
        let walk = Walk { query, overlay, after: None, limit: usize::MAX };
        let id = |row: &Row<'_>| Ok(RemoteId::new(row.get::<_, String>("id")?));
        let found = self.db.read(|tx| walk.run(tx, false, id, |conversation| conversation.id.clone()))?;
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// What the server said of these, in the order of asking; unknown ids are left out.
    pub fn conversations(&self, ids: &[RemoteId]) -> Result<Vec<Conversation>> {
        self.db.read(|tx| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(header::find(tx, id)?.map(|(_, conversation)| conversation));
            }
            Ok(found)
        })
    }

    /// What the server said of one conversation.
    pub fn conversation(&self, id: &RemoteId) -> Result<Option<Conversation>> {
        self.db.read(|tx| Ok(header::find(tx, id)?.map(|(_, conversation)| conversation)))
    }
}

/// A walk down a list.
struct Walk<'a> {
    query: &'a Resolved,
    overlay: &'a Overlay,
    after: Option<&'a PageKey>,
    limit: usize,
}

impl Walk<'_> {
    /// Cached rows and touched conversations, merged in order.
    fn run<T>(
        &self,
        conn: &Connection,
        has_bodies: bool,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        take: impl Fn(&Conversation) -> T,
    ) -> Result<Vec<(PageKey, T)>> {
        let Resolved { filter, sort } = self.query;
        let mut overlay = Touched::new(conn, self.overlay);
        let has_touched = overlay.announce(filter)?;
        let mut touched = Vec::new();
        overlay.matching(filter, sort.key, |conversation, place| {
            let key = PageKey { place, id: conversation.id.as_str().to_owned() };
            if self.after.is_none_or(|after| compare(&key, after, *sort) == Ordering::Greater) {
                touched.push((key, take(conversation)));
            }
        })?;
        touched.sort_by(|(a, _), (b, _)| compare(a, b, *sort));
        let mut touched = touched.into_iter().peekable();

        let statement = sql::list(filter, *sort, self.after, has_bodies, has_touched);
        let mut prepared = conn.prepare_cached(&statement.sql)?;
        let mut rows = prepared.query(params_from_iter(&statement.values))?;
        let mut found = Vec::new();
        // No LIMIT in the statement: rows are made as they are asked for, and asking ends here.
        while found.len() < self.limit {
            let Some(row) = rows.next()? else { break };
            let key = PageKey { place: row.get("place")?, id: row.get("id")? };
            while found.len() < self.limit
                && let Some(earlier) =
                    touched.next_if(|(touched, _)| compare(touched, &key, *sort) == Ordering::Less)
            {
                found.push(earlier);
            }
            if found.len() < self.limit {
                found.push((key, read(row)?));
            }
        }
        found.extend(touched.take(self.limit - found.len()));
        Ok(found)
    }
}

fn compare(a: &PageKey, b: &PageKey, sort: Sort) -> Ordering {
    in_order((a.place, &a.id), (b.place, &b.id), sort)
}

fn count(conn: &Connection, filter: &Match, overlay: &mut Touched<'_>) -> Result<u64> {
    let has_touched = overlay.announce(filter)?;
    let statement = sql::count(filter, has_touched);
    let cached: i64 = conn
        .prepare_cached(&statement.sql)?
        .query_row(params_from_iter(&statement.values), |row| row.get(0))?;
    let mut n = cached.unsigned_abs();
    overlay.matching(filter, SortKey::Updated, |_, _| n += 1)?;
    Ok(n)
}
