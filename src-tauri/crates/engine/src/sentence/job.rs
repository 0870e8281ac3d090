//! The line of a job: exact numbers, every item in exactly one of them.

use std::collections::BTreeMap;

use muster_model::EffectState;
use muster_store::JobRow;

use super::{deed, grouped, speaks_for_itself};

/// "134 sent, 4 window closed, 2 voice"
#[must_use]
pub fn result(job: &JobRow) -> String {
    let counts = &job.counts;
    let mut parts = Vec::new();
    let waiting = counts.open();
    let left_out = counts.total() - counts.applied - waiting;
    if counts.applied > 0 || (waiting == 0 && left_out == 0) {
        parts.push(match &job.action {
            Some(action) => deed(action).did(counts.applied),
            None => format!("{} applied", grouped(counts.applied)),
        });
    }
    if waiting > 0 {
        parts.push(format!("{} waiting", grouped(waiting)));
    }
    let mut named: BTreeMap<String, u64> = BTreeMap::new();
    let mut plain = [(EffectState::Rejected, counts.rejected), (EffectState::Skipped, counts.skipped)];
    for reason in &job.reasons {
        let Some((_, left)) = plain.iter_mut().find(|(state, _)| *state == reason.state) else { continue };
        if let Some(words) = speaks_for_itself(&reason.code) {
            *left = left.saturating_sub(reason.n);
            *named.entry(words).or_default() += reason.n;
        }
    }
    let [(_, rejected), (_, skipped)] = plain;
    parts.extend(says(rejected, "rejected"));
    parts.extend(says(counts.unknown, "unknown"));
    parts.extend(says(counts.held, "held"));
    let mut named: Vec<(String, u64)> = named.into_iter().collect();
    named.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    parts.extend(named.into_iter().filter_map(|(words, n)| says(n, &words)));
    parts.extend(says(skipped, "skipped"));
    parts.join(", ")
}

fn says(n: u64, words: &str) -> Option<String> {
    (n > 0).then(|| format!("{} {words}", grouped(n)))
}
