//! The texts of one transaction, on their way into the full-text index.
//!
//! A document's number follows the order of last update, so that a list finds its first rows without looking at the
//! rest. What is newer than everything gets the next number above, what is older than everything – the first walk goes
//! from new to old – the next one below. What comes in between goes astray: it gets a number, and a mark that says that
//! the number means nothing. A transaction's texts become one run of the index, at its end.

use std::cmp::Reverse;

use muster_model::{Conversation, Message};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};

use super::{
    Cache, state,
    text::{self, Gather, Gathered, Whole},
};
use crate::{Result, column::ms};

/// Where a conversation stands in the order: what is higher is newer.
type Key = (i64, Reverse<String>);

/// A text to index.
struct Job {
    row: i64,
    key: Key,
    text: Gathered,
    /// The document of before, and the time that its number was for.
    before: Option<(i64, bool)>,
    has_moved: bool,
}

/// Collects what is to be indexed; [`Indexer::finish`] ends every transaction that used one.
#[derive(Default)]
pub(crate) struct Indexer {
    jobs: Vec<Job>,
    words: Gather,
}

impl Cache {
    /// Runs `work` in a transaction that indexes texts; it finishes the index and then raises the sequence.
    pub(super) fn index<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut Indexer) -> Result<T>,
    ) -> Result<T> {
        self.db.write(|tx| work(tx, &mut Indexer::default()))
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
        let is_same = text::is_indexed(conn, row, conversation, messages)?;
        if is_same && !has_moved {
            return Ok(());
        }
        let cached;
        let messages = match messages {
            Some(messages) => messages,
            None => {
                cached = text::cached_messages(conn, row)?;
                &cached
            }
        };
        text::note_hashes(conn, row, &Whole { conversation, messages })?;
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
        let text = self.words.add(&Whole { conversation, messages });
        let key = (ms(conversation.updated), Reverse(conversation.id.to_string()));
        self.jobs.push(Job { row, key, text, before, has_moved });
    }

    /// Puts everything into the index.
    pub(crate) fn finish(&mut self, conn: &Connection) -> Result<()> {
        if self.jobs.is_empty() {
            return Ok(());
        }
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
        let gone: Vec<i64> = placed.iter().filter_map(|(_, _, job)| job.before).map(|(doc, _)| doc).collect();
        text::forget(conn, &gone)?;
        let mut texts = Vec::with_capacity(placed.len());
        for (doc, is_astray, job) in placed {
            texts.push((doc, job.text));
            if job.before != Some((doc, is_astray)) {
                conn.prepare_cached("UPDATE conversations SET doc = ?2, is_astray = ?3 WHERE row = ?1")?
                    .execute(params![job.row, doc, is_astray])?;
                // A new row was noted when it was put in.
                if job.before.is_some() {
                    state::note_change(conn, job.row)?;
                }
            }
        }
        std::mem::take(&mut self.words).write(conn, &texts)?;
        text::merge_some(conn)?;
        note_ends(conn, &ends)
    }
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
