//! `snooze_until`, to the letter: "5m", "+30" (minutes from now), "tomorrow", "monday" … (next occurrence at 9am), "one
//! week", "one month", ISO 8601. Nobody says in which zone 9am is; here it is UTC.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::clock::Millis;

/// The instant that is meant; none of a text that means none.
pub(super) fn parse(text: &str, now: Millis) -> Option<Millis> {
    let text = text.trim();
    let here = Timestamp::from_millisecond(now.0).ok()?.to_zoned(TimeZone::UTC);
    let lower = text.to_lowercase();
    let minutes = lower.strip_suffix('m').or_else(|| lower.strip_prefix('+'));
    let morning = |day: jiff::civil::Date| day.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).ok();
    let at = match lower.as_str() {
        "tomorrow" => morning(here.date().tomorrow().ok()?)?,
        "one week" => here.checked_add(1.week()).ok()?,
        "one month" => here.checked_add(1.month()).ok()?,
        day if weekday(day).is_some() => morning(here.date().nth_weekday(1, weekday(day)?).ok()?)?,
        _ => match minutes.and_then(|minutes| minutes.parse::<i64>().ok()) {
            Some(minutes) if minutes >= 0 => here.checked_add(minutes.minutes()).ok()?,
            _ => text.parse::<Timestamp>().ok()?.to_zoned(TimeZone::UTC),
        },
    };
    Some(Millis(at.timestamp().as_millisecond()))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_of_the_page() {
        // A Wednesday.
        let now: Timestamp = "2026-01-21T14:30:00Z".parse().unwrap();
        let until = |text| parse(text, Millis(now.as_millisecond())).map(|at| at.to_string());
        for (text, expected) in [
            ("5m", "2026-01-21T14:35:00.000Z"),
            ("+30", "2026-01-21T15:00:00.000Z"),
            ("tomorrow", "2026-01-22T09:00:00.000Z"),
            ("monday", "2026-01-26T09:00:00.000Z"),
            ("Wednesday", "2026-01-28T09:00:00.000Z"),
            ("one week", "2026-01-28T14:30:00.000Z"),
            ("one month", "2026-02-21T14:30:00.000Z"),
            ("2026-01-22T09:00:00+01:00", "2026-01-22T08:00:00.000Z"),
        ] {
            assert_eq!(until(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "soon", "two weeks", "-5", "m"] {
            assert_eq!(until(text), None, "{text}");
        }
    }
}
