//! The hours in which the company works: the resolution timer counts no others.

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;

use crate::clock::{HOUR, Millis};

const ZONE: &str = "Europe/Berlin";
const OPENS: i8 = 9;
const CLOSES: i8 = 17;
/// Nobody waits for so many days.
const MOST_DAYS: usize = 3_660;

/// Working time from Done to archived: two working days.
pub(crate) const RESOLUTION: i64 = 2 * (CLOSES - OPENS) as i64 * HOUR;

/// When so much working time has passed since `from`. The end of a working day is the beginning of the next one.
pub(crate) fn working_time_after(from: Millis, span: i64) -> Millis {
    // Without a table of zones the company works by UTC.
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let mut left = span;
    let first = from.timestamp().to_zoned(zone.clone()).date();
    for day in first.series(jiff::Span::new().days(1)).take(MOST_DAYS).filter(|day| works(*day)) {
        let at = |hour| day.to_datetime(time(hour, 0, 0, 0)).to_zoned(zone.clone());
        let (Ok(opens), Ok(closes)) = (at(OPENS), at(CLOSES)) else { continue };
        let begins = from.0.max(opens.timestamp().as_millisecond());
        let here = closes.timestamp().as_millisecond() - begins;
        if here > left {
            return Millis(begins + left);
        }
        left -= here.max(0);
    }
    from.plus(span)
}

fn works(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_working_hours_count() {
        for (from, span, until) in [
            // Wednesday afternoon to Friday afternoon.
            ("2026-05-20T14:30:00+02:00", RESOLUTION, "2026-05-22T14:30:00+02:00"),
            // Over the weekend.
            ("2026-05-21T16:00:00+02:00", RESOLUTION, "2026-05-25T16:00:00+02:00"),
            ("2026-05-23T12:00:00+02:00", RESOLUTION, "2026-05-27T09:00:00+02:00"),
            // In the evening and in the early morning nobody works.
            ("2026-05-19T22:00:00+02:00", HOUR, "2026-05-20T10:00:00+02:00"),
            ("2026-05-20T04:00:00+02:00", HOUR, "2026-05-20T10:00:00+02:00"),
            // To the minute at closing time is the next morning.
            ("2026-05-20T16:00:00+02:00", HOUR, "2026-05-21T09:00:00+02:00"),
            // The clocks go back in between.
            ("2026-10-23T14:30:00+02:00", RESOLUTION, "2026-10-27T14:30:00+01:00"),
        ] {
            let at = |text: &str| Millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
            let after = working_time_after(at(from), span);
            assert_eq!(after, at(until), "{from}: {after}");
        }
    }
}
