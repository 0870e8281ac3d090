//! What lies over the cache on this machine: pending effects, read marks, local follows, open questions.
//!
//! Derived from the journal, held in memory, never written into the cache. A job is one [`layer`], laid over whichever
//! conversation is shown; lists and counts ask it through functions of SQL (`cache/merge.rs`), so that nothing here grows
//! with what a layer covers.

use std::{
    collections::{HashMap, HashSet},
    iter,
    sync::Arc,
};

use jiff::Timestamp;
use muster_model::{Conversation, Effect, Engagement, Handle, Match, RemoteId, Seen, Sort, Status, put_on};

pub(crate) mod fields;
pub(crate) mod layer;

use fields::{Fields, gives};
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
    /// Whose conversations I follow here at all.
    follows_some: bool,
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
        let follows_some = parts.follows.values().any(|on| *on);
        Self { inner: Arc::new(Inner { parts, folded_me, follows_some, small, large }) }
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

    /// How many cached conversations have something pending, where that is known without looking for them: they were
    /// cached when their job was confirmed, and nothing was taken out since `gone_at`.
    pub(crate) fn pending_count(&self, gone_at: i64) -> Option<u64> {
        let mut counted: Vec<&Layer> = Vec::new();
        let mut n = 0;
        for layer in self.parts().layers.iter().map(Arc::as_ref) {
            let has_others = |id: &&str| {
                !counted.iter().any(|other| other.number(id).is_some_and(|no| other.is_pending(no)))
            };
            let all = layer.pending_count(gone_at)?;
            n += if counted.is_empty() { all } else { layer.pending().filter(has_others).count() };
            counted.push(layer);
        }
        Some(n as u64)
    }

    fn is_pending(&self, id: &str) -> bool {
        self.over(id).any(|(layer, no)| layer.is_pending(no))
    }
}

/// For lists and counts: what SQL over the cache alone could misjudge, and how it is judged.
impl Overlay {
    /// What of a filter's questions this overlay can answer differently at all.
    pub(crate) fn scope(&self, filter: &Match) -> Fields {
        let parts = self.parts();
        let mut changed = parts.layers.iter().map(|layer| layer.fields()).fold(Fields::NONE, Fields::and);
        for (fields, is_some) in [
            (Fields::UNKNOWN, !parts.unknown.is_empty()),
            (Fields::HELD, !parts.held.is_empty()),
            (Fields::FOLLOWERS, self.inner.follows_some),
        ] {
            if is_some {
                changed = changed.and(fields);
            }
        }
        changed.within(Fields::of_filter(filter))
    }

    /// Whether SQL over the cache alone could misjudge this conversation.
    pub(crate) fn touches(&self, id: &str, scope: Fields) -> bool {
        let parts = self.parts();
        (scope.has(Fields::UNKNOWN) && parts.unknown.contains(id))
            || (scope.has(Fields::HELD) && parts.held.contains(id))
            || (scope.has(Fields::FOLLOWERS) && parts.follows.get(id) == Some(&true))
            || self.over(id).any(|(layer, no)| layer.fields().has(scope) && layer.touches(no))
    }

    /// How many conversations SQL alone could misjudge, at most.
    pub(crate) fn size(&self, scope: Fields) -> usize {
        let parts = self.parts();
        let of = |fields, n: usize| if scope.has(fields) { n } else { 0 };
        let layers = parts.layers.iter().filter(|layer| layer.fields().has(scope));
        layers.map(|layer| layer.size()).sum::<usize>()
            + of(Fields::UNKNOWN, parts.unknown.len())
            + of(Fields::HELD, parts.held.len())
            + of(Fields::FOLLOWERS, parts.follows.len())
    }

    /// The conversations that SQL alone could misjudge, each once.
    pub(crate) fn touched(&self, scope: Fields) -> HashSet<&str> {
        let parts = self.parts();
        let mut ids = HashSet::new();
        for layer in parts.layers.iter().filter(|layer| layer.fields().has(scope)) {
            ids.extend(layer.members().filter(|(no, _)| layer.touches(*no)).map(|(_, id)| id));
        }
        if scope.has(Fields::UNKNOWN) {
            ids.extend(parts.unknown.iter().map(RemoteId::as_str));
        }
        if scope.has(Fields::HELD) {
            ids.extend(parts.held.iter().map(RemoteId::as_str));
        }
        if scope.has(Fields::FOLLOWERS) {
            ids.extend(parts.follows.iter().filter(|(_, on)| **on).map(|(id, _)| id.as_str()));
        }
        ids
    }

    /// Whether anything here can make a conversation match this term although the cache says that it does not.
    pub(crate) fn can_give(&self, term: &Match) -> bool {
        let me = self.inner.folded_me.as_str();
        let followed_here = self.inner.follows_some
            && matches!(term, Match::Follows(names) if names.iter().any(|name| name == me));
        followed_here
            || self
                .parts()
                .layers
                .iter()
                .any(|layer| layer.repertoire().iter().any(|effect| gives(effect, term, me)))
    }

    /// Calls `show` with each effect that lies over a conversation, in order.
    pub(crate) fn lay<'a>(&'a self, id: &'a str, cached: Cached, mut show: impl FnMut(&'a Effect)) {
        for (layer, no) in self.over(id) {
            layer.lay(no, cached, &mut show, |_| {});
        }
    }

    /// Whether a conversation has such a mark: [`Fields::PENDING`], [`Fields::UNKNOWN`] or [`Fields::HELD`].
    pub(crate) fn has_mark(&self, id: &str, mark: Fields) -> bool {
        let parts = self.parts();
        match mark {
            Fields::UNKNOWN => parts.unknown.contains(id),
            Fields::HELD => parts.held.contains(id),
            _ => self.is_pending(id),
        }
    }

    /// Whether I follow it here, and how filters name me.
    pub(crate) fn follows_here(&self, id: &str) -> bool {
        self.parts().follows.get(id) == Some(&true)
    }

    /// How filters name me; empty before that is known.
    pub(crate) fn folded_me(&self) -> &str {
        &self.inner.folded_me
    }

    pub(crate) fn read_at(&self, id: &str) -> Option<i64> {
        self.parts().reads.get(id).copied()
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
