//! For what the cache is complete. The first walk goes from the newest update to the oldest, so while it is under way
//! everything since the oldest one that it has seen is here.

use jiff::Timestamp;
use muster_model::{Match, RemoteId};

use super::Cache;
use crate::{Overlay, Result, column::instant_or_none};

/// Missing threads are counted up to here; beyond, "more than" says it.
pub const MANY_MISSING: u64 = 10_000;

/// For what the cache is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The first walk is not over.
    pub backfilling: bool,
    /// Everything updated since then is here; none before the first page, and once everything is.
    pub since: Option<Timestamp>,
    /// Conversations whose messages are not here, at most [`MANY_MISSING`]; a search of the text misses them.
    pub without_messages: u64,
}

impl Coverage {
    /// Whether what a filter matches is here, messages apart.
    #[must_use]
    pub fn holds(&self, filter: &Match) -> bool {
        if !self.backfilling {
            return true;
        }
        match (self.since, filter.updated_since()) {
            (Some(since), Some(wanted)) => wanted > since.as_millisecond(),
            _ => false,
        }
    }

    /// Whether the count of a filter is what it would be with everything here.
    #[must_use]
    pub fn is_complete_for(&self, filter: &Match) -> bool {
        self.holds(filter) && (self.without_messages == 0 || filter.text_terms().is_empty())
    }
}

impl Cache {
    /// For what the cache is complete. Missing messages are counted only for filters that ask for text, among what such a
    /// filter asks for besides.
    pub fn coverage(&self, filter: &Match) -> Result<Coverage> {
        let asks_for_text = !filter.text_terms().is_empty();
        let (backfilling, since) = self.db.read(|tx| {
            let walk = tx
                .prepare_cached("SELECT backfilling, covered_since FROM sync")?
                .query_row([], |row| Ok((row.get("backfilling")?, instant_or_none(row, "covered_since")?)))?;
            Ok(walk)
        })?;
        let most = usize::try_from(MANY_MISSING).unwrap_or(usize::MAX);
        let without_messages = if asks_for_text {
            let about = filter.without_text();
            // Pending changes move few conversations in or out; what is missing is missing either way.
            self.without_messages(&about, &[], most)?.len() as u64
        } else {
            0
        };
        Ok(Coverage { backfilling, since, without_messages })
    }

    /// The newest conversations that match, or are named, of which the messages are missing or older than the header.
    pub fn without_messages(
        &self,
        filter: &Match,
        named: &[RemoteId],
        limit: usize,
    ) -> Result<Vec<RemoteId>> {
        self.look(&Overlay::empty(), |eval| eval.without_thread(filter, named, limit))
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Match, RemoteId, Thread};

    use crate::{
        Cache,
        testing::{at, conversation, key, message},
    };

    #[test]
    fn the_walk_covers_what_is_newer_than_its_oldest_page() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let since = |second: i64| Match::Updated { from: Some(at(second).as_millisecond()), before: None };
        let holds = |filter: &Match| cache.coverage(filter).unwrap().is_complete_for(filter);
        assert!(!holds(&since(100)));
        let page = |ids: [(&str, i64); 2]| ids.map(|(id, updated)| conversation(id, updated));
        cache.apply_page(&page([("a", 90), ("b", 80)]), &[], "1", true, Some(4), at(100)).unwrap();
        assert_eq!(cache.coverage(&Match::All).unwrap().since, Some(at(80)));
        assert!(holds(&since(81)) && !holds(&since(80)) && !holds(&Match::All));
        assert!(holds(&Match::And(vec![Match::Unread, since(85)])));
        cache.apply_page(&page([("c", 70), ("d", 85)]), &[], "2", true, Some(4), at(100)).unwrap();
        assert!(holds(&since(71)));
        cache.apply_page(&[], &[], "3", false, Some(4), at(100)).unwrap();
        assert!(holds(&Match::All) && !holds(&Match::Word("x".into())));
        for id in ["a", "b", "c", "d"] {
            let header = cache.conversation(&RemoteId::from(id)).unwrap().unwrap();
            let thread = Thread { conversation: header, messages: vec![message(id, 5, "Hello")] };
            cache.put_thread(&thread, at(100)).unwrap();
        }
        assert!(holds(&Match::Word("x".into())));
        // A full sync begins anew, and nothing is promised before its first page.
        cache.clear_for_full_sync().unwrap();
        assert!(!holds(&since(100)));
    }
}
