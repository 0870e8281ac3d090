//! What is asked of Request Tracker.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use muster_model::{Change, Handle};
use serde_json::{Map, Value, json};

use super::{priority_number, team};
use crate::rt::wire;
use crate::{OutgoingFile, Reply};

/// The longest encoded word of a mail header.
const ENCODED_WORD_BYTES: usize = 42;

/// What a change wants of one ticket, in RT's words; what it leaves is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::rt) struct Wanted {
    pub(in crate::rt) status: Option<String>,
    pub(in crate::rt) owner: Option<String>,
    /// The queue's number.
    pub(in crate::rt) queue: Option<String>,
    pub(in crate::rt) priority: Option<u32>,
}

impl Wanted {
    /// Everything but the tags, which depend on those that are there, and the status, which depends on the lifecycle.
    pub(in crate::rt) fn of(change: &Change, queues: &[wire::Queue]) -> Self {
        let queue_id = |wanted: &Handle| {
            let mut all = queues.iter();
            let found =
                all.find(|queue| team(&queue.name, &queue.id).as_str().eq_ignore_ascii_case(wanted.as_str()));
            found.map_or_else(|| wanted.to_string(), |queue| queue.id.clone())
        };
        Self {
            status: None,
            owner: change
                .agent
                .as_ref()
                .map(|agent| agent.as_ref().map_or_else(|| super::NOBODY.to_owned(), ToString::to_string)),
            queue: change.team.as_ref().and_then(|team| team.as_ref().map(queue_id)),
            priority: change.priority.as_ref().and_then(priority_number),
        }
    }

    pub(in crate::rt) fn update(&self, id: Option<&str>) -> wire::Update {
        wire::Update {
            id: id.map(str::to_owned),
            status: self.status.clone(),
            owner: self.owner.clone(),
            queue: self.queue.clone(),
            priority: self.priority,
            ..wire::Update::default()
        }
    }
}

/// The tags that a ticket shall have, given those that it has.
pub(in crate::rt) fn tags_after(change: &Change, now: &[String]) -> Vec<String> {
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    let mut tags: Vec<String> = if change.remove_all_tags { Vec::new() } else { now.to_vec() };
    tags.retain(|tag| !change.remove_tags.iter().any(|gone| same(gone, tag)));
    for tag in &change.add_tags {
        if !tags.iter().any(|other| same(other, tag)) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// Whether a change touches tags.
pub(in crate::rt) fn touches_tags(change: &Change) -> bool {
    change.remove_all_tags || !change.add_tags.is_empty() || !change.remove_tags.is_empty()
}

/// A custom field with values, as RT takes it: the whole list.
pub(in crate::rt) fn field(name: &str, values: &[String]) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), json!(values))])
}

/// One reply, its reference in the custom field of that name.
pub(in crate::rt) fn message(
    reply: &Reply,
    status: Option<String>,
    reference_field: Option<&str>,
) -> wire::Message {
    let reference = reference_field.map(|name| (name.to_owned(), json!(reply.client_ref.as_str())));
    wire::Message {
        id: reply.id.to_string(),
        content: reply.text.clone(),
        content_type: "text/plain",
        status,
        txn_custom_fields: Map::from_iter(reference),
        attachments: reply.files.iter().map(|file| outgoing(file)).collect(),
    }
}

fn outgoing(file: &OutgoingFile) -> wire::OutgoingFile {
    wire::OutgoingFile {
        file_name: file_name(&file.name),
        file_type: file.mime.clone(),
        file_content: BASE64_STANDARD.encode(&file.bytes),
    }
}

/// RT puts a file's name into a mail header as it is: what is not ASCII would arrive broken, so it is encoded as headers
/// are (RFC 2047).
fn file_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    let mut words = vec![String::new()];
    for sign in name.chars() {
        if words.last().is_some_and(|word| word.len() + sign.len_utf8() > ENCODED_WORD_BYTES) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(sign);
        }
    }
    let words = words.iter().map(|word| format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word)));
    words.collect::<Vec<_>>().join(" ")
}
