//! Many at once are what one by one are, whoever helps, and whoever goes away.

use muster_model::{Match, RemoteId, Thread};
use rstest::rstest;

use super::{AT_ONCE, Ahead, Helper, MANY};
use crate::{
    Cache, Loaded, Overlay,
    cache::{
        indexer::Indexer,
        packed::Packer,
        ready::{Ready, Source},
        text::Gathered,
    },
    testing::{at, conversation, key, message},
};

const N: i64 = MANY as i64 * 4;

fn thread(no: i64, word: &str) -> Thread {
    Thread {
        conversation: conversation(&format!("c{no}"), no),
        // In no order, and one of them twice.
        messages: vec![message("b", no + 2, word), message("a", no, "first"), message("b", no + 1, word)],
    }
}

fn threads(n: i64, word: &str) -> Vec<Thread> {
    (0..n).map(|no| thread(no, word)).collect()
}

fn open() -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), &key()).unwrap();
    (folder, cache)
}

fn id(no: i64) -> RemoteId {
    RemoteId::from(format!("c{no}").as_str())
}

fn count(cache: &Cache, word: &str) -> u64 {
    cache.count(&Match::Word(word.into()), &Overlay::empty()).unwrap()
}

#[test]
fn many_are_written_as_one_by_one() {
    let [(_a, together), (_b, alone)] = [open(), open()];
    for (word, seconds) in [("quokka", 1), ("wombat", 2), ("wombat", 3)] {
        let threads = threads(N, word);
        together.put_threads(&threads, at(seconds)).unwrap();
        threads.iter().for_each(|thread| alone.put_thread(thread, at(seconds)).unwrap());
        for no in 0..N {
            let kept = together.thread(&id(no)).unwrap();
            assert_eq!(kept.as_ref().map(|kept| kept.thread.messages.len()), Some(2));
            assert_eq!(kept, alone.thread(&id(no)).unwrap());
        }
        for asked in ["quokka", "wombat", "first", "noelle"] {
            assert_eq!(count(&together, asked), count(&alone, asked), "{asked} after {word}");
        }
    }
}

#[test]
fn what_comes_twice_in_a_page_is_written_twice() {
    let (_folder, cache) = open();
    let mut page = threads(N, "quokka");
    for (no, stamp, word) in [(3, 5, "wombat"), (4, 0, "numbat"), (3, 7, "dingo")] {
        let mut again = thread(no, word);
        again.conversation.stamp = stamp;
        again.conversation.subject = word.into();
        page.push(again);
    }
    cache.put_threads(&page, at(9)).unwrap();
    let n = N.unsigned_abs();
    assert_eq!(cache.count(&Match::All, &Overlay::empty()).unwrap(), n);
    assert_eq!(["quokka", "wombat", "numbat", "dingo"].map(|word| count(&cache, word)), [n - 2, 0, 1, 1]);
    assert_eq!(cache.conversation(&id(3)).unwrap().unwrap().subject, "dingo");
    // It was older than what was here: its header does not count, and its messages are put among the others.
    assert_eq!(cache.conversation(&id(4)).unwrap().unwrap().subject, "Question c4");
    let headers: Vec<_> = page.iter().map(|thread| thread.conversation.clone()).collect();
    let (_other, cache) = open();
    let applied = cache.apply_page(&headers, &[id(5)], "1", true, None, at(9)).unwrap();
    let changed: Vec<(&RemoteId, Option<i64>)> = applied
        .changed
        .iter()
        .skip(N as usize)
        .map(|one| (&one.id, one.was.as_ref().map(|was| was.stamp)))
        .collect();
    assert_eq!(changed, [(&id(3), Some(1)), (&id(3), Some(5))]);
    assert_eq!((applied.gone, count(&cache, "dingo"), count(&cache, "question")), (vec![id(5)], 1, n - 2));
}

#[test]
fn a_full_sync_of_one_page_takes_out_what_it_does_not_name() {
    let (_folder, cache) = open();
    cache.put_threads(&threads(N, "quokka"), at(1)).unwrap();
    cache.clear_for_full_sync().unwrap();
    // A third is as it was, a third is new, and one of those that stay is gone by the end of the page.
    let mut page: Vec<_> = threads(N / 3, "").into_iter().map(|thread| thread.conversation).collect();
    page.extend((N..N + N / 3).map(|no| conversation(&format!("c{no}"), no)));
    let applied = cache.apply_page(&page, &[id(0)], "end", false, None, at(2)).unwrap();
    assert_eq!(applied.changed.len() as i64, N / 3);
    assert!(applied.changed.iter().all(|one| one.was.is_none()));
    assert_eq!(applied.gone.len() as i64, N - N / 3 + 1);
    assert_eq!(count(&cache, "quokka") as i64, N / 3 - 1);
    assert_eq!(count(&cache, "question") as i64, N / 3 * 2 - 1);
    // No row is given twice, whatever is gone.
    let rows =
        |sql: &str| cache.db.read(|tx| Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?)).unwrap();
    assert_eq!(rows("SELECT highest_row FROM sync"), N + N / 3);
    cache.apply_page(&[], &[id(N + N / 3 - 1)], "gone", false, None, at(3)).unwrap();
    cache.apply_page(&[conversation("late", 1)], &[], "late", false, None, at(3)).unwrap();
    assert_eq!(rows("SELECT max(row) FROM conversations"), N + N / 3 + 1);
}

