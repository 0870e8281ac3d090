//! The words of one transaction's texts, until all of them are known and a run can be made.
//!
//! A page of a sync has tens of thousands of words, of which a few thousand differ: each is kept once, and a text is a list
//! of their numbers. What is put down needs no sorting but that of the words themselves. None of it needs the database:
//! another thread does it while rows are written.

use std::{hash::BuildHasher, ops::Range};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

use super::{
    block::{Block, BlockWriter},
    cut::each_word,
    docs::Docs,
    list::Place,
    source::{Text, Whole},
};

/// Stands before words of a subject, which are kept a second time with it: no word begins like this.
pub(super) const SUBJECT: u8 = 1;
/// So many texts make a run at most, so that a large load needs no large room.
const MOST: usize = 16_384;

/// A word, and where it stands.
#[derive(Debug)]
struct Word {
    hash: u64,
    letters: Range<usize>,
}

/// A run that only needs to be put down.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(super) docs: Docs,
    pub(super) blocks: Vec<Block>,
}

impl Gathered {
    /// How many there are in it.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> usize {
        self.docs.len()
    }
}

/// Words and texts.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    letters: Vec<u8>,
    words: Vec<Word>,
    known: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Every word of every text: its number, and its place in its text.
    texts: Vec<(u32, u32)>,
    /// The document of each text, and where its words end.
    docs: Vec<(i64, usize)>,
    lower: Vec<u8>,
    /// Runs that are full.
    whole: Vec<Gathered>,
}

impl Gather {
    /// Takes the words of a text in; its document's number is higher than all before.
    pub(crate) fn add(&mut self, doc: i64, whole: &Whole<'_>) {
        if self.docs.len() == MOST {
            self.end_run();
        }
        let mut lower = std::mem::take(&mut self.lower);
        let mut at = 0;
        let mut subject = vec![SUBJECT];
        for text in whole.texts() {
            let begin = at;
            match text {
                Text::Subject(text) => each_word(text, &mut lower, |word| {
                    self.push(word, at);
                    subject.truncate(1);
                    subject.extend_from_slice(word);
                    self.push(&subject, at);
                    at += 1;
                }),
                Text::Other(text) => each_word(text, &mut lower, |word| {
                    self.push(word, at);
                    at += 1;
                }),
            }
            // A phrase never spans two of them.
            at += u32::from(at > begin);
        }
        self.lower = lower;
        self.docs.push((doc, self.texts.len()));
    }

    fn push(&mut self, word: &[u8], at: u32) {
        let hash = self.hasher.hash_one(word);
        let Self { letters, words, known, .. } = self;
        let is_it = |number: &u32| {
            let known = words.get(*number as usize);
            known.is_some_and(|known| known.hash == hash && letters.get(known.letters.clone()) == Some(word))
        };
        let hash_of = |number: &u32| words.get(*number as usize).map_or(0, |word| word.hash);
        let number = match known.entry(hash, is_it, hash_of) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let number = u32::try_from(words.len()).unwrap_or(u32::MAX);
                place.insert(number);
                let start = letters.len();
                letters.extend_from_slice(word);
                words.push(Word { hash, letters: start..letters.len() });
                number
            }
        };
        self.texts.push((number, at));
    }

    /// The runs of these texts.
    pub(crate) fn runs(mut self) -> Vec<Gathered> {
        self.end_run();
        self.whole
    }

    fn end_run(&mut self) {
        if !self.docs.is_empty() {
            self.whole.push(self.run());
        }
        // The words stay: the next texts have mostly the same.
        self.texts.clear();
        self.docs.clear();
    }

    fn run(&self) -> Gathered {
        // Where the list of each word ends: first how long it is, …
        let mut ends = vec![0u32; self.words.len()];
        for (word, _) in &self.texts {
            if let Some(n) = ends.get_mut(*word as usize) {
                *n += 1;
            }
        }
        let mut end = 0;
        for n in &mut ends {
            end += std::mem::replace(n, end);
        }
        // … then where it begins, which every word of a text moves on.
        let mut places = vec![Place { text: 0, at: 0 }; end as usize];
        let mut begin = 0;
        for (number, (_, end)) in (0u32..).zip(&self.docs) {
            for (word, at) in self.texts.get(begin..*end).unwrap_or_default() {
                if let Some(next) = ends.get_mut(*word as usize)
                    && let Some(place) = places.get_mut(*next as usize)
                {
                    *place = Place { text: number, at: *at };
                    *next += 1;
                }
            }
            begin = *end;
        }
        let (mut block, mut blocks) = (BlockWriter::default(), Vec::new());
        for number in self.in_order() {
            let end = ends.get(number as usize).copied().unwrap_or_default();
            let begin = (number as usize).checked_sub(1).and_then(|before| ends.get(before)).copied();
            let places = places.get(begin.unwrap_or_default() as usize..end as usize).unwrap_or_default();
            if !places.is_empty() {
                block.push(self.letters_of(number), places, self.docs.len());
                blocks.extend(block.take_if_full());
            }
        }
        blocks.extend(block.take());
        Gathered { docs: Docs::of(self.docs.iter().map(|(doc, _)| *doc)), blocks }
    }

    /// The words by their bytes.
    fn in_order(&self) -> impl Iterator<Item = u32> {
        // The first eight bytes as one number decide most comparisons.
        let key = |number: u32| {
            let mut first = [0; 8];
            first.iter_mut().zip(self.letters_of(number)).for_each(|(to, from)| *to = *from);
            (u64::from_be_bytes(first), number)
        };
        let mut order: Vec<(u64, u32)> = (0u32..).zip(&self.words).map(|(number, _)| key(number)).collect();
        order.sort_unstable_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| self.letters_of(*x).cmp(self.letters_of(*y)))
        });
        order.into_iter().map(|(_, number)| number)
    }

    fn letters_of(&self, number: u32) -> &[u8] {
        let word = self.words.get(number as usize);
        word.and_then(|word| self.letters.get(word.letters.clone())).unwrap_or_default()
    }
}
