//! Lists, counts and ids: what the agent sees of the cache, pending effects included, each in one read transaction.

use std::cmp::Ordering;

use muster_model::{Conversation, Match, RemoteId, Resolved, Sort, SortKey};
use rusqlite::{Connection, Row, Rows, params_from_iter};

use super::{
    Cache, header,
    merge::Over,
    page::{PageKey, PageRequest},
    sql::{self, Shape, Statement},
    state,
};
use crate::{Marks, Overlay, Result, column::json, overlay::in_order};

/// Filters whose touched conversations are looked up together.
const TOGETHER: usize = 50;

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
        let mut found = self.db.read(|tx| walk.run(tx, true, |row| json::<Conversation>(row, "body")))?;
        let has_more = found.len() > page.limit;
        found.truncate(page.limit);
        let next = if has_more { found.last().map(|(key, _)| key.clone()) } else { None };
        let rows = found
            .into_iter()
            .map(|(_, base)| {
                let conversation = overlay.apply(base);
                ListRow { marks: overlay.marks(&conversation), conversation }
            })
            .collect();
        Ok(ListPage { rows, next })
    }

    /// How many match.
    pub fn count(&self, filter: &Match, overlay: &Overlay) -> Result<u64> {
        Ok(self.counts(std::slice::from_ref(filter), overlay)?.into_iter().next().unwrap_or_default())
    }

    /// How many match each filter, all at the same moment: the sidebar.
    pub fn counts(&self, filters: &[Match], overlay: &Overlay) -> Result<Vec<u64>> {
        self.db.read(|tx| counts(tx, filters, overlay))
    }

    /// The ids of everything that matches, in the query's order.
    pub fn matching_ids(&self, query: &Resolved, overlay: &Overlay) -> Result<Vec<RemoteId>> {
        let walk = Walk { query, overlay, after: None, limit: usize::MAX };
        let id = |row: &Row<'_>| Ok(RemoteId::new(row.get::<_, String>("id")?));
        let found = self.db.read(|tx| walk.run(tx, false, id))?;
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
    /// What the overlay does not touch and what it touches, merged in order.
    fn run<T>(
        &self,
        conn: &Connection,
        has_bodies: bool,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<(PageKey, T)>> {
        let Resolved { filter, sort } = self.query;
        let mut over = Over::new(conn, self.overlay);
        let shape = over.shape(filter)?;
        let members = if shape == Shape::Members { over.members(&[filter])? } else { String::new() };
        let statements: Vec<Statement> = rows_of(shape, &members, filter, sort.key, &over)
            .into_iter()
            .map(|rows| sql::list(filter, *sort, self.after, has_bodies, rows))
            .collect();
        let mut prepared = statements
            .iter()
            .map(|one| conn.prepare_cached(&one.sql))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        // No LIMIT in the statements: rows are made as they are asked for, and asking ends here.
        let mut streams = Vec::new();
        for (prepared, statement) in prepared.iter_mut().zip(&statements) {
            let mut rows = prepared.query(params_from_iter(&statement.values))?;
            let head = next(&mut rows, &read)?;
            streams.push((rows, head));
        }
        let mut found = Vec::new();
        while found.len() < self.limit {
            let first =
                streams.iter_mut().filter(|(_, head)| head.is_some()).min_by(|(_, a), (_, b)| match (a, b) {
                    (Some((a, _)), Some((b, _))) => compare(a, b, *sort),
                    _ => Ordering::Equal,
                });
            let Some((rows, head)) = first else { break };
            found.extend(head.take());
            if found.len() < self.limit {
                *head = next(rows, &read)?;
            }
        }
        Ok(found)
    }
}

fn next<T>(
    rows: &mut Rows<'_>,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<(PageKey, T)>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((PageKey { place: row.get("place")?, id: row.get("id")? }, read(row)?)))
}

/// The statements that together see every row of a list once.
fn rows_of<'a>(
    shape: Shape,
    members: &'a str,
    filter: &Match,
    sort: SortKey,
    over: &Over<'_>,
) -> Vec<sql::Rows<'a>> {
    let touched = match shape {
        Shape::Plain => return vec![sql::Rows::Cached],
        Shape::Members => sql::Rows::Members(members),
        Shape::Walk => sql::Rows::Touched,
    };
    if sql::is_of_the_overlay(filter) {
        return vec![touched];
    }
    match (shape, sql::start(filter, sort)) {
        // Whoever looks at everything meets what is touched on the way, at its place.
        (Shape::Walk, None) => vec![sql::Rows::Seen],
        (Shape::Walk, Some(term)) if !over.can_give(term) => vec![sql::Rows::Seen],
        _ => vec![sql::Rows::Untouched, touched],
    }
}

fn compare(a: &PageKey, b: &PageKey, sort: Sort) -> Ordering {
    in_order((a.place, &a.id), (b.place, &b.id), sort)
}

/// How many match each filter. What the overlay touches, where that is little, is looked up once for all of them.
fn counts(conn: &Connection, filters: &[Match], overlay: &Overlay) -> Result<Vec<u64>> {
    let mut over = Over::new(conn, overlay);
    let mut counts = Vec::with_capacity(filters.len());
    let mut off = Vec::new();
    for (number, filter) in filters.iter().enumerate() {
        if *filter == Match::Pending
            && let Some(n) = overlay.pending_count(state::gone_at(conn)?)
        {
            counts.push(i64::try_from(n).unwrap_or(i64::MAX));
            continue;
        }
        let statements = match over.shape(filter)? {
            Shape::Members => {
                off.push((number, filter));
                // Of what is cached, nothing has a mark.
                let plain = (!sql::is_of_the_overlay(filter)).then(|| sql::count(filter, sql::Rows::Cached));
                plain.into_iter().collect()
            }
            shape => {
                let rows = rows_of(shape, "", filter, SortKey::Updated, &over);
                rows.into_iter().map(|rows| sql::count(filter, rows)).collect::<Vec<_>>()
            }
        };
        let mut n = 0;
        for statement in statements {
            n += number_of(conn, &statement)?;
        }
        counts.push(n);
    }
    // SQLite takes so many columns and values in one statement.
    for part in off.chunks(TOGETHER) {
        let filters: Vec<&Match> = part.iter().map(|(_, filter)| *filter).collect();
        let statement = sql::differences(&filters, &over.members(&filters)?);
        let mut prepared = conn.prepare_cached(&statement.sql)?;
        let differences = prepared.query_row(params_from_iter(&statement.values), |row| {
            (0..part.len()).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<i64>>>()
        })?;
        for ((number, _), difference) in part.iter().zip(differences) {
            if let Some(n) = counts.get_mut(*number) {
                *n += difference;
            }
        }
    }
    Ok(counts.into_iter().map(i64::unsigned_abs).collect())
}

fn number_of(conn: &Connection, statement: &Statement) -> Result<i64> {
    Ok(conn
        .prepare_cached(&statement.sql)?
        .query_row(params_from_iter(&statement.values), |row| row.get(0))?)
}
