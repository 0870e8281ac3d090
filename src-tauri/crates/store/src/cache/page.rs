//! Paging by key, never by offset: rows that come or go above do not shift what follows.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Behind this row; none = from the top.
    pub after: Option<PageKey>,
    /// At most so many rows.
    pub limit: usize,
}

/// The place of a row in a list. Opaque outside this crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageKey {
    /// Rises down the list, unless the order is reversed.
    pub(crate) place: i64,
    /// Decides among rows of one place.
    pub(crate) id: String,
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.place, self.id)
    }
}

impl FromStr for PageKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text
            .split_once(':')
            .and_then(|(place, id)| Some(Self { place: place.parse().ok()?, id: id.to_owned() }));
        parsed.ok_or_else(|| format!("{text} is not a place in a list"))
    }
}

impl TryFrom<String> for PageKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PageKey> for String {
    fn from(key: PageKey) -> Self {
        key.to_string()
    }
}
