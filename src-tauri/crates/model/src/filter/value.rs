//! The values of each key, from text: what is allowed, and what to say where something else stands.

use jiff::civil::Date;

use super::{
    Age, AgeUnit, Dates, FilterError, Has, Is, PriorityRange, Sort, SortKey, Term, Who, error::closest,
};
use crate::{Channel, Priority, Status, fold, fold::word_groups};

/// A value as typed; in quotes no word has a special meaning.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// What a key with values is: a condition, or the order of the list.
pub(super) enum Parsed {
    Term(Term),
    Sort(Sort),
}

impl Value {
    fn error(&self, message: impl Into<String>) -> FilterError {
        FilterError::new(self.at, self.len, message)
    }

    /// The one of `known` whose word this is; else an error that says what it is not, and what may have been meant.
    fn one_of<T: Clone>(&self, what: &str, known: &[(&str, T)]) -> Result<T, FilterError> {
        let word = self.text.to_lowercase();
        if let Some((_, found)) = known.iter().find(|(name, _)| *name == word) {
            return Ok(found.clone());
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let message = format!("\"{}\" is not {what}. Write {}.", self.text, listed(&names));
        Err(self.error(message).suggest(closest(&word, &names)))
    }
}

/// `a, b or c`
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// The error for a key without a value.
pub(super) fn missing(key: &str, at: usize, len: usize) -> FilterError {
    let example = match key {
        "is" => "is:active",
        "tag" => "tag:vip",
        "assignee" => "assignee:me",
        "team" => "team:billing",
        "channel" => "channel:sms",
        "priority" => "priority:>=high",
        "older" => "older:30d",
        "newer" => "newer:2d",
        "updated" => "updated:2026-01-01..2026-03-31",
        "created" => "created:<2026-01-01",
        "follows" => "follows:me",
        "mentions" => "mentions:me",
        "has" => "has:attachment",
        "from" => "from:customer@example.com",
        "subject" => "subject:invoice",
        "engaged" => "engaged:no",
        _ => "sort:waiting",
    };
    FilterError::new(at, len, format!("{key}: needs a value, for example {example}."))
}

/// Reads the values of `key`, of which there is at least one.
pub(super) fn read(key: &str, values: &[Value]) -> Result<Parsed, FilterError> {
    let texts = || values.iter().map(|value| value.text.clone()).collect();
    let term = match key {
        "is" => Term::Is(each(values, is)?),
        "tag" => Term::Tag(texts()),
        "assignee" => Term::Assignee(each(values, |value| Ok(who(value)))?),
        "team" => Term::Team(each(values, team)?),
        "channel" => Term::Channel(each(values, channel)?),
        "priority" => Term::Priority(priorities(values)?),
        "older" => Term::Older(age(only(key, values)?)?),
        "newer" => Term::Newer(age(only(key, values)?)?),
        "updated" => Term::Updated(dates(only(key, values)?)?),
        "created" => Term::Created(dates(only(key, values)?)?),
        "follows" => Term::Follows(each(values, follower)?),
        "mentions" => Term::Mentions(each(values, called)?),
        "has" => Term::Has(each(values, |value| {
            value.one_of("something that a conversation can have", &[("attachment", Has::Attachment)])
        })?),
        "from" => Term::From(each(values, |value| searchable(value, !fold(&value.text).trim().is_empty()))?),
        "subject" => {
            Term::Subject(each(values, |value| searchable(value, !word_groups(&value.text).is_empty()))?)
        }
        "engaged" => Term::Engaged(
            only(key, values)?.one_of("an answer to engaged:", &[("yes", true), ("no", false)])?,
        ),
        _ => return Ok(Parsed::Sort(sort(only("sort", values)?)?)),
    };
    Ok(Parsed::Term(term))
}

fn each<T>(values: &[Value], read: impl Fn(&Value) -> Result<T, FilterError>) -> Result<Vec<T>, FilterError> {
    values.iter().map(read).collect()
}

fn only<'a>(key: &str, values: &'a [Value]) -> Result<&'a Value, FilterError> {
    match values {
        [one] => Ok(one),
        [first, second, ..] => {
            let message = format!("{key}: takes one value. Keep {} or {}.", first.text, second.text);
            Err(second.error(message))
        }
        [] => Err(missing(key, 0, 0)),
    }
}

