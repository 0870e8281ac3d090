//! Faults on demand: how a help desk can fail between a request and its answer. What is drawn follows from the seed.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::rng::Rng;

const NAMES: &str = "latency=MS, lose_answer=P, status_429=P, status_500=P, status_500_after=P, cut=P, no_idempotency, refuse_batch";

/// Which faults, and how often: `latency=50,lose_answer=0.1`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultSpec {
    latency: Duration,
    lose_answer: f64,
    status_429: f64,
    status_500: f64,
    status_500_after: f64,
    cut: f64,
    no_idempotency: bool,
    refuse_batch: bool,
}

/// A fault that there is none of, or a value that it does not take.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFault {
    /// No such fault.
    #[error("there is no fault “{0}”. The faults are: {NAMES}")]
    Name(String),
    /// The value does not fit.
    #[error(
        "“{value}” is no value for {name}. The faults are: {NAMES}, with MS in milliseconds and P from 0 to 1"
    )]
    Value {
        /// Of which fault.
        name: String,
        /// As given.
        value: String,
    },
}

impl FromStr for FaultSpec {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut spec = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) =
                part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
            let wrong =
                || UnknownFault::Value { name: name.to_owned(), value: value.unwrap_or_default().to_owned() };
            let chance = || {
                let chance: f64 = value.and_then(|value| value.parse().ok()).ok_or_else(wrong)?;
                if (0.0..=1.0).contains(&chance) { Ok(chance) } else { Err(wrong()) }
            };
            match name {
                "latency" => {
                    spec.latency =
                        Duration::from_millis(value.and_then(|value| value.parse().ok()).ok_or_else(wrong)?);
                }
                "lose_answer" => spec.lose_answer = chance()?,
                "status_429" => spec.status_429 = chance()?,
                "status_500" => spec.status_500 = chance()?,
                "status_500_after" => spec.status_500_after = chance()?,
                "cut" => spec.cut = chance()?,
                "no_idempotency" if value.is_none() => spec.no_idempotency = true,
                "refuse_batch" if value.is_none() => spec.refuse_batch = true,
                "no_idempotency" | "refuse_batch" => return Err(wrong()),
                _ => return Err(UnknownFault::Name(name.to_owned())),
            }
        }
        Ok(spec)
    }
}

/// What happens to one call before its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    SlowDown,
    Fail,
}

/// What happens to one call after its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Lose,
    Fail,
    Cut,
}

/// The faults of a running desk.
#[derive(Debug)]
pub(crate) struct Faults {
    spec: Mutex<FaultSpec>,
    rng: Mutex<Rng>,
    /// Conversations that are busy, and for how many more writes.
    busy: Mutex<HashMap<String, u32>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Faults {
    pub(crate) fn new(spec: FaultSpec, seed: u64) -> Self {
        Self { spec: Mutex::new(spec), rng: Mutex::new(Rng::new(seed ^ 0xFA17)), busy: Mutex::default() }
    }

    /// From now on these, instead of those before.
    pub(crate) fn replace(&self, spec: FaultSpec) {
        *lock(&self.spec) = spec;
    }

    /// Refuses the next writes to these conversations, so many each.
    pub(crate) fn make_busy(&self, ids: Vec<String>, times: u32) {
        lock(&self.busy).extend(ids.into_iter().map(|id| (id, times)));
    }

    /// Which of these are busy; each is so once less.
    pub(crate) fn take_busy<'a>(&self, ids: impl Iterator<Item = &'a str>) -> HashSet<String> {
        let mut busy = lock(&self.busy);
        let found = ids.filter(|id| {
            busy.get_mut(*id).is_some_and(|left| std::mem::replace(left, left.saturating_sub(1)) > 0)
        });
        found.map(str::to_owned).collect()
    }

    pub(crate) fn latency(&self) -> Duration {
        lock(&self.spec).latency
    }

    pub(crate) fn takes_references(&self) -> bool {
        !lock(&self.spec).no_idempotency
    }

    /// Whether one item that cannot be applied refuses the whole call.
    pub(crate) fn refuses_batches(&self) -> bool {
        lock(&self.spec).refuse_batch
    }

    /// What this call meets.
    pub(crate) fn draw(&self) -> (Option<Before>, Option<After>) {
        let mut rng = lock(&self.rng);
        let spec = lock(&self.spec);
        let before = if rng.chance(spec.status_429) {
            Some(Before::SlowDown)
        } else {
            rng.chance(spec.status_500).then_some(Before::Fail)
        };
        let after = if rng.chance(spec.lose_answer) {
            Some(After::Lose)
        } else if rng.chance(spec.status_500_after) {
            Some(After::Fail)
        } else {
            rng.chance(spec.cut).then_some(After::Cut)
        };
        (before, after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_spec() {
        let spec: FaultSpec = "latency=50, lose_answer=0.25,no_idempotency".parse().unwrap();
        assert_eq!(spec.latency, Duration::from_millis(50));
        assert!(spec.no_idempotency && spec.lose_answer == 0.25 && spec.cut == 0.0);
        assert_eq!("".parse(), Ok(FaultSpec::default()));
    }

    #[test]
    fn an_unknown_name_lists_the_names() {
        let said = "flood=1".parse::<FaultSpec>().unwrap_err().to_string();
        assert!(said.contains("flood") && said.contains("status_500_after"), "{said}");
        for wrong in ["cut", "cut=2", "latency=soon", "no_idempotency=1"] {
            assert!(matches!(wrong.parse::<FaultSpec>(), Err(UnknownFault::Value { .. })), "{wrong}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let draws = |seed| {
            let faults = Faults::new("lose_answer=0.5,status_429=0.3".parse().unwrap(), seed);
            (0..50).map(|_| faults.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draws(3), draws(3));
        assert_ne!(draws(3), draws(4));
    }
}
