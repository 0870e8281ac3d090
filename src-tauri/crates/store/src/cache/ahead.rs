//! A second pair of hands: what can be made of a page without the database is made on another thread while this one writes
//! rows, and by this one where it would otherwise wait.
//!
//! There are three kinds of work: putting words in order, as soon as it is known which text has which number; making one
//! of some runs of the index, where there are many; and packing what came, some conversations at a time. Whoever is free
//! takes the next piece; what cannot be divided comes first. Nobody who helps ever waits for anybody, so that one thread can serve several caches.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::available_parallelism,
};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{
    indexer::Texts,
    packed::Packer,
    ready::{Ready, Source},
    text::{Gathered, Merge},
};
use crate::Result;

/// Fewer than this are made by who writes them.
pub(super) const MANY: usize = 24;
/// So many make a piece of work.
const AT_ONCE: usize = 16;
/// More would only wait for the one that writes.
const MOST_HANDS: usize = 3;

/// The threads that help, kept while this process lives: what zstd works with is theirs, and takes longer to make than to
/// use. None where the system gives no thread.
static HANDS: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let others = available_parallelism().map_or(1, |all| all.get() - 1);
    let pool =
        ThreadPoolBuilder::new().num_threads(others.clamp(1, MOST_HANDS)).thread_name(|_| "ahead".into());
    pool.build().inspect_err(|err| tracing::debug!(error = %err, "nothing is made ahead")).ok()
});

/// The work of one page.
pub(super) struct Ahead<'a> {
    sources: Vec<Source<'a>>,
    packer: Packer,
    /// The first piece of the sources that nobody took.
    next: AtomicUsize,
    /// The texts, once they have numbers, and whether somebody took them.
    texts: OnceLock<Texts<'a>>,
    is_taken: AtomicBool,
    /// Runs to be made one.
    merge: Option<Merge>,
    is_merging: AtomicBool,
}

/// What somebody made.
enum Made {
    Ready(usize, Vec<Ready>),
    Runs(Vec<Gathered>),
    Merged(Gathered),
    /// One who helped went away, done or not.
    Left,
}

/// Says so, however its owner ends.
struct Helper(Sender<Made>);

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.0.send(Made::Left);
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

impl<'a> Ahead<'a> {
    /// These are to be packed, and those runs to be made one.
    pub(super) fn of(sources: Vec<Source<'a>>, packer: Packer, merge: Option<Merge>) -> Self {
        Self {
            sources,
            packer,
            next: AtomicUsize::new(0),
            texts: OnceLock::new(),
            is_taken: AtomicBool::new(false),
            merge,
            is_merging: AtomicBool::new(false),
        }
    }

    /// Runs `work`, which takes in turn what is made meanwhile.
    pub(super) fn with_help<T>(&self, work: impl FnOnce(&mut Desk<'_, 'a>) -> Result<T>) -> Result<T> {
        self.with(&|helper| self.help(helper), work)
    }

    fn with<T>(
        &self,
        help: &(dyn Fn(&Helper) + Sync),
        work: impl FnOnce(&mut Desk<'_, 'a>) -> Result<T>,
    ) -> Result<T> {
        let (send, made) = channel();
        let mut desk = Desk {
            ahead: self,
            made,
            ready: self.sources.iter().map(|_| None).collect(),
            runs: None,
            merged: None,
            helping: 0,
            call: None,
        };
        let Some(hands) = HANDS.as_ref().filter(|_| self.sources.len() >= MANY) else {
            return work(&mut desk);
        };
        hands.in_place_scope(|scope| {
            let call = || {
                let helper = Helper(send.clone());
                scope.spawn(move |_| {
                    // Whatever it is, whoever writes meets it again and says it.
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| help(&helper))) {
                        tracing::error!(panic = said(&*panic), "what is made ahead cannot be made");
                    }
                });
            };
            let mut desk = Desk { call: Some(&call), ..desk };
            (0..hands.current_num_threads()).for_each(|_| desk.call());
            work(&mut desk)
        })
    }

    fn help(&self, helper: &Helper) {
        loop {
            let made = if let Some(texts) = self.take_texts() {
                Made::Runs(texts.runs())
            } else if let Some(merge) = self.take_merge() {
                let Ok(merged) = merge.gathered() else { return };
                Made::Merged(merged)
            } else if let Some(piece) = self.take_piece() {
                let Ok(ready) = self.make(piece) else { return };
                Made::Ready(piece, ready)
            } else {
                return;
            };
            if helper.0.send(made).is_err() {
                return;
            }
        }
    }

    fn take_texts(&self) -> Option<&Texts<'a>> {
        self.texts.get().filter(|_| !self.is_taken.swap(true, Ordering::Relaxed))
    }

    fn take_merge(&self) -> Option<&Merge> {
        self.merge.as_ref().filter(|_| !self.is_merging.swap(true, Ordering::Relaxed))
    }

    /// The place of the first of some sources that nobody makes yet.
    fn take_piece(&self) -> Option<usize> {
        let piece = self.next.fetch_add(AT_ONCE, Ordering::Relaxed);
        (piece < self.sources.len()).then_some(piece)
    }

    fn make(&self, piece: usize) -> Result<Vec<Ready>> {
        self.sources
            .iter()
            .skip(piece)
            .take(AT_ONCE)
            .map(|source| Ready::of_source(&self.packer, *source))
            .collect()
    }
}

