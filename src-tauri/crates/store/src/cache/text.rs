//! Full text: which conversations have these words.
//!
//! Words are cut by `muster_model::tokens`, the same for the index and for the question, so that a filter means here what it
//! means in memory. A conversation is one text; its number ([`super::indexer`]) follows the order of last update, so that a
//! list finds its first rows without looking at the rest.
//!
//! The index is made of runs ([`run`]), as every transaction leaves one behind with what it wrote: its words in the order of
//! their bytes, in blocks ([`block`]), each with the list of its texts ([`list`]). A text that is written again, or goes,
//! is marked as gone in the run that had it. Runs are put together ([`merge`]) and never have more than 65,536 texts, so
//! that the work of an idle moment has an end, and a text's number in its run and whatever is found there are small. A
//! question is asked of each run by itself, as bits ([`search`]), and a list stops at the run that fills it ([`walk`]).
//!
//! It all stands in tables beside what it is made of: a transaction has written both or neither, and a reader sees one
//! state of both. In memory there is nothing.

mod bits;
mod block;
mod cut;
mod docs;
mod gather;
mod list;
mod marks;
mod merge;
mod question;
mod run;
mod search;
mod source;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use gather::{Gather, Gathered};
pub(crate) use merge::{Merge, due as merge_due, some as merge_some, step as merge_step};
pub(crate) use question::Question;
pub(crate) use run::{forget, put};
pub(crate) use source::{Whole, cached_messages, header_hash, messages_hash, note_hashes};
pub(crate) use walk::{Walk, among, each};
