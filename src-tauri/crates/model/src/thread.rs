//! A thread: the messages of one conversation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Author, Conversation, Handle, RemoteId};

text_enum! {
    /// What stands in a thread.
    MessageKind {
        /// The customer can see it.
        Message = "message",
        /// Only the team sees it.
        Note = "note",
        /// Something happened: tagged, assigned, failed.
        Event = "event",
    }
}

text_enum! {
    /// How far an outgoing message came.
    DeliveryState {
        /// The server has it.
        Queued = "queued",
        /// It left.
        Sent = "sent",
        /// It arrived.
        Delivered = "delivered",
        /// It did not arrive.
        Failed = "failed",
    }
}

/// How far an outgoing message came, and why not further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// How far.
    pub state: DeliveryState,
    /// Why it failed, in the server's words.
    pub reason: Option<String>,
}

/// A file that hangs on a message. The bytes stay at the server until asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The help desk's own id.
    pub id: RemoteId,
    /// The name as sent; unsafe to use as a path.
    pub name: String,
    /// The media type as sent.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The help desk's own id.
    pub id: RemoteId,
    /// When it was written.
    pub at: Timestamp,
    /// Message, note or event.
    pub kind: MessageKind,
    /// Which side wrote it.
    pub from: Author,
    /// The writer's name.
    pub author: String,
    /// The writer's handle, if an agent.
    pub author_handle: Option<Handle>,
    /// Plain text.
    pub text: String,
    /// The HTML part, as sent: never shown without cleaning.
    pub html: Option<String>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// The client reference that it was sent with, if the server keeps it.
    pub client_ref: Option<String>,
    /// Whether it was part of a mass reply.
    #[serde(default)]
    pub mass_reply: bool,
    /// How far it came, for outgoing messages.
    pub delivery: Option<Delivery>,
    /// Handles of the colleagues whom a note calls, where the server says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Handle>,
}

/// A conversation with its messages, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The header as it is now. Its id is the effective one: it differs from the id asked for when the conversation
    /// was merged into another.
    pub conversation: Conversation,
    /// Oldest first.
    pub messages: Vec<Message>,
}
