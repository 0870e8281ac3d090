//! The facet index: for every value that filters ask about, the set of conversations that have it, in memory.
//!
//! Filters become algebra over these sets ([`eval`]), lists a walk down an order that asks a set at each step, and counts
//! the size of a set. It is derived from committed rows and from nothing else: whoever needs it in a read transaction
//! brings it to that transaction's state first, from the log of changed rows ([`keep`]). The process that wrote, another
//! process, and one that was killed in between all do the same.

use std::{cmp::Ordering, collections::HashMap};

use muster_model::SortKey;

mod eval;
mod ids;
mod keep;
mod order;
mod read;
mod seen;
mod set;
mod snapshot;
mod walk;

pub(crate) use eval::Eval;
pub(crate) use keep::Keeper;
pub(crate) use seen::Patch;
pub(crate) use set::Set;
pub(crate) use snapshot::{compress, unpack};
pub(crate) use walk::Place;

use ids::Ids;
use order::Order;

/// The sets of one property, by value. Names are folded to lower case; the empty text is *none*.
pub(crate) type Values = HashMap<Box<str>, Set>;

/// Properties that have one value, or many, per conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facet {
    Status,
    Channel,
    Engagement,
    Agent,
    Team,
    Priority,
    Tag,
    Follower,
    /// Whom a note calls.
    Mention,
}

const FACETS: usize = 9;

/// Everything that filters and orders ask, as of one state of the cache.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    /// The sequence of the cache that this is.
    pub sequence: i64,
    /// Everything that is cached.
    live: Set,
    values: [Values; FACETS],
    has_attachment: Set,
    untagged: Set,
    /// A customer wrote at all.
    heard: Set,
    /// The messages are here, however old.
    threads: Set,
    /// The messages were here and were removed to keep to the limits.
    removed: Set,
    /// The messages are missing or older than the header.
    without_thread: Set,
    /// By row, UTC milliseconds.
    updated: Vec<i64>,
    created: Vec<i64>,
    waiting: Vec<i64>,
    last_inbound: Vec<i64>,
    stamp: Vec<i64>,
    ids: Ids,
    by_update: Order,
    /// The number of each row's text, and the row of each text: above 0 and below.
    doc: Vec<i32>,
    above: Vec<u32>,
    below: Vec<u32>,
    /// The number of the text says nothing about the order.
    astray: Set,
    /// How often something was taken out: row numbers kept elsewhere are then looked up again.
    losses: u64,
}

/// How many sets stand alone.
const ALONE: usize = 8;

impl Facets {
    /// The sets of a property.
    pub(crate) fn values(&self, facet: Facet) -> &Values {
        // As many as there are facets.
        #[expect(clippy::indexing_slicing, reason = "the array is as long as the enum")]
        &self.values[facet as usize]
    }

    fn values_mut(&mut self, facet: Facet) -> &mut Values {
        #[expect(clippy::indexing_slicing, reason = "the array is as long as the enum")]
        &mut self.values[facet as usize]
    }

    /// Every set that stands alone, in the order in which they are kept.
    fn sets(&self) -> [&Set; ALONE] {
        [
            &self.live,
            &self.has_attachment,
            &self.untagged,
            &self.heard,
            &self.threads,
            &self.removed,
            &self.without_thread,
            &self.astray,
        ]
    }

    /// The same, to be changed.
    fn sets_mut(&mut self) -> [&mut Set; ALONE] {
        [
            &mut self.live,
            &mut self.has_attachment,
            &mut self.untagged,
            &mut self.heard,
            &mut self.threads,
            &mut self.removed,
            &mut self.without_thread,
            &mut self.astray,
        ]
    }

    /// Rows are lower than this.
    pub(crate) fn universe(&self) -> usize {
        self.updated.len()
    }

    /// The cached row of an id.
    pub(crate) fn row(&self, id: &str) -> Option<u32> {
        self.ids.row(id).filter(|row| self.live.contains(*row))
    }

    /// The id in a row.
    pub(crate) fn id(&self, row: u32) -> &str {
        self.ids.id(row)
    }

    /// The row of a text.
    fn row_of_doc(&self, doc: i64) -> Option<u32> {
        let rows = if doc < 0 { &self.below } else { &self.above };
        rows.get(usize::try_from(doc.unsigned_abs()).ok()?).copied().filter(|row| *row != 0)
    }

    /// The number of a row's text.
    fn doc(&self, row: u32) -> i64 {
        self.doc.get(row as usize).copied().unwrap_or_default().into()
    }

    /// Where a row stands in an order: rises down the list.
    fn place(&self, row: u32, key: SortKey) -> i64 {
        match key {
            SortKey::Updated => at(&self.updated, row).saturating_neg(),
            SortKey::Created => at(&self.created, row).saturating_neg(),
            SortKey::Waiting => at(&self.waiting, row),
            SortKey::Priority => {
                let ranks = self.values(Facet::Priority).iter().find(|(_, rows)| rows.contains(row));
                -ranks.and_then(|(rank, _)| rank.parse::<i64>().ok()).unwrap_or_default()
            }
        }
    }

    /// From the bottom of the default list to its top.
    fn by_update(&self, a: u32, b: u32) -> Ordering {
        let key = |row| (at(&self.updated, row), std::cmp::Reverse(self.id(row)));
        key(a).cmp(&key(b))
    }

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let values = self
            .values
            .iter()
            .flat_map(HashMap::values)
            .map(|set| set.bytes() + size_of::<Set>())
            .sum::<usize>();
        let columns = [&self.updated, &self.created, &self.waiting, &self.last_inbound, &self.stamp];
        values
            + self.sets().iter().map(|set| set.bytes()).sum::<usize>()
            + columns.iter().map(|column| column.capacity() * 8).sum::<usize>()
            + self.ids.bytes()
            + self.by_update.bytes()
            + (self.doc.capacity() + self.above.capacity() + self.below.capacity()) * 4
    }
}

fn at(column: &[i64], row: u32) -> i64 {
    column.get(row as usize).copied().unwrap_or_default()
}
