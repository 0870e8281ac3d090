//! One value for each item of a lot, written once for all that have the same: those who left together mostly do.

use serde::{Deserialize, Serialize};

/// So many different values are looked at before a value counts as a new one.
const LOOKS_BACK: usize = 8;

/// Values by place, each different one kept once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shared<T> {
    kinds: Vec<T>,
    /// Which of them is whose; empty where there is one for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    of: Vec<usize>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { kinds: Vec::new(), of: Vec::new() }
    }
}

impl<T> Shared<T> {
    /// The value in a place.
    pub fn get(&self, place: usize) -> Option<&T> {
        self.kinds.get(self.kind(place))
    }

    /// Which value is in a place: places of one kind have the same.
    pub fn kind(&self, place: usize) -> usize {
        self.of.get(place).copied().unwrap_or_default()
    }

    /// The same with other values.
    pub fn map<U>(self, with: impl FnMut(T) -> U) -> Shared<U> {
        Shared { kinds: self.kinds.into_iter().map(with).collect(), of: self.of }
    }
}

impl<T: PartialEq> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut shared = Self::default();
        for value in values {
            let first = shared.kinds.len().saturating_sub(LOOKS_BACK);
            let known = shared.kinds.iter().skip(first).rposition(|kind| *kind == value);
            shared.of.push(known.map_or(shared.kinds.len(), |place| first + place));
            if known.is_none() {
                shared.kinds.push(value);
            }
        }
        if shared.kinds.len() <= 1 {
            shared.of.clear();
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[], 0)]
    #[case::all_the_same(&[7, 7, 7], 1)]
    #[case::in_turn(&[7, 8, 7, 9, 8], 3)]
    #[case::more_than_is_looked_at(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0], 11)]
    fn gives_back_what_it_was_made_of(#[case] values: &[u32], #[case] kinds: usize) {
        let shared: Shared<u32> = values.iter().copied().collect();
        let text = serde_json::to_string(&shared).unwrap();
        let read: Shared<u32> = serde_json::from_str(&text).unwrap();
        for shared in [&shared, &read] {
            assert_eq!(shared.kinds.len(), kinds);
            let back: Vec<u32> = (0..values.len()).map(|place| *shared.get(place).unwrap()).collect();
            assert_eq!(back, values);
        }
        assert_eq!(text.contains("of"), kinds > 1);
    }
}
