//! A frozen audience: on the disk one packed value, in memory shared by everything that asks who is in a job. Ten
//! thousand recipients are one row.

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::{Arc, PoisonError},
};

use muster_model::{AudienceItem, Reason, RemoteId};
use rusqlite::{Connection, params};

use super::{Journal, recipients::Recipients};
use crate::{Result, StoreError};

mod pack;

pub(crate) use pack::pack;

/// Audiences kept unpacked; the jobs that are worked on are few.
const KEPT: usize = 32;

/// An unpacked audience.
#[derive(Debug)]
pub(crate) struct Audience {
    pub items: Arc<Vec<AudienceItem>>,
    /// Whether any item has effects of its own.
    pub has_own: bool,
    /// Items that take part.
    taking_part: usize,
    numbers: Numbers,
}

impl Audience {
    pub(crate) fn of(recipients: impl Into<Recipients>) -> Self {
        let Recipients { items } = recipients.into();
        let (mut numbers, mut taking_part, mut has_own) = (Numbers::for_so_many(items.len()), 0, false);
        // Once through everything: the items are more than a processor has at hand.
        for (number, item) in (1u32..).zip(items.iter()) {
            has_own |= item.own.is_some();
            if item.takes_part {
                taking_part += 1;
                numbers.put(number, item.id.as_str(), &items);
            }
        }
        Self { items, has_own, taking_part, numbers }
    }

    /// Whether a conversation takes part more than once.
    pub(crate) fn has_doubles(&self) -> bool {
        self.numbers.len < self.taking_part
    }

    /// The number of the item that is about this conversation and takes part.
    pub(crate) fn number_of(&self, id: &RemoteId) -> Option<u32> {
        self.number(id.as_str())
    }

    /// The same, asked with the text of a column.
    pub(crate) fn number(&self, id: &str) -> Option<u32> {
        self.numbers.find(id, &self.items)
    }

    /// The item of that number.
    pub(crate) fn item(&self, no: u32) -> Result<&AudienceItem> {
        self.items
            .get(no as usize)
            .ok_or_else(|| StoreError::corrupt(format!("item {no} is not in its job's audience")))
    }

    /// Items with their numbers, from `from` on.
    pub(crate) fn from(&self, from: u32) -> impl Iterator<Item = (u32, &AudienceItem)> {
        (0u32..).zip(self.items.iter()).skip(from as usize)
    }
}

/// Item numbers by conversation: a hash table that points into the items instead of copying their ids, because a hundred
/// thousand copies would take longer than writing the job.
#[derive(Debug)]
struct Numbers {
    /// Half a hash and the item number + 1; 0 is an empty place. Twice as many places as items, and a power of two.
    places: Vec<u64>,
    /// Conversations.
    len: usize,
}

/// The part of a place that is a hash: what differs here need not be compared with the item.
const HASH: u64 = 0xFFFF_FFFF_0000_0000;

impl Numbers {
    fn for_so_many(items: usize) -> Self {
        Self { places: vec![0; (items * 2).next_power_of_two().max(2)], len: 0 }
    }

    /// Puts an item, counted from 1, in its place. The first item about a conversation keeps it.
    fn put(&mut self, number: u32, id: &str, items: &[AudienceItem]) {
        let hash = hash(id);
        let place = self.place(id, hash, items);
        if let Some(free) = self.places.get_mut(place).filter(|taken| **taken == 0) {
            *free = hash & HASH | u64::from(number);
            self.len += 1;
        }
    }

    /// Where the conversation stands, or the empty place where it would stand.
    fn place(&self, id: &str, hash: u64, items: &[AudienceItem]) -> usize {
        let mask = self.places.len() - 1;
        let mut place = usize::try_from(hash & mask as u64).unwrap_or_default();
        loop {
            match self.places.get(place) {
                Some(0) | None => return place,
                Some(taken) if (taken ^ hash) & HASH == 0 && is_about(*taken, id, items) => return place,
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    fn find(&self, id: &str, items: &[AudienceItem]) -> Option<u32> {
        number(*self.places.get(self.place(id, hash(id), items))?)
    }
}

fn hash(id: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}

/// The number of the item in a place; none in an empty one.
fn number(place: u64) -> Option<u32> {
    u32::try_from(place & !HASH).ok()?.checked_sub(1)
}

fn is_about(place: u64, id: &str, items: &[AudienceItem]) -> bool {
    number(place).and_then(|no| items.get(no as usize)).is_some_and(|item| item.id.as_str() == id)
}

/// Why an item that does not take part is skipped.
pub(crate) fn verdict_reason(item: &AudienceItem) -> Reason {
    Reason::new(&item.verdict, item.verdict.replace('_', " "))
}

impl Journal {
    /// The audience of the job in row `seq`.
    pub(crate) fn audience(&self, conn: &Connection, seq: i64) -> Result<Arc<Audience>> {
        if let Some(audience) = self.kept_audience(seq) {
            return Ok(audience);
        }
        let packed: Vec<u8> = conn
            .prepare_cached("SELECT packed FROM audiences WHERE job = ?1")?
            .query_row(params![seq], |row| row.get(0))?;
        let audience = Arc::new(Audience::of(pack::unpack(&packed)?));
        self.keep_audience(seq, Arc::clone(&audience));
        Ok(audience)
    }

    fn kept_audience(&self, seq: i64) -> Option<Arc<Audience>> {
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner).get(&seq).map(Arc::clone)
    }

    /// Keeps an unpacked audience: whoever confirmed a job shows it next.
    pub(crate) fn keep_audience(&self, seq: i64, audience: Arc<Audience>) {
        let mut kept = self.audiences.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT
            && let Some(oldest) = kept.keys().min().copied()
        {
            kept.remove(&oldest);
        }
        kept.insert(seq, audience);
    }
}
