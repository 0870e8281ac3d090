//! The cache on a real, encrypted file.

use muster_model::{Match, RemoteId, Resolved, Sort, SortKey, Status, Thread};
use tempfile::TempDir;

use super::{Cache, PageRequest};
use crate::{
    Overlay,
    testing::{at, conversation, handle, key, message},
};

mod naive;

fn open() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), &key()).unwrap();
    (folder, cache)
}

fn by_update(filter: Match) -> Resolved {
    Resolved { filter, sort: Sort::default() }
}

fn ids(cache: &Cache, filter: Match) -> Vec<String> {
    let found = cache.matching_ids(&by_update(filter), &Overlay::empty()).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_page_says_what_it_really_changed() {
    let (_folder, cache) = open();
    let first = conversation("a", 10);
    let applied = cache.apply_page(std::slice::from_ref(&first), &[], "p1", true, Some(2), at(20)).unwrap();
    assert_eq!(applied.changed.len(), 1);
    assert_eq!(applied.changed[0].was, None);

    let again = cache.apply_page(std::slice::from_ref(&first), &[], "p2", true, None, at(21)).unwrap();
    assert!(again.changed.is_empty());
    assert!(again.sequence > applied.sequence);

    let mut newer = first.clone();
    newer.status = Status::Done;
    newer.stamp = 5;
    let changed = cache.apply_page(std::slice::from_ref(&newer), &[], "p3", true, None, at(22)).unwrap();
    assert_eq!(changed.changed[0].was.as_ref(), Some(&first));

    let stale = cache.apply_page(&[first], &[RemoteId::from("nobody")], "p4", true, None, at(23)).unwrap();
    assert!(stale.changed.is_empty() && stale.gone.is_empty());
    assert_eq!(cache.conversation(&RemoteId::from("a")).unwrap(), Some(newer));

    let state = cache.sync_state().unwrap();
    assert_eq!(
        (state.cursor.as_deref(), state.backfilling, state.cached, state.total),
        (Some("p4"), true, 1, Some(2))
    );
    assert_eq!(state.last_synced, Some(at(23)));

    let gone = cache.apply_page(&[], &[RemoteId::from("a")], "p5", false, None, at(24)).unwrap();
    assert_eq!(gone.gone, [RemoteId::from("a")]);
    assert_eq!(cache.sync_state().unwrap().cached, 0);
    assert!(ids(&cache, Match::Word("question".into())).is_empty());
}

#[test]
fn a_full_sync_keeps_the_list_and_takes_out_what_is_gone() {
    let (_folder, cache) = open();
    let mut restored = conversation("a", 10);
    restored.stamp = 9;
    cache.apply_page(&[restored.clone(), conversation("b", 20)], &[], "p1", false, None, at(30)).unwrap();
    cache.clear_for_full_sync().unwrap();
    let state = cache.sync_state().unwrap();
    assert_eq!((state.cursor, state.backfilling, state.cached), (None, true, 2));
    // The server came back from a backup: a lower stamp, and still its word counts.
    restored.stamp = 3;
    restored.subject = "Restored".into();
    cache.apply_page(std::slice::from_ref(&restored), &[], "q1", true, None, at(31)).unwrap();
    assert_eq!(ids(&cache, Match::All), ["b", "a"]);
    let last = cache.apply_page(&[], &[], "q2", false, None, at(32)).unwrap();
    assert_eq!(last.gone, [RemoteId::from("b")]);
    assert_eq!(cache.conversations(&[RemoteId::from("b"), RemoteId::from("a")]).unwrap(), [restored]);
}

#[test]
fn threads_are_kept_merged_and_searchable() {
    let (_folder, cache) = open();
    let header = conversation("a", 10);
    let id = header.id.clone();
    cache.apply_page(&[header.clone(), conversation("b", 20)], &[], "p1", false, None, at(30)).unwrap();
    assert_eq!(cache.thread(&id).unwrap(), None);
    assert_eq!(cache.threads_to_fetch(9, &[]).unwrap(), [RemoteId::from("b"), id.clone()]);

    let thread = Thread {
        conversation: header.clone(),
        messages: vec![message("m1", 5, "Der Kühlschrank tropft"), message("m2", 6, "冷蔵庫が壊れた")],
    };
    cache.put_thread(&thread, at(31)).unwrap();
    let cached = cache.thread(&id).unwrap().unwrap();
    assert_eq!((cached.thread, cached.fetched, cached.complete), (thread.clone(), at(31), true));
    assert_eq!(cache.threads_to_fetch(9, &[]).unwrap(), [RemoteId::from("b")]);
    assert_eq!(ids(&cache, Match::Word("kuhlschr".into())), ["a"]);
    assert_eq!(ids(&cache, Match::Phrase("KÜHLSCHRANK tropft".into())), ["a"]);
    assert_eq!(ids(&cache, Match::Word("蔵庫".into())), ["a"]);
    assert!(ids(&cache, Match::Phrase("tropft 冷蔵".into())).is_empty(), "a phrase spans no two messages");
    assert_eq!(ids(&cache, Match::Subject("ques".into())), ["b", "a"]);
    assert!(ids(&cache, Match::Subject("tropft".into())).is_empty());
    assert_eq!(ids(&cache, Match::Word("noelle.a@kunde".into())), ["a"]);
    assert!(ids(&cache, Match::Word("\"*(".into())).is_empty());

    // A newer header makes the thread incomplete; its messages stay readable and searchable.
    let mut newer = header;
    newer.stamp = 2;
    newer.preview = None;
    cache.apply_page(std::slice::from_ref(&newer), &[], "p2", false, None, at(32)).unwrap();
    assert!(!cache.thread(&id).unwrap().unwrap().complete);
    assert_eq!(ids(&cache, Match::Word("tropft".into())), ["a"]);

    cache.append_sent_message(&id, &message("m3", 40, "Ersatz ist unterwegs")).unwrap();
    assert_eq!(ids(&cache, Match::Word("ersatz".into())), ["a"]);
    let shorter = Thread { conversation: newer, messages: thread.messages[..1].to_vec() };
    cache.put_thread(&shorter, at(50)).unwrap();
    assert_eq!(cache.thread(&id).unwrap().unwrap().thread.messages, shorter.messages);
    assert!(ids(&cache, Match::Word("ersatz".into())).is_empty());
}

#[test]
fn followed_threads_are_fetched_ahead_too() {
    let (_folder, cache) = open();
    let mut here = conversation("here", 10);
    let mut there = conversation("there", 20);
    let mut neither = conversation("neither", 30);
    for conversation in [&mut here, &mut there, &mut neither] {
        conversation.status = Status::Done;
    }
    there.followers = vec![handle("Jonas@Example.com")];
    cache.apply_page(&[here, there, neither], &[], "p", false, None, at(40)).unwrap();
    let me = muster_model::Me {
        id: RemoteId::from("1"),
        handle: handle("jonas@example.com"),
        name: "Jonas".into(),
        role: "agent".into(),
        may_reply: true,
        may_change: true,
        may_note: true,
    };
    let directory = muster_model::Directory { tenant: "Acme".into(), ..muster_model::Directory::default() };
    assert_eq!((cache.directory().unwrap(), cache.able().unwrap()), (None, None));
    cache.put_directory(&directory, &me, "all", at(41)).unwrap();
    assert_eq!(cache.directory().unwrap(), Some((directory, me)));
    assert_eq!(cache.able().unwrap().as_deref(), Some("all"));
    let wanted = cache.threads_to_fetch(9, &[RemoteId::from("here")]).unwrap();
    assert_eq!(wanted, [RemoteId::from("there"), RemoteId::from("here")]);
}

#[test]
fn pages_join_without_gaps_both_ways() {
    let (_folder, cache) = open();
    let all: Vec<_> = (0..25).map(|n| conversation(&format!("c{n:02}"), n / 3)).collect();
    cache.apply_page(&all, &[], "p", false, None, at(40)).unwrap();
    for key in [SortKey::Updated, SortKey::Created, SortKey::Waiting, SortKey::Priority] {
        for reversed in [false, true] {
            let query =
                Resolved { filter: Match::Status(vec![Status::Active]), sort: Sort { key, reversed } };
            let whole = cache.matching_ids(&query, &Overlay::empty()).unwrap();
            assert_eq!(whole.len(), 25);
            let mut pages = Vec::new();
            let mut after = None;
            loop {
                let page = cache.list(&query, &Overlay::empty(), &PageRequest { after, limit: 4 }).unwrap();
                pages.extend(page.rows.into_iter().map(|row| row.conversation.id));
                let Some(next) = page.next else { break };
                after = Some(next.to_string().parse().unwrap());
            }
            assert_eq!(pages, whole, "{key:?} reversed {reversed}");
        }
    }
}

#[test]
fn a_restored_journal_can_be_noticed() {
    let (_folder, cache) = open();
    cache.set_highest_sent(7).unwrap();
    cache.set_highest_sent(3).unwrap();
    assert_eq!(cache.highest_sent().unwrap(), 7);
}

#[test]
fn a_reader_that_is_further_behind_than_the_log_reads_everything_anew() {
    let (folder, cache) = open();
    let page = |range: std::ops::Range<i64>, stamp| -> Vec<_> {
        let made = range.map(|n| {
            let mut made = conversation(&format!("c{n:02}"), n * stamp);
            made.stamp = stamp;
            made.tags = vec![format!("at-{stamp}")];
            made
        });
        made.collect()
    };
    cache.apply_page(&page(0..10, 1), &[], "p1", true, None, at(1)).unwrap();
    let second = Cache::open(folder.path(), &key()).unwrap();
    assert_eq!(ids(&second, Match::All).len(), 10);
    cache.apply_page(&page(5..15, 2), &[RemoteId::from("c00")], "p2", true, None, at(2)).unwrap();
    cache.apply_page(&page(14..16, 3), &[], "p3", true, None, at(3)).unwrap();
    // As if tens of thousands had been written since.
    let cut = |tx: &rusqlite::Transaction<'_>| {
        Ok(tx.execute("DELETE FROM changes WHERE n < (SELECT max(n) FROM changes)", [])?)
    };
    cache.db.write(cut).unwrap();
    let fresh = Cache::open(folder.path(), &key()).unwrap();
    for filter in [
        Match::All,
        Match::Tag(vec!["at-1".into()]),
        Match::Tag(vec!["at-2".into()]),
        Match::Word("question".into()),
    ] {
        let expected = ids(&fresh, filter.clone());
        assert!(!expected.is_empty());
        assert_eq!(ids(&second, filter.clone()), expected);
        assert_eq!(ids(&cache, filter), expected);
    }
}

