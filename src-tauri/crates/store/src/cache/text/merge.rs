//! Puts runs together, so that a question looks into few: what is gone is left out, and the lists of a word become one.
//!
//! Runs of about one size are put together when there are many of them, so that a text is written again a few times only.
//! Who writes does little of it at a time; what is left waits for an idle moment.

use rusqlite::{Connection, params};

use super::{
    block::{BlockReader, Entry, damaged},
    docs::{Docs, MOST_TEXTS},
    list::{self, Place},
    run::{Open, Run, RunWriter},
};
use crate::Result;

/// Runs of one size before somebody who writes puts some together, and how many texts that may be then.
const MANY: usize = 16;
const MOST_WRITTEN: usize = 20_000;
/// The same for the largest, which are left for an idle moment as long as that is bearable.
const TOO_MANY: usize = 64;
/// Runs of one size before an idle moment puts them together.
const SOME: usize = 4;
/// With more than one in so many texts gone, a run is written anew.
const GONE: usize = 4;

/// The size of a run: each is up to sixteen times the one below, and the last is whatever is large.
fn size(run: &Run) -> u32 {
    (run.live.max(1).ilog2() / 4).min(LARGE)
}

const LARGE: u32 = 3;

/// After a run was written: as much as may be done while others wait.
pub(crate) fn some(conn: &Connection) -> Result<()> {
    loop {
        let runs = Run::all(conn)?;
        let of_size =
            |wanted: u32| runs.iter().filter(|run| size(run) == wanted).copied().collect::<Vec<_>>();
        let chosen = (0..=LARGE).find_map(|wanted| {
            let (many, most) =
                if wanted == LARGE { (TOO_MANY + runs_of(&runs), MOST_TEXTS) } else { (MANY, MOST_WRITTEN) };
            let runs = of_size(wanted);
            (runs.len() >= many).then(|| first(&runs, most)).filter(|chosen| chosen.len() > 1)
        });
        match chosen {
            Some(chosen) => merge(conn, &chosen)?,
            None => return Ok(()),
        }
    }
}

/// Whole runs that all texts need at least.
fn runs_of(runs: &[Run]) -> usize {
    runs.iter().map(|run| run.live).sum::<usize>() / MOST_TEXTS
}

/// In an idle moment: one step. `false` when nothing is left to do.
pub(crate) fn step(conn: &Connection) -> Result<bool> {
    let runs = Run::all(conn)?;
    let chosen = if let Some(holey) = runs.iter().find(|run| run.gone * GONE > run.live + run.gone) {
        Some(vec![*holey])
    } else {
        (0..=LARGE).find_map(|wanted| {
            let some: Vec<Run> = runs.iter().filter(|run| size(run) == wanted).copied().collect();
            if wanted < LARGE {
                return (some.len() >= SOME).then(|| first(&some, MOST_TEXTS));
            }
            // Neighbours that fill a run, none of which is most of it.
            (0..some.len()).map(|place| first(some.get(place..).unwrap_or_default(), MOST_TEXTS)).find(
                |chosen| {
                    let largest = chosen.iter().map(|run| run.live).max().unwrap_or_default();
                    chosen.iter().map(|run| run.live).sum::<usize>() >= largest * 2
                },
            )
        })
    };
    match chosen {
        Some(chosen) => merge(conn, &chosen).map(|()| true),
        None => Ok(false),
    }
}

/// As many of the first as make no run of more than `most` texts.
fn first(runs: &[Run], most: usize) -> Vec<Run> {
    let mut sum = 0;
    let fits = runs.iter().take(MANY).take_while(|run| {
        sum += run.live;
        sum <= most
    });
    fits.copied().collect()
}

