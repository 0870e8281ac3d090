//! How a job leaves, in a few words: "Drip, 100 every 5 h, Mon–Fri".

use jiff::tz::TimeZone;
use muster_model::{Day, Drip, IntervalUnit, Sending, When};

use super::grouped;

/// "Drip, 100 every 5 h, Mon–Fri, 09:00–17:00 Berlin time"; empty for what leaves at once.
#[must_use]
pub fn schedule(sending: &Sending, zone: &TimeZone) -> String {
    let mut parts = Vec::new();
    match &sending.when {
        When::AtOnce => {}
        When::At { at } => {
            parts.push(at.to_zoned(zone.clone()).strftime("%A %-d %B, %H:%M").to_string());
        }
        When::Drip(drip) => parts.extend(drip_words(drip, zone)),
    }
    parts.extend(sending.canary.map(|first| format!("{} first", grouped(u64::from(first)))));
    parts.join(", ")
}

fn drip_words(drip: &Drip, zone: &TimeZone) -> Vec<String> {
    let unit = match &drip.every.unit {
        IntervalUnit::Minutes => "min",
        IntervalUnit::Hours => "h",
        IntervalUnit::Days if drip.every.n == 1 => "day",
        IntervalUnit::Days => "days",
        IntervalUnit::Other(word) => word,
    };
    let every = match (drip.every.n, &drip.every.unit) {
        (1, IntervalUnit::Days) => "day".to_owned(),
        (n, _) => format!("{n} {unit}"),
    };
    let mut parts = vec!["Drip".to_owned(), format!("{} every {every}", grouped(u64::from(drip.batch)))];
    parts.extend(days(&drip.days));
    if let Some(window) = drip.window {
        let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        let city = drip.zone.rsplit('/').next().unwrap_or(&drip.zone).replace('_', " ");
        let elsewhere =
            if zone.iana_name() == Some(&drip.zone) { String::new() } else { format!(" {city} time") };
        parts.push(format!("{}–{}{elsewhere}", time(window.from), time(window.to)));
    }
    parts
}

/// "Mon–Fri", "Mon, Wed"; nothing for every day.
fn days(days: &[Day]) -> Option<String> {
    let week = [
        (Day::Mon, "Mon"),
        (Day::Tue, "Tue"),
        (Day::Wed, "Wed"),
        (Day::Thu, "Thu"),
        (Day::Fri, "Fri"),
        (Day::Sat, "Sat"),
        (Day::Sun, "Sun"),
    ];
    let places: Vec<usize> = (0..7).filter(|&place| days.contains(&week[place].0)).collect();
    match (places.first(), places.last()) {
        _ if places.len() == 7 => None,
        (Some(&first), Some(&last)) if places.len() > 2 && last - first + 1 == places.len() => {
            Some(format!("{}–{}", week[first].1, week[last].1))
        }
        (Some(_), _) => Some(places.iter().map(|&place| week[place].1).collect::<Vec<_>>().join(", ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::time};
    use muster_model::{Interval, Window};
    use rstest::rstest;

    use super::*;

    fn drip(n: u32, unit: IntervalUnit, days: Vec<Day>, window: Option<Window>) -> Sending {
        let every = Interval { n, unit };
        let zone = "Europe/Berlin".to_owned();
        let drip = Drip { start: Timestamp::UNIX_EPOCH, batch: 100, every, days, window, zone };
        Sending { when: When::Drip(drip), ..Sending::default() }
    }

    #[rstest]
    #[case(Sending::default(), "")]
    #[case(Sending { canary: Some(10), ..Sending::default() }, "10 first")]
    #[case(Sending { when: When::At { at: Timestamp::UNIX_EPOCH }, ..Sending::default() }, "Thursday 1 January, 00:00")]
    #[case(drip(5, IntervalUnit::Hours, vec![Day::Fri, Day::Mon, Day::Tue, Day::Wed, Day::Thu], None), "Drip, 100 every 5 h, Mon–Fri")]
    #[case(drip(1, IntervalUnit::Days, vec![Day::Mon, Day::Wed], None), "Drip, 100 every day, Mon, Wed")]
    #[case(drip(2, IntervalUnit::Days, vec![], Some(Window { from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) })), "Drip, 100 every 2 days, 09:00–17:00 Berlin time")]
    fn a_schedule_in_words(#[case] sending: Sending, #[case] expected: &str) {
        assert_eq!(schedule(&sending, &TimeZone::UTC), expected);
    }
}
