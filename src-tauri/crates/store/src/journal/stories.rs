//! Items with everything that happened to them, for what follows a job: undo, retry, an answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use muster_model::{AudienceItem, EffectState, JobId, Origin, Reason, Relation, RemoteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    EffectRow, Journal,
    audience::Audience,
    items::{effect, effects_of, reason},
    jobs::seq_of,
    lots,
};
use crate::{Result, column::instant_or_none};

/// Above so many asked for by name, a job's effects are read in one walk.
const BY_NAME: usize = 100;

/// An item that takes part, from what the agent saw to what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemStory {
    /// Its number.
    pub no: u32,
    /// What the agent saw.
    pub audience: AudienceItem,
    /// How it stands.
    pub state: EffectState,
    /// Why, unless applied or waiting.
    pub reason: Option<Reason>,
    /// Up to when, in UTC milliseconds, a human has seen what was written since, and said: send.
    pub seen: Option<i64>,
    /// When a human looked at what is unknown and left it at that.
    pub left_at: Option<Timestamp>,
    /// Its effects; none before it was claimed.
    pub effects: Vec<EffectRow>,
}

/// Items that fared alike, with what happened to them told once.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The effects of the first of them. Those of the others differ by their rows and stamps.
    pub effects: Vec<EffectRow>,
    /// The items.
    pub members: Vec<Member>,
}

/// One of several that fared alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub no: u32,
    /// The newest stamp that its effects led to.
    pub stamp: Option<i64>,
}

impl Alike {
    fn alone(no: u32, effects: Vec<EffectRow>) -> Self {
        let stamp = effects.iter().filter_map(|effect| effect.receipt.as_ref()?.stamp).max();
        Self { effects, members: vec![Member { no, stamp }] }
    }
}

/// What stands in an item's row.
type Stand = (EffectState, Option<Reason>, Option<i64>, Option<Timestamp>);

impl Journal {
    /// The items of a job that take part, or those of them that are named, in the order of the audience.
    pub fn stories(&self, job: JobId, only: Option<&[RemoteId]>) -> Result<Vec<ItemStory>> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let audience = self.audience(tx, seq)?;
            let is_cancelled = is_cancelled(tx, seq)?;
            let mut numbers: Vec<u32> = match only {
                Some(ids) => ids.iter().filter_map(|id| audience.number_of(id)).collect(),
                None => audience.from(0).filter(|(_, item)| item.takes_part).map(|(no, _)| no).collect(),
            };
            numbers.sort_unstable();
            numbers.dedup();
            let few = numbers.len() <= BY_NAME;
            let (mut stands, mut effects) =
                if few { <_>::default() } else { (stands(tx, seq)?, all_effects(tx, seq)?) };
            let mut lots = self.lots(tx, seq)?;
            if !few {
                lots.each(|no, lot, rows| {
                    stands.insert(no, (lot.state.clone(), None, None, None));
                    effects.insert(no, rows);
                })?;
            }
            let mut stories = Vec::with_capacity(numbers.len());
            for no in numbers {
                let (stand, effects) = if !few {
                    (stands.remove(&no), effects.remove(&no).unwrap_or_default())
                } else if let Some((state, effects)) = lots.item(no)? {
                    (Some((state, None, None, None)), effects)
                } else {
                    (stand(tx, seq, no)?, effects_of(tx, seq, no)?)
                };
                let (state, reason, seen, left_at) = stand.unwrap_or_else(|| match is_cancelled {
                    true => (EffectState::Skipped, Some(Reason::new("cancelled", "cancelled")), None, None),
                    false => (EffectState::Pending, None, None, None),
                });
                let audience = audience.item(no)?.clone();
                stories.push(ItemStory { no, audience, state, reason, seen, left_at, effects });
            }
            Ok(stories)
        })
    }

    /// What happened to the items of a job that were ever claimed, or to those of them that are named. Of ten thousand
    /// plain changes that is a handful of stories.
    pub fn stories_alike(&self, job: JobId, only: Option<&[RemoteId]>) -> Result<Vec<Alike>> {
        self.db.read(|tx| {
            let seq = seq_of(tx, job)?;
            let mut lots = self.lots(tx, seq)?;
            let Some(ids) = only else {
                let mut all = lots.alike()?;
                all.extend(all_effects(tx, seq)?.into_iter().map(|(no, effects)| Alike::alone(no, effects)));
                return Ok(all);
            };
            let audience = self.audience(tx, seq)?;
            let numbers: BTreeSet<u32> = ids.iter().filter_map(|id| audience.number_of(id)).collect();
            let mut all = Vec::with_capacity(numbers.len());
            for no in numbers {
                let effects = match lots.item(no)? {
                    Some((_, effects)) => effects,
                    None => effects_of(tx, seq, no)?,
                };
                if !effects.is_empty() {
                    all.push(Alike::alone(no, effects));
                }
            }
            Ok(all)
        })
    }

    /// Conversations that an undo or a retry of this job took over already, its own retries included, and that did not
    /// provably fail there. Taking them over once more could give back, or send, a thing twice.
    pub fn taken_over(&self, origin: &Origin) -> Result<HashSet<RemoteId>> {
        self.db.read(|tx| self.taken(tx, origin))
    }

    pub(super) fn taken(&self, conn: &Connection, origin: &Origin) -> Result<HashSet<RemoteId>> {
        let sent_again = match origin.relation {
            Relation::Undo => Relation::Undo,
            _ => Relation::SentAgain,
        };
        let mut statement = conn.prepare_cached(
            "WITH RECURSIVE takers (seq, id) AS (
                 SELECT seq, id FROM jobs WHERE points_to = ?1 AND relation IN (?2, ?3)
                 UNION
                 SELECT jobs.seq, jobs.id FROM jobs JOIN takers ON jobs.points_to = takers.id
                  WHERE jobs.relation IN ('retry', 'sent_again')
             )
             SELECT seq FROM takers",
        )?;
        let takers: Vec<i64> = statement
            .query_map(
                params![origin.job.to_string(), origin.relation.as_str(), sent_again.as_str()],
                |row| row.get(0),
            )?
            .collect::<rusqlite::Result<_>>()?;
        let mut taken = HashSet::new();
        for seq in takers {
            let audience = self.audience(conn, seq)?;
            let in_lots: HashSet<u32> =
                lots::numbers(conn, seq)?.into_iter().flat_map(|(numbers, _, _)| numbers).collect();
            let open = numbers(
                conn,
                "SELECT DISTINCT no FROM effects WHERE job = ?1 AND state NOT IN ('rejected', 'skipped')",
                seq,
            )?;
            let with_rows = numbers(conn, "SELECT no FROM items WHERE job = ?1", seq)?;
            let waits = !is_cancelled(conn, seq)?;
            let still =
                |no: &u32| open.contains(no) || in_lots.contains(no) || (waits && !with_rows.contains(no));
            taken.extend(members(&audience).filter(|(no, _)| still(no)).map(|(_, item)| item.id.clone()));
        }
        Ok(taken)
    }
}

