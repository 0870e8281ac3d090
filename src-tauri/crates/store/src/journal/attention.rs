//! What needs a human – items whose fate is unknown or that are held – and the outbox: replies that have not left.

use jiff::Timestamp;
use muster_model::{AudienceItem, EffectState, JobState, Reason, RemoteId};
use rusqlite::{Connection, params};

use super::{
    JobFilter, JobRow, Journal,
    audience::Audience,
    jobs::{read, with_figures},
};
use crate::{
    Result,
    column::{from_count, instant_or_none},
};

/// An item that a human has to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionRow {
    /// Its job.
    pub job: JobRow,
    /// The conversation.
    pub id: RemoteId,
    /// `unknown` or `held`.
    pub state: EffectState,
    /// Why.
    pub reason: Option<Reason>,
    /// Since when.
    pub at: Timestamp,
    /// What was seen of it when it was confirmed.
    pub audience: AudienceItem,
    /// The message as the customer reads it; none for a change.
    pub text: Option<String>,
}

/// A reply that has not left.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// The conversation.
    pub id: RemoteId,
    /// Its place among the job's replies that have not left, from 0: which batch it goes with.
    pub place: u64,
    /// On its way right now.
    pub is_sending: bool,
    /// What was seen of it when it was confirmed.
    pub audience: AudienceItem,
    /// The message as the customer will read it.
    pub text: String,
}

impl Journal {
    /// Items that are unknown or held and that nobody left at that, latest job first; at most `limit`.
    pub fn attention(&self, limit: usize) -> Result<Vec<AttentionRow>> {
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT items.job, items.no, items.state, items.code, items.message,
                        (SELECT max(coalesce(finished, started)) FROM effects
                          WHERE effects.job = items.job AND effects.no = items.no) AS at
                   FROM items
                  WHERE state IN ('unknown', 'held') AND left_at IS NULL
                  ORDER BY job DESC, no
                  LIMIT ?1",
            )?;
            let mut rows = statement.query(params![from_count(limit as u64)])?;
            let mut found = Vec::new();
            let mut last: Option<(JobRow, std::sync::Arc<Audience>)> = None;
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get("job")?;
                let (job, audience) = match last.take() {
                    Some(known) if known.0.seq == seq => known,
                    _ => (job_at(tx, seq)?, self.audience(tx, seq)?),
                };
                let item = audience.item(row.get("no")?)?;
                let (code, message): (String, String) = (row.get("code")?, row.get("message")?);
                found.push(AttentionRow {
                    id: item.id.clone(),
                    state: EffectState::from(row.get_ref("state")?.as_str().map_err(rusqlite::Error::from)?),
                    reason: (!code.is_empty()).then_some(Reason { code, message }),
                    at: instant_or_none(row, "at")?.unwrap_or(job.created),
                    audience: item.clone(),
                    text: rendered(&job, item),
                    job: job.clone(),
                });
                last = Some((job, audience));
            }
            Ok(found)
        })
    }

    /// Jobs with replies that have not left, in the order in which they may leave.
    pub fn outbox_jobs(&self) -> Result<Vec<JobRow>> {
        let waiting = JobFilter {
            states: vec![JobState::Holding, JobState::Running, JobState::Paused, JobState::Scheduled],
            kinds: vec!["reply".to_owned(), "note".to_owned()],
            ..JobFilter::default()
        };
        let mut jobs = self.jobs(&waiting)?;
        jobs.retain(|job| job.counts.open() > 0);
        jobs.sort_by_key(|job| (job.state == JobState::Scheduled, job.due, job.seq));
        Ok(jobs)
    }

    /// Replies of a job that have not left, in the order in which they will; at most `limit`.
    pub fn outbox_of(&self, job: &JobRow, limit: usize) -> Result<Vec<OutboxRow>> {
        let open = [EffectState::Pending, EffectState::Sending];
        let (items, _) = self.items_page(job.id, &open, 0, limit)?;
        self.db.read(|tx| {
            let audience = self.audience(tx, job.seq)?;
            let mut rows = Vec::new();
            for (place, item) in (0u64..).zip(items) {
                let member = audience.item(item.no)?;
                rows.push(OutboxRow {
                    id: item.id,
                    place,
                    is_sending: item.state == EffectState::Sending,
                    audience: member.clone(),
                    text: rendered(job, member).unwrap_or_default(),
                });
            }
            Ok(rows)
        })
    }
}

/// The message as this customer, or the team, reads it.
fn rendered(job: &JobRow, item: &AudienceItem) -> Option<String> {
    job.action.as_ref()?.message(item)
}

fn job_at(conn: &Connection, seq: i64) -> Result<JobRow> {
    let job = conn
        .prepare_cached(
            "SELECT seq, id, name, kind, action, state, pause, created, due, finished, me, filter, resolved, total, sending,
                    opened, released, canary_passed, go_at, points_to, relation
               FROM jobs WHERE seq = ?1",
        )?
        .query_row(params![seq], read)?;
    with_figures(conn, vec![job])?.pop().ok_or_else(|| crate::StoreError::corrupt("an item without its job"))
}
