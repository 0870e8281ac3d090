//! The facet index between two processes: kept in the cache when nobody waits, so that the next process need not read
//! every row before it can count.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Cache,
    cold::LARGE,
    facets::{Facets, compress, unpack},
};
use crate::{Overlay, Result};

/// The kept index is made anew once so many rows were changed since: reading them takes a twentieth of a second.
const CHANGES: i64 = 2_000;

impl Cache {
    /// Keeps the index as it is now, unless the kept one is nearly that, or reading every row takes no time. For when
    /// nobody waits.
    pub fn keep_index(&self) -> Result<()> {
        self.keep_index_of(LARGE, CHANGES)
    }

    fn keep_index_of(&self, large: i64, changes: i64) -> Result<()> {
        let is_wanted = self.db.read(|tx| {
            let (rows, last): (i64, i64) = tx.query_row(
                "SELECT coalesce((SELECT max(row) FROM conversations), 0), coalesce((SELECT max(n) FROM changes), 0)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let kept: Option<i64> =
                tx.query_row("SELECT change FROM kept_index", [], |row| row.get(0)).optional()?;
            Ok(rows >= large && kept.is_none_or(|kept| last - kept >= changes))
        })?;
        if !is_wanted {
            return Ok(());
        }
        let (sequence, change, packed) = self.look(&Overlay::empty(), |eval| {
            let change: i64 =
                eval.conn.query_row("SELECT coalesce(max(n), 0) FROM changes", [], |row| row.get(0))?;
            Ok((eval.facets.sequence, change, eval.facets.pack()?))
        })?;
        let bytes = compress(&packed)?;
        self.db.write(|tx| {
            // Another process may have kept a later one.
            tx.execute(
                "INSERT INTO kept_index (one, sequence, change, bytes) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence, change = excluded.change,
                                                 bytes = excluded.bytes
                  WHERE excluded.sequence > kept_index.sequence",
                params![sequence, change, bytes],
            )?;
            Ok(())
        })
    }
}

/// The kept index, brought to this sequence; none if there is none that can be used.
pub(super) fn read(conn: &Connection, sequence: i64) -> Result<Option<Facets>> {
    let bytes: Option<Vec<u8>> = conn
        .query_row("SELECT bytes FROM kept_index WHERE sequence <= ?1", params![sequence], |row| row.get(0))
        .optional()?;
    let Some(bytes) = bytes else { return Ok(None) };
    match unpack(&bytes) {
        Ok(Some(mut facets)) => Ok(facets.catch_up(conn, sequence)?.then_some(facets)),
        Ok(None) => Ok(None),
        Err(err) => {
            tracing::warn!(error = %err, "the kept index cannot be used; it is made anew");
            Ok(None)
        }
    }
}

/// Takes it out: what is read next comes from the rows.
pub(super) fn drop_kept(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM kept_index", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use muster_model::{Conversation, Match, RemoteId, Resolved, Sort, Status};

    use crate::{
        Cache, Overlay, PageRequest,
        testing::{at, conversation, handle, key},
    };

    fn numbered(no: i64) -> Conversation {
        Conversation {
            status: if no % 3 == 0 { Status::Active } else { Status::Done },
            tags: (0..no % 4).map(|tag| format!("tag {tag}")).collect(),
            followers: if no % 50 == 0 { vec![handle("mia@example.com")] } else { Vec::new() },
            waiting_since: (no % 5 == 0).then(|| at(no - 1)),
            last_inbound: (no % 7 != 0).then(|| at(no)),
            has_attachment: no % 11 == 0,
            ..conversation(&format!("c{no}"), no)
        }
    }

    fn put(cache: &Cache, all: &[Conversation], gone: &[RemoteId]) {
        cache.apply_page(all, gone, "1", false, None, at(9_999)).unwrap();
    }

    /// What two caches say of the same filters.
    fn answers(folder: &Path) -> Vec<(Vec<RemoteId>, u64)> {
        let cache = Cache::open(folder, &key()).unwrap();
        let filters = [
            Match::All,
            Match::Status(vec![Status::Active]),
            Match::Tag(vec!["tag 2".into()]),
            Match::Follows(vec!["mia@example.com".into()]),
            Match::Untagged,
            Match::HasAttachment,
            Match::Word("question".into()),
            Match::Updated { from: Some(250_000), before: None },
        ];
        let ask = |filter: Match| {
            let query = Resolved { filter, sort: Sort::default() };
            let ids = cache.matching_ids(&query, &Overlay::empty()).unwrap();
            let page = PageRequest { after: None, limit: 7 };
            let first = cache.list(&query, &Overlay::empty(), &page).unwrap().rows;
            let first: Vec<RemoteId> = first.into_iter().map(|row| row.conversation.id).collect();
            assert_eq!(first, ids.iter().take(7).cloned().collect::<Vec<_>>());
            (ids, cache.count(&query.filter, &Overlay::empty()).unwrap())
        };
        filters.into_iter().map(ask).collect()
    }

    #[test]
    fn the_next_process_goes_on_from_the_kept_index() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        put(&cache, &(0..400).map(numbered).collect::<Vec<_>>(), &[]);
        cache.keep_index_of(401, 1).unwrap();
        assert!(kept(&cache).is_none(), "few are read as quickly");
        cache.keep_index_of(1, 1).unwrap();
        let first = kept(&cache).unwrap();
        // Changed, gone and new since: all of it is in the log of changes.
        let moved: Vec<_> = (20..40)
            .map(|no| Conversation { stamp: 7, ..numbered(no + 3) })
            .map(|mut c| {
                c.updated = at(900);
                c
            })
            .collect();
        put(&cache, &moved, &[RemoteId::from("c5"), RemoteId::from("c399")]);
        put(&cache, &[numbered(500)], &[]);
        let with = answers(folder.path());
        cache.keep_index_of(1, 1_000).unwrap();
        assert_eq!(kept(&cache).unwrap(), first, "it is nearly that");
        cache.keep_index_of(1, 1).unwrap();
        assert_ne!(kept(&cache).unwrap(), first);
        assert_eq!(answers(folder.path()), with);
        // A full sync begins with the rows.
        cache.clear_for_full_sync().unwrap();
        assert!(kept(&cache).is_none());
        assert_eq!(answers(folder.path()), with);
        assert_eq!(with[0].1, 399);
    }

    #[test]
    fn a_damaged_one_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        put(&cache, &(0..200).map(numbered).collect::<Vec<_>>(), &[]);
        let with = answers(folder.path());
        cache.keep_index_of(1, 1).unwrap();
        let good = kept(&cache).unwrap();
        for damage in [
            |bytes: &mut Vec<u8>| bytes.truncate(9),
            |bytes: &mut Vec<u8>| bytes.clear(),
            |bytes: &mut Vec<u8>| {
                let middle = bytes.len() / 2;
                bytes.iter_mut().skip(middle).for_each(|byte| *byte ^= 0x3c);
            },
        ] {
            let mut bytes = good.clone();
            damage(&mut bytes);
            cache.db.write(|tx| Ok(tx.execute("UPDATE kept_index SET bytes = ?1", [bytes])?)).unwrap();
            assert_eq!(answers(folder.path()), with);
        }
    }

    fn kept(cache: &Cache) -> Option<Vec<u8>> {
        use rusqlite::OptionalExtension;
        cache
            .db
            .read(|tx| Ok(tx.query_row("SELECT bytes FROM kept_index", [], |row| row.get(0)).optional()?))
            .unwrap()
    }
}
