//! Effects whose fate nobody knows, and how often somebody looked.

use jiff::Timestamp;
use muster_model::{Action, AudienceItem, Effect, JobId, RemoteId};
use rusqlite::{params, types::Type};

use super::Journal;
use crate::{
    Result,
    column::{instant, instant_or_none, json, json_or_none, ms},
};

/// An effect in the state `unknown`, with what it takes to look for it.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownEffect {
    /// Its row.
    pub row: i64,
    /// Its job.
    pub job: JobId,
    /// The job's name.
    pub job_name: String,
    /// The job's action, which holds the text; none if a newer Muster wrote it.
    pub action: Option<Action>,
    /// Its item's number.
    pub item: u32,
    /// Its place in the item.
    pub ordinal: u32,
    /// The conversation.
    pub id: RemoteId,
    /// What was asked for.
    pub effect: Effect,
    /// When it was claimed: it left then or later.
    pub sent_at: Timestamp,
    /// When its fate became unknown: it left then or earlier.
    pub unknown_since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// What the agent saw, and the values of the merge tags.
    pub audience: AudienceItem,
    /// How often somebody looked.
    pub checks: u32,
    /// When it was first not found.
    pub first_no_at: Option<Timestamp>,
}

impl Journal {
    /// All effects that are `unknown`, oldest first.
    pub fn unknown_effects(&self) -> Result<Vec<UnknownEffect>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT effects.row, effects.job, effects.no, effects.ordinal, effects.id, effects.value,
                        effects.started, effects.finished, effects.attempts, effects.checks, effects.first_no_at,
                        jobs.id AS job_id, jobs.name, jobs.action
                   FROM effects JOIN jobs ON jobs.seq = effects.job
                  WHERE effects.state = 'unknown'
                  ORDER BY effects.job, effects.no, effects.ordinal",
            )?;
            let mut rows = statement.query([])?;
            let mut unknown = Vec::new();
            while let Some(row) = rows.next()? {
                let no = row.get("no")?;
                let job: String = row.get("job_id")?;
                unknown.push(UnknownEffect {
                    row: row.get("row")?,
                    job: job.parse().map_err(|err| {
                        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err))
                    })?,
                    job_name: row.get("name")?,
                    action: json_or_none(row, "action").ok().flatten(),
                    item: no,
                    ordinal: row.get("ordinal")?,
                    id: RemoteId::new(row.get::<_, String>("id")?),
                    effect: json(row, "value")?,
                    sent_at: instant(row, "started")?,
                    unknown_since: instant(row, "finished")?,
                    attempts: row.get("attempts")?,
                    audience: self.audience(tx, row.get("job")?)?.item(no)?.clone(),
                    checks: row.get("checks")?,
                    first_no_at: instant_or_none(row, "first_no_at")?,
                });
            }
            Ok(unknown)
        })
    }

    /// Notes that somebody looked for an unknown effect; `no`: it was not there. The first *no* starts the clock of the
    /// settle rule.
    pub fn note_check(&self, row: i64, now: Timestamp, no: bool) -> Result<()> {
        self.db.write(|tx| {
            tx.prepare_cached(
                "UPDATE effects
                    SET checks = checks + 1,
                        first_no_at = CASE WHEN ?3 THEN coalesce(first_no_at, ?2) ELSE first_no_at END
                  WHERE row = ?1 AND state = 'unknown'",
            )?
            .execute(params![row, ms(now), no])?;
            Ok(())
        })
    }
}
