//! Bulk runs: which calls touched several conversations, whose they were, and what became of them. The calls of one job
//! are one run.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::apply::{Actor, Change};
use super::ids::{parse, tagged};
use super::outcome::{Reason, Verdict};
use crate::clock::Millis;

/// A call to be noted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewRun<'a> {
    /// `change` or `reply`.
    pub(crate) kind: &'a str,
    /// The client reference of one of its items: what stands before the last slash names the job.
    pub(crate) client_ref: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) change: Option<&'a Change>,
    pub(crate) by: &'a Actor,
    pub(crate) now: Millis,
}

/// What became of one item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) id: &'a str,
    pub(crate) outcome: Verdict,
    pub(crate) reason: Option<&'a Reason>,
}

/// A result that is about one item.
pub(crate) trait AsItem {
    /// What a run keeps of it.
    fn item(&self) -> Item<'_>;
}

/// Notes a call. One about a single conversation is noted only where it goes on with a job.
pub(crate) fn note_run(tx: &Connection, run: &NewRun<'_>, results: &[impl AsItem]) -> rusqlite::Result<()> {
    let items: Vec<Item<'_>> = results.iter().map(AsItem::item).collect();
    let job = run.client_ref.and_then(|reference| reference.rsplit_once('/')).map(|(job, _)| job);
    let known: Option<i64> = match job {
        Some(job) => tx
            .prepare_cached("SELECT id FROM bulk_runs WHERE agent = ?1 AND kind = ?2 AND job = ?3")?
            .query_row([&run.by.handle, run.kind, job], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let id = match known {
        Some(id) => id,
        None if items.len() < 2 => return Ok(()),
        None => {
            tx.prepare_cached(
                "INSERT INTO bulk_runs (job, kind, name, agent, change, started, ended)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
            )?
            .execute(params![
                job,
                run.kind,
                run.name,
                run.by.handle,
                run.change.map(|change| serde_json::json!(change).to_string()),
                run.now
            ])?;
            tx.last_insert_rowid()
        }
    };
    let count = |verdict| items.iter().filter(|item| item.outcome == verdict).count() as i64;
    tx.prepare_cached(
        "UPDATE bulk_runs SET ended = MAX(ended, ?2), applied = applied + ?3, rejected = rejected + ?4,
                skipped = skipped + ?5
          WHERE id = ?1",
    )?
    .execute(params![
        id,
        run.now,
        count(Verdict::Applied),
        count(Verdict::Rejected),
        count(Verdict::Skipped)
    ])?;
    for (item, reason) in items.iter().filter_map(|item| Some((item, item.reason?))) {
        tx.prepare_cached(
            "INSERT INTO bulk_refusals (run_id, conversation, outcome, code, message) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, item.id, item.outcome.word(), reason.code, reason.message])?;
    }
    Ok(())
}

/// A bulk run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Run {
    id: String,
    /// `change` or `reply`.
    kind: String,
    name: Option<String>,
    /// Whose it was.
    by: String,
    /// What was asked for, as in the call.
    #[schema(value_type = Option<Change>)]
    change: Option<Value>,
    started: Millis,
    ended: Millis,
    applied: i64,
    rejected: i64,
    skipped: i64,
}

/// One that was not applied.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunRefused {
    id: String,
    outcome: String,
    code: String,
    message: String,
}

/// Which runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct WhichRuns {
    pub(crate) by: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) since: Option<Millis>,
    pub(crate) until: Option<Millis>,
    pub(crate) limit: i64,
}

const RUN: &str =
    "SELECT id, kind, name, agent, change, started, ended, applied, rejected, skipped FROM bulk_runs";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: tagged('b', row.get(0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        by: row.get(3)?,
        change: row.get::<_, Option<String>>(4)?.and_then(|change| serde_json::from_str(&change).ok()),
        started: row.get(5)?,
        ended: row.get(6)?,
        applied: row.get(7)?,
        rejected: row.get(8)?,
        skipped: row.get(9)?,
    })
}

/// The newest first.
pub(crate) fn runs(tx: &Connection, which: &WhichRuns) -> rusqlite::Result<Vec<Run>> {
    tx.prepare_cached(&format!(
        "{RUN} WHERE (?1 IS NULL OR agent = ?1) AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR ended >= ?3)
                 AND (?4 IS NULL OR started <= ?4)
          ORDER BY id DESC LIMIT ?5"
    ))?
    .query_map(params![which.by, which.kind, which.since, which.until, which.limit], read)?
    .collect()
}

/// One run, and those that were not applied.
pub(crate) fn run_of(tx: &Connection, id: &str) -> rusqlite::Result<Option<(Run, Vec<RunRefused>)>> {
    let Some(number) = parse('b', id) else { return Ok(None) };
    let run = tx.prepare_cached(&format!("{RUN} WHERE id = ?1"))?.query_row([number], read).optional()?;
    let Some(run) = run else { return Ok(None) };
    let refused = tx
        .prepare_cached(
            "SELECT conversation, outcome, code, message FROM bulk_refusals WHERE run_id = ?1 ORDER BY rowid",
        )?
        .query_map([number], |row| {
            Ok(RunRefused { id: row.get(0)?, outcome: row.get(1)?, code: row.get(2)?, message: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some((run, refused)))
}
