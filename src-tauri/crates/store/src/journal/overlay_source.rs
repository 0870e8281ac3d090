//! What lies over the cache now, made from what lay there before: only what moved in the journal since is read.
//!
//! Every item carries the number of its last move, which rises within its job. A layer remembers the highest that it
//! knows, so that a worker that records a few hundred outcomes costs the next look those few hundred, whatever the size
//! of its job.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use muster_model::{Action, EffectState, Handle, JobState, PauseReason, RemoteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Journal,
    lots::{self, Lot},
};
use crate::{
    Overlay, Result,
    column::{instant, json_or_none, ms},
    overlay::{
        Parts,
        layer::{Claimed, Layer, Stands},
    },
};

/// Where a job stands, as far as it decides what of it shows.
struct Standing {
    seq: i64,
    shows_remaining: bool,
    /// So many more items may be claimed before somebody or the clock says more; none: everybody.
    left: Option<u64>,
    next: u32,
}

impl Journal {
    /// Everything that lies over the cache of the agent `me`: jobs under way, and what was applied by jobs that were over
    /// at or after `since`, read marks, follows and open questions. Drafts and later schedules are not shown; a job paused
    /// by hand or by the guard shows only what it applied. `before` is what lay there at the last look.
    pub fn overlay(&self, me: Option<&Handle>, since: Timestamp, before: &Overlay) -> Result<Overlay> {
        self.db.read(|tx| {
            let known = before.parts();
            let mut layers = Vec::new();
            for standing in standings(tx, ms(since))? {
                let layer = known.layers.iter().find(|layer| layer.seq == standing.seq);
                let layer = match layer {
                    Some(layer) => Some(Arc::clone(layer)),
                    None => self.layer(tx, standing.seq)?.map(Arc::new),
                };
                if let Some(mut layer) = layer {
                    bring_up_to_date(tx, &mut layer, &standing)?;
                    layers.push(layer);
                }
            }
            let marks = marks_version(tx)?;
            let (reads, follows) = if marks == known.marks {
                (Arc::clone(&known.reads), Arc::clone(&known.follows))
            } else {
                (Arc::new(read_marks(tx)?), Arc::new(follows(tx)?))
            };
            let (unknown, held) = (ids(tx, "unknown")?, ids(tx, "held")?);
            Ok(Overlay::new(Parts { me: me.cloned(), layers, reads, follows, marks, unknown, held }))
        })
    }

    /// A job as a layer of which nothing is known yet; none if this version cannot read its action.
    fn layer(&self, conn: &Connection, seq: i64) -> Result<Option<Layer>> {
        let mut statement = conn.prepare_cached("SELECT action, created FROM jobs WHERE seq = ?1")?;
        let mut rows = statement.query(params![seq])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let Some(action) = json_or_none::<Action>(row, "action").ok().flatten() else { return Ok(None) };
        Ok(Some(Layer::new(seq, instant(row, "created")?, action.effects(), self.audience(conn, seq)?)))
    }
}