/// Makes one run of these.
pub(super) fn merge(conn: &Connection, runs: &[Run]) -> Result<()> {
    let open = runs.iter().map(|run| run.open(conn)).collect::<Result<Vec<_>>>()?;
    let mut all: Vec<(i64, usize, u32)> = Vec::new();
    for (place, Open { docs, gone, .. }) in open.iter().enumerate() {
        let numbers = (0..u32::try_from(docs.len()).unwrap_or(u32::MAX)).filter(|number| !gone.has(*number));
        all.extend(docs.of_numbers(numbers.clone()).zip(numbers).map(|(doc, number)| (doc, place, number)));
    }
    all.sort_unstable();
    if !all.is_empty() {
        let mut numbers: Vec<Vec<Option<u32>>> =
            open.iter().map(|open| vec![None; open.docs.len()]).collect();
        for (new, (_, place, number)) in (0u32..).zip(&all) {
            if let Some(to) = numbers.get_mut(*place).and_then(|of| of.get_mut(*number as usize)) {
                *to = Some(new);
            }
        }
        let sources = runs.iter().zip(numbers).map(|(run, numbers)| Source::new(conn, run, numbers));
        let sources = sources.collect::<Result<_>>()?;
        write(conn, sources, RunWriter::begin(conn, Docs::of(all.into_iter().map(|(doc, ..)| doc)))?)?;
    }
    runs.iter().try_for_each(|run| run.delete(conn))
}

/// Word by word, the lists of all who have it.
fn write(conn: &Connection, mut sources: Vec<Source>, mut writer: RunWriter<'_>) -> Result<()> {
    let (mut word, mut places) = (Vec::new(), Vec::new());
    loop {
        sources.retain(|source| source.entry.is_some());
        let Some(next) = sources.iter().map(|source| &source.reader.word).min() else { break };
        word.clone_from(next);
        places.clear();
        for source in sources.iter_mut().filter(|source| source.reader.word == word) {
            source.take(conn, &mut places)?;
        }
        // Of neighbours, the one is behind the other anyway.
        if !places.is_sorted() {
            places.sort_unstable();
        }
        if !places.is_empty() {
            writer.push(&word, &places)?;
        }
    }
    writer.finish()
}

/// A run that is read from its first word to its last.
struct Source {
    /// What its texts are called in the new run; none where they are gone.
    numbers: Vec<Option<u32>>,
    /// The blocks that were not read yet.
    left: std::ops::RangeInclusive<i64>,
    block: Vec<u8>,
    wheres: Vec<u8>,
    reader: BlockReader,
    /// The word at hand, which the reader has; none at the end.
    entry: Option<Entry>,
}

impl Source {
    fn new(conn: &Connection, run: &Run, numbers: Vec<Option<u32>>) -> Result<Self> {
        let (first, last) = run.blocks;
        let mut source = Self {
            numbers,
            left: first..=last,
            block: Vec::new(),
            wheres: Vec::new(),
            reader: BlockReader::default(),
            entry: None,
        };
        source.advance(conn)?;
        Ok(source)
    }

    fn advance(&mut self, conn: &Connection) -> Result<()> {
        loop {
            self.entry = self.reader.next(&self.block)?;
            if self.entry.is_some() {
                return Ok(());
            }
            let Some(block) = self.left.next() else { return Ok(()) };
            let mut statement = conn.prepare_cached(
                "SELECT words, places FROM text_blocks JOIN text_places USING (block) WHERE block = ?1",
            )?;
            let mut rows = statement.query(params![block])?;
            let row = rows.next()?.ok_or_else(damaged)?;
            for (to, column) in [(&mut self.block, 0), (&mut self.wheres, 1)] {
                to.clear();
                to.extend_from_slice(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?);
            }
            self.reader = BlockReader::new(&self.block)?;
        }
    }

    /// Adds where the word at hand is, by new numbers, and goes on to the next.
    fn take(&mut self, conn: &Connection, places: &mut Vec<Place>) -> Result<()> {
        if let Some(entry) = &self.entry {
            let lists = (entry.which(&self.block)?, entry.wheres(&self.wheres)?);
            let number = |text: u32| self.numbers.get(text as usize).copied().flatten();
            list::decode(lists, entry.n, self.numbers.len(), number, places).ok_or_else(damaged)?;
        }
        self.advance(conn)
    }
}
