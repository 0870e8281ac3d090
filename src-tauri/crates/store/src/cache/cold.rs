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
pub(super) const LARGE: i64 = 20_000;

/// Nothing that is asked here needs the full text.
struct NoText;

impl FullText for NoText {
    fn word(&self, _: &RemoteId, _: &str) -> bool {
        false
    }

    fn phrase(&self, _: &RemoteId, _: &str) -> bool {
        false
    }

    fn mentions(&self, _: &RemoteId, _: &[String]) -> bool {
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
        if !is_plain || asks_text(&query.filter) || self.is_warm()? {
            return Ok(None);
        }
        self.db.read(|tx| first_page(tx, query, overlay, page.limit, ROWS))
    }

    /// Whether a count is there at once: the index is loaded, or will be before anybody notices.
    pub fn is_warm(&self) -> Result<bool> {
        if self.facets.is_loaded() {
            return Ok(true);
        }
        self.db.read(|tx| {
            let highest: i64 =
                tx.query_row("SELECT coalesce(max(row), 0) FROM conversations", [], |row| row.get(0))?;
            Ok(highest < LARGE)
        })
    }

    /// Loads the index, for when nobody has asked yet. Says whether counts that were left out before can be had now.
    pub fn warm(&self) -> Result<bool> {
        let was_cold = !self.is_warm()?;
        self.look(&Overlay::empty(), |_| Ok(()))?;
        Ok(was_cold)
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
        let (updated, body): (i64, _) = (row.get(0)?, unpacked(conn, row, "body")?);
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

#[cfg(test)]
mod tests {
    use muster_model::{Match, Resolved, Sort, Status};

    use super::LARGE;
    use crate::{
        Cache, Loaded, Overlay, PageRequest,
        testing::{at, conversation, key},
    };

    #[test]
    fn the_first_page_does_not_wait_for_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let loaded = |second: i64| Loaded {
            conversation: conversation(&format!("c{second}"), second),
            messages: None,
        };
        let cache = Cache::open(folder.path(), &key()).unwrap();
        cache.begin_load().unwrap();
        cache.load((1..=LARGE).map(loaded).collect(), at(LARGE)).unwrap();
        drop(cache);
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let active = Resolved { filter: Match::Status(vec![Status::Active]), sort: Sort::default() };
        let page =
            || cache.list(&active, &Overlay::empty(), &PageRequest { after: None, limit: 50 }).unwrap();
        let first = page();
        assert_eq!((first.rows.len(), cache.is_warm().unwrap()), (50, false));
        assert!(cache.warm().unwrap() && cache.is_warm().unwrap());
        assert!(!cache.warm().unwrap(), "it was there");
        assert_eq!(page(), first);
        assert_eq!(cache.count(&Match::All, &Overlay::empty()).unwrap(), LARGE.unsigned_abs());
    }
}
