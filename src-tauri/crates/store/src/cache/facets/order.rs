//! Row numbers in the order of a list, kept in order while conversations move.

use std::cmp::Ordering;

/// Rows from the bottom of the list to its top: what moves mostly moves to the top, where the end of a vector is cheap.
#[derive(Debug, Default)]
pub(crate) struct Order(Vec<u32>);

impl Order {
    /// Of all rows, in any order.
    pub(crate) fn of(mut rows: Vec<u32>, compare: impl Fn(u32, u32) -> Ordering) -> Self {
        rows.sort_unstable_by(|a, b| compare(*a, *b));
        Self(rows)
    }

    /// Of rows that are in order.
    pub(crate) fn sorted(rows: Vec<u32>) -> Self {
        Self(rows)
    }

    /// From the bottom to the top.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.0
    }

    /// Takes out rows that are in it, before what they are compared by changes.
    pub(crate) fn remove(&mut self, rows: &[u32], compare: impl Fn(u32, u32) -> Ordering) {
        let found = rows.iter().filter_map(|row| self.0.binary_search_by(|other| compare(*other, *row)).ok());
        let mut places: Vec<usize> = found.collect();
        places.sort_unstable();
        let Some(first) = places.first().copied() else { return };
        let (mut kept, mut gone) = (first, places.iter().peekable());
        for place in first..self.0.len() {
            if gone.next_if(|other| **other == place).is_none() {
                self.0.swap(kept, place);
                kept += 1;
            }
        }
        self.0.truncate(kept);
    }

    /// Puts rows at their places.
    pub(crate) fn insert(&mut self, rows: &[u32], compare: impl Fn(u32, u32) -> Ordering) {
        let mut new = rows.to_vec();
        new.sort_unstable_by(|a, b| compare(*a, *b));
        let mut end = self.0.len();
        let mut hole = end + new.len();
        self.0.resize(hole, 0);
        // From the top: everything above the next new row moves up at once.
        for row in new.into_iter().rev() {
            let old = self.0.get(..end).unwrap_or_default();
            let place = old.partition_point(|other| compare(*other, row) == Ordering::Less);
            self.0.copy_within(place..end, hole - (end - place));
            hole -= end - place + 1;
            if let Some(free) = self.0.get_mut(hole) {
                *free = row;
            }
            end = place;
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::vec, prelude::*};

    use super::Order;

    proptest! {
        #[test]
        fn rows_stay_in_order(steps in vec((any::<bool>(), vec(0u32..200, 0..40)), 0..12)) {
            // Backwards, so that the order is not that of the numbers.
            let compare = |a: u32, b: u32| b.cmp(&a);
            let (mut order, mut expected) = (Order::of(vec![7, 3], compare), BTreeSet::from([3u32, 7]));
            for (comes, rows) in steps {
                let rows: BTreeSet<u32> = rows.into_iter().filter(|row| expected.contains(row) != comes).collect();
                let list: Vec<u32> = rows.iter().copied().collect();
                if comes {
                    order.insert(&list, compare);
                    expected.extend(&rows);
                } else {
                    order.remove(&list, compare);
                    expected.retain(|row| !rows.contains(row));
                }
                prop_assert_eq!(order.rows(), expected.iter().rev().copied().collect::<Vec<_>>());
            }
        }
    }
}
