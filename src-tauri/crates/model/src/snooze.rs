//! The snooze grammar: seeds `fernand-bulk-api` (`snooze_until`) and `atender-bulk-actions`, DESIGN §5.
//!
//! What is typed becomes an instant at once, in the user's zone, and is shown as such before anything happens. Minutes
//! and hours are exact; days, weeks and months keep the time of day, also across a change of the clocks.

use jiff::{
    Span, Timestamp, ToSpan, Zoned,
    civil::{Date, DateTime, Time, Weekday, time},
    tz::TimeZone,
};

use crate::SnoozeUntil;

/// Lines that show the grammar, for menus and errors.
pub const SNOOZE_EXAMPLES: &[&str] =
    &["2h", "tomorrow", "next friday at 10am", "one week", "2026-05-04T09:00", "until reply"];

const MORNING: Time = time(9, 0, 0, 0);
const NOON: Time = time(12, 0, 0, 0);
const AFTERNOON: Time = time(14, 0, 0, 0);
const EVENING: Time = time(18, 0, 0, 0);

/// Why a text is no time to snooze until.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnoozeError {
    /// Nothing was typed.
    #[error("Write until when, for example {}.", examples())]
    Empty,
    /// It cannot be read.
    #[error("\"{0}\" is not a time. Write for example {examples}.", examples = examples())]
    NotATime(String),
    /// It is over, or now.
    #[error("\"{0}\" is in the past. Write a later time, for example tomorrow or 2h.")]
    Past(String),
    /// It lies behind the end of the calendar.
    #[error("\"{0}\" is too far away. Write a nearer time, or until reply.")]
    TooFar(String),
}

fn examples() -> String {
    match SNOOZE_EXAMPLES.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Reads until when to snooze.
///
/// A weekday is its next occurrence after today, `next friday` the same as `friday`; without a time it is 09:00.
///
/// ```
/// use jiff::{Timestamp, tz::TimeZone};
/// use muster_model::{SnoozeUntil, parse_snooze};
///
/// let now: Timestamp = "2026-05-04T10:00:00Z".parse()?;
/// let until = parse_snooze("next friday at 10am", now, &TimeZone::UTC)?;
/// assert_eq!(until, SnoozeUntil::At("2026-05-08T10:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the text is no time, or one that is not after `now`.
pub fn parse_snooze(text: &str, now: Timestamp, zone: &TimeZone) -> Result<SnoozeUntil, SnoozeError> {
    let typed = text.trim();
    if typed.is_empty() {
        return Err(SnoozeError::Empty);
    }
    let lower = typed.to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && matches!(words[0], "for" | "in" | "until" | "till" | "on") {
        words.remove(0);
    }
    if matches!(words[..], ["reply"] | ["they", "reply"]) {
        return Ok(SnoozeUntil::Reply);
    }
    let too_far = |_| SnoozeError::TooFar(typed.to_owned());
    let here = now.to_zoned(zone.clone());
    let at = if let Some(at) = iso(typed, zone) {
        at
    } else if let Some(span) = span(&words) {
        let span = span.map_err(too_far)?;
        here.checked_add(span).map_err(too_far)?.timestamp()
    } else if let Some(civil) = day_and_time(&words, here.date()) {
        civil.map_err(too_far)?.to_zoned(zone.clone()).map_err(too_far)?.timestamp()
    } else {
        return Err(SnoozeError::NotATime(typed.to_owned()));
    };
    if at <= now { Err(SnoozeError::Past(typed.to_owned())) } else { Ok(SnoozeUntil::At(at)) }
}

/// ISO 8601 with a time; without an offset in the user's zone. A day alone is left to [`day_and_time`].
fn iso(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if !text.contains(':') {
        return None;
    }
    if text.contains('[') {
        return text.parse().ok().map(|zoned: Zoned| zoned.timestamp());
    }
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(zone.clone()).ok()?.timestamp())
    })
}

/// `5m`, `+30`, `3 days`, `one week`; `None` if it is no length of time, an error if it is too long for the calendar.
fn span(words: &[&str]) -> Option<Result<Span, jiff::Error>> {
    let (count, unit) = match *words {
        [word] => {
            let (word, plus) = match word.strip_prefix('+') {
                Some(word) => (word, true),
                None => (word, false),
            };
            let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            match word.split_at(digits) {
                (count, "") if plus => (count, "m"),
                (count, unit) => (count, unit),
            }
        }
        [count, unit] => (count.strip_prefix('+').unwrap_or(count), unit),
        _ => return None,
    };
    let count = match count {
        "a" | "an" | "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "" => return None,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().unwrap_or(i64::MAX),
        _ => return None,
    };
    let none = Span::new();
    Some(match unit {
        "m" | "min" | "mins" | "minute" | "minutes" => none.try_minutes(count),
        "h" | "hr" | "hrs" | "hour" | "hours" => none.try_hours(count),
        "d" | "day" | "days" => none.try_days(count),
        "w" | "wk" | "week" | "weeks" => none.try_weeks(count),
        "mo" | "month" | "months" => none.try_months(count),
        _ => return None,
    })
}

