//! Jobs: confirmed plans, in the order of confirmation.

use std::{collections::BTreeMap, panic::resume_unwind, sync::Arc, thread};

use jiff::Timestamp;
use muster_model::{
    Action, AudienceItem, Counts, EffectState, Handle, JobId, JobState, Origin, PauseReason, Relation,
    Resolved, Sending,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params, types::Type};

use super::{
    Journal,
    audience::{Audience, pack, verdict_reason},
    drafts,
    recipients::Recipients,
    tally,
};
use crate::{
    Result, StoreError,
    column::{from_count, instant, instant_or_none, json, json_or_none, ms, to_count, to_json},
};

/// From so many items on, a second thread is worth its start: the disk is waited for anyway.
const MANY: usize = 5000;

/// A confirmed plan on its way into the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Ours; half of every client reference.
    pub id: JobId,
    /// What people call it.
    pub name: String,
    /// What to do.
    pub action: Action,
    /// `holding`, `running` or `scheduled`.
    pub state: JobState,
    /// Until when it can be taken back, or when it starts.
    pub due: Timestamp,
    /// When it was confirmed.
    pub created: Timestamp,
    /// Whose key it is.
    pub me: Handle,
    /// The filter as typed.
    pub filter: Option<String>,
    /// The filter as meant.
    pub resolved: Option<Resolved>,
    /// Everybody, those who do not take part included.
    pub audience: Recipients,
    /// How it leaves.
    pub sending: Sending,
    /// The earlier job that this one belongs to.
    pub origin: Option<Origin>,
}

/// How many items ended like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// How.
    pub state: EffectState,
    /// Why, for programs.
    pub code: String,
    /// Why, for people.
    pub message: String,
    /// How many.
    pub n: u64,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRow {
    /// The order of confirmation.
    pub seq: i64,
    /// Ours.
    pub id: JobId,
    /// What people call it.
    pub name: String,
    /// What it does; none if a newer Muster wrote it: shown, never run.
    pub action: Option<Action>,
    /// `change`, `reply` or `follow`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Why it is paused.
    pub pause: Option<PauseReason>,
    /// When it was confirmed.
    pub created: Timestamp,
    /// When it may leave.
    pub due: Timestamp,
    /// When it was over.
    pub finished: Option<Timestamp>,
    /// Whose key it was.
    pub me: Handle,
    /// The filter as typed.
    pub filter: Option<String>,
    /// The filter as meant.
    pub resolved: Option<Resolved>,
    /// All items; the figures add up to it.
    pub total: u64,
    /// The figures.
    pub counts: Counts,
    /// Why, most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// How it leaves.
    pub sending: Sending,
    /// Items that were ever claimed.
    pub opened: u64,
    /// So many may be claimed in all; none: everybody.
    pub released: Option<u64>,
    /// Somebody looked at the first few and said go on.
    pub canary_passed: bool,
    /// When somebody last said that it may leave: confirmed it, or let it go on.
    pub go_at: Timestamp,
    /// The earlier job that this one belongs to.
    pub origin: Option<Origin>,
    /// Pending items that were claimed before: put back, or with a step left.
    pub begun: u64,
    /// Of a job that writes: items whose reply the help desk has, and not what was to follow on it.
    pub sent_only: Vec<SentOnly>,
}

/// Items whose reply was applied and which are not applied as a whole, by how they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentOnly {
    /// How.
    pub state: EffectState,
    /// Why, for programs; empty where nothing is said.
    pub code: String,
    /// How many.
    pub n: u64,
}

impl JobRow {
    /// Items that nobody claimed yet and that take part.
    #[must_use]
    pub fn unopened(&self) -> u64 {
        self.counts.pending.saturating_sub(self.begun)
    }

    /// How many items that stand like this have been sent all the same.
    #[must_use]
    pub fn sent_only(&self, is: impl Fn(&SentOnly) -> bool) -> u64 {
        self.sent_only.iter().filter(|sent| is(sent)).map(|sent| sent.n).sum()
    }
}

impl Journal {
    /// Confirms: one row, one transaction, durable. Items that do not take part are counted as skipped at once.
    pub fn insert_job(&self, job: &NewJob) -> Result<()> {
        self.confirm(job, |_| Ok(()))
    }

    /// Confirms, with something else in the same transaction.
    pub(crate) fn confirm(&self, job: &NewJob, first: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        let (seq, audience) = beside(&job.audience, || {
            let packed = pack(&job.audience)?;
            self.db.write(|tx| {
                first(tx)?;
                insert(tx, job, &packed)?;
                seq_of(tx, job.id)
            })
        })?;
        self.keep_audience(seq, Arc::new(audience));
        Ok(())
    }

