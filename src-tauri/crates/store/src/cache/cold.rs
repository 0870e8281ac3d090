//! The first list of a process, before the facet index is there: a look at the newest conversations, one by one.
//!
//! What people open first is active and recent, so that a page of it is found within a few hundred rows, while the index
//! of a million takes longer than anybody wants to look at an empty window.

use muster_model::{FullText, Match, RemoteId, Resolved, SortKey};

use super::{
    Cache,
    list::{ListPage, ListRow},
    packed::unpacked,
    page::{PageKey, PageRequest},
};
use crate::{Overlay, Result};

/// So many rows are looked at; what is rarer waits for the index.
const ROWS: usize = 2000;
/// With fewer conversations than this the index is there as soon.
const LARGE: i64 = 20_000;

/// Nothing that is asked here needs the full text.
struct NoText;

impl FullText for NoText {
    fn word(&self, _: &RemoteId, _: &str) -> bool {
        false
    }

    fn phrase(&self, _: &RemoteId, _: &str) -> bool {
        false
    }
}

impl Cache {
    /// The top of a list without the index, while that is not there and can be spared.
    pub(super) fn list_cold(
        &self,
        query: &Resolved,
        overlay: &Overlay,
        page: &PageRequest,
    ) -> Result<Option<ListPage>> {
        let is_plain = page.after.is_none() && query.sort.key == SortKey::Updated && !query.sort.reversed;
        if self.facets.is_loaded() || !is_plain || asks_text(&query.filter) {
            return Ok(None);
        }
        self.db.read(|tx| {
            let highest: i64 =
                tx.query_row("SELECT coalesce(max(row), 0) FROM conversations", [], |row| row.get(0))?;
            if highest < LARGE { Ok(None) } else { first_page(tx, query, overlay, page.limit, ROWS) }
        })
    }
}

/// The first page of a list, or nothing if it takes a look at more than `most` rows.
pub(super) fn first_page(
    conn: &rusqlite::Connection,
    query: &Resolved,
    overlay: &Overlay,
    limit: usize,
    most: usize,
) -> Result<Option<ListPage>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.updated, b.body FROM conversations AS c INDEXED BY by_updated
           JOIN bodies AS b ON b.conversation = c.row
          ORDER BY c.updated DESC, c.id",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Vec<(i64, ListRow)> = Vec::new();
    for _ in 0..most {
        let Some(row) = rows.next()? else { return Ok(Some(ListPage { rows: shown(found), next: None })) };
        let (updated, body): (i64, _) = (row.get(0)?, unpacked(row, "body")?);
        let shown_row = ListRow::of(body, overlay);
        if query.filter.matches(&overlay.seen(&shown_row.conversation), &NoText) {
            if found.len() == limit {
                let next = found.last().map(|(updated, row)| PageKey {
                    place: updated.saturating_neg(),
                    id: row.conversation.id.to_string(),
                });
                return Ok(Some(ListPage { rows: shown(found), next }));
            }
            found.push((updated, shown_row));
        }
    }
    Ok(None)
}

fn shown(found: Vec<(i64, ListRow)>) -> Vec<ListRow> {
    found.into_iter().map(|(_, row)| row).collect()
}

/// Whether a filter needs the full text. (The subject alone is at hand.)
fn asks_text(filter: &Match) -> bool {
    !filter.text_terms().is_empty()
}
