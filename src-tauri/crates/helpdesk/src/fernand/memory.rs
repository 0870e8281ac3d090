//! What the connection remembers while it lives: who is who, what lists last said, and which of our own writes no list
//! has shown yet. All of it can be asked again; nothing of it is precious.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use muster_model::Channel;

use super::wire;
use crate::Now;

/// The memory, shared by the calls of one connection.
#[derive(Debug)]
pub(super) struct Memory {
    now: Now,
    known: Mutex<Known>,
}

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) me: Option<i64>,
    pub(super) agents: HashMap<i64, wire::Agent>,
    pub(super) tags: HashMap<i64, wire::Tag>,
    pub(super) contacts: HashMap<i64, wire::Contact>,
    /// Learned from threads: lists give a number, threads a word.
    pub(super) channels: HashMap<i64, Channel>,
    /// Conversations as a list or an answer last showed them.
    pub(super) rows: HashMap<i64, wire::Conversation>,
    /// When we last wrote to a customer from here.
    pub(super) sent: HashMap<i64, Timestamp>,
    /// Our references, by the number of the message: Fernand need not give them back.
    pub(super) references: HashMap<String, String>,
    /// Changed by us, with the stamp of the receipt; the next page of changes says so.
    pub(super) fresh: BTreeMap<i64, i64>,
    /// Threads as they were last read: a fingerprint, and the stamp that it got.
    threads: HashMap<i64, (u64, i64)>,
    pub(super) sweep: Sweep,
    stamp: i64,
}

/// The slow walk through everything, for what moves no list: a status set by a colleague.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// Which part of it.
    pub(super) part: usize,
    pub(super) cursor: Option<String>,
    /// What this round saw, and whether it began at the beginning.
    pub(super) seen: BTreeSet<i64>,
    /// Seen before, not in a whole round: asked for one by one.
    pub(super) missing: Vec<i64>,
    /// Calls for changes so far.
    pub(super) calls: u64,
}

impl Memory {
    pub(super) fn new(now: Now) -> Self {
        Self { now, known: Mutex::default() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now.instant()
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stamp that no state had yet: Fernand counts nothing, so it is the instant at which we learned of it.
    pub(super) fn stamp(&self) -> i64 {
        let now = self.now().as_millisecond();
        let mut known = self.known();
        known.stamp = now.max(known.stamp + 1);
        known.stamp
    }

    /// Stamps of an earlier process were this high: a clock that was set back must not make news look old.
    pub(super) fn begin_above(&self, stamp: i64) {
        let mut known = self.known();
        known.stamp = known.stamp.max(stamp);
    }

    /// The stamp of a thread: a new one if it is not as it was.
    pub(super) fn thread_stamp(&self, id: i64, fingerprint: u64) -> i64 {
        if let Some((known, stamp)) = self.known().threads.get(&id)
            && *known == fingerprint
        {
            return *stamp;
        }
        let stamp = self.stamp();
        self.known().threads.insert(id, (fingerprint, stamp));
        stamp
    }
}

impl Known {
    /// The highest stamp that was given out.
    pub(super) fn highest(&self) -> i64 {
        self.stamp
    }

    /// Keeps a row; says whether it is news.
    pub(super) fn keep_row(&mut self, row: &wire::Conversation) -> bool {
        if self.rows.get(&row.id) == Some(row) {
            return false;
        }
        self.rows.insert(row.id, row.clone());
        true
    }

    /// Whether a tag or an agent is named that was never heard of: the directory is older than this.
    pub(super) fn is_strange(&self, row: &wire::Conversation) -> bool {
        row.tags.iter().any(|tag| !self.tags.contains_key(tag))
            || row.agent_id.is_some_and(|agent| !self.agents.contains_key(&agent))
    }
}
