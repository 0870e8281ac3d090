//! What is asked of muster-desk, and what became of it: one outcome per effect, whatever the answer holds or lacks.

use std::collections::HashMap;
use std::iter;

use jiff::Timestamp;
use muster_model::{Change, ClientRef, EffectOutcome, Reason, Receipt, RemoteId, SnoozeUntil, StatusChange};

use crate::muster::wire;
use crate::transport::Written;
use crate::{Batch, Found, ItemOutcome, Note, Reply};

/// The server's own words in the body of a refusal.
pub(in crate::muster) fn refusal(body: &[u8]) -> Option<Reason> {
    serde_json::from_slice(body).ok().map(|body: wire::ErrorBody| reason(body.error))
}

pub(in crate::muster) fn bulk(batch: &Batch) -> wire::Bulk<'_> {
    let Change { status, agent, team, add_tags, remove_tags, remove_all_tags, priority, block, delete } =
        &batch.change;
    let (status, snoozed_until) = status_words(*status);
    wire::Bulk {
        ids: batch.ids.iter().map(RemoteId::as_str).collect(),
        change: wire::Change {
            status,
            snoozed_until,
            agent: agent.as_ref().map(|agent| agent.as_ref().map(|handle| handle.as_str())),
            team: team.as_ref().map(|team| team.as_ref().map(|handle| handle.as_str())),
            add_tags,
            remove_tags,
            remove_all_tags: *remove_all_tags,
            priority: priority.as_ref().map(|priority| priority.as_str()),
            block: *block,
            delete: *delete,
        },
    }
}

/// One call for replies that share the mass reply and what rides on it. `files`: the ids of each reply's uploads.
pub(in crate::muster) fn bulk_reply<'a>(
    replies: &'a [Reply],
    files: &'a [Vec<String>],
) -> wire::BulkReply<'a> {
    let first = replies.first();
    let (status, snoozed_until) = status_words(first.and_then(|reply| reply.then.status));
    let mass = first.and_then(|reply| reply.mass.as_deref());
    wire::BulkReply {
        replies: replies
            .iter()
            .zip(files.iter().map(Vec::as_slice).chain(iter::repeat(&[][..])))
            .map(|(reply, files)| wire::Reply {
                id: reply.id.as_str(),
                // The server fills it in itself, and takes no text beside it.
                text: if reply.approved.is_some() { "" } else { &reply.text },
                client_ref: reply.client_ref.as_str(),
                files,
                template: reply.approved.as_ref().map(|approved| wire::FromTemplate {
                    name: &approved.name,
                    parameters: &approved.parameters,
                }),
            })
            .collect(),
        status,
        snoozed_until,
        mass: mass.is_some(),
        name: mass.filter(|name| !name.is_empty()),
    }
}

/// A conversation takes the whole change or none of it, so that all effects share the outcome.
pub(in crate::muster) fn change_outcomes(
    batch: &Batch,
    written: Written<wire::Results<wire::ChangeResult>>,
) -> Vec<ItemOutcome> {
    let effects = batch.change.effects().len();
    let said = answered(written, |results| {
        results.results.into_iter().map(|result| (result.id.clone(), change_outcome(result))).collect()
    });
    let item = |id: &RemoteId| {
        let outcome =
            said.of(id.as_str()).cloned().unwrap_or_else(|reason| EffectOutcome::Unknown { reason });
        ItemOutcome { id: id.clone(), effects: vec![outcome; effects] }
    };
    batch.ids.iter().map(item).collect()
}

/// The reply's outcome, then that of the status where one was asked for.
pub(in crate::muster) fn reply_outcomes(
    replies: &[Reply],
    written: Written<wire::Results<wire::ReplyResult>>,
) -> Vec<ItemOutcome> {
    let said = answered(written, |results| {
        results.results.into_iter().map(|result| (result.client_ref.clone(), result)).collect()
    });
    let item = |reply: &Reply| {
        let riding = reply.then.effects().len();
        let effects = match said.of(reply.client_ref.as_str()) {
            Ok(result) => reply_effects(result, riding),
            Err(reason) => vec![EffectOutcome::Unknown { reason }; 1 + riding],
        };
        ItemOutcome { id: reply.id.clone(), effects }
    };
    replies.iter().map(item).collect()
}