fn members(audience: &Audience) -> impl Iterator<Item = (u32, &AudienceItem)> {
    audience.from(0).filter(|(_, item)| item.takes_part)
}

fn numbers(conn: &Connection, sql: &str, seq: i64) -> Result<HashSet<u32>> {
    let mut statement = conn.prepare_cached(sql)?;
    let numbers = statement.query_map(params![seq], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(numbers)
}

pub(super) fn is_cancelled(conn: &Connection, seq: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM jobs WHERE seq = ?1 AND state = 'cancelled'")?
        .exists(params![seq])?)
}

fn read_stand(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stand> {
    Ok((
        EffectState::from(row.get_ref("state")?.as_str()?),
        reason(row.get("code")?, row.get("message")?),
        row.get("seen")?,
        instant_or_none(row, "left_at")?,
    ))
}

pub(super) fn stand(conn: &Connection, seq: i64, no: u32) -> Result<Option<Stand>> {
    Ok(conn
        .prepare_cached("SELECT state, code, message, seen, left_at FROM items WHERE job = ?1 AND no = ?2")?
        .query_row(params![seq, no], read_stand)
        .optional()?)
}

fn stands(conn: &Connection, seq: i64) -> Result<HashMap<u32, Stand>> {
    let mut statement =
        conn.prepare_cached("SELECT no, state, code, message, seen, left_at FROM items WHERE job = ?1")?;
    let stands = statement
        .query_map(params![seq], |row| Ok((row.get("no")?, read_stand(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(stands)
}

fn all_effects(conn: &Connection, seq: i64) -> Result<BTreeMap<u32, Vec<EffectRow>>> {
    let mut statement = conn.prepare_cached(
        "SELECT no, row, ordinal, value, state, before, after, attempts, receipt, code, message, started, finished
           FROM effects WHERE job = ?1 ORDER BY no, ordinal",
    )?;
    let mut rows = statement.query(params![seq])?;
    let mut effects: BTreeMap<u32, Vec<EffectRow>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        effects.entry(row.get("no")?).or_default().push(effect(row)?);
    }
    Ok(effects)
}
