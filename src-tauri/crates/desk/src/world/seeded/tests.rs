//! What the made-up world must hold, whatever the phrases.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const NOW: Millis = Millis(1_779_287_400_000);

fn count(world: &World, holds: impl Fn(&NewConversation) -> bool) -> usize {
    world.conversations.iter().filter(|conversation| holds(conversation)).count()
}

#[test]
fn the_same_seed_makes_the_same_world() {
    assert_eq!(seeded(1, 300, NOW), seeded(1, 300, NOW));
    assert_ne!(seeded(1, 300, NOW), seeded(2, 300, NOW));
}

#[test]
fn figures() {
    for seed in [1, 2, 42] {
        let world = seeded(seed, 2_000, NOW);
        let status = |status: &str| count(&world, |one| one.status == status);
        assert_eq!(
            ["active", "snoozed", "done", "archived", "spam"].map(status),
            [1284, 96, 412, 193, 15],
            "seed {seed}"
        );
        assert_eq!((world.agents.len(), world.teams.len(), world.tags.len()), (14, 4, 60));
        let active = |one: &NewConversation| one.status == "active";
        assert_eq!(count(&world, |one| active(one) && one.agent.as_deref() == Some(ME)), 24);
        assert_eq!(count(&world, |one| active(one) && one.agent.is_none() && one.team.is_none()), 61);
        assert_eq!(count(&world, |one| one.followers.iter().any(|follower| follower == ME)), 9);
        let teams =
            TEAMS.map(|(team, _)| count(&world, |one| active(one) && one.team.as_deref() == Some(team)));
        assert_eq!(teams, TEAM_SHARES);
    }
}

#[test]
fn the_incident() {
    let world = seeded(1, 2_000, NOW);
    assert_eq!(count(&world, is_incident), 142);
    let incident: Vec<_> = world.conversations.iter().filter(|one| is_incident(one)).collect();
    assert!(incident.iter().all(|one| one.status == "active"));
    let mut channels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut closed = 0;
    let mut people: BTreeMap<usize, usize> = BTreeMap::new();
    for one in &incident {
        *channels.entry(&one.channel).or_default() += 1;
        *people.entry(one.contact).or_default() += 1;
        if matches!(one.channel.as_str(), "whatsapp" | "instagram" | "facebook") {
            let heard =
                one.entries.iter().filter(|entry| entry.what == What::Customer).map(|entry| entry.at).max();
            let hours = (NOW.0 - heard.unwrap().0) / HOUR;
            assert!(!(20..=25).contains(&hours), "{hours}");
            closed += usize::from(hours > 25);
        }
    }
    assert_eq!(channels, BTreeMap::from(INCIDENT_CHANNELS));
    assert_eq!(closed, 7);
    assert_eq!(people.values().filter(|times| **times == 2).count(), TWICE);
    let contact = |one: &&NewConversation| world.contacts[one.contact].clone();
    let nameless =
        incident.iter().map(contact).filter(|contact| contact.name.is_empty() || contact.name.contains('@'));
    assert_eq!(nameless.count(), NAMELESS.len());
    assert!(incident.iter().map(contact).any(|contact| contact.email.as_deref() == Some(NO_REPLY.1)));
}

#[test]
fn threads_are_whole() {
    let world = seeded(1, 2_000, NOW);
    let mut subjects = BTreeSet::new();
    for one in &world.conversations {
        assert_eq!(one.entries[0].what, What::Customer, "{}", one.subject);
        assert!(one.entries.is_sorted_by_key(|entry| entry.at), "{}: {:?}", one.subject, one.entries);
        assert!(one.entries.iter().all(|entry| entry.at <= NOW.plus(MINUTE)));
        for text in one.entries.iter().map(|entry| &entry.text).chain([&one.subject]) {
            assert!(!text.contains(['{', '}']), "{text}");
        }
        subjects.insert(&one.subject);
    }
    let long = count(&world, |one| one.entries.len() >= 40);
    assert_eq!(long, saga::SUBJECTS.len());
    assert!(subjects.len() > 900, "{}", subjects.len());
    assert!(count(&world, |one| one.subject.is_empty()) > 5);
    let channels: BTreeSet<_> = world.conversations.iter().map(|one| one.channel.as_str()).collect();
    assert_eq!(channels.len(), 7);
    let files = world.conversations.iter().flat_map(|one| &one.entries).flat_map(|entry| &entry.files);
    assert!(files.count() > 20);
    let quoting = |entry: &&Entry| entry.html.is_some() && entry.text.contains("\n> ");
    assert!(world.conversations.iter().flat_map(|one| &one.entries).filter(quoting).count() > 20);
}

#[test]
fn small_worlds_too() {
    for conversations in [0, 1, 12, 13, 40, 100] {
        assert_eq!(seeded(1, conversations, NOW).conversations.len(), conversations);
    }
}
