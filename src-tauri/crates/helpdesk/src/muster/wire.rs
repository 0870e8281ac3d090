//! The JSON of muster-desk, exactly as the desk's OpenAPI document says it: words are text, so that a new one is kept, absent
//! and `null` are the same, and fields that nobody here knows are passed over.

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

/// The body of every error.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: Reason,
}

/// A code and a sentence.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    pub(super) code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message: String,
}

/// `GET /api/health`
#[derive(Debug, Deserialize)]
pub(super) struct Health {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) version: String,
}

/// `GET /api/me`
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub(super) agent: MyAgent,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tenant: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) capabilities: Capabilities,
}

#[derive(Debug, Deserialize)]
pub(super) struct MyAgent {
    pub(super) id: String,
    pub(super) handle: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) role: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) permissions: Permissions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Permissions {
    pub(super) reply: bool,
    pub(super) change: bool,
    pub(super) note: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Capabilities {
    pub(super) max_batch: Option<usize>,
    pub(super) max_replies: Option<usize>,
    pub(super) idempotent_replies: Option<bool>,
    pub(super) settle_ms: Option<u64>,
    pub(super) snooze_until_reply: Option<bool>,
    pub(super) mass_reply_note: Option<bool>,
    pub(super) events: Option<bool>,
    pub(super) follow: Option<bool>,
    pub(super) block: Option<bool>,
    pub(super) delete: Option<bool>,
    pub(super) files: Option<bool>,
    pub(super) note_files: Option<bool>,
    pub(super) test_messages: Option<bool>,
    pub(super) auto_archive_ms: Option<u64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) limits: Limits,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Limits {
    pub(super) tag_chars: Option<usize>,
    pub(super) requests_per_minute: Option<u32>,
    #[serde(deserialize_with = "or_default")]
    pub(super) reply_chars: BTreeMap<String, usize>,
}

/// `GET /api/directory`
#[derive(Debug, Deserialize)]
pub(super) struct Directory {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) agents: Vec<Agent>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) teams: Vec<Team>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<Tag>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) channels: Vec<String>,
    pub(super) conversations: Option<u64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) snippets: Vec<Snippet>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) views: Vec<View>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) templates: Vec<Template>,
}

/// A text that WhatsApp lets through after its window closed.
#[derive(Debug, Deserialize)]
pub(super) struct Template {
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) language: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) text: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) parameters: usize,
}

/// A saved view: the query as whoever saved it wrote it.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) query: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Snippet {
    pub(super) id: String,
    pub(super) shortcut: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) title: String,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Agent {
    pub(super) id: String,
    pub(super) handle: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) team_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Team {
    pub(super) id: String,
    pub(super) handle: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) color: Option<u64>,
}

/// A conversation's header.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) subject: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) contact: Contact,
    pub(super) channel: String,
    pub(super) status: String,
    pub(super) snoozed_until: Option<Timestamp>,
    pub(super) priority: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) assignee: Assignee,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) followers: Vec<String>,
    pub(super) engagement: String,
    pub(super) waiting_since: Option<Timestamp>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) last_inbound: Option<Timestamp>,
    pub(super) last_outbound: Option<Timestamp>,
    pub(super) preview: Option<Preview>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) message_count: u32,
    pub(super) case_number: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) custom_fields: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) has_attachment: bool,
    pub(super) seq: i64,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Contact {
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) custom_fields: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Assignee {
    pub(super) agent: Option<String>,
    pub(super) team: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Preview {
    pub(super) text: String,
    pub(super) from: String,
}

/// `GET /api/changes`
#[derive(Debug, Deserialize)]
pub(super) struct Changes {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) conversations: Vec<Conversation>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) deleted: Vec<String>,
    pub(super) cursor: String,
    pub(super) more: bool,
    pub(super) backfilling: bool,
    pub(super) total: Option<u64>,
}

