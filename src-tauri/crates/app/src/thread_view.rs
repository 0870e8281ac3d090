//! What the thread pane shows of a conversation: its messages with what is on its way, and what can be written.

use muster_engine::Account;
use muster_model::{Author, Channel, Conversation, Message, MessageKind};
use muster_store::{CachedThread, OpenReply};

use crate::approved::approved_texts;
use crate::quote::part_quote;
use crate::wire::{AttachmentView, MessageView, Row, ThreadView};
use crate::words::{count, initials, rfc3339};

/// Everything that is here of one conversation.
pub(crate) struct Found {
    pub(crate) row: Row,
    /// As the agent sees it.
    pub(crate) conversation: Conversation,
    pub(crate) cached: Option<CachedThread>,
    /// My read mark, UTC milliseconds.
    pub(crate) read: Option<i64>,
    pub(crate) open: Vec<OpenReply>,
}

/// A conversation as the thread pane shows it.
pub(crate) fn view(account: &Account, found: Found) -> ThreadView {
    let Found { row, conversation, cached, read, open } = found;
    let entries = cached.as_ref().map(|cached| cached.thread.messages.as_slice()).unwrap_or_default();
    let mut messages: Vec<MessageView> = entries.iter().map(message).collect();
    let read_up_to = read.and_then(|read| {
        entries.iter().rev().find(|entry| entry.at.as_millisecond() <= read).map(|entry| entry.id.to_string())
    });
    let me = account.me();
    messages.extend(open.iter().map(|reply| MessageView {
        id: format!("pending:{}", reply.client_ref),
        at: rfc3339(reply.at),
        kind: if reply.note { MessageKind::Note } else { MessageKind::Message }.to_string(),
        from: Author::Agent.to_string(),
        author: me.as_ref().map(|me| me.name.clone()).unwrap_or_default(),
        initials: me.as_ref().map(|me| initials(&me.name)).unwrap_or_default(),
        text: reply.text.clone(),
        quoted: None,
        quoted_lines: 0,
        has_html: false,
        attachments: vec![],
        mass_reply: reply.mass,
        delivery: Some(reply.state.to_string()),
        delivery_reason: reply.reason.as_ref().map(|reason| reason.message.clone()),
        mentions: reply.mentions.iter().map(ToString::to_string).collect(),
    }));
    ThreadView {
        row,
        email: conversation.contact.email.clone(),
        phone: conversation.contact.phone.clone(),
        case_number: conversation.case_number.clone(),
        created: rfc3339(conversation.created),
        messages,
        complete: cached.as_ref().is_some_and(|cached| cached.complete),
        fetched: cached.as_ref().map(|cached| rfc3339(cached.fetched)),
        read_up_to,
        reply_blocked: reply_blocked(account, &conversation),
        approved_texts: if needs_approved(account, &conversation) {
            approved_texts(account)
        } else {
            Vec::new()
        },
        note_blocked: note_blocked(account, &conversation),
        reply_to: reply_to(&conversation),
    }
}

fn message(entry: &Message) -> MessageView {
    let parted = part_quote(&entry.text);
    MessageView {
        id: entry.id.to_string(),
        at: rfc3339(entry.at),
        kind: entry.kind.to_string(),
        from: entry.from.to_string(),
        author: entry.author.clone(),
        initials: initials(&entry.author),
        text: parted.text.to_owned(),
        quoted_lines: count(parted.quoted.lines().count()),
        quoted: (!parted.quoted.is_empty()).then(|| parted.quoted.to_owned()),
        has_html: entry.html.is_some(),
        attachments: entry
            .attachments
            .iter()
            .map(|file| AttachmentView {
                id: file.id.to_string(),
                name: file.name.clone(),
                mime: file.mime.clone(),
                size: count(file.size),
            })
            .collect(),
        mass_reply: entry.mass_reply,
        delivery: entry.delivery.as_ref().map(|delivery| delivery.state.to_string()),
        delivery_reason: entry.delivery.as_ref().and_then(|delivery| delivery.reason.clone()),
        mentions: entry.mentions.iter().map(ToString::to_string).collect(),
    }
}

/// Why no reply can be written here, if so.
fn reply_blocked(account: &Account, conversation: &Conversation) -> Option<String> {
    if account.is_file() {
        return Some(muster_engine::READ_ONLY.into());
    }
    if account.me().is_some_and(|me| !me.may_reply) {
        return Some("Your role may not reply. Ask an administrator for a key that may.".into());
    }
    if conversation.status == muster_model::Status::Archived {
        return Some("Archived: the help desk takes no more replies here.".into());
    }
    if !conversation.channel.rules().written {
        return Some("Calls take no written reply.".into());
    }
    if conversation.channel.window_open(conversation.last_inbound, account.clock().now()) {
        return None;
    }
    // With approved texts a composer stands there that says itself that the window is closed.
    Some(if conversation.channel == Channel::Whatsapp && !account.directory().templates.is_empty() {
        "Over 24 h since the customer wrote. Only approved texts go until they write again.".into()
    } else {
        "Window closed: over 24 h since the customer wrote. This channel takes no reply until they write again.".into()
    })
}

/// Whether nothing but an approved text reaches the customer now.
fn needs_approved(account: &Account, conversation: &Conversation) -> bool {
    let may = !account.is_file() && account.me().is_some_and(|me| me.may_reply);
    may && conversation.channel == Channel::Whatsapp
        && conversation.status != muster_model::Status::Archived
        && !conversation.channel.window_open(conversation.last_inbound, account.clock().now())
}

/// Why no note can be written here, if so.
fn note_blocked(account: &Account, conversation: &Conversation) -> Option<String> {
    if account.is_file() {
        return Some(muster_engine::READ_ONLY.into());
    }
    if account.me().is_some_and(|me| !me.may_note) {
        return Some("Your role may not write notes. Ask an administrator for a key that may.".into());
    }
    (conversation.status == muster_model::Status::Archived)
        .then(|| "Archived: the help desk takes no more notes here.".into())
}

fn reply_to(conversation: &Conversation) -> String {
    let contact = &conversation.contact;
    let address = match conversation.channel {
        Channel::Email => contact.email.as_deref(),
        Channel::Sms | Channel::Whatsapp | Channel::Voice => contact.phone.as_deref(),
        _ => None,
    };
    let to = address.unwrap_or(if contact.name.is_empty() { "the customer" } else { &contact.name });
    let by = match &conversation.channel {
        Channel::Email => "email",
        Channel::Chat => "chat",
        Channel::Sms => "SMS",
        Channel::Whatsapp => "WhatsApp",
        Channel::Facebook => "Facebook",
        Channel::Instagram => "Instagram",
        Channel::Voice => "phone",
        Channel::Other(word) => word,
    };
    format!("To {to} by {by}")
}
