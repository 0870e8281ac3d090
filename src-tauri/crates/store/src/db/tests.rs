//! Real files: encrypted, refused when too new, left alone when the key is wrong.

use std::fs;

use rusqlite::Connection;

use crate::{
    Cache, DataKey, Journal, Registry, StoreError,
    testing::{at, conversation, key, message},
};

#[test]
fn nothing_readable_lies_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), &key()).unwrap();
    let mut secret = conversation("c1", 10);
    secret.subject = "Kaffeemaschine explodiert".into();
    cache.apply_page(std::slice::from_ref(&secret), &[], "1", false, None, at(11)).unwrap();
    let thread = muster_model::Thread {
        conversation: secret,
        messages: vec![message("m1", 10, "Wasserschaden im Keller")],
    };
    cache.put_thread(&thread, at(12)).unwrap();
    let journal = Journal::open(folder.path(), &key()).unwrap();
    journal.set_rate_state("Wasserschaden").unwrap();

    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        files += usize::from(!bytes.is_empty());
        for word in
            ["Kaffeemaschine", "kaffeemaschine", "Wasserschaden", "wasserschaden", "kunde.example", "SQLite"]
        {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} is readable");
        }
    }
    assert!(files >= 2);
}

#[test]
fn another_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Cache::open(folder.path(), &key()).unwrap());
    let other = DataKey::from_bytes([8; 32]);
    assert!(matches!(Cache::open(folder.path(), &other), Err(StoreError::WrongKey { .. })));
    assert!(Cache::open(folder.path(), &key()).is_ok());
}

#[test]
fn a_newer_database_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    drop(Registry::open(folder.path()).unwrap());
    let path = folder.path().join("muster.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(conn);
    let before = fs::read(&path).unwrap();
    let refused = Registry::open(folder.path());
    assert!(matches!(refused, Err(StoreError::FromTheFuture { found: 99, supported: 1, .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_file_is_an_error_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("journal.db"), vec![0x5a; 8192]).unwrap();
    assert!(matches!(Journal::open(folder.path(), &key()), Err(StoreError::WrongKey { .. })));
}

#[test]
fn everybodys_writes_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), &key()).unwrap();
    let other = Journal::open(folder.path(), &key()).unwrap();
    let first = journal.data_version().unwrap();
    assert_eq!(journal.data_version().unwrap(), first);
    journal.set_rate_state("{}").unwrap();
    let second = journal.data_version().unwrap();
    assert_ne!(second, first);
    other.set_rate_state("[]").unwrap();
    assert_ne!(journal.data_version().unwrap(), second);
    assert_eq!(journal.rate_state().unwrap().as_deref(), Some("[]"));
}

#[test]
fn a_failed_write_is_undone_and_the_next_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let db = crate::db::Db::open(
        &crate::db::Kind {
            file: "t.db",
            migrations: &[(1, "CREATE TABLE t (a INTEGER) STRICT")],
            beginning: "",
            settings: "",
            is_copy: false,
            is_loaded: false,
        },
        folder.path(),
        None,
    )
    .unwrap();
    let failed: crate::Result<()> = db.write(|tx| {
        tx.execute("INSERT INTO t (a) VALUES (1)", [])?;
        Err(StoreError::corrupt("on purpose"))
    });
    assert!(failed.is_err());
    db.write(|tx| Ok(tx.execute("INSERT INTO t (a) VALUES (2)", [])?)).unwrap();
    let sum: i64 = db.read(|tx| Ok(tx.query_row("SELECT sum(a) FROM t", [], |row| row.get(0))?)).unwrap();
    assert_eq!(sum, 2);
}

