//! Tickets as conversations, queues as teams, users as agents.

use std::time::Duration;

use jiff::Timestamp;
use muster_model::{
    Agent, Assignee, Channel, Contact, Conversation, Directory, Handle, Me, Preview, Status, Team,
};

use super::{Lifecycles, Meaning, NOBODY, SYSTEM, Story, priority, slug, status};
use crate::Capabilities;
use crate::rt::wire;

/// The longest first line that a list shows.
const PREVIEW_CHARS: usize = 200;

/// The custom field that holds tags, as it is spelled there.
pub(in crate::rt) fn tags_field(fields: &[wire::CustomField]) -> Option<&wire::CustomField> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case("tags"))
}

/// The custom field of transactions that holds our reference, as it is spelled there.
pub(in crate::rt) fn reference_field(fields: &[wire::CustomField]) -> Option<&wire::CustomField> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case("clientref"))
}

/// What the sync adds to a ticket.
#[derive(Clone, Debug, Default)]
pub(in crate::rt) struct Extra {
    pub(in crate::rt) story: Story,
    /// The text of the last message.
    pub(in crate::rt) text: Option<String>,
    pub(in crate::rt) has_attachment: bool,
}

/// A ticket as a conversation; none where it is deleted.
pub(in crate::rt) fn conversation(
    ticket: wire::Ticket,
    extra: Extra,
    lifecycles: &Lifecycles,
) -> Option<Conversation> {
    let Extra { story, text, has_attachment } = extra;
    let engagement = story.engagement();
    let status = match lifecycles.meaning(&ticket.queue.lifecycle, &ticket.status) {
        Some(Meaning::Deleted) => return None,
        Some(meaning) => status(meaning, &engagement),
        None => Status::from(ticket.status.as_str()),
    };
    let tags_field = tags_field(&ticket.custom_fields).map(|field| field.id.clone());
    let mut tags = Vec::new();
    let mut custom_fields = std::collections::BTreeMap::new();
    for field in ticket.custom_fields {
        if Some(&field.id) == tags_field.as_ref() {
            tags = field.values;
        } else if !field.values.is_empty() {
            custom_fields.insert(field.name, field.values.join(", "));
        }
    }
    tags.sort_unstable();
    tags.dedup();
    let created = ticket.created.unwrap_or(Timestamp::UNIX_EPOCH);
    let preview = story.last.clone().zip(text).map(|((_, from), text)| Preview { text: folded(&text), from });
    Some(Conversation {
        case_number: Some(ticket.id.clone()),
        id: ticket.id.into(),
        subject: ticket.subject,
        contact: ticket.requestor.first().map(contact).unwrap_or_default(),
        channel: Channel::Email,
        status,
        snoozed_until: None,
        priority: priority(&ticket.priority),
        assignee: Assignee {
            agent: Some(ticket.owner.id.as_str()).filter(|owner| is_somebody(owner)).map(Handle::from),
            team: Some(&ticket.queue)
                .filter(|queue| !queue.id.is_empty())
                .map(|queue| team(&queue.name, &queue.id)),
        },
        tags,
        followers: ticket
            .admin_cc
            .iter()
            .filter(|who| who.kind == "user")
            .map(|who| handle(&who.id))
            .collect(),
        engagement,
        waiting_since: story.waiting_since,
        created,
        updated: ticket.last_updated.unwrap_or(created),
        last_inbound: story.last_inbound,
        last_outbound: story.last_outbound,
        preview,
        message_count: story.messages,
        custom_fields,
        has_attachment,
        stamp: story.stamp,
    })
}

/// The first requestor: RT names customers by their address.
fn contact(requestor: &wire::Ref) -> Contact {
    let address = [&requestor.email, &requestor.id].into_iter().find(|text| text.contains('@'));
    Contact {
        id: Some(requestor.id.as_str().into()),
        name: requestor.real_name.clone(),
        email: address.cloned(),
        phone: None,
        custom_fields: std::collections::BTreeMap::new(),
    }
}

fn is_somebody(login: &str) -> bool {
    !login.is_empty() && login != NOBODY && login != SYSTEM
}

fn handle(login: &str) -> Handle {
    Handle::from(login)
}

/// A queue's handle.
pub(in crate::rt) fn team(name: &str, id: &str) -> Handle {
    Handle::from(slug(name, id))
}

/// White space folded, cut where a list ends anyway.
pub(in crate::rt) fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(PREVIEW_CHARS).collect()
}

/// What a key may do in at least one queue.
#[derive(Clone, Copy, Debug)]
pub(in crate::rt) struct Rights {
    pub(in crate::rt) reply: bool,
    pub(in crate::rt) change: bool,
    pub(in crate::rt) comment: bool,
}

/// Whose key it is. What the role allows shows on tickets.
pub(in crate::rt) fn me(user: &wire::User, rights: Rights) -> Me {
    let name = if user.real_name.is_empty() { &user.name } else { &user.real_name };
    Me {
        id: user.id.as_str().into(),
        handle: handle(&user.name),
        name: name.clone(),
        role: if user.privileged == "1" { "agent".into() } else { "self-service".into() },
        may_reply: rights.reply,
        may_change: rights.change,
        may_note: rights.comment,
    }
}

/// A user as an agent; none for RT's own and for who left.
pub(in crate::rt) fn agent(user: &wire::User) -> Option<Agent> {
    if !is_somebody(&user.name) || user.disabled == "1" {
        return None;
    }
    let name = if user.real_name.is_empty() { &user.name } else { &user.real_name };
    Some(Agent {
        id: user.id.as_str().into(),
        handle: handle(&user.name),
        name: name.clone(),
        teams: Vec::new(),
    })
}

pub(in crate::rt) fn directory(
    tenant: String,
    agents: Vec<Agent>,
    queues: &[wire::Queue],
    tags: Vec<String>,
    conversations: Option<u64>,
) -> Directory {
    Directory {
        tenant,
        agents,
        teams: queues
            .iter()
            .map(|queue| Team {
                id: queue.id.as_str().into(),
                handle: team(&queue.name, &queue.id),
                name: queue.name.clone(),
            })
            .collect(),
        tags: tags.into_iter().map(|name| muster_model::Tag { name, color: None }).collect(),
        channels: vec![Channel::Email],
        conversations,
        ..Directory::default()
    }
}

/// What RT can do. `tags` and `references`: whether its administrator made the custom fields for them.
pub(in crate::rt) fn capabilities(tags: bool, references: bool, settle: Duration) -> Capabilities {
    Capabilities {
        // A few seconds of one of RT's workers, with progress in between.
        max_batch: 50,
        max_replies: 20,
        dedupes_replies: false,
        finds_by_reference: references,
        settle,
        events: false,
        follow: true,
        snooze_until_reply: false,
        mass_reply_note: false,
        max_reply_chars: Vec::new(),
        max_tag_chars: 255,
        replies_per_minute: None,
        reads_per_minute: None,
        writes_per_minute: None,
        status_with_reply: true,
        sketches: false,
        teams: true,
        priority: true,
        clear_tags: tags,
        notes: true,
        note_files: true,
        block: false,
        delete: true,
        files: true,
        attachments: true,
        test_messages: false,
        auto_archive: None,
        snooze: false,
        archive: false,
        tags,
        no_team: false,
    }
}
