//! From rows to sets: everything once, and afterwards what the log of changes names.

use rusqlite::{Connection, Row, params};

use super::{Facet, Facets, Order, Set};
use crate::{Result, StoreError};

/// The columns that [`Facets::put`] reads.
const COLUMNS: &str = "row, id, status, channel, engagement, agent, team, priority, tags, followers, has_attachment,
    updated, created, waiting, last_inbound, stamp, thread_stamp IS NULL OR thread_stamp < stamp AS without_thread,
    doc, is_astray, thread_stamp IS NOT NULL AS has_thread, thread_stamp IS NULL AND thread_fetched IS NOT NULL AS is_removed,
    mentions";

impl Facets {
    /// The index of everything that is cached.
    pub(crate) fn load(conn: &Connection, sequence: i64) -> Result<Self> {
        let highest: i64 =
            conn.query_row("SELECT coalesce(max(row), 0) FROM conversations", [], |row| row.get(0))?;
        let universe = row_number(highest)? as usize + 1;
        let mut facets = Self { sequence, ..Self::default() };
        facets.make_room(universe);
        let mut statement = conn.prepare(&format!("SELECT {COLUMNS} FROM conversations ORDER BY row"))?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(facets.put(row, universe)?);
        }
        facets.by_update = Order::of(all, |a, b| facets.by_update(a, b));
        Ok(facets)
    }

    /// Brings the index to the state of the transaction, from the log of changes. `false`: the log does not go back far
    /// enough, and the index is as it was.
    pub(crate) fn catch_up(&mut self, conn: &Connection, sequence: i64) -> Result<bool> {
        let oldest: (Option<i64>, Option<i64>) = conn
            .prepare_cached("SELECT n, sequence FROM changes ORDER BY n LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .or_else(
                |err| if err == rusqlite::Error::QueryReturnedNoRows { Ok((None, None)) } else { Err(err) },
            )?;
        // The first entry of all has the number 1; where it is gone, only what came after the oldest is known whole.
        if let (Some(n), Some(oldest)) = oldest
            && n > 1
            && self.sequence < oldest
        {
            return Ok(false);
        }
        let mut changed: Vec<u32> = conn
            .prepare_cached(
                "SELECT row FROM changes
                  WHERE n > coalesce((SELECT max(n) FROM changes WHERE sequence <= ?1), 0)",
            )?
            .query_map(params![self.sequence], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        changed.sort_unstable();
        changed.dedup();
        self.replace(conn, &changed)?;
        self.sequence = sequence;
        Ok(true)
    }

    /// Reads these rows anew; they rise.
    fn replace(&mut self, conn: &Connection, changed: &[u32]) -> Result<()> {
        if changed.is_empty() {
            return Ok(());
        }
        let known: Vec<u32> = changed.iter().copied().filter(|row| self.live.contains(*row)).collect();
        let mut order = std::mem::take(&mut self.by_update);
        order.remove(&known, |a, b| self.by_update(a, b));
        self.take_out(&known);
        let universe = self.universe().max(changed.last().map_or(0, |row| *row as usize + 1));
        let mut there = Vec::with_capacity(changed.len());
        let mut statement =
            conn.prepare_cached(&format!("SELECT {COLUMNS} FROM conversations WHERE row = ?1"))?;
        for row in changed {
            let mut rows = statement.query(params![row])?;
            if let Some(row) = rows.next()? {
                there.push(self.put(row, universe)?);
            }
        }
        if known.iter().any(|row| !self.live.contains(*row)) {
            self.losses += 1;
        }
        order.insert(&there, |a, b| self.by_update(a, b));
        self.by_update = order;
        Ok(())
    }

    fn take_out(&mut self, rows: &[u32]) {
        self.values.iter_mut().flat_map(|values| values.values_mut()).for_each(|set| set.remove(rows));
        self.sets_mut().into_iter().for_each(|set| set.remove(rows));
    }

    /// Puts a row into its sets and columns; it is in none of them.
    fn put(&mut self, from: &Row<'_>, universe: usize) -> Result<u32> {
        let row = row_number(from.get(0)?)?;
        if row >= self.ids.end() {
            self.ids.push(row, text(from, 1)?);
        }
        self.live.insert(row, universe);
        for (column, facet) in [
            (2, Facet::Status),
            (3, Facet::Channel),
            (4, Facet::Engagement),
            (5, Facet::Agent),
            (6, Facet::Team),
        ] {
            insert(self.values_mut(facet), text(from, column)?, row, universe);
        }
        let rank: u8 = from.get(7)?;
        insert(self.values_mut(Facet::Priority), &rank.to_string(), row, universe);
        for (column, facet) in [(8, Facet::Tag), (9, Facet::Follower), (21, Facet::Mention)] {
            let names = text(from, column)?;
            if names == "[]" {
                continue;
            }
            let names: Vec<String> =
                serde_json::from_str(names).map_err(|err| StoreError::corrupt(err.to_string()))?;
            for name in names {
                insert(self.values_mut(facet), &name, row, universe);
            }
        }
        if text(from, 8)? == "[]" {
            self.untagged.insert(row, universe);
        }
        if from.get(10)? {
            self.has_attachment.insert(row, universe);
        }
        let last_inbound: i64 = from.get(14)?;
        if last_inbound != i64::MIN {
            self.heard.insert(row, universe);
        }
        if from.get(16)? {
            self.without_thread.insert(row, universe);
        }
        if from.get(19)? {
            self.threads.insert(row, universe);
        }
        if from.get(20)? {
            self.removed.insert(row, universe);
        }
        set(&mut self.updated, row, from.get(11)?);
        set(&mut self.created, row, from.get(12)?);
        set(&mut self.waiting, row, from.get(13)?);
        set(&mut self.last_inbound, row, last_inbound);
        set(&mut self.stamp, row, from.get(15)?);
        if from.get(18)? {
            self.astray.insert(row, universe);
        }
        self.note_doc(row, from.get(17)?)?;
        Ok(row)
    }

    pub(super) fn note_doc(&mut self, row: u32, doc: i64) -> Result<()> {
        let number =
            i32::try_from(doc).map_err(|_| StoreError::corrupt("more texts than can be numbered"))?;
        set(&mut self.doc, row, number);
        let rows = if doc < 0 { &mut self.below } else { &mut self.above };
        set(rows, number.unsigned_abs(), row);
        Ok(())
    }

    fn make_room(&mut self, universe: usize) {
        self.ids.reserve(universe, 0);
        for column in
            [&mut self.updated, &mut self.created, &mut self.waiting, &mut self.last_inbound, &mut self.stamp]
        {
            column.reserve_exact(universe);
        }
    }
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

fn insert(values: &mut super::Values, value: &str, row: u32, universe: usize) {
    match values.get_mut(value) {
        Some(rows) => rows.insert(row, universe),
        None => _ = values.insert(value.into(), Set::of(vec![row], universe)),
    }
}

fn set<T: Copy + Default>(column: &mut Vec<T>, row: u32, value: T) {
    let row = row as usize;
    if column.len() <= row {
        // Grown by a part, not doubled: it is large, and mostly grows a little.
        if column.capacity() <= row {
            column.reserve_exact(row + 1 - column.len() + row / 16);
        }
        column.resize(row + 1, T::default());
    }
    if let Some(place) = column.get_mut(row) {
        *place = value;
    }
}

fn row_number(row: i64) -> Result<u32> {
    u32::try_from(row).map_err(|_| StoreError::corrupt("more conversations than can be numbered"))
}
