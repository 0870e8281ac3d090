//! A frozen audience, packed into one value: a version byte, then postcard. Ten thousand recipients are one row.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use muster_model::{AudienceItem, Reason, RemoteId};
use rusqlite::{Connection, params};

use super::Journal;
use crate::{Result, StoreError};

const VERSION: u8 = 1;
/// Audiences kept unpacked; the jobs that are worked on are few.
const KEPT: usize = 32;

/// An unpacked audience.
#[derive(Debug)]
pub(crate) struct Audience {
    pub items: Vec<AudienceItem>,
    by_id: HashMap<RemoteId, u32>,
}

impl Audience {
    /// The number of the item that is about this conversation and takes part.
    pub(crate) fn number_of(&self, id: &RemoteId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The item of that number.
    pub(crate) fn item(&self, no: u32) -> Result<&AudienceItem> {
        self.items
            .get(no as usize)
            .ok_or_else(|| StoreError::corrupt(format!("item {no} is not in its job's audience")))
    }

    /// Items with their numbers, from `from` on.
    pub(crate) fn from(&self, from: u32) -> impl Iterator<Item = (u32, &AudienceItem)> {
        (0u32..).zip(&self.items).skip(from as usize)
    }
}

pub(crate) fn pack(items: &[AudienceItem]) -> Result<Vec<u8>> {
    Ok(postcard::to_extend(items, vec![VERSION])?)
}

fn unpack(bytes: &[u8]) -> Result<Audience> {
    let items: Vec<AudienceItem> = match bytes.split_first() {
        Some((&VERSION, packed)) => postcard::from_bytes(packed)?,
        _ => return Err(StoreError::corrupt("an audience of an unknown version")),
    };
    let by_id =
        (0u32..).zip(&items).filter(|(_, item)| item.takes_part).map(|(no, item)| (item.id.clone(), no));
    let by_id = by_id.collect();
    Ok(Audience { items, by_id })
}

/// Why an item that does not take part is skipped.
pub(crate) fn verdict_reason(item: &AudienceItem) -> Reason {
    Reason::new(&item.verdict, item.verdict.replace('_', " "))
}

impl Journal {
    /// The audience of the job in row `seq`.
    pub(crate) fn audience(&self, conn: &Connection, seq: i64) -> Result<Arc<Audience>> {
        let kept = || self.audiences.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(audience) = kept().get(&seq) {
            return Ok(Arc::clone(audience));
        }
        let packed: Vec<u8> = conn
            .prepare_cached("SELECT audience FROM jobs WHERE seq = ?1")?
            .query_row(params![seq], |row| row.get(0))?;
        let audience = Arc::new(unpack(&packed)?);
        let mut kept = kept();
        if kept.len() >= KEPT
            && let Some(oldest) = kept.keys().min().copied()
        {
            kept.remove(&oldest);
        }
        kept.insert(seq, Arc::clone(&audience));
        Ok(audience)
    }
}
