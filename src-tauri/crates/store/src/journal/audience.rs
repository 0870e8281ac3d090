//! A frozen audience, packed into one value: a version byte, then postcard. Ten thousand recipients are one row.

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::{Arc, PoisonError},
};

use muster_model::{AudienceItem, Channel, Reason, RemoteId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::Journal;
use crate::{Result, StoreError, column::to_json};

const VERSION: u8 = 1;
/// Audiences kept unpacked; the jobs that are worked on are few.
const KEPT: usize = 32;

/// An unpacked audience.
#[derive(Debug)]
pub(crate) struct Audience {
    pub items: Vec<AudienceItem>,
    /// Whether any item has effects of its own.
    pub has_own: bool,
    numbers: Numbers,
}

impl Audience {
    pub(crate) fn of(items: Vec<AudienceItem>) -> Self {
        Self { has_own: items.iter().any(|item| item.own.is_some()), numbers: Numbers::of(&items), items }
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
        (0u32..).zip(&self.items).skip(from as usize)
    }
}

/// Item numbers by conversation: a hash table that points into the items instead of copying their ids, because a hundred
/// thousand copies would take longer than writing the job.
#[derive(Debug)]
struct Numbers {
    /// Item number + 1; 0 is an empty place. Twice as many places as items, and a power of two.
    places: Vec<u32>,
}

impl Numbers {
    fn of(items: &[AudienceItem]) -> Self {
        let mut numbers = Self { places: vec![0; (items.len() * 2).next_power_of_two().max(2)] };
        for (number, item) in (1u32..).zip(items).filter(|(_, item)| item.takes_part) {
            let place = numbers.place(item.id.as_str(), items);
            if let Some(free) = numbers.places.get_mut(place).filter(|taken| **taken == 0) {
                *free = number;
            }
        }
        numbers
    }

    /// Where the conversation stands, or the empty place where it would stand.
    fn place(&self, id: &str, items: &[AudienceItem]) -> usize {
        let mask = self.places.len() - 1;
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(id);
        let mut place = usize::try_from(hash & mask as u64).unwrap_or_default();
        loop {
            match self.item(place, items) {
                Some((_, item)) if item.id.as_str() != id => place = (place + 1) & mask,
                _ => return place,
            }
        }
    }

    fn find(&self, id: &str, items: &[AudienceItem]) -> Option<u32> {
        self.item(self.place(id, items), items).map(|(no, _)| no)
    }

    fn item<'a>(&self, place: usize, items: &'a [AudienceItem]) -> Option<(u32, &'a AudienceItem)> {
        let no = self.places.get(place)?.checked_sub(1)?;
        Some((no, items.get(no as usize)?))
    }
}

/// Words that most items share are written once.
#[derive(Serialize, Deserialize)]
struct Packed<Item> {
    verdicts: Vec<String>,
    channels: Vec<Channel>,
    items: Vec<Item>,
}

/// An item on the disk. Borrowed when it is written, owned when it is read: both are the same bytes.
#[derive(Serialize, Deserialize)]
struct PackedItem<Id, Values, Own> {
    id: Id,
    stamp: i64,
    last_inbound: Option<i64>,
    last_outbound: Option<i64>,
    values: Values,
    verdict: u32,
    takes_part: bool,
    channel: u32,
    with_files: bool,
    /// JSON: effects are told apart by their shape, which only a self-describing format can do.
    own: Own,
}

pub(crate) fn pack(items: &[AudienceItem]) -> Result<Vec<u8>> {
    let (mut verdicts, mut channels) = (Vec::new(), Vec::new());
    let items = items
        .iter()
        .map(|item| {
            Ok(PackedItem {
                id: &item.id,
                stamp: item.stamp,
                last_inbound: item.last_inbound,
                last_outbound: item.last_outbound,
                values: &item.values,
                verdict: place_of(&mut verdicts, &item.verdict),
                takes_part: item.takes_part,
                channel: place_of(&mut channels, &item.channel),
                with_files: item.with_files,
                own: item.own.as_ref().map(to_json).transpose()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(postcard::to_extend(&Packed { verdicts, channels, items }, vec![VERSION])?)
}

/// Where a word stands among those that occurred, which are few.
fn place_of<T: Clone + PartialEq>(words: &mut Vec<T>, word: &T) -> u32 {
    let place = words.iter().position(|known| known == word).unwrap_or_else(|| {
        words.push(word.clone());
        words.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn unpack(bytes: &[u8]) -> Result<Audience> {
    let Some((&VERSION, packed)) = bytes.split_first() else {
        return Err(StoreError::corrupt("an audience of an unknown version"));
    };
    let packed: Packed<PackedItem<RemoteId, Vec<String>, Option<String>>> = postcard::from_bytes(packed)?;
    let missing = || StoreError::corrupt("an audience names a word that it does not have");
    let items = packed
        .items
        .into_iter()
        .map(|item| {
            let own = item.own.map(|own| serde_json::from_str(&own)).transpose();
            Ok(AudienceItem {
                id: item.id,
                stamp: item.stamp,
                last_inbound: item.last_inbound,
                last_outbound: item.last_outbound,
                values: item.values,
                verdict: packed.verdicts.get(item.verdict as usize).ok_or_else(missing)?.clone(),
                takes_part: item.takes_part,
                channel: packed.channels.get(item.channel as usize).ok_or_else(missing)?.clone(),
                with_files: item.with_files,
                own: own.map_err(|err| StoreError::corrupt(err.to_string()))?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Audience::of(items))
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
            .prepare_cached("SELECT audience FROM jobs WHERE seq = ?1")?
            .query_row(params![seq], |row| row.get(0))?;
        let audience = Arc::new(unpack(&packed)?);
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
