//! A layer: one job as it lies over the cache.
//!
//! It holds the job's packed audience and its effects once, and for each conversation only what differs from them: the
//! items that were claimed, in blocks that a newer version of the layer shares with the older one. Nothing is laid over
//! a conversation before somebody looks at it.

use std::sync::Arc;

use jiff::Timestamp;
use muster_model::{Effect, puts_away};

use crate::journal::Audience;

/// Items per block: a step of the worker touches a few blocks, whatever the size of the job.
const BLOCK: usize = 64;

/// What the cache holds of a conversation, as far as it decides what lies over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cached {
    /// The stamp of the cached state.
    pub stamp: i64,
    /// The customer's last message, UTC milliseconds; the smallest number = never.
    pub last_inbound: i64,
}

/// How one effect of a claimed item stands, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Pending or on its way.
    Remaining,
    /// At the help desk, in the state with this stamp.
    Applied(i64),
}

/// A claimed item. Effects that do not show are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// Up to when, in UTC milliseconds, a human has seen what was written, and said: send.
    pub seen: Option<i64>,
    /// By place in the item, in order.
    pub effects: Vec<(u32, Stands)>,
}

type Block = [Option<Arc<Claimed>>; BLOCK];

/// One job over the cache.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// The order of confirmation.
    pub seq: i64,
    created: Timestamp,
    effects: Arc<[Effect]>,
    audience: Arc<Audience>,
    /// Whether what is pending shows: not in drafts, later schedules and what was paused by hand.
    pub shows_remaining: bool,
    /// Items from here on that were not claimed are not due: a later batch, or behind the canary.
    pub due_before: u32,
    /// The highest move of an item that this layer knows of.
    pub moved: i64,
    claimed: Vec<Option<Arc<Block>>>,
}

impl Layer {
    /// A job of which nothing was claimed yet.
    pub(crate) fn new(seq: i64, created: Timestamp, effects: Vec<Effect>, audience: Arc<Audience>) -> Self {
        Self {
            seq,
            created,
            effects: effects.into(),
            audience,
            shows_remaining: true,
            due_before: u32::MAX,
            moved: 0,
            claimed: Vec::new(),
        }
    }

    /// Whom it is about.
    pub(crate) fn audience(&self) -> &Arc<Audience> {
        &self.audience
    }

    /// When the job was confirmed.
    pub(crate) fn created(&self) -> Timestamp {
        self.created
    }

    /// Items at most.
    pub(crate) fn size(&self) -> usize {
        self.audience.items.len()
    }

    /// The conversations that take part, with their numbers.
    pub(crate) fn members(&self) -> impl Iterator<Item = (u32, &str)> {
        self.audience.from(0).filter(|(_, item)| item.takes_part).map(|(no, item)| (no, item.id.as_str()))
    }

    /// The number of the item about this conversation.
    pub(crate) fn number(&self, id: &str) -> Option<u32> {
        self.audience.number(id)
    }

    /// Writes down how a claimed item stands.
    pub(crate) fn set_claimed(&mut self, no: u32, claimed: Claimed) {
        let (block, place) = (no as usize / BLOCK, no as usize % BLOCK);
        if self.claimed.len() <= block {
            self.claimed.resize(block + 1, None);
        }
        if let Some(block) = self.claimed.get_mut(block) {
            let items = Arc::make_mut(block.get_or_insert_with(|| Arc::new([const { None }; BLOCK])));
            if let Some(item) = items.get_mut(place) {
                *item = Some(Arc::new(claimed));
            }
        }
    }

    /// Where the items end of which the first `more` that were not claimed are due.
    pub(crate) fn end_of_due(&self, from: u32, more: u64) -> u32 {
        let mut left = more;
        for (no, item) in self.audience.from(from) {
            if left == 0 {
                return no;
            }
            if item.takes_part && self.claimed(no).is_none() {
                left -= 1;
            }
        }
        u32::MAX
    }

    /// Whether an item has effects that the help desk does not have.
    pub(crate) fn is_pending(&self, no: u32) -> bool {
        match self.claimed(no) {
            Some(claimed) => {
                self.shows_remaining && claimed.effects.iter().any(|(_, stands)| *stands == Stands::Remaining)
            }
            None => self.is_due(no) && !self.effects_of(no).is_empty(),
        }
    }

    /// Calls `show` with each effect of an item that shows over what is cached, and `wait` with each that does not leave
    /// because the customer wrote. A reply changes nothing before it was sent.
    pub(crate) fn lay<'a>(
        &'a self,
        no: u32,
        cached: Cached,
        mut show: impl FnMut(&'a Effect),
        mut wait: impl FnMut(&'a Effect),
    ) {
        let seen = self.claimed(no).and_then(|claimed| claimed.seen);
        let known = self.audience.items.get(no as usize).and_then(|item| item.last_inbound).max(seen);
        let customer_wrote = cached.last_inbound > known.unwrap_or(i64::MIN);
        self.visit(no, |effect, stands| match stands {
            Stands::Applied(stamp) => {
                if stamp > cached.stamp {
                    show(effect);
                }
            }
            Stands::Remaining if customer_wrote && (puts_away(effect) || *effect == Effect::Reply) => {
                wait(effect);
            }
            Stands::Remaining if *effect == Effect::Reply => {}
            Stands::Remaining => show(effect),
        });
    }

    /// Calls `found` with each effect of an item that is pending or on its way.
    pub(crate) fn remaining<'a>(&'a self, no: u32, mut found: impl FnMut(&'a Effect)) {
        self.visit(no, |effect, stands| {
            if stands == Stands::Remaining {
                found(effect);
            }
        });
    }

    fn visit<'a>(&'a self, no: u32, mut found: impl FnMut(&'a Effect, Stands)) {
        match self.claimed(no) {
            Some(claimed) => {
                for (ordinal, stands) in &claimed.effects {
                    if (self.shows_remaining || *stands != Stands::Remaining)
                        && let Some(effect) = self.effects_of(no).get(*ordinal as usize)
                    {
                        found(effect, *stands);
                    }
                }
            }
            None if self.is_due(no) => {
                for effect in self.effects_of(no).iter() {
                    found(effect, Stands::Remaining);
                }
            }
            None => {}
        }
    }

    fn is_due(&self, no: u32) -> bool {
        self.shows_remaining && no < self.due_before
    }

    fn claimed(&self, no: u32) -> Option<&Claimed> {
        self.claimed.get(no as usize / BLOCK)?.as_ref()?.get(no as usize % BLOCK)?.as_deref()
    }

    fn effects_of(&self, no: u32) -> Effects<'_> {
        match self.audience.items.get(no as usize).and_then(|item| item.own.as_deref()) {
            Some(own) => Effects::Own(own),
            None => Effects::Common(&self.effects),
        }
    }
}

/// The effects of one item: the job's, or its own.
enum Effects<'a> {
    Common(&'a [Effect]),
    Own(&'a [muster_model::OwnEffect]),
}

impl<'a> Effects<'a> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Common(effects) => effects.is_empty(),
            Self::Own(own) => own.is_empty(),
        }
    }

    fn get(&self, ordinal: usize) -> Option<&'a Effect> {
        match self {
            Self::Common(effects) => effects.get(ordinal),
            Self::Own(own) => own.get(ordinal).map(|own| &own.effect),
        }
    }

    fn iter(&self) -> impl Iterator<Item = &'a Effect> {
        let (common, own) = match self {
            Self::Common(effects) => (*effects, &[][..]),
            Self::Own(own) => (&[][..], *own),
        };
        common.iter().chain(own.iter().map(|own| &own.effect))
    }
}
