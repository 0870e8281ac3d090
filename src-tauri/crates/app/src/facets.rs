//! What is in a selection: exact figures per property, and what to look at before a sweeping change.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_engine::sentence::grouped;
use muster_model::{Conversation, Directory, Engagement, Handle};

use crate::view_filter::title;
use crate::wire::{Facet, FacetValue, SelectionSummary};
use crate::words::count;

/// Values shown of one facet.
const VALUES: usize = 8;
/// What changed so lately is still moving.
const MOVING: SignedDuration = SignedDuration::from_mins(5);

/// The figures of a selection.
#[must_use]
pub fn summary(
    conversations: &[Conversation],
    directory: &Directory,
    now: Timestamp,
    zone: &TimeZone,
) -> SelectionSummary {
    let agent = |handle: &Handle| {
        directory
            .agents
            .iter()
            .find(|agent| agent.handle == *handle)
            .map_or_else(|| handle.to_string(), |agent| agent.name.clone())
    };
    let team = |handle: &Handle| {
        directory
            .teams
            .iter()
            .find(|team| team.handle == *handle)
            .map_or_else(|| handle.to_string(), |team| team.name.clone())
    };
    let nobody = || "Nobody".to_owned();
    let with_us = conversations.iter().filter(|c| c.engagement == Engagement::Pending).count();
    let facets = [
        facet("Channel", tally(conversations, |c| title(c.channel.as_str()))),
        facet("Last update", by_age(conversations, now, zone)),
        facet("Team", tally(conversations, |c| c.assignee.team.as_ref().map_or_else(nobody, team))),
        facet(
            "Ball is with",
            vec![("Us".into(), with_us), ("The customer".into(), conversations.len() - with_us)],
        ),
        facet("Assigned to", tally(conversations, |c| c.assignee.agent.as_ref().map_or_else(nobody, agent))),
        facet("Priority", tally(conversations, |c| title(c.priority.as_str()))),
    ];
    SelectionSummary {
        count: count(conversations.len()),
        facets: facets.into_iter().filter(|facet| !facet.values.is_empty()).collect(),
        warning: warning(conversations, now),
    }
}

/// How many have each value, most first; ties by name.
fn tally(conversations: &[Conversation], value: impl Fn(&Conversation) -> String) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for conversation in conversations {
        *counts.entry(value(conversation)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// Today, this week (seven days), this month (thirty days), older.
fn by_age(conversations: &[Conversation], now: Timestamp, zone: &TimeZone) -> Vec<(String, usize)> {
    let today = now.to_zoned(zone.clone()).start_of_day().map_or(now, |start| start.timestamp());
    let days = |n: i64| now.checked_sub(SignedDuration::from_hours(24 * n)).unwrap_or(Timestamp::MIN);
    let (week, month) = (days(7), days(30));
    let mut figures = [0usize; 4];
    for conversation in conversations {
        let place = [today, week, month].iter().position(|start| conversation.updated >= *start).unwrap_or(3);
        if let Some(figure) = figures.get_mut(place) {
            *figure += 1;
        }
    }
    ["Today", "This week", "This month", "Over 30 days"].into_iter().map(str::to_owned).zip(figures).collect()
}

fn facet(title: &str, values: Vec<(String, usize)>) -> Facet {
    let values = values.into_iter().filter(|(_, n)| *n > 0).take(VALUES);
    Facet {
        title: title.into(),
        values: values.map(|(name, n)| FacetValue { name, count: count(n) }).collect(),
    }
}

/// "31 are tagged vip and 12 changed in the last five minutes."
fn warning(conversations: &[Conversation], now: Timestamp) -> Option<String> {
    let vip =
        conversations.iter().filter(|c| c.tags.iter().any(|tag| tag.eq_ignore_ascii_case("vip"))).count();
    let moving = conversations.iter().filter(|c| now.duration_since(c.updated) < MOVING).count();
    let mut parts = Vec::new();
    if vip > 0 {
        parts.push(format!("{} {} tagged vip", grouped(vip as u64), if vip == 1 { "is" } else { "are" }));
    }
    if moving > 0 {
        parts.push(format!("{} changed in the last five minutes", grouped(moving as u64)));
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join(" and ")))
}
