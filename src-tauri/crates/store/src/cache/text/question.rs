//! What of a filter is asked of words: sequences that a text must have, all of them, somewhere.

use muster_model::{Match, tokens, word_groups};

use super::gather::SUBJECT;

/// Words side by side in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    /// As they are kept in the index; one at least.
    pub words: Vec<Vec<u8>>,
    /// Words that begin like the last one will do.
    pub is_begun: bool,
}

/// What a text must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(super) sequences: Vec<Sequence>,
}

impl Question {
    /// Of terms that must all match; none where they can match nothing.
    pub(crate) fn of(terms: &[&Match]) -> Option<Self> {
        let mut sequences = Vec::with_capacity(terms.len());
        for term in terms {
            match term {
                Match::Word(word) => sequences.extend(of_word(word, "")?),
                Match::Subject(word) => sequences.extend(of_word(word, SUBJECT_TEXT)?),
                Match::Phrase(phrase) => {
                    let words = kept(&tokens(phrase), "");
                    if words.is_empty() {
                        return None;
                    }
                    sequences.push(Sequence { words, is_begun: false });
                }
                _ => return None,
            }
        }
        // Whole words first: they are found at once.
        sequences.sort_by_key(|sequence| sequence.is_begun);
        Some(Self { sequences })
    }
}

/// [`SUBJECT`] as text.
const SUBJECT_TEXT: &str = "\u{1}";
const _: () = assert!(SUBJECT_TEXT.as_bytes()[0] == SUBJECT);

/// Every group side by side, the last word of the last one as a beginning.
fn of_word(word: &str, before: &str) -> Option<Vec<Sequence>> {
    let groups = word_groups(word);
    let last = groups.len().checked_sub(1)?;
    let sequences = groups.iter().enumerate();
    Some(
        sequences
            .map(|(place, group)| Sequence { words: kept(group, before), is_begun: place == last })
            .collect(),
    )
}

fn kept(words: &[String], before: &str) -> Vec<Vec<u8>> {
    words.iter().map(|word| [before.as_bytes(), word.as_bytes()].concat()).collect()
}
