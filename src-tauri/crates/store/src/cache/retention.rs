//! What stays of the messages on this machine, where not everything does.
//!
//! Headers always stay, so that lists and counts are exact whatever the limits. What goes are the messages of those
//! conversations that were updated least lately and that nobody is about to need; the help desk still has them, and they
//! come again when their conversation is opened.

use jiff::Timestamp;
use muster_model::{Match, RemoteId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{Cache, header, indexer::Indexer, state, text};
use crate::{Overlay, Result, StoreError, db::give_back};

/// The shortest time that messages can be kept for, in days: what moved lately is fetched ahead.
const SHORTEST: u32 = 30;
/// A hundred years.
const LONGEST: u32 = 36_500;
/// The least room, in megabytes.
const LEAST: u32 = 50;
/// A megabyte as disks count it.
const MEGABYTE: u64 = 1_000_000;
/// Pages that are given back at a time.
const GIVEN_BACK: i64 = 2_000;

/// Room for files that were opened, in megabytes, unless somebody says otherwise.
const FILES: u32 = 250;

/// For how long, and in how much room, messages are kept. Nothing set: everything stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Messages of conversations that were not updated for so many days go.
    pub days: Option<u32>,
    /// The oldest go while the cache is larger than so many megabytes (10⁶ bytes).
    pub megabytes: Option<u32>,
    /// The files of messages that were not used for longest go while they are larger than so many megabytes in all.
    pub file_megabytes: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: None, megabytes: None, file_megabytes: FILES }
    }
}

impl Retention {
    /// What is wrong with it, in a sentence; none if nothing is.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        if self.days.is_some_and(|days| !(SHORTEST..=LONGEST).contains(&days)) {
            return Some(format!(
                "Messages are kept for {SHORTEST} to {LONGEST} days: what moved in the last two weeks is fetched ahead."
            ));
        }
        if self.megabytes.is_some_and(|megabytes| megabytes < LEAST) {
            return Some(format!("The limit is {LEAST} MB at least: subjects and contacts need room, too."));
        }
        None
    }

    /// The most bytes that the cache should have.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.megabytes.map(|megabytes| u64::from(megabytes) * MEGABYTE)
    }

    /// The most bytes that files of messages should have.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        u64::from(self.file_megabytes) * MEGABYTE
    }
}

/// What keeps its messages whatever the limits.
#[derive(Clone, Copy, Debug)]
pub struct Spared<'a> {
    /// What matches this, pending effects included.
    pub filter: &'a Match,
    /// And these.
    pub named: &'a [RemoteId],
}

/// What is on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Bytes that the cache needs. The file may still be larger for a while.
    pub bytes: u64,
    /// Conversations with their messages.
    pub threads: u64,
    /// Conversations whose messages were removed to keep to the limits, and were not fetched again since.
    pub removed: u64,
    /// The latest update among those.
    pub removed_until: Option<Timestamp>,
}

impl Cache {
    /// What is on this machine.
    pub fn stock(&self) -> Result<Stock> {
        let bytes = self.bytes_in_use()?;
        let (threads, removed, until) = self.look(&Overlay::empty(), |eval| Ok(eval.threads()))?;
        Ok(Stock {
            bytes,
            threads,
            removed,
            removed_until: until.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        })
    }

    /// Bytes that the cache needs, free pages apart.
    pub fn bytes_in_use(&self) -> Result<u64> {
        self.db.read(|tx| {
            let number = |name: &str| tx.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let pages = number("page_count")?.saturating_sub(number("freelist_count")?);
            // SQLCipher answers this one itself, with text.
            let size: String = tx.pragma_query_value(None, "cipher_page_size", |row| row.get(0))?;
            let size =
                size.parse::<i64>().map_err(|_| StoreError::corrupt(format!("pages of {size} bytes")))?;
            Ok(pages.saturating_mul(size).unsigned_abs())
        })
    }

    /// Removes the messages of up to `most` conversations, those first that were updated least lately. With `before` only
    /// of those that were not updated since. Says how many; 0 when nothing is left that may go.
    pub fn remove_threads(
        &self,
        spared: Spared<'_>,
        overlay: &Overlay,
        before: Option<Timestamp>,
        most: usize,
    ) -> Result<u64> {
        let before = before.map(Timestamp::as_millisecond);
        let ids =
            self.look(overlay, |eval| eval.oldest_threads(spared.filter, spared.named, before, most))?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.index(|tx, indexer| {
            let mut removed = 0;
            for id in &ids {
                removed += u64::from(remove(tx, id, indexer)?);
            }
            indexer.finish(tx)?;
            state::raise(tx)?;
            Ok(removed)
        })
    }

    /// Puts the full-text index together and gives free room back, a piece of both; `false` when nothing was left to do.
    /// For when nobody waits: after many changes the index answers more slowly until it was put together.
    pub fn tidy(&self) -> Result<bool> {
        self.db.write(|tx| {
            let has_merged = text::merge_step(tx)?;
            let free: i64 = tx.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            give_back(tx, GIVEN_BACK)?;
            let left: i64 = tx.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            Ok(has_merged || (left > 0 && left < free))
        })
    }
}

