//! How a job leaves: at once, at a time, drip by drip; held first, a few first.

use super::wire;

wire! {
    /// How a job leaves.
    #[derive(Default)]
    pub struct SendingView {
        /// `at_once` (also when empty), `at`, `drip`
        #[serde(default)]
        pub mode: String,
        /// With `at`: RFC 3339, or as a person writes it in this computer's zone: `tomorrow at 9am`.
        pub at: Option<String>,
        pub drip: Option<DripView>,
        /// Seconds in which everything can be taken back. Absent: the usual hold.
        pub hold: Option<u32>,
        /// So many first, spread over the channels; then it stops and asks.
        pub canary: Option<u32>,
        /// `hold` (also when empty), `skip`, `send`: when somebody wrote since the plan.
        #[serde(default)]
        pub if_changed: String,
    }

    /// How replies leave when nobody says otherwise.
    pub struct SendingRulesView {
        /// One reply can be taken back for so many seconds.
        pub hold_one: u32,
        /// A reply to many.
        pub hold_many: u32,
        /// One reply in a live chat.
        pub hold_chat: u32,
        /// So many minutes late, something waits for a human's word.
        pub overdue_minutes: u32,
    }

    /// What is to be so from now on.
    pub struct SaveSendingRules {
        pub account: String,
        pub rules: SendingRulesView,
    }

    /// So many every so often.
    #[derive(Default)]
    pub struct DripView {
        /// As `at` of a sending; empty for now.
        #[serde(default)]
        pub start: String,
        /// Recipients per batch.
        pub batch: u32,
        /// Run every so many …
        pub every: u32,
        /// … `minutes`, `hours`, `days`
        pub unit: String,
        /// `mon` … `sun`; empty for every day.
        #[serde(default)]
        pub days: Vec<String>,
        /// `09:00`; with `to`. Absent: all day.
        pub from: Option<String>,
        pub to: Option<String>,
        /// `Europe/Berlin`; empty for this computer's zone.
        #[serde(default)]
        pub zone: String,
    }
}
