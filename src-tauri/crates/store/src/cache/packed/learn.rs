//! Learning what people write to this team, and packing again what was packed before that.
//!
//! Two thousand threads say it: twice as many save a hundredth more. It takes half a second, once in the life of a
//! cache, and nobody waits for it. What is there already is packed again when nobody waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use rusqlite::{Connection, OptionalExtension, params};
use zstd::zstd_safe::get_dict_id_from_dict;

use super::{Packer, unpack};
use crate::cache::Cache;
use crate::{Result, StoreError};

/// So many threads are looked at, the newest.
const THREADS: usize = 2_000;
/// Of a longer one only the beginning.
const MOST_OF_ONE: usize = 8 << 10;
/// Half of all words that people use, and what they use them for.
const SIZE: usize = 256 << 10;
/// It is looked whether there are enough of them whenever so many were written.
const EVERY: u32 = 500;
/// Conversations that are packed again in one transaction.
const AT_ONCE: i64 = 500;

/// How far this process is with learning, shared by the clones of a cache.
#[derive(Clone, Debug, Default)]
pub(in crate::cache) struct Learning(Arc<AtomicU32>);

/// The count of threads of a cache that has learnt, or is at it.
const DONE: u32 = u32::MAX;

impl Learning {
    /// Whether it is time to look, now that so many more were written.
    fn is_time(&self, more: usize) -> bool {
        let more = u32::try_from(more).unwrap_or(EVERY).min(EVERY);
        let count = |threads: u32| (threads != DONE).then(|| (threads + more) % EVERY);
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count);
        before.is_ok_and(|threads| threads + more >= EVERY)
    }
}

impl Cache {
    /// Learns a dictionary, if there is none and enough to learn from. Called by whoever has written some more threads,
    /// and does not wait for it: another thread does it.
    pub(in crate::cache) fn learn(&self, more: usize) {
        if !self.learning.is_time(more) {
            return;
        }
        let cache = self.clone();
        let learn = move || {
            if let Err(err) = cache.learn_from(THREADS) {
                tracing::warn!(error = %err, "nothing was learnt of the texts; it is tried again");
            }
        };
        // Without a thread it is tried again as well.
        let _ = thread::Builder::new().name("learn".into()).spawn(learn);
    }

    /// Learns from so many threads.
    fn learn_from(&self, threads: usize) -> Result<()> {
        let Some(samples) = self.db.read(|tx| samples(tx, threads))? else { return Ok(()) };
        // Another thread may have begun meanwhile.
        if self.learning.0.swap(DONE, Ordering::Relaxed) == DONE || samples.is_empty() {
            return Ok(());
        }
        let sizes: Vec<usize> = samples.iter().map(Vec::len).collect();
        let trained = zstd::dict::from_continuous(&samples.concat(), &sizes, SIZE);
        // Texts that have nothing in common teach nothing; what is there is good enough then.
        let Ok(bytes) = trained else { return Ok(()) };
        let Some(id) = get_dict_id_from_dict(&bytes) else { return Ok(()) };
        self.db.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO dictionaries (id, bytes, packed_to)
                 SELECT ?1, ?2, coalesce((SELECT max(row) FROM conversations), 0)
                  WHERE NOT EXISTS (SELECT 1 FROM dictionaries)",
            )?
            .execute(params![id.get(), bytes])?;
            Ok(())
        })
    }

    /// Packs some of what was packed before the newest dictionary was learnt; `false` when nothing of it is left. For
    /// when nobody waits.
    pub fn pack_again(&self) -> Result<bool> {
        self.db.write(|tx| {
            let newest: Option<(i64, i64)> = tx
                .prepare_cached("SELECT n, packed_to FROM dictionaries ORDER BY n DESC LIMIT 1")?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((n, upto)) = newest.filter(|(_, upto)| *upto > 0) else { return Ok(false) };
            // Backwards: what moved lately has the highest rows, and is read most.
            let rows: Vec<i64> = tx
                .prepare_cached("SELECT row FROM conversations WHERE row <= ?1 ORDER BY row DESC LIMIT ?2")?
                .query_map(params![upto, AT_ONCE], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for row in &rows {
                again(
                    tx,
                    *row,
                    (
                        "SELECT body FROM bodies WHERE conversation = ?1",
                        "UPDATE bodies SET body = ?2 WHERE conversation = ?1",
                    ),
                )?;
                again(
                    tx,
                    *row,
                    (
                        "SELECT messages FROM threads WHERE conversation = ?1",
                        "UPDATE threads SET messages = ?2 WHERE conversation = ?1",
                    ),
                )?;
            }
            let left = rows.last().map_or(0, |last| last - 1);
            tx.prepare_cached("UPDATE dictionaries SET packed_to = ?2 WHERE n = ?1")?
                .execute(params![n, left])?;
            Ok(left > 0)
        })
    }
}

