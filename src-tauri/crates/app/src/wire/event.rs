//! Events: what changed, so that a front end asks again for what it shows.

/// Something changed.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export, export_to = "../../../../ui/src/lib/host/wire/")]
pub enum AppEvent {
    /// Accounts were added or removed.
    AccountsChanged,
    /// Connection, sync, health, directory or waiting count of an account changed.
    StateChanged {
        /// The account.
        account: String,
    },
    /// Rows changed: lists, counts and sidebar may differ.
    ConversationsChanged {
        /// The account.
        account: String,
        /// Which; absent when many.
        ids: Option<Vec<String>>,
    },
    /// Saved views were added, renamed, moved or forgotten.
    ViewsChanged {
        /// The account.
        account: String,
    },
    /// A thread's messages changed.
    ThreadChanged {
        /// The account.
        account: String,
        /// The conversation.
        id: String,
    },
    /// A job was made or moved on.
    JobChanged {
        /// The account.
        account: String,
        /// The job.
        job: Box<super::JobView>,
    },
    /// Show this conversation: a notification was clicked.
    Navigate {
        /// The account.
        account: String,
        /// The conversation.
        id: String,
    },
}

super::wire! {
    /// An empty request or answer.
    #[derive(Default)]
    pub struct Nothing {}
}
