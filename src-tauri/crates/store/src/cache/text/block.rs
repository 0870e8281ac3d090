//! A block of words: neighbours in the order of their bytes, each with the list of its texts. One is read for most
//! questions, and it mostly fits into a page of the database.
//!
//! First come the words – how much each shares with the one before, what is its own, in how many texts it is, how long its
//! two lists are –, then the lists of which texts. Those of where stand in a value of their own beside it.

use std::ops::Range;

use super::{
    bits::{put_number, take_bytes, take_size},
    list::{self, Place},
};
use crate::{Result, StoreError};

/// A block ends here, so that it and its row fit into an encrypted page.
const LONG: usize = 3_900;
/// Or here, so that where is read in pieces, too.
const WIDE: usize = 16_384;

/// Makes a block.
#[derive(Debug, Default)]
pub(super) struct BlockWriter {
    first: Vec<u8>,
    last: Vec<u8>,
    words: Vec<u8>,
    which: Vec<u8>,
    wheres: Vec<u8>,
}

/// A block as it stands in its rows.
#[derive(Debug)]
pub(super) struct Block {
    /// Its first word.
    pub first: Vec<u8>,
    /// Words and which texts have them.
    pub words: Vec<u8>,
    /// Where in them.
    pub wheres: Vec<u8>,
}

impl BlockWriter {
    /// Adds a word behind all others; `places` rise and are not empty.
    pub(super) fn push(&mut self, word: &[u8], places: &[Place], texts: usize) {
        let (which, wheres) = (self.which.len(), self.wheres.len());
        let n = list::encode(places, texts, &mut self.which, &mut self.wheres);
        if self.words.is_empty() {
            self.first.extend_from_slice(word);
        }
        let shared = self.last.iter().zip(word).take_while(|(a, b)| a == b).count();
        let own = word.get(shared..).unwrap_or_default();
        put_number(&mut self.words, shared as u64);
        put_number(&mut self.words, own.len() as u64);
        self.words.extend_from_slice(own);
        put_number(&mut self.words, n as u64);
        put_number(&mut self.words, (self.which.len() - which) as u64);
        put_number(&mut self.words, (self.wheres.len() - wheres) as u64);
        self.last.truncate(shared);
        self.last.extend_from_slice(own);
    }

    /// The block, once it is long enough to be put down.
    pub(super) fn take_if_full(&mut self) -> Option<Block> {
        let is_full = self.words.len() + self.which.len() >= LONG || self.wheres.len() >= WIDE;
        if is_full { self.take() } else { None }
    }

    /// The block, and the writer is empty; none if there is nothing in it.
    pub(super) fn take(&mut self) -> Option<Block> {
        if self.words.is_empty() {
            return None;
        }
        let mut words = Vec::with_capacity(self.words.len() + self.which.len() + 4);
        put_number(&mut words, self.words.len() as u64);
        words.append(&mut self.words);
        words.append(&mut self.which);
        self.last.clear();
        Some(Block {
            first: std::mem::take(&mut self.first),
            words,
            wheres: std::mem::take(&mut self.wheres),
        })
    }
}

/// One word of a block.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// In how many texts it is.
    pub n: usize,
    which: Range<usize>,
    wheres: Range<usize>,
}

impl Entry {
    /// In which texts of the block it is.
    pub(super) fn which<'a>(&self, block: &'a [u8]) -> Result<&'a [u8]> {
        block.get(self.which.clone()).ok_or_else(damaged)
    }

    /// Where in them; `wheres` is the block's other value.
    pub(super) fn wheres<'a>(&self, wheres: &'a [u8]) -> Result<&'a [u8]> {
        wheres.get(self.wheres.clone()).ok_or_else(damaged)
    }
}

/// Reads a block word by word. It is given the block each time, so that who keeps the block can keep this as well.
#[derive(Debug, Default)]
pub(super) struct BlockReader {
    /// Where the next word begins, and where words end.
    words: Range<usize>,
    which: usize,
    wheres: usize,
    /// The word that was read last.
    pub word: Vec<u8>,
}

impl BlockReader {
    pub(super) fn new(block: &[u8]) -> Result<Self> {
        let mut rest = block;
        let n = take_size(&mut rest).filter(|n| *n <= rest.len()).ok_or_else(damaged)?;
        let begin = block.len() - rest.len();
        Ok(Self { words: begin..begin + n, which: begin + n, ..Self::default() })
    }

    /// The next word.
    pub(super) fn next(&mut self, block: &[u8]) -> Result<Option<Entry>> {
        if self.words.is_empty() {
            return Ok(None);
        }
        self.read(block).map(Some).ok_or_else(damaged)
    }

    fn read(&mut self, block: &[u8]) -> Option<Entry> {
        let mut words = block.get(self.words.clone())?;
        let shared = take_size(&mut words)?;
        let own = take_size(&mut words)?;
        let own = take_bytes(&mut words, own)?;
        if shared > self.word.len() {
            return None;
        }
        self.word.truncate(shared);
        self.word.extend_from_slice(own);
        let n = take_size(&mut words)?;
        let which = self.which..self.which.checked_add(take_size(&mut words)?)?;
        let wheres = self.wheres..self.wheres.checked_add(take_size(&mut words)?)?;
        (self.which, self.wheres) = (which.end, wheres.end);
        self.words.start = self.words.end - words.len();
        Some(Entry { n, which, wheres })
    }
}

/// What is said of bytes that nobody here wrote.
pub(super) fn damaged() -> StoreError {
    StoreError::corrupt("the index of words cannot be read")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::{
        collection::{btree_map, btree_set, vec},
        prelude::*,
    };

    use super::*;

    proptest! {
        #[test]
        fn words_come_back(words in btree_map("[a-c]{1,5}|[漢字]{1,2}", btree_set((0u32..50, 0u32..9), 1..20), 1..40)) {
            let words: BTreeMap<Vec<u8>, BTreeSet<(u32, u32)>> =
                words.into_iter().map(|(word, places)| (word.into_bytes(), places)).collect();
            let mut writer = BlockWriter::default();
            for (word, places) in &words {
                let places: Vec<Place> = places.iter().map(|(text, at)| Place { text: *text, at: *at }).collect();
                writer.push(word, &places, 50);
            }
            let block = writer.take().unwrap();
            prop_assert!(writer.take().is_none());
            prop_assert_eq!(&block.first, words.keys().next().unwrap());
            let mut reader = BlockReader::new(&block.words).unwrap();
            let mut found = BTreeMap::new();
            while let Some(entry) = reader.next(&block.words).unwrap() {
                let mut places = Vec::new();
                let lists = (entry.which(&block.words).unwrap(), entry.wheres(&block.wheres).unwrap());
                prop_assert!(list::decode(lists, entry.n, 50, Some, &mut places).is_some());
                found.insert(reader.word.clone(), places.iter().map(|place| (place.text, place.at)).collect());
            }
            prop_assert_eq!(found, words);
        }

        #[test]
        fn damaged_blocks_are_told(bytes in vec(any::<u8>(), 0..80)) {
            if let Ok(mut reader) = BlockReader::new(&bytes) {
                while let Ok(Some(entry)) = reader.next(&bytes) {
                    prop_assert!(entry.which(&bytes).is_ok_and(|which| which.len() <= bytes.len()) || reader.which > bytes.len());
                }
            }
        }
    }
}