/// Packs one value again.
fn again(conn: &Connection, row: i64, (read, write): (&str, &str)) -> Result<()> {
    let bytes: Option<Vec<u8>> =
        conn.prepare_cached(read)?.query_row(params![row], |found| found.get(0)).optional()?;
    let Some(bytes) = bytes else { return Ok(()) };
    let again = Packer::newest(conn)?.pack_json(&unpack(conn, &bytes)?)?;
    if again.len() < bytes.len() {
        conn.prepare_cached(write)?.execute(params![row, again])?;
    }
    Ok(())
}

/// What to learn from; `None` while there is too little of it, nothing where it was learnt.
fn samples(conn: &Connection, threads: usize) -> Result<Option<Vec<Vec<u8>>>> {
    let has_learnt: bool =
        conn.query_row("SELECT EXISTS (SELECT 1 FROM dictionaries)", [], |row| row.get(0))?;
    if has_learnt {
        return Ok(Some(Vec::new()));
    }
    let newest: Vec<i64> = conn
        .prepare_cached("SELECT conversation FROM threads ORDER BY conversation DESC LIMIT ?1")?
        .query_map(params![i64::try_from(threads).unwrap_or(i64::MAX)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if newest.len() < threads {
        return Ok(None);
    }
    let mut samples = Vec::with_capacity(2 * newest.len());
    for row in newest {
        for sql in [
            "SELECT messages FROM threads WHERE conversation = ?1",
            "SELECT body FROM bodies WHERE conversation = ?1",
        ] {
            let bytes: Vec<u8> = conn.prepare_cached(sql)?.query_row(params![row], |found| found.get(0))?;
            let mut json = unpack(conn, &bytes).map_err(StoreError::from)?;
            json.truncate(MOST_OF_ONE);
            samples.push(json);
        }
    }
    Ok(Some(samples))
}

#[cfg(test)]
mod tests {
    use muster_model::{RemoteId, Thread};

    use crate::testing::{at, conversation, key, message};
    use crate::{Cache, StoreError};

    /// Sixty words of a thousand, as this team's customers would write them.
    fn text(no: i64) -> String {
        let mut rng = fastrand::Rng::with_seed(no.unsigned_abs());
        let words: Vec<String> = (0..60).map(|_| format!("w{:x}", rng.u64(0..1_000) * 0x9e37_79b9)).collect();
        words.join(" ")
    }

    fn put(cache: &Cache, numbers: std::ops::Range<i64>) {
        let thread = |no: i64| Thread {
            conversation: conversation(&format!("c{no}"), no),
            messages: vec![message(&format!("m{no}"), no, &text(no))],
        };
        cache.put_threads(&numbers.map(thread).collect::<Vec<_>>(), at(9)).unwrap();
    }

    fn bytes(cache: &Cache) -> i64 {
        cache
            .db
            .read(|tx| Ok(tx.query_row("SELECT sum(length(messages)) FROM threads", [], |row| row.get(0))?))
            .unwrap()
    }

    #[test]
    fn a_cache_learns_the_words_of_its_team() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        put(&cache, 0..600);
        let before = bytes(&cache);
        cache.learn_from(601).unwrap();
        assert!(!cache.pack_again().unwrap(), "too few to learn from");
        cache.learn_from(600).unwrap();
        // Another process, which has read nothing yet, and writes one that is packed with the new one.
        let other = Cache::open(folder.path(), &key()).unwrap();
        put(&other, 600..601);
        assert!(cache.pack_again().unwrap() && !cache.pack_again().unwrap());
        assert!(bytes(&cache) < before * 3 / 4, "{} of {before}", bytes(&cache));
        for no in 0..601 {
            let thread = other.thread(&RemoteId::from(format!("c{no}").as_str())).unwrap().unwrap().thread;
            assert_eq!(thread.messages[0].text, text(no));
            assert_eq!(thread.conversation, conversation(&format!("c{no}"), no));
        }
        // What it learnt stays; nothing is learnt twice.
        let after = bytes(&cache);
        other.learn_from(600).unwrap();
        assert!(!other.pack_again().unwrap());
        assert_eq!(bytes(&other), after);
    }

    #[test]
    fn a_lost_dictionary_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), &key()).unwrap();
        put(&cache, 0..300);
        cache.learn_from(300).unwrap();
        // Another number, so that this process does not know it either.
        cache
            .db
            .write(|tx| Ok(tx.execute_batch("UPDATE dictionaries SET bytes = x'37a430ec', id = id + 1")?))
            .unwrap();
        let thread = Thread { conversation: conversation("new", 1_000), messages: Vec::new() };
        assert!(matches!(cache.put_thread(&thread, at(9)), Err(StoreError::DamagedCopy { .. })));
        assert!(matches!(cache.pack_again(), Err(StoreError::DamagedCopy { .. })));
    }
}
