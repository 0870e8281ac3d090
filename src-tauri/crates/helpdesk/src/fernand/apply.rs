//! One change on many conversations. Fernand names what succeeded; whatever it does not name failed, and is looked at
//! again for the reason that it does not give.

use std::collections::{HashMap, HashSet};

use muster_model::{Effect, EffectOutcome, Reason, Receipt};

use super::client::{Fernand, not_known, number};
use super::map::{self, Step};
use super::wire;
use crate::transport::Written;
use crate::{Batch, ItemOutcome, NotSent, ReadError};

/// Conversations that are looked at again after one call: reads are few.
const LOOKS: usize = 5;

/// What became of the effects of each conversation so far.
type Outcomes = HashMap<i64, Vec<(Effect, EffectOutcome)>>;

pub(super) async fn apply(desk: &Fernand, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
    if batch.ids.is_empty() {
        return Ok(Vec::new());
    }
    let steps = map::steps(&batch.change)?;
    let mut left: Vec<i64> = Vec::new();
    for id in batch.ids.iter().filter_map(number) {
        if !left.contains(&id) {
            left.push(id);
        }
    }
    let mut outcomes = Outcomes::new();
    if !left.is_empty() {
        work(desk, &steps, left, &mut outcomes).await?;
    }
    let wanted = batch.change.effects();
    let item = |id: &muster_model::RemoteId| {
        let known = number(id).and_then(|id| outcomes.get(&id));
        let outcome = |effect: &Effect| match known {
            Some(known) => known
                .iter()
                .find(|(done, _)| done == effect)
                .map_or_else(not_tried, |(_, outcome)| outcome.clone()),
            None => not_known(),
        };
        ItemOutcome { id: id.clone(), effects: wanted.iter().map(outcome).collect() }
    };
    Ok(batch.ids.iter().map(item).collect())
}

/// The calls, one after the other, each with those for whom the earlier ones succeeded. All of them or none are begun in
/// what is left of this minute.
async fn work(
    desk: &Fernand,
    steps: &[Step],
    mut left: Vec<i64>,
    outcomes: &mut Outcomes,
) -> Result<(), NotSent> {
    let calls = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let turn = desk.may_write(calls).await?;
    let mut looks = LOOKS;
    for (place, step) in steps.iter().enumerate() {
        if left.is_empty() {
            break;
        }
        let call = wire::Bulk { ids: left.clone(), ..step.call.clone() };
        let sent = turn.write::<wire::Succeeded>(turn.post(&["conversations", "bulk"]).json(&call)).await;
        let lost = match sent {
            Ok(Written::Answered(succeeded)) => {
                let failed = keep(desk, step, succeeded.conversations, &mut left, outcomes);
                for id in failed {
                    let outcome = look_again(desk, id, &call, &mut looks).await;
                    note(outcomes, id, &step.effects, &outcome);
                }
                continue;
            }
            Ok(Written::Lost(reason)) => reason,
            // Only as long as nothing left can the call as a whole say so.
            Err(not_sent) if place == 0 => return Err(not_sent),
            Err(not_sent) => Reason::new("not_sent", not_sent.to_string()),
        };
        // What follows was not sent; looking again tells what of all this is so, and then it may be repeated.
        for id in left.drain(..) {
            let unknown = EffectOutcome::Unknown { reason: lost.clone() };
            for step in &steps[place..] {
                note(outcomes, id, &step.effects, &unknown);
            }
        }
    }
    Ok(())
}

/// Takes note of what succeeded; gives those that are not among it, who take no further part.
fn keep(
    desk: &Fernand,
    step: &Step,
    succeeded: Vec<wire::Conversation>,
    left: &mut Vec<i64>,
    outcomes: &mut Outcomes,
) -> Vec<i64> {
    let stamp = desk.memory.stamp();
    let deletes = step.call.status == Some("DELETE");
    let named: HashSet<i64> = succeeded.iter().map(|row| row.id).collect();
    {
        let mut known = desk.memory.known();
        for row in succeeded {
            if deletes {
                known.rows.remove(&row.id);
                known.fresh.remove(&row.id);
            } else {
                known.fresh.insert(row.id, stamp);
                known.keep_row(&row);
            }
        }
    }
    let (done, failed): (Vec<i64>, Vec<i64>) = left.iter().partition(|id| named.contains(id));
    let receipt = Receipt { id: None, stamp: (!deletes).then_some(stamp), at: None };
    for id in &done {
        note(outcomes, *id, &step.effects, &EffectOutcome::Applied { receipt: receipt.clone() });
    }
    *left = done;
    failed
}

fn note(outcomes: &mut Outcomes, id: i64, effects: &[Effect], outcome: &EffectOutcome) {
    let noted = outcomes.entry(id).or_default();
    noted.extend(effects.iter().map(|effect| (effect.clone(), outcome.clone())));
}

/// Why a conversation is not among those that succeeded. It was not changed by this call; it may be so all the same.
async fn look_again(desk: &Fernand, id: i64, call: &wire::Bulk, looks: &mut usize) -> EffectOutcome {
    let rejected =
        |code: &str, message: String| EffectOutcome::Rejected { reason: Reason::new(code, message) };
    let silent = || rejected("not_changed", "Fernand did not change it, and does not say why.".to_owned());
    if *looks == 0 {
        return silent();
    }
    *looks -= 1;
    let Ok(turn) = desk.may_read(1).await else { return silent() };
    match desk.read_row(&turn, id).await {
        Ok(row) => {
            let stamp = desk.memory.stamp();
            let mut known = desk.memory.known();
            known.fresh.insert(id, stamp);
            known.keep_row(&row);
            if shows(&row, call, &known) {
                return EffectOutcome::Applied {
                    receipt: Receipt { id: None, stamp: Some(stamp), at: None },
                };
            }
            let status = map::status(&row.status);
            rejected(
                "not_changed",
                format!("Fernand did not change it, and does not say why. It is {status}."),
            )
        }
        Err(ReadError::NotFound { .. }) if call.status == Some("DELETE") => {
            EffectOutcome::Applied { receipt: Receipt::default() }
        }
        Err(ReadError::NotFound { .. }) => {
            desk.memory.known().rows.remove(&id);
            rejected("not_found", "The help desk does not have it any more.".to_owned())
        }
        Err(_) => silent(),
    }
}

/// Whether a conversation is as a call wanted it. Whether a contact is blocked shows nowhere.
fn shows(row: &wire::Conversation, call: &wire::Bulk, known: &super::memory::Known) -> bool {
    let has = |tag: &String| {
        let is_it = |id: &i64| {
            known.tags.get(id).is_some_and(|known| known.name.to_lowercase() == tag.to_lowercase())
        };
        row.tags.iter().any(is_it)
    };
    let email = row.agent_id.and_then(|id| known.agents.get(&id)).map(|agent| agent.email.as_str());
    !call.block
        && call.status.is_none_or(|status| status == row.status)
        && (call.snooze_until.is_none() || call.snooze_until == row.snooze_until)
        && (call.agent_id.is_none() || row.agent_id.is_none())
        && call
            .agent_email
            .as_deref()
            .is_none_or(|wanted| email.is_some_and(|email| email.eq_ignore_ascii_case(wanted)))
        && call.tag.as_ref().is_none_or(has)
        && !call.untag.as_ref().is_some_and(has)
}

fn not_tried() -> EffectOutcome {
    EffectOutcome::Skipped { reason: Reason::new("not_tried", "What had to go before it was not done.") }
}
