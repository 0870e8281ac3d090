//! What lies over the cache on this machine: pending effects, read marks, local follows, open questions.
//!
//! Derived from the journal, held in memory, never written into the cache. Lists and counts take the few conversations
//! that it touches out of the SQL answer and judge them in memory instead (`cache/merge.rs`).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use muster_model::{Conversation, Engagement, Handle, Match, RemoteId, Seen, Sort, SortKey, Status};

/// Everything that this machine knows beyond the cache. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    me: Option<Handle>,
    rows: HashMap<RemoteId, OverlayRow>,
    reads: HashMap<RemoteId, i64>,
    follows: HashMap<RemoteId, bool>,
    unknown: HashSet<RemoteId>,
    held: HashSet<RemoteId>,
}

/// One conversation as the agent sees it while the help desk does not know yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OverlayRow {
    /// With pending effects applied.
    pub conversation: Conversation,
    /// The stamp of the cached state that the effects were laid over.
    pub base_stamp: i64,
    /// The words of effects that are not confirmed: `status`, `tag+`, …
    pub pending: Vec<String>,
    /// "your change waits – the customer wrote"
    pub waiting_reason: Option<String>,
    place: Places,
}

impl OverlayRow {
    /// `conversation` is `base` with its pending effects; it keeps the place that `base` has in every order.
    #[must_use]
    pub fn new(
        base: &Conversation,
        conversation: Conversation,
        pending: Vec<String>,
        waiting_reason: Option<String>,
    ) -> Self {
        Self { conversation, base_stamp: base.stamp, pending, waiting_reason, place: Places::of(base) }
    }
}

/// What only this machine knows of one conversation; drawn as marks in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// A customer message newer than the read mark.
    pub unread: bool,
    /// A change that the help desk has not confirmed.
    pub pending: bool,
    /// An item that may or may not have arrived.
    pub unknown: bool,
    /// An item that waits for a decision.
    pub held: bool,
    /// I follow it, here or at the help desk.
    pub followed: bool,
    /// Why a pending change does not leave.
    pub waiting_reason: Option<String>,
}

impl Overlay {
    /// Nothing lies over the cache.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// `reads`: up to when each conversation was read, UTC milliseconds. `follows`: local follows.
    #[must_use]
    pub fn new(
        me: Option<Handle>,
        rows: HashMap<RemoteId, OverlayRow>,
        reads: HashMap<RemoteId, i64>,
        follows: HashMap<RemoteId, bool>,
        unknown: HashSet<RemoteId>,
        held: HashSet<RemoteId>,
    ) -> Self {
        Self { inner: Arc::new(Inner { me, rows, reads, follows, unknown, held }) }
    }

    /// The conversations with effects laid over them.
    #[must_use]
    pub fn rows(&self) -> &HashMap<RemoteId, OverlayRow> {
        &self.inner.rows
    }

    /// The conversation as the agent sees it.
    #[must_use]
    pub fn apply(&self, base: Conversation) -> Conversation {
        match self.inner.rows.get(&base.id) {
            Some(row) => row.conversation.clone(),
            None => base,
        }
    }

    /// What a filter may ask about a conversation, given as the agent sees it.
    #[must_use]
    pub fn seen<'a>(&'a self, conversation: &'a Conversation) -> Seen<'a> {
        let inner = &*self.inner;
        let id = &conversation.id;
        Seen {
            conversation,
            me: inner.me.as_ref().map(Handle::as_str),
            read_at: inner.reads.get(id).copied().or_else(|| read_by_nature(conversation)),
            locally_followed: inner.follows.get(id) == Some(&true),
            pending: inner.rows.get(id).is_some_and(|row| !row.pending.is_empty()),
            unknown: inner.unknown.contains(id),
            held: inner.held.contains(id),
        }
    }

    /// The marks of a conversation, given as the agent sees it.
    #[must_use]
    pub fn marks(&self, conversation: &Conversation) -> Marks {
        let seen = self.seen(conversation);
        let follows =
            |me: &str| conversation.followers.iter().any(|handle| handle.as_str().eq_ignore_ascii_case(me));
        Marks {
            unread: seen.is_unread(),
            pending: seen.pending,
            unknown: seen.unknown,
            held: seen.held,
            followed: seen.locally_followed || seen.me.is_some_and(follows),
            waiting_reason: self.inner.rows.get(&conversation.id).and_then(|row| row.waiting_reason.clone()),
        }
    }

