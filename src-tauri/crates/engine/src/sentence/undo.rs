//! What can be taken back and until when, said before anything happens.

use std::time::Duration;

use muster_model::{Action, Effect, StatusChange, When};

use crate::plan::Plan;
use crate::verdict::final_step;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// "Can be undone until Done becomes Archived, in 7 days."
#[must_use]
pub fn undo_before(plan: &Plan) -> String {
    match &plan.action {
        Action::Reply { then, .. } => {
            let recalled = match plan.sending.when {
                When::AtOnce if plan.sending.hold > 0 => {
                    format!("A reply cannot be recalled after the hold of {} s.", plan.sending.hold)
                }
                When::AtOnce => "A reply cannot be recalled.".to_owned(),
                When::At { .. } | When::Drip(_) => {
                    "Can be cancelled until it leaves. A reply cannot be recalled.".to_owned()
                }
            };
            let then = Action::Change { change: then.clone() };
            match (then.effects().is_empty(), final_step(&then)) {
                (true, _) => recalled,
                (false, Some(step)) => format!("{recalled} {}", finally(&step)),
                (false, None) => format!("{recalled} What changes with it can be undone."),
            }
        }
        Action::Note { .. } if plan.sending.hold > 0 => {
            format!("A note cannot be taken back after the hold of {} s.", plan.sending.hold)
        }
        Action::Note { .. } => "A note cannot be taken back.".to_owned(),
        action => match final_step(action) {
            Some(step) if action.effects().len() > 1 => format!("{} The rest can be undone.", finally(&step)),
            Some(step) => finally(&step).to_owned(),
            None => match plan.capabilities.as_ref().and_then(|capabilities| capabilities.auto_archive) {
                Some(after) if action.effects().contains(&Effect::Status(StatusChange::Done)) => {
                    format!("Can be undone until Done becomes Archived, {}.", within(after))
                }
                _ => "Can be undone.".to_owned(),
            },
        },
    }
}

fn finally(step: &Effect) -> &'static str {
    match step {
        Effect::Delete => "Final: a deleted conversation cannot be brought back from here.",
        Effect::Block => "Final: cannot be undone from here. Contacts are unblocked at the help desk.",
        _ => "Final: archived cannot be undone.",
    }
}

fn within(after: Duration) -> String {
    let secs = after.as_secs();
    let (n, unit) = match secs {
        _ if secs >= DAY => (secs / DAY, "day"),
        _ if secs >= HOUR => (secs / HOUR, "hour"),
        _ => (secs / 60, "minute"),
    };
    if n == 1 { format!("in 1 {unit}") } else { format!("in {n} {unit}s") }
}
