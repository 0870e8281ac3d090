//! A run: texts that were indexed together, in three tables. It is never changed, but for which of its texts are gone: a
//! text that is indexed anew is in a later run, and gone from the one before.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    block::{Block, damaged},
    docs::Docs,
    gather::Gathered,
    marks::Marks,
};
use crate::{Result, column::from_count};

/// What is known of a run before it is opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub run: i64,
    /// Its texts, those that are gone apart.
    pub live: usize,
    pub gone: usize,
    /// The lowest and the highest document.
    pub lowest: i64,
    pub highest: i64,
    /// Its blocks.
    pub blocks: (i64, i64),
}

/// A run whose texts are known.
#[derive(Debug)]
pub(super) struct Open {
    pub run: i64,
    pub docs: Docs,
    pub gone: Marks,
}

impl Run {
    /// All runs, from the lowest documents to the highest.
    pub(super) fn all(conn: &Connection) -> Result<Vec<Self>> {
        let mut statement = conn.prepare_cached(
            "SELECT run, texts, gone, lowest, highest, first_block, last_block FROM text_runs
              ORDER BY lowest, run",
        )?;
        let runs = statement.query_map([], |row| {
            let (texts, gone): (u32, u32) = (row.get(1)?, row.get(2)?);
            Ok(Self {
                run: row.get(0)?,
                live: texts.saturating_sub(gone) as usize,
                gone: gone as usize,
                lowest: row.get(3)?,
                highest: row.get(4)?,
                blocks: (row.get(5)?, row.get(6)?),
            })
        })?;
        Ok(runs.collect::<rusqlite::Result<_>>()?)
    }

    /// Reads which texts are in it.
    pub(super) fn open(&self, conn: &Connection) -> Result<Open> {
        let mut statement = conn.prepare_cached("SELECT docs, gone_texts FROM text_runs WHERE run = ?1")?;
        let mut rows = statement.query(params![self.run])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        let bytes = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_blob()?);
        let docs = Docs::read(bytes(0)?).ok_or_else(damaged)?;
        let mut gone = Marks::none(docs.len());
        gone.plus_bytes(bytes(1)?);
        Ok(Open { run: self.run, docs, gone })
    }

    /// Takes it out.
    pub(super) fn delete(&self, conn: &Connection) -> Result<()> {
        let (first, last) = self.blocks;
        conn.prepare_cached("DELETE FROM text_places WHERE block BETWEEN ?1 AND ?2")?
            .execute(params![first, last])?;
        conn.prepare_cached("DELETE FROM text_blocks WHERE block BETWEEN ?1 AND ?2")?
            .execute(params![first, last])?;
        conn.prepare_cached("DELETE FROM text_runs WHERE run = ?1")?.execute(params![self.run])?;
        Ok(())
    }
}

impl Open {
    fn note_gone(&self, conn: &Connection) -> Result<()> {
        conn.prepare_cached("UPDATE text_runs SET gone = ?2, gone_texts = ?3 WHERE run = ?1")?.execute(
            params![self.run, from_count(self.gone.len() as u64), self.gone.bytes(self.docs.len())],
        )?;
        Ok(())
    }
}

/// Takes documents out of the runs that have them.
pub(crate) fn forget(conn: &Connection, docs: &[i64]) -> Result<()> {
    if docs.is_empty() {
        return Ok(());
    }
    let runs = Run::all(conn)?;
    let mut open: BTreeMap<i64, Open> = BTreeMap::new();
    for doc in docs {
        for run in runs.iter().filter(|run| run.live > 0 && (run.lowest..=run.highest).contains(doc)) {
            let open = match open.entry(run.run) {
                std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
                std::collections::btree_map::Entry::Vacant(place) => place.insert(run.open(conn)?),
            };
            if let Some(number) = open.docs.number(*doc).filter(|number| !open.gone.has(*number)) {
                open.gone.mark(number);
                break;
            }
        }
    }
    open.values().try_for_each(|open| open.note_gone(conn))
}

/// Puts down what was gathered.
pub(crate) fn put(conn: &Connection, gathered: Vec<Gathered>) -> Result<()> {
    gathered.into_iter().try_for_each(|Gathered { docs, blocks }| {
        let mut run = RunWriter::begin(conn, docs)?;
        blocks.into_iter().try_for_each(|block| run.put(block))?;
        run.finish()
    })
}

/// Writes a run, block by block.
pub(super) struct RunWriter<'a> {
    conn: &'a Connection,
    run: i64,
    next: i64,
}

impl<'a> RunWriter<'a> {
    /// Begins a run of these texts.
    pub(super) fn begin(conn: &'a Connection, docs: Docs) -> Result<Self> {
        let last: Option<i64> = conn
            .prepare_cached("SELECT block FROM text_blocks ORDER BY block DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let next = last.unwrap_or_default() + 1;
        let (lowest, highest) = docs.ends().unwrap_or_default();
        conn.prepare_cached(
            "INSERT INTO text_runs (texts, lowest, highest, first_block, last_block, docs)
             VALUES (?1, ?2, ?3, ?4, ?4 - 1, ?5)",
        )?
        .execute(params![from_count(docs.len() as u64), lowest, highest, next, docs.bytes()])?;
        let run = conn.last_insert_rowid();
        Ok(Self { conn, run, next })
    }

    /// The run is whole.
    pub(super) fn finish(self) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE text_runs SET last_block = ?2 WHERE run = ?1")?
            .execute(params![self.run, self.next - 1])?;
        Ok(())
    }

    /// Adds a block behind all others.
    pub(super) fn put(&mut self, Block { first, words, wheres }: Block) -> Result<()> {
        self.conn
            .prepare_cached("INSERT INTO text_blocks (block, run, first, words) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.next, self.run, first, words])?;
        self.conn
            .prepare_cached("INSERT INTO text_places (block, places) VALUES (?1, ?2)")?
            .execute(params![self.next, wheres])?;
        self.next += 1;
        Ok(())
    }
}
