//! From what was typed to what it means at one moment: ages and days become instants, `me` becomes a name.

use jiff::{civil::Date, tz::TimeZone};

use super::{Age, AgeUnit, Dates, Filter, Has, Is, Match, Moment, PriorityRange, Query, Resolved, Term, Who};
use crate::{Engagement, Priority, Status, fold};

impl Query {
    /// What this query means at `moment`. The result never changes its meaning afterwards.
    #[must_use]
    pub fn resolve(&self, moment: &Moment) -> Resolved {
        Resolved { filter: self.filter.resolve(moment), sort: self.sort }
    }
}

impl Filter {
    /// What this filter means at `moment`.
    #[must_use]
    pub fn resolve(&self, moment: &Moment) -> Match {
        match self {
            Self::All => Match::All,
            Self::And(parts) => Match::And(parts.iter().map(|part| part.resolve(moment)).collect()),
            Self::Or(parts) => Match::Or(parts.iter().map(|part| part.resolve(moment)).collect()),
            Self::Not(part) => Match::Not(Box::new(part.resolve(moment))),
            Self::Term(term) => term.resolve(moment),
        }
    }
}

impl Term {
    fn resolve(&self, moment: &Moment) -> Match {
        match self {
            Self::Is(values) => resolve_is(values),
            Self::Tag(names) => Match::Tag(names.iter().map(|name| name.to_lowercase()).collect()),
            Self::Assignee(who) => named_or_nothing(who, moment, Match::Agent),
            Self::Team(who) => named_or_nothing(who, moment, Match::Team),
            Self::Channel(channels) => Match::Channel(channels.clone()),
            Self::Priority(range) => resolve_priority(range),
            Self::Older(age) => Match::Updated { from: None, before: Some(ago(*age, moment)) },
            Self::Newer(age) => Match::Updated { from: Some(ago(*age, moment)), before: None },
            Self::Updated(dates) => {
                let (from, before) = bounds(*dates, &moment.zone);
                Match::Updated { from, before }
            }
            Self::Created(dates) => {
                let (from, before) = bounds(*dates, &moment.zone);
                Match::Created { from, before }
            }
            Self::Follows(who) => {
                named_or_nothing(who, moment, |names| Match::Follows(names.into_iter().flatten().collect()))
            }
            Self::Mentions(who) => {
                named_or_nothing(who, moment, |names| Match::Mentions(names.into_iter().flatten().collect()))
            }
            Self::Has(values) => {
                any(values.iter().map(|Has::Attachment| Match::HasAttachment).take(1).collect())
            }
            Self::From(values) => any(values.iter().map(|value| Match::From(fold(value))).collect()),
            Self::Subject(values) => any(values.iter().cloned().map(Match::Subject).collect()),
            Self::Engaged(true) => Match::Engagement(Engagement::Engaged),
            Self::Engaged(false) => Match::Engagement(Engagement::Pending),
            Self::Unassigned => Match::And(vec![Match::Agent(vec![None]), Match::Team(vec![None])]),
            Self::Untagged => Match::Untagged,
            Self::Word(word) => Match::Word(word.clone()),
            Self::Phrase(phrase) => Match::Phrase(phrase.clone()),
        }
    }
}

/// One of several; one alone stands for itself, none matches nothing.
fn any(mut parts: Vec<Match>) -> Match {
    match parts.len() {
        0 | 1 => parts.pop().unwrap_or(Match::Nothing),
        _ => Match::Or(parts),
    }
}

fn resolve_is(values: &[Is]) -> Match {
    let statuses: Vec<Status> = values
        .iter()
        .filter_map(|value| if let Is::Status(status) = value { Some(status.clone()) } else { None })
        .collect();
    let mut parts = Vec::new();
    if !statuses.is_empty() {
        parts.push(Match::Status(statuses));
    }
    parts.extend(values.iter().filter_map(|value| match value {
        Is::Status(_) => None,
        Is::Unread => Some(Match::Unread),
        Is::Unknown => Some(Match::Unknown),
        Is::Held => Some(Match::Held),
        Is::Pending => Some(Match::Pending),
    }));
    any(parts)
}

/// The names in lower case; `me` disappears while nobody knows who that is.
fn named_or_nothing(who: &[Who], moment: &Moment, make: impl FnOnce(Vec<Option<String>>) -> Match) -> Match {
    let names: Vec<Option<String>> = who
        .iter()
        .filter_map(|who| match who {
            Who::Me => moment.me.as_ref().map(|me| Some(me.as_str().to_lowercase())),
            Who::Nobody => Some(None),
            Who::Named(handle) => Some(Some(handle.as_str().to_lowercase())),
        })
        .collect();
    if names.is_empty() { Match::Nothing } else { make(names) }
}

fn resolve_priority(range: &PriorityRange) -> Match {
    match range {
        PriorityRange::Any(priorities) => any(priorities
            .iter()
            .map(|priority| Match::PriorityRank(priority.rank(), priority.rank()))
            .collect()),
        PriorityRange::AtLeast(priority) => Match::PriorityRank(priority.rank(), Priority::Urgent.rank()),
        PriorityRange::AtMost(priority) => Match::PriorityRank(Priority::None.rank(), priority.rank()),
    }
}

/// The instant `age` before now.
fn ago(age: Age, moment: &Moment) -> i64 {
    let minutes = match age.unit {
        AgeUnit::Minutes => 1,
        AgeUnit::Hours => 60,
        AgeUnit::Days => 24 * 60,
        AgeUnit::Weeks => 7 * 24 * 60,
    };
    moment.now.as_millisecond() - i64::from(age.count) * minutes * 60_000
}

fn bounds(dates: Dates, zone: &TimeZone) -> (Option<i64>, Option<i64>) {
    let before = dates.to.map(|day| day.tomorrow().map_or(i64::MAX, |next| day_start(next, zone)));
    (dates.from.map(|day| day_start(day, zone)), before)
}

/// When `day` begins in `zone`; at the ends of the calendar the end of time on that side.
fn day_start(day: Date, zone: &TimeZone) -> i64 {
    match day.to_zoned(zone.clone()) {
        Ok(start) => start.timestamp().as_millisecond(),
        Err(_) if day.year() > 0 => i64::MAX,
        Err(_) => i64::MIN,
    }
}
