//! Puts runs together, so that a question looks into few: what is gone is left out, and the lists of a word become one.
//!
//! Runs of about one size are put together when there are many of them, so that a text is written again a few times only.
//! Who writes does little of it at a time; what is left waits for an idle moment.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::{
    block::{Block, BlockReader, BlockWriter, Entry, damaged},
    docs::{Docs, MOST_TEXTS},
    gather::Gathered,
    list::{self, Place},
    run::{Open, Run, RunWriter, put},
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
    while let Some(chosen) = chosen(&Run::all(conn)?) {
        merge(conn, &chosen)?;
    }
    Ok(())
}

/// The same before anything is written, one step of it, for another thread to do.
pub(crate) fn due(conn: &Connection) -> Result<Option<Merge>> {
    chosen(&Run::all(conn)?).map(|runs| Merge::read(conn, runs)).transpose()
}

/// What whoever writes puts together, if anything.
fn chosen(runs: &[Run]) -> Option<Vec<Run>> {
    (0..=LARGE).find_map(|wanted| {
        let (many, most) =
            if wanted == LARGE { (TOO_MANY + runs_of(runs), MOST_TEXTS) } else { (MANY, MOST_WRITTEN) };
        let runs: Vec<Run> = runs.iter().filter(|run| size(run) == wanted).copied().collect();
        (runs.len() >= many).then(|| first(&runs, most)).filter(|chosen| chosen.len() > 1)
    })
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
    let (docs, numbers) = numbered(&open);
    if docs.len() > 0 {
        let texts = docs.len();
        let mut writer = RunWriter::begin(conn, docs)?;
        write(conn, sources(conn, runs, numbers)?, texts, |block| writer.put(block))?;
        writer.finish()?;
    }
    runs.iter().try_for_each(|run| run.delete(conn))
}

/// Runs that are to be put together, as they were read: the work on them needs no database.
pub(crate) struct Merge {
    runs: Vec<Run>,
    open: Vec<Open>,
    blocks: HashMap<i64, (Vec<u8>, Vec<u8>)>,
}

impl Merge {
    fn read(conn: &Connection, runs: Vec<Run>) -> Result<Self> {
        let open = runs.iter().map(|run| run.open(conn)).collect::<Result<Vec<_>>>()?;
        let mut blocks = HashMap::new();
        for block in runs.iter().flat_map(|run| run.blocks.0..=run.blocks.1) {
            let (mut words, mut wheres) = (Vec::new(), Vec::new());
            conn.block(block, &mut words, &mut wheres)?;
            blocks.insert(block, (words, wheres));
        }
        Ok(Self { runs, open, blocks })
    }

    /// The run that they make.
    pub(crate) fn gathered(&self) -> Result<Gathered> {
        let (docs, numbers) = numbered(&self.open);
        let mut blocks = Vec::new();
        write(&self.blocks, sources(&self.blocks, &self.runs, numbers)?, docs.len(), |block| {
            blocks.push(block);
            Ok(())
        })?;
        Ok(Gathered { docs, blocks })
    }

    /// Puts that in their place. Nothing of theirs has changed since they were read.
    pub(crate) fn put(&self, conn: &Connection, gathered: Gathered) -> Result<()> {
        if gathered.docs.len() > 0 {
            put(conn, vec![gathered])?;
        }
        self.runs.iter().try_for_each(|run| run.delete(conn))
    }
}

/// All documents that are not gone, and for each run the new numbers of its texts.
fn numbered(open: &[Open]) -> (Docs, Vec<Vec<Option<u32>>>) {
    let mut all: Vec<(i64, usize, u32)> = Vec::new();
    for (place, Open { docs, gone, .. }) in open.iter().enumerate() {
        let numbers = (0..u32::try_from(docs.len()).unwrap_or(u32::MAX)).filter(|number| !gone.has(*number));
        all.extend(docs.of_numbers(numbers.clone()).zip(numbers).map(|(doc, number)| (doc, place, number)));
    }
    all.sort_unstable();
    let mut numbers: Vec<Vec<Option<u32>>> = open.iter().map(|open| vec![None; open.docs.len()]).collect();
    for (new, (_, place, number)) in (0u32..).zip(&all) {
        if let Some(to) = numbers.get_mut(*place).and_then(|of| of.get_mut(*number as usize)) {
            *to = Some(new);
        }
    }
    (Docs::of(all.into_iter().map(|(doc, ..)| doc)), numbers)
}

