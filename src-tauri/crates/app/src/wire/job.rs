//! Jobs: what was confirmed and what became of it.

use super::{Ability, SendingView, wire};

wire! {
    /// Asks for jobs, newest first.
    pub struct JobsRequest {
        pub account: String,
        pub limit: u32,
        /// Those confirmed before this one, for the next page.
        #[serde(default)]
        pub before: Option<String>,
        /// Confirmed at or after, RFC 3339.
        #[serde(default)]
        pub since: Option<String>,
        /// Confirmed before, RFC 3339.
        #[serde(default)]
        pub until: Option<String>,
        /// Only these states; empty for all.
        #[serde(default)]
        pub states: Vec<String>,
        /// Only these types: `reply`, `status`, `assign`, `tags`, `snooze`, `priority`, `follow`, `undo`, `block`,
        /// `delete`; empty for all.
        #[serde(default)]
        pub types: Vec<String>,
        /// Only this agent's, by handle.
        #[serde(default)]
        pub by: Option<String>,
    }

    /// Jobs.
    pub struct Jobs {
        pub jobs: Vec<JobView>,
        /// How many there are in all under these filters.
        pub total: u32,
        /// Whose jobs there are, for the filter.
        pub people: Vec<JobPerson>,
        /// Numbers for the sidebar and the views.
        pub open: JobCounts,
    }

    /// Somebody who confirmed jobs.
    pub struct JobPerson {
        pub handle: String,
        pub name: String,
    }

    /// How much there is in each view of the jobs page.
    #[derive(Default)]
    pub struct JobCounts {
        pub running: u32,
        pub scheduled: u32,
        /// Replies that have not left.
        pub outbox: u32,
        /// Items that are unknown or held, and overdue jobs.
        pub attention: u32,
    }

    /// Names a job.
    pub struct JobRef {
        pub account: String,
        pub job: String,
    }

    /// One job.
    pub struct JobView {
        pub id: String,
        pub name: String,
        /// `reply`, `change`, `follow`
        pub kind: String,
        /// `reply`, `status`, `assign`, `tags`, `snooze`, `priority`, `follow`, `undo`, `block`, `delete`: for its icon.
        pub icon: String,
        /// "Mass reply", "Status", "Tags", "Undo of Stale over 90 days"
        pub title: String,
        /// `running`, `completed`, …
        pub state: String,
        /// `user`, `key`, `offline`, …
        pub pause: Option<String>,
        /// Paused because the first few went out and wait to be looked at.
        pub canary_waits: bool,
        /// "Paused: the first 10 are out. Look at them, then send to the other 108."
        pub state_text: String,
        pub created: String,
        /// When it leaves, or the next batch does.
        pub due: Option<String>,
        pub finished: Option<String>,
        pub by: String,
        /// It is mine.
        pub mine: bool,
        pub filter: Option<String>,
        pub total: u32,
        pub counts: CountsView,
        /// Of those not applied, how many have the reply all the same: only what was to follow on it is missing.
        pub sent_only: CountsView,
        /// "3 sent but not Done"; empty where there is nobody.
        pub sent_only_text: String,
        /// So many of its items have what they had before: a later job undid them, and nothing undid that one.
        pub undone: u32,
        /// So many of its items that ended badly a later job brought to a good end.
        pub retried: u32,
        /// "134 sent, 4 window closed, 2 voice"
        pub result: String,
        /// "Drip, 100 every 5 h, Mon–Fri"; empty when it leaves at once.
        pub schedule: String,
        /// The conversation, where it is about one.
        pub conversation: Option<String>,
        pub may: JobAbilities,
    }

    /// What can be done with a job now, with exact numbers.
    #[derive(Default)]
    pub struct JobAbilities {
        pub pause: bool,
        pub resume: bool,
        /// "Send to the other 108", "Go on", "Send now"
        pub resume_label: String,
        /// So many will not be sent or changed; absent when it cannot be cancelled any more.
        pub cancel: Option<u32>,
        /// "Stop: 43 will not be sent"
        pub cancel_label: String,
        /// It is held and can be taken back until `due`.
        pub take_back: bool,
        /// So many items were provably not applied and can be tried again.
        pub retry: u32,
        /// "Retry 2 of the 3 rejected"
        pub retry_label: String,
        /// So many items can be given back; absent when nothing of it can be undone.
        pub undo: Option<u32>,
        /// "Undo Done on 114…"
        pub undo_label: String,
        /// Why not, or what stays: "Replies cannot be recalled."
        pub undo_text: String,
        /// So many received it and can be written to again.
        pub again: u32,
        pub edit_schedule: bool,
        pub edit_batch: bool,
        /// A draft: opens the plan again.
        pub open_draft: bool,
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

    /// Everything that the detail of a job shows above its table.
    pub struct JobDetail {
        pub job: JobView,
        pub sending: SendingView,
        /// The text with its merge tags.
        pub text: Option<String>,
        /// What it does, in words: "Status → Done"
        pub does: Vec<String>,
        /// "60 a minute, finishes about 14:34"
        pub pace: Option<String>,
        /// Outcomes over time.
        pub slots: Vec<JobSlot>,
        /// How long a slot is, in seconds.
        pub slot_seconds: u32,
        pub channels: Vec<JobChannel>,
        /// What happened since: delivered, bounced, customer replied, reopened.
        pub since: Vec<Ability>,
        /// The job that this one undoes, repeats or follows, and those that do so to this one.
        pub related: Vec<RelatedJob>,
        /// "One rejected reply cannot be retried: its conversation is archived."
        pub remark: Option<String>,
    }

    /// Outcomes in a part of the time.
    pub struct JobSlot {
        pub at: String,
        pub applied: u32,
        pub rejected: u32,
        pub unknown: u32,
        /// Not yet: planned for then.
        pub planned: u32,
    }

    /// Outcomes of one channel.
    pub struct JobChannel {
        pub channel: String,
        pub total: u32,
        pub applied: u32,
        pub rejected: u32,
        pub unknown: u32,
    }

    /// Another job that belongs to this one.
    pub struct RelatedJob {
        pub id: String,
        pub name: String,
        /// "Undone by", "Retry of"
        pub relation: String,
    }

    /// Asks for the items of a job.
    pub struct JobItemsRequest {
        pub account: String,
        pub job: String,
        /// Only these states, with commas; `attention` for rejected, unknown and held together, `open` for what has not
        /// ended.
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
        /// "Sent, now Done", "Rejected", "Unknown"
        pub outcome: String,
        pub reason: Option<String>,
        pub receipt: Option<String>,
        pub at: Option<String>,
        /// "Active → Done"
        pub before_after: Vec<String>,
        /// It can be given back.
        pub can_undo: bool,
    }

    /// Undoes a job, or picked items of it.
    pub struct UndoRequest {
        pub account: String,
        pub job: String,
        /// Absent: everything that can be undone.
        pub ids: Option<Vec<String>>,
    }

    /// Edits a job that has not begun, or the batch size of one that has.
    pub struct EditJob {
        pub account: String,
        pub job: String,
        pub name: Option<String>,
        pub sending: Option<SendingView>,
    }

    /// A job stopped, paused or taken back.
    pub struct Stopped {
        pub job: JobView,
        /// "41 sent, 459 will not be sent"
        pub message: String,
        /// The conversation of a single reply or note that was taken back: its text is a draft again.
        pub conversation: Option<String>,
        /// Which draft that is: `reply`, `note`
        pub draft: Option<String>,
    }

    /// Writes a job's record to a file.
    pub struct ExportRequest {
        pub account: String,
        /// Absent: the list of jobs.
        pub job: Option<String>,
        /// `csv`, `json`
        pub format: String,
        /// Without `job`: the list under these filters, on all pages; all jobs when absent.
        #[serde(default)]
        #[ts(optional)]
        pub list: Option<JobsRequest>,
    }

    /// Where the record lies now.
    pub struct Exported {
        pub path: String,
        pub rows: u32,
    }

    /// What needs a human.
    pub struct Attention {
        pub items: Vec<AttentionItem>,
        pub overdue: Vec<JobView>,
    }

    /// An item that is unknown or held.
    pub struct AttentionItem {
        pub job: String,
        pub job_name: String,
        /// The conversation.
        pub id: String,
        pub name: String,
        pub subject: String,
        pub channel: String,
        /// `unknown`, `held`
        pub state: String,
        pub reason: String,
        pub at: String,
        /// The message, or the change in words.
        pub text: String,
        /// A reply or a note, so that sending again must be typed.
        pub is_reply: bool,
        /// It is a note: no customer reads it.
        pub is_note: bool,
    }

    /// An answer to an item that is unknown (`sent`, `send_again`, `leave`) or held (`send`, `skip`).
    pub struct AnswerItem {
        pub account: String,
        pub job: String,
        /// The conversation.
        pub id: String,
        pub answer: String,
    }

    /// Replies that have not left.
    pub struct Outbox {
        pub items: Vec<OutboxItem>,
        pub total: u32,
    }

    /// One of them.
    pub struct OutboxItem {
        pub job: String,
        pub job_name: String,
        pub id: String,
        pub name: String,
        pub channel: String,
        pub text: String,
        /// `holding`, `scheduled`, `running`, `paused`
        pub state: String,
        pub leaves_at: Option<String>,
        /// Why it has not left.
        pub why: String,
    }
}
