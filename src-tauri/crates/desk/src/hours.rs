//! The hours in which the company works: the resolution timer counts no others, and no holidays.

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::{DAY, HOUR, MINUTE, Millis};

/// Nobody waits for so many days.
const MOST_DAYS: usize = 3_660;
/// Holidays that a company keeps, and the longest time until Done becomes archived: 60 working days of 24 hours.
const MOST_HOLIDAYS: usize = 400;
const MOST_MINUTES: i64 = 60 * 24 * 60;
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// When the company works, and how much of that time passes from Done to archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hours {
    /// The name of a time zone.
    #[schema(example = "Europe/Berlin")]
    zone: String,
    /// Some of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    #[schema(example = json!(["mon", "tue", "wed", "thu", "fri"]))]
    days: Vec<String>,
    /// Hours and minutes.
    #[schema(example = "09:00")]
    opens: String,
    /// Later on the same day.
    #[schema(example = "17:00")]
    closes: String,
    /// Days on which nobody works: `2026-12-24` once, `12-25` every year.
    #[schema(example = json!(["12-25", "2026-12-24"]), max_items = 400)]
    holidays: Vec<String>,
    /// Working time from Done to archived.
    #[schema(example = 960, minimum = 0, maximum = 86400)]
    resolution_minutes: i64,
}

impl Default for Hours {
    /// Two working days.
    fn default() -> Self {
        Self {
            zone: "Europe/Berlin".to_owned(),
            days: DAYS[..5].iter().map(|(word, _)| (*word).to_owned()).collect(),
            opens: "09:00".to_owned(),
            closes: "17:00".to_owned(),
            holidays: ["01-01", "12-25", "12-26"].map(str::to_owned).to_vec(),
            resolution_minutes: 960,
        }
    }
}

