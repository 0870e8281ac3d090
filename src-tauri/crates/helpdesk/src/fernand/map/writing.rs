//! What is asked of Fernand: a change as the fewest bulk calls, a reply, a note; and which entry is one of ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use muster_model::{Change, Effect, Reason, Receipt, RemoteId, SnoozeUntil, StatusChange};

use crate::fernand::{html, wire};
use crate::{NotSent, Note, Reply};

/// One bulk call, without its ids, and the effects that it brings about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fernand) struct Step {
    pub(in crate::fernand) call: wire::Bulk,
    pub(in crate::fernand) effects: Vec<Effect>,
}

/// The server's own words in the body of a refusal.
pub(in crate::fernand) fn refusal(body: &[u8]) -> Option<Reason> {
    let body: wire::ErrorBody = serde_json::from_slice(body).ok()?;
    let message = match body.error {
        serde_json::Value::String(message) => message,
        // Its shape is not documented: whatever is there is shown.
        other => other
            .get("message")
            .and_then(|message| message.as_str())
            .map_or_else(|| other.to_string(), str::to_owned),
    };
    Some(Reason::new("refused", message))
}

/// A change as the fewest calls that do it: one tag and one untag each. What is final stands in the last.
pub(in crate::fernand) fn steps(change: &Change) -> Result<Vec<Step>, NotSent> {
    let Change { status, agent, team, add_tags, remove_tags, remove_all_tags, priority, block, delete } =
        change;
    let cannot = |what: &str| Err(NotSent::Unsupported(format!("Fernand {what}.")));
    if matches!(team, Some(Some(_))) {
        return cannot("has no teams");
    }
    if priority.is_some() {
        return cannot("has no priorities that can be set");
    }
    if *remove_all_tags {
        return cannot("takes tags off by name only, one after the other");
    }
    if *block && *status != Some(StatusChange::Spam) {
        return cannot("blocks a contact only together with the status Spam");
    }
    let until = match status {
        Some(StatusChange::Archived) => return cannot("has no status that is final"),
        Some(StatusChange::Snoozed(SnoozeUntil::Reply)) => return cannot("snoozes only until a time"),
        // Resolved here, in the user's zone: "tomorrow" would mean another day once it waited in a queue.
        Some(StatusChange::Snoozed(SnoozeUntil::At(at))) => Some(*at),
        _ => None,
    };
    let mut steps = vec![Step { call: wire::Bulk::default(), effects: Vec::new() }];
    let calls = add_tags.len().max(remove_tags.len()).max(1);
    steps.resize(calls, Step { call: wire::Bulk::default(), effects: Vec::new() });
    for (step, tag) in steps.iter_mut().zip(remove_tags) {
        step.call.untag = Some(tag.clone());
        step.effects.push(Effect::TagRemove(tag.clone()));
    }
    for (step, tag) in steps.iter_mut().zip(add_tags) {
        step.call.tag = Some(tag.clone());
        step.effects.push(Effect::TagAdd(tag.clone()));
    }
    if let (Some(who), Some(first)) = (agent, steps.first_mut()) {
        match who {
            Some(handle) => first.call.agent_email = Some(handle.to_string()),
            None => first.call.agent_id = Some(()),
        }
        first.effects.push(Effect::Assignee(who.clone()));
    }
    if let (Some(None), Some(first)) = (team, steps.first_mut()) {
        // Nobody there is in a team: it is so, whatever else is done.
        first.effects.push(Effect::Team(None));
    }
    if let (Some(status), Some(last)) = (status, steps.last_mut()) {
        (last.call.status, last.call.snooze_until, last.call.block) = (Some(word(*status)), until, *block);
        if *block {
            last.effects.push(Effect::Block);
        }
        last.effects.push(Effect::Status(*status));
    }
    if *delete {
        // In the same call where nothing else decides the status.
        if steps.last().is_none_or(|last| last.call.status.is_some()) {
            steps.push(Step { call: wire::Bulk::default(), effects: Vec::new() });
        }
        if let Some(last) = steps.last_mut() {
            last.call.status = Some("DELETE");
            last.effects.push(Effect::Delete);
        }
    }
    Ok(steps)
}

fn word(status: StatusChange) -> &'static str {
    match status {
        StatusChange::Active => "OPENED",
        StatusChange::Snoozed(_) => "SNOOZED",
        StatusChange::Done | StatusChange::Archived => "CLOSED",
        StatusChange::Spam => "SPAM",
    }
}

