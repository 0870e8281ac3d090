//! One conversation as a line of JSON: what `musterctl` prints, and what `import` and `export` read and write.

use muster_model::{Conversation, Message, Priority};
use serde::{Deserialize, Serialize};

mod reading;

/// DESIGN §8, "A JSONL line"; times in RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationLine {
    /// The help desk's id.
    pub id: String,
    /// The subject.
    #[serde(default)]
    pub subject: String,
    /// The person.
    #[serde(default)]
    pub contact: ContactLine,
    /// The channel's word.
    pub channel: String,
    /// The status's word.
    pub status: String,
    /// When it wakes up.
    pub snoozed_until: Option<String>,
    /// The priority's word.
    #[serde(default = "no_priority")]
    pub priority: String,
    /// Whose it is.
    #[serde(default)]
    pub assignee: AssigneeLine,
    /// Tag names.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Handles.
    #[serde(default)]
    pub followers: Vec<String>,
    /// When it began.
    pub created: String,
    /// The last update.
    pub updated: String,
    /// Oldest first; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageLine>>,
}

/// The person on the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLine {
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// The number.
    pub phone: Option<String>,
}

/// Whose it is, by handle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssigneeLine {
    /// The agent.
    pub agent: Option<String>,
    /// The team.
    pub team: Option<String>,
}

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLine {
    /// The help desk's id.
    pub id: String,
    /// When.
    pub at: String,
    /// `message`, `note`, `event`
    pub kind: String,
    /// `customer`, `agent`, `system`
    pub from: String,
    /// The writer's name.
    #[serde(default)]
    pub author: String,
    /// Plain text.
    #[serde(default)]
    pub text: String,
    /// The HTML part as sent.
    pub html: Option<String>,
}

fn no_priority() -> String {
    Priority::None.to_string()
}

impl ConversationLine {
    /// A line without messages.
    #[must_use]
    pub fn new(c: &Conversation) -> Self {
        Self {
            id: c.id.to_string(),
            subject: c.subject.clone(),
            contact: ContactLine {
                name: c.contact.name.clone(),
                email: c.contact.email.clone(),
                phone: c.contact.phone.clone(),
            },
            channel: c.channel.to_string(),
            status: c.status.to_string(),
            snoozed_until: c.snoozed_until.map(|at| at.to_string()),
            priority: c.priority.to_string(),
            assignee: AssigneeLine {
                agent: c.assignee.agent.as_ref().map(ToString::to_string),
                team: c.assignee.team.as_ref().map(ToString::to_string),
            },
            tags: c.tags.clone(),
            followers: c.followers.iter().map(ToString::to_string).collect(),
            created: c.created.to_string(),
            updated: c.updated.to_string(),
            messages: None,
        }
    }

    /// The line with these messages.
    #[must_use]
    pub fn with_messages(mut self, messages: &[Message]) -> Self {
        self.messages = Some(
            messages
                .iter()
                .map(|message| MessageLine {
                    id: message.id.to_string(),
                    at: message.at.to_string(),
                    kind: message.kind.to_string(),
                    from: message.from.to_string(),
                    author: message.author.clone(),
                    text: message.text.clone(),
                    html: message.html.clone(),
                })
                .collect(),
        );
        self
    }
}
