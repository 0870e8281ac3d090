//! The language as a whole: what lines mean, what is refused and how, and that print → parse is the identity.

mod completing;
mod identity;
mod meaning;

use rstest::rstest;

use crate::{Query, TermText};

fn printed(line: &str) -> String {
    Query::parse(line).unwrap_or_else(|error| panic!("{line}: {error}")).to_string()
}

#[rstest]
#[case(
    "is:active tag:payment-issue-2026-05 -tag:vip assignee:me team:billing channel:sms,whatsapp priority:>=high"
)]
#[case("is:unread is:unknown is:held is:pending,done")]
#[case("older:30d newer:2w updated:2026-01-01..2026-03-31 created:<2026-01-01 created:>=2025-01-01")]
#[case("follows:me has:attachment from:customer@example.com")]
#[case("subject:invoice \"payment failed\" engaged:no engaged:yes unassigned untagged")]
#[case("tag:\"needs review\",vip (is:done OR is:archived) sort:waiting")]
#[case("-(a b) -(c OR d) -\"e f\" (g OR h -i)")]
#[case("a b OR c d OR -e")]
#[case("assignee:none,\"me\" team:none")]
#[case("http://example.com/a,b 10:41 Re:invoice C:\\path hello: foo,bar")]
#[case("\"say \\\"hi\\\" \\\\o/\"")]
#[case("tag:a:b,-c,\"d,e\"")]
#[case("priority:low,none priority:<=medium sort:-updated")]
#[case("sort:priority")]
#[case("updated:2026-01-31 channel:other")]
#[case("")]
fn canonical_lines_print_as_they_are(#[case] line: &str) {
    assert_eq!(printed(line), line);
}

#[rstest]
#[case("  a   b\u{3000}c ", "a b c")]
#[case("((a)) (b c)", "a b c")]
#[case("(a OR b) OR c", "a OR b OR c")]
#[case("--a -(-b)", "a b")]
#[case("a AND b AND (c OR d)", "a b (c OR d)")]
#[case("sort:waiting a OR b", "a OR b sort:waiting")]
#[case("sort:updated a", "a")]
#[case("TAG:vip Is:ACTIVE", "tag:vip is:active")]
#[case("tag:\"vip\"", "tag:vip")]
#[case("updated:2026-01-01..2026-01-01", "updated:2026-01-01")]
#[case("updated:2026-01-01..", "updated:>=2026-01-01")]
#[case("updated:..2026-01-31", "updated:<2026-02-01")]
#[case("updated:>2026-01-31", "updated:>=2026-02-01")]
#[case("updated:<=9999-12-31", "updated:<=9999-12-31")]
#[case("a(b)\"c\"d", "a b \"c\" d")]
#[case("older:030D", "older:30d")]
fn other_spellings_print_canonically(#[case] line: &str, #[case] canonical: &str) {
    assert_eq!(printed(line), canonical);
}