pub(in crate::fernand) fn reply(reply: &Reply) -> wire::Reply<'_> {
    wire::Reply {
        content: html::from_text(&reply.text),
        generated_id: reply.client_ref.as_str(),
        attachments: reply
            .files
            .iter()
            .map(|file| wire::NewAttachment {
                name: &file.name,
                mime: &file.mime,
                content: BASE64.encode(&file.bytes),
            })
            .collect(),
    }
}

pub(in crate::fernand) fn note<'a>(note: &'a Note, mentions: Vec<String>) -> wire::Note<'a> {
    wire::Note { content: html::from_text(&note.text), mentions, generated_id: note.client_ref.as_str() }
}

/// The receipt of a note. Lists say nothing of notes, so there is nothing to wait for.
pub(in crate::fernand) fn noted(number: &str, at: Option<Timestamp>) -> Receipt {
    Receipt { id: Some(super::entry_id("NOTE", number).to_string()), stamp: None, at }
}

/// A reply or a note that is looked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::fernand) struct Sought<'a> {
    pub(in crate::fernand) id: &'a RemoteId,
    pub(in crate::fernand) note: bool,
    pub(in crate::fernand) text: &'a str,
    pub(in crate::fernand) client_ref: &'a str,
    pub(in crate::fernand) sent_at: Timestamp,
}

impl<'a> From<&'a Reply> for Sought<'a> {
    fn from(reply: &'a Reply) -> Self {
        let Reply { id, text, client_ref, sent_at, .. } = reply;
        Self { id, note: false, text, client_ref: client_ref.as_str(), sent_at: *sent_at }
    }
}

impl<'a> From<&'a Note> for Sought<'a> {
    fn from(note: &'a Note) -> Self {
        let Note { id, text, client_ref, sent_at, .. } = note;
        Self { id, note: true, text, client_ref: client_ref.as_str(), sent_at: *sent_at }
    }
}

