//! Jobs, items, effects and plans: the states, the outcomes and the verdicts, in the words of SQL, JSON and the UI.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Channel, JobId, OwnEffect, RemoteId};

text_enum! {
    /// The state of an item or of one of its effects.
    EffectState {
        /// Waits for its turn.
        Pending = "pending",
        /// Left, or is about to leave: the intent is on disk.
        Sending = "sending",
        /// The help desk has it.
        Applied = "applied",
        /// The help desk, or the network before it, said no.
        Rejected = "rejected",
        /// One of our rules said no.
        Skipped = "skipped",
        /// It may or may not have arrived.
        Unknown = "unknown",
        /// Something happened meanwhile: a human decides.
        Held = "held",
    }
}

impl EffectState {
    /// Whether this state is final: never rewritten. (`unknown` may be settled once.)
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Applied | Self::Rejected | Self::Skipped)
    }
}

text_enum! {
    /// The state of a job.
    JobState {
        /// Not confirmed.
        Draft = "draft",
        /// Starts later.
        Scheduled = "scheduled",
        /// Confirmed, and can still be taken back.
        Holding = "holding",
        /// Leaves as fast as the help desk takes it.
        Running = "running",
        /// Stopped, with a reason; goes on when told or when the reason is gone.
        Paused = "paused",
        /// Every item was applied or skipped.
        Completed = "completed",
        /// Over, and some items were rejected, or are unknown or held.
        CompletedWithErrors = "completed_with_errors",
        /// Stopped for good.
        Cancelled = "cancelled",
    }
}

impl JobState {
    /// Whether the worker has nothing left to do for it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Cancelled)
    }
}

text_enum! {
    /// Why a job is paused.
    PauseReason {
        /// Somebody said so.
        User = "user",
        /// The help desk refuses the key, or the key is another agent's.
        Key = "key",
        /// The help desk cannot be reached.
        Offline = "offline",
        /// A rule stopped it.
        Guard = "guard",
        /// Its time passed while nobody worked the journal.
        Overdue = "overdue",
    }
}

/// A refusal, skip or doubt: a stable code and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable, for programs: `voice`, `window_closed`, `archived`, `not_permitted`, `no_answer`, …
    pub code: String,
    /// For people.
    pub message: String,
}

impl Reason {
    /// A reason from its two parts.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// The server's proof that something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The id of the message or transaction.
    pub id: Option<String>,
    /// The stamp of the conversation's state that it led to.
    pub stamp: Option<i64>,
    /// When the server did it, where it says so.
    pub at: Option<Timestamp>,
}

/// What became of one effect on one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum EffectOutcome {
    /// The server has it.
    Applied {
        /// The proof.
        receipt: Receipt,
    },
    /// The server refused.
    Rejected {
        /// Why.
        reason: Reason,
    },
    /// A rule, the server's or ours, left it out.
    Skipped {
        /// Which rule.
        reason: Reason,
    },
    /// The answer does not say.
    Unknown {
        /// What is known.
        reason: Reason,
    },
}

impl EffectOutcome {
    /// The state that this outcome leads to.
    #[must_use]
    pub fn state(&self) -> EffectState {
        match self {
            Self::Applied { .. } => EffectState::Applied,
            Self::Rejected { .. } => EffectState::Rejected,
            Self::Skipped { .. } => EffectState::Skipped,
            Self::Unknown { .. } => EffectState::Unknown,
        }
    }
}

text_enum! {
    /// What the plan says about one recipient.
    Verdict {
        /// A reply will be sent.
        WillSend = "will_send",
        /// The approved text will be sent: the channel's time window is over.
        ApprovedText = "approved_text",
        /// A change will be made.
        WillChange = "will_change",
        /// It is already so.
        NoChange = "no_change",
        /// Calls take no written reply.
        Voice = "voice",
        /// The channel's time window is over.
        WindowClosed = "window_closed",
        /// The text names a merge tag that does not exist.
        UnknownMergeTag = "unknown_merge_tag",
        /// A merge tag has no value here and no fallback.
        EmptyField = "empty_field",
        /// The key may not do this.
        NotPermitted = "not_permitted",
        /// There is nowhere to send it.
        NoAddress = "no_address",
        /// Too long for the channel or the server.
        TooLong = "too_long",
        /// Archived is terminal: the help desk takes no change and no reply.
        Archived = "archived",
        /// The same person is written to in another conversation of this plan.
        SamePerson = "same_person",
        /// Got a mass reply in the last seven days.
        RecentMassReply = "recent_mass_reply",
        /// Nobody reads that mailbox.
        NoReply = "no_reply",
        /// The customer has been silent for over 90 days.
        Silent = "silent",
        /// The channel carries no files, or not these: the text goes without them.
        WithoutAttachment = "without_attachment",
        /// The customer or a colleague wrote since the audience was frozen.
        AnsweredMeanwhile = "answered_meanwhile",
        /// The help desk cannot do this.
        Unsupported = "unsupported",
    }
}

