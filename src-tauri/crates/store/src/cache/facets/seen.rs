//! What an overlay changes, as sets over the same rows: lists and counts see a change of a hundred thousand conversations
//! the moment it is confirmed, without looking at any of them.
//!
//! Made once for an overlay and a state of the cache; whom a job is about is looked up once and carried along.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use muster_model::{Effect, Engagement, Handle, RemoteId, status_of};

use super::{Facet, Facets, Set, at};
use crate::{
    Overlay,
    journal::Audience,
    overlay::layer::{Cached, Layer},
};

/// Up to when conversations were read.
type ReadMarks = HashMap<RemoteId, i64>;

/// One property as it is seen: rows of which something else than the cache decides, and where it puts them.
#[derive(Debug, Default)]
struct Over {
    /// Rows whose cached values do not count.
    touched: Set,
    given: HashMap<Box<str>, Set>,
    /// Only for this value does it count (properties of many values).
    taken: HashMap<Box<str>, Set>,
}

/// The rows of a job's audience, by item number; 0: not cached.
#[derive(Clone, Debug)]
struct Members {
    of: Arc<Audience>,
    rows: Arc<Vec<u32>>,
    /// Rows that were known when it was looked up, and losses by then.
    end: u32,
    losses: u64,
}

/// What lies over one state of the cache.
#[derive(Debug, Default)]
pub(crate) struct Patch {
    /// Something is not confirmed by the help desk.
    pub pending: Set,
    /// May or may not have arrived.
    pub unknown: Set,
    /// Waits for a decision.
    pub held: Set,
    over: HashMap<&'static str, Over>,
    /// Read marks by row, rising.
    reads: Vec<(u32, i64)>,
    reads_of: Option<(Arc<ReadMarks>, u32, u64)>,
    me: Box<str>,
    /// Followed here.
    followed: Set,
    members: Vec<Members>,
    untagged: OnceLock<Set>,
}

impl Patch {
    /// What `overlay` changes. `known` is a patch of before, of which what still holds is used again.
    pub(crate) fn of(facets: &Facets, overlay: &Overlay, known: Option<&Self>) -> Self {
        let universe = facets.universe();
        let parts = overlay.parts();
        let rows = |ids: &mut dyn Iterator<Item = &str>| {
            Set::of(ids.filter_map(|id| facets.row(id)).collect(), universe)
        };
        let mut patch = Self {
            unknown: rows(&mut parts.unknown.iter().map(|id| id.as_str())),
            held: rows(&mut parts.held.iter().map(|id| id.as_str())),
            followed: rows(&mut parts.follows.iter().filter(|(_, on)| **on).map(|(id, _)| id.as_str())),
            me: overlay.folded_me().into(),
            ..Self::default()
        };
        let (end, losses) = (facets.ids.end(), facets.losses);
        let still = known.filter(|known| {
            known.reads_of.as_ref().is_some_and(|(reads, at, lost)| {
                Arc::ptr_eq(reads, &parts.reads) && (*at, *lost) == (end, losses)
            })
        });
        patch.reads = match still {
            Some(known) => known.reads.clone(),
            None => {
                let rows = parts.reads.iter().filter_map(|(id, at)| Some((facets.row(id.as_str())?, *at)));
                let mut reads: Vec<(u32, i64)> = rows.collect();
                reads.sort_unstable();
                reads
            }
        };
        patch.reads_of = Some((Arc::clone(&parts.reads), end, losses));
        for layer in &parts.layers {
            let known = known.iter().flat_map(|known| &known.members);
            let known = known.into_iter().find(|known| Arc::ptr_eq(&known.of, layer.audience()));
            let members = members(facets, layer, known);
            patch.lay(facets, layer, &members.rows);
            patch.members.push(members);
        }
        patch
    }