/// Whether an entry is this reply or note: it says so, or it is the same text by the same agent, not before it was sent by the
/// server's clock, and says nothing else.
pub(in crate::fernand) fn is_it(
    entry: &wire::Entry,
    sought: &Sought<'_>,
    me: i64,
    not_before: Timestamp,
) -> bool {
    let is_kind = match entry.kind.as_str() {
        "NOTE" => sought.note,
        "MESSAGE" | "" => !sought.note && entry.way != "IN",
        _ => false,
    };
    if !is_kind {
        return false;
    }
    match entry.generated_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => id == sought.client_ref,
        None => {
            entry.agent_id == Some(me)
                && entry.timestamp.is_some_and(|at| at >= not_before)
                && html::folded(&html::to_text(&entry.message)) == html::folded(sought.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{ClientRef, Handle, Priority};
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn calls(change: &Change) -> Value {
        let steps = steps(change).unwrap();
        let calls: Vec<Value> = steps
            .into_iter()
            .map(|step| {
                let mut call = serde_json::to_value(step.call).unwrap();
                call.as_object_mut().unwrap().remove("ids");
                call
            })
            .collect();
        calls.into()
    }

    #[rstest]
    #[case::status(Change { status: Some(StatusChange::Done), ..Change::default() }, json!([{"status":"CLOSED"}]))]
    #[case::unassign(Change { agent: Some(None), ..Change::default() }, json!([{"agent_id":null}]))]
    #[case::unassign_from_both(Change { agent: Some(None), team: Some(None), ..Change::default() }, json!([{"agent_id":null}]))]
    #[case::assign(
        Change { agent: Some(Some(Handle::from("mira@b.example"))), ..Change::default() },
        json!([{"agent_email":"mira@b.example"}])
    )]
    #[case::snooze(
        Change { status: Some(StatusChange::Snoozed(SnoozeUntil::At(Timestamp::UNIX_EPOCH))), ..Change::default() },
        json!([{"status":"SNOOZED","snooze_until":"1970-01-01T00:00:00Z"}])
    )]
    #[case::spam(
        Change { status: Some(StatusChange::Spam), block: true, ..Change::default() },
        json!([{"status":"SPAM","block":true}])
    )]
    #[case::several_tags(
        Change {
            status: Some(StatusChange::Done), agent: Some(None),
            add_tags: vec!["a".into(), "b".into(), "c".into()], remove_tags: vec!["x".into()], ..Change::default()
        },
        json!([{"agent_id":null,"tag":"a","untag":"x"}, {"tag":"b"}, {"tag":"c","status":"CLOSED"}])
    )]
    #[case::delete(Change { delete: true, ..Change::default() }, json!([{"status":"DELETE"}]))]
    #[case::spam_and_delete(
        Change { status: Some(StatusChange::Spam), block: true, delete: true, ..Change::default() },
        json!([{"status":"SPAM","block":true}, {"status":"DELETE"}])
    )]
    fn the_fewest_calls(#[case] change: Change, #[case] expected: Value) {
        assert_eq!(calls(&change), expected);
        let mut covered: Vec<Effect> =
            steps(&change).unwrap().into_iter().flat_map(|step| step.effects).collect();
        covered.sort_by_key(Effect::place);
        assert_eq!(covered, change.effects(), "each effect once");
    }

    #[rstest]
    #[case(Change { team: Some(Some(Handle::from("billing"))), ..Change::default() }, "no teams")]
    #[case(Change { priority: Some(Priority::Low), ..Change::default() }, "no priorities")]
    #[case(Change { remove_all_tags: true, ..Change::default() }, "by name")]
    #[case(Change { block: true, status: Some(StatusChange::Done), ..Change::default() }, "together with the status Spam")]
    #[case(Change { status: Some(StatusChange::Archived), ..Change::default() }, "final")]
    #[case(Change { status: Some(StatusChange::Snoozed(SnoozeUntil::Reply)), ..Change::default() }, "until a time")]
    fn what_it_cannot_do_is_said(#[case] change: Change, #[case] part: &str) {
        let Err(NotSent::Unsupported(sentence)) = steps(&change) else { panic!("taken") };
        assert!(sentence.contains(part), "{sentence}");
    }

    #[rstest]
    #[case::the_reference(json!({"generated_id":"j/0","message":"other","agent_id":7}), true)]
    #[case::another_reference(json!({"generated_id":"j/1"}), false)]
    #[case::the_text(json!({}), true)]
    #[case::spaced_otherwise(json!({"message":"<p>Hello\n Ada,</p>  <p>bye</p>"}), true)]
    #[case::another_text(json!({"message":"Hello Ada"}), false)]
    #[case::a_colleague(json!({"agent_id":7}), false)]
    #[case::earlier(json!({"timestamp":"2026-05-20T14:29:59Z"}), false)]
    #[case::the_customer(json!({"way":"IN"}), false)]
    #[case::a_note(json!({"type":"NOTE"}), false)]
    fn which_entry_is_ours(#[case] with: Value, #[case] expected: bool) {
        let mut entry = json!({"id":"m-1","type":"MESSAGE","way":"OUT","agent_id":42,"timestamp":"2026-05-20T14:30:00Z",
            "message":"Hello Ada,<br><br>bye"});
        for (key, value) in with.as_object().unwrap() {
            entry[key] = value.clone();
        }
        let sent = Reply {
            id: "1".into(),
            text: "Hello Ada,\n\nbye".to_owned(),
            client_ref: ClientRef::from("j/0".to_owned()),
            mass: None,
            then: Change::default(),
            sent_at: "2026-05-20T14:30:00Z".parse().unwrap(),
            files: Vec::new(),
            approved: None,
        };
        let entry: wire::Entry = serde_json::from_value(entry).unwrap();
        let sought = Sought::from(&sent);
        assert_eq!(is_it(&entry, &sought, 42, sent.sent_at), expected);
        // The same entry as a note is another thing.
        let as_note = Sought { note: true, ..sought };
        assert_eq!(is_it(&entry, &as_note, 42, sent.sent_at), entry.kind == "NOTE");
    }

    #[rstest]
    #[case(r#"{"error":"Invalid API key"}"#, Some("Invalid API key"))]
    #[case(r#"{"error":{"message":"Too long","field":"tag"}}"#, Some("Too long"))]
    #[case(r#"{"error":["a"]}"#, Some(r#"["a"]"#))]
    #[case("<html>", None)]
    fn a_refusal_in_its_own_words(#[case] body: &str, #[case] message: Option<&str>) {
        assert_eq!(refusal(body.as_bytes()).map(|reason| reason.message).as_deref(), message);
    }
}
