//! print → parse is the identity on every filter in normal form; parse → print → parse on every line.

use jiff::civil::Date;
use proptest::{collection::vec, prelude::*};

use crate::{
    Age, AgeUnit, Channel, Dates, Filter, Has, Is, Priority, PriorityRange, Query, Sort, SortKey, Status,
    Term, Who, fold, tokens,
};

/// Names and phrases with everything that spelling could stumble over.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[a-zA-Z0-9é返 ,:()\"\\\\.<>=|@*-]{1,12}",
        "\\PC{1,10}",
        Just("OR".to_owned()),
        Just("me".to_owned()),
        Just("None".to_owned()),
        Just("unassigned".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    text().prop_filter("blank", |text| !text.trim().is_empty())
}

fn phrase() -> impl Strategy<Value = String> {
    text().prop_filter("nothing to find", |text| !tokens(text).is_empty())
}

/// Bare words: only what the language reads as text.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé返][a-z0-9é返,.@*<>=-]{0,8}",
        Just("http://a.b/c?d=e:f".to_owned()),
        "[0-9]{1,2}:[0-9]{2}"
    ]
    .prop_filter("has a meaning of its own", |word| !matches!(word.as_str(), "unassigned" | "untagged"))
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(values)
}

fn named() -> impl Strategy<Value = Who> {
    name().prop_map(|name| Who::Named(name.into()))
}

fn is() -> impl Strategy<Value = Is> {
    prop_oneof![
        one_of(Status::KNOWN).prop_map(Is::Status),
        prop::sample::select(vec![Is::Unread, Is::Unknown, Is::Held, Is::Pending]),
    ]
}

fn age() -> impl Strategy<Value = Age> {
    let unit = prop::sample::select(vec![AgeUnit::Minutes, AgeUnit::Hours, AgeUnit::Days, AgeUnit::Weeks]);
    (any::<u32>(), unit).prop_map(|(count, unit)| Age { count, unit })
}

fn dates() -> impl Strategy<Value = Dates> {
    let day = || {
        (0..=9999i16, 1..=12i8, 1..=31i8)
            .prop_filter_map("no such day", |(year, month, day)| Date::new(year, month, day).ok())
    };
    prop_oneof![
        day().prop_map(|from| Dates { from: Some(from), to: None }),
        day().prop_map(|to| Dates { from: None, to: Some(to) }),
        (day(), day()).prop_map(|(a, b)| Dates { from: Some(a.min(b)), to: Some(a.max(b)) }),
        day().prop_map(|day| Dates { from: Some(day), to: Some(day) }),
    ]
}

fn priority() -> impl Strategy<Value = PriorityRange> {
    prop_oneof![
        vec(one_of(Priority::KNOWN), 1..4).prop_map(PriorityRange::Any),
        one_of(Priority::KNOWN).prop_map(PriorityRange::AtLeast),
        one_of(Priority::KNOWN).prop_map(PriorityRange::AtMost),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        vec(is(), 1..4).prop_map(Term::Is),
        vec(name(), 1..4).prop_map(Term::Tag),
        vec(prop_oneof![Just(Who::Me), Just(Who::Nobody), named()], 1..4).prop_map(Term::Assignee),
        vec(prop_oneof![Just(Who::Nobody), named()], 1..4).prop_map(Term::Team),
        vec(prop_oneof![Just(Who::Me), named()], 1..4).prop_map(Term::Follows),
        vec(prop_oneof![Just(Who::Me), named()], 1..4).prop_map(Term::Mentions),
        vec(prop_oneof![one_of(Channel::KNOWN), Just(Channel::Other("other".to_owned()))], 1..4)
            .prop_map(Term::Channel),
        priority().prop_map(Term::Priority),
        age().prop_map(Term::Older),
        age().prop_map(Term::Newer),
        dates().prop_map(Term::Updated),
        dates().prop_map(Term::Created),
        Just(Term::Has(vec![Has::Attachment])),
        vec(
            text().prop_filter("nothing to find", |text| !fold(text).trim().is_empty()
                && !text.trim().is_empty()),
            1..4
        )
        .prop_map(Term::From),
        vec(phrase(), 1..4).prop_map(Term::Subject),
        any::<bool>().prop_map(Term::Engaged),
        Just(Term::Unassigned),
        Just(Term::Untagged),
        word().prop_map(Term::Word),
        phrase().prop_map(Term::Phrase),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    term().prop_map(Filter::Term).prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::all_of),
            vec(inner.clone(), 2..4).prop_map(Filter::any_of),
            inner.prop_map(Filter::negated),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let key = one_of(SortKey::ALL);
    let filter = prop_oneof![9 => filter(), 1 => Just(Filter::All)];
    (filter, key, any::<bool>())
        .prop_map(|(filter, key, reversed)| Query { filter, sort: Sort { key, reversed } })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn printing_then_reading_changes_nothing(query in query()) {
        prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
    }

    #[test]
    fn any_line_is_read_or_refused_at_a_place_in_it(
        line in "([a-z]{1,7}:?|is:done|tag:|sort:waiting|OR|AND|older:|[-(),\"\\\\:]|[0-9]{1,4}d?|é|返|[<>]=?|\\.\\.| ){0,24}",
    ) {
        match Query::parse(&line) {
            Ok(query) => prop_assert_eq!(Query::parse(&query.to_string()), Ok(query)),
            Err(error) => prop_assert!(line.get(error.at..error.at + error.len).is_some(), "{:?}", error),
        }
    }

    #[test]
    fn any_text_at_all_is_read_or_refused_with_a_sentence(line in any::<String>()) {
        match Query::parse(&line) {
            Ok(query) => prop_assert_eq!(Query::parse(&query.to_string()), Ok(query)),
            Err(error) => {
                let place = line.get(error.at..error.at + error.len);
                prop_assert!(place.is_some() && error.message.ends_with('.'), "{:?}", error);
            }
        }
    }

    /// What is suggested leaves at least that mistake behind; of several in a row, each `)` that closes nothing, one.
    #[test]
    fn suggestions_move_the_mistake_on(
        line in "([a-z]{1,7}:?|is:dne|tag:|sort:wating|OR|older:|[-(),\"\\\\:]|[0-9]{1,4}d?|updated:2026-02-3[0-9]| ){0,16}",
    ) {
        if let Err(error) = Query::parse(&line) {
            for suggestion in &error.suggestions {
                let fixed = format!("{}{suggestion}{}", &line[..error.at], &line[error.at + error.len..]);
                let is_behind = Query::parse(&fixed) != Err(error.clone());
                prop_assert!(is_behind || fixed.len() < line.len(), "{} → {}", line, fixed);
            }
        }
    }

    #[test]
    fn chips_together_are_the_query(query in query()) {
        let chips: Vec<String> = query.terms().into_iter().map(|term| term.text).collect();
        let line = format!("{} sort:{}", chips.join(" "), query.sort);
        prop_assert_eq!(Query::parse(&line), Ok(query));
    }

    #[test]
    fn without_a_term_the_others_remain(query in query(), index in 0..4usize) {
        let mut chips: Vec<String> = query.terms().into_iter().map(|term| term.text).collect();
        if index < chips.len() {
            chips.remove(index);
        }
        let line = format!("{} sort:{}", chips.join(" "), query.sort);
        prop_assert_eq!(Query::parse(&line), Ok(query.without_term(index)));
    }
}
