//! Sample values for this crate's tests.

use jiff::Timestamp;
use muster_model::{
    Assignee, Channel, Contact, Conversation, Engagement, Handle, Me, Priority, RemoteId, Status,
};

/// The moment of all samples.
pub(crate) fn now() -> Timestamp {
    "2026-05-22T14:31:00Z".parse().unwrap()
}

/// An active e-mail conversation that waits for us since an hour.
pub(crate) fn conversation(id: &str) -> Conversation {
    let hour_ago = now() - jiff::SignedDuration::from_hours(1);
    Conversation {
        id: RemoteId::from(id),
        subject: "Charged twice for order 48213".into(),
        contact: Contact {
            id: Some(RemoteId::new(format!("c{id}"))),
            name: "Marta Wiśniewska".into(),
            email: Some(format!("marta{id}@mail.example")),
            phone: Some("+48123456789".into()),
            ..Contact::default()
        },
        channel: Channel::Email,
        status: Status::Active,
        snoozed_until: None,
        priority: Priority::Medium,
        assignee: Assignee::default(),
        tags: vec!["refund".into()],
        followers: Vec::new(),
        engagement: Engagement::Pending,
        waiting_since: Some(hour_ago),
        created: hour_ago,
        updated: hour_ago,
        last_inbound: Some(hour_ago),
        last_outbound: None,
        preview: None,
        message_count: 1,
        case_number: Some("48213".into()),
        custom_fields: std::collections::BTreeMap::new(),
        has_attachment: false,
        stamp: 1,
    }
}

/// An agent who may do everything.
pub(crate) fn me() -> Me {
    Me {
        id: RemoteId::from("1"),
        handle: Handle::from("mira@desk.example"),
        name: "Mira Okafor".into(),
        role: "agent".into(),
        may_reply: true,
        may_change: true,
        may_note: true,
    }
}
