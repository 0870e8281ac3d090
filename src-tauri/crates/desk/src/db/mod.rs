//! The desk's database: one writer, several readers, every call one transaction. A killed process leaves each item of a
//! call either done or not done.

mod agenda;
mod apply;
mod changes;
mod delivery;
mod details;
mod directory;
mod files;
mod find;
mod hours;
mod ids;
mod import;
mod inbound;
mod life;
mod links;
mod merge;
mod messages;
mod mine;
mod outcome;
mod prepared;
mod printed;
mod reply;
mod row;
mod runs;
mod team;
mod test_message;
mod tickets;
mod timers;

use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{Semaphore, watch};

pub(crate) use agenda::set_life;
pub(crate) use apply::{Actor, Change, TAG_CHARS, apply_change, check_change};
pub(crate) use changes::{Cursor, Event, RefusedCursor, events_after, newest_seq, page};
pub(crate) use delivery::{STATES, deliver};
pub(crate) use details::{ContactChange, change_contact, change_details};
pub(crate) use directory::{Directory, Key, actor_of, directory, keys, meta, new_key, set_meta};
pub(crate) use files::{Attachment, attachment, check_files, max_file_bytes, upload};
pub(crate) use find::{Segment, segment};
pub(crate) use hours::{hours, set_hours, working};
pub(crate) use ids::{conversation_id, parse, tagged};
pub(crate) use import::import;
pub(crate) use inbound::{Newcomer, customer_writes, newcomer_writes};
pub(crate) use links::{Link, links_of};
pub(crate) use merge::{check_merge, merge};
pub(crate) use messages::{Message, messages_of, receipt_of};
pub(crate) use mine::{
    Draft, NewView, ReadMark, View, change_view, draft_of, drafts_of, keep_draft, mark_of, mark_read,
    marks_of, save_view, views_for,
};
pub(crate) use outcome::{Invalid, Outcome, Reason, Verdict};
pub(crate) use prepared::{Snippet, drop_snippet, filled, keep_snippet, snippets};
pub(crate) use printed::{Printed, Prints};
pub(crate) use reply::{NewReply, Riding, Sent, StatusOutcome, max_chars, send_reply};
pub(crate) use row::{Head, Row, effective, head_of, row_of, touch, touch_contact};
pub(crate) use runs::{NewRun, Run, RunRefused, WhichRuns, note_run, run_of, runs};
pub(crate) use team::{Noted, add_note, delete, follow};
pub(crate) use test_message::{Tested, test_message};
pub(crate) use tickets::{
    Ticket, change_ticket, new_ticket, ticket_of, tickets, tickets_of, tie, tie_conversations,
};
pub(crate) use timers::{AUTO_RESOLVE, next_moment, pass_time};

use crate::DeskError;

const SCHEMA_VERSION: i64 = 1;
/// What connections keep of the file.
const KIB_FOR_WRITING: i64 = 64 << 10;
const KIB_FOR_READING: i64 = 16 << 10;
/// With so many pages in the log the writer puts them into the file itself; [`Db::put_away`] mostly was there before.
const PAGES_IN_LOG: i64 = 30_000;

/// The connections.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    writer: Arc<Mutex<Connection>>,
    readers: Arc<Mutex<Vec<Connection>>>,
    /// Who writes next: whoever asked first.
    turn: Arc<Semaphore>,
    /// So many read at a time. More would only take the processor from the writer, on whom they wait.
    seats: Arc<Semaphore>,
    path: Arc<Path>,
    /// The number of the newest change; live streams wait on it.
    newest: watch::Sender<i64>,
}

impl Db {
    /// Opens the file, and makes it if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, DeskError> {
        let mut writer = connect(path)?;
        let found: i64 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > SCHEMA_VERSION {
            return Err(DeskError::FromTheFuture { found, supported: SCHEMA_VERSION });
        }
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        // A call of 500 touches a few thousand pages: they are kept, and go into the file together.
        writer.pragma_update(None, "cache_size", -KIB_FOR_WRITING)?;
        writer.pragma_update(None, "wal_autocheckpoint", PAGES_IN_LOG)?;
        if found == 0 {
            let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            tx.execute_batch(include_str!("schema.sql"))?;
            tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            tx.commit()?;
        }
        let newest = newest_seq(&writer)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            readers: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
            seats: Arc::new(Semaphore::new(
                std::thread::available_parallelism().map_or(2, NonZero::get).max(2),
            )),
            path: path.into(),
            newest: watch::Sender::new(newest),
        })
    }

    /// Runs `work` in a transaction of the writer. It is worked to its end even where nobody waits for it any more.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DeskError> + Send + 'static,
    {
        let db = self.clone();
        // Never closed.
        let turn = self.turn.clone().acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let done = db.write_now(work);
            drop(turn);
            done
        })
        .await;
        done.unwrap_or_else(|_| Err(DeskError::Broken("a piece of work broke off").into()))
    }

    /// As [`Db::write`], on this thread.
    pub(crate) fn write_now<T, E: From<DeskError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic inside rolls its transaction back, so the connection behind a poisoned lock is sound.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(DeskError::from)?;
        let done = work(&tx)?;
        let newest = newest_seq(&tx).map_err(DeskError::from)?;
        tx.commit().map_err(DeskError::from)?;
        self.newest.send_if_modified(|known| std::mem::replace(known, newest) != newest);
        Ok(done)
    }

    /// Runs `work` on one state of the data.
    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DeskError> + Send + 'static,
    {
        let db = self.clone();
        // Never closed.
        let seat = self.seats.clone().acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let mut reader = db.reader().map_err(DeskError::from)?;
            let tx = reader.transaction().map_err(DeskError::from)?;
            let done = work(&tx);
            tx.finish().map_err(DeskError::from)?;
            db.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            drop(seat);
            done
        })
        .await;
        done.unwrap_or_else(|_| Err(DeskError::Broken("a piece of work broke off").into()))
    }

    /// Puts what stands in the log into the file, beside whoever reads and writes: nobody who writes has to wait for it.
    pub(crate) async fn put_away(&self) -> Result<(), DeskError> {
        let db = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let connection = db.reader()?;
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
            db.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            Ok(())
        })
        .await;
        done.unwrap_or(Err(DeskError::Broken("a piece of work broke off")))
    }

    /// Wakes whenever something changed.
    pub(crate) fn watch(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(idle) = idle {
            return Ok(idle);
        }
        let reader = connect(&self.path)?;
        reader.pragma_update(None, "cache_size", -KIB_FOR_READING)?;
        Ok(reader)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
