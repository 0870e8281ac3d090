//! The order of confirmation within one conversation: an item waits for earlier jobs, and an effect whose field a later
//! job sets as well is superseded.

use std::sync::Arc;

use muster_model::{Effect, EffectState, RemoteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Journal, audience::Audience};
use crate::{Result, column::json_or_none};

/// Another job that may touch the same conversations.
pub(crate) struct Neighbour {
    seq: i64,
    audience: Arc<Audience>,
    effects: Vec<Effect>,
}

impl Journal {
    /// Confirmed jobs before `seq` that are not over.
    pub(crate) fn earlier(&self, conn: &Connection, seq: i64) -> Result<Vec<Neighbour>> {
        let mut statement = conn.prepare_cached(
            "SELECT seq, action FROM jobs
              WHERE seq < ?1 AND state IN ('holding', 'running', 'paused')",
        )?;
        self.neighbours(conn, statement.query(params![seq])?)
    }

    /// Jobs after `seq` whose intent counts already. One that can still be taken back does not.
    pub(crate) fn later(&self, conn: &Connection, seq: i64) -> Result<Vec<Neighbour>> {
        let mut statement = conn.prepare_cached(
            "SELECT seq, action FROM jobs
              WHERE seq > ?1 AND state IN ('running', 'paused', 'completed', 'completed_with_errors')",
        )?;
        self.neighbours(conn, statement.query(params![seq])?)
    }

    fn neighbours(&self, conn: &Connection, mut rows: rusqlite::Rows<'_>) -> Result<Vec<Neighbour>> {
        let mut neighbours = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get(0)?;
            // An action that this version cannot read never runs, so it neither blocks nor supersedes.
            let Some(action) = json_or_none::<muster_model::Action>(row, "action").ok().flatten() else {
                continue;
            };
            neighbours.push(Neighbour {
                seq,
                audience: self.audience(conn, seq)?,
                effects: action.effects(),
            });
        }
        Ok(neighbours)
    }
}

impl Neighbour {
    /// Whether this job still has to touch the conversation.
    pub(crate) fn blocks(&self, conn: &Connection, id: &RemoteId) -> Result<bool> {
        Ok(match self.state_of(conn, id)? {
            Some(state) => matches!(state, EffectState::Pending | EffectState::Sending),
            None => false,
        })
    }

    /// Whether this job sets the same field of the conversation.
    pub(crate) fn supersedes(&self, conn: &Connection, id: &RemoteId, effect: &Effect) -> Result<bool> {
        if !self.effects.iter().any(|later| same_field(effect, later)) {
            return Ok(false);
        }
        Ok(match self.state_of(conn, id)? {
            Some(state) => !matches!(state, EffectState::Rejected | EffectState::Skipped),
            None => false,
        })
    }

    /// The state of this job's item about the conversation, if there is one.
    fn state_of(&self, conn: &Connection, id: &RemoteId) -> Result<Option<EffectState>> {
        let Some(no) = self.audience.number_of(id) else { return Ok(None) };
        let state: Option<String> = conn
            .prepare_cached("SELECT state FROM items WHERE job = ?1 AND no = ?2")?
            .query_row(params![self.seq, no], |row| row.get(0))
            .optional()?;
        Ok(Some(state.map_or(EffectState::Pending, |word| EffectState::from(word.as_str()))))
    }
}

/// Whether the later effect decides what the earlier one wanted to decide. A reply is never replaced.
fn same_field(earlier: &Effect, later: &Effect) -> bool {
    match (earlier, later) {
        (Effect::Status(_), Effect::Status(_))
        | (Effect::Assignee(_), Effect::Assignee(_))
        | (Effect::Team(_), Effect::Team(_))
        | (Effect::Priority(_), Effect::Priority(_))
        | (Effect::Follow(_), Effect::Follow(_))
        | (Effect::TagAdd(_) | Effect::TagRemove(_) | Effect::TagClear, Effect::TagClear) => true,
        (Effect::TagAdd(a) | Effect::TagRemove(a), Effect::TagAdd(b) | Effect::TagRemove(b)) => {
            a.to_lowercase() == b.to_lowercase()
        }
        _ => false,
    }
}