fn sources(
    blocks: &(impl Blocks + ?Sized),
    runs: &[Run],
    numbers: Vec<Vec<Option<u32>>>,
) -> Result<Vec<Source>> {
    runs.iter().zip(numbers).map(|(run, numbers)| Source::new(blocks, run, numbers)).collect()
}

/// Word by word, the lists of all who have it.
fn write(
    blocks: &(impl Blocks + ?Sized),
    mut sources: Vec<Source>,
    texts: usize,
    mut put: impl FnMut(Block) -> Result<()>,
) -> Result<()> {
    let (mut word, mut places, mut writer) = (Vec::new(), Vec::new(), BlockWriter::default());
    loop {
        sources.retain(|source| source.entry.is_some());
        let Some(next) = sources.iter().map(|source| &source.reader.word).min() else { break };
        word.clone_from(next);
        places.clear();
        for source in sources.iter_mut().filter(|source| source.reader.word == word) {
            source.take(blocks, &mut places)?;
        }
        // Of neighbours, the one is behind the other anyway.
        if !places.is_sorted() {
            places.sort_unstable();
        }
        if !places.is_empty() {
            writer.push(&word, &places, texts);
            writer.take_if_full().map_or(Ok(()), &mut put)?;
        }
    }
    writer.take().map_or(Ok(()), put)
}

/// Where blocks are read.
trait Blocks {
    /// Reads the two values of one.
    fn block(&self, block: i64, words: &mut Vec<u8>, wheres: &mut Vec<u8>) -> Result<()>;
}

impl Blocks for Connection {
    fn block(&self, block: i64, words: &mut Vec<u8>, wheres: &mut Vec<u8>) -> Result<()> {
        let mut statement = self.prepare_cached(
            "SELECT words, places FROM text_blocks JOIN text_places USING (block) WHERE block = ?1",
        )?;
        let mut rows = statement.query(params![block])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        for (to, column) in [(words, 0), (wheres, 1)] {
            to.clear();
            to.extend_from_slice(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?);
        }
        Ok(())
    }
}

impl Blocks for HashMap<i64, (Vec<u8>, Vec<u8>)> {
    fn block(&self, block: i64, words: &mut Vec<u8>, wheres: &mut Vec<u8>) -> Result<()> {
        let read = self.get(&block).ok_or_else(damaged)?;
        words.clone_from(&read.0);
        wheres.clone_from(&read.1);
        Ok(())
    }
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
    fn new(blocks: &(impl Blocks + ?Sized), run: &Run, numbers: Vec<Option<u32>>) -> Result<Self> {
        let (first, last) = run.blocks;
        let mut source = Self {
            numbers,
            left: first..=last,
            block: Vec::new(),
            wheres: Vec::new(),
            reader: BlockReader::default(),
            entry: None,
        };
        source.advance(blocks)?;
        Ok(source)
    }

    fn advance(&mut self, blocks: &(impl Blocks + ?Sized)) -> Result<()> {
        loop {
            self.entry = self.reader.next(&self.block)?;
            if self.entry.is_some() {
                return Ok(());
            }
            let Some(block) = self.left.next() else { return Ok(()) };
            blocks.block(block, &mut self.block, &mut self.wheres)?;
            self.reader = BlockReader::new(&self.block)?;
        }
    }

    /// Adds where the word at hand is, by new numbers, and goes on to the next.
    fn take(&mut self, blocks: &(impl Blocks + ?Sized), places: &mut Vec<Place>) -> Result<()> {
        if let Some(entry) = &self.entry {
            let lists = (entry.which(&self.block)?, entry.wheres(&self.wheres)?);
            let number = |text: u32| self.numbers.get(text as usize).copied().flatten();
            list::decode(lists, entry.n, self.numbers.len(), number, places).ok_or_else(damaged)?;
        }
        self.advance(blocks)
    }
}
