//! Plans kept for later: a job in the state draft, which is listed and never due, and beside it what a plan is made of
//! again. Confirming one removes the draft in the same transaction, so that nothing is sent by both.

use std::collections::{BTreeMap, BTreeSet};

use muster_model::{JobId, RemoteId, Selection, Verdict};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{
    Journal, NewJob,
    audience::pack,
    jobs::{insert, seq_of},
};
use crate::{
    Result, StoreError,
    column::{json, to_json},
};

/// What a plan is made of besides what its job row says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// Whom, symbolically: the audience is frozen anew.
    pub selection: Selection,
    /// The name as typed; none if it follows the plan.
    pub name: Option<String>,
    /// Groups dropped by hand.
    pub drop: BTreeSet<Verdict>,
    /// Recipients left out by hand.
    pub leave_out: BTreeSet<RemoteId>,
    /// Values typed for single recipients.
    pub fills: BTreeMap<RemoteId, BTreeMap<String, String>>,
    /// Each person is written to once.
    pub once_per_person: bool,
}

impl Journal {
    /// Keeps a plan for later, in place of an earlier draft of it.
    pub fn save_plan(&self, draft: &NewJob, plan: &SavedPlan, replaces: Option<JobId>) -> Result<()> {
        let audience = pack(&draft.audience)?;
        self.db.write(|tx| {
            if let Some(earlier) = replaces {
                remove(tx, earlier)?;
            }
            insert(tx, draft, &audience)?;
            tx.prepare_cached("INSERT INTO saved_plans (job, plan) VALUES (?1, ?2)")?
                .execute(params![seq_of(tx, draft.id)?, to_json(plan)?])?;
            Ok(())
        })
    }

    /// What a draft is made of; none if it was confirmed or discarded meanwhile.
    pub fn saved_plan(&self, draft: JobId) -> Result<Option<SavedPlan>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT plan FROM saved_plans JOIN jobs ON jobs.seq = saved_plans.job
                      WHERE jobs.id = ?1 AND jobs.state = 'draft'",
                )?
                .query_row(params![draft.to_string()], |row| json(row, "plan"))
                .optional()?)
        })
    }

    /// Confirms what was kept for later; refuses if the draft was confirmed or discarded meanwhile.
    pub fn confirm_saved(&self, job: &NewJob, draft: JobId) -> Result<()> {
        self.confirm(job, |tx| if remove(tx, draft)? { Ok(()) } else { Err(StoreError::NoSuchJob(draft)) })
    }
}

/// Removes a draft; says whether there was one.
fn remove(conn: &Connection, draft: JobId) -> Result<bool> {
    let seq: Option<i64> = conn
        .prepare_cached("SELECT seq FROM jobs WHERE id = ?1 AND state = 'draft'")?
        .query_row(params![draft.to_string()], |row| row.get(0))
        .optional()?;
    let Some(seq) = seq else { return Ok(false) };
    conn.prepare_cached("DELETE FROM saved_plans WHERE job = ?1")?.execute(params![seq])?;
    conn.prepare_cached("DELETE FROM audiences WHERE job = ?1")?.execute(params![seq])?;
    conn.prepare_cached("DELETE FROM tallies WHERE job = ?1")?.execute(params![seq])?;
    conn.prepare_cached("DELETE FROM jobs WHERE seq = ?1")?.execute(params![seq])?;
    Ok(true)
}
