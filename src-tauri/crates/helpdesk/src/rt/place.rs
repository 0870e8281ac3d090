//! A place in RT's changes: the last transaction that was read, and how far the first walk is.

use serde::{Deserialize, Serialize};

use crate::Cursor;

/// What a cursor of this connector holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Everything up to this transaction is known.
    pub(super) transaction: i64,
    /// A transaction that this key has seen: where it is not there any more, the server is another one. 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) mark: i64,
    /// Tickets that were last updated before this second are known.
    pub(super) updated: i64,
    /// The first walk, while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) walk: Option<Walk>,
}

/// How far the first walk is, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Walk {
    /// The page to read next, from 1.
    pub(super) page: u64,
    /// How many tickets there were when the last page was read.
    pub(super) total: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Place {
    /// None for a cursor of something else.
    pub(super) fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(&cursor.0).ok()
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }
}

impl Walk {
    /// Pages are counted from the newest ticket. Each one that goes away while the walk is under way moves all behind it
    /// forward, so the walk steps back by as many pages as could have moved past it.
    pub(super) fn step_back(&self, total: u64, per_page: u64) -> Option<Self> {
        let gone = self.total.checked_sub(total).filter(|gone| *gone > 0)?;
        let page = self.page.saturating_sub(gone.div_ceil(per_page)).max(1);
        Some(Self { page, total })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_went(5, 1000, None)]
    #[case::more_came(5, 1100, None)]
    #[case::one_went(5, 999, Some(4))]
    #[case::many_went(5, 700, Some(2))]
    #[case::nearly_all_went(5, 3, Some(1))]
    fn a_walk_steps_back_behind_what_went(
        #[case] page: u64,
        #[case] total: u64,
        #[case] expected: Option<u64>,
    ) {
        let walk = Walk { page, total: 1000 };
        assert_eq!(walk.step_back(total, 100).map(|walk| walk.page), expected);
    }

    #[test]
    fn a_cursor_comes_back() {
        let place = Place {
            transaction: 812,
            mark: 812,
            updated: 1_700_000_000,
            walk: Some(Walk { page: 3, total: 250 }),
        };
        assert_eq!(Place::read(&place.cursor()), Some(place));
        assert_eq!(Place::read(&Cursor("b.5f".into())), None);
    }
}