/// `tomorrow evening`, `friday 14:30`, `next week`, `2026-05-04 at 10am`, `at 5pm`.
fn day_and_time(words: &[&str], today: Date) -> Option<Result<DateTime, jiff::Error>> {
    let (day, rest) = match *words {
        ["today", ref rest @ ..] => (Ok(today), rest),
        ["tonight"] => return Some(Ok(today.to_datetime(EVENING))),
        ["tomorrow", ref rest @ ..] => (today.tomorrow(), rest),
        ["next", "week", ref rest @ ..] => (today.nth_weekday(1, Weekday::Monday), rest),
        ["next", "month", ref rest @ ..] => (today.first_of_month().checked_add(1.month()), rest),
        ["next" | "this", word, ref rest @ ..] if weekday(word).is_some() => {
            (today.nth_weekday(1, weekday(word)?), rest)
        }
        ["this", part] if part_of_day(part).is_some() => (Ok(today), &words[1..]),
        [word, ref rest @ ..] => match (weekday(word), iso_day(word)) {
            (Some(weekday), _) => (today.nth_weekday(1, weekday), rest),
            (None, Some(day)) => (Ok(day), rest),
            // A time alone is today; a number alone could be anything.
            (None, None) if words.len() == 1 && word.bytes().all(|b| b.is_ascii_digit()) => return None,
            (None, None) => (Ok(today), words),
        },
        [] => return None,
    };
    let time = if rest.is_empty() { MORNING } else { time_of_day(rest)? };
    Some(day.map(|day| day.to_datetime(time)))
}

/// `2026-05-04` and nothing behind it: the library would pass over a time that it meets there.
fn iso_day(word: &str) -> Option<Date> {
    if word.len() == 10 { word.parse().ok() } else { None }
}

/// By name or the first three letters and more: `fri`, `thurs`.
fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let (_, weekday) = NAMES.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word))?;
    Some(*weekday)
}

fn part_of_day(word: &str) -> Option<Time> {
    match word {
        "morning" => Some(MORNING),
        "noon" => Some(NOON),
        "afternoon" => Some(AFTERNOON),
        "evening" => Some(EVENING),
        _ => None,
    }
}

