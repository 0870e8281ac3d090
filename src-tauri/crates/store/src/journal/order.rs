//! The order of confirmation within one conversation: an item waits for earlier jobs, and an effect whose field a later
//! job sets as well is superseded.
//!
//! Only what leaves by itself keeps others waiting: a job that a human, a guard or a missed time stopped does not, nor
//! one that starts later, nor items that were not released yet. Whatever they still want is judged when it leaves.

use std::sync::Arc;

use muster_model::{Action, Effect, EffectState, RemoteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Journal, audience::Audience, lots};
use crate::{
    Result,
    column::{json, json_or_none},
};

/// So often is looked for something unknown before it is left to a human. Until then it may be sent again by itself, so
/// that later jobs on its conversation wait.
pub const LOOKS: u32 = 2;

/// Another job that may touch the same conversations.
pub(crate) struct Neighbour {
    seq: i64,
    audience: Arc<Audience>,
    /// What it does where an item has no effects of its own.
    effects: Vec<Effect>,
    /// It works by itself, now.
    goes_on: bool,
    /// So do its items that were never claimed; otherwise they wait for somebody or for a time, or never leave.
    opens: bool,
}

impl Journal {
    /// Confirmed jobs before `seq` that still touch conversations.
    pub(crate) fn earlier(&self, conn: &Connection, seq: i64) -> Result<Vec<Neighbour>> {
        let mut statement = conn.prepare_cached(
            "SELECT seq, action,
                    state <> 'paused' OR pause IN ('offline', 'key') AS goes_on,
                    released IS NULL OR opened < released AS is_released
               FROM jobs
              WHERE seq < ?1 AND state IN ('holding', 'running', 'paused')",
        )?;
        let mut rows = statement.query(params![seq])?;
        let mut neighbours = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get("seq")?;
            // An action that this version cannot read never runs, so it does not block.
            if json_or_none::<Action>(row, "action").ok().flatten().is_none() {
                continue;
            }
            let goes_on = row.get("goes_on")?;
            neighbours.push(Neighbour {
                seq,
                audience: self.audience(conn, seq)?,
                effects: Vec::new(),
                goes_on,
                opens: goes_on && row.get("is_released")?,
            });
        }
        Ok(neighbours)
    }

    /// Jobs after `seq` whose intent counts already and sets a field that this job sets too. What can still be taken
    /// back, or leaves later, does not count, and an undo decides nothing: it gives back what is still there.
    pub(crate) fn later(
        &self,
        conn: &Connection,
        seq: i64,
        effects: &[Effect],
        audience: &Audience,
    ) -> Result<Vec<Neighbour>> {
        let mut statement = conn.prepare_cached(
            "SELECT seq, action,
                    state NOT IN ('scheduled', 'cancelled') AND (state <> 'paused' OR pause IN ('offline', 'key'))
                    AND (released IS NULL OR opened < released) AS opens
               FROM jobs
              WHERE seq > ?1
                AND state IN ('scheduled', 'running', 'paused', 'completed', 'completed_with_errors', 'cancelled')",
        )?;
        let mut rows = statement.query(params![seq])?;
        let mut neighbours = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(action) = json_or_none::<Action>(row, "action").ok().flatten() else { continue };
            let theirs = action.effects();
            let seq = row.get("seq")?;
            if theirs.is_empty() || (!audience.has_own && !meet(effects, &theirs)) {
                continue;
            }
            neighbours.push(Neighbour {
                seq,
                audience: self.audience(conn, seq)?,
                effects: theirs,
                goes_on: true,
                opens: row.get("opens")?,
            });
        }
        Ok(neighbours)
    }
}

/// Whether any of these decide the same field.
fn meet(ours: &[Effect], theirs: &[Effect]) -> bool {
    ours.iter().any(|ours| theirs.iter().any(|theirs| ours.is_same_field(theirs)))
}

impl Neighbour {
    /// Whether this job still has to touch the conversation.
    pub(crate) fn blocks(&self, conn: &Connection, id: &RemoteId) -> Result<bool> {
        let Some(no) = self.audience.number_of(id) else { return Ok(false) };
        Ok(match self.state_of(conn, no)? {
            Some(EffectState::Sending) => true,
            Some(EffectState::Pending) => self.goes_on,
            Some(EffectState::Unknown) => self.goes_on && self.is_looked_for(conn, no)?,
            Some(_) => false,
            None => self.opens,
        })
    }

    /// Whether something unknown of an item will be looked for again by itself, and may be sent again then. What only a
    /// human can settle keeps nothing waiting.
    fn is_looked_for(&self, conn: &Connection, no: u32) -> Result<bool> {
        Ok(conn
            .prepare_cached(
                "SELECT 1 FROM effects WHERE job = ?1 AND no = ?2 AND state = 'unknown' AND checks < ?3",
            )?
            .exists(params![self.seq, no, LOOKS])?)
    }

    /// Whether this job sets the same field of the conversation, or has set it.
    pub(crate) fn supersedes(&self, conn: &Connection, id: &RemoteId, effect: &Effect) -> Result<bool> {
        let Some(no) = self.audience.number_of(id) else { return Ok(false) };
        if self.row_of(conn, no)?.is_none() {
            if !self.opens && lots::state_of(conn, self.seq, no)?.is_none() {
                return Ok(false);
            }
            return Ok(match &self.audience.item(no)?.own {
                Some(own) => own.iter().any(|own| own.expects.is_none() && effect.is_same_field(&own.effect)),
                None => self.effects.iter().any(|later| effect.is_same_field(later)),
            });
        }
        let mut statement = conn.prepare_cached(
            "SELECT value FROM effects
              WHERE job = ?1 AND no = ?2 AND expects IS NULL AND state NOT IN ('rejected', 'skipped')",
        )?;
        let mut rows = statement.query(params![self.seq, no])?;
        while let Some(row) = rows.next()? {
            if effect.is_same_field(&json(row, "value")?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The state of an item that was claimed.
    fn state_of(&self, conn: &Connection, no: u32) -> Result<Option<EffectState>> {
        Ok(match self.row_of(conn, no)? {
            Some(state) => Some(state),
            None => lots::state_of(conn, self.seq, no)?,
        })
    }

    /// The state of an item that has a row.
    fn row_of(&self, conn: &Connection, no: u32) -> Result<Option<EffectState>> {
        let state: Option<String> = conn
            .prepare_cached("SELECT state FROM items WHERE job = ?1 AND no = ?2")?
            .query_row(params![self.seq, no], |row| row.get(0))
            .optional()?;
        Ok(state.map(|word| EffectState::from(word.as_str())))
    }
}