text_enum! {
    /// How heavy a verdict weighs.
    VerdictWeight {
        /// Cannot be sent or changed.
        Blocks = "blocks",
        /// Is sent unless the agent drops the group.
        Asks = "asks",
        /// Only informs.
        Says = "says",
    }
}

impl Verdict {
    /// How heavy it weighs.
    #[must_use]
    pub fn weight(&self) -> VerdictWeight {
        match self {
            Self::WillSend | Self::ApprovedText | Self::WillChange | Self::NoChange => VerdictWeight::Says,
            Self::SamePerson
            | Self::RecentMassReply
            | Self::NoReply
            | Self::Silent
            | Self::WithoutAttachment
            | Self::AnsweredMeanwhile => VerdictWeight::Asks,
            _ => VerdictWeight::Blocks,
        }
    }

    /// Whether a recipient with this verdict takes part (unless dropped).
    #[must_use]
    pub fn takes_part(&self) -> bool {
        self.weight() != VerdictWeight::Blocks && *self != Self::NoChange
    }
}

/// One member of a frozen audience: what the agent saw when it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceItem {
    /// The conversation.
    pub id: RemoteId,
    /// The stamp of the state that the plan was made from.
    pub stamp: i64,
    /// The customer's last message at that time, in UTC milliseconds: a newer one holds the effect.
    pub last_inbound: Option<i64>,
    /// Our last customer-visible message at that time, in UTC milliseconds: a colleague's newer one holds a reply.
    pub last_outbound: Option<i64>,
    /// Values of the text's merge tags for this recipient, in the order in which the tags stand in the text.
    pub values: Vec<String>,
    /// The word of the verdict.
    pub verdict: String,
    /// Whether it takes part; otherwise it ends as `skipped` with the verdict as reason.
    pub takes_part: bool,
    /// The channel, for the figures.
    pub channel: Channel,
    /// Whether the job's files go with it.
    pub with_files: bool,
    /// Whether it gets the job's approved text instead of the one that was written.
    pub approved: bool,
    /// Effects of its own instead of the job's: undo, and retries of what is left of an item. Shared, because an undo
    /// gives the same back to thousands.
    pub own: Option<Arc<[OwnEffect]>>,
}

text_enum! {
    /// How a job belongs to an earlier one.
    Relation {
        /// It gives back what the earlier one took.
        Undo = "undo",
        /// It repeats what the earlier one provably did not do.
        Retry = "retry",
        /// It writes again to those whom the earlier one reached.
        Again = "again",
        /// It repeats one item whose fate a human decided to be "not arrived".
        SentAgain = "sent_again",
    }
}

/// The job that another one undoes, repeats or follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The earlier job.
    pub job: JobId,
    /// What this one is to it.
    pub relation: Relation,
}

/// Exact figures of a job. They add up to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Waits, or is on its way.
    pub pending: u64,
    /// On its way right now.
    pub sending: u64,
    /// The help desk has it.
    pub applied: u64,
    /// Refused.
    pub rejected: u64,
    /// Left out by a rule.
    pub skipped: u64,
    /// May or may not have arrived.
    pub unknown: u64,
    /// A human decides.
    pub held: u64,
}

impl Counts {
    /// All items.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.pending + self.sending + self.applied + self.rejected + self.skipped + self.unknown + self.held
    }

    /// Items whose story is not over.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.pending + self.sending
    }

    /// Items in `state`.
    #[must_use]
    pub fn of(&self, state: &EffectState) -> u64 {
        match state {
            EffectState::Sending => self.sending,
            EffectState::Applied => self.applied,
            EffectState::Rejected => self.rejected,
            EffectState::Skipped => self.skipped,
            EffectState::Unknown => self.unknown,
            EffectState::Held => self.held,
            EffectState::Pending | EffectState::Other(_) => self.pending,
        }
    }

    /// Adds `n` items in `state`.
    pub fn add(&mut self, state: &EffectState, n: u64) {
        match state {
            EffectState::Sending => self.sending += n,
            EffectState::Applied => self.applied += n,
            EffectState::Rejected => self.rejected += n,
            EffectState::Skipped => self.skipped += n,
            EffectState::Unknown => self.unknown += n,
            EffectState::Held => self.held += n,
            EffectState::Pending | EffectState::Other(_) => self.pending += n,
        }
    }
}

/// How often each reason code occurred, by outcome word: "4 window_closed", "2 voice".
pub type ReasonCounts = BTreeMap<(String, String), u64>;
