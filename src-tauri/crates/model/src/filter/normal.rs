//! Builds filters in their normal form, the only one that the parser makes and that printing keeps: `And` and `Or`
//! have two parts or more and never one of their own kind as a part, and nothing is negated twice.

use super::Filter;

impl Filter {
    /// Every part matches. Nested conjunctions become one; no part at all is [`Filter::All`].
    #[must_use]
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 | 1 => flat.pop().unwrap_or_default(),
            _ => Self::And(flat),
        }
    }

    /// At least one part matches. Nested alternatives become one; a part that matches everything decides it.
    #[must_use]
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 | 1 => flat.pop().unwrap_or_default(),
            _ => Self::Or(flat),
        }
    }

    /// The part does not match. Negated twice is the thing itself.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// How deep the JSON of this filter's [`super::Match`] nests, apart from its leaves.
    pub(super) fn json_depth(&self) -> usize {
        match self {
            Self::All | Self::Term(_) => 0,
            Self::Not(inner) => 1 + inner.json_depth(),
            Self::And(parts) | Self::Or(parts) => 2 + parts.iter().map(Self::json_depth).max().unwrap_or(0),
        }
    }
}
