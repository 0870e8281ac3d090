//! The inbox: sidebar, list, filter box, selection.

use super::wire;

wire! {
    /// The sidebar with live counts.
    pub struct Sidebar {
        /// Inbox, Unassigned, Following.
        pub mine: Vec<ViewItem>,
        /// Active, Snoozed, Done, Archived, Spam.
        pub everything: Vec<ViewItem>,
        /// Saved here, then those saved at the help desk.
        pub saved: Vec<ViewItem>,
        /// Active ones per team.
        pub teams: Vec<ViewItem>,
        /// Active ones per tag, most first.
        pub tags: Vec<ViewItem>,
        /// Jobs that are not over.
        pub running_jobs: u32,
    }

    /// One line of the sidebar.
    pub struct ViewItem {
        /// Stable: `inbox`, `unassigned`, `following`, `active`, …, `saved:…` (ours, with its id), `desk:…` (the help
        /// desk's), `team:billing`, `tag:refund`.
        pub key: String,
        pub name: String,
        pub filter: String,
        pub count: u32,
        /// Those of them with a customer message newer than my read mark.
        pub unread: u32,
        pub color: Option<u8>,
        /// Why it cannot be shown: its filter makes no sense to this version.
        pub problem: Option<String>,
    }

    /// Saves a filter as a view, or changes one.
    pub struct SaveView {
        pub account: String,
        /// The view to change; absent: a new one.
        pub id: Option<String>,
        pub name: String,
        pub filter: String,
    }

    /// Names a view that was saved here.
    pub struct ViewRef {
        pub account: String,
        pub id: String,
    }

    /// Moves a view by one place.
    pub struct MoveView {
        pub account: String,
        pub id: String,
        /// Up, else down.
        pub up: bool,
    }

    /// Asks for a page of a list.
    pub struct ListRequest {
        pub account: String,
        pub filter: String,
        /// The `next` of the page before.
        pub after: Option<String>,
        pub limit: u32,
    }

    /// A page of a list.
    pub struct ListPage {
        pub rows: Vec<Row>,
        pub next: Option<String>,
        /// All that match; only on the first page, and absent there until the index was loaded.
        pub total: Option<u32>,
        /// The cache covers the filter: the total is exact.
        pub complete: bool,
        /// What it does not cover, and what to do: "Covers everything since 1 March 2025. …"; absent where it is complete.
        pub coverage: Option<String>,
    }

    /// Where something that was looked for stands in a text, as JavaScript counts.
    pub struct Mark {
        pub at: u32,
        pub len: u32,
    }

    /// Asks where the filter's words stand in a thread.
    pub struct ThreadHitsRequest {
        pub account: String,
        pub id: String,
        pub filter: String,
    }

    /// Messages with hits, oldest first.
    pub struct ThreadHits {
        pub messages: Vec<MessageHits>,
    }

    /// The hits in one message's text.
    pub struct MessageHits {
        pub id: String,
        pub marks: Vec<Mark>,
    }

    /// One row.
    pub struct Row {
        pub id: String,
        pub name: String,
        pub name_marks: Vec<Mark>,
        pub subject: String,
        pub subject_marks: Vec<Mark>,
        /// The last message in one line; where the filter's words stand in another one, the part of that which holds them.
        pub preview: String,
        pub preview_marks: Vec<Mark>,
        /// `customer`, `agent`, `system`; `agent` shows "You:" or the name before the preview.
        pub preview_from: Option<String>,
        pub channel: String,
        pub status: String,
        pub snoozed_until: Option<String>,
        pub priority: String,
        /// The agent's handle.
        pub agent: Option<String>,
        pub team: Option<String>,
        pub tags: Vec<String>,
        pub updated: String,
        /// Since when the customer waits for us; absent while the ball is with the customer.
        pub waiting_since: Option<String>,
        /// The ball is with us.
        pub ball: bool,
        pub message_count: u32,
        pub unread: bool,
        pub followed: bool,
        /// Words of effects that the help desk has not confirmed: `status`, `tag+`, `assignee`, `reply`, …
        pub pending: Vec<String>,
        /// Tags among `tags` that are pending.
        pub pending_tags: Vec<String>,
        /// "your change waits – the customer wrote", "Not changed: archived meanwhile", …
        pub remark: Option<String>,
        /// An item may or may not have arrived.
        pub unknown: bool,
    }

    /// Asks whether a filter makes sense.
    pub struct FilterText {
        pub account: String,
        pub text: String,
        /// Where the cursor stands, as the text box counts; absent: at the end.
        pub cursor: Option<u32>,
    }

    /// What the filter box shows.
    pub struct FilterCheck {
        pub error: Option<FilterMistake>,
        /// The canonical text, when there is no error.
        pub canonical: String,
        /// The terms that are ANDed, for chips.
        pub terms: Vec<TermView>,
        /// How many match; absent with an error.
        pub count: Option<u32>,
        /// When nothing matches and there are several terms: what dropping one would give, best first.
        pub without: Vec<WithoutTerm>,
        /// The filter can be read, and names somebody or something that the help desk does not know.
        pub doubt: Option<FilterMistake>,
        /// How the word at the cursor may go on.
        pub completions: Vec<FilterCompletion>,
    }

    /// One way to go on.
    pub struct FilterCompletion {
        /// The word or term, as it would stand there.
        pub text: String,
        /// What it means, where that is not plain: "Jonas Feld", "the ball is with us".
        pub detail: String,
        /// The whole line with it.
        pub line: String,
        /// Where the cursor stands afterwards, as the text box counts.
        pub cursor: u32,
    }

    /// What is wrong, where, and what to write instead.
    pub struct FilterMistake {
        /// UTF-16 offset, as the text box counts.
        pub at: u32,
        /// UTF-16 length.
        pub len: u32,
        pub message: String,
        /// Whole lines.
        pub suggestions: Vec<String>,
    }

    /// One chip.
    pub struct TermView {
        /// `tag`, `is`, …; absent for free text.
        pub key: Option<String>,
        pub value: String,
        pub negated: bool,
        /// As it stands in the line.
        pub text: String,
    }

    /// What the list would hold without one term.
    pub struct WithoutTerm {
        pub term: String,
        /// The line without it.
        pub filter: String,
        pub count: u32,
    }

    /// A selection in words: `ids`, or a filter and what was left out.
    pub struct SelectionView {
        /// Exactly these; or
        pub ids: Option<Vec<String>>,
        /// everything that this matches, but not
        pub filter: Option<String>,
        /// these.
        pub except: Vec<String>,
    }

    /// Asks what is in a selection.
    pub struct SelectionRequest {
        pub account: String,
        pub selection: SelectionView,
    }

    /// What is in a selection.
    pub struct SelectionSummary {
        pub count: u32,
        pub facets: Vec<Facet>,
        /// "31 are tagged vip and 12 changed in the last five minutes."
        pub warning: Option<String>,
    }

    /// One facet: Channel, Ball is with, Assigned to, Team, Priority, Last update.
    pub struct Facet {
        pub title: String,
        pub values: Vec<FacetValue>,
    }

    /// One value of a facet.
    pub struct FacetValue {
        pub name: String,
        pub count: u32,
    }

    /// Text of the snooze grammar.
    pub struct SnoozeText {
        pub text: String,
    }

    /// When that is.
    pub struct SnoozeView {
        /// RFC 3339; absent for *until reply* and with an error.
        pub at: Option<String>,
        /// "Friday 22 May, 09:00"
        pub label: String,
        /// "in 18 h 28 min, Berlin time"
        pub detail: String,
        pub error: Option<String>,
    }
}