    /// Lays a job over what lies there already.
    fn lay(&mut self, facets: &Facets, layer: &Layer, rows: &[u32]) {
        let universe = facets.universe();
        let mut pending = Vec::new();
        // What shows, with the rows where it does; an effect of a job is one place in memory, whatever its audience.
        let mut shown: Vec<(&Effect, Vec<u32>)> = Vec::new();
        let mut order: Vec<Vec<(u32, usize)>> = Vec::new();
        for (no, row) in (0u32..).zip(rows).filter(|(_, row)| **row != 0) {
            let row = *row;
            if layer.is_pending(no) {
                pending.push(row);
            }
            let cached =
                Cached { stamp: at(&facets.stamp, row), last_inbound: at(&facets.last_inbound, row) };
            let mut turn = 0;
            layer.lay(
                no,
                cached,
                |effect| {
                    let place =
                        shown.iter().position(|(known, _)| std::ptr::eq(*known, effect) || *known == effect);
                    let place = place.unwrap_or_else(|| {
                        shown.push((effect, Vec::new()));
                        shown.len() - 1
                    });
                    if order.len() <= turn {
                        order.push(Vec::new());
                    }
                    if let Some(turn) = order.get_mut(turn) {
                        turn.push((row, place));
                    }
                    turn += 1;
                },
                |_| {},
            );
        }
        self.pending.plus(&Set::of(pending, universe), universe);
        // Turn by turn: what comes later in an item counts.
        for turn in order {
            shown.iter_mut().for_each(|(_, rows)| rows.clear());
            for (row, place) in turn {
                if let Some((_, rows)) = shown.get_mut(place) {
                    rows.push(row);
                }
            }
            for (effect, rows) in &mut shown {
                if !rows.is_empty() {
                    self.put_on(effect, &Set::of(std::mem::take(rows), universe), universe);
                }
            }
        }
    }

    fn put_on(&mut self, effect: &Effect, rows: &Set, universe: usize) {
        let folded =
            |who: &Option<Handle>| who.as_ref().map_or_else(String::new, |who| who.as_str().to_lowercase());
        match effect {
            Effect::Status(change) => self.give(Facet::Status, status_of(*change).0.as_str(), rows, universe),
            Effect::Assignee(who) => self.give(Facet::Agent, &folded(who), rows, universe),
            Effect::Team(who) => self.give(Facet::Team, &folded(who), rows, universe),
            Effect::Priority(priority) => {
                self.give(Facet::Priority, &priority.rank().to_string(), rows, universe);
            }
            Effect::Reply => self.give(Facet::Engagement, Engagement::Engaged.as_str(), rows, universe),
            Effect::TagClear => {
                let over = self.over_mut(Facet::Tag);
                over.given.values_mut().chain(over.taken.values_mut()).for_each(|set| set.minus(rows));
                over.touched.plus(rows, universe);
            }
            Effect::TagAdd(name) => self.switch(Facet::Tag, &name.to_lowercase(), true, rows, universe),
            Effect::TagRemove(name) => self.switch(Facet::Tag, &name.to_lowercase(), false, rows, universe),
            Effect::Follow(on) => {
                let me = self.me.clone();
                self.switch(Facet::Follower, &me, *on, rows, universe);
            }
            Effect::Note | Effect::Block | Effect::Delete | Effect::Unknown(_) => {}
        }
    }

    /// A property of one value gets this one.
    fn give(&mut self, facet: Facet, value: &str, rows: &Set, universe: usize) {
        let over = self.over_mut(facet);
        over.touched.plus(rows, universe);
        over.given.values_mut().for_each(|set| set.minus(rows));
        over.given.entry(value.into()).or_default().plus(rows, universe);
    }

    /// A property of many values gets this one or loses it.
    fn switch(&mut self, facet: Facet, value: &str, on: bool, rows: &Set, universe: usize) {
        let over = self.over_mut(facet);
        let (to, from) =
            if on { (&mut over.given, &mut over.taken) } else { (&mut over.taken, &mut over.given) };
        to.entry(value.into()).or_default().plus(rows, universe);
        if let Some(set) = from.get_mut(value) {
            set.minus(rows);
        }
    }

