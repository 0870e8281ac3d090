//! Conversations and timelines, in the model's words.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use muster_model::{
    Assignee, Attachment, Author, Channel, Contact, Conversation, Delivery, DeliveryState, Engagement,
    Handle, Message, MessageKind, Preview, Priority, RemoteId, Status, Thread,
};
use serde_json::Value;

use crate::fernand::memory::Known;
use crate::fernand::{html, wire};

const PREVIEW_CHARS: usize = 200;

pub(in crate::fernand) fn status(word: &str) -> Status {
    match word {
        "OPENED" => Status::Active,
        "CLOSED" => Status::Done,
        "SPAM" => Status::Spam,
        "SNOOZED" => Status::Snoozed,
        other => Status::from(other.to_lowercase().as_str()),
    }
}

/// What a list says of a conversation. It names no person, no beginning and no answer of ours: see [`crate::complete`].
pub(in crate::fernand) fn sketch(row: &wire::Conversation, known: &Known, stamp: i64) -> Conversation {
    let status = status(&row.status);
    let at = row.last_update.unwrap_or(Timestamp::UNIX_EPOCH);
    let sent = known.sent.get(&row.id).copied();
    let is_pending = status == Status::Active && sent.is_none_or(|sent| sent <= at);
    let mut tags: Vec<String> = row
        .tags
        .iter()
        .map(|tag| known.tags.get(tag).map_or_else(|| format!("#{tag}"), |tag| tag.name.clone()))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    let agent = |id: &i64| {
        let email = known.agents.get(id).map(|agent| agent.email.as_str()).filter(|email| !email.is_empty());
        Handle::from(email.map_or_else(|| format!("#{id}"), str::to_owned))
    };
    let contact = row.contact_id.map(|id| match known.contacts.get(&id) {
        Some(contact) => super::contact(contact),
        None => Contact { id: Some(id.to_string().into()), ..Contact::default() },
    });
    Conversation {
        id: row.id.to_string().into(),
        subject: row.subject.clone(),
        contact: contact.unwrap_or_default(),
        channel: row.channel_id.and_then(|id| known.channels.get(&id)).cloned().unwrap_or(Channel::Email),
        snoozed_until: row.snooze_until.filter(|_| status == Status::Snoozed),
        status,
        priority: Priority::None,
        assignee: Assignee { agent: row.agent_id.as_ref().map(agent), team: None },
        tags,
        followers: Vec::new(),
        engagement: if is_pending { Engagement::Pending } else { Engagement::Engaged },
        waiting_since: is_pending.then_some(row.last_update).flatten(),
        created: at,
        updated: sent.map_or(at, |sent| sent.max(at)),
        last_inbound: row.last_update,
        last_outbound: sent,
        preview: None,
        message_count: 0,
        case_number: None,
        custom_fields: row
            .extra
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), text(value)?)))
            .collect(),
        has_attachment: false,
        stamp,
    }
}

/// Words and numbers that a newer Fernand says of a conversation; whatever has parts is none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The channel that a word of an entry means.
pub(in crate::fernand) fn channel(source: &str) -> Option<Channel> {
    match source {
        "" => None,
        "CHATBOX" | "WIDGET" | "LIVECHAT" => Some(Channel::Chat),
        other => Some(Channel::from(other.to_lowercase().as_str())),
    }
}

/// A thread: the sketch, completed with what its entries say. They come newest first, some perhaps twice.
pub(in crate::fernand) fn thread(
    row: &wire::Conversation,
    entries: &[wire::Entry],
    is_whole: bool,
    known: &Known,
    stamp: i64,
) -> Thread {
    let mut messages: Vec<Message> = Vec::with_capacity(entries.len());
    for entry in entries.iter().rev() {
        let message = message(row, entry, known);
        if !messages.iter().any(|other| other.id == message.id) {
            messages.push(message);
        }
    }
    messages.sort_by_key(|message| message.at);
    let mut header = sketch(row, known, stamp);
    let visible = || messages.iter().filter(|message| message.kind == MessageKind::Message);
    let said = |from: Author| visible().filter(move |message| message.from == from);
    if let Some(first) = messages.first().filter(|_| is_whole) {
        header.created = first.at;
    }
    header.last_inbound = said(Author::Customer).map(|message| message.at).max().max(row.last_update);
    header.last_outbound = said(Author::Agent).map(|message| message.at).max().max(header.last_outbound);
    if header.last_inbound.is_some() || header.last_outbound.is_some() {
        let is_pending = header.last_inbound >= header.last_outbound;
        header.engagement = if is_pending { Engagement::Pending } else { Engagement::Engaged };
        let unanswered = said(Author::Customer).map(|message| message.at);
        let unanswered = unanswered.filter(|at| header.last_outbound.is_none_or(|sent| *at > sent)).min();
        header.waiting_since = if is_pending { unanswered.or(header.last_inbound) } else { None };
    }
    let counts = |message: &&Message| message.kind != MessageKind::Event;
    header.updated = messages
        .iter()
        .filter(counts)
        .map(|message| message.at)
        .max()
        .max(Some(header.updated))
        .unwrap_or(header.updated);
    header.preview = visible().rfind(|message| message.from != Author::System).map(|last| Preview {
        text: html::folded(&last.text).chars().take(PREVIEW_CHARS).collect(),
        from: last.from.clone(),
    });
    header.message_count = u32::try_from(visible().count()).unwrap_or(u32::MAX);
    header.has_attachment = messages.iter().any(|message| !message.attachments.is_empty());
    if let Some(channel) = entries.iter().find_map(|entry| channel(&entry.source)) {
        header.channel = channel;
    }
    Thread { conversation: header, messages }
}

