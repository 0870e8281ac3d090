//! One conversation with its messages.

use super::{ApprovedTextView, ApprovedView, Row, wire};

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
        /// Texts that go although the window is closed, where that is why no reply can be written.
        pub approved_texts: Vec<ApprovedTextView>,
        /// Why no note can be written here, where this help desk takes notes at all.
        pub note_blocked: Option<String>,
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
        /// Handles of the colleagues whom a note calls.
        pub mentions: Vec<String>,
    }

    /// A file.
    pub struct AttachmentView {
        pub id: String,
        pub name: String,
        pub mime: String,
        /// Bytes.
        pub size: u32,
    }

    /// Which file to save: one of a message of a conversation.
    pub struct SaveAttachment {
        pub account: String,
        pub id: String,
        pub message: String,
        pub file: String,
    }

    /// A file on the disk.
    pub struct SavedFile {
        /// Its name there, which may not be that of the message.
        pub name: String,
        pub path: String,
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
        /// Ids of files that were attached with `attach_file`.
        #[serde(default)]
        pub files: Vec<String>,
        /// Seconds in which it can be taken back; absent for the usual ones (none on live chat).
        #[serde(default)]
        pub hold: Option<u32>,
        /// It was seen that somebody answered meanwhile, and is to be sent all the same.
        #[serde(default)]
        pub anyway: bool,
        /// An approved text instead of the written one, where WhatsApp's window is closed.
        #[serde(default)]
        pub approved: Option<ApprovedView>,
    }

    /// One note, for the team only.
    pub struct NoteRequest {
        pub account: String,
        pub id: String,
        /// `@` and a name or a handle calls a colleague, or everybody in a team.
        pub text: String,
        /// Ids of files that were attached with `attach_file`.
        #[serde(default)]
        pub files: Vec<String>,
        /// Seconds in which it can be taken back; absent for the usual ones.
        #[serde(default)]
        pub hold: Option<u32>,
    }

    /// What is being written in a conversation.
    pub struct DraftView {
        pub id: String,
        /// `reply`, `note`
        pub kind: String,
        pub text: String,
        pub files: Vec<super::FileView>,
        /// Rises with every save.
        pub version: u32,
        pub saved: String,
        /// "Written before the customer's reply at 10:41"; absent while the context is the same.
        pub stale: Option<String>,
    }

    /// A draft, if there is one.
    pub struct MaybeDraft {
        pub draft: Option<DraftView>,
    }

    /// Asks for a draft.
    pub struct DraftRef {
        pub account: String,
        pub id: String,
        /// `reply`, `note`
        pub kind: String,
    }

    /// Keeps what is being written. An empty text without files ends the draft.
    pub struct SaveDraft {
        pub account: String,
        pub id: String,
        /// `reply`, `note`
        pub kind: String,
        pub text: String,
        pub files: Vec<String>,
    }

    /// Earlier versions of a draft, newest first, and drafts in other conversations.
    pub struct Drafts {
        pub drafts: Vec<DraftView>,
    }

    /// A file to be attached.
    pub struct AttachFile {
        pub account: String,
        pub name: String,
        pub mime: String,
        /// The bytes, in base64.
        pub data: String,
    }

    /// Texts with merge tags, to be read as one customer would.
    pub struct FillRequest {
        pub account: String,
        pub id: String,
        pub texts: Vec<String>,
    }

    /// They, filled in, in the order of asking.
    pub struct Filled {
        pub texts: Vec<FilledText>,
    }

    /// One of them.
    pub struct FilledText {
        pub text: String,
        /// A tag in it is unknown, or has no value here and no fallback: so it would not leave.
        pub open: bool,
    }

    /// Prepared texts.
    pub struct Snippets {
        pub snippets: Vec<SnippetView>,
    }

    /// One prepared text.
    pub struct SnippetView {
        pub shortcut: String,
        pub title: String,
        /// With merge tags.
        pub text: String,
        /// Filled in for the conversation that was asked about.
        pub preview: Option<String>,
    }

    /// Asks for prepared texts, filled in for a conversation.
    pub struct SnippetsRequest {
        pub account: String,
        pub id: Option<String>,
    }
}