    /// Jobs that the worker should work on, in the order of confirmation: running ones, and those whose time has come.
    pub fn due_jobs(&self, now: Timestamp) -> Result<Vec<JobRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                        opened, released, canary_passed, go_at, points_to, relation
                   FROM jobs
                  WHERE state = 'running' OR (state IN ('holding', 'scheduled') AND due <= ?1)
                  ORDER BY seq",
            )?;
            let due = statement.query_map(params![ms(now)], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
            with_figures(tx, due)
        })
    }

    /// One job.
    pub fn job(&self, job: JobId) -> Result<Option<JobRow>> {
        self.db.read(|tx| {
            let found = tx
                .prepare_cached("SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                        opened, released, canary_passed, go_at, points_to, relation
                   FROM jobs WHERE id = ?1")?
                .query_row(params![job.to_string()], read)
                .optional()?;
            Ok(with_figures(tx, found.into_iter().collect())?.pop())
        })
    }

    /// Where a job stands; none if there is none.
    pub fn job_state(&self, job: JobId) -> Result<Option<JobState>> {
        self.db.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT state FROM jobs WHERE id = ?1")?
                .query_row(params![job.to_string()], |row| Ok(JobState::from(row.get_ref(0)?.as_str()?)))
                .optional()?)
        })
    }

    /// Who was asked for, and what was seen of them, when the job was confirmed.
    pub fn job_audience(&self, job: JobId) -> Result<Vec<AudienceItem>> {
        Ok(self.recipients(job)?.to_vec())
    }

    /// The same, not copied.
    pub fn recipients(&self, job: JobId) -> Result<Recipients> {
        self.db.read(|tx| Ok(Recipients { items: Arc::clone(&self.audience(tx, seq_of(tx, job)?)?.items) }))
    }
}

/// Makes ready what is shown and worked on next while the job is written: reading back what was just written would take
/// longer than writing it.
pub(crate) fn beside<T>(audience: &Recipients, write: impl FnOnce() -> Result<T>) -> Result<(T, Audience)> {
    let of = audience.clone();
    if audience.len() < MANY {
        return Ok((write()?, Audience::of(of)));
    }
    thread::scope(|scope| {
        let made = scope.spawn(|| Audience::of(of));
        let written = write();
        let audience = made.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((written?, audience))
    })
}

/// Writes the row of a new job, and counts who does not take part.
pub(crate) fn insert(conn: &Connection, job: &NewJob, packed: &[u8]) -> Result<()> {
    let (kind, mass) = match &job.action {
        Action::Change { .. } => ("change", false),
        Action::Reply { mass, .. } => ("reply", *mass),
        Action::Note { .. } => ("note", false),
        Action::Follow { .. } => ("follow", false),
        // What is given back is what was changed.
        Action::Undo { .. } => ("change", false),
    };
    let mut left_out: BTreeMap<(String, String), u64> = BTreeMap::new();
    for item in job.audience.iter().filter(|item| !item.takes_part) {
        let reason = verdict_reason(item);
        *left_out.entry((reason.code, reason.message)).or_default() += 1;
    }
    conn.prepare_cached(
        "INSERT INTO jobs (id, name, kind, type, mass, action, state, created, due, me, filter, resolved,
                           total, sending, released, go_at, points_to, relation)
         VALUES (:id, :name, :kind, :type, :mass, :action, :state, :created, :due, :me, :filter, :resolved,
                 :total, :sending, :released, :created, :points_to, :relation)",
    )?
    .execute(named_params! {
        ":id": job.id.to_string(),
        ":name": job.name,
        ":kind": kind,
        ":type": job.action.type_word(),
        ":mass": mass,
        ":action": to_json(&job.action)?,
        ":state": job.state.as_str(),
        ":created": ms(job.created),
        ":due": ms(job.due),
        ":me": job.me.as_str(),
        ":filter": job.filter,
        ":resolved": job.resolved.as_ref().map(to_json).transpose()?,
        ":total": from_count(job.audience.len() as u64),
        ":sending": to_json(&job.sending)?,
        ":released": job.sending.released_first().map(from_count),
        ":points_to": job.origin.as_ref().map(|origin| origin.job.to_string()),
        ":relation": job.origin.as_ref().map(|origin| origin.relation.as_str()),
    })?;
    let seq = conn.last_insert_rowid();
    conn.prepare_cached("INSERT INTO audiences (job, packed) VALUES (?1, ?2)")?
        .execute(params![seq, packed])?;
    for ((code, message), n) in &left_out {
        tally::add(conn, seq, (&EffectState::Skipped, code, message), *n)?;
    }
    drafts::end(conn, job)
}

/// The row of a job.
pub(crate) fn seq_of(conn: &Connection, job: JobId) -> Result<i64> {
    conn.prepare_cached("SELECT seq FROM jobs WHERE id = ?1")?
        .query_row(params![job.to_string()], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoSuchJob(job))
}

