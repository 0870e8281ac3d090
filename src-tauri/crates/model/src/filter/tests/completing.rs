//! What is offered while a filter is typed, and what is doubted in one that can be read.

use rstest::rstest;

use crate::{Agent, Channel, Directory, Query, Tag, Team, complete};

fn directory() -> Directory {
    let agent = |handle: &str, name: &str| Agent {
        id: handle.into(),
        handle: handle.into(),
        name: name.into(),
        teams: vec![],
    };
    let tag = |name: &str| Tag { name: name.into(), color: None };
    Directory {
        agents: vec![agent("mira@x.example", "Mira Okafor"), agent("jo@x.example", "Jonas Şahin")],
        teams: vec![Team { id: "1".into(), handle: "billing".into(), name: "Invoices & billing".into() }],
        tags: vec![tag("refund"), tag("needs review"), tag("payment-issue"), tag("me"), tag("-x")],
        channels: vec![Channel::Email, Channel::Sms, Channel::Other("fax".into())],
        ..Directory::default()
    }
}

/// The line after the first suggestion was taken, for a line whose cursor is marked with a bar.
fn offered(marked: &str) -> Vec<String> {
    let cursor = marked.find('|').unwrap();
    let line = marked.replacen('|', "", 1);
    let found = complete(&line, cursor, &directory(), "2026-05-20".parse().unwrap());
    found
        .suggestions
        .iter()
        .map(|one| format!("{}{}{}", &line[..found.from], one.insert, &line[found.to..]))
        .collect()
}

#[rstest]
#[case::key("is:active old|", "is:active older:")]
#[case::key_in_the_middle("as| is:active", "assignee: is:active")]
#[case::negated("-ta|", "-tag:")]
#[case::in_a_group("(is:done OR ch|)", "(is:done OR channel:)")]
#[case::value("is:ar|", "is:archived")]
#[case::second_value("is:active,do|", "is:active,done")]
#[case::value_in_the_middle("tag:ref| is:done", "tag:refund is:done")]
#[case::whole_value_is_replaced("tag:re|vie is:done", "tag:refund is:done")]
#[case::by_a_later_word("tag:rev|", "tag:\"needs review\"")]
#[case::quoted("tag:\"needs r|", "tag:\"needs review\"")]
#[case::quoted_and_closed("tag:\"needs |x\" is:done", "tag:\"needs review\" is:done")]
#[case::by_display_name("assignee:oka|", "assignee:mira@x.example")]
#[case::diacritics("assignee:sah|", "assignee:jo@x.example")]
#[case::team_by_name("team:inv|", "team:billing")]
#[case::a_tag_called_me("tag:me|", "tag:\"me\"")]
#[case::a_tag_with_a_minus("tag:-|", "tag:\"-x\"")]
#[case::channels_in_use("channel:o|", "channel:other")]
#[case::priority("priority:hi|", "priority:high")]
#[case::at_least("priority:>=h|", "priority:>=high")]
#[case::age("older:9|", "older:90d")]
#[case::date("updated:|", "updated:2026-05-20")]
#[case::month("created:2026-04|", "created:2026-04-01..2026-04-30")]
#[case::order("sort:wai|", "sort:waiting")]
#[case::a_word_that_is_a_tag("refu|", "tag:refund")]
#[case::a_word_that_is_a_colleague("Jonas|", "assignee:jo@x.example")]
fn the_first_that_fits(#[case] marked: &str, #[case] expected: &str) {
    assert_eq!(offered(marked).first().map(String::as_str).unwrap_or_default(), expected);
}

#[rstest]
#[case::nothing_typed("|")]
#[case::after_a_space("is:done |")]
#[case::in_a_phrase("\"ref|")]
#[case::unknown_key("color:r|")]
#[case::free_value("from:a|")]
fn nothing_is_offered(#[case] marked: &str) {
    assert_eq!(offered(marked), Vec::<String>::new());
}

#[test]
fn a_key_alone_offers_its_values_and_what_they_mean() {
    let found = complete("assignee:", 9, &directory(), "2026-05-20".parse().unwrap());
    let shown: Vec<(&str, &str)> =
        found.suggestions.iter().map(|one| (one.insert.as_str(), one.detail.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("me", "you"),
            ("none", "nobody"),
            ("mira@x.example", "Mira Okafor"),
            ("jo@x.example", "Jonas Şahin")
        ]
    );
}

#[rstest]
#[case("tag:refnud", "refnud", &["refund"])]
#[case("is:active (tag:refund,vipp OR x)", "vipp", &[])]
#[case("assignee:\"Mira Okafor\"", "\"Mira Okafor\"", &["mira@x.example"])]
#[case("-assignee:me,mria@x.example", "mria@x.example", &["mira@x.example"])]
#[case("team:billin", "billin", &["billing"])]
#[case("tag:\"need review\"", "\"need review\"", &["\"needs review\""])]
fn unknown_names_are_doubted(#[case] line: &str, #[case] at: &str, #[case] suggestions: &[&str]) {
    let doubts = Query::doubts(line, &directory());
    let [doubt] = &doubts[..] else { panic!("{doubts:?}") };
    assert_eq!(&line[doubt.at..doubt.at + doubt.len], at);
    assert_eq!(doubt.suggestions, suggestions);
    assert!(Query::doubts(line, &Directory::default()).is_empty());
}

#[rstest]
#[case("assignee:me,none team:none follows:me TAG:REFUND assignee:MIRA@x.example team:Billing")]
#[case("refnud from:nobody subject:x")]
#[case("tag:refnud (")]
fn what_is_known_is_not_doubted(#[case] line: &str) {
    assert_eq!(Query::doubts(line, &directory()), []);
}

proptest::proptest! {
    /// Wherever the cursor stands, what is replaced is a part of the line, and accepting it never breaks what could be
    /// read before.
    #[test]
    fn any_line_can_be_completed_anywhere(line in "([a-z]{1,7}:?|tag:|is:|[-(),\"\\\\:]|é|返| ){0,16}", cursor in 0..80usize) {
        let found = complete(&line, cursor, &directory(), "2026-05-20".parse().unwrap());
        proptest::prop_assert!(line.get(found.from..found.to).is_some(), "{:?}", found);
    }
}
