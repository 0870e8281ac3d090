//! What came – a page of a server's changes, threads, a file – on its way into rows and index.
//!
//! New conversations are most of what ever comes, and each is written once: everything about it is known before, its
//! place in the index included. So what is here already is looked up first and changed; then all texts get their
//! numbers; then the new rows are written, while another thread makes the index of the words ([`super::ahead`]).

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{Conversation, RemoteId};
use rusqlite::{Connection, params};

use super::{
    ahead::{Ahead, Desk, MANY},
    header::{self, Known, Rows, Written},
    indexer::Indexer,
    messages,
    packed::Packer,
    ready::{Columns, Ready, Said, Source, in_order},
    state,
    text::{self, cached_messages},
};
use crate::Result;

/// Writes what came and says what that did, in its order. What is here already stays where it is newer; in a full sync the
/// server's word counts whatever the stamp: it may have been restored from a backup.
pub(super) fn take_in(conn: &Connection, sources: &[Source<'_>], now: Timestamp) -> Result<Vec<Written>> {
    let mut written = Vec::with_capacity(sources.len());
    let mut rest = sources;
    while !rest.is_empty() {
        let (each_once, again) = rest.split_at(until_again(rest));
        take_in_each(conn, each_once, now, &mut written)?;
        rest = again;
    }
    Ok(written)
}

/// How many there are before one comes again.
fn until_again(sources: &[Source<'_>]) -> usize {
    let mut seen: HashSet<&RemoteId> = HashSet::with_capacity(sources.len());
    sources.iter().take_while(|source| seen.insert(&source.conversation.id)).count()
}

/// The same where none is there twice.
fn take_in_each(
    conn: &Connection,
    sources: &[Source<'_>],
    now: Timestamp,
    written: &mut Vec<Written>,
) -> Result<()> {
    let known = sources.iter().map(|source| header::known(conn, &source.conversation.id));
    let known = known.collect::<Result<Vec<_>>>()?;
    // A header that is here may say nothing new.
    let is_made =
        |known: &Option<Known>, source: &Source<'_>| known.is_none() || !matches!(source.said, Said::Nothing);
    let made: Vec<Source<'_>> = known
        .iter()
        .zip(sources)
        .filter(|(known, source)| is_made(known, source))
        .map(|(_, source)| *source)
        .collect();
    let packer = Packer::newest(conn)?;
    let has_help = made.len() >= MANY;
    let merge = if has_help { text::merge_due(conn)? } else { None };
    let ahead = Ahead::of(made, packer.clone(), merge);
    ahead.with_help(|desk| {
        let (mut indexer, mut new, mut row) = (Indexer::default(), Vec::new(), highest_row(conn)?);
        let mut place = 0;
        for (known, source) in known.into_iter().zip(sources) {
            let at_desk = place;
            place += usize::from(is_made(&known, source));
            written.push(match known {
                None => {
                    row += 1;
                    indexer.add(row, *source);
                    new.push((row, at_desk, *source));
                    Written::New
                }
                Some(known) => {
                    let mut change = Change { conn, packer: &packer, desk, indexer: &mut indexer, now };
                    change.write(&known, at_desk, *source)?
                }
            });
        }
        let placed = indexer.place(conn)?;
        desk.begin_runs(placed.texts);
        let mut rows = Rows::begin(conn, now)?;
        for ((row, at_desk, source), doc) in new.into_iter().zip(placed.new) {
            rows.put(row, source, &desk.ready(at_desk, source)?, doc)?;
        }
        note_highest_row(conn, row)?;
        let runs = desk.runs();
        // What was read of the index is put back before anything of it changes.
        if let Some((merge, merged)) = desk.merged()? {
            merge.put(conn, merged)?;
        }
        text::forget(conn, &placed.gone)?;
        text::put(conn, runs)?;
        if has_help { Ok(()) } else { text::merge_some(conn) }
    })
}

/// The highest row that was ever given: none is given twice, as others may still know what it was.
fn highest_row(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT highest_row FROM sync")?.query_row([], |found| found.get(0))?)
}

fn note_highest_row(conn: &Connection, row: i64) -> Result<()> {
    conn.prepare_cached("UPDATE sync SET highest_row = ?1 WHERE highest_row < ?1")?.execute(params![row])?;
    Ok(())
}

/// Writes what came of conversations that are here.
struct Change<'d, 's, 'a> {
    conn: &'d Connection,
    packer: &'d Packer,
    desk: &'d mut Desk<'s, 'a>,
    indexer: &'d mut Indexer<'a>,
    now: Timestamp,
}

impl<'a> Change<'_, '_, 'a> {
    fn write(&mut self, known: &Known, at_desk: usize, source: Source<'a>) -> Result<Written> {
        let Source { conversation, said } = source;
        if known.is_old {
            self.conn
                .prepare_cached(
                    "UPDATE conversations SET generation = (SELECT generation FROM sync) WHERE row = ?1",
                )?
                .execute(params![known.row])?;
        }
        let is_same = known.was == *conversation || (conversation.stamp < known.was.stamp && !known.is_old);
        match said {
            Said::Nothing if is_same => {}
            Said::Nothing => {
                let body = self.packer.pack(conversation)?;
                header::update(self.conn, known.row, conversation, &Columns::of(conversation)?, &body)?;
                self.indexer.refresh(self.conn, known, conversation, None)?;
            }
            Said::Unknown => {
                let ready = self.desk.ready(at_desk, source)?;
                self.header(known, is_same, conversation, &ready)?;
                self.indexer.refresh(self.conn, known, shown(known, is_same, conversation), Some(&[]))?;
                messages::drop_thread(self.conn, known.row)?;
            }
            Said::All(came) => self.thread(known, is_same, at_desk, source, came)?,
        }
        Ok(if is_same { Written::Same } else { Written::Changed(Box::new(known.was.clone())) })
    }

    fn header(&self, known: &Known, is_same: bool, conversation: &Conversation, ready: &Ready) -> Result<()> {
        if is_same {
            return Ok(());
        }
        header::update(self.conn, known.row, conversation, &ready.columns, &ready.body)
    }

    /// What the server does not name any more goes, unless what is here is newer.
    fn thread(
        &mut self,
        known: &Known,
        is_same: bool,
        at_desk: usize,
        source: Source<'a>,
        came: &[muster_model::Message],
    ) -> Result<()> {
        let (conn, conversation) = (self.conn, source.conversation);
        let is_behind = known.thread_stamp.is_some_and(|stamp| stamp > conversation.stamp);
        let here = if is_behind { cached_messages(conn, known.row)? } else { Vec::new() };
        let all = in_order(here.iter().chain(came));
        let ready = self.desk.ready(at_desk, source)?;
        let ready = if is_behind { Ready::of(self.packer, conversation, &all)? } else { ready };
        self.header(known, is_same, conversation, &ready)?;
        self.indexer.refresh(conn, known, shown(known, is_same, conversation), Some(&all))?;
        messages::keep(conn, known.row, ready.thread.as_deref().unwrap_or_default())?;
        if is_behind {
            return messages::note_mentions(conn, known.row, &ready.called);
        }
        messages::note_fetched(conn, known.row, conversation.stamp, self.now, &ready.called)?;
        // Whatever else was written has noted it.
        if is_same { state::note_change(conn, known.row) } else { Ok(()) }
    }
}

/// What is shown of a conversation now.
fn shown<'a>(known: &'a Known, is_same: bool, came: &'a Conversation) -> &'a Conversation {
    if is_same { &known.was } else { came }
}
