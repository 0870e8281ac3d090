//! What a server can do, its limits and its habits. The engine emulates what is missing; the UI says why not.

use std::time::Duration;

use muster_model::Channel;
use serde::{Deserialize, Serialize};

/// What this server can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Conversations in one call of `apply`.
    pub max_batch: usize,
    /// Replies in one call of `reply`.
    pub max_replies: usize,
    /// The server refuses a repeated client reference, so a reply or a note may be repeated with the same one.
    pub dedupes_replies: bool,
    /// `find_replies` and `find_notes` look up our client reference rather than comparing texts.
    pub finds_by_reference: bool,
    /// How long a request that we gave up on may still be worked on by the server.
    pub settle: Duration,
    /// There is a live stream of changes.
    pub events: bool,
    /// The server keeps followers.
    pub follow: bool,
    /// The server can snooze until the customer replies.
    pub snooze_until_reply: bool,
    /// The server writes a system note on a mass reply by itself.
    pub mass_reply_note: bool,
    /// The longest reply per channel, in characters, where the server has its own limit.
    pub max_reply_chars: Vec<(Channel, usize)>,
    /// Longest tag, in characters.
    pub max_tag_chars: usize,
    /// Replies that the server takes per minute, where it limits them.
    pub replies_per_minute: Option<u32>,
    /// Reads that the server takes per minute, where it limits them.
    pub reads_per_minute: Option<u32>,
    /// Writes that the server takes per minute, where it counts them apart from reads.
    pub writes_per_minute: Option<u32>,
    /// A status can be set in the same call as a reply. Where not, it is set afterwards, for many at once.
    pub status_with_reply: bool,
    /// Lists say less than threads do ([`crate::Delta::Sketch`]): whether a colleague answered shows only in the thread.
    pub sketches: bool,
    /// The server has a status that is final.
    pub archive: bool,
    /// The server has teams.
    pub teams: bool,
    /// The server has priorities that can be set.
    pub priority: bool,
    /// The server can take all tags off at once.
    pub clear_tags: bool,
    /// Internal notes can be written.
    pub notes: bool,
    /// Notes can carry files.
    #[serde(default)]
    pub note_files: bool,
    /// The server can block a contact.
    pub block: bool,
    /// The server can delete a conversation.
    pub delete: bool,
    /// Replies can carry files.
    pub files: bool,
    /// Files of messages can be fetched.
    #[serde(default)]
    pub attachments: bool,
    /// The server can send a message to the agent, to try it.
    pub test_messages: bool,
    /// How long an archived, done or deleted conversation can still be brought back, where the server says so: Done
    /// becomes archived after this.
    pub auto_archive: Option<Duration>,
    /// The server wakes a snoozed conversation up by itself.
    #[serde(default = "yes")]
    pub snooze: bool,
    /// Conversations carry tags.
    #[serde(default = "yes")]
    pub tags: bool,
    /// A conversation can be in no team.
    #[serde(default = "yes")]
    pub no_team: bool,
}

/// What an older version kept says nothing of it, and only knew help desks that can.
fn yes() -> bool {
    true
}
