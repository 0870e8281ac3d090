//! Shared by the tests of this crate: small, readable samples.

use jiff::Timestamp;
use muster_model::{
    Assignee, Author, Channel, Contact, Conversation, Engagement, Handle, Message, MessageKind, Preview,
    Priority, RemoteId, Status,
};

use crate::DataKey;

pub(crate) fn key() -> DataKey {
    DataKey::from_bytes([7; 32])
}

/// The instant so many seconds after the epoch.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// An active conversation that waits for us, last updated at that second.
pub(crate) fn conversation(id: &str, updated: i64) -> Conversation {
    Conversation {
        id: RemoteId::from(id),
        subject: format!("Question {id}"),
        contact: Contact {
            name: "Noëlle Österberg".into(),
            email: Some(format!("noelle.{id}@kunde.example")),
            ..Contact::default()
        },
        channel: Channel::Email,
        status: Status::Active,
        snoozed_until: None,
        priority: Priority::None,
        assignee: Assignee::default(),
        tags: Vec::new(),
        followers: Vec::new(),
        engagement: Engagement::Pending,
        waiting_since: Some(at(updated)),
        created: at(0),
        updated: at(updated),
        last_inbound: Some(at(updated)),
        last_outbound: None,
        preview: Some(Preview { text: "Where is my parcel?".into(), from: Author::Customer }),
        message_count: 1,
        case_number: None,
        custom_fields: std::collections::BTreeMap::new(),
        has_attachment: false,
        stamp: 1,
    }
}

pub(crate) fn message(id: &str, second: i64, text: &str) -> Message {
    Message {
        id: RemoteId::from(id),
        at: at(second),
        kind: MessageKind::Message,
        from: Author::Customer,
        author: "Noëlle Österberg".into(),
        author_handle: None,
        text: text.into(),
        html: None,
        attachments: Vec::new(),
        client_ref: None,
        mass_reply: false,
        delivery: None,
        mentions: Vec::new(),
    }
}

pub(crate) fn handle(text: &str) -> Handle {
    Handle::from(text)
}
