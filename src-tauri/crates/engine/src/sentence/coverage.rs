//! What the cache does not cover, in words: said wherever a count is shown.

use jiff::{Timestamp, tz::TimeZone};
use muster_model::Match;
use muster_store::{Coverage, MANY_MISSING};

use super::grouped;

/// What is missing from the count of a filter, and what to do; none where the count is exact.
#[must_use]
pub fn missing(coverage: &Coverage, filter: &Match, is_file: bool, zone: &TimeZone) -> Option<String> {
    if coverage.is_complete_for(filter) {
        return None;
    }
    if !coverage.holds(filter) {
        return Some(match (is_file, coverage.since) {
            (true, _) => "The import was not finished: run musterctl import again.".to_owned(),
            (false, Some(since)) => format!(
                "Covers everything since {}. Older ones are still on their way from the help desk.",
                day(since, zone)
            ),
            (false, None) => {
                "The first sync has just begun: more is on its way from the help desk.".to_owned()
            }
        });
    }
    let n = coverage.without_messages;
    let many = if n >= MANY_MISSING { format!("more than {}", grouped(n)) } else { grouped(n) };
    let (of, are) = if n == 1 { ("conversation", "is") } else { ("conversations", "are") };
    let search = if is_file { "" } else { " Search for them at the help desk." };
    Some(format!(
        "The messages of {many} {of} {are} not on this computer: only subject, contact and preview were searched \
         there.{search}"
    ))
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_missing() {
        let note = |coverage: Coverage, filter: &Match| {
            missing(&coverage, filter, false, &TimeZone::UTC).unwrap_or_default()
        };
        let walking = Coverage {
            backfilling: true,
            since: Some("2025-03-01T12:00:00Z".parse().unwrap()),
            without_messages: 0,
        };
        assert_eq!(
            note(walking, &Match::Untagged),
            "Covers everything since 1 March 2025. Older ones are still on their way from the help desk."
        );
        let newer = Match::Updated { from: Some(1_800_000_000_000), before: None };
        assert_eq!(note(walking, &newer), "");
        let bare = Coverage { without_messages: 1_203, ..Coverage::default() };
        assert_eq!(note(bare, &Match::Untagged), "");
        assert!(
            note(bare, &Match::Word("a".into())).starts_with("The messages of 1,203 conversations are not")
        );
        assert_eq!(note(Coverage::default(), &Match::Word("a".into())), "");
    }
}
