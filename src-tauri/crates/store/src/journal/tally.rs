//! Exact figures of a job: how many items ended how and why. Pending is what is missing to the total, so the figures
//! add up whatever happens.

use muster_model::{Counts, EffectState};
use rusqlite::{Connection, params};

use super::ReasonCount;
use crate::{
    Result,
    column::{from_count, to_count},
};

/// Moves one item from a state and code to another. An item without a row comes from *pending*.
pub(crate) fn shift(
    conn: &Connection,
    job: i64,
    from: (&EffectState, &str),
    to: (&EffectState, &str, &str),
) -> Result<()> {
    if *from.0 != EffectState::Pending {
        leave(conn, job, from, 1)?;
    }
    if *to.0 != EffectState::Pending {
        add(conn, job, to, 1)?;
    }
    Ok(())
}

/// Counts `n` items less in a state and code.
pub(crate) fn leave(conn: &Connection, job: i64, from: (&EffectState, &str), n: u64) -> Result<()> {
    conn.prepare_cached("UPDATE tallies SET n = n - ?4 WHERE job = ?1 AND state = ?2 AND code = ?3")?
        .execute(params![job, from.0.as_str(), from.1, from_count(n)])?;
    Ok(())
}

/// Counts `n` more items in a state.
pub(crate) fn add(conn: &Connection, job: i64, to: (&EffectState, &str, &str), n: u64) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO tallies (job, state, code, message, n) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (job, state, code) DO UPDATE
            SET n = n + excluded.n,
                -- What one person changed since is not what another one did.
                message = iif(code = 'changed_since' AND message <> excluded.message, 'Changed since.', message)",
    )?
    .execute(params![job, to.0.as_str(), to.1, to.2, from_count(n)])?;
    Ok(())
}

/// The figures of a job with `total` items, and the reasons behind them, most frequent first.
pub(crate) fn of(conn: &Connection, job: i64, total: u64) -> Result<(Counts, Vec<ReasonCount>)> {
    let mut counts = Counts::default();
    let mut reasons = Vec::new();
    let mut statement = conn.prepare_cached(
        "SELECT state, code, message, n FROM tallies WHERE job = ?1 AND n > 0 ORDER BY n DESC, state, code",
    )?;
    let mut rows = statement.query(params![job])?;
    while let Some(row) = rows.next()? {
        let state = EffectState::from(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
        let n = to_count(row, 3)?;
        counts.add(&state, n);
        let code: String = row.get(1)?;
        if !code.is_empty() {
            reasons.push(ReasonCount { state, code, message: row.get(2)?, n });
        }
    }
    counts.pending = total.saturating_sub(counts.total());
    Ok((counts, reasons))
}
