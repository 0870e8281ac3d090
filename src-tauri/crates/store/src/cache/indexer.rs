//! The texts of one transaction, on their way into the full-text index.
//!
//! A document's number follows the order of last update, so that a list finds its first rows without looking at the
//! rest. What is newer than everything gets the next number above, what is older than everything – the first walk goes
//! from new to old – the next one below. What comes in between goes astray: it gets a number, and a mark that says that
//! the number means nothing. FTS5 writes fastest in the order of numbers, so a transaction's texts are put in at its end.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use muster_model::{Conversation, Message};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};

use super::{Cache, fts, state};
use crate::{Result, column::ms};

/// Where a conversation stands in the order: what is higher is newer.
type Key = (i64, Reverse<String>);

/// A text to index.
struct Job {
    row: i64,
    key: Key,
    subject: String,
    body: String,
    /// The document of before, and the time that its number was for.
    before: Option<(i64, bool)>,
    has_moved: bool,
}

/// Collects what is to be indexed; [`Indexer::finish`] ends every transaction that used one.
#[derive(Default)]
pub(crate) struct Indexer {
    jobs: Vec<Job>,
    known: Words,
    /// Words that this transaction noted.
    noted: Vec<u64>,
}

/// Words that stand in the table of words, by their hash: most of a page's words were in the page before, and asking the
/// table for each costs a tenth of an ingest. One that is not here may stand there all the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(Arc<Mutex<HashSet<u64>>>);

/// So many are kept; then it begins anew.
const MOST_KNOWN: usize = 100_000;

impl Words {
    fn lock(&self) -> MutexGuard<'_, HashSet<u64>> {
        // A set that a panic left half-filled lacks words, and lacking them costs time only.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, words: Vec<u64>) {
        let mut known = self.lock();
        if known.len() + words.len() > MOST_KNOWN {
            known.clear();
        }
        known.extend(words);
    }
}

/// Two words of one hash, and the second would not be completed: with 64 bits that does not happen.
fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

impl Cache {
    /// Runs `work` in a transaction that indexes texts; it finishes the index and then raises the sequence.
    pub(super) fn index<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut Indexer) -> Result<T>,
    ) -> Result<T> {
        let mut indexer = Indexer { known: self.words.clone(), ..Indexer::default() };
        let done = self.db.write(|tx| work(tx, &mut indexer))?;
        // Only now do they stand there for good.
        self.words.learn(indexer.noted);
        Ok(done)
    }
}

/// The highest and the lowest document, and where they stood in the order when they were numbered.
struct Ends {
    top: i64,
    bottom: i64,
    newest: Option<Key>,
    oldest: Option<Key>,
}

impl Indexer {
    /// Indexes the text of a conversation that was not there.
    pub(crate) fn add(&mut self, row: i64, conversation: &Conversation, messages: &[Message]) {
        self.push(row, conversation, messages, None, true);
    }

    /// Indexes a conversation again if its text is not what was indexed, or if it moved. `messages`: the new ones, if
    /// they are at hand.
    pub(crate) fn refresh(
        &mut self,
        conn: &Connection,
        row: i64,
        conversation: &Conversation,
        messages: Option<&[Message]>,
        has_moved: bool,
    ) -> Result<()> {
        let is_same = fts::is_indexed(conn, row, conversation, messages)?;
        if is_same && !has_moved {
            return Ok(());
        }
        let cached;
        let messages = match messages {
            Some(messages) => messages,
            None => {
                cached = fts::cached_messages(conn, row)?;
                &cached
            }
        };
        fts::note_hashes(conn, row, conversation, messages)?;
        // What was put down in this very transaction is not in the index yet.
        if let Some(place) = self.jobs.iter().position(|job| job.row == row) {
            let waiting = self.jobs.swap_remove(place);
            self.push(row, conversation, messages, waiting.before, has_moved || waiting.has_moved);
            return Ok(());
        }
        let before = conn
            .prepare_cached("SELECT doc, is_astray FROM conversations WHERE row = ?1")?
            .query_row(params![row], |found| Ok((found.get(0)?, found.get(1)?)))
            .optional()?;
        self.push(row, conversation, messages, before, has_moved);
        Ok(())
    }

    fn push(
        &mut self,
        row: i64,
        conversation: &Conversation,
        messages: &[Message],
        before: Option<(i64, bool)>,
        has_moved: bool,
    ) {
        let (subject, body) = fts::document(conversation, messages);
        let key = (ms(conversation.updated), Reverse(conversation.id.to_string()));
        self.jobs.push(Job { row, key, subject, body, before, has_moved });
    }