/// `GET /api/conversations/{id}`
#[derive(Debug, Deserialize)]
pub(super) struct Thread {
    pub(super) conversation: Conversation,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) kind: String,
    pub(super) from: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) author: String,
    pub(super) author_handle: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) text: String,
    pub(super) html: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) attachments: Vec<Attachment>,
    pub(super) client_ref: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) mass_reply: bool,
    pub(super) delivery: Option<Delivery>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) mentions: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Attachment {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) mime: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) size: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Delivery {
    pub(super) state: String,
    pub(super) reason: Option<String>,
}

/// The body of `POST /api/conversations/bulk`.
#[derive(Debug, Serialize)]
pub(super) struct Bulk<'a> {
    pub(super) ids: Vec<&'a str>,
    pub(super) change: Change<'a>,
}

/// For `agent` and `team`, absent leaves and `null` clears.
#[derive(Debug, Serialize)]
pub(super) struct Change<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snoozed_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) team: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) add_tags: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) remove_tags: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) remove_all_tags: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) block: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) delete: bool,
}

/// The answer to a bulk call: what became of each.
#[derive(Debug, Deserialize)]
pub(super) struct Results<T> {
    pub(super) results: Vec<T>,
}

/// What became of a change, or of following, on one conversation.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeResult {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    pub(super) seq: Option<i64>,
}

/// `applied`, `rejected`, `skipped`, and why.
#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) outcome: String,
    pub(super) reason: Option<Reason>,
}

/// The body of `POST /api/conversations/bulk/reply`.
#[derive(Debug, Serialize)]
pub(super) struct BulkReply<'a> {
    pub(super) replies: Vec<Reply<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snoozed_until: Option<Timestamp>,
    pub(super) mass: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Reply<'a> {
    pub(super) id: &'a str,
    pub(super) text: &'a str,
    pub(super) client_ref: &'a str,
    /// Ids that uploads got.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) files: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<FromTemplate<'a>>,
}

/// An approved text, with what fills its gaps.
#[derive(Debug, Serialize)]
pub(super) struct FromTemplate<'a> {
    pub(super) name: &'a str,
    pub(super) parameters: &'a [String],
}

/// The answer to `POST /api/attachments`.
#[derive(Debug, Deserialize)]
pub(super) struct Uploaded {
    pub(super) id: String,
}

/// The body of `POST /api/conversations/{id}/notes`.
#[derive(Debug, Serialize)]
pub(super) struct Note<'a> {
    pub(super) text: String,
    pub(super) client_ref: &'a str,
    /// Ids that uploads got.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) files: &'a [String],
}

/// The body of `POST /api/test-message`.
#[derive(Debug, Serialize)]
pub(super) struct TestMessage<'a> {
    pub(super) subject: &'a str,
    pub(super) text: &'a str,
}

/// The answer to it, and to a note.
#[derive(Debug, Deserialize)]
pub(super) struct Tested {
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    pub(super) message_id: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) seq: Option<i64>,
}

/// What became of one reply.
#[derive(Debug, Deserialize)]
pub(super) struct ReplyResult {
    pub(super) client_ref: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    pub(super) message_id: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) status: Option<Outcome>,
    pub(super) seq: Option<i64>,
}

/// The body of `POST /api/replies/find`.
#[derive(Debug, Serialize)]
pub(super) struct Find<'a> {
    pub(super) client_refs: Vec<&'a str>,
}

/// The answer to [`Find`].
#[derive(Debug, Deserialize)]
pub(super) struct FoundReplies {
    pub(super) replies: Vec<FoundReply>,
}

#[derive(Debug, Deserialize)]
pub(super) struct FoundReply {
    pub(super) client_ref: String,
    pub(super) found: Option<bool>,
    pub(super) message_id: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) seq: Option<i64>,
}

/// The body of `POST /api/conversations/{id}/follow`.
#[derive(Debug, Serialize)]
pub(super) struct Follow {
    pub(super) on: bool,
}

/// The data of an event `change`.
#[derive(Debug, Deserialize)]
pub(super) struct LiveChange {
    pub(super) id: Option<String>,
}
