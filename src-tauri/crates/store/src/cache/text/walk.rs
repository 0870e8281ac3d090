//! Answers over all runs: every document at once, some of them, or one after the other in the order of their numbers.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

use rusqlite::Connection;

use super::{Question, marks::Marks, run::Run};
use crate::Result;

/// Calls `found` with every document that has what is asked for, in no order.
pub(crate) fn each(conn: &Connection, question: &Question, mut found: impl FnMut(i64)) -> Result<()> {
    for run in Run::all(conn)? {
        let open = run.open(conn)?;
        open.docs.of_numbers(open.search(conn, question)?.iter()).for_each(&mut found);
    }
    Ok(())
}

/// Which of these have it.
pub(crate) fn among(conn: &Connection, question: &Question, docs: &[i64]) -> Result<HashSet<i64>> {
    let mut has = HashSet::new();
    for run in Run::all(conn)? {
        if !docs.iter().any(|doc| (run.lowest..=run.highest).contains(doc)) {
            continue;
        }
        let open = run.open(conn)?;
        let mut wanted = Marks::none(open.docs.len());
        docs.iter().filter_map(|doc| open.docs.number(*doc)).for_each(|number| wanted.mark(number));
        wanted.minus(&open.gone);
        if !wanted.is_empty() {
            wanted.keep(&open.search(conn, question)?);
            has.extend(open.docs.of_numbers(wanted.iter()));
        }
    }
    Ok(has)
}

/// Documents from the highest to the lowest, or the other way round. A run is opened when its turn comes.
pub(crate) struct Walk<'a> {
    conn: &'a Connection,
    question: &'a Question,
    /// Only from here on.
    from: i64,
    is_rising: bool,
    runs: Vec<Run>,
    /// The next document of each open run, or where one begins that is not open yet.
    next: BinaryHeap<(i64, Reverse<usize>)>,
    /// What open runs have left, the next one last.
    left: Vec<Option<Vec<i64>>>,
}

impl<'a> Walk<'a> {
    /// Begins at a document.
    pub(crate) fn begin(
        conn: &'a Connection,
        question: &'a Question,
        from: i64,
        is_rising: bool,
    ) -> Result<Self> {
        let runs: Vec<Run> = Run::all(conn)?
            .into_iter()
            .filter(|run| run.live > 0 && if is_rising { run.highest >= from } else { run.lowest <= from })
            .collect();
        let left = runs.iter().map(|_| None).collect();
        let mut walk = Self { conn, question, from, is_rising, next: BinaryHeap::new(), runs, left };
        let begins = walk.runs.iter().map(|run| if is_rising { run.lowest } else { run.highest });
        walk.next = begins.enumerate().map(|(place, doc)| (walk.rank(doc), Reverse(place))).collect();
        Ok(walk)
    }

    /// What is higher comes first.
    fn rank(&self, doc: i64) -> i64 {
        if self.is_rising { !doc } else { doc }
    }

    /// The next document.
    pub(crate) fn next(&mut self) -> Result<Option<i64>> {
        while let Some((_, Reverse(place))) = self.next.pop() {
            let is_open = self.left.get(place).is_some_and(Option::is_some);
            if !is_open {
                self.open(place)?;
            }
            let Some(left) = self.left.get_mut(place).and_then(Option::as_mut) else { continue };
            let found = if is_open { left.pop() } else { None };
            let next = left.last().copied();
            if let Some(next) = next {
                self.next.push((self.rank(next), Reverse(place)));
            }
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn open(&mut self, place: usize) -> Result<()> {
        let Some(run) = self.runs.get(place) else { return Ok(()) };
        let open = run.open(self.conn)?;
        let found = open.search(self.conn, self.question)?;
        let mut docs: Vec<i64> = open.docs.of_numbers(found.iter()).collect();
        if self.is_rising {
            docs.reverse();
            docs.truncate(docs.partition_point(|doc| *doc >= self.from));
        } else {
            docs.truncate(docs.partition_point(|doc| *doc <= self.from));
        }
        if let Some(left) = self.left.get_mut(place) {
            *left = Some(docs);
        }
        Ok(())
    }
}
