//! What the connector learns on its way and need not ask twice. Nothing here is needed to be right: a new process starts
//! without it.

use std::collections::{BTreeSet, HashMap};

use muster_model::{Agent, Me};

use super::map::{Cast, Lifecycles, Names};
use super::wire;

/// Tickets whose last state is remembered; more than change in a minute anywhere.
const REMEMBERED: usize = 20_000;

#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) me: Option<Me>,
    pub(super) cast: Cast,
    pub(super) names: Names,
    pub(super) agents: Vec<Agent>,
    /// Queues, once they were asked for, with their custom fields.
    pub(super) queues: Option<Vec<wire::Queue>>,
    pub(super) lifecycles: Lifecycles,
    /// The custom field for tags, as it is spelled.
    pub(super) tags_field: Option<String>,
    /// The custom field for our reference, as it is spelled.
    pub(super) reference_field: Option<String>,
    /// Tags that were met.
    pub(super) tags: BTreeSet<String>,
    /// The cursor's transaction was seen to be there.
    pub(super) place_is_known: bool,
    seen: HashMap<String, Seen>,
}

/// A ticket as it was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// When it was last updated, in seconds.
    pub(super) updated: i64,
    /// Its last transaction.
    pub(super) stamp: i64,
}

impl State {
    pub(super) fn seen(&self, id: &str) -> Option<Seen> {
        self.seen.get(id).copied()
    }

    pub(super) fn remember(&mut self, id: &str, seen: Seen) {
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(id.to_owned(), seen);
    }
}
