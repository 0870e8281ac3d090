//! What filters mean: resolved at a moment, judged on one conversation.

use jiff::{Timestamp, tz::TimeZone};
use rstest::rstest;

use crate::{
    Conversation, FullText, Match, Moment, Query, RemoteId, Resolved, Seen, contains_phrase, contains_word,
    tests::conversation, tokens,
};

/// One text for every conversation.
struct Text(Vec<String>);

impl FullText for Text {
    fn word(&self, _: &RemoteId, word: &str) -> bool {
        contains_word(&self.0, word)
    }

    fn phrase(&self, _: &RemoteId, phrase: &str) -> bool {
        contains_phrase(&self.0, phrase)
    }

    fn mentions(&self, _: &RemoteId, names: &[String]) -> bool {
        names.iter().any(|name| name == "jonas@example.com")
    }
}

// 14:00 in Berlin.
fn moment(me: Option<&str>) -> Moment {
    Moment {
        now: "2026-05-04T12:00:00Z".parse().unwrap(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        me: me.map(Into::into),
    }
}

fn resolved(line: &str, me: Option<&str>) -> Match {
    Query::parse(line).unwrap().resolve(&moment(me)).filter
}

fn seen(conversation: &Conversation) -> Seen<'_> {
    Seen {
        conversation,
        me: Some("Mara@Example.com"),
        read_at: None,
        locally_followed: false,
        pending: false,
        unknown: false,
        held: false,
    }
}

fn ms(instant: &str) -> i64 {
    instant.parse::<Timestamp>().unwrap().as_millisecond()
}

#[rstest]
#[case("older:30d", None, Some("2026-04-04T12:00:00Z"))]
#[case("newer:90m", Some("2026-05-04T10:30:00Z"), None)]
#[case("newer:2w", Some("2026-04-20T12:00:00Z"), None)]
#[case("updated:2026-03-29", Some("2026-03-28T23:00:00Z"), Some("2026-03-29T22:00:00Z"))]
#[case("updated:2026-01-01..2026-03-31", Some("2025-12-31T23:00:00Z"), Some("2026-03-31T22:00:00Z"))]
#[case("updated:<2026-01-01", None, Some("2025-12-31T23:00:00Z"))]
#[case("updated:<=2026-01-01", None, Some("2026-01-01T23:00:00Z"))]
#[case("updated:>2026-01-01", Some("2026-01-01T23:00:00Z"), None)]
#[case("updated:>=2026-01-01", Some("2025-12-31T23:00:00Z"), None)]
fn ages_and_days_become_instants(
    #[case] line: &str,
    #[case] from: Option<&str>,
    #[case] before: Option<&str>,
) {
    assert_eq!(resolved(line, None), Match::Updated { from: from.map(ms), before: before.map(ms) });
}

#[test]
fn the_ends_of_the_calendar_hold() {
    assert_eq!(resolved("created:<=9999-12-31", None), Match::Created { from: None, before: Some(i64::MAX) });
    let Match::Updated { before: Some(before), .. } = resolved("older:4294967295w", None) else { panic!() };
    assert!(before < 0);
}

#[test]
fn me_is_nobody_until_known() {
    assert_eq!(resolved("assignee:me", None), Match::Nothing);
    assert_eq!(resolved("follows:me", None), Match::Nothing);
    assert_eq!(resolved("assignee:me,none", None), Match::Agent(vec![None]));
    assert_eq!(
        resolved("assignee:ME,Jonas", Some("Mara@X")),
        Match::Agent(vec![Some("mara@x".into()), Some("jonas".into())])
    );
    assert_eq!(
        resolved("unassigned", None),
        Match::And(vec![Match::Agent(vec![None]), Match::Team(vec![None])])
    );
}