#[rstest]
#[case("older:30x", "30x", "\"30x\" is not an age. Write a number and a unit, for example 30d.", &["30d"])]
#[case("older:2y", "2y", "\"2y\" is not an age. Write a number and a unit, for example 30d.", &["730d"])]
#[case("newer:d", "d", "\"d\" is not an age. Write a number and a unit, for example 30d.", &[])]
#[case("older:99999999999d", "99999999999d", "\"99999999999d\" is not an age. Write a number and a unit, for example 30d.", &[])]
#[case("older:1d,2d", "2d", "older: takes one value. Keep 1d or 2d.", &[])]
#[case("a tagg:vip", "tagg:", "\"tagg:\" is not a key. Did you mean tag: ? To search for the text, write \"tagg:vip\" in quotes.", &["tag:"])]
#[case("mentions:none", "none", "\"none\" is called by no note. Write -mentions:me for where you are not.", &[])]
#[case("a mentions:", "mentions:", "mentions: needs a value, for example mentions:me.", &[])]
#[case("is:actve", "actve", "\"actve\" is not a state of a conversation. Write active, snoozed, done, archived, spam, unread, unknown, held or pending.", &["active"])]
#[case("is:closed", "closed", "\"closed\" is not a state of a conversation. Write active, snoozed, done, archived, spam, unread, unknown, held or pending.", &["done"])]
#[case("channel:sms,whatsap", "whatsap", "\"whatsap\" is not a channel. Write email, chat, sms, whatsapp, facebook, instagram, voice or other.", &["whatsapp"])]
#[case("priority:>=hgih", "hgih", "\"hgih\" is not a priority. Write none, low, medium, high or urgent.", &["high"])]
#[case("priority:>low", ">low", "priority: knows >= and <=, not > alone. Write for example >=high.", &[">=low"])]
#[case("engaged:maybe", "maybe", "\"maybe\" is not an answer to engaged:. Write yes or no.", &[])]
#[case("has:attachments", "attachments", "\"attachments\" is not something that a conversation can have. Write attachment.", &["attachment"])]
#[case("sort:-wating", "wating", "\"wating\" is not an order. Write updated, created, waiting or priority.", &["waiting"])]
#[case("updated:2026-02-30", "2026-02-30", "There is no 2026-02-30 in the calendar. Write year-month-day, for example 2026-01-31.", &["2026-02-28"])]
#[case("updated:>=2026-1-5", ">=2026-1-5", "\"2026-1-5\" is not a day. Write year-month-day, for example 2026-01-31.", &[">=2026-01-05"])]
#[case("updated:31.4.2026..2026-06-01", "31.4.2026..2026-06-01", "\"31.4.2026\" is not a day. Write year-month-day, for example 2026-01-31.", &["2026-04-30..2026-06-01"])]
#[case("created:2026-02", "2026-02", "\"2026-02\" is not a day. Write year-month-day, for example 2026-01-31.", &["2026-02-01..2026-02-28"])]
#[case("created:2026", "2026", "\"2026\" is not a day. Write year-month-day, for example 2026-01-31.", &["2026-01-01..2026-12-31"])]
#[case("created:5/6/2026", "5/6/2026", "\"5/6/2026\" is not a day. Write year-month-day, for example 2026-01-31.", &[])]
#[case("created:2026-13-01", "2026-13-01", "There is no 2026-13-01 in the calendar. Write year-month-day, for example 2026-01-31.", &[])]
#[case("updated:<soon", "<soon", "\"soon\" is not a day. Write year-month-day, for example 2026-01-31.", &[])]
#[case("updated:..", "..", "\"..\" is not a day. Write year-month-day, for example 2026-01-31.", &[])]
#[case("created:2026-03-01..2026-01-01", "2026-03-01..2026-01-01", "2026-03-01 comes after 2026-01-01. Write the earlier day first.", &["2026-01-01..2026-03-01"])]
#[case("created:>9999-12-31", ">9999-12-31", "\">9999-12-31\" is outside of the calendar. Write a nearer day.", &[])]
#[case("a tag: b", "tag:", "tag: needs a value, for example tag:vip.", &[])]
#[case("tag:a,,b", "tag:a,", "tag: needs a value, for example tag:vip.", &[])]
#[case("tag:\" \"", "tag:\" \"", "tag: needs a value, for example tag:vip.", &[])]
#[case("tag:\"a\"b", "\"a\"b", "Something follows this value directly. Write a space or a comma between them.", &[])]
#[case("é \"payment failed", "\"payment failed", "This quote is never closed. Write \" where the phrase ends.", &["\"payment failed\""])]
#[case("a (b", "(b", "This parenthesis is never closed. Write ) where it ends.", &["(b)"])]
#[case("a) b", ")", "This parenthesis closes nothing. Remove it.", &[""])]
#[case("a ( ) b", "( )", "These parentheses are empty. Write a term between them.", &[])]
#[case("a OR", "OR", "OR needs a term on both sides.", &[])]
#[case("OR a", "OR", "OR needs a term on both sides.", &[])]
#[case("a OR OR b", "OR", "OR needs a term on both sides.", &[])]
#[case("a AND", "AND", "AND needs a term on both sides.", &[])]
#[case("AND a", "AND", "AND needs a term on both sides.", &[])]
#[case("a - b", "-", "\"-\" excludes the term behind it, but none follows. Write for example -tag:vip.", &[])]
#[case("a & b", "&", "\"&\" holds no letter or digit to search for. Remove it or add a word.", &[])]
#[case("\"…\"", "\"…\"", "\"…\" holds no letter or digit to search for. Remove it or add a word.", &[])]
#[case("from:\"\u{301}\"", "\"\u{301}\"", "\"\u{301}\" holds nothing to search for. Write a word or an address.", &[])]
#[case("-sort:waiting", "-sort:waiting", "sort: orders the whole list. Write it outside of parentheses, without - before it.", &[])]
#[case("(a sort:waiting)", "sort:waiting", "sort: orders the whole list. Write it outside of parentheses, without - before it.", &[])]
#[case("sort:waiting a sort:created", "sort:created", "A list has one order. Remove one sort:.", &[])]
#[case("team:me", "me", "\"me\" is an agent, not a team. Write the name of a team, or assignee:me.", &[])]
#[case("follows:none", "none", "\"none\" follows nothing. Write -follows:me for what you do not follow.", &[])]
fn errors_say_where_and_what_to_write(
    #[case] line: &str,
    #[case] span: &str,
    #[case] message: &str,
    #[case] suggestions: &[&str],
) {
    let error = Query::parse(line).unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(&line[error.at..error.at + error.len], span);
    assert_eq!(error.suggestions, suggestions);
}