fn is(value: &Value) -> Result<Is, FilterError> {
    let mut known: Vec<(&str, Is)> =
        Status::KNOWN.iter().map(|status| (status.as_str(), Is::Status(status.clone()))).collect();
    known.extend(
        [Is::Unread, Is::Unknown, Is::Held, Is::Pending]
            .into_iter()
            .zip(["unread", "unknown", "held", "pending"])
            .map(|(is, word)| (word, is)),
    );
    value.one_of("a state of a conversation", &known).map_err(|error| {
        let meant = match value.text.to_lowercase().as_str() {
            "open" | "opened" | "todo" => "active",
            "closed" | "resolved" | "solved" => "done",
            _ => return error,
        };
        error.suggest(vec![meant.to_owned()])
    })
}

fn who(value: &Value) -> Who {
    let special = if value.quoted { None } else { Who::from_word(&value.text) };
    special.unwrap_or_else(|| Who::Named(value.text.as_str().into()))
}

fn team(value: &Value) -> Result<Who, FilterError> {
    match who(value) {
        Who::Me => {
            Err(value.error("\"me\" is an agent, not a team. Write the name of a team, or assignee:me."))
        }
        other => Ok(other),
    }
}

fn follower(value: &Value) -> Result<Who, FilterError> {
    match who(value) {
        Who::Nobody => {
            Err(value.error("\"none\" follows nothing. Write -follows:me for what you do not follow."))
        }
        other => Ok(other),
    }
}

fn called(value: &Value) -> Result<Who, FilterError> {
    match who(value) {
        Who::Nobody => {
            Err(value.error("\"none\" is called by no note. Write -mentions:me for where you are not."))
        }
        other => Ok(other),
    }
}

fn channel(value: &Value) -> Result<Channel, FilterError> {
    let other = Channel::Other("other".to_owned());
    let known: Vec<(&str, Channel)> =
        Channel::KNOWN.iter().chain([&other]).map(|channel| (channel.as_str(), channel.clone())).collect();
    value.one_of("a channel", &known)
}

fn priorities(values: &[Value]) -> Result<PriorityRange, FilterError> {
    let [value] = values else { return each(values, priority).map(PriorityRange::Any) };
    let bound = |text: &str| {
        priority(&Value {
            text: text.to_owned(),
            quoted: value.quoted,
            at: value.at + value.len - text.len(),
            len: text.len(),
        })
    };
    match value.text.as_bytes() {
        _ if value.quoted => {}
        [b'>', b'=', ..] => return bound(&value.text[2..]).map(PriorityRange::AtLeast),
        [b'<', b'=', ..] => return bound(&value.text[2..]).map(PriorityRange::AtMost),
        [sign @ (b'>' | b'<'), ..] => {
            let sign = char::from(*sign);
            let word = &value.text[1..];
            return Err(value
                .error(format!("priority: knows >= and <=, not {sign} alone. Write for example >=high."))
                .suggest(vec![format!("{sign}={word}")]));
        }
        _ => {}
    }
    Ok(PriorityRange::Any(vec![priority(value)?]))
}

fn priority(value: &Value) -> Result<Priority, FilterError> {
    let known: Vec<(&str, Priority)> =
        Priority::KNOWN.iter().map(|priority| (priority.as_str(), priority.clone())).collect();
    value.one_of("a priority", &known)
}

fn age(value: &Value) -> Result<Age, FilterError> {
    let text = value.text.to_ascii_lowercase();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = text.split_at(digits);
    let known = match unit {
        "m" => Some(AgeUnit::Minutes),
        "h" => Some(AgeUnit::Hours),
        "d" => Some(AgeUnit::Days),
        "w" => Some(AgeUnit::Weeks),
        _ => None,
    };
    if let (Ok(count), Some(unit)) = (count.parse(), known) {
        return Ok(Age { count, unit });
    }
    let error =
        value.error(format!("\"{}\" is not an age. Write a number and a unit, for example 30d.", value.text));
    let Ok(count) = count.parse::<u32>() else { return Err(error) };
    let meant = match unit {
        "y" | "yr" | "year" | "years" => format!("{}d", u64::from(count) * 365),
        "mo" | "month" | "months" => format!("{}d", u64::from(count) * 30),
        _ if unit.starts_with("min") => format!("{count}m"),
        _ if unit.starts_with('h') => format!("{count}h"),
        _ if unit.starts_with('w') => format!("{count}w"),
        _ => format!("{count}d"),
    };
    Err(error.suggest(vec![meant]))
}

