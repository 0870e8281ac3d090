//! What is going to happen by itself: how far messages come, how customers answer, and the next thing in the desk's life.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::delivery::deliver;
use super::inbound::customer_writes;
use super::row::head_of;
use super::{life, row};
use crate::clock::Millis;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Deed {
    /// The customer writes.
    Write { conversation: i64, text: String },
    /// A message comes further, or not.
    Deliver { message: i64, state: String, reason: Option<String> },
    /// The customer wants no mass replies any more, and says so.
    OptOut { conversation: i64, text: String },
    /// The next thing in the life of the desk: its number, and the seed.
    Live { seed: u64, number: u64 },
}

/// Notes that something happens later.
pub(crate) fn plan(tx: &Connection, due: Millis, deed: &Deed) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO agenda (due, deed) VALUES (?1, ?2)")?
        .execute(params![due, serde_json::json!(deed).to_string()])?;
    Ok(())
}

/// Lets it happen. `now` is later than `due` where the desk was asleep.
pub(super) fn happen(tx: &Connection, id: i64, due: Millis, now: Millis) -> rusqlite::Result<()> {
    let deed: Option<String> = tx
        .prepare_cached("DELETE FROM agenda WHERE id = ?1 RETURNING deed")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    // What a newer desk wrote there is passed over.
    let Some(deed) = deed.and_then(|deed| serde_json::from_str(&deed).ok()) else { return Ok(()) };
    match deed {
        Deed::Write { conversation, text } => {
            if let Some(head) = head_of(tx, conversation)? {
                customer_writes(tx, &head, &text, due)?;
            }
        }
        Deed::Deliver { message, state, reason } => {
            deliver(tx, message, &state, reason.as_deref(), due)?;
        }
        Deed::OptOut { conversation, text } => {
            if let Some(head) = head_of(tx, conversation)? {
                row::opt_out(tx, &head, due)?;
                customer_writes(tx, &head, &text, due)?;
            }
        }
        Deed::Live { seed, number } => life::next(tx, seed, number, due, now)?,
    }
    Ok(())
}

/// Whether the desk lives by itself from `now` on.
pub(crate) fn set_life(tx: &Connection, seed: Option<u64>, now: Millis) -> rusqlite::Result<()> {
    let Some(seed) = seed else {
        tx.execute("DELETE FROM agenda WHERE json_extract(deed, '$.what') = 'live'", [])?;
        return Ok(());
    };
    let lives: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM agenda WHERE json_extract(deed, '$.what') = 'live')",
        [],
        |row| row.get(0),
    )?;
    if !lives {
        plan(tx, now.plus(life::gap(seed, 0)), &Deed::Live { seed, number: 0 })?;
    }
    Ok(())
}
