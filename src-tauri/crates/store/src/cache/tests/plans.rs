//! How SQLite answers the lists that everybody looks at all day: from an index, in order, without sorting.

use muster_model::{Match, Sort, SortKey, Status};
use rstest::rstest;
use rusqlite::params_from_iter;

use super::open;
use crate::cache::{page::PageKey, sql};

fn active() -> Match {
    Match::Status(vec![Status::Active])
}

#[rstest]
#[case::everything(Match::All)]
#[case::status(active())]
#[case::inbox(Match::And(vec![active(), Match::Agent(vec![Some("me@example.com".into())])]))]
#[case::unassigned(Match::And(vec![active(), Match::Agent(vec![None]), Match::Team(vec![None])]))]
#[case::team(Match::And(vec![active(), Match::Team(vec![Some("billing".into())])]))]
#[case::tag(Match::And(vec![active(), Match::Tag(vec!["vip".into()])]))]
#[case::following(Match::Follows(vec!["me@example.com".into()]))]
#[case::search(Match::And(vec![active(), Match::Word("invoice".into())]))]
#[case::either(Match::Or(vec![active(), Match::Status(vec![Status::Done])]))]
fn lists_come_from_an_index_in_order(#[case] filter: Match) {
    let (_folder, cache) = open();
    for key in [SortKey::Updated, SortKey::Created, SortKey::Waiting, SortKey::Priority] {
        for reversed in [false, true] {
            for after in [None, Some(PageKey { place: -5, id: "x".into() })] {
                let list =
                    sql::list(&filter, Sort { key, reversed }, after.as_ref(), true, sql::Rows::Cached);
                let plan = explain(&cache, &list);
                assert!(!plan.contains("TEMP B-TREE"), "{plan}\n{}", list.sql);
                for line in
                    plan.lines().filter(|line| line.contains("SCAN") && !line.contains("VIRTUAL TABLE"))
                {
                    assert!(line.contains("USING COVERING INDEX") || line.contains("USING INDEX"), "{plan}");
                }
            }
        }
    }
}

#[test]
fn a_count_of_a_status_reads_the_index_only() {
    let (_folder, cache) = open();
    let plan = explain(&cache, &sql::count(&active(), sql::Rows::Cached));
    assert_eq!(plan, "SEARCH c USING COVERING INDEX by_status (status=?)\n");
}

#[test]
fn the_next_page_starts_where_the_last_one_ended() {
    let (_folder, cache) = open();
    let after = PageKey { place: -5, id: "x".into() };
    let plan = explain(&cache, &sql::list(&active(), Sort::default(), Some(&after), true, sql::Rows::Cached));
    assert!(plan.contains("by_status (status=? AND updated<?)"), "{plan}");
}

fn explain(cache: &crate::Cache, statement: &sql::Statement) -> String {
    cache
        .db
        .read(|tx| {
            let mut explained = tx.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql))?;
            let mut rows = explained.query(params_from_iter(&statement.values))?;
            let mut plan = String::new();
            while let Some(row) = rows.next()? {
                plan += &row.get::<_, String>("detail")?;
                plan.push('\n');
            }
            Ok(plan)
        })
        .unwrap()
}
