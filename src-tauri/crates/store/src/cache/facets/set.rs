//! Sets of conversations by row number: sorted numbers where they are few, one bit for each where they are many.

/// From one in so many on, a bit for every conversation is both smaller and faster than a list of numbers.
const DENSE: usize = 128;
/// Below this a list is as good as anything.
const FEW: usize = 64;

/// A set of row numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// In rising order.
    Sparse(Vec<u32>),
    /// A bit for each; what is beyond the end is not in it.
    Dense(Vec<u64>),
}

fn place(row: u32) -> (usize, u64) {
    (row as usize / 64, 1 << (row % 64))
}

fn is_dense(len: usize, universe: usize) -> bool {
    len > FEW.max(universe / DENSE)
}

impl Default for Set {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl Set {
    /// Of rows in any order, each once or more; the highest row there can be is `universe`.
    pub(crate) fn of(mut rows: Vec<u32>, universe: usize) -> Self {
        if is_dense(rows.len(), universe) {
            let mut words = vec![0; universe / 64 + 1];
            for row in rows {
                set_bit(&mut words, row);
            }
            return Self::Dense(words);
        }
        rows.sort_unstable();
        rows.dedup();
        Self::Sparse(rows)
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        match self {
            Self::Sparse(rows) => rows.binary_search(&row).is_ok(),
            Self::Dense(words) => has_bit(words, row),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Sparse(rows) => rows.len(),
            Self::Dense(words) => words.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Sparse(rows) => rows.is_empty(),
            Self::Dense(words) => words.iter().all(|word| *word == 0),
        }
    }

    /// Adds one row.
    pub(crate) fn insert(&mut self, row: u32, universe: usize) {
        match self {
            Self::Dense(words) => set_bit(words, row),
            Self::Sparse(rows) => {
                if rows.last().is_none_or(|last| *last < row) {
                    rows.push(row);
                } else if let Err(place) = rows.binary_search(&row) {
                    rows.insert(place, row);
                }
                if is_dense(rows.len(), universe) {
                    *self = Self::of(std::mem::take(rows), universe);
                }
            }
        }
    }

    /// Takes out these rows, which rise.
    pub(crate) fn remove(&mut self, gone: &[u32]) {
        match self {
            Self::Dense(words) => {
                for row in gone {
                    let (word, bit) = place(*row);
                    if let Some(word) = words.get_mut(word) {
                        *word &= !bit;
                    }
                }
            }
            Self::Sparse(rows) if gone.len() * 12 < rows.len() => {
                for row in gone {
                    if let Ok(place) = rows.binary_search(row) {
                        rows.remove(place);
                    }
                }
            }
            Self::Sparse(rows) => {
                let mut gone = gone.iter().peekable();
                rows.retain(|row| {
                    while gone.next_if(|other| **other < *row).is_some() {}
                    gone.peek().is_none_or(|other| **other != *row)
                });
            }
        }
    }

