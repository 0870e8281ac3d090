//! The JSON of Request Tracker's REST 2.0 interface, as version 5 sends it: ids are numbers in one place and text in the
//! next, what is not set is `""`, and fields that nobody here knows are passed over.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What is refused, everywhere: `{"message":"Unauthorized"}`
#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) message: String,
}

/// `GET /rt`
#[derive(Debug, Deserialize)]
pub(super) struct About {
    #[serde(rename = "Version")]
    pub(super) version: String,
}

/// One page of anything. `total` is null where RT filters rows by rights after it counted them.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    #[serde(default, deserialize_with = "number")]
    pub(super) total: Option<u64>,
    /// Rows of a page, which may be fewer than were asked for.
    #[serde(default, deserialize_with = "number")]
    pub(super) per_page: Option<u64>,
}

/// Somebody or something that is pointed at, with as much of it as was asked for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Ref {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(rename = "type", deserialize_with = "text")]
    pub(super) kind: String,
    #[serde(rename = "Name", deserialize_with = "text")]
    pub(super) name: String,
    #[serde(rename = "RealName", deserialize_with = "text")]
    pub(super) real_name: String,
    #[serde(rename = "EmailAddress", deserialize_with = "text")]
    pub(super) email: String,
    #[serde(rename = "Lifecycle", deserialize_with = "text")]
    pub(super) lifecycle: String,
}

/// A ticket, of a list or alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Ticket {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "text")]
    pub(super) subject: String,
    #[serde(deserialize_with = "text")]
    pub(super) status: String,
    #[serde(deserialize_with = "one")]
    pub(super) owner: Ref,
    #[serde(deserialize_with = "one")]
    pub(super) queue: Ref,
    #[serde(deserialize_with = "many")]
    pub(super) requestor: Vec<Ref>,
    #[serde(deserialize_with = "many")]
    pub(super) cc: Vec<Ref>,
    #[serde(deserialize_with = "many")]
    pub(super) admin_cc: Vec<Ref>,
    #[serde(deserialize_with = "text")]
    pub(super) priority: String,
    #[serde(deserialize_with = "at")]
    pub(super) created: Option<Timestamp>,
    #[serde(deserialize_with = "at")]
    pub(super) last_updated: Option<Timestamp>,
    #[serde(deserialize_with = "custom_fields")]
    pub(super) custom_fields: Vec<CustomField>,
    #[serde(rename = "_hyperlinks")]
    pub(super) links: Vec<Link>,
}

/// A custom field with its values.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomField {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "text")]
    pub(super) name: String,
    #[serde(deserialize_with = "texts")]
    pub(super) values: Vec<String>,
}

/// What can be done with a ticket by whoever asks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    #[serde(rename = "ref", deserialize_with = "text")]
    pub(super) name: String,
    /// The next status, of a `lifecycle` link.
    #[serde(deserialize_with = "text")]
    pub(super) to: String,
}

/// One entry of a history.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Transaction {
    #[serde(rename = "id", deserialize_with = "integer")]
    pub(super) id: i64,
    #[serde(rename = "Type", deserialize_with = "text")]
    pub(super) kind: String,
    #[serde(deserialize_with = "text")]
    pub(super) object_id: String,
    #[serde(deserialize_with = "one")]
    pub(super) creator: Ref,
    #[serde(deserialize_with = "at")]
    pub(super) created: Option<Timestamp>,
    #[serde(deserialize_with = "text")]
    pub(super) field: String,
    #[serde(deserialize_with = "text")]
    pub(super) old_value: String,
    #[serde(deserialize_with = "text")]
    pub(super) new_value: String,
    #[serde(deserialize_with = "custom_fields")]
    pub(super) custom_fields: Vec<CustomField>,
}