/// The id of an entry: what it is and its number, because the prefix of Fernand's own id may go away.
pub(in crate::fernand) fn entry_id(kind: &str, number: &str) -> RemoteId {
    let kind = if kind.is_empty() { "message".to_owned() } else { kind.to_lowercase() };
    format!("{kind}-{number}").into()
}

fn message(row: &wire::Conversation, entry: &wire::Entry, known: &Known) -> Message {
    let number = entry.id.number();
    let kind = match entry.kind.as_str() {
        "MESSAGE" | "" => MessageKind::Message,
        other => MessageKind::from(other.to_lowercase().as_str()),
    };
    let from = match (&kind, entry.way.as_str()) {
        (MessageKind::Event, _) => Author::System,
        (MessageKind::Note, _) => Author::Agent,
        (_, "IN") => Author::Customer,
        _ if entry.is_automated => Author::System,
        _ => Author::Agent,
    };
    let agent = entry.agent_id.and_then(|id| known.agents.get(&id));
    let contact = row.contact_id.and_then(|id| known.contacts.get(&id));
    let author = match from {
        Author::Customer => contact.map(super::contact).map(|contact| {
            if contact.name.is_empty() { contact.email.unwrap_or_default() } else { contact.name }
        }),
        _ => agent.map(|agent| agent.name.clone()),
    };
    let is_out = from == Author::Agent && kind == MessageKind::Message;
    let file = |file: &wire::Attachment| {
        let id = file
            .id
            .map(|id| id.to_string())
            .or_else(|| file.uuid.clone())
            .unwrap_or_else(|| file.name.clone());
        Attachment { id: id.into(), name: file.name.clone(), mime: file.mime.clone(), size: file.size }
    };
    Message {
        id: entry_id(&entry.kind, &number),
        at: entry.timestamp.or(row.last_update).unwrap_or(Timestamp::UNIX_EPOCH),
        kind,
        from,
        author: author.unwrap_or_default(),
        author_handle: agent.map(|agent| Handle::from(agent.email.as_str())),
        text: html::to_text(&entry.message),
        html: (!entry.message.is_empty()).then(|| entry.message.clone()),
        attachments: entry.attachments.iter().map(file).collect(),
        client_ref: entry.generated_id.clone().or_else(|| known.references.get(&number).cloned()),
        mass_reply: false,
        delivery: if is_out { delivery(entry) } else { None },
        mentions: Vec::new(),
    }
}

fn delivery(entry: &wire::Entry) -> Option<Delivery> {
    let Some(event) = &entry.last_event else {
        return (entry.status == "SENT").then_some(Delivery { state: DeliveryState::Sent, reason: None });
    };
    let code = event.error_code.as_ref().and_then(text);
    let state = match event.event.as_str() {
        "DELIVERED" | "OPENED" | "CLICKED" => DeliveryState::Delivered,
        "SENT" | "PROCESSED" => DeliveryState::Sent,
        "BOUNCED" | "BOUNCE" | "DROPPED" | "REJECTED" | "FAILED" | "SPAM_COMPLAINT" => DeliveryState::Failed,
        other => DeliveryState::from(other.to_lowercase().as_str()),
    };
    Some(Delivery { state, reason: event.reason.clone().or(code) })
}

