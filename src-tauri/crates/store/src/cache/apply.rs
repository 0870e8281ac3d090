//! A page of the server's changes: rows and cursor in one transaction, so that neither is ahead of the other.

use jiff::Timestamp;
use muster_model::{Conversation, RemoteId};
use rusqlite::{Connection, params};

use super::{
    Cache,
    header::{self, Written},
    intake, kept,
    ready::Source,
    state, text,
};
use crate::{Result, column::ms};

/// What a page really changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// New or different conversations, in the page's order. What was known already, or better, is not here.
    pub changed: Vec<ChangedConversation>,
    /// Conversations that were cached and are no more.
    pub gone: Vec<RemoteId>,
    /// The cache's sequence afterwards.
    pub sequence: i64,
}

/// A conversation before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedConversation {
    /// Which.
    pub id: RemoteId,
    /// As it was cached; none if it is new here.
    pub was: Option<Conversation>,
    /// As it is now.
    pub now: Conversation,
}

impl Cache {
    /// Writes a page of changes and the cursor that covers it. When the last page of a full sync is in, what the server
    /// did not mention in it is taken out.
    pub fn apply_page(
        &self,
        upserts: &[Conversation],
        gone: &[RemoteId],
        cursor: &str,
        backfilling: bool,
        total: Option<u64>,
        now: Timestamp,
    ) -> Result<Applied> {
        let sources: Vec<Source<'_>> = upserts.iter().map(Source::header).collect();
        self.db.write(|tx| {
            let mut applied = Applied::default();
            for (conversation, written) in upserts.iter().zip(intake::take_in(tx, &sources, now)?) {
                let was = match written {
                    Written::New => None,
                    Written::Changed(was) => Some(*was),
                    Written::Same => continue,
                };
                applied.changed.push(ChangedConversation { id: conversation.id.clone(), was, now: conversation.clone() });
            }
            let mut docs = Vec::new();
            for id in gone {
                if let Some(row) = header::row_of(tx, id)? {
                    docs.extend(header::delete(tx, row)?);
                    applied.gone.push(id.clone());
                }
            }
            if !backfilling {
                applied.gone.extend(sweep(tx, &mut docs)?);
            }
            text::forget(tx, &docs)?;
            // The walk goes from the newest to the oldest: what is newer than the oldest of it is here.
            let oldest = upserts.iter().map(|conversation| ms(conversation.updated)).min().filter(|_| backfilling);
            tx.prepare_cached(
                "UPDATE sync SET cursor = ?1, backfilling = ?2, total = coalesce(?3, total), last_synced = ?4,
                        covered_since = CASE WHEN ?2 THEN min(coalesce(covered_since, ?5), coalesce(?5, covered_since)) END",
            )?
            .execute(params![
                cursor,
                backfilling,
                total.map(|total| i64::try_from(total).unwrap_or(i64::MAX)),
                ms(now),
                oldest
            ])?;
            applied.sequence = state::raise(tx)?;
            Ok(applied)
        })
    }

    /// Takes one conversation out: the server says that it is no more.
    pub fn drop_conversation(&self, id: &RemoteId) -> Result<bool> {
        self.db.write(|tx| {
            let Some(row) = header::row_of(tx, id)? else { return Ok(false) };
            let doc = header::delete(tx, row)?;
            text::forget(tx, doc.as_slice())?;
            state::raise(tx)?;
            Ok(true)
        })
    }

    /// Begins a full sync. What is cached stays readable; it goes when the sync is through and did not mention it.
    pub fn clear_for_full_sync(&self) -> Result<()> {
        self.db.write(|tx| {
            kept::drop_kept(tx)?;
            tx.execute("UPDATE sync SET cursor = NULL, backfilling = 1, covered_since = NULL, generation = generation + 1", [])?;
            state::raise(tx)?;
            Ok(())
        })
    }
}

/// Takes out what the last full sync did not mention, and adds the texts that are to be forgotten.
fn sweep(conn: &Connection, docs: &mut Vec<i64>) -> Result<Vec<RemoteId>> {
    let was_backfilling: bool = conn.query_row("SELECT backfilling FROM sync", [], |row| row.get(0))?;
    if !was_backfilling {
        return Ok(Vec::new());
    }
    let left: Vec<(i64, String)> = conn
        .prepare_cached("SELECT row, id FROM conversations WHERE generation < (SELECT generation FROM sync)")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    left.into_iter()
        .map(|(row, id)| {
            docs.extend(header::delete(conn, row)?);
            Ok(RemoteId::new(id))
        })
        .collect()
}