pub(in crate::muster) fn follow_outcome(written: Written<wire::ChangeResult>) -> EffectOutcome {
    match written {
        Written::Answered(result) => change_outcome(result),
        Written::Lost(reason) => EffectOutcome::Unknown { reason },
    }
}

/// The desk's notes carry no mentions of their own: whoever is named in the text is mentioned.
pub(in crate::muster) fn note<'a>(note: &'a Note, files: &'a [String]) -> wire::Note<'a> {
    // The server reads from the text whom it calls.
    let unnamed = note.mentions.iter().filter(|who| !who.is_named_in(&note.text));
    let mut text: String = unnamed.map(|who| format!("@{} ", who.handle)).collect();
    text.push_str(&note.text);
    wire::Note { text, client_ref: note.client_ref.as_str(), files }
}

pub(in crate::muster) fn note_outcome(written: Written<wire::Tested>) -> EffectOutcome {
    test_outcome(written)
}

pub(in crate::muster) fn test_outcome(written: Written<wire::Tested>) -> EffectOutcome {
    match written {
        Written::Answered(tested) => {
            outcome(&tested.outcome, Receipt { id: tested.message_id, stamp: tested.seq, at: tested.at })
        }
        Written::Lost(reason) => EffectOutcome::Unknown { reason },
    }
}

pub(in crate::muster) fn found(sent: &[&ClientRef], wire: wire::FoundReplies) -> Vec<Found> {
    let said: HashMap<String, Found> = wire
        .replies
        .into_iter()
        .map(|reply| {
            let receipt = Receipt { id: reply.message_id, stamp: reply.seq, at: reply.at };
            let found = match reply.found {
                Some(true) => Found::Yes(receipt),
                Some(false) => Found::No,
                None => Found::CannotTell,
            };
            (reply.client_ref, found)
        })
        .collect();
    sent.iter().map(|reference| said.get(reference.as_str()).cloned().unwrap_or(Found::CannotTell)).collect()
}

/// An answer by key, or why there is none.
struct Said<T> {
    by_key: HashMap<String, T>,
    lost: Option<Reason>,
}

impl<T> Said<T> {
    fn of(&self, key: &str) -> Result<&T, Reason> {
        self.by_key.get(key).ok_or_else(|| {
            self.lost.clone().unwrap_or_else(|| {
                Reason::new("not_stated", "It was sent, and the answer does not mention this conversation.")
            })
        })
    }
}

fn answered<A, T>(written: Written<A>, by_key: impl FnOnce(A) -> HashMap<String, T>) -> Said<T> {
    match written {
        Written::Answered(answer) => Said { by_key: by_key(answer), lost: None },
        Written::Lost(reason) => Said { by_key: HashMap::new(), lost: Some(reason) },
    }
}

fn change_outcome(result: wire::ChangeResult) -> EffectOutcome {
    outcome(&result.outcome, Receipt { id: None, stamp: result.seq, at: None })
}

fn reply_effects(result: &wire::ReplyResult, riding: usize) -> Vec<EffectOutcome> {
    let receipt = Receipt { id: result.message_id.clone(), stamp: result.seq, at: result.at };
    let reply = outcome(&result.outcome, receipt);
    let then = match (&reply, &result.status) {
        (EffectOutcome::Applied { .. }, Some(status)) => {
            outcome(status, Receipt { id: None, stamp: result.seq, at: result.at })
        }
        (EffectOutcome::Applied { .. }, None) => EffectOutcome::Unknown {
            reason: Reason::new(
                "not_stated",
                "The reply was sent, and the answer does not mention the status.",
            ),
        },
        (EffectOutcome::Unknown { reason }, _) => EffectOutcome::Unknown { reason: reason.clone() },
        (EffectOutcome::Rejected { .. } | EffectOutcome::Skipped { .. }, _) => {
            EffectOutcome::Skipped { reason: Reason::new("reply_not_sent", "The reply was not sent.") }
        }
    };
    let mut effects = vec![reply];
    effects.resize(1 + riding, then);
    effects
}

