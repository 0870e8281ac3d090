//! Jobs: what was confirmed and what became of it.

use super::wire;

wire! {
    /// Asks for recent jobs, newest first.
    pub struct JobsRequest {
        pub account: String,
        pub limit: u32,
    }

    /// Recent jobs.
    pub struct Jobs {
        pub jobs: Vec<JobView>,
    }

    /// One job.
    pub struct JobView {
        pub id: String,
        pub name: String,
        /// `reply`, `change`, `follow`
        pub kind: String,
        /// `running`, `completed`, …
        pub state: String,
        /// `user`, `key`, `offline`, …
        pub pause: Option<String>,
        pub created: String,
        pub finished: Option<String>,
        pub by: String,
        pub filter: Option<String>,
        pub total: u32,
        pub counts: CountsView,
        /// "134 sent, 4 window closed, 2 voice"
        pub result: String,
    }

    /// Exact figures; they add up to the total.
    pub struct CountsView {
        pub pending: u32,
        pub sending: u32,
        pub applied: u32,
        pub rejected: u32,
        pub skipped: u32,
        pub unknown: u32,
        pub held: u32,
    }

    /// Asks for the items of a job.
    pub struct JobItemsRequest {
        pub account: String,
        pub job: String,
        /// Only this state.
        pub state: Option<String>,
        pub offset: u32,
        pub limit: u32,
    }

    /// Items of a job.
    pub struct JobItems {
        pub total: u32,
        pub items: Vec<JobItemView>,
    }

    /// One item.
    pub struct JobItemView {
        pub id: String,
        pub name: String,
        pub subject: String,
        pub channel: String,
        pub state: String,
        pub reason: Option<String>,
        pub receipt: Option<String>,
        pub at: Option<String>,
    }
}
