//! The index as it was, packed into one value of the cache: the next process begins with it and reads only the rows that
//! were changed since, instead of all of them.
//!
//! It is nothing that anybody relies on. What is damaged, of another version or older than the log of changes goes back
//! is not used, and the index is made of the rows as it was the first time.

use serde::{Deserialize, Serialize};

use super::{ALONE, FACETS, Facets, Order, Set, Values, ids::Ids};
use crate::{Result, StoreError};

/// Raised whenever anything of [`Snapshot`] changes.
const VERSION: u32 = 1;
const LEVEL: i32 = 1;
/// A million conversations need a hundredth of this.
const MOST_BYTES: u64 = 8 << 30;

/// Numbers as what they differ by from the one before, which is little: they take a byte or two.
#[derive(Serialize, Deserialize)]
struct Steps(Vec<i64>);

impl Steps {
    fn of(numbers: impl IntoIterator<Item = i64>) -> Self {
        let mut before = 0i64;
        let step = |number: i64| number.wrapping_sub(std::mem::replace(&mut before, number));
        Self(numbers.into_iter().map(step).collect())
    }

    /// The numbers, in no more memory than they take: they stay as long as the index does.
    fn numbers<T>(self, one: impl Fn(i64) -> Result<T>) -> Result<Vec<T>> {
        let (mut numbers, mut number) = (Vec::with_capacity(self.0.len()), 0i64);
        for step in self.0 {
            number = number.wrapping_add(step);
            numbers.push(one(number)?);
        }
        Ok(numbers)
    }
}

#[derive(Serialize, Deserialize)]
enum Rows {
    Few(Steps),
    Many(Vec<u64>),
}

impl Rows {
    fn of(set: &Set) -> Self {
        match set {
            Set::Sparse(rows) => Self::Few(Steps::of(rows.iter().map(|row| i64::from(*row)))),
            Set::Dense(words) => Self::Many(words.clone()),
        }
    }

    fn set(self) -> Result<Set> {
        Ok(match self {
            Self::Few(rows) => Set::Sparse(rows.numbers(number)?),
            Self::Many(mut words) => {
                words.shrink_to_fit();
                Set::Dense(words)
            }
        })
    }
}

/// Everything of [`Facets`] that cannot be told from the rest of it.
#[derive(Serialize, Deserialize)]
struct Snapshot {
    sequence: i64,
    ids: Vec<u8>,
    id_lengths: Vec<u32>,
    /// As [`Facets::sets`] has them.
    sets: [Rows; ALONE],
    values: [Vec<(String, Rows)>; FACETS],
    updated: Steps,
    /// Since `updated`, as are the next two; none where there is no such time.
    created: Vec<i64>,
    waiting: Vec<Option<i64>>,
    last_inbound: Vec<Option<i64>>,
    stamp: Steps,
    by_update: Steps,
    doc: Steps,
}

impl Facets {
    /// The index as bytes that [`unpack`] knows how to read.
    pub(crate) fn pack(&self) -> Result<Vec<u8>> {
        let since = |column: &[i64], nothing: i64| {
            let one = |(at, updated): (&i64, &i64)| (*at != nothing).then(|| at.wrapping_sub(*updated));
            column.iter().zip(&self.updated).map(one).collect()
        };
        let ids: Vec<&str> = (0..self.ids.end()).map(|row| self.ids.id(row)).collect();
        let snapshot = Snapshot {
            sequence: self.sequence,
            id_lengths: ids.iter().map(|id| u32::try_from(id.len()).unwrap_or(u32::MAX)).collect(),
            ids: ids.concat().into_bytes(),
            sets: self.sets().map(Rows::of),
            values: self.values.each_ref().map(|values| {
                values.iter().map(|(value, rows)| (value.to_string(), Rows::of(rows))).collect()
            }),
            updated: Steps::of(self.updated.iter().copied()),
            created: self
                .created
                .iter()
                .zip(&self.updated)
                .map(|(at, updated)| at.wrapping_sub(*updated))
                .collect(),
            waiting: since(&self.waiting, i64::MAX),
            last_inbound: since(&self.last_inbound, i64::MIN),
            stamp: Steps::of(self.stamp.iter().copied()),
            by_update: Steps::of(self.by_update.rows().iter().map(|row| i64::from(*row))),
            doc: Steps::of(self.doc.iter().map(|doc| i64::from(*doc))),
        };
        Ok(postcard::to_stdvec(&(VERSION, snapshot))?)
    }
}

/// Fewer bytes to encrypt.
pub(crate) fn compress(packed: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::compress(packed, LEVEL).map_err(StoreError::Packing)
}

/// The index that was packed and compressed; none if another version did that.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Option<Facets>> {
    let size =
        zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().filter(|size| *size <= MOST_BYTES);
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or_else(|| damaged("length"))?;
    let packed = zstd::bulk::decompress(bytes, size).map_err(|err| damaged(&err.to_string()))?;
    let (version, rest) = postcard::take_from_bytes::<u32>(&packed)?;
    if version != VERSION {
        return Ok(None);
    }
    let of: Snapshot = postcard::from_bytes(rest)?;
    let mut facets = Facets { sequence: of.sequence, ..Facets::default() };
    for (set, rows) in facets.sets_mut().into_iter().zip(of.sets) {
        *set = rows.set()?;
    }
    for (values, of) in facets.values.iter_mut().zip(of.values) {
        *values = of
            .into_iter()
            .map(|(value, rows)| Ok((value.into(), rows.set()?)))
            .collect::<Result<Values>>()?;
    }
    facets.updated = of.updated.numbers(Ok)?;
    let rows = facets.updated.len();
    if [of.created.len(), of.waiting.len(), of.last_inbound.len()].iter().any(|len| *len != rows) {
        return Err(damaged("columns"));
    }
    let at = |since: i64, updated: &i64| updated.wrapping_add(since);
    facets.created =
        of.created.iter().zip(&facets.updated).map(|(since, updated)| at(*since, updated)).collect();
    let column = |since: &[Option<i64>], nothing: i64| {
        since
            .iter()
            .zip(&facets.updated)
            .map(|(since, updated)| since.map_or(nothing, |since| at(since, updated)))
            .collect()
    };
    (facets.waiting, facets.last_inbound) =
        (column(&of.waiting, i64::MAX), column(&of.last_inbound, i64::MIN));
    facets.stamp = of.stamp.numbers(Ok)?;
    facets.by_update = Order::sorted(of.by_update.numbers(number)?);
    facets.ids = ids(&of.ids, &of.id_lengths)?;
    for (row, doc) in (0..).zip(of.doc.numbers(Ok)?) {
        facets.note_doc(row, doc)?;
    }
    Ok(Some(facets))
}

fn ids(texts: &[u8], lengths: &[u32]) -> Result<Ids> {
    let texts = std::str::from_utf8(texts).map_err(|_| damaged("ids"))?;
    let mut ids = Ids::default();
    ids.reserve(lengths.len(), texts.len());
    let mut start = 0usize;
    for (row, length) in (0u32..).zip(lengths) {
        let end = start + *length as usize;
        let id = texts.get(start..end).ok_or_else(|| damaged("ids"))?;
        if !id.is_empty() {
            ids.push(row, id);
        }
        start = end;
    }
    Ok(ids)
}

fn number(row: i64) -> Result<u32> {
    u32::try_from(row).map_err(|_| damaged("row numbers"))
}

fn damaged(what: &str) -> StoreError {
    StoreError::corrupt(format!("kept index: {what}"))
}
