//! One SQLite file: a single writer, a few readers, encryption, migrations. Everything above it sees transactions only.
//!
//! WAL lets readers go on while the writer writes. Writes begin with `BEGIN IMMEDIATE`, so that two processes queue
//! instead of failing half-way; reads run in one deferred transaction, so that a list and its count agree.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError, TryLockError},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::{DataKey, Result, StoreError, damage};

/// Readers that are kept open between uses. More may be open at a time; they are closed after use.
const IDLE_READERS: usize = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the busy time is divided while waiting for the switch to WAL.
const WAL_ATTEMPTS: u32 = 250;
const CACHED_STATEMENTS: usize = 128;

/// What makes one kind of database different from another.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The file's name in its folder.
    pub file: &'static str,
    /// Numbered migrations, in order.
    pub migrations: &'static [(i64, &'static str)],
    /// Pragmas of a new file, before anything is in it.
    pub beginning: &'static str,
    /// Pragmas of the writing connection.
    pub settings: &'static str,
    /// It can be fetched again: damage that is found in it is noted beside it.
    pub is_copy: bool,
    /// Much is written at once: the log is moved into the file beside it ([`log`]).
    pub is_loaded: bool,
}

#[derive(Clone)]
pub(crate) struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    is_copy: bool,
    /// Which file it was when it was opened.
    file: Option<FileId>,
    key: Option<DataKey>,
    writer: Mutex<Connection>,
    idle: Mutex<Vec<Connection>>,
    /// Only ever asked for `data_version`, which counts the commits of *other* connections.
    watcher: Mutex<Connection>,
}

impl Db {
    /// Opens or creates the file and brings it up to date. A file of a newer program is left untouched.
    pub(crate) fn open(kind: &Kind, folder: &Path, key: Option<&DataKey>) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .map_err(|source| StoreError::Io { path: folder.to_owned(), source })?;
        let path = folder.join(kind.file);
        noted(kind.is_copy, &path, || Self::open_at(kind, path.clone(), key))
    }

    fn open_at(kind: &Kind, path: PathBuf, key: Option<&DataKey>) -> Result<Self> {
        let mut writer = connect(&path, key)?;
        let supported = kind.migrations.last().map_or(0, |&(version, _)| version);
        let found = version(&writer)?;
        if found > supported {
            return Err(StoreError::FromTheFuture { path, found, supported });
        }
        if found == 0 {
            writer.execute_batch(kind.beginning)?;
        }
        switch_to_wal(&writer)?;
        writer.execute_batch(kind.settings)?;
        migrate(&mut writer, kind)?;
        let watcher = connect(&path, key)?;
        let inner = Arc::new(Inner {
            is_copy: kind.is_copy,
            file: file_id(&path),
            path,
            key: key.cloned(),
            writer: Mutex::new(writer),
            idle: Mutex::default(),
            watcher: Mutex::new(watcher),
        });
        if kind.is_loaded {
            log::move_beside(&inner)?;
        }
        Ok(Self { inner })
    }

    /// Runs `work` in a transaction that is committed if it succeeds and undone if it does not.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.noted(|| {
            let mut writer = lock(&self.inner.writer);
            let tx = Transaction::new(&mut writer, TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        })
    }

    /// Runs `work` on one consistent state of the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.noted(|| {
            self.inner.with_reader(|reader| work(&Transaction::new(reader, TransactionBehavior::Deferred)?))
        })
    }

    /// As [`Db::read`], with the pages that the writer has in memory, unless it is writing: a reader forgets all of its
    /// own whenever anything was written, and has to decrypt them again.
    pub(crate) fn read_between_writes<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut writer = match self.inner.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return self.read(work),
        };
        self.noted(|| work(&Transaction::new(&mut writer, TransactionBehavior::Deferred)?))
    }

    /// A number that changes whenever anybody, this process included, has written.
    pub(crate) fn data_version(&self) -> Result<i64> {
        Ok(lock(&self.inner.watcher).query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Whether the file is not to be used any more: damage was found in it, by whichever process, or it was made anew.
    pub(crate) fn is_spent(&self) -> bool {
        self.inner.is_spent()
    }

    fn noted<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        noted(self.inner.is_copy, &self.inner.path, work)
    }
}

