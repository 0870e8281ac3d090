//! Whatever happens in whatever order: the figures add up, agree with the items, and final states stay.

use std::collections::HashMap;

use muster_model::Counts;
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Claim(usize, bool),
    Record(usize, EffectState),
    Settle(usize, EffectState),
    PutBack(usize),
    Repeat(usize),
    Recover,
    Cancel,
    Finish,
}

fn a_step() -> impl Strategy<Value = Step> {
    let state = || {
        select(vec![
            EffectState::Applied,
            EffectState::Applied,
            EffectState::Rejected,
            EffectState::Skipped,
            EffectState::Unknown,
            EffectState::Held,
            EffectState::Sending,
        ])
    };
    prop_oneof![
        6 => (1usize..4, any::<bool>()).prop_map(|(limit, rides)| Step::Claim(limit, rides)),
        8 => (0usize..12, state()).prop_map(|(which, state)| Step::Record(which, state)),
        3 => (0usize..12, state()).prop_map(|(which, state)| Step::Settle(which, state)),
        2 => (0usize..12).prop_map(Step::PutBack),
        1 => (0usize..12).prop_map(Step::Repeat),
        1 => Just(Step::Recover),
        1 => Just(Step::Finish),
        1 => prop::bool::weighted(0.1).prop_map(|cancel| if cancel { Step::Cancel } else { Step::Finish }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn figures_add_up(takes_part in vec(any::<bool>(), 1..7), steps in vec(a_step(), 0..30), with_reply in any::<bool>()) {
        let (_folder, journal) = open();
        let ids: Vec<String> = (0..takes_part.len()).map(|n| format!("c{n}")).collect();
        let mut all = audience(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        for (item, takes_part) in all.iter_mut().zip(takes_part) {
            item.takes_part = takes_part;
        }
        let change = Change { add_tags: vec!["x".into()], ..done() };
        let action = if with_reply { reply(change) } else { Action::Change { change } };
        let job = confirm(&journal, action, all.clone());
        let mut rows: Vec<i64> = Vec::new();
        let mut finals: HashMap<i64, EffectState> = HashMap::new();
        for step in steps {
            let row = |which: usize| rows.get(which % rows.len().max(1)).copied().unwrap_or(999);
            match step {
                Step::Claim(limit, rides) => {
                    let claimed = journal.claim(job, limit, rides, at(200), &nobody).unwrap();
                    prop_assert!(claimed.len() <= limit);
                    for effect in claimed.iter().flat_map(|item| &item.effects) {
                        prop_assert!(!finals.contains_key(&effect.row), "a final effect was claimed");
                        if !rows.contains(&effect.row) { rows.push(effect.row) }
                    }
                }
                Step::Record(which, state) => { let _ = journal.record(&[outcome(row(which), state)]).unwrap(); }
                Step::Settle(which, state) => { let _ = journal.settle_unknown(&[outcome(row(which), state)]).unwrap(); }
                Step::PutBack(which) => { let _ = journal.put_back(&[row(which)], at(300)).unwrap(); }
                Step::Repeat(which) => { let _ = journal.repeat_unknown(&[row(which)], at(300)).unwrap(); }
                Step::Recover => { journal.recover(at(300)).unwrap(); }
                Step::Finish => { journal.finish_job(job, at(300)).unwrap(); }
                Step::Cancel => { let _ = journal.cancel_job(job, at(300)); }
            }
            let items = journal.items(job, None, None, 100).unwrap();
            let mut counted = Counts::default();
            for item in &items {
                counted.add(&item.state, 1);
                for effect in &item.effects {
                    if let Some(was) = finals.get(&effect.row) {
                        prop_assert_eq!(was, &effect.state, "a final state was rewritten");
                    } else if effect.state.is_final() {
                        finals.insert(effect.row, effect.state.clone());
                    }
                }
            }
            let shown = journal.job(job).unwrap().unwrap();
            prop_assert_eq!(shown.counts, counted);
            prop_assert_eq!(shown.counts.total(), all.len() as u64);
            let reasons: u64 = shown.reasons.iter().map(|reason| reason.n).sum();
            prop_assert!(reasons <= shown.total);
        }
    }
}