/// Removes one conversation's messages. The mark of when they were fetched stays: it says that they were here.
fn remove(conn: &Connection, id: &RemoteId, indexer: &mut Indexer<'_>) -> Result<bool> {
    let Some(known) = header::known(conn, id)? else { return Ok(false) };
    let row = known.row;
    if conn.prepare_cached("DELETE FROM threads WHERE conversation = ?1")?.execute(params![row])? == 0 {
        return Ok(false);
    }
    conn.prepare_cached("UPDATE conversations SET thread_stamp = NULL, mentions = '[]' WHERE row = ?1")?
        .execute(params![row])?;
    indexer.refresh(conn, &known, &known.was, Some(&[]))?;
    state::note_change(conn, row)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use muster_model::{Conversation, Match, RemoteId, Status, Thread};
    use rstest::rstest;

    use super::{Retention, Spared};
    use crate::{
        Cache, Overlay,
        testing::{at, conversation, key, message},
    };

    const NOBODY: Spared<'_> = Spared { filter: &Match::Nothing, named: &[] };

    fn filled(folder: &std::path::Path, n: i64, text: &str) -> Cache {
        let cache = Cache::open(folder, &key()).unwrap();
        let threads: Vec<Thread> = (0..n)
            .map(|second| {
                let status = if second % 10 == 0 { Status::Active } else { Status::Done };
                let conversation = Conversation { status, ..conversation(&format!("c{second}"), second) };
                Thread { conversation, messages: vec![message(&format!("m{second}"), second, text)] }
            })
            .collect();
        cache.put_threads(&threads, at(n)).unwrap();
        cache
    }

    fn count(cache: &Cache, word: &str) -> u64 {
        cache.count(&Match::Word(word.into()), &Overlay::empty()).unwrap()
    }

    #[test]
    fn the_oldest_go_and_headers_stay() {
        let folder = tempfile::tempdir().unwrap();
        let cache = filled(folder.path(), 40, "The quokka is out of stock");
        let active = Match::Status(vec![Status::Active]);
        let drafted = [RemoteId::from("c3")];
        let spared = Spared { filter: &active, named: &drafted };
        let none = Overlay::empty();
        // 0 … 19 are old enough; 0 and 10 are active, and 3 is being answered.
        assert_eq!(cache.remove_threads(spared, &none, Some(at(20)), 5).unwrap(), 5);
        assert_eq!(cache.remove_threads(spared, &none, Some(at(20)), 100).unwrap(), 12);
        assert_eq!(cache.remove_threads(spared, &none, Some(at(20)), 100).unwrap(), 0);
        assert_eq!(cache.count(&Match::All, &none).unwrap(), 40);
        assert_eq!((count(&cache, "quokka"), count(&cache, "question")), (23, 40));
        let stock = cache.stock().unwrap();
        assert_eq!((stock.threads, stock.removed, stock.removed_until), (23, 17, Some(at(19))));
        for kept in ["c0", "c3", "c10", "c20"] {
            assert!(cache.thread(&RemoteId::from(kept)).unwrap().is_some(), "{kept}");
        }
        let gone = RemoteId::from("c19");
        assert!(cache.thread(&gone).unwrap().is_none());
        // Opened again, it is here again, and found.
        let header = cache.conversation(&gone).unwrap().unwrap();
        cache
            .put_thread(
                &Thread { conversation: header, messages: vec![message("m19", 19, "quokka")] },
                at(50),
            )
            .unwrap();
        let stock = cache.stock().unwrap();
        assert_eq!((stock.threads, stock.removed, stock.removed_until), (24, 16, Some(at(18))));
        assert_eq!(count(&cache, "quokka"), 24);
        // A second reader sees the same.
        assert_eq!(Cache::open(folder.path(), &key()).unwrap().stock().unwrap().removed, 16);
    }

    #[test]
    fn room_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let words: Vec<String> =
            (0..400).map(|n: u64| format!("w{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let cache = filled(folder.path(), 400, &words.join(" "));
        let size = || std::fs::metadata(folder.path().join("cache.db")).unwrap().len();
        // What was written stands in the file itself once nobody has it open.
        drop(cache);
        let before = size();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        let needed = cache.bytes_in_use().unwrap();
        while cache.remove_threads(NOBODY, &Overlay::empty(), None, 100).unwrap() > 0 {}
        for _ in 0..10 {
            if !cache.tidy().unwrap() {
                break;
            }
        }
        assert!(cache.bytes_in_use().unwrap() < needed / 2);
        drop(cache);
        assert!(size() < before / 2, "{} of {before}", size());
    }

    #[rstest]
    #[case(None, None, None)]
    #[case(Some(30), Some(50), None)]
    #[case(Some(29), None, Some("Messages are kept for 30 to 36500 days"))]
    #[case(None, Some(49), Some("The limit is 50 MB at least"))]
    fn limits_that_make_sense(
        #[case] days: Option<u32>,
        #[case] megabytes: Option<u32>,
        #[case] mistake: Option<&str>,
    ) {
        let said = Retention { days, megabytes, ..Retention::default() }.mistake();
        assert_eq!(said.is_some(), mistake.is_some());
        assert!(mistake.is_none_or(|begin| said.unwrap().starts_with(begin)));
    }
}
