//! The index against texts that are looked through one by one, whatever was written, forgotten and put together.

use std::collections::BTreeMap;

use muster_model::{Conversation, Match, Message, contains_phrase, contains_word, tokens};
use proptest::{collection::vec, prelude::*, sample::select};
use rusqlite::Connection;

use super::{Gather, Question, Walk, Whole, among, each, forget, merge, put, run::Run};
use crate::{
    StoreError,
    testing::{conversation, message},
};

const SCHEMA: &str = include_str!("../../migrations/cache/0001_first.sql");

const TEXTS: [&str; 8] = [
    "",
    "Payment failed twice, payment!",
    "pay me back; twice-pay",
    "返品対応について",
    "対応について返品",
    "Größe XL, please pay twice",
    "ПРИВЕТ мир",
    "a a a b a",
];
const ASKED: [&str; 14] = [
    "pay",
    "payment",
    "payment failed",
    "twice pay",
    "pay twice",
    "twice-pay",
    "対応",
    "返",
    "対応に",
    "grosse xl",
    "a b a",
    "a a a a",
    "привет",
    "?!",
];

#[derive(Clone, Debug)]
enum Step {
    /// A transaction: documents, by how far they are from the middle, and their subject and messages.
    Write(Vec<(i64, &'static str, Vec<&'static str>)>),
    Forget(Vec<i64>),
    /// What an idle moment does, so often.
    Idle(usize),
    /// What somebody who writes does.
    Busy,
    /// All of it in one.
    Everything,
    /// A transaction that is undone.
    Undone(Vec<i64>),
}

fn a_step() -> impl Strategy<Value = Step> {
    let doc = || -12i64..12;
    let text = || select(TEXTS.to_vec());
    let written = vec((doc(), text(), vec(text(), 0..3)), 1..6);
    prop_oneof![
        6 => written.prop_map(Step::Write),
        2 => vec(doc(), 0..5).prop_map(Step::Forget),
        1 => (1usize..4).prop_map(Step::Idle),
        1 => Just(Step::Busy),
        1 => Just(Step::Everything),
        1 => vec(doc(), 1..5).prop_map(Step::Undone),
    ]
}

/// A conversation of this subject whose contact and preview say nothing.
fn said(subject: &str, texts: &[&str]) -> (Conversation, Vec<Message>) {
    let mut made = conversation("1", 1);
    made.subject = subject.into();
    made.contact = muster_model::Contact::default();
    made.preview = None;
    (made, texts.iter().map(|text| message("m", 1, text)).collect())
}

type Known = BTreeMap<i64, Vec<Vec<String>>>;

/// Writes as a transaction does: what was there of these goes, and they come.
fn write(conn: &Connection, texts: &[(i64, &str, Vec<&str>)], known: &mut Known) {
    let texts: BTreeMap<i64, (&str, &[&str])> =
        texts.iter().map(|(doc, subject, texts)| (*doc, (*subject, texts.as_slice()))).collect();
    let mut words = Gather::default();
    for (doc, (subject, texts)) in &texts {
        let (conversation, messages) = said(subject, texts);
        let messages: Vec<&Message> = messages.iter().collect();
        words.add(*doc, &Whole { conversation: &conversation, messages: &messages });
    }
    forget(conn, &texts.keys().copied().filter(|doc| known.contains_key(doc)).collect::<Vec<_>>()).unwrap();
    put(conn, words.runs()).unwrap();
    for (doc, (subject, texts)) in texts {
        known.insert(doc, std::iter::once(&subject).chain(texts).map(|text| tokens(text)).collect());
    }
}

fn take(conn: &Connection, step: &Step, known: &mut Known) {
    match step {
        Step::Write(texts) => write(conn, texts, known),
        Step::Forget(docs) => {
            forget(conn, docs).unwrap();
            docs.iter().for_each(|doc| _ = known.remove(doc));
        }
        Step::Idle(times) => (0..*times).for_each(|_| _ = merge::step(conn).unwrap()),
        Step::Busy => merge::some(conn).unwrap(),
        Step::Everything => merge::merge(conn, &Run::all(conn).unwrap()).unwrap(),
        Step::Undone(docs) => {
            let tx = conn.unchecked_transaction().unwrap();
            let texts: Vec<_> = docs.iter().map(|doc| (*doc, TEXTS[1], vec![TEXTS[7]])).collect();
            write(&tx, &texts, &mut known.clone());
            merge::merge(&tx, &Run::all(&tx).unwrap()).unwrap();
        }
    }
}

/// What a term means of one document.
fn means(term: &Match, texts: &[Vec<String>]) -> bool {
    let all = || texts.iter().flat_map(|text| text.iter().cloned().chain(["¶".into()])).collect::<Vec<_>>();
    match term {
        Match::Word(word) => contains_word(&all(), word),
        Match::Phrase(phrase) => texts.iter().any(|text| contains_phrase(text, phrase)),
        Match::Subject(word) => contains_word(&texts[0], word),
        _ => unreachable!(),
    }
}