/// Where what is made is put down until it is written.
pub(super) struct Desk<'s, 'a> {
    ahead: &'s Ahead<'a>,
    made: Receiver<Made>,
    ready: Vec<Option<Ready>>,
    runs: Option<Vec<Gathered>>,
    merged: Option<Gathered>,
    /// Those who may still put something down.
    helping: usize,
    call: Option<&'s dyn Fn()>,
}

impl<'a> Desk<'_, 'a> {
    fn call(&mut self) {
        if let Some(call) = self.call {
            self.helping += 1;
            call();
        }
    }

    /// What is made of a source, by its place among all. Each is asked for once.
    pub(super) fn ready(&mut self, place: usize, source: Source<'_>) -> Result<Ready> {
        loop {
            while let Ok(made) = self.made.try_recv() {
                self.put_down(made);
            }
            if let Some(ready) = self.ready.get_mut(place).and_then(Option::take) {
                return Ok(ready);
            }
            // Rather than wait, the next piece; it may be the very one.
            if let Some(piece) = self.ahead.take_piece() {
                let ready = self.ahead.make(piece)?;
                self.put_down(Made::Ready(piece, ready));
            } else if !self.wait() {
                // Whoever took it left it behind.
                return Ready::of_source(&self.ahead.packer, source);
            }
        }
    }

    /// Says which texts there are, so that somebody can begin with their words.
    pub(super) fn begin_runs(&mut self, texts: Texts<'a>) {
        if self.ahead.texts.set(texts).is_ok() {
            // Who was here may have run out of work.
            self.call();
        }
    }

    /// The runs of those texts.
    pub(super) fn runs(&mut self) -> Vec<Gathered> {
        if let Some(texts) = self.ahead.take_texts() {
            return texts.runs();
        }
        loop {
            if let Some(runs) = self.runs.take() {
                return runs;
            }
            if !self.wait() {
                return self.ahead.texts.get().map(Texts::runs).unwrap_or_default();
            }
        }
    }

    /// The runs that are to be made one, and what they make.
    pub(super) fn merged(&mut self) -> Result<Option<(&Merge, Gathered)>> {
        let Some(merge) = &self.ahead.merge else { return Ok(None) };
        while self.merged.is_none() && self.ahead.is_merging.load(Ordering::Relaxed) && self.wait() {}
        // Nobody has begun with it, or whoever has left it behind.
        let merged = self.merged.take().map_or_else(|| merge.gathered(), Ok)?;
        Ok(Some((merge, merged)))
    }

    /// Waits until somebody has put something down; `false` if nobody is left who could.
    fn wait(&mut self) -> bool {
        if self.helping == 0 {
            return false;
        }
        match self.made.recv() {
            Ok(made) => {
                self.put_down(made);
                true
            }
            Err(_) => false,
        }
    }

    fn put_down(&mut self, made: Made) {
        match made {
            Made::Ready(piece, ready) => {
                for (place, ready) in self.ready.iter_mut().skip(piece).zip(ready) {
                    *place = Some(ready);
                }
            }
            Made::Runs(runs) => self.runs = Some(runs),
            Made::Merged(merged) => self.merged = Some(merged),
            Made::Left => self.helping = self.helping.saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests;
