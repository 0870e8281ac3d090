//! Which texts are in a run: their document numbers, as stretches of neighbours. Within a run a text has the number of
//! its place here, which is small.

use super::bits::{put_number, take_number, take_size};

/// No run has more texts.
pub(super) const MOST_TEXTS: usize = 65_536;

/// Rising document numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Docs {
    stretches: Vec<Stretch>,
    len: u32,
}

/// Documents one behind the other, and the number in the run of the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    first: i64,
    number: u32,
}

impl Docs {
    /// Of rising numbers.
    pub(super) fn of(docs: impl IntoIterator<Item = i64>) -> Self {
        let mut made = Self::default();
        docs.into_iter().for_each(|doc| made.push(doc, 1));
        made
    }

    fn push(&mut self, first: i64, n: u32) {
        let joins = self
            .stretches
            .last()
            .is_some_and(|last| last.first.saturating_add(i64::from(self.len - last.number)) == first);
        if !joins {
            self.stretches.push(Stretch { first, number: self.len });
        }
        self.len += n;
    }

    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    /// How many are in the stretch of this place.
    fn n(&self, place: usize) -> u32 {
        let begin = self.stretches.get(place).map_or(self.len, |stretch| stretch.number);
        self.stretches.get(place + 1).map_or(self.len, |next| next.number) - begin
    }

    /// The lowest and the highest.
    pub(super) fn ends(&self) -> Option<(i64, i64)> {
        let (first, last) = self.stretches.first().zip(self.stretches.last())?;
        Some((first.first, last.first.saturating_add(i64::from(self.len - last.number) - 1)))
    }

    /// The number in the run of a document.
    pub(super) fn number(&self, doc: i64) -> Option<u32> {
        let place = self.stretches.partition_point(|stretch| stretch.first <= doc).checked_sub(1)?;
        let stretch = self.stretches.get(place)?;
        let distance = u32::try_from(doc.checked_sub(stretch.first)?).ok()?;
        (distance < self.n(place)).then(|| stretch.number + distance)
    }

    /// The documents of rising numbers in the run.
    pub(super) fn of_numbers(&self, numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = i64> {
        let mut place = 0;
        numbers.filter(|number| *number < self.len).filter_map(move |number| {
            while self.stretches.get(place + 1).is_some_and(|next| next.number <= number) {
                place += 1;
            }
            let stretch = self.stretches.get(place)?;
            Some(stretch.first.saturating_add(i64::from(number.saturating_sub(stretch.number))))
        })
    }

    /// As it stands in a column.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut end = 0;
        for (place, stretch) in self.stretches.iter().enumerate() {
            if place == 0 {
                // The only one that may be below zero: zigzag.
                put_number(&mut bytes, ((stretch.first << 1) ^ (stretch.first >> 63)).cast_unsigned());
            } else {
                put_number(&mut bytes, stretch.first.wrapping_sub(end).cast_unsigned());
            }
            let n = self.n(place);
            put_number(&mut bytes, n.into());
            end = stretch.first.saturating_add(n.into());
        }
        bytes
    }

    /// What stands in a column; none if it is damaged.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut docs = Self::default();
        let mut end: Option<i64> = None;
        while !bytes.is_empty() {
            let number = take_number(&mut bytes)?;
            let first = match end {
                None => (number >> 1).cast_signed() ^ -(number & 1).cast_signed(),
                // Where it would join the one before, they would be one.
                Some(end) => end.checked_add(i64::try_from(number).ok().filter(|gap| *gap > 0)?)?,
            };
            let n = u32::try_from(take_size(&mut bytes)?).ok().filter(|n| *n > 0)?;
            docs.len.checked_add(n).filter(|len| *len as usize <= MOST_TEXTS)?;
            end = Some(first.checked_add(n.into())?);
            docs.push(first, n);
        }
        Some(docs)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{
        collection::{btree_set, vec},
        prelude::*,
    };

    use super::Docs;

    proptest! {
        #[test]
        fn documents_have_numbers(docs in btree_set(prop_oneof![-20i64..20, -2000i64..2000], 0..90)) {
            let made = Docs::of(docs.iter().copied());
            prop_assert_eq!(Docs::read(&made.bytes()), Some(made.clone()));
            prop_assert_eq!(made.len(), docs.len());
            prop_assert_eq!(made.ends(), docs.first().copied().zip(docs.last().copied()));
            for doc in -50..50 {
                let place = docs.iter().position(|known| *known == doc);
                prop_assert_eq!(made.number(doc).map(|number| number as usize), place);
            }
            let all: BTreeSet<i64> = made.of_numbers(0..200).collect();
            prop_assert_eq!(&all, &docs);
            let odd: Vec<i64> = made.of_numbers((0..90).filter(|number| number % 2 == 1)).collect();
            prop_assert_eq!(odd, docs.into_iter().skip(1).step_by(2).collect::<Vec<_>>());
        }

        #[test]
        fn damaged_ones_are_told(bytes in vec(any::<u8>(), 0..30)) {
            if let Some(docs) = Docs::read(&bytes) {
                let n = docs.len().min(1000);
                let all: Vec<i64> = docs.of_numbers(0..1000).collect();
                prop_assert_eq!(all.len(), n);
                prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
