//! Faults on demand: how a help desk can fail between a request and its answer. What is drawn follows from the seed.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::rng::Rng;

const NAMES: &str =
    "latency=MS, lose_answer=P, status_429=P, status_500=P, status_500_after=P, cut=P, no_idempotency";

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
                "no_idempotency" => return Err(wrong()),
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
    spec: FaultSpec,
    rng: Mutex<Rng>,
}

impl Faults {
    pub(crate) fn new(spec: FaultSpec, seed: u64) -> Self {
        Self { spec, rng: Mutex::new(Rng::new(seed ^ 0xFA17)) }
    }

    pub(crate) fn latency(&self) -> Duration {
        self.spec.latency
    }

    pub(crate) fn takes_references(&self) -> bool {
        !self.spec.no_idempotency
    }

    /// What this call meets.
    pub(crate) fn draw(&self) -> (Option<Before>, Option<After>) {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let spec = &self.spec;
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
