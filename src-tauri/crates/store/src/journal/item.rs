//! An item's state follows from its effects: the least successful one decides, and the reason names it.

use muster_model::{EffectState, Reason};
use rusqlite::{Connection, OptionalExtension, params};

use super::tally;
use crate::Result;

/// Codes of skipped effects after which the rest of the item goes on: nothing went wrong.
const HARMLESS: [&str; 3] = ["superseded", "no_change", "changed_since"];

struct Step {
    row: i64,
    word: String,
    state: EffectState,
    code: String,
    message: String,
}

/// Brings an item in line with its effects: what follows an effect that did not apply is skipped, then the item's state
/// and the job's figures are written.
pub(crate) fn settle(conn: &Connection, job: i64, no: u32, now: i64) -> Result<EffectState> {
    let mut steps = steps(conn, job, no)?;
    if steps.is_empty() {
        // It was taken out of its job before it began.
        return Ok(EffectState::Skipped);
    }
    if let Some(stop) = steps.iter().position(stops) {
        let reason = Reason::new("not_tried", format!("not tried: {}", phrase(&steps[stop])));
        for step in steps[stop..].iter_mut().filter(|step| step.state == EffectState::Pending) {
            conn.prepare_cached(
                "UPDATE effects SET state = 'skipped', code = ?2, message = ?3, finished = ?4
                  WHERE row = ?1 AND state = 'pending'",
            )?
            .execute(params![step.row, reason.code, reason.message, now])?;
            step.state = EffectState::Skipped;
            step.code.clone_from(&reason.code);
            step.message.clone_from(&reason.message);
        }
    }
    let (state, reason) = outcome(&steps);
    write(conn, job, no, &state, &reason)?;
    Ok(state)
}

/// Whether the effects behind this one must not run any more. One that is unknown or held keeps them waiting instead.
fn stops(step: &Step) -> bool {
    match step.state {
        EffectState::Rejected => true,
        EffectState::Skipped => !HARMLESS.contains(&step.code.as_str()),
        _ => false,
    }
}

/// The step that decides: one that is on its way; else the first that is not over, because what stands behind it waits
/// for it – unknown before held –; else the least successful one.
fn decisive(steps: &[Step]) -> Option<&Step> {
    let first = |state: EffectState| steps.iter().find(|step| step.state == state);
    let first_open = steps.iter().find(|step| !step.state.is_final());
    first(EffectState::Sending)
        .or_else(|| first_open.filter(|step| step.state == EffectState::Pending))
        .or_else(|| first(EffectState::Unknown))
        .or_else(|| first(EffectState::Held))
        .or(first_open)
        .or_else(|| first(EffectState::Rejected))
        .or_else(|| first(EffectState::Skipped))
}

fn outcome(steps: &[Step]) -> (EffectState, Reason) {
    let worst = decisive(steps);
    let Some(worst) = worst else { return (EffectState::Applied, Reason::new("", "")) };
    let done: Vec<&str> = steps
        .iter()
        .take_while(|step| step.row != worst.row)
        .filter(|step| step.state == EffectState::Applied)
        .map(|step| step.word.as_str())
        .collect();
    let message = match (worst.code.is_empty(), done.is_empty()) {
        (true, _) => String::new(),
        (false, true) => worst.message.clone(),
        (false, false) => format!("{} applied; {}", done.join(", "), phrase(worst)),
    };
    (worst.state.clone(), Reason::new(&worst.code, message))
}

fn phrase(step: &Step) -> String {
    if step.message.is_empty() {
        format!("{} {}", step.word, step.state)
    } else {
        format!("{} {}: {}", step.word, step.state, step.message)
    }
}

fn steps(conn: &Connection, job: i64, no: u32) -> Result<Vec<Step>> {
    let mut statement = conn.prepare_cached(
        "SELECT row, effect, state, code, message FROM effects WHERE job = ?1 AND no = ?2 ORDER BY ordinal",
    )?;
    let steps = statement
        .query_map(params![job, no], |row| {
            Ok(Step {
                row: row.get(0)?,
                word: row.get(1)?,
                state: EffectState::from(row.get_ref(2)?.as_str()?),
                code: row.get(3)?,
                message: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(steps)
}

/// The number of the next move of an item of a job, or of a lot of them.
pub(crate) fn next_move(conn: &Connection, job: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 + max((SELECT coalesce(max(moved), 0) FROM items WHERE job = ?1),
                            (SELECT coalesce(max(moved), 0) FROM lots WHERE job = ?1))",
        )?
        .query_row(params![job], |row| row.get(0))?)
}

/// Writes the state of an item that has a row, and moves the job's figures with it.
fn write(conn: &Connection, job: i64, no: u32, state: &EffectState, reason: &Reason) -> Result<()> {
    let old: Option<(String, String)> = conn
        .prepare_cached("SELECT state, code FROM items WHERE job = ?1 AND no = ?2")?
        .query_row(params![job, no], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((old_state, old_code)) = old else { return Ok(()) };
    conn.prepare_cached(
        "UPDATE items SET state = ?3, code = ?4, message = ?5, moved = ?6 WHERE job = ?1 AND no = ?2",
    )?
    .execute(params![job, no, state.as_str(), reason.code, reason.message, next_move(conn, job)?])?;
    tally::shift(
        conn,
        job,
        (&EffectState::from(old_state.as_str()), &old_code),
        (state, &reason.code, &reason.message),
    )
}