#[test]
fn words_are_listed_in_order_whatever_moved() {
    let (_folder, cache) = open();
    // The first walk goes from new to old; then conversations move up, one is found late, and many go astray.
    for start in [60i64, 40, 20] {
        let page: Vec<_> = (start..start + 20).map(|n| conversation(&format!("c{n:03}"), n * 10)).collect();
        cache.apply_page(&page, &[], "p", true, None, at(1)).unwrap();
    }
    let word =
        || Match::And(vec![Match::Word("parc".into()), Match::Not(Box::new(Match::Tag(vec!["out".into()])))]);
    let astray = || -> i64 {
        cache
            .db
            .read(|tx| Ok(tx.query_row("SELECT sum(is_astray) FROM conversations", [], |row| row.get(0))?))
            .unwrap()
    };
    let check = || {
        let query = by_update(word());
        let whole = cache.matching_ids(&query, &Overlay::empty()).unwrap();
        assert_eq!(
            whole,
            cache
                .matching_ids(
                    &by_update(Match::Not(Box::new(Match::Tag(vec!["out".into()])))),
                    &Overlay::empty()
                )
                .unwrap()
        );
        for reversed in [false, true] {
            let query = Resolved { sort: Sort { reversed, ..Sort::default() }, ..query.clone() };
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = cache.list(&query, &Overlay::empty(), &PageRequest { after, limit: 7 }).unwrap();
                listed.extend(page.rows.into_iter().map(|row| row.conversation.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            if reversed {
                listed.reverse();
            }
            assert_eq!(listed, whole);
        }
    };
    check();
    assert_eq!(astray(), 0);
    let mut moved: Vec<_> = (30..34).map(|n| conversation(&format!("c{n:03}"), 1000 + n)).collect();
    moved.push(conversation("late", 455));
    moved[0].tags = vec!["out".into()];
    moved.iter_mut().for_each(|one| one.stamp = 2);
    cache.apply_page(&moved, &[RemoteId::from("c050")], "q", false, None, at(2)).unwrap();
    check();
    assert_eq!(astray(), 1, "only what came late is not at its place");
    let mut back: Vec<_> = (20..75).map(|n| conversation(&format!("c{n:03}"), 300 + n % 7)).collect();
    back.extend((0..40).map(|n| conversation(&format!("d{n:03}"), 300 + n % 5)));
    back.iter_mut().for_each(|one| one.stamp = 3);
    cache.apply_page(&back, &[], "r", false, None, at(3)).unwrap();
    check();
    assert!(astray() > 64, "so many that they are not asked one by one");
}