    /// Puts everything into the index.
    pub(crate) fn finish(&mut self, conn: &Connection) -> Result<()> {
        if self.jobs.is_empty() {
            return Ok(());
        }
        self.note_words(conn)?;
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let mut ends = ends(conn)?;
        let (mut below, mut kept, mut above) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            let is_oldest = ends.oldest.as_ref().is_some_and(|oldest| job.key < *oldest);
            let is_newest = ends.newest.as_ref().is_none_or(|newest| job.key >= *newest);
            match job.before {
                // In its place still.
                Some((doc, false)) if !job.has_moved => kept.push((doc, false, job)),
                _ if is_newest => above.push((0, false, job)),
                _ if is_oldest => below.push((0, false, job)),
                Some((doc, _)) => kept.push((doc, true, job)),
                None => above.push((0, true, job)),
            }
        }
        for (doc, _, _) in below.iter_mut().rev() {
            ends.bottom -= 1;
            *doc = ends.bottom;
        }
        for (doc, is_astray, job) in &mut above {
            ends.top += 1;
            *doc = ends.top;
            if !*is_astray {
                ends.newest = Some(job.key.clone());
                ends.oldest.get_or_insert_with(|| job.key.clone());
            }
        }
        if let Some((_, _, oldest)) = below.first() {
            ends.oldest = Some(oldest.key.clone());
        }
        kept.sort_unstable_by_key(|(doc, _, _)| *doc);
        let placed = below.into_iter().chain(kept).chain(above).collect::<Vec<_>>();
        for (_, _, job) in &placed {
            if let Some((doc, _)) = job.before {
                forget(conn, doc)?;
            }
        }
        for (doc, is_astray, job) in placed {
            conn.prepare_cached("INSERT INTO texts (rowid, subject, body) VALUES (?1, ?2, ?3)")?
                .execute(params![doc, job.subject, job.body])?;
            if job.before != Some((doc, is_astray)) {
                conn.prepare_cached("UPDATE conversations SET doc = ?2, is_astray = ?3 WHERE row = ?1")?
                    .execute(params![job.row, doc, is_astray])?;
                // A new row was noted when it was put in.
                if job.before.is_some() {
                    state::note_change(conn, job.row)?;
                }
            }
        }
        note_ends(conn, &ends)
    }

    /// Every word that occurs, once: which words begin like one that is being typed is asked here, because FTS5 would put
    /// the documents of all of them together before it names the first.
    fn note_words(&mut self, conn: &Connection) -> Result<()> {
        let mut new: HashMap<u64, &str> = HashMap::new();
        {
            let known = self.known.lock();
            let texts = self.jobs.iter().flat_map(|job| [job.subject.as_str(), job.body.as_str()]);
            for word in texts.flat_map(|text| text.split(' ')) {
                let hash = hash(word);
                if !known.contains(&hash) {
                    new.insert(hash, word);
                }
            }
        }
        self.noted.extend(new.keys());
        // Neighbours in the table one after the other.
        let mut words: Vec<&str> = new.into_values().collect();
        words.sort_unstable();
        let mut statement =
            conn.prepare_cached("INSERT INTO words (word) VALUES (?1) ON CONFLICT DO NOTHING")?;
        for word in words {
            statement.execute(params![word])?;
        }
        Ok(())
    }
}

/// Takes a document out of the index.
pub(crate) fn forget(conn: &Connection, doc: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM texts WHERE rowid = ?1")?.execute(params![doc])?;
    Ok(())
}

fn ends(conn: &Connection) -> Result<Ends> {
    let key = |updated: Option<i64>, id: Option<String>| Some((updated?, Reverse(id?)));
    Ok(conn
        .prepare_cached(
            "SELECT top_doc, bottom_doc, newest_updated, newest_id, oldest_updated, oldest_id FROM sync",
        )?
        .query_row([], |row| {
            Ok(Ends {
                top: row.get(0)?,
                bottom: row.get(1)?,
                newest: key(row.get(2)?, row.get(3)?),
                oldest: key(row.get(4)?, row.get(5)?),
            })
        })?)
}

fn note_ends(conn: &Connection, ends: &Ends) -> Result<()> {
    conn.prepare_cached(
        "UPDATE sync SET top_doc = :top, bottom_doc = :bottom, newest_updated = :newest, newest_id = :newest_id,
                         oldest_updated = :oldest, oldest_id = :oldest_id",
    )?
    .execute(named_params! {
        ":top": ends.top,
        ":bottom": ends.bottom,
        ":newest": ends.newest.as_ref().map(|key| key.0),
        ":newest_id": ends.newest.as_ref().map(|key| &key.1.0),
        ":oldest": ends.oldest.as_ref().map(|key| key.0),
        ":oldest_id": ends.oldest.as_ref().map(|key| &key.1.0),
    })?;
    Ok(())
}
