//! What time does by itself: snoozes end, answered mail is resolved, what is done is archived, and whatever stands on the
//! agenda happens. Each at its own moment, in the order of the moments, however late the desk looks.

use rusqlite::{Connection, OptionalExtension, params};

use super::agenda;
use super::apply::{event, write_status};
use super::row::{head_of, touch};
use crate::clock::{DAY, Millis};

/// So long after our last answer a mail is resolved, unless somebody writes.
pub(crate) const AUTO_RESOLVE: i64 = 7 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Wake,
    Resolve,
    Archive,
    Agenda,
}

/// The next moment at which something happens.
pub(crate) fn next_moment(tx: &Connection) -> rusqlite::Result<Option<Millis>> {
    Ok(next(tx)?.map(|(due, _, _)| due))
}

/// Lets everything happen that is due at `now`, at most so many things. Gives how many.
pub(crate) fn pass_time(tx: &Connection, now: Millis, most: usize) -> rusqlite::Result<usize> {
    for done in 0..most {
        match next(tx)? {
            Some((due, what, id)) if due <= now => match what {
                What::Wake => wake(tx, id, due)?,
                What::Resolve => resolve(tx, id, due)?,
                What::Archive => archive(tx, id, due)?,
                What::Agenda => agenda::happen(tx, id, due, now)?,
            },
            _ => return Ok(done),
        }
    }
    Ok(most)
}

fn next(tx: &Connection) -> rusqlite::Result<Option<(Millis, What, i64)>> {
    tx.prepare_cached(
        "SELECT due, what, id FROM (
           SELECT * FROM (SELECT snoozed_until AS due, 0 AS what, id FROM conversations
                           WHERE status = 'snoozed' AND snoozed_until IS NOT NULL AND deleted = 0
                           ORDER BY snoozed_until, id LIMIT 1)
           UNION ALL
           SELECT * FROM (SELECT resolve_at, 1, id FROM conversations WHERE resolve_at IS NOT NULL
                           ORDER BY resolve_at, id LIMIT 1)
           UNION ALL
           SELECT * FROM (SELECT archive_at, 2, id FROM conversations WHERE archive_at IS NOT NULL
                           ORDER BY archive_at, id LIMIT 1)
           UNION ALL
           SELECT * FROM (SELECT due, 3, id FROM agenda ORDER BY due, id LIMIT 1))
          ORDER BY due, what LIMIT 1",
    )?
    .query_row([], |row| {
        let what = match row.get::<_, i64>(1)? {
            0 => What::Wake,
            1 => What::Resolve,
            2 => What::Archive,
            _ => What::Agenda,
        };
        Ok((row.get(0)?, what, row.get(2)?))
    })
    .optional()
}

/// Back in the inbox. Nobody answered it meanwhile, so nothing is resolved by itself either.
fn wake(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE conversations SET status = 'active', snoozed_until = NULL, updated = MAX(updated, ?2),
                resolve_at = NULL
          WHERE id = ?1",
    )?
    .execute(params![id, now])?;
    event(tx, id, "Active again: the snooze is over", None, now)?;
    touch(tx, id, "status", None, None, now)?;
    Ok(())
}

/// Done by itself, where it is still the customer's turn.
fn resolve(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE conversations SET resolve_at = NULL WHERE id = ?1")?.execute([id])?;
    let Some(head) = head_of(tx, id)? else { return Ok(()) };
    if head.status != "active" || head.engagement != "engaged" {
        return Ok(());
    }
    event(tx, id, "Resolved by itself: no answer for 7 days", None, now)?;
    write_status(tx, &head, "done", None, None, now)?;
    touch(tx, id, "status", None, None, now)?;
    Ok(())
}

/// The resolution timer.
fn archive(tx: &Connection, id: i64, now: Millis) -> rusqlite::Result<()> {
    if let Some(head) = head_of(tx, id)? {
        write_status(tx, &head, "archived", None, None, now)?;
        touch(tx, id, "status", None, None, now)?;
    }
    Ok(())
}
