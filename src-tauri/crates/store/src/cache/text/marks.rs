//! One bit for each text of a run: what matches, what is gone.

/// Bits by number; what is beyond the end is not marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// Room for so many, none of them marked.
    pub(super) fn none(texts: usize) -> Self {
        Self(vec![0; texts.div_ceil(64)])
    }

    /// All of so many.
    pub(super) fn all(texts: usize) -> Self {
        let mut words = vec![u64::MAX; texts.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && !texts.is_multiple_of(64)
        {
            *last >>= 64 - texts % 64;
        }
        Self(words)
    }

    /// Marks one of those that there is room for.
    #[inline]
    pub(super) fn mark(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word & 1 << (number % 64) != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Keeps what the other one has as well.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Takes out what the other one has.
    pub(super) fn minus(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// Adds what stands in these bytes, as [`Marks::bytes`] gives them.
    pub(super) fn plus_bytes(&mut self, bytes: &[u8]) {
        for (word, bytes) in self.0.iter_mut().zip(bytes.chunks(8)) {
            let mut whole = [0; 8];
            whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            *word |= u64::from_le_bytes(whole);
        }
    }

    /// A bit for each of so many, eight in a byte.
    pub(super) fn bytes(&self, texts: usize) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).take(texts.div_ceil(8)).collect()
    }

    /// Those that are marked, rising.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(&self.0).flat_map(|(place, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(place * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{collection::btree_set, prelude::*};

    use super::Marks;

    proptest! {
        #[test]
        fn marks_are_sets(texts in 200usize..300, a in btree_set(0u32..200, 0..90), b in btree_set(0u32..200, 0..90)) {
            let marks = |numbers: &BTreeSet<u32>| {
                let mut marks = Marks::none(texts);
                numbers.iter().for_each(|number| marks.mark(*number));
                marks
            };
            let check = |found: &Marks, expected: BTreeSet<u32>| {
                prop_assert_eq!(found.iter().collect::<Vec<u32>>(), expected.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!((found.len(), found.is_empty()), (expected.len(), expected.is_empty()));
                prop_assert!((0..400).all(|number| found.has(number) == expected.contains(&number)));
                Ok(())
            };
            let (mut both, mut less, mut more) = (marks(&a), marks(&a), marks(&a));
            both.keep(&marks(&b));
            check(&both, &a & &b)?;
            less.minus(&marks(&b));
            check(&less, &a - &b)?;
            more.plus_bytes(&marks(&b).bytes(texts));
            check(&more, &a | &b)?;
            let mut rest = Marks::all(texts);
            rest.minus(&marks(&a));
            prop_assert_eq!(rest.len(), texts - a.len());
        }
    }
}