    /// Which of the conversations that only this machine knows something of matter to a filter.
    pub(crate) fn scope(&self, filter: &Match) -> Scope {
        let inner = &*self.inner;
        Scope {
            rows: !inner.rows.is_empty(),
            unknown: !inner.unknown.is_empty() && mentions(filter, &|term| matches!(term, Match::Unknown)),
            held: !inner.held.is_empty() && mentions(filter, &|term| matches!(term, Match::Held)),
            follows: inner.follows.values().any(|on| *on)
                && mentions(filter, &|term| matches!(term, Match::Follows(_))),
        }
    }

    /// Whether SQL over the cache alone could misjudge this conversation.
    pub(crate) fn touches(&self, id: &RemoteId, scope: Scope) -> bool {
        let inner = &*self.inner;
        (scope.rows && inner.rows.contains_key(id))
            || (scope.unknown && inner.unknown.contains(id))
            || (scope.held && inner.held.contains(id))
            || (scope.follows && inner.follows.get(id) == Some(&true))
    }

    /// The conversations that SQL over the cache alone could misjudge.
    pub(crate) fn touched(&self, scope: Scope) -> HashSet<&RemoteId> {
        let inner = &*self.inner;
        let mut ids: HashSet<&RemoteId> = inner.rows.keys().collect();
        if scope.unknown {
            ids.extend(&inner.unknown);
        }
        if scope.held {
            ids.extend(&inner.held);
        }
        if scope.follows {
            ids.extend(inner.follows.iter().filter(|(_, on)| **on).map(|(id, _)| id));
        }
        ids
    }

    /// The place of a touched conversation in an order: a pending change does not move it.
    pub(crate) fn place(&self, base: &Conversation, sort: SortKey) -> i64 {
        match self.inner.rows.get(&base.id) {
            Some(row) => row.place.by(sort),
            None => Places::of(base).by(sort),
        }
    }

    pub(crate) fn read_at(&self, id: &str) -> Option<i64> {
        self.inner.reads.get(&RemoteId::from(id)).copied()
    }
}

/// Which parts of an overlay a filter asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    rows: bool,
    unknown: bool,
    held: bool,
    follows: bool,
}

impl Scope {
    pub(crate) fn is_empty(self) -> bool {
        !(self.rows || self.unknown || self.held || self.follows)
    }
}

/// Without a read mark only what waits for us counts as unread; a first sync would otherwise light up everything.
fn read_by_nature(conversation: &Conversation) -> Option<i64> {
    let waits_for_us =
        conversation.engagement == Engagement::Pending && conversation.status == Status::Active;
    if waits_for_us { None } else { Some(i64::MAX) }
}

/// Whether a filter has such a term anywhere in it.
pub(crate) fn mentions(filter: &Match, is: &dyn Fn(&Match) -> bool) -> bool {
    match filter {
        Match::And(parts) | Match::Or(parts) => parts.iter().any(|part| mentions(part, is)),
        Match::Not(part) => mentions(part, is),
        term => is(term),
    }
}

/// Where a conversation stands in each order, as a number that rises down the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    updated: i64,
    created: i64,
    waiting: i64,
    priority: i64,
}

impl Places {
    pub(crate) fn of(conversation: &Conversation) -> Self {
        Self {
            updated: -conversation.updated.as_millisecond(),
            created: -conversation.created.as_millisecond(),
            waiting: conversation.waiting_since.map_or(i64::MAX, jiff::Timestamp::as_millisecond),
            priority: -i64::from(conversation.priority.rank()),
        }
    }

    pub(crate) fn by(&self, sort: SortKey) -> i64 {
        match sort {
            SortKey::Updated => self.updated,
            SortKey::Created => self.created,
            SortKey::Waiting => self.waiting,
            SortKey::Priority => self.priority,
        }
    }
}

/// Compares two places in an order; ties by id.
pub(crate) fn in_order(a: (i64, &str), b: (i64, &str), sort: Sort) -> std::cmp::Ordering {
    if sort.reversed { b.cmp(&a) } else { a.cmp(&b) }
}
