//! The pace of an account: how many calls the help desk takes, and whose turn it is.
//!
//! A token bucket per account, set anew by every answer that says how many calls are left and until when; it survives a
//! restart in the journal. What somebody waits for may use the last call; everything else leaves a part of the budget
//! untouched, the less urgent the more: interactive before guard before sync before batches before fetching ahead. That
//! is a budget and not a queue, so nobody who waits holds up anybody more urgent. Without a limit nothing waits.
//!
//! `governor` was looked at: its quota is fixed when a limiter is made and its state is one opaque number, so that
//! neither "12 left until 14:31", nor shares, nor a restart can be told to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::{Capabilities, Rate};
use muster_store::{Journal, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::Clock;
use crate::blocking::blocking;

mod bucket;
mod desk;
#[cfg(test)]
mod tests;

use bucket::Bucket;
pub(crate) use desk::PacedDesk;

/// The longest sleep between two looks: the clock may be set, and a test's clock only moves when it is told.
const LOOK: Duration = Duration::from_millis(500);
/// So long after its last call the journal counts as being worked.
const WORKING: SignedDuration = SignedDuration::from_secs(60);
/// How often the state is written at most; a budget that is nearly untouched is not worth a write.
const KEEP_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// What a call is for. The order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Somebody waits for it: a thread that is opened, a click, one reply.
    Interactive,
    /// Looking once more before something leaves, or for what became of it.
    Guard,
    /// What changed.
    Sync,
    /// A write of a large job.
    Batch,
    /// Threads that somebody may open later.
    Prefetch,
}

impl Use {
    /// The share of the budget, in percent, that is left to what is more urgent. Fetching ahead leaves more while the
    /// journal is worked, because the guard reads before each reply.
    const fn leaves(self, is_working: bool) -> u32 {
        match self {
            Self::Interactive => 0,
            Self::Guard => 5,
            Self::Sync => 10,
            Self::Batch => 20,
            Self::Prefetch if is_working => 80,
            Self::Prefetch => 50,
        }
    }
}

/// What a call does: some help desks count writes apart from reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

/// The pace of one account, shared by everything that calls its help desk.
pub(crate) struct Pace {
    clock: Arc<dyn Clock>,
    journal: Journal,
    state: Mutex<State>,
    /// The budget is another one now.
    news: Notify,
    #[cfg(test)]
    dozes: Notify,
}

#[derive(Default)]
struct State {
    budget: Budget,
    /// Reads and writes that are under way: the next answer does not count them yet.
    under_way: [u32; 2],
    /// What was said last, so that saying nothing new does not fill the bucket again: of reads or all calls, of writes.
    said: [Option<Rate>; 2],
    kept: Option<Timestamp>,
    /// When the worker last had a turn.
    worked: Option<Timestamp>,
}

/// What survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Budget {
    /// Calls; none while the help desk never spoke of a limit.
    calls: Option<Bucket>,
    /// Writes, where they are counted by themselves.
    writes: Option<Bucket>,
    /// Replies, where they are counted by themselves.
    replies: Option<Bucket>,
}

/// A call that is under way.
pub(crate) struct Call<'a>(&'a Pace, Kind);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        let under_way = &mut state.under_way[self.1 as usize];
        *under_way = under_way.saturating_sub(1);
    }
}

impl Pace {
    /// Goes on where the last process stopped. What cannot be read is forgotten: the next answer says it again.
    pub(crate) fn load(clock: Arc<dyn Clock>, journal: Journal) -> Result<Self, StoreError> {
        let kept = journal.rate_state()?;
        let budget = kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let state = State { budget, ..State::default() };
        Ok(Self {
            clock,
            journal,
            state: Mutex::new(state),
            news: Notify::new(),
            #[cfg(test)]
            dozes: Notify::new(),
        })
    }

    /// Takes note of what the help desk says about itself: the limits that hold until an answer knows better.
    pub(crate) fn learn(&self, can: &Capabilities) {
        let now = self.clock.now();
        let mut state = self.state();
        if let (None, Some(limit)) = (&state.budget.calls, can.reads_per_minute) {
            state.budget.calls = Some(Bucket::full(limit, now));
        }
        match can.writes_per_minute {
            None => state.budget.writes = None,
            Some(limit) if state.budget.writes.as_ref().is_none_or(|bucket| bucket.limit != limit) => {
                state.budget.writes = Some(Bucket::full(limit, now));
            }
            Some(_) => {}
        }
        match can.replies_per_minute {
            None => state.budget.replies = None,
            Some(limit) if state.budget.replies.as_ref().is_none_or(|bucket| bucket.limit != limit) => {
                state.budget.replies = Some(Bucket::full(limit, now));
            }
            Some(_) => {}
        }
    }

