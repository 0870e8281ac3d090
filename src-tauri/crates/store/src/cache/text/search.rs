//! Which texts of one run have what a question asks for.

use rusqlite::{Connection, Rows, params};

use super::{
    block::{BlockReader, Entry, damaged},
    list::{self, Place},
    marks::Marks,
    question::{Question, Sequence},
    run::Open,
};
use crate::Result;

impl Open {
    /// The texts that have all of it.
    pub(super) fn search(&self, conn: &Connection, question: &Question) -> Result<Marks> {
        let mut found = Marks::all(self.docs.len());
        found.minus(&self.gone);
        for sequence in &question.sequences {
            self.keep(conn, sequence, &mut found)?;
            if found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// Keeps those that have the words side by side.
    fn keep(&self, conn: &Connection, sequence: &Sequence, found: &mut Marks) -> Result<()> {
        let last = sequence.words.len() - 1;
        for (place, word) in sequence.words.iter().enumerate() {
            let mut marks = Marks::none(self.docs.len());
            self.each_entry(conn, word, sequence.is_begun && place == last, |entry, block, _| {
                list::mark(entry.which(block)?, entry.n, self.docs.len(), &mut marks).ok_or_else(damaged)
            })?;
            found.keep(&marks);
            if found.is_empty() {
                return Ok(());
            }
        }
        if last > 0 { self.keep_side_by_side(conn, sequence, found) } else { Ok(()) }
    }

    /// Of texts that have all of the words, those that have them side by side.
    fn keep_side_by_side(&self, conn: &Connection, sequence: &Sequence, found: &mut Marks) -> Result<()> {
        let last = sequence.words.len() - 1;
        // Where a sequence may go on.
        let mut next: Option<Vec<Place>> = None;
        for (place, word) in sequence.words.iter().enumerate() {
            let mut places = Vec::new();
            self.each_entry(conn, word, sequence.is_begun && place == last, |entry, block, number| {
                let mut statement = conn.prepare_cached("SELECT places FROM text_places WHERE block = ?1")?;
                let mut rows = statement.query(params![number])?;
                let row = rows.next()?.ok_or_else(damaged)?;
                let wheres = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
                let lists = (entry.which(block)?, entry.wheres(wheres)?);
                let number = |text| found.has(text).then_some(text);
                list::decode(lists, entry.n, self.docs.len(), number, &mut places).ok_or_else(damaged)
            })?;
            // Several words may begin alike.
            places.sort_unstable();
            if let Some(next) = next {
                let mut next = next.into_iter().peekable();
                places.retain(|place| {
                    while next.next_if(|other| other < place).is_some() {}
                    next.peek() == Some(place)
                });
            }
            places.iter_mut().for_each(|place| place.at = place.at.saturating_add(1));
            next = Some(places);
        }
        let mut marks = Marks::none(self.docs.len());
        next.iter().flatten().for_each(|place| marks.mark(place.text));
        found.keep(&marks);
        Ok(())
    }

    /// Calls `found` for a word, or for every word that begins like it, with the word's block and that block's number.
    fn each_entry(
        &self,
        conn: &Connection,
        word: &[u8],
        is_begun: bool,
        mut found: impl FnMut(&Entry, &[u8], i64) -> Result<()>,
    ) -> Result<()> {
        // The block in which it is, if it is anywhere, …
        let mut statement = conn.prepare_cached(
            "SELECT block, words FROM text_blocks WHERE run = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1",
        )?;
        if !each_in(statement.query(params![self.run, word])?, word, is_begun, &mut found)? || !is_begun {
            return Ok(());
        }
        // … and those behind it.
        let mut statement = conn.prepare_cached(
            "SELECT block, words FROM text_blocks WHERE run = ?1 AND first > ?2 ORDER BY first",
        )?;
        each_in(statement.query(params![self.run, word])?, word, is_begun, &mut found)?;
        Ok(())
    }
}

/// Looks through blocks; `false` when what comes behind them cannot be asked for.
fn each_in(
    mut blocks: Rows<'_>,
    word: &[u8],
    is_begun: bool,
    found: &mut impl FnMut(&Entry, &[u8], i64) -> Result<()>,
) -> Result<bool> {
    while let Some(row) = blocks.next()? {
        let block = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let mut reader = BlockReader::new(block)?;
        while let Some(entry) = reader.next(block)? {
            let has_begun = reader.word.starts_with(word);
            if has_begun && (is_begun || reader.word.len() == word.len()) {
                found(&entry, block, row.get(0)?)?;
            } else if reader.word.as_slice() > word {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