/// `morning`, `at 10am`, `10:30 pm`, `14:30`, `9`.
fn time_of_day(words: &[&str]) -> Option<Time> {
    let words = words.strip_prefix(&["at"]).unwrap_or(words);
    if let [word] = *words
        && let Some(time) = part_of_day(word)
    {
        return Some(time);
    }
    let (clock, half) = match *words {
        [word] => match word.strip_suffix("am").map(|clock| (clock, "am")) {
            Some(found) => found,
            None => word.strip_suffix("pm").map_or((word, ""), |clock| (clock, "pm")),
        },
        [clock, half @ ("am" | "pm")] => (clock, half),
        _ => return None,
    };
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "00"));
    let number = |text: &str| -> Option<i8> {
        let is_short_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_short_number { text.parse().ok() } else { None }
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match half {
        "" => hour,
        _ if !(1..=12).contains(&hour) => return None,
        "am" => hour % 12,
        _ => hour % 12 + 12,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn snooze(text: &str, now: &str) -> Result<String, SnoozeError> {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let until = parse_snooze(text, now.parse().unwrap(), &berlin)?;
        Ok(match until {
            SnoozeUntil::At(at) => at.to_zoned(berlin).strftime("%a %F %H:%M %:z").to_string(),
            SnoozeUntil::Reply => "reply".to_owned(),
        })
    }

    // Monday, 12:00 in Berlin.
    const MONDAY_NOON: &str = "2026-05-04T10:00:00Z";

    #[rstest]
    #[case("5m", "Mon 2026-05-04 12:05 +02:00")]
    #[case("+30", "Mon 2026-05-04 12:30 +02:00")]
    #[case("+2h", "Mon 2026-05-04 14:00 +02:00")]
    #[case("in 90 minutes", "Mon 2026-05-04 13:30 +02:00")]
    #[case("2h", "Mon 2026-05-04 14:00 +02:00")]
    #[case("3 days", "Thu 2026-05-07 12:00 +02:00")]
    #[case("2w", "Mon 2026-05-18 12:00 +02:00")]
    #[case("one week", "Mon 2026-05-11 12:00 +02:00")]
    #[case("One Month", "Thu 2026-06-04 12:00 +02:00")]
    #[case("for a month", "Thu 2026-06-04 12:00 +02:00")]
    #[case("tomorrow", "Tue 2026-05-05 09:00 +02:00")]
    #[case("tomorrow morning", "Tue 2026-05-05 09:00 +02:00")]
    #[case("tomorrow evening", "Tue 2026-05-05 18:00 +02:00")]
    #[case("tomorrow 9", "Tue 2026-05-05 09:00 +02:00")]
    #[case("tomorrow at noon", "Tue 2026-05-05 12:00 +02:00")]
    #[case("this afternoon", "Mon 2026-05-04 14:00 +02:00")]
    #[case("this evening", "Mon 2026-05-04 18:00 +02:00")]
    #[case("tonight", "Mon 2026-05-04 18:00 +02:00")]
    #[case("today 5pm", "Mon 2026-05-04 17:00 +02:00")]
    #[case("at 5 pm", "Mon 2026-05-04 17:00 +02:00")]
    #[case("monday", "Mon 2026-05-11 09:00 +02:00")]
    #[case("monday 14:30", "Mon 2026-05-11 14:30 +02:00")]
    #[case("until Tuesday", "Tue 2026-05-05 09:00 +02:00")]
    #[case("friday 14:30", "Fri 2026-05-08 14:30 +02:00")]
    #[case("fri, 12am", "Fri 2026-05-08 00:00 +02:00")]
    #[case("next friday at 10am", "Fri 2026-05-08 10:00 +02:00")]
    #[case("next friday at 12:15pm", "Fri 2026-05-08 12:15 +02:00")]
    #[case("next week", "Mon 2026-05-11 09:00 +02:00")]
    #[case("next month", "Mon 2026-06-01 09:00 +02:00")]
    #[case("2026-06-01", "Mon 2026-06-01 09:00 +02:00")]
    #[case("2026-06-01 at 10am", "Mon 2026-06-01 10:00 +02:00")]
    #[case("2026-06-01T07:15", "Mon 2026-06-01 07:15 +02:00")]
    #[case("2026-06-01 07:15:30", "Mon 2026-06-01 07:15 +02:00")]
    #[case("2026-06-01T07:15:00Z", "Mon 2026-06-01 09:15 +02:00")]
    #[case("2026-06-01T07:15:00-04:00", "Mon 2026-06-01 13:15 +02:00")]
    #[case("2026-06-01T07:15[America/New_York]", "Mon 2026-06-01 13:15 +02:00")]
    #[case("until reply", "reply")]
    #[case(" Until  Reply ", "reply")]
    fn reads(#[case] text: &str, #[case] until: &str) {
        assert_eq!(snooze(text, MONDAY_NOON).as_deref(), Ok(until));
    }

    // The clocks go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
    #[rstest]
    #[case("tomorrow", "2026-03-28T11:00:00Z", "Sun 2026-03-29 09:00 +02:00")]
    #[case("1 day", "2026-03-28T11:00:00Z", "Sun 2026-03-29 12:00 +02:00")]
    #[case("24h", "2026-03-28T11:00:00Z", "Sun 2026-03-29 13:00 +02:00")]
    #[case("tomorrow 2:30", "2026-03-28T11:00:00Z", "Sun 2026-03-29 03:30 +02:00")]
    #[case("tomorrow 2:30", "2026-10-24T11:00:00Z", "Sun 2026-10-25 02:30 +02:00")]
    #[case("one week", "2026-10-20T11:00:00Z", "Tue 2026-10-27 13:00 +01:00")]
    #[case("tomorrow", "2026-05-04T22:30:00Z", "Wed 2026-05-06 09:00 +02:00")]
    #[case("one month", "2026-01-31T11:00:00Z", "Sat 2026-02-28 12:00 +01:00")]
    fn keeps_the_time_of_day_when_the_clocks_change(
        #[case] text: &str,
        #[case] now: &str,
        #[case] until: &str,
    ) {
        assert_eq!(snooze(text, now).as_deref(), Ok(until));
    }

    #[rstest]
    #[case("today")]
    #[case("this morning")]
    #[case("10am")]
    #[case("2026-05-04")]
    #[case("2020-01-01T00:00Z")]
    #[case("0m")]
    fn refuses_the_past(#[case] text: &str) {
        assert_eq!(snooze(text, MONDAY_NOON), Err(SnoozeError::Past(text.to_owned())));
    }

    #[rstest]
    #[case("soon")]
    #[case("30")]
    #[case("next")]
    #[case("5 bananas")]
    #[case("tomorrow 25:00")]
    #[case("tomorrow 13pm")]
    #[case("tomorrow 9 sharp")]
    #[case("2026-02-30")]
    #[case("2026-06-01T07:15[Nowhere/Land]")]
    #[case("2026-06-01T0715")]
    #[case("mo")]
    #[case("m")]
    #[case("+")]
    #[case("until")]
    fn refuses_what_is_no_time(#[case] text: &str) {
        assert_eq!(snooze(text, MONDAY_NOON), Err(SnoozeError::NotATime(text.to_owned())));
    }

    #[rstest]
    #[case("99999999999999999999 days")]
    #[case("9000 months 3")]
    #[case("99999 months")]
    fn never_panics_on_the_end_of_time(#[case] text: &str) {
        assert!(snooze(text, MONDAY_NOON).is_err());
    }

    #[test]
    fn errors_say_what_to_write() {
        assert_eq!(
            snooze("soon", MONDAY_NOON).unwrap_err().to_string(),
            "\"soon\" is not a time. Write for example 2h, tomorrow, next friday at 10am, one week, \
             2026-05-04T09:00 or until reply."
        );
        assert_eq!(
            snooze("10am", MONDAY_NOON).unwrap_err().to_string(),
            "\"10am\" is in the past. Write a later time, for example tomorrow or 2h."
        );
    }
}