    /// Keeps what is in the other one as well.
    pub(crate) fn keep(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Dense(words), Self::Dense(others)) => {
                words.truncate(others.len());
                words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
            }
            (Self::Sparse(rows), other) => {
                if let Self::Sparse(others) = other
                    && others.len() / 8 < rows.len()
                {
                    let mut others = others.iter().peekable();
                    rows.retain(|row| {
                        while others.next_if(|other| **other < *row).is_some() {}
                        others.peek().is_some_and(|other| **other == *row)
                    });
                } else {
                    rows.retain(|row| other.contains(*row));
                }
            }
            (Self::Dense(words), Self::Sparse(others)) => {
                let kept = others.iter().copied().filter(|row| has_bit(words, *row)).collect();
                *self = Self::Sparse(kept);
            }
        }
    }

    /// Takes out what is in the other one.
    pub(crate) fn minus(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Dense(words), Self::Dense(others)) => {
                words.iter_mut().zip(others).for_each(|(word, other)| *word &= !other);
            }
            (_, Self::Sparse(gone)) => self.remove(gone),
            (Self::Sparse(rows), Self::Dense(others)) => rows.retain(|row| !has_bit(others, *row)),
        }
    }

    /// Adds what is in the other one.
    pub(crate) fn plus(&mut self, other: &Self, universe: usize) {
        match (&mut *self, other) {
            (Self::Dense(words), Self::Dense(others)) => {
                if words.len() < others.len() {
                    words.resize(others.len(), 0);
                }
                words.iter_mut().zip(others).for_each(|(word, other)| *word |= other);
            }
            (Self::Dense(words), Self::Sparse(others)) => others.iter().for_each(|row| set_bit(words, *row)),
            (Self::Sparse(rows), Self::Dense(others)) => {
                let mut words = others.clone();
                rows.iter().for_each(|row| set_bit(&mut words, *row));
                *self = Self::Dense(words);
            }
            (Self::Sparse(rows), Self::Sparse(others)) => {
                if others.is_empty() {
                    return;
                }
                rows.extend(others);
                *self = Self::of(std::mem::take(rows), universe);
            }
        }
    }

    /// Keeps the rows of which something is true.
    pub(crate) fn retain(&mut self, mut is_true: impl FnMut(u32) -> bool) {
        match self {
            Self::Sparse(rows) => rows.retain(|row| is_true(*row)),
            Self::Dense(words) => {
                for (number, word) in (0u32..).zip(words.iter_mut()) {
                    let mut left = *word;
                    while left != 0 {
                        let bit = left & left.wrapping_neg();
                        if !is_true(number * 64 + bit.trailing_zeros()) {
                            *word ^= bit;
                        }
                        left ^= bit;
                    }
                }
            }
        }
    }

    /// Calls `found` with each row, rising.
    pub(crate) fn for_each(&self, mut found: impl FnMut(u32)) {
        match self {
            Self::Sparse(rows) => rows.iter().for_each(|row| found(*row)),
            Self::Dense(words) => {
                for (number, word) in (0u32..).zip(words) {
                    let mut left = *word;
                    while left != 0 {
                        found(number * 64 + left.trailing_zeros());
                        left &= left - 1;
                    }
                }
            }
        }
    }

    /// The rows, rising.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.len());
        self.for_each(|row| rows.push(row));
        rows
    }

    /// Bytes of memory behind it.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Sparse(rows) => rows.capacity() * 4,
            Self::Dense(words) => words.capacity() * 8,
        }
    }
}

fn has_bit(words: &[u64], row: u32) -> bool {
    let (word, bit) = place(row);
    words.get(word).is_some_and(|word| word & bit != 0)
}

fn set_bit(words: &mut Vec<u64>, row: u32) {
    let (word, bit) = place(row);
    if words.len() <= word {
        words.resize(word + 1, 0);
    }
    if let Some(word) = words.get_mut(word) {
        *word |= bit;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::btree_set, prelude::*};

    use super::Set;

    const UNIVERSE: usize = 3000;

    fn some_rows() -> impl Strategy<Value = BTreeSet<u32>> {
        // Few, many, and anything between.
        prop_oneof![
            btree_set(0u32..3000, 0..20),
            btree_set(0u32..3000, 0..400),
            btree_set(1000u32..1400, 100..300)
        ]
    }

    fn set(rows: &BTreeSet<u32>) -> Set {
        Set::of(rows.iter().rev().copied().collect(), UNIVERSE)
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in some_rows(), b in some_rows()) {
            let check = |found: &Set, expected: BTreeSet<u32>| {
                prop_assert_eq!(found.rows(), expected.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(found.len(), expected.len());
                prop_assert_eq!(found.is_empty(), expected.is_empty());
                prop_assert!((0..3000).all(|row| found.contains(row) == expected.contains(&row)));
                Ok(())
            };
            let mut both = set(&a);
            both.keep(&set(&b));
            check(&both, &a & &b)?;
            let mut less = set(&a);
            less.minus(&set(&b));
            check(&less, &a - &b)?;
            let mut more = set(&a);
            more.plus(&set(&b), UNIVERSE);
            check(&more, &a | &b)?;
            let mut grown = set(&a);
            b.iter().rev().for_each(|row| grown.insert(*row, UNIVERSE));
            check(&grown, &a | &b)?;
            let mut even = set(&a);
            even.retain(|row| row % 2 == 0);
            check(&even, a.iter().copied().filter(|row| row % 2 == 0).collect())?;
            let mut gone = set(&a);
            gone.remove(&b.iter().copied().collect::<Vec<_>>());
            check(&gone, &a - &b)?;
        }
    }
}
