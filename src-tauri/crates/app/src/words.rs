//! Words and figures for the window: initials, previews, moments.

use jiff::{Timestamp, Unit, tz::TimeZone};

/// One or two letters for an avatar.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words =
        name.split(|c: char| c.is_whitespace() || c == '-' || c == '@' || c == '.').filter(|w| !w.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let second = words.next().and_then(|word| word.chars().next());
    let letters: String = first.into_iter().chain(second.filter(|_| !name.contains('@'))).collect();
    letters.to_uppercase()
}

/// "Friday 22 May, 09:00"; with the year when it is another one.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if at.year() == now.year() { "%A %-d %B, %H:%M" } else { "%A %-d %B %Y, %H:%M" };
    at.strftime(format).to_string()
}

/// "in 18 h 28 min", "in 3 days"
#[must_use]
pub fn from_now(at: Timestamp, now: Timestamp) -> String {
    let minutes = at.duration_since(now).as_secs().max(0).div_euclid(60);
    let (days, hours, minutes) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("in {minutes} min"),
        (0, hours, 0) => format!("in {hours} h"),
        (0, hours, minutes) => format!("in {hours} h {minutes} min"),
        (1, 0, _) => "in 1 day".to_owned(),
        (1, hours, _) => format!("in 1 day {hours} h"),
        (days, ..) => format!("in {days} days"),
    }
}

/// "Berlin time": the last part of the zone's name.
#[must_use]
pub fn zone_name(zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
    format!("{city} time")
}

/// RFC 3339, to the millisecond.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    at.round(Unit::Millisecond).unwrap_or(at).to_string()
}

/// A count for the wire. No list of this program is longer than four billion.
#[must_use]
pub fn count(n: impl TryInto<u32>) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

/// The hue of a tag: the server's, else one that always stays the same for a name.
#[must_use]
pub fn tag_color(name: &str, given: Option<u8>) -> u8 {
    given.map_or_else(
        || u8::try_from(name.bytes().map(u32::from).sum::<u32>() % 8).unwrap_or(0),
        |color| color % 8,
    )
}

#[cfg(test)]
mod tests {
    use super::{from_now, initials};
    use jiff::Timestamp;
    use rstest::rstest;

    #[rstest]
    #[case("Mira Okafor", "MO")]
    #[case("盛田 健司", "盛健")]
    #[case("info@kiosk.example", "I")]
    #[case("", "")]
    fn initials_are_at_most_two_letters(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(initials(name), expected);
    }

    #[rstest]
    #[case(59, "in 0 min")]
    #[case(18 * 3600 + 28 * 60, "in 18 h 28 min")]
    #[case(2 * 3600, "in 2 h")]
    #[case(25 * 3600, "in 1 day 1 h")]
    #[case(5 * 86400, "in 5 days")]
    fn a_moment_from_now(#[case] secs: i64, #[case] expected: &str) {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(from_now(Timestamp::from_second(secs).expect("in range"), now), expected);
    }
}