fn outcome(wire: &wire::Outcome, receipt: Receipt) -> EffectOutcome {
    let reason = || match &wire.reason {
        Some(wire::Reason { code, message }) => Reason::new(code, message),
        None => Reason::new("no_reason", "The help desk gave no reason."),
    };
    match wire.outcome.as_str() {
        "applied" => EffectOutcome::Applied { receipt },
        "rejected" => EffectOutcome::Rejected { reason: reason() },
        "skipped" => EffectOutcome::Skipped { reason: reason() },
        other => EffectOutcome::Unknown {
            reason: Reason::new("not_understood", format!("The help desk answered “{other}”.")),
        },
    }
}

fn reason(wire: wire::Reason) -> Reason {
    Reason::new(wire.code, wire.message)
}

fn status_words(status: Option<StatusChange>) -> (Option<&'static str>, Option<Timestamp>) {
    match status {
        None => (None, None),
        Some(StatusChange::Active) => (Some("active"), None),
        Some(StatusChange::Snoozed(SnoozeUntil::At(at))) => (Some("snoozed"), Some(at)),
        Some(StatusChange::Snoozed(SnoozeUntil::Reply)) => (Some("snoozed"), None),
        Some(StatusChange::Done) => (Some("done"), None),
        Some(StatusChange::Archived) => (Some("archived"), None),
        Some(StatusChange::Spam) => (Some("spam"), None),
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Handle, Priority};
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    #[rstest]
    #[case(Change::default(), json!({}))]
    #[case(Change { status: Some(StatusChange::Active), ..Change::default() }, json!({"status":"active"}))]
    #[case(Change { status: Some(StatusChange::Archived), ..Change::default() }, json!({"status":"archived"}))]
    #[case(Change { status: Some(StatusChange::Spam), ..Change::default() }, json!({"status":"spam"}))]
    #[case(
        Change { status: Some(StatusChange::Snoozed(SnoozeUntil::Reply)), ..Change::default() },
        json!({"status":"snoozed"})
    )]
    #[case(
        Change { status: Some(StatusChange::Snoozed(SnoozeUntil::At(Timestamp::UNIX_EPOCH))), ..Change::default() },
        json!({"status":"snoozed","snoozed_until":"1970-01-01T00:00:00Z"})
    )]
    #[case(
        Change { agent: Some(Some(Handle::from("mira@b.example"))), team: Some(None), ..Change::default() },
        json!({"agent":"mira@b.example","team":null})
    )]
    #[case(
        Change { remove_all_tags: true, remove_tags: vec!["vip".into()], priority: Some(Priority::High), ..Change::default() },
        json!({"remove_all_tags":true,"remove_tags":["vip"],"priority":"high"})
    )]
    fn a_change_says_only_what_changes(#[case] change: Change, #[case] expected: Value) {
        let batch = Batch { ids: vec!["c-1".into()], change };
        assert_eq!(serde_json::to_value(bulk(&batch)).unwrap(), json!({"ids":["c-1"],"change":expected}));
    }

    #[test]
    fn a_reason_is_never_missing() {
        let rejected = wire::Outcome { outcome: "rejected".to_owned(), reason: None };
        let EffectOutcome::Rejected { reason } = outcome(&rejected, Receipt::default()) else { panic!() };
        assert_eq!(reason.code, "no_reason");
    }

    #[test]
    fn the_server_speaks_for_itself_when_it_refuses() {
        let body =
            br#"{"error":{"code":"unknown_agent","message":"No agent ghost@x.","field":"change.agent"}}"#;
        assert_eq!(refusal(body), Some(Reason::new("unknown_agent", "No agent ghost@x.")));
        assert_eq!(refusal(b"<html>"), None);
    }
}