/// Notes the damage that some work found in a copy.
fn noted<T>(is_copy: bool, path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    match work() {
        Err(StoreError::Corrupt { detail }) if is_copy => {
            damage::note(path, &detail);
            Err(StoreError::DamagedCopy { detail })
        }
        done => done,
    }
}

/// What tells a file from one that took its name.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let known = std::fs::metadata(path).ok()?;
    Some((known.dev(), known.ino()))
}

/// Elsewhere a file that is open cannot be removed: it stays what it is.
#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}

impl Inner {
    fn is_spent(&self) -> bool {
        damage::is_noted(&self.path) || file_id(&self.path) != self.file
    }

    /// Runs `work` on a connection that only reads.
    fn with_reader<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let idle = lock(&self.idle).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => {
                let reader = connect(&self.path, self.key.as_ref())?;
                reader.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -16000")?;
                reader
            }
        };
        let value = work(&mut reader)?;
        let mut idle = lock(&self.idle);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        Ok(value)
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

/// Gives free pages back to the file system, this many at most; all of them for 0.
pub(crate) fn give_back(conn: &Connection, pages: i64) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    // One page is given back at each step.
    while rows.next()?.is_some() {}
    Ok(())
}

/// A panic while holding the lock has already undone its transaction, so the connection behind it is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path, key: Option<&DataKey>) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    if let Some(key) = key {
        await_cipher();
        // SQLCipher would otherwise print about a wrong key on the terminal; the error below says it.
        conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
        conn.execute_batch(&key.pragma())?;
    }
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Nothing of a customer may reach a temporary file.
    conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON")?;
    // The first read is the one that notices a wrong key.
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(conn),
        Err(err) if err.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(StoreError::WrongKey { path: path.to_owned() })
        }
        Err(err) => Err(err.into()),
    }
}

/// Waits until this process can open encrypted files.
///
/// SQLite calls itself initialised a moment before SQLCipher's own initialisation, which runs behind it, has ended: of
/// several threads that open the first connections of a process together, all but one may be told that no key can be
/// set. A connection in memory, keyed, tells when that moment is over. If it never is, opening the file says why.
fn await_cipher() {
    static READY: Once = Once::new();
    READY.call_once(|| {
        for _ in 0..WAL_ATTEMPTS {
            let keyed = Connection::open_in_memory()
                .and_then(|conn| conn.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA key = 'ready'"));
            if keyed.is_ok() {
                return;
            }
            std::thread::sleep(BUSY_TIMEOUT / WAL_ATTEMPTS);
        }
    });
}

/// SQLite does not wait its busy time for this one when two processes open a new file together, so we do.
fn switch_to_wal(conn: &Connection) -> Result<()> {
    for _ in 0..WAL_ATTEMPTS {
        match conn.execute_batch("PRAGMA journal_mode = WAL").map_err(StoreError::from) {
            Err(StoreError::Busy) => std::thread::sleep(BUSY_TIMEOUT / WAL_ATTEMPTS),
            done => return done,
        }
    }
    Err(StoreError::Busy)
}

fn version(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn migrate(conn: &mut Connection, kind: &Kind) -> Result<()> {
    for &(number, sql) in kind.migrations {
        let tx = Transaction::new(conn, TransactionBehavior::Immediate)?;
        // Asked inside the transaction: another process may have been quicker.
        if version(&tx)? < number {
            tx.execute_batch(sql)?;
            tx.pragma_update(None, "user_version", number)?;
            tx.commit()?;
            tracing::info!(file = kind.file, version = number, "database migrated");
        }
    }
    Ok(())
}

mod log;
#[cfg(test)]
mod tests;
