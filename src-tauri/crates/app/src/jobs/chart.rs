//! The bars of a job's chart: outcomes over time, and what is planned.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_model::EffectState;

use crate::wire::JobSlot;
use crate::words::{count, rfc3339};

/// Bars at most.
const BARS: i64 = 24;
/// How long a bar may be, in seconds.
const LENGTHS: [i64; 16] =
    [1, 2, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400];

/// Bars of one length, without gaps between them.
#[derive(Debug, PartialEq)]
pub(super) struct Chart {
    pub slots: Vec<JobSlot>,
    pub slot_seconds: u32,
}

/// The bars of these outcomes and of what is planned.
pub(super) fn chart(outcomes: &[(Timestamp, EffectState)], planned: &[(Timestamp, u64)]) -> Chart {
    let shown = |state: &EffectState| {
        matches!(state, EffectState::Applied | EffectState::Rejected | EffectState::Unknown)
    };
    let outcomes: Vec<&(Timestamp, EffectState)> =
        outcomes.iter().filter(|(_, state)| shown(state)).collect();
    let seconds = || {
        let done = outcomes.iter().map(|(at, _)| at.as_second());
        done.chain(planned.iter().map(|(at, _)| at.as_second()))
    };
    let (Some(first), Some(last)) = (seconds().min(), seconds().max()) else {
        return Chart { slots: Vec::new(), slot_seconds: 0 };
    };
    let length = LENGTHS
        .into_iter()
        .find(|length| (last - first) / length < BARS)
        // Longer than 24 days: whole days, as many as it takes for 24 bars.
        .unwrap_or_else(|| ((last - first) / BARS / 86_400 + 1) * 86_400);
    let slot_of = |second: i64| second.div_euclid(length);
    let mut slots: BTreeMap<i64, JobSlot> = (slot_of(first)..=slot_of(last))
        .map(|slot| (slot, empty(Timestamp::from_second(slot * length).unwrap_or_default())))
        .collect();
    for (at, state) in outcomes {
        let Some(slot) = slots.get_mut(&slot_of(at.as_second())) else { continue };
        match state {
            EffectState::Applied => slot.applied += 1,
            EffectState::Rejected => slot.rejected += 1,
            _ => slot.unknown += 1,
        }
    }
    for (at, n) in planned {
        let Some(slot) = slots.get_mut(&slot_of(at.as_second())) else { continue };
        slot.planned = slot.planned.saturating_add(count(*n));
    }
    Chart { slots: slots.into_values().collect(), slot_seconds: count(length) }
}

fn empty(at: Timestamp) -> JobSlot {
    JobSlot { at: rfc3339(at), applied: 0, rejected: 0, unknown: 0, planned: 0 }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[rstest]
    #[case::one_moment(&[100], &[], 1, 1)]
    #[case::two_minutes(&[100, 220], &[], 10, 13)]
    #[case::planned_counts(&[100], &[7300], 600, 13)]
    #[case::forty_days(&[0, 40 * 86_400], &[], 2 * 86_400, 21)]
    fn bars_are_few_and_without_gaps(
        #[case] done: &[i64],
        #[case] planned: &[i64],
        #[case] length: u32,
        #[case] bars: usize,
    ) {
        let done: Vec<_> = done.iter().map(|second| (at(*second), EffectState::Applied)).collect();
        let planned: Vec<_> = planned.iter().map(|second| (at(*second), 5)).collect();
        let chart = chart(&done, &planned);
        assert_eq!((chart.slot_seconds, chart.slots.len()), (length, bars));
        let sum: u32 = chart.slots.iter().map(|slot| slot.applied + slot.planned).sum();
        assert_eq!(sum as usize, done.len() + 5 * planned.len());
    }

    #[test]
    fn an_outcome_stands_in_its_bar_and_what_is_held_in_none() {
        let outcomes = [
            (at(60), EffectState::Applied),
            (at(60), EffectState::Rejected),
            (at(61), EffectState::Unknown),
            (at(99), EffectState::Held),
        ];
        let chart = chart(&outcomes, &[(at(62), 3)]);
        let figures: Vec<(u32, u32, u32, u32)> = chart
            .slots
            .iter()
            .map(|slot| (slot.applied, slot.rejected, slot.unknown, slot.planned))
            .collect();
        assert_eq!(figures, [(1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 3)]);
        assert_eq!(chart.slots[0].at, "1970-01-01T00:01:00Z");
    }

    #[test]
    fn nothing_yet_is_no_bar() {
        assert_eq!(chart(&[], &[]), Chart { slots: vec![], slot_seconds: 0 });
    }
}