#[rstest]
#[case("", true)]
#[case("is:active", true)]
#[case("is:done,spam", false)]
#[case("is:done,unread", true)]
#[case("is:pending OR is:held OR is:unknown", false)]
#[case("tag:vip", true)]
#[case("tag:VIP,other", true)]
#[case("tag:\"Needs Review\"", true)]
#[case("-tag:other,vip", false)]
#[case("-tag:other,else", true)]
#[case("untagged", false)]
#[case("assignee:me", true)]
#[case("assignee:MARA@example.com", true)]
#[case("assignee:none", false)]
#[case("team:billing,none", true)]
#[case("unassigned", false)]
#[case("channel:sms,email", true)]
#[case("priority:>=high", true)]
#[case("priority:<=medium", false)]
#[case("priority:urgent,high", true)]
#[case("older:30d", true)]
#[case("newer:30d", false)]
#[case("updated:2026-04-01", true)]
#[case("created:2026-01-11..2026-01-12", false)]
#[case("follows:Jonas@example.com", true)]
#[case("follows:me", false)]
#[case("mentions:Jonas@example.com,else", true)]
#[case("mentions:me", false)]
#[case("has:attachment", true)]
#[case("from:LOVELACE", true)]
#[case("from:@example.com", true)]
#[case("from:\"170 123\"", true)]
#[case("from:bob,carol", false)]
#[case("subject:inv", true)]
#[case("subject:\"4711 invoice\"", true)]
#[case("subject:voice", false)]
#[case("engaged:no", true)]
#[case("engaged:yes", false)]
#[case("paym", true)]
#[case("failed-payment", true)]
#[case("\"payment failed\"", true)]
#[case("\"failed payment\"", false)]
#[case("\"payment fail\"", false)]
#[case("-refund (nothing OR twice)", true)]
#[case("-(payment twice)", false)]
fn filters_judge_a_conversation(#[case] line: &str, #[case] expected: bool) {
    let conversation = conversation();
    let text = Text(tokens("Payment failed twice"));
    let filter = resolved(line, Some("mara@example.com"));
    assert_eq!(filter.matches(&seen(&conversation), &text), expected);
    assert_eq!(Match::Not(Box::new(filter)).matches(&seen(&conversation), &text), !expected);
}

#[test]
fn what_only_this_machine_knows_counts() {
    let conversation = conversation();
    let text = Text(Vec::new());
    let read = ms("2026-04-01T12:00:00Z");
    let cases = [
        ("is:unread", Seen { read_at: Some(read - 1), ..seen(&conversation) }, true),
        ("is:unread", Seen { read_at: Some(read), ..seen(&conversation) }, false),
        ("is:pending", Seen { pending: true, ..seen(&conversation) }, true),
        ("is:unknown", Seen { unknown: true, ..seen(&conversation) }, true),
        ("is:held", Seen { held: true, ..seen(&conversation) }, true),
        ("follows:me", Seen { locally_followed: true, ..seen(&conversation) }, true),
        ("follows:me", Seen { locally_followed: true, me: None, ..seen(&conversation) }, false),
    ];
    for (line, seen, expected) in cases {
        let matches = resolved(line, Some("mara@example.com")).matches(&seen, &text);
        assert_eq!(matches, expected, "{line} {seen:?}");
    }
}

#[test]
fn text_terms_are_found_in_order() {
    let filter = resolved("a -(\"b c\" OR subject:d) tag:e", None);
    assert_eq!(filter.text_terms(), [&Match::Word("a".into()), &Match::Phrase("b c".into())]);
}

#[rstest]
#[case("is:active,unread -(tag:a OR older:3d) assignee:none,me sort:-waiting".to_owned())]
#[case("(a OR ".repeat(50) + "b" + &")".repeat(50))]
#[case("-(a ".repeat(33) + "is:done,unread" + &")".repeat(33))]
fn what_is_stored_with_a_plan_is_read_again(#[case] line: String) {
    let resolved = Query::parse(&line).unwrap().resolve(&moment(Some("mara@example.com")));
    let json = serde_json::to_string(&resolved).unwrap();
    assert_eq!(serde_json::from_str::<Resolved>(&json).unwrap(), resolved);
}