fn a_term() -> impl Strategy<Value = Match> {
    let asked = || select(ASKED.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        asked().prop_map(Match::Word),
        asked().prop_map(Match::Phrase),
        asked().prop_map(Match::Subject)
    ]
}

/// What is found when documents are asked for one after the other.
fn walked(conn: &Connection, question: &Question, from: i64, is_rising: bool) -> Vec<i64> {
    let mut walk = Walk::begin(conn, question, from, is_rising).unwrap();
    std::iter::from_fn(|| walk.next().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_is_there(
        steps in vec(a_step(), 1..24), questions in vec(vec(a_term(), 1..3), 1..6), from in -12i64..12,
    ) {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(SCHEMA).unwrap();
        let mut known = Known::new();
        steps.iter().for_each(|step| take(&conn, step, &mut known));
        for terms in &questions {
            let expected: Vec<i64> = known
                .iter()
                .filter(|(_, texts)| terms.iter().all(|term| means(term, texts)))
                .map(|(doc, _)| *doc)
                .collect();
            let Some(question) = Question::of(&terms.iter().collect::<Vec<_>>()) else {
                prop_assert!(expected.is_empty());
                continue;
            };
            let mut found = Vec::new();
            each(&conn, &question, |doc| found.push(doc)).unwrap();
            found.sort_unstable();
            prop_assert_eq!(&found, &expected, "{:?}", &question);
            let mut some: Vec<i64> = among(&conn, &question, &[-7, from, 3, 4]).unwrap().into_iter().collect();
            some.sort_unstable();
            let mut asked = vec![-7, from, 3, 4];
            asked.sort_unstable();
            asked.dedup();
            asked.retain(|doc| expected.contains(doc));
            prop_assert_eq!(some, asked);
            prop_assert_eq!(
                walked(&conn, &question, from, true),
                expected.iter().copied().filter(|doc| *doc >= from).collect::<Vec<_>>()
            );
            prop_assert_eq!(
                walked(&conn, &question, from, false),
                expected.iter().rev().copied().filter(|doc| *doc <= from).collect::<Vec<_>>()
            );
        }
    }
}

/// Conversations that differ, enough of them for several blocks.
fn many(range: std::ops::Range<i64>) -> Vec<(i64, &'static str, Vec<&'static str>)> {
    range
        .map(|doc| {
            (
                doc,
                TEXTS[doc.unsigned_abs() as usize % TEXTS.len()],
                vec![TEXTS[doc.unsigned_abs() as usize / 3 % TEXTS.len()]],
            )
        })
        .collect()
}

fn runs(conn: &Connection) -> Vec<Run> {
    Run::all(conn).unwrap()
}

#[test]
fn who_writes_keeps_the_runs_few() {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(SCHEMA).unwrap();
    let mut known = Known::new();
    let mut most = 0;
    for doc in 0..600 {
        write(&conn, &many(doc..doc + 1), &mut known);
        merge::some(&conn).unwrap();
        most = most.max(runs(&conn).len());
    }
    assert!(most <= 48, "{most}");
    // Everything is written anew.
    write(&conn, &many(0..600), &mut known);
    while merge::step(&conn).unwrap() {}
    let left = runs(&conn);
    assert_eq!((left.len(), left[0].live, left[0].gone), (1, 600, 0));
    let question = Question::of(&[&Match::Word("pay".into())]).unwrap();
    let expected = known.iter().rev().filter(|(_, texts)| means(&Match::Word("pay".into()), texts));
    assert_eq!(walked(&conn, &question, i64::MAX, false), expected.map(|(doc, _)| *doc).collect::<Vec<_>>());
    // Nothing is left of what goes.
    forget(&conn, &(0..600).collect::<Vec<_>>()).unwrap();
    while merge::step(&conn).unwrap() {}
    let n = |table: &str| -> i64 {
        conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((n("text_runs"), n("text_blocks"), n("text_places")), (0, 0, 0));
}

#[test]
fn damage_is_told() {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(SCHEMA).unwrap();
    write(&conn, &many(0..300), &mut Known::new());
    let question = Question::of(&[&Match::Phrase("payment failed".into())]).unwrap();
    let ask = || each(&conn, &question, |_| ());
    ask().unwrap();
    for damage in [
        "UPDATE text_places SET places = x'ff'",
        "DELETE FROM text_places",
        "UPDATE text_blocks SET words = substr(words, 1, length(words) / 2)",
        "UPDATE text_blocks SET words = x''",
        "UPDATE text_runs SET docs = x'ff'",
    ] {
        let tx = conn.unchecked_transaction().unwrap();
        tx.execute_batch(damage).unwrap();
        assert!(matches!(ask(), Err(StoreError::Corrupt { .. })), "{damage}");
        assert!(matches!(merge::merge(&tx, &runs(&tx)), Err(StoreError::Corrupt { .. })), "{damage}");
    }
    ask().unwrap();
}
