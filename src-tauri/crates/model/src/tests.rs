//! The conversation that unit tests start from.

use crate::{Assignee, Channel, Contact, Conversation, Engagement, Priority, Status};

/// Ada's invoice: active, e-mail, assigned to Mara in billing.
pub(crate) fn conversation() -> Conversation {
    Conversation {
        id: "c1".into(),
        subject: "Invoice 4711".to_owned(),
        contact: Contact {
            id: None,
            name: "Ada Lovelace".to_owned(),
            email: Some("ada@example.com".to_owned()),
            phone: Some("+49 170 1234567".to_owned()),
            custom_fields: [("plan".to_owned(), "gold".to_owned()), ("empty".to_owned(), " ".to_owned())]
                .into(),
        },
        channel: Channel::Email,
        status: Status::Active,
        snoozed_until: None,
        priority: Priority::High,
        assignee: Assignee { agent: Some("Mara@example.com".into()), team: Some("billing".into()) },
        tags: vec!["VIP".to_owned(), "needs review".to_owned()],
        followers: vec!["jonas@example.com".into()],
        engagement: Engagement::Pending,
        waiting_since: None,
        created: "2026-01-10T08:00:00Z".parse().unwrap(),
        updated: "2026-04-01T12:00:00Z".parse().unwrap(),
        last_inbound: Some("2026-04-01T12:00:00Z".parse().unwrap()),
        last_outbound: None,
        preview: None,
        message_count: 3,
        case_number: None,
        custom_fields: [("order".to_owned(), "{{customer_name}}".to_owned())].into(),
        has_attachment: true,
        stamp: 1,
    }
}