    fn over_mut(&mut self, facet: Facet) -> &mut Over {
        self.over.entry(name(facet)).or_default()
    }

    /// Whether a property is seen differently from the cache anywhere.
    pub(crate) fn changes(&self, facet: Facet) -> bool {
        self.over.contains_key(name(facet)) || (facet == Facet::Follower && !self.followed.is_empty())
    }

    /// Whether any tags are.
    pub(crate) fn has_tags(&self) -> bool {
        self.changes(Facet::Tag)
    }

    /// The rows that are seen with a value.
    pub(crate) fn seen(&self, facets: &Facets, facet: Facet, value: &str) -> Set {
        let mut seen = facets.values(facet).get(value).cloned().unwrap_or_default();
        if let Some(over) = self.over.get(name(facet)) {
            seen.minus(&over.touched);
            if let Some(taken) = over.taken.get(value) {
                seen.minus(taken);
            }
            if let Some(given) = over.given.get(value) {
                seen.plus(given, facets.universe());
            }
        }
        if facet == Facet::Follower && value == &*self.me && !value.is_empty() {
            seen.plus(&self.followed, facets.universe());
        }
        seen
    }

    /// The rows that are seen without any tag.
    pub(crate) fn untagged(&self, facets: &Facets) -> Set {
        self.untagged
            .get_or_init(|| {
                let Some(over) = self.over.get(name(Facet::Tag)) else { return facets.untagged.clone() };
                // Only where something lies over the tags can it be otherwise than cached.
                let mut bare = over.touched.clone();
                over.given
                    .values()
                    .chain(over.taken.values())
                    .for_each(|set| bare.plus(set, facets.universe()));
                let mut untagged = facets.untagged.clone();
                untagged.minus(&bare);
                for given in over.given.values() {
                    bare.minus(given);
                }
                for (tag, cached) in facets.values(Facet::Tag) {
                    let mut tagged = bare.clone();
                    tagged.keep(cached);
                    tagged.minus(&over.touched);
                    if let Some(taken) = over.taken.get(tag) {
                        tagged.minus(taken);
                    }
                    bare.minus(&tagged);
                }
                untagged.plus(&bare, facets.universe());
                untagged
            })
            .clone()
    }

    /// Up to when conversations were read, by row.
    pub(crate) fn reads(&self) -> &[(u32, i64)] {
        &self.reads
    }
}

fn name(facet: Facet) -> &'static str {
    match facet {
        Facet::Status => "status",
        Facet::Channel => "channel",
        Facet::Engagement => "engagement",
        Facet::Agent => "agent",
        Facet::Team => "team",
        Facet::Priority => "priority",
        Facet::Tag => "tag",
        Facet::Follower => "follower",
        Facet::Mention => "mention",
    }
}

/// Whom a job is about, as rows.
fn members(facets: &Facets, layer: &Layer, known: Option<&Members>) -> Members {
    let (end, losses) = (facets.ids.end(), facets.losses);
    let of = Arc::clone(layer.audience());
    if let Some(known) = known.filter(|known| known.losses == losses) {
        let mut rows = Arc::clone(&known.rows);
        // Rows that came since may be about somebody in the job; mostly they are not.
        for row in known.end..end {
            if let Some(no) = layer.number(facets.id(row))
                && let Some(place) = Arc::make_mut(&mut rows).get_mut(no as usize)
            {
                *place = row;
            }
        }
        return Members { of, rows, end, losses };
    }
    let has_doubles = of.has_doubles();
    let mut rows = vec![0; layer.size()];
    for (no, id) in layer.members() {
        // The first item about a conversation is the one that counts.
        if let Some(row) = facets.row(id)
            && (!has_doubles || layer.number(id) == Some(no))
            && let Some(place) = rows.get_mut(no as usize)
        {
            *place = row;
        }
    }
    Members { of, rows: Arc::new(rows), end, losses }
}
