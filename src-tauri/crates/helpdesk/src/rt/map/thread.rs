//! A ticket's history and the parts of its mails, as messages, notes and events.

use std::collections::HashMap;

use muster_model::{Attachment, Author, Handle, Message, MessageKind, RemoteId};

use super::{Cast, NOBODY, SYSTEM, reference_field, slug};
use crate::rt::wire;

/// What names stand for, in events.
#[derive(Clone, Debug, Default)]
pub(in crate::rt) struct Names {
    /// Logins by a user's number.
    pub(in crate::rt) users: HashMap<String, String>,
    /// Queues by their number.
    pub(in crate::rt) queues: HashMap<String, String>,
    /// The custom field that holds tags.
    pub(in crate::rt) tags_field: Option<String>,
}

/// Everything that a thread shows, oldest first.
pub(in crate::rt) fn messages(
    history: &[wire::Transaction],
    parts: Vec<wire::Attachment>,
    requestors: &[wire::Ref],
    cast: &Cast,
    names: &Names,
) -> Vec<Message> {
    let mut by_transaction: HashMap<i64, Vec<wire::Attachment>> = HashMap::new();
    for part in parts {
        by_transaction.entry(part.transaction_id).or_default().push(part);
    }
    let mut entries: Vec<&wire::Transaction> = history.iter().collect();
    entries.sort_by_key(|entry| (entry.created, entry.id));
    entries
        .into_iter()
        .filter_map(|entry| {
            let parts = by_transaction.remove(&entry.id).unwrap_or_default();
            message(entry, parts, requestors, cast, names)
        })
        .collect()
}

fn message(
    entry: &wire::Transaction,
    parts: Vec<wire::Attachment>,
    requestors: &[wire::Ref],
    cast: &Cast,
    names: &Names,
) -> Option<Message> {
    let (kind, from) = match entry.kind.as_str() {
        "Create" | "Correspond" => (MessageKind::Message, cast.author(entry, requestors)),
        "Comment" => (MessageKind::Note, Author::Agent),
        _ => (MessageKind::Event, Author::System),
    };
    let body = if kind == MessageKind::Event {
        Body { text: event(entry, names)?, ..Body::default() }
    } else {
        body(parts)
    };
    let creator = &entry.creator;
    // What a program took in was written by whoever asked.
    let writer = match requestors.first() {
        Some(requestor) if from == Author::Customer && creator.id == SYSTEM => requestor,
        _ => creator,
    };
    let shown = [&writer.real_name, &writer.name, &writer.id].into_iter().find(|text| !text.is_empty());
    let reference = reference_field(&entry.custom_fields).and_then(|field| field.values.first());
    Some(Message {
        id: RemoteId::new(entry.id.to_string()),
        at: entry.created?,
        kind,
        author_handle: (from == Author::Agent).then(|| Handle::from(creator.id.as_str())),
        from,
        author: shown.cloned().unwrap_or_default(),
        text: body.text,
        html: body.html,
        attachments: body.files,
        client_ref: reference.cloned(),
        mass_reply: false,
        delivery: None,
        mentions: Vec::new(),
    })
}

#[derive(Default)]
struct Body {
    text: String,
    html: Option<String>,
    files: Vec<Attachment>,
}

/// Text and HTML are what has no file name; the rest are files.
fn body(parts: Vec<wire::Attachment>) -> Body {
    let mut body = Body::default();
    for part in parts {
        let kind = part.content_type.to_lowercase();
        match kind.as_str() {
            _ if kind.starts_with("multipart/") => {}
            "text/plain" if part.filename.is_empty() => {
                if !body.text.is_empty() {
                    body.text.push_str("\n\n");
                }
                body.text.push_str(part.content.trim_end());
            }
            "text/html" if part.filename.is_empty() && body.html.is_none() => body.html = Some(part.content),
            _ => body.files.push(Attachment {
                name: if part.filename.is_empty() { format!("part-{}", part.id) } else { part.filename },
                id: part.id.into(),
                mime: part.content_type,
                size: u64::try_from(part.content_length).unwrap_or_default(),
            }),
        }
    }
    if let (true, Some(html)) = (body.text.is_empty(), &body.html) {
        body.text = text_of(html);
    }
    body
}

/// The text of a message of HTML alone.
pub(in crate::rt) fn text_of(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html).trim().to_owned()
}

/// What happened, in a sentence without a subject. What RT does for itself is no event.
fn event(entry: &wire::Transaction, names: &Names) -> Option<String> {
    let (old, new) = (entry.old_value.as_str(), entry.new_value.as_str());
    let user = |id: &str| match names.users.get(id) {
        Some(login) if login == NOBODY => "nobody".to_owned(),
        Some(login) => login.clone(),
        None => "somebody else".to_owned(),
    };
    let queue = |id: &str| names.queues.get(id).cloned().unwrap_or_else(|| slug("", id));
    Some(match (entry.kind.as_str(), entry.field.as_str()) {
        ("Status", _) => format!("Status changed from {old} to {new}"),
        ("Set" | "Give" | "Take" | "Steal" | "Untake" | "Force" | "SetWatcher", "Owner") => {
            format!("Assigned to {}", user(new))
        }
        ("Set", "Queue") => format!("Moved from {} to {}", queue(old), queue(new)),
        ("Set", "Subject") => format!("Subject changed to “{new}”"),
        ("Set", "Priority") => format!("Priority changed from {old} to {new}"),
        ("CustomField", field) if names.tags_field.as_deref() == Some(field) => match (old, new) {
            ("", new) => format!("Tagged {new}"),
            (old, "") => format!("Tag {old} taken off"),
            (old, new) => format!("Tag {old} changed to {new}"),
        },
        ("AddWatcher", role) => format!("{} added as {role}", user(new)),
        ("DelWatcher", role) => format!("{} taken off as {role}", user(old)),
        ("AddLink", "MergedInto") => {
            format!("Merged into {}", new.rsplit('/').next().unwrap_or_default())
        }
        _ => return None,
    })
}
