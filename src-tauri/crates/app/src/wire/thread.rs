//! One conversation with its messages.

use super::{Row, wire};

wire! {
    /// Names a conversation.
    pub struct ConversationRef {
        pub account: String,
        pub id: String,
    }

    /// A conversation as the thread pane shows it.
    pub struct ThreadView {
        pub row: Row,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub case_number: Option<String>,
        pub created: String,
        pub messages: Vec<MessageView>,
        /// The messages are here. Otherwise they are being fetched, or cannot be while offline.
        pub complete: bool,
        /// When the messages were last fetched.
        pub fetched: Option<String>,
        /// Messages after this id are new since I last looked.
        pub read_up_to: Option<String>,
        /// Whether a reply can be written, and why not.
        pub reply_blocked: Option<String>,
        /// "To marta.w@mail.example by email"
        pub reply_to: String,
    }

    /// One entry.
    pub struct MessageView {
        pub id: String,
        pub at: String,
        /// `message`, `note`, `event`
        pub kind: String,
        /// `customer`, `agent`, `system`
        pub from: String,
        pub author: String,
        pub initials: String,
        pub text: String,
        /// Quoted history, cut off `text`.
        pub quoted: Option<String>,
        pub quoted_lines: u32,
        /// There is an HTML part that can be shown in a frame.
        pub has_html: bool,
        pub attachments: Vec<AttachmentView>,
        pub mass_reply: bool,
        /// `pending`, `sending`, `sent`, `failed`, `unknown`, `held`; absent for messages of others.
        pub delivery: Option<String>,
        pub delivery_reason: Option<String>,
    }

    /// A file.
    pub struct AttachmentView {
        pub id: String,
        pub name: String,
        pub mime: String,
        /// Bytes.
        pub size: u32,
    }

    /// Follow or stop following.
    pub struct FollowRequest {
        pub account: String,
        pub id: String,
        pub on: bool,
    }

    /// One reply.
    pub struct ReplyRequest {
        pub account: String,
        pub id: String,
        pub text: String,
        /// Mark as Done, only where the reply was sent.
        pub done: bool,
    }
}
