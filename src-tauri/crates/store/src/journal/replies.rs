//! Replies and notes of mine that one conversation has not got yet, as its thread shows them.

use jiff::{SignedDuration, Timestamp};
use muster_model::{Action, ClientRef, EffectState, Handle, JobId, Reason, RemoteId};
use rusqlite::{Connection, params};

use super::{Journal, audience::Audience, stories::stand};
use crate::{
    Result, StoreError,
    column::{instant, json_or_none, ms},
};

/// How long a refused reply is still shown in its thread.
const REFUSED_SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why a reply's story ended that a human sent again.
const SENT_AGAIN: &str = "sent_again";

/// A reply or a note of mine that is on its way, or did not get there.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenReply {
    /// The same in every attempt.
    pub client_ref: ClientRef,
    /// When it was confirmed.
    pub at: Timestamp,
    /// As the customer, or the team, will read it.
    pub text: String,
    /// It is a note, for the team only.
    pub note: bool,
    /// Whom it calls.
    pub mentions: Vec<Handle>,
    /// Part of a mass reply.
    pub mass: bool,
    /// How it stands: `pending`, `sending`, `unknown`, `held`, `rejected`.
    pub state: EffectState,
    /// Why, unless it is on its way.
    pub reason: Option<Reason>,
}

/// A message's row, if its item was claimed.
struct Claimed {
    job: i64,
    no: u32,
    state: EffectState,
    reason: Option<Reason>,
}

impl Journal {
    /// Replies to and notes on this conversation of mine that are not applied, in the order of confirmation. A refused one is shown
    /// for a week, so that its text is not lost.
    pub fn open_replies(&self, id: &RemoteId, now: Timestamp) -> Result<Vec<OpenReply>> {
        let since = now.checked_sub(REFUSED_SHOWN).unwrap_or(Timestamp::MIN);
        self.db.read(|tx| {
            let claimed = claimed(tx, id)?;
            let mut jobs = tx.prepare_cached(
                "SELECT seq, id, mass, action, created FROM jobs
                  WHERE kind IN ('reply', 'note')
                    AND (state IN ('holding', 'running', 'paused')
                         OR seq IN (SELECT job FROM effects WHERE effect IN ('reply', 'note') AND id = ?1
                                       AND (state IN ('unknown', 'held') OR state = 'rejected' AND finished >= ?2)))
                  ORDER BY seq",
            )?;
            let mut rows = jobs.query(params![id.as_str(), ms(since)])?;
            let mut open = Vec::new();
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get("seq")?;
                // An action that this version cannot read has no text to show.
                let Some(action) = json_or_none::<Action>(row, "action").ok().flatten() else { continue };
                let audience = self.audience(tx, seq)?;
                let Some(standing) = standing(tx, &audience, &claimed, (seq, id))? else { continue };
                let job: JobId = row
                    .get::<_, String>("id")?
                    .parse()
                    .map_err(|_| StoreError::corrupt("a job's id is not an id"))?;
                let Some(text) = action.message(audience.item(standing.no)?) else { continue };
                let (note, mentions) = match action {
                    Action::Note { mentions, .. } => {
                        (true, mentions.into_iter().map(|who| who.handle).collect())
                    }
                    _ => (false, Vec::new()),
                };
                open.push(OpenReply {
                    client_ref: ClientRef::new(job, standing.no),
                    at: instant(row, "created")?,
                    text,
                    note,
                    mentions,
                    mass: row.get("mass")?,
                    state: standing.state,
                    reason: standing.reason,
                });
            }
            Ok(open)
        })
    }
}

fn claimed(conn: &Connection, id: &RemoteId) -> Result<Vec<Claimed>> {
    let mut statement = conn.prepare_cached(
        "SELECT job, no, state, code, message FROM effects WHERE effect IN ('reply', 'note') AND id = ?1",
    )?;
    let rows = statement
        .query_map(params![id.as_str()], |row| {
            let (code, message): (String, String) = (row.get(3)?, row.get(4)?);
            Ok(Claimed {
                job: row.get(0)?,
                no: row.get(1)?,
                state: EffectState::from(row.get_ref(2)?.as_str()?),
                reason: (!code.is_empty()).then_some(Reason { code, message }),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// How this conversation's reply of a job stands; none if it has none, its story is over, or another job tells it on.
fn standing(
    conn: &Connection,
    audience: &Audience,
    claimed: &[Claimed],
    (seq, id): (i64, &RemoteId),
) -> Result<Option<Claimed>> {
    if let Some(claimed) = claimed.iter().find(|claimed| claimed.job == seq) {
        let is_over = matches!(claimed.state, EffectState::Applied | EffectState::Skipped)
            || claimed.reason.as_ref().is_some_and(|reason| reason.code == SENT_AGAIN);
        return Ok((!is_over).then(|| Claimed {
            job: seq,
            no: claimed.no,
            state: claimed.state.clone(),
            reason: claimed.reason.clone(),
        }));
    }
    let Some(no) = audience.number_of(id) else { return Ok(None) };
    // What is left of an item that was answered already writes to nobody, nor does one that was taken out of its job.
    let own = audience.item(no)?.own.as_ref();
    let writes = own.is_none_or(|own| own.iter().any(|own| own.effect.is_message()));
    let is_pending = writes && stand(conn, seq, no)?.is_none();
    Ok(is_pending.then_some(Claimed { job: seq, no, state: EffectState::Pending, reason: None }))
}
