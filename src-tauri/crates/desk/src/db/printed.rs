//! Rows as they go over the wire, printed once: dozens of clients that poll get the same text.
//!
//! What a row says follows from the number of its last change, but for the reply window, which closes by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::row::row_at;
use crate::clock::Millis;

/// So many are kept since the last time that so many were; those that nobody asks for any more go.
const KEPT: usize = 10_000;

/// A row, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    json: Arc<RawValue>,
    pub(crate) id: i64,
    pub(crate) updated: Millis,
    pub(crate) seq: i64,
    pub(crate) deleted: bool,
    /// It says that the window is open; until then that is true.
    closes: Option<Millis>,
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

/// The rows that were printed lately.
#[derive(Debug, Default)]
pub(crate) struct Prints(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    young: HashMap<i64, Printed>,
    old: HashMap<i64, Printed>,
}

impl Prints {
    /// The rows of these conversations and changes, in this order, as they stand in what `tx` sees.
    pub(crate) fn rows(
        &self,
        tx: &Connection,
        wanted: &[(i64, i64)],
        now: Millis,
    ) -> rusqlite::Result<Vec<Printed>> {
        let mut found: Vec<Option<Printed>> = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            wanted.iter().map(|(id, seq)| kept.get(*id, *seq, now)).collect()
        };
        let mut new = Vec::new();
        for ((id, _), place) in wanted.iter().zip(&mut found) {
            if place.is_none() {
                let printed = print(tx, *id, now)?;
                new.extend(printed.clone());
                *place = printed;
            }
        }
        if !new.is_empty() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            new.into_iter().for_each(|printed| kept.keep(printed));
        }
        Ok(found.into_iter().flatten().collect())
    }
}

impl Kept {
    fn get(&mut self, id: i64, seq: i64, now: Millis) -> Option<Printed> {
        let holds =
            |printed: &&Printed| printed.seq == seq && printed.closes.is_none_or(|closes| now < closes);
        if let Some(printed) = self.young.get(&id).filter(holds) {
            return Some(printed.clone());
        }
        let printed = self.old.get(&id).filter(holds)?.clone();
        self.keep(printed.clone());
        Some(printed)
    }

    fn keep(&mut self, printed: Printed) {
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        // A reader of an older state may be late.
        if self.young.get(&printed.id).is_none_or(|known| known.seq <= printed.seq) {
            self.young.insert(printed.id, printed);
        }
    }
}

fn print(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<Option<Printed>> {
    let Some(row) = row_at(tx, id, now)? else { return Ok(None) };
    let json = serde_json::value::to_raw_value(&row)
        .map_err(|err| rusqlite::Error::ToSqlConversionFailure(Box::new(err)))?;
    Ok(Some(Printed {
        json: json.into(),
        id,
        updated: row.updated,
        seq: row.seq,
        deleted: row.deleted,
        closes: row.closes(),
    }))
}