#[rstest]
#[case("a tagg:vip b", "a tag:vip b")]
#[case("is:done,actve", "is:done,active")]
#[case("priority:>=hgih", "priority:>=high")]
#[case("priority:<medium a", "priority:<=medium a")]
#[case("newer:5 a", "newer:5d a")]
#[case("sort:-wating", "sort:-waiting")]
#[case("channel:\"whatsap\",sms", "channel:whatsapp,sms")]
fn a_suggestion_replaces_the_span(#[case] line: &str, #[case] better: &str) {
    let error = Query::parse(line).unwrap_err();
    let mut replaced = line.to_owned();
    replaced.replace_range(error.at..error.at + error.len, &error.suggestions[0]);
    assert_eq!(replaced, better);
    assert_eq!(printed(&replaced), better);
}

#[rstest]
#[case("a ".repeat(5_001))]
#[case("é".repeat(10_001))]
#[case(format!("{}a{}", "(".repeat(101), ")".repeat(101)))]
#[case(format!("{}a{}", "(".repeat(1_000), ")".repeat(1_000)))]
#[case(format!("{}a{}", "-(".repeat(1_000), ")".repeat(1_000)))]
#[case("(".repeat(9_999))]
#[case("tag:a,".repeat(1_700))]
#[case("a (b OR -(".repeat(90) + "c" + &"))".repeat(90))]
#[case("-".repeat(9_999))]
#[case("\"".repeat(9_999))]
fn what_is_too_much_is_refused(#[case] line: String) {
    let error = Query::parse(&line).unwrap_err();
    assert!(line.get(error.at..error.at + error.len).is_some(), "{error:?}");
}

#[rstest]
#[case(format!("{}a{}", "(".repeat(100), ")".repeat(100)))]
#[case("-".repeat(9_999) + "a")]
#[case("a ".repeat(5_000))]
#[case("a OR ".repeat(1_999) + "b")]
fn what_is_just_within_the_limits_is_read(#[case] line: String) {
    let query = Query::parse(&line).unwrap();
    assert_eq!(Query::parse(&query.to_string()), Ok(query));
}

fn chip(key: Option<&str>, value: &str, negated: bool, text: &str) -> TermText {
    TermText { key: key.map(str::to_owned), value: value.to_owned(), negated, text: text.to_owned() }
}

#[test]
fn terms_are_chips() {
    let query =
        Query::parse("-tag:vip,\"needs review\" (is:done OR unread) -(a b) \"x y\" unassigned sort:waiting");
    let query = query.unwrap();
    assert_eq!(
        query.terms(),
        [
            chip(Some("tag"), "vip, needs review", true, "-tag:vip,\"needs review\""),
            chip(None, "is:done OR unread", false, "(is:done OR unread)"),
            chip(None, "a b", true, "-(a b)"),
            chip(None, "x y", false, "\"x y\""),
            chip(None, "unassigned", false, "unassigned"),
        ]
    );
    let without = query.without_term(2);
    assert_eq!(
        without.to_string(),
        "-tag:vip,\"needs review\" (is:done OR unread) \"x y\" unassigned sort:waiting"
    );
    assert_eq!(query.without_term(9), query);
}

#[test]
fn the_last_two_terms_can_be_taken_away_too() {
    let query = Query::parse("a (b OR c)").unwrap().without_term(0);
    assert_eq!(query.to_string(), "b OR c");
    assert_eq!(query.terms(), [chip(None, "b OR c", false, "(b OR c)")]);
    assert_eq!(query.without_term(0), Query::default());
    assert_eq!(Query::default().terms(), []);
}