/// `A..B`, `A..`, `..B`, `<A`, `<=A`, `>A`, `>=A` or `A`.
fn dates(value: &Value) -> Result<Dates, FilterError> {
    let text = value.text.as_str();
    let day = |text: &str| day(value, text);
    let beyond = |_| value.error(format!("\"{text}\" is outside of the calendar. Write a nearer day."));
    if let Some((from, to)) = text.split_once("..") {
        let end = |text: &str| if text.is_empty() { Ok(None) } else { day(text).map(Some) };
        let dates = Dates { from: end(from)?, to: end(to)? };
        return match dates {
            Dates { from: None, to: None } => Err(not_a_day(value, text)),
            Dates { from: Some(from), to: Some(to) } if from > to => Err(value
                .error(format!("{from} comes after {to}. Write the earlier day first."))
                .suggest(vec![format!("{to}..{from}")])),
            _ => Ok(dates),
        };
    }
    let (from, to) = if let Some(text) = text.strip_prefix("<=") {
        (None, Some(day(text)?))
    } else if let Some(text) = text.strip_prefix('<') {
        (None, Some(day(text)?.yesterday().map_err(beyond)?))
    } else if let Some(text) = text.strip_prefix(">=") {
        (Some(day(text)?), None)
    } else if let Some(text) = text.strip_prefix('>') {
        (Some(day(text)?.tomorrow().map_err(beyond)?), None)
    } else {
        let day = day(text)?;
        (Some(day), Some(day))
    };
    Ok(Dates { from, to })
}

/// Exactly `2026-01-31`: other spellings that a date library may accept mean different things to different people.
fn day(value: &Value, text: &str) -> Result<Date, FilterError> {
    let bytes = text.as_bytes();
    let well_formed = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
    match text.parse() {
        Ok(day) if well_formed => Ok(day),
        Err(_) if well_formed => Err(value
            .error(format!(
                "There is no {text} in the calendar. Write year-month-day, for example 2026-01-31."
            ))
            .suggest(instead(value, text))),
        _ => Err(not_a_day(value, text)),
    }
}

fn not_a_day(value: &Value, text: &str) -> FilterError {
    value
        .error(format!("\"{text}\" is not a day. Write year-month-day, for example 2026-01-31."))
        .suggest(instead(value, text))
}

/// The value with what may have been meant in place of `text`.
fn instead(value: &Value, text: &str) -> Vec<String> {
    let meant = meant_day(text).or_else(|| if value.text == text { meant_range(text) } else { None });
    meant.map(|meant| value.text.replacen(text, &meant, 1)).into_iter().collect()
}

/// `2026-1-5`, `2026/01/05`, `5.1.2026`, and the last day of a month that has no 31st.
fn meant_day(text: &str) -> Option<String> {
    let numbers = |separator: char| -> Option<[i16; 3]> {
        let parts: Vec<i16> = text.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
        parts.try_into().ok()
    };
    // Day and month change places from country to country, except where the year comes first or dots divide.
    let [year, month, day] =
        numbers('-').or_else(|| numbers('/')).or_else(|| numbers('.').map(|[d, m, y]| [y, m, d]))?;
    if year < 1000 {
        return None;
    }
    let first = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
    let last = first.last_of_month();
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    Some(if day > last.day() { last } else { Date::new(year, first.month(), day).ok()? }.to_string())
}

/// `2026-05` and `2026`.
fn meant_range(text: &str) -> Option<String> {
    let (year, month) = text.split_once('-').map_or((text, None), |(year, month)| (year, Some(month)));
    if year.len() != 4 {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    let (first, last) = match month {
        Some(month) => {
            let first = Date::new(year, month.parse().ok()?, 1).ok()?;
            (first, first.last_of_month())
        }
        None => {
            let first = Date::new(year, 1, 1).ok()?;
            (first, first.last_of_year())
        }
    };
    Some(format!("{first}..{last}"))
}

fn searchable(value: &Value, has_text: bool) -> Result<String, FilterError> {
    if has_text {
        Ok(value.text.clone())
    } else {
        Err(value
            .error(format!("\"{}\" holds nothing to search for. Write a word or an address.", value.text)))
    }
}

fn sort(value: &Value) -> Result<Sort, FilterError> {
    let known: Vec<(&str, SortKey)> = SortKey::ALL.iter().map(|key| (key.as_str(), *key)).collect();
    let key = match value.text.strip_prefix('-') {
        Some(text) if !value.quoted => {
            let word = Value { text: text.to_owned(), quoted: false, at: value.at + 1, len: value.len - 1 };
            return Ok(Sort { key: word.one_of("an order", &known)?, reversed: true });
        }
        _ => value.one_of("an order", &known)?,
    };
    Ok(Sort { key, reversed: false })
}
