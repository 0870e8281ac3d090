//! Fernand's JSON, as its public pages show it: words are text, so that a new one is kept, absent and `null` are the
//! same, and what a conversation says beyond that is kept by its name.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `null` as if it were absent.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The body of every error; documented on one call, assumed of all.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: Value,
}

/// `GET /conversations`
#[derive(Debug, Deserialize)]
pub(super) struct ConversationPage {
    pub(super) data: Vec<Conversation>,
    pub(super) cursor: Option<String>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: i64,
    pub(super) contact_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) subject: String,
    pub(super) status: String,
    /// Of the last message that came in.
    pub(super) last_update: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<i64>,
    pub(super) agent_id: Option<i64>,
    pub(super) channel_id: Option<i64>,
    pub(super) snooze_until: Option<Timestamp>,
    /// Its place in a list, which is none of its properties.
    #[serde(default, rename = "cursor")]
    _cursor: Place,
    #[serde(default, rename = "recipients")]
    _recipients: Place,
    /// What a newer Fernand says.
    #[serde(flatten)]
    pub(super) extra: BTreeMap<String, Value>,
}

/// Something that is read over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Value")]
struct Place;

impl From<Value> for Place {
    fn from(_: Value) -> Self {
        Self
    }
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Entry {
    pub(super) id: EntryId,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    pub(super) timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) way: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) source: String,
    pub(super) agent_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attachments: Vec<Attachment>,
    pub(super) last_event: Option<LastEvent>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_automated: bool,
    pub(super) generated_id: Option<String>,
}

/// `m-123`, `n-123`, `e-123`, or soon the number alone: what the prefix says stands in `type` as well.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum EntryId {
    Text(String),
    Number(i64),
}

impl EntryId {
    /// The number without its prefix.
    pub(super) fn number(&self) -> String {
        match self {
            Self::Text(text) => match text.split_once('-') {
                Some((prefix, number)) if prefix.chars().all(|c| c.is_ascii_alphabetic()) => {
                    number.to_owned()
                }
                _ => text.clone(),
            },
            Self::Number(number) => number.to_string(),
        }
    }

    /// As it was said, to be sent back.
    pub(super) fn as_said(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Attachment {
    pub(super) id: Option<i64>,
    pub(super) uuid: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub(super) mime: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) size: u64,
}

/// How far a message came.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct LastEvent {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) event: String,
    pub(super) reason: Option<String>,
    pub(super) error_code: Option<Value>,
}

/// The answer to a note.
#[derive(Debug, Deserialize)]
pub(super) struct Noted {
    pub(super) id: EntryId,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) created: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) color: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Agent {
    pub(super) id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) email: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_removed: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) roles: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) owner: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_current_user: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) custom_inboxes: Vec<CustomInbox>,
    pub(super) lock_reason: Option<String>,
}

/// A view that an agent keeps.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CustomInbox {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) query: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub(super) struct Contact {
    pub(super) id: i64,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) is_role: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Snippet {
    pub(super) id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) title: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) shortcut: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) actions: Vec<SnippetAction>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct SnippetAction {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) data: Value,
}

/// The body of `POST /conversations/bulk`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Bulk {
    pub(super) ids: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snooze_until: Option<Timestamp>,
    /// `null` takes the agent away; a number is never sent, because people are known by address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_id: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) untag: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) block: bool,
}

/// The answer to it: what succeeded.
#[derive(Debug, Deserialize)]
pub(super) struct Succeeded {
    pub(super) conversations: Vec<Conversation>,
}

/// The body of `POST /conversations/{id}/reply`.
#[derive(Debug, Serialize)]
pub(super) struct Reply<'a> {
    pub(super) content: String,
    pub(super) generated_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attachments: Vec<NewAttachment<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct NewAttachment<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) mime: &'a str,
    /// Base64.
    pub(super) content: String,
}

/// The body of `POST /conversations/{id}/notes`.
#[derive(Debug, Serialize)]
pub(super) struct Note<'a> {
    pub(super) content: String,
    pub(super) mentions: Vec<String>,
    pub(super) generated_id: &'a str,
}
