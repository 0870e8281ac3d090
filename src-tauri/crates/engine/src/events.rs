//! What the engine tells whoever shows something: that it changed, not what it is now.

use muster_model::{JobId, RemoteId};

/// Something is different from what was shown. The listener reads again what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineEvent {
    /// The connection, the progress of syncing, the directory, or what waits to be sent.
    StateChanged,
    /// Conversations, as a list shows them.
    ConversationsChanged {
        /// Which ones; `None` = possibly all.
        ids: Option<Vec<RemoteId>>,
    },
    /// The messages of a conversation.
    ThreadChanged(RemoteId),
    /// A job: its state or its counts.
    JobChanged(JobId),
    /// The copy of what the help desk has is damaged, or was made anew by another process: the account has to be opened
    /// anew. What is shown until then may be wrong.
    CopySpent,
    /// The agent is to be told.
    Notice(Notice),
}

/// A new customer message in a followed conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The conversation that it opens.
    pub id: RemoteId,
    /// Who wrote.
    pub contact: String,
    /// The subject; may be empty.
    pub subject: String,
    /// The message in one line.
    pub preview: String,
}
