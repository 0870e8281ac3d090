//! Jobs as people look for them: by day, state, type and person, newest first, a page at a time.

use jiff::Timestamp;
use muster_model::{Handle, JobId, JobState};
use rusqlite::{named_params, params};

use super::{
    JobRow, Journal,
    jobs::{read, with_figures},
};
use crate::{
    Result,
    column::{ms, to_count, to_json},
};

/// Which jobs to list. What is empty or none does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In one of these states.
    pub states: Vec<JobState>,
    /// Of one of these kinds (`change`, `reply`, `follow`) or types (`status`, `tags`, `undo`, …).
    pub kinds: Vec<String>,
    /// Confirmed at or after.
    pub since: Option<Timestamp>,
    /// Confirmed before.
    pub until: Option<Timestamp>,
    /// Confirmed by this agent.
    pub by: Option<Handle>,
    /// Confirmed before this job: the next page.
    pub before: Option<JobId>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
}

/// How much there is to look at, over all jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobsOpen {
    /// Jobs that are under way: held or running. A paused one is not.
    pub running: u64,
    /// Jobs that start later, or whose next batch does.
    pub scheduled: u64,
    /// Replies that have not left.
    pub outbox: u64,
    /// Items that are unknown or held and were not left at that, and overdue jobs.
    pub attention: u64,
}

/// A filter in the words of SQL.
struct Where {
    states: Option<String>,
    kinds: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    by: Option<String>,
}

impl Where {
    fn new(filter: &JobFilter) -> Result<Self> {
        Ok(Self {
            states: (!filter.states.is_empty()).then(|| to_json(&filter.states)).transpose()?,
            kinds: (!filter.kinds.is_empty()).then(|| to_json(&filter.kinds)).transpose()?,
            since: filter.since.map(ms),
            until: filter.until.map(ms),
            by: filter.by.as_ref().map(ToString::to_string),
        })
    }
}

impl Journal {
    /// Jobs, newest first.
    pub fn jobs(&self, filter: &JobFilter) -> Result<Vec<JobRow>> {
        let wanted = Where::new(filter)?;
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                        opened, released, canary_passed, go_at, points_to, relation
                   FROM jobs
                  WHERE (:before IS NULL OR seq < (SELECT seq FROM jobs WHERE id = :before))
                    AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
                    AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds))
                                        OR type IN (SELECT value FROM json_each(:kinds)))
                    AND (:since IS NULL OR created >= :since)
                    AND (:until IS NULL OR created < :until)
                    AND (:by IS NULL OR me = :by)
                  ORDER BY seq DESC
                  LIMIT :limit",
            )?;
            let jobs = statement
                .query_map(
                    named_params! {
                        ":before": filter.before.map(|job| job.to_string()),
                        ":states": wanted.states,
                        ":kinds": wanted.kinds,
                        ":since": wanted.since,
                        ":until": wanted.until,
                        ":by": wanted.by,
                        // A negative limit is none.
                        ":limit": filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
                    },
                    read,
                )?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            with_figures(tx, jobs)
        })
    }

    /// How many jobs there are under a filter, on all pages together.
    pub fn count_jobs(&self, filter: &JobFilter) -> Result<u64> {
        let wanted = Where::new(filter)?;
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT count(*) FROM jobs
                      WHERE (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
                        AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds))
                                            OR type IN (SELECT value FROM json_each(:kinds)))
                        AND (:since IS NULL OR created >= :since)
                        AND (:until IS NULL OR created < :until)
                        AND (:by IS NULL OR me = :by)",
                )?
                .query_row(
                    named_params! {
                        ":states": wanted.states,
                        ":kinds": wanted.kinds,
                        ":since": wanted.since,
                        ":until": wanted.until,
                        ":by": wanted.by,
                    },
                    |row| to_count(row, 0),
                )?)
        })
    }

    /// Whose jobs there are.
    pub fn people_with_jobs(&self) -> Result<Vec<Handle>> {
        self.db.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT DISTINCT me FROM jobs WHERE me <> '' ORDER BY me")?;
            let people = statement
                .query_map([], |row| Ok(Handle::new(row.get::<_, String>(0)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(people)
        })
    }

    /// Jobs that undo, repeat or follow this one, oldest first.
    pub fn jobs_pointing_to(&self, job: JobId) -> Result<Vec<JobRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                        opened, released, canary_passed, go_at, points_to, relation
                   FROM jobs WHERE points_to = ?1 ORDER BY seq",
            )?;
            let jobs =
                statement.query_map(params![job.to_string()], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
            with_figures(tx, jobs)
        })
    }

    /// How much there is to look at.
    pub fn jobs_open(&self) -> Result<JobsOpen> {
        self.db.read(|tx| {
            let (running, scheduled, overdue) = tx
                .prepare_cached(
                    "SELECT count(*) FILTER (WHERE state IN ('holding', 'running')), count(*) FILTER (WHERE state = 'scheduled'),
                            count(*) FILTER (WHERE state = 'paused' AND pause = 'overdue')
                       FROM jobs WHERE state IN ('holding', 'running', 'paused', 'scheduled')",
                )?
                .query_row([], |row| Ok((to_count(row, 0)?, to_count(row, 1)?, to_count(row, 2)?)))?;
            // What is missing to the total is pending.
            let outbox = tx
                .prepare_cached(
                    "SELECT coalesce(sum(total - (SELECT coalesce(sum(n), 0) FROM tallies
                                                   WHERE job = seq AND state <> 'sending')), 0)
                       FROM jobs
                      WHERE kind IN ('reply', 'note') AND state IN ('holding', 'running', 'paused', 'scheduled')",
                )?
                .query_row([], |row| to_count(row, 0))?;
            let unclear = tx
                .prepare_cached(
                    "SELECT count(*) FROM items WHERE state IN ('unknown', 'held') AND left_at IS NULL",
                )?
                .query_row([], |row| to_count(row, 0))?;
            Ok(JobsOpen { running, scheduled, outbox, attention: unclear + overdue })
        })
    }
}
