//! What lies over the cache on this machine: pending effects, read marks, local follows, open questions.
//!
//! Derived from the journal, held in memory, never written into the cache. A job is one [`layer`], laid over whichever
//! conversation is shown; for lists and counts it becomes sets of rows (`cache/facets/seen.rs`).

use std::{
    collections::{HashMap, HashSet},
    iter,
    sync::Arc,
};

use jiff::Timestamp;
use muster_model::{Conversation, Engagement, Handle, RemoteId, Seen, Sort, Status, put_on};

pub(crate) mod layer;

use layer::{Cached, Layer};

/// Why a change waits.
const CUSTOMER_WROTE: &str = "your change waits – the customer wrote";
/// Why something of ours is held.
const HELD: &str = "held – somebody wrote after you planned it";
/// Jobs up to this size are found by conversation; larger ones are few and are asked one by one.
const SMALL: usize = 256;

/// Everything that this machine knows beyond the cache. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    inner: Arc<Inner>,
}

/// What an overlay is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub me: Option<Handle>,
    /// In the order of confirmation.
    pub layers: Vec<Arc<Layer>>,
    /// Up to when each conversation was read, UTC milliseconds.
    pub reads: Arc<HashMap<RemoteId, i64>>,
    /// Local follows.
    pub follows: Arc<HashMap<RemoteId, bool>>,
    /// The version of both.
    pub marks: i64,
    pub unknown: HashSet<RemoteId>,
    pub held: HashSet<RemoteId>,
}

#[derive(Debug, Default)]
struct Inner {
    parts: Parts,
    /// My handle as filters name it.
    folded_me: String,
    /// Small layers by conversation.
    small: HashMap<RemoteId, Vec<usize>>,
    large: Vec<usize>,
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

    pub(crate) fn new(parts: Parts) -> Self {
        let mut small: HashMap<RemoteId, Vec<usize>> = HashMap::new();
        let mut large = Vec::new();
        for (number, layer) in parts.layers.iter().enumerate() {
            if layer.size() > SMALL {
                large.push(number);
            } else {
                for (_, id) in layer.members() {
                    small.entry(RemoteId::from(id)).or_default().push(number);
                }
            }
        }
        let folded_me = parts.me.as_ref().map(|me| me.as_str().to_lowercase()).unwrap_or_default();
        Self { inner: Arc::new(Inner { parts, folded_me, small, large }) }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.inner.parts
    }

    /// The conversation as the agent sees it.
    #[must_use]
    pub fn apply(&self, base: Conversation) -> Conversation {
        let nobody = Handle::from("");
        // Before anybody knows whose key it is, no follow of mine can be shown.
        let me = self.parts().me.as_ref().unwrap_or(&nobody);
        let cached = Cached::of(&base);
        let mut shown = base;
        let id = shown.id.clone();
        for (layer, no) in self.over(id.as_str()) {
            layer.lay(no, cached, |effect| put_on(&mut shown, effect, me, layer.created()), |_| {});
        }
        shown
    }

    /// The words of effects that the help desk has not confirmed: `status`, `tag+`, …
    #[must_use]
    pub fn pending(&self, id: &RemoteId) -> Vec<String> {
        let mut words = Vec::new();
        for (layer, no) in self.over(id.as_str()) {
            layer.remaining(no, |effect| words.push(effect.word().to_owned()));
        }
        words
    }

    /// What a filter may ask about a conversation, given as the agent sees it.
    #[must_use]
    pub fn seen<'a>(&'a self, conversation: &'a Conversation) -> Seen<'a> {
        let parts = self.parts();
        let id = &conversation.id;
        Seen {
            conversation,
            me: parts.me.as_ref().map(Handle::as_str),
            read_at: parts.reads.get(id).copied().or_else(|| read_by_nature(conversation)),
            locally_followed: parts.follows.get(id) == Some(&true),
            pending: self.is_pending(id.as_str()),
            unknown: parts.unknown.contains(id),
            held: parts.held.contains(id),
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
            waiting_reason: self.waiting_reason(conversation).map(str::to_owned),
        }
    }

    fn waiting_reason(&self, conversation: &Conversation) -> Option<&'static str> {
        let cached = Cached::of(conversation);
        let mut waits = false;
        for (layer, no) in self.over(conversation.id.as_str()) {
            layer.lay(no, cached, |_| {}, |_| waits = true);
        }
        if waits {
            Some(CUSTOMER_WROTE)
        } else {
            self.parts().held.contains(&conversation.id).then_some(HELD)
        }
    }

    /// The layers with an item about this conversation, in the order of confirmation, and its number in each.
    fn over<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a Layer, u32)> {
        let inner = &*self.inner;
        let mut small = inner.small.get(id).map_or(&[][..], Vec::as_slice).iter().peekable();
        let mut large = inner.large.iter().peekable();
        let in_order = iter::from_fn(move || match (small.peek(), large.peek()) {
            (Some(a), Some(b)) if a < b => small.next(),
            (_, Some(_)) => large.next(),
            _ => small.next(),
        });
        in_order.filter_map(move |number| {
            let layer = inner.parts.layers.get(*number)?;
            Some((&**layer, layer.number(id)?))
        })
    }

    fn is_pending(&self, id: &str) -> bool {
        self.over(id).any(|(layer, no)| layer.is_pending(no))
    }
}

/// For the facet index.
impl Overlay {
    /// Whether nothing lies over the cache.
    pub(crate) fn is_nothing(&self) -> bool {
        let parts = self.parts();
        parts.layers.is_empty()
            && parts.reads.is_empty()
            && parts.unknown.is_empty()
            && parts.held.is_empty()
            && !parts.follows.values().any(|on| *on)
    }

    /// Whether it is this very one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// How filters name me; empty before that is known.
    pub(crate) fn folded_me(&self) -> &str {
        &self.inner.folded_me
    }
}

impl Cached {
    fn of(conversation: &Conversation) -> Self {
        // No effect changes either, so the conversation as seen says it as well as the cached one.
        Self {
            stamp: conversation.stamp,
            last_inbound: conversation.last_inbound.map_or(i64::MIN, Timestamp::as_millisecond),
        }
    }
}

/// Without a read mark only what waits for us counts as unread; a first sync would otherwise light up everything.
fn read_by_nature(conversation: &Conversation) -> Option<i64> {
    let waits_for_us =
        conversation.engagement == Engagement::Pending && conversation.status == Status::Active;
    if waits_for_us { None } else { Some(i64::MAX) }
}

/// Compares two places in an order; ties by id.
pub(crate) fn in_order(a: (i64, &str), b: (i64, &str), sort: Sort) -> std::cmp::Ordering {
    if sort.reversed { b.cmp(&a) } else { a.cmp(&b) }
}