    /// Takes note of what an answer said, and of what it said of writes where they are counted apart.
    pub(crate) fn note(&self, rate: Option<Rate>, writes: Option<Rate>) {
        let now = self.clock.now();
        let mut state = self.state();
        let State { budget, under_way: [reading, writing], said, .. } = &mut *state;
        // Where nothing is said of writes, what is said counts them all.
        let all = *reading + if budget.writes.is_some() { 0 } else { *writing };
        let [said_of_calls, said_of_writes] = said;
        let mut is_news = false;
        for (said, rate, bucket, under_way) in [
            (said_of_calls, rate, &mut budget.calls, all),
            (said_of_writes, writes, &mut budget.writes, *writing),
        ] {
            if let Some(rate) = rate.filter(|rate| *said != Some(*rate)) {
                *said = Some(rate);
                *bucket = Some(Bucket::told(&rate, under_way, now));
                is_news = true;
            }
        }
        drop(state);
        if is_news {
            self.news.notify_waiters();
        }
    }

    /// Waits until it is this one's turn for a call. Whoever stops waiting took nothing.
    pub(crate) async fn turn(&self, of: Use, kind: Kind) -> Call<'_> {
        loop {
            let news = self.news.notified();
            let wait = match self.take(of, kind, 0) {
                Ok(call) => return call,
                Err(wait) => wait,
            };
            tokio::select! {
                () = news => {}
                () = tokio::time::sleep(wait.min(LOOK)) => {}
            }
        }
    }

    /// Takes a call, and so many replies in it, now. `Err`: how long until it is this one's turn.
    pub(crate) fn take(&self, of: Use, kind: Kind, replies: u64) -> Result<Call<'_>, Duration> {
        let now = self.clock.now();
        let mut state = self.state();
        let is_working = state.is_working(now);
        let (reads, writes) = if kind == Kind::Read { (1, 0) } else { (0, 1) };
        if let Some(wait) = state.budget.wait(of.leaves(is_working), reads, writes, replies, now) {
            return Err(wait);
        }
        if let Some(bucket) = state.budget.of(kind) {
            bucket.take(1);
        }
        if let Some(bucket) = &mut state.budget.replies {
            bucket.take(replies);
        }
        state.under_way[kind as usize] += 1;
        Ok(Call(self, kind))
    }

    /// How long until there are so many reads, writes and replies for this use; none: now. Takes nothing.
    pub(crate) fn wait(&self, of: Use, reads: u64, writes: u64, replies: u64) -> Option<Duration> {
        let now = self.clock.now();
        let mut state = self.state();
        let leaves = of.leaves(state.is_working(now));
        state.budget.wait(leaves, reads, writes, replies, now)
    }

    /// The worker has something to send: what nobody waits for stands back.
    pub(crate) fn works(&self) {
        let now = self.clock.now();
        self.state().worked = Some(now);
    }

    /// Sleeps a moment of a wait: until its end, until the budget changes, or until it is time to look again.
    pub(crate) async fn doze(&self, wait: Duration) {
        #[cfg(test)]
        self.dozes.notify_one();
        tokio::select! {
            () = self.news.notified() => {}
            () = tokio::time::sleep(wait.min(LOOK)) => {}
        }
    }

    /// Until somebody dozes: nothing more happens before a test moves the clock.
    #[cfg(test)]
    pub(crate) async fn dozes(&self) {
        self.dozes.notified().await;
    }

    /// A test moved the clock: whoever waits looks again.
    #[cfg(test)]
    pub(crate) fn nudge(&self) {
        self.news.notify_waiters();
    }

    /// Writes the state into the journal, where there is something to remember.
    pub(crate) async fn keep(&self) {
        let now = self.clock.now();
        let json = {
            let mut state = self.state();
            let rested = state.kept.is_none_or(|at| now.duration_since(at).abs() >= KEEP_EVERY);
            let buckets = [&state.budget.calls, &state.budget.writes, &state.budget.replies];
            if !rested || !buckets.into_iter().flatten().any(Bucket::is_half_used) {
                return;
            }
            state.kept = Some(now);
            serde_json::to_string(&state.budget)
        };
        let (journal, Ok(json)) = (self.journal.clone(), json) else { return };
        if let Err(err) = blocking(move || journal.set_rate_state(&json)).await {
            tracing::warn!(error = %err, "the pace could not be kept");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_working(&self, now: Timestamp) -> bool {
        self.worked.is_some_and(|at| now.duration_since(at).abs() < WORKING)
    }
}

impl Budget {
    /// What calls of this kind are taken from.
    fn of(&mut self, kind: Kind) -> Option<&mut Bucket> {
        match kind {
            Kind::Write if self.writes.is_some() => self.writes.as_mut(),
            Kind::Read | Kind::Write => self.calls.as_mut(),
        }
    }

    fn wait(
        &mut self,
        leaves: u32,
        reads: u64,
        writes: u64,
        replies: u64,
        now: Timestamp,
    ) -> Option<Duration> {
        let (calls, apart) = if self.writes.is_some() { (reads, writes) } else { (reads + writes, 0) };
        let wait = |bucket: &mut Option<Bucket>, n: u64| match bucket {
            Some(bucket) if n > 0 => bucket.wait(n, leaves, now),
            _ => None,
        };
        let (calls, writes) = (wait(&mut self.calls, calls), wait(&mut self.writes, apart));
        calls.max(writes).max(wait(&mut self.replies, replies))
    }
}
