//! A conversation as every part of Muster sees it: the header without its messages.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Channel, Handle, RemoteId};

text_enum! {
    /// Where a conversation stands. Each connector maps its own words onto these.
    Status {
        /// Somebody has to do something.
        Active = "active",
        /// Put aside until an instant, or until the customer replies.
        Snoozed = "snoozed",
        /// Finished; reopens when the customer replies.
        Done = "done",
        /// Finished for good: terminal.
        Archived = "archived",
        /// Unwanted.
        Spam = "spam",
    }
}

text_enum! {
    /// Who has the ball. Follows the last customer-visible message only.
    Engagement {
        /// The ball is with us.
        Pending = "pending",
        /// The ball is with the customer.
        Engaged = "engaged",
    }
}

text_enum! {
    /// How urgent a conversation is, lowest first.
    Priority {
        /// Nobody said.
        None = "none",
        /// Can wait.
        Low = "low",
        /// Usual.
        Medium = "medium",
        /// Before others.
        High = "high",
        /// Before everything.
        Urgent = "urgent",
    }
}

impl Priority {
    /// The place in the order none < low < medium < high < urgent; an unknown word counts as none.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::None | Self::Other(_) => 0,
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
            Self::Urgent => 4,
        }
    }
}

text_enum! {
    /// Who wrote a message.
    Author {
        /// The customer.
        Customer = "customer",
        /// One of us.
        Agent = "agent",
        /// The help desk itself.
        System = "system",
    }
}

/// The person on the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The help desk's id of the person, where it has one; the same person has the same id in all conversations.
    pub id: Option<RemoteId>,
    /// The name as the help desk shows it; may be empty.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// Custom fields by key.
    #[serde(default)]
    pub custom_fields: BTreeMap<String, String>,
}

impl Contact {
    /// The first word of the name, if there is a name that is not just the address.
    #[must_use]
    pub fn first_name(&self) -> Option<&str> {
        let name = self.name.trim();
        if name.is_empty() || name.contains('@') { None } else { name.split_whitespace().next() }
    }

    /// What tells this person from others: id, else address, else phone, else nothing.
    #[must_use]
    pub fn identity(&self) -> Option<String> {
        self.id
            .as_ref()
            .map(|id| format!("id:{id}"))
            .or_else(|| self.email.as_ref().map(|email| format!("email:{}", email.to_lowercase())))
            .or_else(|| self.phone.as_ref().map(|phone| format!("phone:{phone}")))
    }
}

/// An agent, a team, both or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The agent's handle.
    pub agent: Option<Handle>,
    /// The team's handle.
    pub team: Option<Handle>,
}

/// The last message in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Plain text, white space folded.
    pub text: String,
    /// Who wrote it.
    pub from: Author,
}

/// A conversation without its messages, as the help desk last said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The help desk's own id.
    pub id: RemoteId,
    /// The subject; may be empty.
    pub subject: String,
    /// The person.
    pub contact: Contact,
    /// The way that messages travel.
    pub channel: Channel,
    /// Where it stands.
    pub status: Status,
    /// When it wakes up; with `Snoozed` and none it sleeps until the customer replies.
    pub snoozed_until: Option<Timestamp>,
    /// How urgent.
    pub priority: Priority,
    /// Whose it is.
    pub assignee: Assignee,
    /// Tag names, sorted.
    pub tags: Vec<String>,
    /// Handles of the agents who follow it at the help desk.
    pub followers: Vec<Handle>,
    /// Who has the ball.
    pub engagement: Engagement,
    /// Since when the customer waits for us.
    pub waiting_since: Option<Timestamp>,
    /// When it began.
    pub created: Timestamp,
    /// The last message, note or status change that the server knows.
    pub updated: Timestamp,
    /// The customer's last message: decides channel windows.
    pub last_inbound: Option<Timestamp>,
    /// Our last customer-visible message.
    pub last_outbound: Option<Timestamp>,
    /// The last message in one line.
    pub preview: Option<Preview>,
    /// Messages that the customer can see.
    pub message_count: u32,
    /// A number that people quote.
    pub case_number: Option<String>,
    /// Custom fields by key.
    #[serde(default)]
    pub custom_fields: BTreeMap<String, String>,
    /// Whether any message carries a file.
    pub has_attachment: bool,
    /// Rises with every state of this conversation at its server; a receipt carries the stamp that it led to, and the
    /// cache holds that state once its stamp is at least as high.
    pub stamp: i64,
}