/// What a thread is like, in a number: two that differ have different ones.
pub(in crate::fernand) fn fingerprint(
    row: &wire::Conversation,
    entries: &[wire::Entry],
    contact: Option<&wire::Contact>,
) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{row:?}{entries:?}").hash(&mut hasher);
    contact.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn row(with: &[(&str, Value)]) -> wire::Conversation {
        let mut row = json!({"id":12345,"contact_id":789,"subject":"Question about billing","status":"OPENED",
            "last_update":"2026-01-21T14:30:00Z","tags":[1,5],"agent_id":42,"channel_id":1,"snooze_until":null,
            "recipients":[{"id":1,"contact_id":789,"kind":"cc","conversation_id":12345}],"cursor":"cur_1"});
        for (key, value) in with {
            row[key] = value.clone();
        }
        serde_json::from_value(row).unwrap()
    }

    fn known() -> Known {
        let mut known = Known::default();
        known.tags.insert(1, serde_json::from_value(json!({"id":1,"name":"refund"})).unwrap());
        let agent = json!({"id":42,"email":"mira@b.example","name":"Mira Okafor"});
        known.agents.insert(42, serde_json::from_value(agent).unwrap());
        let contact = json!({"id":789,"email":"marta@mail.example","name":"Marta"});
        known.contacts.insert(789, serde_json::from_value(contact).unwrap());
        known
    }

    fn entry(id: &str, way: &str, at: &str) -> wire::Entry {
        let message = format!("<p>{id}</p>");
        let json = json!({"id":id,"conversation_id":12345,"type":"MESSAGE","timestamp":at,"way":way,"status":"SENT",
            "source":"EMAIL","agent_id":if way == "OUT" { json!(42) } else { Value::Null },"message":message,"attachments":null});
        serde_json::from_value(json).unwrap()
    }

    #[rstest]
    #[case("OPENED", "active")]
    #[case("CLOSED", "done")]
    #[case("SNOOZED", "snoozed")]
    #[case("SPAM", "spam")]
    #[case("ON_ICE", "on_ice")]
    fn a_status_is_ours_or_kept(#[case] word: &str, #[case] ours: &str) {
        assert_eq!(status(word).as_str(), ours);
    }

    #[test]
    fn a_sketch_says_what_a_list_says() {
        let more = [("mood", json!("good")), ("score", json!(3)), ("nested", json!({"a":1}))];
        let sketch = sketch(&row(&more), &known(), 9);
        assert_eq!(
            (sketch.id.as_str(), sketch.stamp, sketch.subject.as_str()),
            ("12345", 9, "Question about billing")
        );
        assert_eq!(sketch.tags, ["#5", "refund"], "a tag that nobody told of keeps its number");
        assert_eq!(sketch.assignee.agent, Some(Handle::from("mira@b.example")));
        assert_eq!((sketch.contact.name.as_str(), sketch.last_outbound), ("Marta", None));
        let fields: Vec<_> =
            sketch.custom_fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(fields, ["mood=good", "score=3"], "what a newer Fernand says is kept");
        let stranger = super::sketch(&row(&[]), &Known::default(), 9);
        assert_eq!((stranger.contact.id, stranger.contact.email), (Some("789".into()), None));
        assert_eq!(stranger.assignee.agent, Some(Handle::from("#42")));
    }

    #[test]
    fn a_thread_tells_whose_turn_it_is() {
        // Newest first, one twice, and not in order.
        let entries = [
            entry("m-3", "IN", "2026-01-21T14:30:00Z"),
            entry("m-2", "OUT", "2026-01-21T12:00:00Z"),
            entry("m-3", "IN", "2026-01-21T14:30:00Z"),
            entry("m-1", "IN", "2026-01-21T10:00:00Z"),
        ];
        let thread = thread(&row(&[]), &entries, true, &known(), 9);
        let ids: Vec<&str> = thread.messages.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids, ["message-1", "message-2", "message-3"]);
        let header = &thread.conversation;
        assert_eq!(header.engagement, Engagement::Pending);
        assert_eq!(header.waiting_since, "2026-01-21T14:30:00Z".parse().ok());
        assert_eq!(header.last_outbound, "2026-01-21T12:00:00Z".parse().ok());
        assert_eq!(header.created, "2026-01-21T10:00:00Z".parse().unwrap());
        assert_eq!((header.message_count, header.preview.as_ref().unwrap().text.as_str()), (3, "m-3"));
        assert_eq!(
            (thread.messages[0].author.as_str(), thread.messages[1].author.as_str()),
            ("Marta", "Mira Okafor")
        );
    }

    #[rstest]
    #[case(json!("m-123"), "MESSAGE", "message-123")]
    #[case(json!("123"), "MESSAGE", "message-123")]
    #[case(json!(123), "NOTE", "note-123")]
    #[case(json!("e-7"), "EVENT", "event-7")]
    #[case(json!("x-7"), "POLL", "poll-7")]
    fn an_entry_is_known_by_type_and_number(#[case] id: Value, #[case] kind: &str, #[case] expected: &str) {
        let id: wire::EntryId = serde_json::from_value(id).unwrap();
        assert_eq!(entry_id(kind, &id.number()).as_str(), expected);
    }

    #[test]
    fn a_delivery_says_how_far_it_came() {
        let json = json!({"id":"m-1","type":"MESSAGE","way":"OUT","message":"x",
            "last_event":{"event":"BOUNCED","received_at":"2026-01-21T14:30:00Z","error_code":"550","reason":"No such mailbox"}});
        let bounced: wire::Entry = serde_json::from_value(json).unwrap();
        let message = message(&row(&[]), &bounced, &known());
        let delivery = message.delivery.unwrap();
        assert_eq!(
            (delivery.state, delivery.reason.as_deref()),
            (DeliveryState::Failed, Some("No such mailbox"))
        );
        let mut newer = bounced;
        newer.last_event.as_mut().unwrap().event = "PONDERED".into();
        assert_eq!(super::delivery(&newer).unwrap().state.as_str(), "pondered");
    }
}
