//! The record of a job as a document: DESIGN's audit, complete enough to answer a customer a year later.

use std::collections::HashMap;

use muster_engine::sentence;
use muster_model::{
    Action, AudienceItem, ClientRef, Conversation, Counts, EffectState, Reason, Receipt, RemoteId, Resolved,
    Sending,
};
use muster_store::{EffectRow, ItemRow, JobRow};
use serde::Serialize;
use serde_json::Value;

use crate::words::rfc3339;

/// A job and all of its items.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub job: String,
    pub name: String,
    pub r#type: String,
    /// "Status → Done"
    pub does: Vec<String>,
    /// Who confirmed it.
    pub by: String,
    /// By handle.
    pub by_handle: String,
    pub confirmed: String,
    pub due: String,
    pub finished: Option<String>,
    pub state: String,
    pub paused: Option<String>,
    /// The filter as typed.
    pub filter: Option<String>,
    /// The filter as meant, with its instants.
    pub resolved: Option<Resolved>,
    /// The text with its merge tags.
    pub text: Option<String>,
    pub action: Option<Action>,
    pub sending: Sending,
    /// The earlier job and what this one is to it.
    pub origin: Option<(String, String)>,
    pub total: u64,
    pub counts: Counts,
    pub result: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RecordItem>,
}

/// One conversation's part of it.
#[derive(Debug, Serialize)]
pub(super) struct RecordItem {
    /// From 0, in the order of the frozen audience.
    pub no: u32,
    /// The conversation.
    pub id: String,
    /// The same in every attempt.
    pub client_ref: String,
    pub customer: Option<String>,
    /// As it is now, where the conversation is on this computer.
    pub subject: Option<String>,
    pub channel: String,
    /// What the plan said.
    pub verdict: String,
    pub takes_part: bool,
    /// What became of it.
    pub outcome: EffectState,
    pub reason: Option<Reason>,
    /// The message as the customer, or the team, read it.
    pub message: Option<String>,
    pub before_after: Vec<String>,
    pub effects: Vec<RecordEffect>,
}

/// One step of it.
#[derive(Debug, Serialize)]
pub(super) struct RecordEffect {
    pub effect: String,
    pub state: EffectState,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub attempts: u32,
    pub receipt: Option<Receipt>,
    pub reason: Option<Reason>,
    pub started: Option<String>,
    pub finished: Option<String>,
}

pub(super) fn record(
    job: &JobRow,
    by: String,
    items: &[ItemRow],
    audience: &[AudienceItem],
    headers: &[Conversation],
) -> Record {
    let headers: HashMap<&RemoteId, &Conversation> = headers.iter().map(|found| (&found.id, found)).collect();
    let text = job.action.as_ref().and_then(Action::text).map(str::to_owned);

    let items = items
        .iter()
        .filter_map(|item| Some((item, audience.get(item.no as usize)?)))
        .map(|(item, member)| RecordItem {
            no: item.no,
            id: item.id.to_string(),
            client_ref: ClientRef::new(job.id, item.no).to_string(),
            customer: headers.get(&item.id).map(|header| sentence::address_line(header)),
            subject: headers.get(&item.id).map(|header| header.subject.clone()),
            channel: member.channel.to_string(),
            verdict: member.verdict.clone(),
            takes_part: member.takes_part,
            outcome: item.state.clone(),
            reason: item.reason.clone(),
            message: job
                .action
                .as_ref()
                .filter(|_| member.takes_part)
                .and_then(|action| action.message(member)),
            before_after: sentence::changes(item),
            effects: item.effects.iter().map(effect).collect(),
        })
        .collect();
    Record {
        job: job.id.to_string(),
        name: job.name.clone(),
        r#type: job.action.as_ref().map_or(job.kind.as_str(), |action| action.type_word()).to_owned(),
        does: job.action.as_ref().map(sentence::does).unwrap_or_default(),
        by,
        by_handle: job.me.to_string(),
        confirmed: rfc3339(job.created),
        due: rfc3339(job.due),
        finished: job.finished.map(rfc3339),
        state: job.state.to_string(),
        paused: job.pause.as_ref().map(ToString::to_string),
        filter: job.filter.clone(),
        resolved: job.resolved.clone(),
        text,
        action: job.action.clone(),
        sending: job.sending.clone(),
        origin: job.origin.as_ref().map(|origin| (origin.relation.to_string(), origin.job.to_string())),
        total: job.total,
        counts: job.counts,
        result: sentence::result(job),
        items,
    }
}

fn effect(row: &EffectRow) -> RecordEffect {
    RecordEffect {
        effect: row.effect.word().to_owned(),
        state: row.state.clone(),
        before: row.before.clone(),
        after: row
            .after
            .clone()
            .or_else(|| (row.state == EffectState::Applied).then(|| row.effect.value_after()).flatten()),
        attempts: row.attempts,
        receipt: row.receipt.clone(),
        reason: row.reason.clone(),
        started: row.started.map(rfc3339),
        finished: row.finished.map(rfc3339),
    }
}