/// After something was settled in a job that was over: it goes on if something is left, else its end is judged anew.
pub(crate) fn judge_again(conn: &Connection, seq: i64, now: i64) -> Result<()> {
    let (state, total) = state_and_total(conn, seq)?;
    if !matches!(state, JobState::Completed | JobState::CompletedWithErrors) {
        return Ok(());
    }
    let (counts, _) = tally::of(conn, seq, total)?;
    if counts.open() > 0 {
        conn.prepare_cached("UPDATE jobs SET state = 'running', finished = NULL, go_at = ?2 WHERE seq = ?1")?
            .execute(params![seq, now])?;
    } else {
        end(conn, seq, &counts, now)?;
    }
    Ok(())
}

pub(crate) fn end(conn: &Connection, seq: i64, counts: &Counts, now: i64) -> Result<JobState> {
    let clean = counts.rejected + counts.unknown + counts.held == 0;
    let state = if clean { JobState::Completed } else { JobState::CompletedWithErrors };
    conn.prepare_cached("UPDATE jobs SET state = ?2, pause = NULL, finished = ?3 WHERE seq = ?1")?
        .execute(params![seq, state.as_str(), now])?;
    Ok(state)
}

pub(crate) fn state_and_total(conn: &Connection, seq: i64) -> Result<(JobState, u64)> {
    Ok(conn
        .prepare_cached("SELECT state, total FROM jobs WHERE seq = ?1")?
        .query_row(params![seq], |row| Ok((JobState::from(row.get_ref(0)?.as_str()?), to_count(row, 1)?)))?)
}

pub(crate) fn with_figures(conn: &Connection, mut jobs: Vec<JobRow>) -> Result<Vec<JobRow>> {
    for job in &mut jobs {
        (job.counts, job.reasons) = tally::of(conn, job.seq, job.total)?;
        if !job.state.is_over() {
            job.begun = conn
                .prepare_cached("SELECT count(*) FROM items WHERE job = ?1 AND state = 'pending'")?
                .query_row(params![job.seq], |row| to_count(row, 0))?;
        }
        // Where nothing follows on a reply it is all that there is.
        let follows = matches!(&job.action, Some(Action::Reply { then, .. }) if !then.is_empty());
        if follows && job.counts.applied < job.opened {
            job.sent_only = sent_only(conn, job.seq)?;
        }
    }
    Ok(jobs)
}

fn sent_only(conn: &Connection, seq: i64) -> Result<Vec<SentOnly>> {
    let mut statement = conn.prepare_cached(
        "SELECT i.state, i.code, count(*)
           FROM items AS i JOIN effects AS e ON e.job = i.job AND e.no = i.no
          WHERE i.job = ?1 AND i.state IN ('pending', 'sending', 'rejected', 'skipped', 'unknown', 'held')
            AND e.effect = 'reply' AND e.state = 'applied'
          GROUP BY i.state, i.code ORDER BY i.state, i.code",
    )?;
    let found = statement
        .query_map(params![seq], |row| {
            Ok(SentOnly {
                state: EffectState::from(row.get_ref(0)?.as_str()?),
                code: row.get(1)?,
                n: to_count(row, 2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}

fn origin(row: &Row<'_>) -> rusqlite::Result<Option<Origin>> {
    let Some(job) = row.get::<_, Option<String>>("points_to")? else { return Ok(None) };
    let job =
        job.parse().map_err(|err| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err)))?;
    let relation = Relation::from(row.get_ref("relation")?.as_str_or_null()?.unwrap_or_default());
    Ok(Some(Origin { job, relation }))
}

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let id = |text: String| {
        text.parse().map_err(|err| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err)))
    };
    Ok(JobRow {
        seq: row.get("seq")?,
        id: id(row.get("id")?)?,
        name: row.get("name")?,
        action: json_or_none(row, "action").ok().flatten(),
        kind: row.get("kind")?,
        state: JobState::from(row.get_ref("state")?.as_str()?),
        pause: row.get_ref("pause")?.as_str_or_null()?.map(PauseReason::from),
        created: instant(row, "created")?,
        due: instant(row, "due")?,
        finished: instant_or_none(row, "finished")?,
        me: Handle::new(row.get::<_, String>("me")?),
        filter: row.get("filter")?,
        resolved: json_or_none(row, "resolved").ok().flatten(),
        total: to_count(row, "total")?,
        counts: Counts::default(),
        reasons: Vec::new(),
        sending: json(row, "sending")?,
        opened: to_count(row, "opened")?,
        released: row.get::<_, Option<i64>>("released")?.map(i64::unsigned_abs),
        canary_passed: row.get("canary_passed")?,
        go_at: instant(row, "go_at")?,
        origin: origin(row)?,
        begun: 0,
        sent_only: Vec::new(),
    })
}