fn standings(conn: &Connection, since: i64) -> Result<Vec<Standing>> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, state, pause, released - opened AS left, next_item FROM jobs
          WHERE state IN ('holding', 'running', 'paused') OR (state = 'scheduled' AND opened > 0)
             OR finished >= ?1
          ORDER BY seq",
    )?;
    let standings = statement
        .query_map(params![since], |row| {
            let pause = row.get_ref("pause")?.as_str_or_null()?.map(PauseReason::from);
            let shows_remaining = match JobState::from(row.get_ref("state")?.as_str()?) {
                JobState::Holding | JobState::Running => true,
                JobState::Paused => matches!(pause, Some(PauseReason::Offline | PauseReason::Key)),
                _ => false,
            };
            let left: Option<i64> = row.get("left")?;
            Ok(Standing {
                seq: row.get("seq")?,
                shows_remaining,
                left: left.map(|left| u64::try_from(left).unwrap_or(0)),
                next: row.get("next_item")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(standings)
}

fn bring_up_to_date(conn: &Connection, layer: &mut Arc<Layer>, standing: &Standing) -> Result<()> {
    take_moves(conn, layer)?;
    let due_before = standing.left.map_or(u32::MAX, |left| layer.end_of_due(standing.next, left));
    if (layer.shows_remaining, layer.due_before) != (standing.shows_remaining, due_before) {
        let layer = Arc::make_mut(layer);
        layer.shows_remaining = standing.shows_remaining;
        layer.due_before = due_before;
    }
    Ok(())
}

/// Reads the items that moved since the layer was last looked at.
fn take_moves(conn: &Connection, layer: &mut Arc<Layer>) -> Result<()> {
    let lots = lots::moved_since(conn, layer.seq, layer.moved)?;
    let mut statement = conn.prepare_cached(
        "SELECT i.no, i.moved, i.seen, e.ordinal, e.state, e.receipt_stamp
           FROM items AS i INDEXED BY items_by_move LEFT JOIN effects AS e ON e.job = i.job AND e.no = i.no
          WHERE i.job = ?1 AND i.moved > ?2
          ORDER BY i.moved, e.ordinal",
    )?;
    let mut rows = statement.query(params![layer.seq, layer.moved])?;
    let mut item: Option<(u32, Claimed)> = None;
    while let Some(row) = rows.next()? {
        let layer = Arc::make_mut(layer);
        let no: u32 = row.get("no")?;
        if item.as_ref().is_none_or(|(known, _)| *known != no) {
            let next = (no, Claimed { seen: row.get("seen")?, effects: Vec::with_capacity(1) });
            if let Some((no, claimed)) = item.replace(next) {
                layer.set_claimed(no, claimed);
            }
            layer.moved = row.get("moved")?;
        }
        let Some(state) = row.get_ref("state")?.as_str_or_null().map_err(rusqlite::Error::from)? else {
            continue;
        };
        let stands = match EffectState::from(state) {
            EffectState::Pending | EffectState::Sending => Some(Stands::Remaining),
            // Without a stamp nobody can tell when the cache has caught up, so what the cache says counts.
            EffectState::Applied => row.get::<_, Option<i64>>("receipt_stamp")?.map(Stands::Applied),
            _ => None,
        };
        if let (Some((_, claimed)), Some(stands)) = (&mut item, stands) {
            claimed.effects.push((row.get("ordinal")?, stands));
        }
    }
    if let Some((no, claimed)) = item {
        Arc::make_mut(layer).set_claimed(no, claimed);
    }
    for lot in lots {
        take_lot(Arc::make_mut(layer), &lot);
    }
    Ok(())
}

fn take_lot(layer: &mut Layer, lot: &Lot) {
    for (place, no) in lot.numbers.iter().enumerate() {
        let stands = |ordinal: usize| match lot.state {
            EffectState::Applied => lot.stamp(place, ordinal).map(Stands::Applied),
            _ => Some(Stands::Remaining),
        };
        let effects = (0u32..)
            .take(lot.effects_each())
            .filter_map(|ordinal| Some((ordinal, stands(ordinal as usize)?)))
            .collect();
        layer.set_claimed(*no, Claimed { seen: None, effects });
    }
    layer.moved = layer.moved.max(lot.moved);
}

/// Rises with every read mark and follow that is written.
fn marks_version(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT CAST(value AS INTEGER) FROM state WHERE key = 'marks'")?
        .query_row([], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

fn read_marks(conn: &Connection) -> Result<HashMap<RemoteId, i64>> {
    by_id(conn, "SELECT id, at FROM read_marks")
}

fn follows(conn: &Connection) -> Result<HashMap<RemoteId, bool>> {
    by_id(conn, "SELECT id, is_on FROM follows")
}

fn by_id<T: rusqlite::types::FromSql>(conn: &Connection, sql: &str) -> Result<HashMap<RemoteId, T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let values = statement
        .query_map([], |row| Ok((RemoteId::new(row.get::<_, String>(0)?), row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(values)
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