#[test]
fn a_full_disk_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let db = crate::db::Db::open(
        &crate::db::Kind {
            file: "t.db",
            migrations: &[(1, "CREATE TABLE t (a BLOB) STRICT")],
            beginning: "",
            settings: "PRAGMA max_page_count = 4",
            is_copy: false,
            is_loaded: false,
        },
        folder.path(),
        None,
    )
    .unwrap();
    let full: crate::Result<()> = db.write(|tx| {
        tx.execute("INSERT INTO t (a) VALUES (zeroblob(100000))", [])?;
        Ok(())
    });
    assert!(full.unwrap_err().is_disk_full());
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let folder = folder.path();
            scope.spawn(move || {
                let journal = Journal::open(folder, &key()).unwrap();
                journal.set_follow(&muster_model::RemoteId::new(format!("c{number}")), true).unwrap();
            });
        }
    });
    assert_eq!(Journal::open(folder.path(), &key()).unwrap().follows().unwrap().len(), 8);
}

/// What reading everything of a cache whose file was changed like this ends with; it was whole before.
fn after(damage: impl Fn(&mut Vec<u8>)) -> crate::Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), &key()).unwrap();
    let all: Vec<_> = (0..300).map(|no| conversation(&format!("c{no}"), no)).collect();
    cache.apply_page(&all, &[], "1", false, None, at(999)).unwrap();
    for one in &all {
        let messages = vec![message("m1", 10, "Wasserschaden im Keller")];
        cache.put_thread(&muster_model::Thread { conversation: one.clone(), messages }, at(999)).unwrap();
    }
    drop(cache);
    let file = folder.path().join("cache.db");
    // Who moves its log may have it open for a moment longer, and the log would mend what is broken here.
    let log = folder.path().join("cache.db-wal");
    let is_closed = (0..400).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        !log.exists()
    });
    assert!(is_closed, "somebody still has it open");
    let mut bytes = fs::read(&file).unwrap();
    damage(&mut bytes);
    fs::write(&file, bytes).unwrap();
    let read = || {
        let cache = Cache::open(folder.path(), &key())?;
        cache.sync_state()?;
        cache.warm()?;
        for one in &all {
            cache.thread(&one.id)?;
        }
        cache.count(&muster_model::Match::Word("keller".into()), &crate::Overlay::empty())?;
        cache.apply_page(&all, &[], "2", false, None, at(1_000)).map(drop)
    };
    let done = read();
    let is_noted = Cache::damage(folder.path()).is_some();
    assert_eq!(is_noted, matches!(done, Err(StoreError::DamagedCopy { .. })), "{done:?}");
    assert!(!Journal::exists(folder.path()));
    done
}

const PAGE: usize = 4096;

#[test]
fn damage_in_a_copy_is_noted_beside_it() {
    assert!(after(|_| {}).is_ok());
    let zeroed = |page: usize| {
        after(move |bytes| {
            let from = (page.saturating_mul(PAGE)).min(bytes.len() - PAGE);
            bytes[from..from + PAGE].fill(0);
        })
    };
    for damaged in [
        zeroed(2),
        zeroed(30),
        zeroed(usize::MAX),
        after(|bytes| bytes.truncate(bytes.len() / 2)),
        after(|bytes| bytes.truncate(bytes.len() / 2 + 77)),
    ] {
        assert!(matches!(damaged, Err(StoreError::DamagedCopy { .. })), "{damaged:?}");
    }
    // What cannot even be opened is told from a wrong key by whoever has another file of the same key.
    for damaged in [zeroed(0), after(|bytes| bytes.fill(0x5a)), after(|bytes| bytes.truncate(100))] {
        assert!(matches!(damaged, Err(StoreError::WrongKey { .. })), "{damaged:?}");
    }
}

#[test]
fn a_copy_that_is_damaged_or_made_anew_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), &key()).unwrap();
    assert!(!cache.is_spent());
    crate::damage::note(&folder.path().join("cache.db"), "first");
    crate::damage::note(&folder.path().join("cache.db"), "second");
    assert_eq!(Cache::damage(folder.path()).as_deref(), Some("first"));
    assert!(cache.is_spent());
    Cache::remove(folder.path()).unwrap();
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!((left, Cache::damage(folder.path())), (0, None));
    let anew = Cache::open(folder.path(), &key()).unwrap();
    assert!(!anew.is_spent());
    // Whoever still has the one that was removed sees that another took its name.
    assert!(cfg!(not(unix)) || cache.is_spent());
}
