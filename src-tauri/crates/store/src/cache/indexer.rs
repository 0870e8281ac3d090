//! The texts of one transaction, on their way into the full-text index.
//!
//! A document's number follows the order of last update, so that a list finds its first rows without looking at the
//! rest. What is newer than everything gets the next number above, what is older than everything – the first walk goes
//! from new to old – the next one below. What comes in between goes astray: it gets a number, and a mark that says that
//! the number means nothing. A transaction's texts become one run of the index, at its end.

use std::cmp::Reverse;

use muster_model::{Conversation, Message};
use rusqlite::{Connection, Transaction, named_params, params};

use super::{
    Cache,
    header::Known,
    ready::Source,
    state,
    text::{self, Gather, Gathered, Whole},
};
use crate::{Result, column::ms};

/// Where a conversation stands in the order: what is higher is newer.
type Key<'a> = (i64, Reverse<&'a str>);

/// A text to index.
pub(super) enum Text<'a> {
    /// As it came.
    Came(Source<'a>),
    /// As it is here now.
    Here(Box<(Conversation, Vec<Message>)>),
}

/// Texts by their documents, rising.
pub(super) struct Texts<'a>(Vec<(i64, Text<'a>)>);

/// Where in the index a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doc {
    pub number: i64,
    pub is_astray: bool,
}

struct Job<'a> {
    row: i64,
    text: Text<'a>,
    /// Where it was; none if its row is not written yet.
    before: Option<Doc>,
    has_moved: bool,
}

/// Collects what is to be indexed, each row once.
#[derive(Default)]
pub(crate) struct Indexer<'a> {
    jobs: Vec<Job<'a>>,
}

/// What all texts of a transaction were given.
pub(super) struct Placed<'a> {
    pub texts: Texts<'a>,
    /// Of rows that are to be written, as they were added.
    pub new: Vec<Doc>,
    /// Documents of before, which are to be forgotten before the texts are put into the index.
    pub gone: Vec<i64>,
}

impl Cache {
    /// Runs `work` in a transaction that indexes texts; it finishes the index and then raises the sequence.
    pub(super) fn index<'a, T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut Indexer<'a>) -> Result<T>,
    ) -> Result<T> {
        self.db.write(|tx| work(tx, &mut Indexer::default()))
    }
}

impl Text<'_> {
    fn conversation(&self) -> &Conversation {
        match self {
            Self::Came(source) => source.conversation,
            Self::Here(here) => &here.0,
        }
    }

    fn key(&self) -> Key<'_> {
        let conversation = self.conversation();
        (ms(conversation.updated), Reverse(conversation.id.as_str()))
    }

    fn messages(&self) -> Vec<&Message> {
        match self {
            Self::Came(source) => source.messages(),
            Self::Here(here) => here.1.iter().collect(),
        }
    }
}

impl Texts<'_> {
    /// The runs that have them.
    pub(super) fn runs(&self) -> Vec<Gathered> {
        let mut words = Gather::default();
        for (doc, text) in &self.0 {
            words.add(*doc, &Whole { conversation: text.conversation(), messages: &text.messages() });
        }
        words.runs()
    }
}

impl<'a> Indexer<'a> {
    /// Indexes the text of a conversation that is not here. Rows rise.
    pub(super) fn add(&mut self, row: i64, source: Source<'a>) {
        self.jobs.push(Job { row, text: Text::Came(source), before: None, has_moved: true });
    }

    /// Indexes a conversation again if its text is not what was indexed, or if it moved. `messages`: the new ones, if
    /// they are at hand.
    pub(super) fn refresh(
        &mut self,
        conn: &Connection,
        known: &Known,
        now: &Conversation,
        messages: Option<&[&Message]>,
    ) -> Result<()> {
        let has_moved = now.updated != known.was.updated;
        let header = text::header_hash(now);
        let hash = messages.map(text::messages_hash);
        let is_same = header == known.header_hash && hash.is_none_or(|hash| hash == known.messages_hash);
        if is_same && !has_moved {
            return Ok(());
        }
        let messages: Vec<Message> = match messages {
            Some(messages) => messages.iter().copied().cloned().collect(),
            None => text::cached_messages(conn, known.row)?,
        };
        text::note_hashes(conn, known.row, header, hash.unwrap_or(known.messages_hash))?;
        let text = Text::Here(Box::new((now.clone(), messages)));
        self.jobs.push(Job { row: known.row, text, before: Some(known.doc), has_moved });
        Ok(())
    }

    /// Puts everything into the index, where no row is to be written any more.
    pub(super) fn finish(&mut self, conn: &Connection) -> Result<()> {
        let Placed { texts, gone, .. } = self.place(conn)?;
        if texts.0.is_empty() {
            return Ok(());
        }
        text::forget(conn, &gone)?;
        text::put(conn, texts.runs())?;
        text::merge_some(conn)
    }

