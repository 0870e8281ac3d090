//! From a set to a list: rows in order, from a place on.

use std::cmp::Ordering;

use muster_model::{Sort, SortKey};

use super::{Facets, Set};
use crate::overlay::in_order;

/// Where a row stands in a list: rises down the list unless it is reversed; ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub place: i64,
    pub id: &'a str,
}

impl Facets {
    /// The first rows of a set in an order, behind a place.
    pub(crate) fn in_order(&self, set: &Set, sort: Sort, after: Option<Place<'_>>, limit: usize) -> Vec<u32> {
        let len = set.len();
        // A walk meets one of the set in so many steps; picking looks at all of the set.
        let steps = limit.saturating_mul(self.universe() / len.max(1));
        let is_frequent = steps < len.saturating_mul(8) || len >= self.universe() / 2;
        if sort.key == SortKey::Updated && is_frequent {
            let mut found = Vec::with_capacity(limit.min(len));
            self.walk(sort, after, |row| {
                if found.len() < limit && set.contains(row) {
                    found.push(row);
                }
                found.len() < limit
            });
            return found;
        }
        self.pick(set, sort, after, limit)
    }

    /// Calls `found` with each row in the order of last update, until it says that this is enough.
    pub(crate) fn walk(&self, sort: Sort, after: Option<Place<'_>>, mut found: impl FnMut(u32) -> bool) {
        // From the bottom of the list to its top.
        let rows = self.by_update.rows();
        let key = |row: u32| (self.place(row, SortKey::Updated), self.id(row));
        if sort.reversed {
            let past =
                after.map_or(0, |after| rows.partition_point(|row| key(*row) >= (after.place, after.id)));
            let _ = rows.iter().skip(past).all(|row| found(*row));
        } else {
            let end = after
                .map_or(rows.len(), |after| rows.partition_point(|row| key(*row) > (after.place, after.id)));
            let _ = rows.iter().take(end).rev().all(|row| found(*row));
        }
    }

    fn pick(&self, set: &Set, sort: Sort, after: Option<Place<'_>>, limit: usize) -> Vec<u32> {
        let places = self.places(set, sort.key);
        let compare = |a: &(i64, u32), b: &(i64, u32)| match (a.0, b.0) {
            (x, y) if x != y => in_order((x, ""), (y, ""), sort),
            (x, y) => in_order((x, self.id(a.1)), (y, self.id(b.1)), sort),
        };
        let mut rest = places;
        if let Some(after) = after {
            rest.retain(|(place, row)| {
                in_order((*place, self.id(*row)), (after.place, after.id), sort) == Ordering::Greater
            });
        }
        if limit < rest.len() {
            rest.select_nth_unstable_by(limit, compare);
            rest.truncate(limit);
        }
        rest.sort_unstable_by(compare);
        rest.into_iter().map(|(_, row)| row).collect()
    }

    /// Each row with its place in an order.
    fn places(&self, set: &Set, key: SortKey) -> Vec<(i64, u32)> {
        let mut places = Vec::with_capacity(set.len());
        set.for_each(|row| places.push((self.place(row, key), row)));
        places
    }

    /// Whether a row comes before another one in the order of last update.
    pub(crate) fn is_before(&self, row: u32, other: u32, sort: Sort) -> bool {
        let key = |row| (self.place(row, SortKey::Updated), self.id(row));
        in_order(key(row), key(other), sort) == Ordering::Less
    }

    /// Where a row stands.
    pub(crate) fn place_of(&self, row: u32, key: SortKey) -> Place<'_> {
        Place { place: self.place(row, key), id: self.id(row) }
    }
}