/// What is wrong with hours: the field, and a sentence.
type Wrong = (&'static str, String);

impl Hours {
    /// The hours as they are counted with, or what is wrong with them.
    pub(crate) fn read(&self) -> Result<Working, Wrong> {
        let zone =
            TimeZone::get(&self.zone).map_err(|_| ("zone", format!("“{}” is no time zone.", self.zone)))?;
        let mut days = Vec::with_capacity(self.days.len());
        for word in &self.days {
            let day = DAYS.iter().find(|(known, _)| known == word);
            let (_, day) = day
                .ok_or_else(|| ("days", format!("“{word}” is no day: mon, tue, wed, thu, fri, sat, sun.")))?;
            days.push(*day);
        }
        if days.is_empty() {
            return Err(("days", "The company works on one day at least.".to_owned()));
        }
        let (opens, closes) = (clock_time("opens", &self.opens)?, clock_time("closes", &self.closes)?);
        if closes <= opens {
            return Err(("closes", "The company closes later than it opens, on the same day.".to_owned()));
        }
        if self.holidays.len() > MOST_HOLIDAYS {
            return Err(("holidays", format!("There are at most {MOST_HOLIDAYS} holidays.")));
        }
        let holidays = self.holidays.iter().map(|text| holiday(text)).collect::<Result<_, _>>()?;
        if !(0..=MOST_MINUTES).contains(&self.resolution_minutes) {
            let sentence = format!("The resolution timer takes 0 to {MOST_MINUTES} minutes of working time.");
            return Err(("resolution_minutes", sentence));
        }
        Ok(Working {
            zone,
            days,
            opens,
            closes,
            holidays,
            resolution: self.resolution_minutes.saturating_mul(MINUTE),
        })
    }
}

fn clock_time(field: &'static str, text: &str) -> Result<Time, Wrong> {
    let wrong = || (field, format!("“{text}” is no time of the day: 09:00."));
    let (hour, minute) = text.split_once(':').filter(|_| text.len() == 5).ok_or_else(wrong)?;
    let (Ok(hour), Ok(minute)) = (hour.parse(), minute.parse()) else { return Err(wrong()) };
    Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

/// A day on which nobody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holiday {
    Once(Date),
    /// Month and day.
    Yearly(i8, i8),
}

fn holiday(text: &str) -> Result<Holiday, Wrong> {
    let wrong = || ("holidays", format!("“{text}” is no holiday: 2026-12-24 once, 12-25 every year."));
    if text.len() == 5 {
        // 2024 has every day that there is.
        let day: Date = format!("2024-{text}").parse().map_err(|_| wrong())?;
        return Ok(Holiday::Yearly(day.month(), day.day()));
    }
    text.parse().map(Holiday::Once).map_err(|_| wrong())
}

/// Hours that can be counted with.
#[derive(Clone, Debug)]
pub(crate) struct Working {
    zone: TimeZone,
    days: Vec<Weekday>,
    opens: Time,
    closes: Time,
    holidays: Vec<Holiday>,
    resolution: i64,
}

impl Working {
    /// The usual hours of a machine without a table of zones.
    pub(crate) fn by_utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            days: DAYS[..5].iter().map(|(_, day)| *day).collect(),
            opens: time(9, 0, 0, 0),
            closes: time(17, 0, 0, 0),
            holidays: Vec::new(),
            resolution: 16 * HOUR,
        }
    }

    /// When what is done now is archived.
    pub(crate) fn archived_at(&self, done: Millis) -> Millis {
        self.after(done, self.resolution)
    }

    /// The least time from Done to archived.
    pub(crate) fn shortest(&self) -> i64 {
        // Hours that were read close after they open.
        let day = (self.closes.duration_since(self.opens).as_mins() * MINUTE).max(MINUTE);
        self.resolution / day * DAY + self.resolution % day
    }

    /// When so much working time has passed since `from`. The end of a working day is the beginning of the next one.
    fn after(&self, from: Millis, span: i64) -> Millis {
        let mut left = span;
        let first = from.timestamp().to_zoned(self.zone.clone()).date();
        let days = first.series(jiff::Span::new().days(1)).take(MOST_DAYS).filter(|day| self.works(*day));
        for day in days {
            let at = |time: Time| day.to_datetime(time).to_zoned(self.zone.clone());
            let (Ok(opens), Ok(closes)) = (at(self.opens), at(self.closes)) else { continue };
            let begins = from.0.max(opens.timestamp().as_millisecond());
            let here = closes.timestamp().as_millisecond() - begins;
            if here > left {
                return Millis(begins + left);
            }
            left -= here.max(0);
        }
        from.plus(span)
    }

    fn works(&self, day: Date) -> bool {
        self.days.contains(&day.weekday())
            && !self.holidays.iter().any(|holiday| match *holiday {
                Holiday::Once(date) => date == day,
                Holiday::Yearly(month, of_month) => (day.month(), day.day()) == (month, of_month),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_DAYS: i64 = 16 * HOUR;

    #[test]
    fn only_working_hours_count() {
        let working = Hours::default().read().unwrap();
        for (from, span, until) in [
            // Wednesday afternoon to Friday afternoon.
            ("2026-05-20T14:30:00+02:00", TWO_DAYS, "2026-05-22T14:30:00+02:00"),
            // Over the weekend.
            ("2026-05-21T16:00:00+02:00", TWO_DAYS, "2026-05-25T16:00:00+02:00"),
            ("2026-05-23T12:00:00+02:00", TWO_DAYS, "2026-05-27T09:00:00+02:00"),
            // In the evening and in the early morning nobody works.
            ("2026-05-19T22:00:00+02:00", HOUR, "2026-05-20T10:00:00+02:00"),
            ("2026-05-20T04:00:00+02:00", HOUR, "2026-05-20T10:00:00+02:00"),
            // To the minute at closing time is the next morning.
            ("2026-05-20T16:00:00+02:00", HOUR, "2026-05-21T09:00:00+02:00"),
            // The clocks go back in between.
            ("2026-10-23T14:30:00+02:00", TWO_DAYS, "2026-10-27T14:30:00+01:00"),
            // Christmas on a Friday, the day after it on a Saturday, and New Year's Day.
            ("2026-12-23T14:30:00+01:00", TWO_DAYS, "2026-12-28T14:30:00+01:00"),
            ("2026-12-31T16:00:00+01:00", TWO_DAYS, "2027-01-05T16:00:00+01:00"),
        ] {
            let after = working.after(at(from), span);
            assert_eq!(after, at(until), "{from}: {after}");
        }
    }

    #[test]
    fn a_company_has_its_own_days() {
        let hours = Hours {
            zone: "Asia/Dubai".to_owned(),
            days: ["sun", "mon", "tue", "wed", "thu"].map(str::to_owned).to_vec(),
            opens: "08:30".to_owned(),
            closes: "12:00".to_owned(),
            holidays: vec!["2026-05-24".to_owned(), "02-29".to_owned()],
            resolution_minutes: 180,
        };
        // Thursday at eleven: an hour is left, Friday and Saturday are free, Sunday is a holiday.
        let archived = hours.read().unwrap().archived_at(at("2026-05-21T11:00:00+04:00"));
        assert_eq!(archived, at("2026-05-25T10:30:00+04:00"), "{archived}");
        assert_eq!(hours.read().unwrap().shortest(), 3 * HOUR);
        assert_eq!(Hours::default().read().unwrap().shortest(), 2 * DAY);
        assert_eq!(serde_json::from_value::<Hours>(serde_json::json!(hours)).unwrap(), hours);
    }

    #[test]
    fn wrong_hours_are_named() {
        let wrong = |change: fn(&mut Hours)| {
            let mut hours = Hours::default();
            change(&mut hours);
            hours.read().unwrap_err().0
        };
        assert_eq!(wrong(|hours| hours.zone = "Europe/Atlantis".to_owned()), "zone");
        assert_eq!(wrong(|hours| hours.days = vec!["montag".to_owned()]), "days");
        assert_eq!(wrong(|hours| hours.days.clear()), "days");
        assert_eq!(wrong(|hours| hours.opens = "9".to_owned()), "opens");
        assert_eq!(wrong(|hours| hours.closes = "09:00".to_owned()), "closes");
        assert_eq!(wrong(|hours| hours.closes = "25:00".to_owned()), "closes");
        assert_eq!(wrong(|hours| hours.holidays = vec!["2026-02-30".to_owned()]), "holidays");
        assert_eq!(wrong(|hours| hours.holidays = vec!["ä-01".to_owned()]), "holidays");
        assert_eq!(wrong(|hours| hours.resolution_minutes = -1), "resolution_minutes");
    }

    fn at(text: &str) -> Millis {
        Millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }
}