/// A part of a message. Its content is text in a list, and base64 where it is asked for alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Attachment {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "text")]
    pub(super) content_type: String,
    #[serde(deserialize_with = "text")]
    pub(super) filename: String,
    #[serde(deserialize_with = "integer")]
    pub(super) content_length: i64,
    #[serde(deserialize_with = "pointed_at")]
    pub(super) transaction_id: i64,
    #[serde(deserialize_with = "text")]
    pub(super) content: String,
}

/// `GET /user/…`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct User {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "text")]
    pub(super) name: String,
    #[serde(deserialize_with = "text")]
    pub(super) real_name: String,
    #[serde(deserialize_with = "text")]
    pub(super) privileged: String,
    #[serde(deserialize_with = "text")]
    pub(super) disabled: String,
}

/// `GET /group/…`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Group {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "many")]
    pub(super) members: Vec<Ref>,
}

/// `GET /queue/…`, and the same in a list, without the custom fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Queue {
    #[serde(rename = "id", deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "text")]
    pub(super) name: String,
    #[serde(deserialize_with = "text")]
    pub(super) lifecycle: String,
    #[serde(deserialize_with = "custom_fields")]
    pub(super) ticket_custom_fields: Vec<CustomField>,
    #[serde(deserialize_with = "custom_fields")]
    pub(super) ticket_transaction_custom_fields: Vec<CustomField>,
}

/// What becomes of one ticket in `PUT /tickets/bulk`, and in `PUT /ticket/…` without the id. Only what is there changes;
/// lists replace the whole list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Update {
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) admin_cc: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom_fields: Option<serde_json::Map<String, Value>>,
}

/// One of `POST /tickets/bulk/correspond`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    #[serde(rename = "id")]
    pub(super) id: String,
    pub(super) content: String,
    pub(super) content_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub(super) txn_custom_fields: serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attachments: Vec<OutgoingFile>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OutgoingFile {
    pub(super) file_name: String,
    pub(super) file_type: String,
    /// base64
    pub(super) file_content: String,
}

/// The answer to both bulk calls, one per item in its order: `["12","Status changed from 'new' to 'open'"]`. What it
/// says is prose in the agent's language, and nothing said may be either no change or a field that RT does not know.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Said(#[serde(deserialize_with = "texts")] Vec<String>);

impl Said {
    /// The ticket that it is said of.
    pub(super) fn id(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// What was said, for people.
    pub(super) fn words(&self) -> String {
        self.0.get(1..).unwrap_or_default().join(" · ")
    }
}

/// One search term of `POST /attachments`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Term {
    pub(super) field: &'static str,
    pub(super) operator: &'static str,
    pub(super) value: String,
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => u8::from(yes).to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Value::deserialize(deserializer).map(plain)
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Null => Vec::new(),
        other => vec![plain(other)],
    })
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(plain(Value::deserialize(deserializer)?).parse().ok())
}

fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(plain(Value::deserialize(deserializer)?).parse().unwrap_or_default())
}

/// An id, bare or as what is pointed at.
fn pointed_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let id = match Value::deserialize(deserializer)? {
        Value::Object(mut fields) => plain(fields.remove("id").unwrap_or_default()),
        other => plain(other),
    };
    Ok(id.parse().unwrap_or_default())
}

/// A time; what was never set is the beginning of 1970.
fn at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let at: Option<Timestamp> = plain(Value::deserialize(deserializer)?).parse().ok();
    Ok(at.filter(|at| at.as_second() > 0))
}

/// `""` where nothing is pointed at, or where it may not be seen.
fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ref, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_object() { serde_json::from_value(value).unwrap_or_default() } else { Ref::default() })
}

fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Ref>, D::Error> {
    items(Value::deserialize(deserializer)?)
}

fn custom_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CustomField>, D::Error> {
    items(Value::deserialize(deserializer)?)
}

fn items<T: for<'a> Deserialize<'a>, E>(value: Value) -> Result<Vec<T>, E> {
    let Value::Array(values) = value else { return Ok(Vec::new()) };
    let objects = values.into_iter().filter(Value::is_object);
    Ok(objects.filter_map(|value| serde_json::from_value(value).ok()).collect())
}