    /// Gives every text its number.
    pub(super) fn place(&mut self, conn: &Connection) -> Result<Placed<'a>> {
        let mut jobs = std::mem::take(&mut self.jobs);
        if jobs.is_empty() {
            return Ok(Placed { texts: Texts(Vec::new()), new: Vec::new(), gone: Vec::new() });
        }
        jobs.sort_unstable_by(|a, b| a.text.key().cmp(&b.text.key()));
        let placed = Ends::read(conn)?.place(conn, jobs)?;
        let gone = placed.iter().filter_map(|(_, job)| job.before).map(|before| before.number).collect();
        let (mut texts, mut new) = (Vec::with_capacity(placed.len()), Vec::new());
        for (doc, Job { row, text, before, .. }) in placed {
            texts.push((doc.number, text));
            match before {
                None => new.push((row, doc)),
                Some(before) if before == doc => {}
                Some(_) => {
                    conn.prepare_cached("UPDATE conversations SET doc = ?2, is_astray = ?3 WHERE row = ?1")?
                        .execute(params![row, doc.number, doc.is_astray])?;
                    state::note_change(conn, row)?;
                }
            }
        }
        new.sort_unstable_by_key(|(row, _)| *row);
        Ok(Placed { texts: Texts(texts), new: new.into_iter().map(|(_, doc)| doc).collect(), gone })
    }
}

/// The highest and the lowest document, and where they stood in the order when they were numbered.
struct Ends {
    top: i64,
    bottom: i64,
    newest: Option<(i64, Reverse<String>)>,
    oldest: Option<(i64, Reverse<String>)>,
}

impl Ends {
    /// Gives sorted texts their documents, rising, and notes the new ends.
    fn place<'a>(mut self, conn: &Connection, jobs: Vec<Job<'a>>) -> Result<Vec<(Doc, Job<'a>)>> {
        let owned = |key: Key<'_>| Some((key.0, Reverse(key.1.0.to_owned())));
        let (mut below, mut kept, mut above) = (Vec::new(), Vec::new(), Vec::new());
        let place = |number, is_astray| Doc { number, is_astray };
        for job in jobs {
            let key = job.text.key();
            let is_oldest = self.oldest.as_ref().is_some_and(|oldest| key < borrowed(oldest));
            let is_newest = self.newest.as_ref().is_none_or(|newest| key >= borrowed(newest));
            match job.before {
                // In its place still.
                Some(doc) if !doc.is_astray && !job.has_moved => kept.push((doc, job)),
                _ if is_newest => above.push((place(0, false), job)),
                _ if is_oldest => below.push((place(0, false), job)),
                Some(doc) => kept.push((place(doc.number, true), job)),
                None => above.push((place(0, true), job)),
            }
        }
        for (doc, _) in below.iter_mut().rev() {
            self.bottom -= 1;
            doc.number = self.bottom;
        }
        for (doc, job) in &mut above {
            self.top += 1;
            doc.number = self.top;
            if !doc.is_astray {
                self.newest = owned(job.text.key());
                if self.oldest.is_none() {
                    self.oldest.clone_from(&self.newest);
                }
            }
        }
        if let Some((_, oldest)) = below.first() {
            self.oldest = owned(oldest.text.key());
        }
        kept.sort_unstable_by_key(|(doc, _)| doc.number);
        self.note(conn)?;
        Ok(below.into_iter().chain(kept).chain(above).collect())
    }

    fn read(conn: &Connection) -> Result<Self> {
        let key = |updated: Option<i64>, id: Option<String>| Some((updated?, Reverse(id?)));
        Ok(conn
            .prepare_cached(
                "SELECT top_doc, bottom_doc, newest_updated, newest_id, oldest_updated, oldest_id FROM sync",
            )?
            .query_row([], |row| {
                Ok(Self {
                    top: row.get(0)?,
                    bottom: row.get(1)?,
                    newest: key(row.get(2)?, row.get(3)?),
                    oldest: key(row.get(4)?, row.get(5)?),
                })
            })?)
    }

    fn note(&self, conn: &Connection) -> Result<()> {
        conn.prepare_cached(
            "UPDATE sync SET top_doc = :top, bottom_doc = :bottom, newest_updated = :newest, newest_id = :newest_id,
                             oldest_updated = :oldest, oldest_id = :oldest_id",
        )?
        .execute(named_params! {
            ":top": self.top,
            ":bottom": self.bottom,
            ":newest": self.newest.as_ref().map(|key| key.0),
            ":newest_id": self.newest.as_ref().map(|key| &key.1.0),
            ":oldest": self.oldest.as_ref().map(|key| key.0),
            ":oldest_id": self.oldest.as_ref().map(|key| &key.1.0),
        })?;
        Ok(())
    }
}

fn borrowed(key: &(i64, Reverse<String>)) -> Key<'_> {
    (key.0, Reverse(key.1.0.as_str()))
}
