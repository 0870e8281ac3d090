//! What the engine builds the overlay from: effects that are under way, and applied ones that the cache may not hold yet.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use muster_model::{Action, Effect, EffectState, JobId, JobState, PauseReason, RemoteId};
use rusqlite::{Connection, Row, params, types::Type};

use super::{Journal, audience::Audience};
use crate::{
    Result,
    column::{instant, json, json_or_none, ms},
};

/// The effects of one job that may have to be laid over the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct OverlayJob {
    /// The order of confirmation.
    pub seq: i64,
    /// Ours.
    pub id: JobId,
    /// What it does.
    pub action: Action,
    /// Where it stands.
    pub state: JobState,
    /// Why it is paused.
    pub pause: Option<PauseReason>,
    /// When it was confirmed: a customer message newer than this makes the change wait.
    pub created: Timestamp,
    /// Items with something to lay over, in order.
    pub items: Vec<OverlayItem>,
}

/// One conversation's part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OverlayItem {
    /// The conversation.
    pub id: RemoteId,
    /// The customer's last message when it was confirmed, UTC milliseconds.
    pub last_inbound: Option<i64>,
    /// Effects that are pending or on their way.
    pub remaining: Vec<Effect>,
    /// Effects that the help desk has, with the stamp of the state that they led to.
    pub applied: Vec<(Effect, Option<i64>)>,
}

/// Everything that the overlay is built from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlaySource {
    /// In the order of confirmation.
    pub jobs: Vec<OverlayJob>,
    /// Conversations with an effect that is `unknown`.
    pub unknown: HashSet<RemoteId>,
    /// Conversations with an effect that is `held`.
    pub held: HashSet<RemoteId>,
}

impl Journal {
    /// Jobs under way, and what was applied at or after `since` by jobs that are over. Drafts and schedules are not
    /// shown; a job paused by hand or by the guard shows only what it applied.
    pub fn overlay_source(&self, since: Timestamp) -> Result<OverlaySource> {
        let since = ms(since);
        self.db.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT seq, id, action, state, pause, created FROM jobs
                  WHERE state IN ('holding', 'running', 'paused') OR finished >= ?1
                  ORDER BY seq",
            )?;
            let mut rows = statement.query(params![since])?;
            let mut jobs = Vec::new();
            while let Some(row) = rows.next()? {
                let Some(mut job) = job(row)? else { continue };
                job.items = self.overlay_items(tx, &job, since)?;
                if !job.items.is_empty() {
                    jobs.push(job);
                }
            }
            Ok(OverlaySource { jobs, unknown: ids(tx, "unknown")?, held: ids(tx, "held")? })
        })
    }

    fn overlay_items(&self, conn: &Connection, job: &OverlayJob, since: i64) -> Result<Vec<OverlayItem>> {
        let shows_remaining = match job.state {
            JobState::Holding | JobState::Running => true,
            JobState::Paused => matches!(job.pause, Some(PauseReason::Offline | PauseReason::Key)),
            _ => false,
        };
        let audience = self.audience(conn, job.seq)?;
        let mut items = BTreeMap::new();
        let mut with_rows = HashSet::new();
        let mut statement = conn.prepare_cached(
            // What stands behind something held waits for a human, and is shown as little as what is held.
            "SELECT no, value, receipt_stamp, finished,
                    CASE WHEN state = 'pending' AND no IN (SELECT no FROM items WHERE job = ?1 AND state = 'held')
                         THEN 'held' ELSE state END AS state
               FROM effects WHERE job = ?1 ORDER BY no, ordinal",
        )?;
        let mut rows = statement.query(params![job.seq])?;
        while let Some(row) = rows.next()? {
            let no: u32 = row.get("no")?;
            with_rows.insert(no);
            let state = EffectState::from(row.get_ref("state")?.as_str().map_err(rusqlite::Error::from)?);
            let is_recent = row.get::<_, Option<i64>>("finished")?.is_some_and(|at| at >= since);
            match state {
                EffectState::Pending | EffectState::Sending if shows_remaining => {
                    item(&mut items, &audience, no)?.remaining.push(json(row, "value")?);
                }
                EffectState::Applied if is_recent || !job.state.is_over() => {
                    let stamp = row.get("receipt_stamp")?;
                    item(&mut items, &audience, no)?.applied.push((json(row, "value")?, stamp));
                }
                _ => {}
            }
        }
        if shows_remaining {
            let effects = job.action.effects();
            let unopened =
                audience.from(0).filter(|(no, member)| member.takes_part && !with_rows.contains(no));
            for (no, member) in unopened.take(released(conn, job.seq)?) {
                let own = member.own.as_ref().map(|own| own.iter().map(|own| own.effect.clone()).collect());
                item(&mut items, &audience, no)?.remaining = own.unwrap_or_else(|| effects.clone());
            }
        }
        Ok(items.into_values().collect())
    }
}

/// So many items of a job may be claimed before somebody or the clock says more.
fn released(conn: &Connection, seq: i64) -> Result<usize> {
    let left: Option<i64> = conn
        .prepare_cached("SELECT released - opened FROM jobs WHERE seq = ?1")?
        .query_row(params![seq], |row| row.get(0))?;
    Ok(left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(0)))
}

fn item<'a>(
    items: &'a mut BTreeMap<u32, OverlayItem>,
    audience: &Audience,
    no: u32,
) -> Result<&'a mut OverlayItem> {
    let member = audience.item(no)?;
    Ok(items.entry(no).or_insert_with(|| OverlayItem {
        id: member.id.clone(),
        last_inbound: member.last_inbound,
        remaining: Vec::new(),
        applied: Vec::new(),
    }))
}

/// A job without its items; none if this version cannot read its action.
fn job(row: &Row<'_>) -> Result<Option<OverlayJob>> {
    let Some(action) = json_or_none(row, "action").ok().flatten() else { return Ok(None) };
    let id: String = row.get("id")?;
    Ok(Some(OverlayJob {
        seq: row.get("seq")?,
        id: id
            .parse()
            .map_err(|err| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(err)))?,
        action,
        state: JobState::from(row.get_ref("state")?.as_str().map_err(rusqlite::Error::from)?),
        pause: row.get_ref("pause")?.as_str_or_null().map_err(rusqlite::Error::from)?.map(PauseReason::from),
        created: instant(row, "created")?,
        items: Vec::new(),
    }))
}

fn ids(conn: &Connection, state: &str) -> Result<HashSet<RemoteId>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT id FROM effects WHERE state = ?1 AND state IN ('sending', 'unknown', 'held')",
    )?;
    let ids = statement
        .query_map(params![state], |row| Ok(RemoteId::new(row.get::<_, String>(0)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}