#[test]
fn messages_that_nobody_knows_any_more_go() {
    let (_folder, cache) = open();
    cache.put_threads(&threads(N, "quokka"), at(1)).unwrap();
    cache.begin_load().unwrap();
    let loaded = |no: i64| {
        let mut conversation = conversation(&format!("c{no}"), no);
        conversation.stamp = 2;
        let messages = (no % 2 == 0).then(|| vec![message("m", no, "wombat")]);
        Loaded { conversation, messages }
    };
    cache.load((0..N + 10).map(loaded).collect(), at(2)).unwrap();
    cache.end_load(10, at(2)).unwrap();
    assert_eq!((count(&cache, "quokka"), count(&cache, "wombat") as i64), (0, N / 2 + 5));
    assert_eq!(cache.stock().unwrap().threads as i64, N / 2 + 5);
    assert_eq!((cache.thread(&id(1)).unwrap(), cache.thread(&id(N + 1)).unwrap()), (None, None));
}

/// What is made of these threads, by whoever makes it.
fn made(cache: &Cache, threads: &[Thread], spoil: impl Fn(&Ahead<'_>)) -> (Vec<Vec<u8>>, usize) {
    let sources: Vec<Source<'_>> = threads.iter().map(Source::from).collect();
    cache
        .db
        .write(|tx| {
            let ahead = Ahead::of(sources.clone(), Packer::newest(tx)?, None);
            spoil(&ahead);
            ahead.with_help(|desk| {
                let mut indexer = Indexer::default();
                (1..).zip(&sources).for_each(|(row, source)| indexer.add(row, *source));
                desk.begin_runs(indexer.place(tx)?.texts);
                let ready = sources.iter().enumerate().map(|(place, source)| desk.ready(place, *source));
                let bodies = ready.map(|ready| Ok(ready?.body)).collect::<crate::Result<Vec<_>>>()?;
                Ok((bodies, desk.runs().iter().map(Gathered::texts).sum()))
            })
        })
        .unwrap()
}

#[rstest]
#[case::nobody(&|_: &Ahead<'_>| ())]
#[case::with_the_second_piece(&|ahead: &Ahead<'_>| ahead.next.store(AT_ONCE * 2, std::sync::atomic::Ordering::Relaxed))]
#[case::with_every_piece(&|ahead: &Ahead<'_>| ahead.next.store(usize::MAX / 2, std::sync::atomic::Ordering::Relaxed))]
#[case::with_the_words(&|ahead: &Ahead<'_>| ahead.is_taken.store(true, std::sync::atomic::Ordering::Relaxed))]
fn whoever_goes_away_is_stood_in_for(#[case] spoil: &dyn Fn(&Ahead<'_>)) {
    let (_folder, cache) = open();
    for n in [3, N] {
        let threads = threads(n, "quokka");
        let expected: Vec<Vec<u8>> = cache
            .db
            .read(|tx| {
                let packer = Packer::newest(tx)?;
                let made = threads.iter().map(|thread| Ready::of_source(&packer, Source::from(thread)));
                made.map(|ready| Ok(ready?.body)).collect()
            })
            .unwrap();
        let texts = usize::try_from(n).unwrap();
        assert_eq!(made(&cache, &threads, spoil), (expected, texts));
    }
}

#[test]
fn whoever_panics_is_stood_in_for() {
    let (_folder, cache) = open();
    let threads = threads(N, "quokka");
    let sources: Vec<Source<'_>> = threads.iter().map(Source::from).collect();
    let made = cache.db.write(|tx| {
        let ahead = Ahead::of(sources.clone(), Packer::newest(tx)?, None);
        let takes_and_dies = |_: &Helper| {
            let taken = (ahead.take_piece(), ahead.take_texts());
            assert!(taken.0.is_none() && taken.1.is_none(), "this is what the test is about");
        };
        ahead.with(&takes_and_dies, |desk| {
            let mut indexer = Indexer::default();
            (1..).zip(&sources).for_each(|(row, source)| indexer.add(row, *source));
            desk.begin_runs(indexer.place(tx)?.texts);
            let ready = sources.iter().enumerate().map(|(place, source)| desk.ready(place, *source));
            let ready = ready.collect::<crate::Result<Vec<_>>>()?;
            Ok((ready.len(), desk.runs().iter().map(Gathered::texts).sum::<usize>()))
        })
    });
    assert_eq!(made.unwrap(), (threads.len(), threads.len()));
}

#[test]
fn runs_are_made_one_while_rows_are_written() {
    let (_folder, cache) = open();
    let runs =
        |sql: &str| cache.db.read(|tx| Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?)).unwrap();
    let (pages, most) = (40, i64::try_from(MANY).unwrap());
    let mut most_runs = 0;
    for page in 0..pages {
        let mut threads: Vec<Thread> =
            (page * most..(page + 1) * most).map(|no| thread(no, "quokka")).collect();
        // One of every page before is written again, in the very transaction that makes one of its runs.
        for again in 0..page {
            let mut thread = thread(again * most, "wombat");
            thread.conversation.stamp = page + 2;
            threads.push(thread);
        }
        cache.put_threads(&threads, at(page)).unwrap();
        most_runs = most_runs.max(runs("SELECT count(*) FROM text_runs"));
        let expected = ((page + 1) * most).unsigned_abs();
        assert_eq!(count(&cache, "first"), expected, "page {page}");
        assert_eq!(count(&cache, "wombat"), page.unsigned_abs(), "page {page}");
        assert_eq!(count(&cache, "quokka"), expected - page.unsigned_abs(), "page {page}");
    }
    assert!(most_runs < 20, "{most_runs}");
    assert_eq!(runs("SELECT sum(texts - gone) FROM text_runs"), pages * most);
}
