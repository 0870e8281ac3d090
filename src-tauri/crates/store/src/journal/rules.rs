//! Settings of an account: how what it sends leaves when nobody says otherwise, and what of it stays on this machine.
//! Kept in the journal, so that the window and a terminal have the same, and a cache made anew keeps to them.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Journal;
use crate::{Result, Retention, column::to_json};

const RULES: &str = "sending_rules";
const RETENTION: &str = "retention";

/// The longest usual hold, in seconds: what is held longer is scheduled.
const LONGEST_HOLD: u32 = 600;
/// The longest time, in minutes, after which something is overdue: a day.
const LATEST: u32 = 24 * 60;

/// How replies leave when nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendingRules {
    /// One reply can be taken back for so many seconds.
    pub hold_one: u32,
    /// A reply to many.
    pub hold_many: u32,
    /// One reply in a live chat.
    pub hold_chat: u32,
    /// What was to reach a customer so many minutes ago, while nobody worked the journal, waits for a human's word.
    pub overdue_minutes: u32,
}

impl Default for SendingRules {
    fn default() -> Self {
        Self { hold_one: 10, hold_many: 30, hold_chat: 0, overdue_minutes: 10 }
    }
}

impl SendingRules {
    /// What is wrong with them, in a sentence; none if nothing is.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        if self.hold_one.max(self.hold_many).max(self.hold_chat) > LONGEST_HOLD {
            return Some(format!(
                "A reply can be held for {LONGEST_HOLD} seconds at most. Schedule what is to leave later."
            ));
        }
        if !(1..=LATEST).contains(&self.overdue_minutes) {
            return Some(format!("Something is overdue after 1 to {LATEST} minutes."));
        }
        None
    }
}

impl Journal {
    /// How replies leave when nobody says otherwise. What cannot be read counts as never set.
    pub fn sending_rules(&self) -> Result<SendingRules> {
        self.setting(RULES)
    }

    /// Sets them.
    pub fn set_sending_rules(&self, rules: &SendingRules) -> Result<()> {
        self.set_setting(RULES, rules)
    }

    /// For how long, and in how much room, messages are kept on this machine.
    pub fn retention(&self) -> Result<Retention> {
        self.setting(RETENTION)
    }

    /// Sets it.
    pub fn set_retention(&self, retention: &Retention) -> Result<()> {
        self.set_setting(RETENTION, retention)
    }

    fn setting<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T> {
        self.db.read(|tx| {
            let kept: Option<String> = tx
                .prepare_cached("SELECT value FROM state WHERE key = ?1")?
                .query_row(params![key], |row| row.get(0))
                .optional()?;
            Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
        })
    }

    fn set_setting(&self, key: &str, value: &impl Serialize) -> Result<()> {
        let json = to_json(value)?;
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, json])?;
            Ok(())
        })
    }
}
