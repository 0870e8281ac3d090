//! The filter language: one line of text, the same in the search box, saved views, deep links and `musterctl`.
//!
//! A [`Query`] is what was typed; [`Query::resolve`] turns what depends on the moment (ages, days, `me`) into instants
//! and names, so that a plan can store exactly what it meant. `print → parse` is the identity.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Channel, Engagement, Handle, Priority, Status};

mod complete;
mod doubt;
mod error;
mod matching;
mod normal;
mod parse;
mod print;
mod resolve;
#[cfg(test)]
mod tests;
mod value;

pub use complete::{Completion, Suggestion, complete};
pub use error::FilterError;
pub use matching::{FullText, Seen};
pub use parse::FILTER_KEYS;
pub use print::{TermText, quote};

/// A filter as typed, with its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Which conversations.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
}

/// A filter: an expression over terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// The empty filter: matches everything, spam and archived included.
    #[default]
    All,
    /// Every part matches.
    And(Vec<Filter>),
    /// At least one part matches.
    Or(Vec<Filter>),
    /// The part does not match.
    Not(Box<Filter>),
    /// One term.
    Term(Term),
}

/// One term as typed. A list of values is OR within the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `is:active`, `is:unread`, `is:unknown`, …
    Is(Vec<Is>),
    /// `tag:a,b`
    Tag(Vec<String>),
    /// `assignee:me`, `assignee:none`, `assignee:jonas@example.com`
    Assignee(Vec<Who>),
    /// `team:billing`, `team:none`
    Team(Vec<Who>),
    /// `channel:sms,whatsapp`
    Channel(Vec<Channel>),
    /// `priority:>=high`, `priority:low,medium`
    Priority(PriorityRange),
    /// `older:30d`: last update at least so long ago.
    Older(Age),
    /// `newer:2d`: last update at most so long ago.
    Newer(Age),
    /// `updated:2026-01-01..2026-03-31`, `updated:<2026-01-01`
    Updated(Dates),
    /// `created:…`
    Created(Dates),
    /// `follows:me`
    Follows(Vec<Who>),
    /// `mentions:me`
    Mentions(Vec<Who>),
    /// `has:attachment`
    Has(Vec<Has>),
    /// `from:customer@example.com`: part of the contact's name, address or phone.
    From(Vec<String>),
    /// `subject:invoice`
    Subject(Vec<String>),
    /// `engaged:yes` (the ball is with the customer), `engaged:no` (with us).
    Engaged(bool),
    /// `unassigned`: neither agent nor team.
    Unassigned,
    /// `untagged`
    Untagged,
    /// A bare word: full text, matched as prefix of a word.
    Word(String),
    /// A quoted phrase: full text.
    Phrase(String),
}

/// A value of `is:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// A status.
    Status(Status),
    /// A customer message newer than my read mark.
    Unread,
    /// An item of mine may or may not have arrived.
    Unknown,
    /// An item of mine waits for a decision.
    Held,
    /// A change of mine has not been confirmed by the help desk.
    Pending,
}

/// Whom a term names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whose key it is.
    Me,
    /// Nobody.
    Nobody,
    /// An agent's or a team's handle, compared case-insensitively.
    Named(Handle),
}

/// Which priorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriorityRange {
    /// One of these.
    Any(Vec<Priority>),
    /// This or more urgent.
    AtLeast(Priority),
    /// This or less urgent.
    AtMost(Priority),
}

/// A number and a unit: `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: AgeUnit,
}

/// Units of an age; a day is 24 hours, a week seven days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeUnit {
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
}

/// A range of days in the user's zone, both ends included; an open end is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The first day.
    pub from: Option<jiff::civil::Date>,
    /// The last day.
    pub to: Option<jiff::civil::Date>,
}

/// A value of `has:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// A file on any message.
    Attachment,
}

/// An order: by what, and which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The other way round.
    pub reversed: bool,
}

/// What a list is ordered by; ties by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// Last update, newest first.
    #[default]
    Updated,
    /// Created, newest first.
    Created,
    /// Waiting longest for us first; those who do not wait come last.
    Waiting,
    /// Most urgent first.
    Priority,
}

/// What a query needs to know of the moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// The user's zone.
    pub zone: TimeZone,
    /// Whose key it is; `me` matches nobody while that is unknown.
    pub me: Option<Handle>,
}

/// A query whose ages, days and `me` are resolved: means the same whenever it is evaluated. Stored with a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Which conversations.
    pub filter: Match,
    /// In which order.
    pub sort: Sort,
}

/// A resolved filter. Instants are UTC milliseconds, `from` included and `before` excluded; names are folded to lower
/// case; full-text terms are as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Everything.
    All,
    /// Nothing (for example `assignee:me` before the key's owner is known).
    Nothing,
    /// Every part.
    And(Vec<Match>),
    /// At least one part.
    Or(Vec<Match>),
    /// Not the part.
    Not(Box<Match>),
    /// One of these statuses.
    Status(Vec<Status>),
    /// A customer message newer than my read mark.
    Unread,
    /// An `unknown` item of this journal.
    Unknown,
    /// A `held` item of this journal.
    Held,
    /// A pending effect of this journal.
    Pending,
    /// Any of these tags, lower case.
    Tag(Vec<String>),
    /// The agent is one of these (lower case); `None` = no agent.
    Agent(Vec<Option<String>>),
    /// The team is one of these (lower case); `None` = no team.
    Team(Vec<Option<String>>),
    /// One of these channels.
    Channel(Vec<Channel>),
    /// A priority whose rank lies in this range, both ends included.
    PriorityRank(u8, u8),
    /// Last update in this range.
    Updated {
        /// Included.
        from: Option<i64>,
        /// Excluded.
        before: Option<i64>,
    },
    /// Created in this range.
    Created {
        /// Included.
        from: Option<i64>,
        /// Excluded.
        before: Option<i64>,
    },
    /// Followed by one of these agents (lower case), at the help desk or here.
    Follows(Vec<String>),
    /// A note calls one of these agents (lower case).
    Mentions(Vec<String>),
    /// Carries a file.
    HasAttachment,
    /// Part of the contact's name, address or phone, folded.
    From(String),
    /// Words in the subject, as typed.
    Subject(String),
    /// Who has the ball.
    Engagement(Engagement),
    /// No tag at all.
    Untagged,
    /// Full text: a word, matched as prefix.
    Word(String),
    /// Full text: a phrase.
    Phrase(String),
}
