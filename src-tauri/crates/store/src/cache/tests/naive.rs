//! SQL and overlay together mean what `Match::matches` means on every conversation one by one.

use std::collections::{HashMap, HashSet};

use muster_model::{
    Author, Channel, Conversation, Engagement, FullText, Match, Preview, Priority, RemoteId, Resolved, Sort,
    SortKey, Status, Thread, contains_phrase, contains_word, tokens,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::open;
use crate::{
    Overlay, OverlayRow, PageRequest,
    overlay::{Places, in_order},
    testing::{at, conversation, handle, message},
};

const AGENTS: [&str; 3] = ["Jonas@Example.com", "mia@example.com", "ÖZGE@example.com"];
const TEAMS: [&str; 2] = ["Billing", "support"];
const TAGS: [&str; 4] = ["VIP", "payment-issue-2026-05", "needs review", "Größe"];
const TEXTS: [&str; 6] = [
    "",
    "Payment failed twice",
    "返品対応について",
    "Größe XL, please",
    "pay me back; twice-pay",
    "ПРИВЕТ мир",
];
const WORDS: [&str; 9] =
    ["pay", "Payment failed", "twice-pay", "対応", "返", "grosse", "привет", "?!", "noelle.c1"];

fn one(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

prop_compose! {
    fn a_conversation()(
        updated in 0i64..6, created in 0i64..3, waiting in option::of(0i64..3), inbound in option::of(0i64..6),
        status in select(vec!["active", "snoozed", "done", "archived", "spam", "parked"]),
        channel in select(vec!["email", "sms", "voice", "pigeon"]),
        priority in select(vec!["none", "low", "medium", "high", "urgent"]),
        agent in option::of(one(&AGENTS)), team in option::of(one(&TEAMS)),
        tags in vec(one(&TAGS), 0..3), followers in vec(one(&AGENTS), 0..2),
        is_ours in any::<bool>(), has_attachment in any::<bool>(),
        subject in one(&TEXTS), preview in option::of(one(&TEXTS)),
    ) -> Conversation {
        let mut made = conversation("", updated);
        made.created = at(created);
        made.waiting_since = waiting.map(at);
        made.last_inbound = inbound.map(at);
        made.status = Status::from(status);
        made.channel = Channel::from(channel);
        made.priority = Priority::from(priority);
        made.assignee.agent = agent.map(|agent| handle(&agent));
        made.assignee.team = team.map(|team| handle(&team));
        made.tags = tags;
        made.followers = followers.iter().map(|agent| handle(agent)).collect();
        made.engagement = if is_ours { Engagement::Pending } else { Engagement::Engaged };
        made.has_attachment = has_attachment;
        made.subject = subject;
        made.preview = preview.map(|text| Preview { text, from: Author::Customer });
        made
    }
}

fn a_term() -> impl Strategy<Value = Match> {
    let range = || (option::of(0i64..7000), option::of(0i64..7000));
    prop_oneof![
        Just(Match::All),
        Just(Match::Nothing),
        vec(select(vec![Status::Active, Status::Done, Status::Spam]), 0..3).prop_map(Match::Status),
        Just(Match::Unread),
        Just(Match::Unknown),
        Just(Match::Held),
        Just(Match::Pending),
        vec(one(&TAGS).prop_map(|tag| tag.to_lowercase()), 1..3).prop_map(Match::Tag),
        vec(option::of(one(&AGENTS).prop_map(|agent| agent.to_lowercase())), 1..3).prop_map(Match::Agent),
        vec(option::of(one(&TEAMS).prop_map(|team| team.to_lowercase())), 1..3).prop_map(Match::Team),
        vec(select(vec![Channel::Email, Channel::Voice]), 1..3).prop_map(Match::Channel),
        (0u8..5, 0u8..5).prop_map(|(low, high)| Match::PriorityRank(low, high)),
        range().prop_map(|(from, before)| Match::Updated { from, before }),
        range().prop_map(|(from, before)| Match::Created { from, before }),
        vec(one(&AGENTS).prop_map(|agent| agent.to_lowercase()), 1..3).prop_map(Match::Follows),
        Just(Match::HasAttachment),
        select(vec!["noelle", "osterberg", ".c2@", "nobody"]).prop_map(|part| Match::From(part.into())),
        one(&WORDS).prop_map(Match::Subject),
        select(vec![Engagement::Pending, Engagement::Engaged]).prop_map(Match::Engagement),
        Just(Match::Untagged),
        one(&WORDS).prop_map(Match::Word),
        one(&WORDS).prop_map(Match::Phrase),
    ]
}

fn a_filter() -> impl Strategy<Value = Match> {
    a_term().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Match::And),
            vec(inner.clone(), 0..4).prop_map(Match::Or),
            inner.prop_map(|part| Match::Not(Box::new(part))),
        ]
    })
}

fn a_sort() -> impl Strategy<Value = Sort> {
    let key = select(vec![SortKey::Updated, SortKey::Created, SortKey::Waiting, SortKey::Priority]);
    (key, any::<bool>()).prop_map(|(key, reversed)| Sort { key, reversed })
}

/// Everything that happens to one conversation: as cached, its messages, as overlaid, and its marks.
#[derive(Clone, Debug)]
struct World {
    base: Conversation,
    messages: Option<Vec<String>>,
    overlaid: Option<(Conversation, bool)>,
    read: Option<i64>,
    follow: Option<bool>,
    is_unknown: bool,
    is_held: bool,
}

prop_compose! {
    fn a_world()(
        base in a_conversation(), messages in option::of(vec(one(&TEXTS), 0..3)),
        overlaid in option::weighted(0.3, (a_conversation(), any::<bool>())),
        read in option::of(0i64..6000), follow in option::of(any::<bool>()),
        is_unknown in prop::bool::weighted(0.2), is_held in prop::bool::weighted(0.2),
    ) -> World {
        World { base, messages, overlaid, read, follow, is_unknown, is_held }
    }
}

/// The full text as the cache has it, in pieces that no phrase spans.
struct Texts(HashMap<RemoteId, Vec<Vec<String>>>);

impl FullText for Texts {
    fn word(&self, id: &RemoteId, word: &str) -> bool {
        // A word's groups may stand in different pieces.
        let all: Vec<String> =
            self.0[id].iter().flat_map(|piece| [piece.clone(), vec!["¶".into()]]).flatten().collect();
        contains_word(&all, word)
    }

    fn phrase(&self, id: &RemoteId, phrase: &str) -> bool {
        self.0[id].iter().any(|piece| contains_phrase(piece, phrase))
    }
}

fn texts(worlds: &[World]) -> Texts {
    let pieces = |world: &World| {
        let base = &world.base;
        let mut texts = vec![base.subject.clone(), base.contact.name.clone()];
        texts.extend(base.contact.email.clone());
        texts.extend(base.preview.as_ref().map(|preview| preview.text.clone()));
        texts.extend(world.messages.iter().flatten().cloned());
        texts.iter().map(|text| tokens(text)).collect()
    };
    Texts(worlds.iter().map(|world| (world.base.id.clone(), pieces(world))).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn sql_means_what_matches_means(
        mut worlds in vec(a_world(), 1..14), filters in vec(a_filter(), 1..5), sort in a_sort(), limit in 1usize..5,
    ) {
        let (_folder, cache) = open();
        for (number, world) in worlds.iter_mut().enumerate() {
            let id = RemoteId::new(format!("c{number}"));
            world.base.contact.email = Some(format!("noelle.{id}@kunde.example"));
            if let Some((overlaid, _)) = &mut world.overlaid {
                // An effect changes what the agent can change; the person, the text and the order stay.
                let base = world.base.clone();
                *overlaid = Conversation {
                    status: overlaid.status.clone(), priority: overlaid.priority.clone(),
                    assignee: overlaid.assignee.clone(), tags: overlaid.tags.clone(),
                    followers: overlaid.followers.clone(), ..base
                };
                overlaid.id = id.clone();
            }
            world.base.id = id;
        }
        let bases: Vec<Conversation> = worlds.iter().map(|world| world.base.clone()).collect();
        cache.apply_page(&bases, &[], "p", false, None, at(9)).unwrap();
        for world in &worlds {
            if let Some(texts) = &world.messages {
                let messages = texts.iter().enumerate().map(|(n, text)| message(&n.to_string(), 1, text)).collect();
                cache.put_thread(&Thread { conversation: world.base.clone(), messages }, at(9)).unwrap();
            }
        }
        let id = |world: &World| world.base.id.clone();
        let overlay = Overlay::new(
            Some(handle("jonas@example.com")),
            worlds.iter().filter_map(|world| world.overlaid.as_ref().map(|(overlaid, is_pending)| {
                let pending = if *is_pending { vec!["status".to_owned()] } else { Vec::new() };
                (id(world), OverlayRow::new(&world.base, overlaid.clone(), pending, None))
            })).collect(),
            worlds.iter().filter_map(|world| world.read.map(|at| (id(world), at))).collect(),
            worlds.iter().filter_map(|world| world.follow.map(|on| (id(world), on))).collect(),
            worlds.iter().filter(|world| world.is_unknown).map(id).collect::<HashSet<_>>(),
            worlds.iter().filter(|world| world.is_held).map(id).collect::<HashSet<_>>(),
        );
        let text = texts(&worlds);
        let mut counts = Vec::new();
        for filter in &filters {
            let mut expected: Vec<(i64, Conversation)> = worlds.iter().filter_map(|world| {
                let seen = overlay.apply(world.base.clone());
                let place = Places::of(&world.base).by(sort.key);
                filter.matches(&overlay.seen(&seen), &text).then_some((place, seen))
            }).collect();
            expected.sort_by(|(a, x), (b, y)| in_order((*a, x.id.as_str()), (*b, y.id.as_str()), sort));
            let expected: Vec<Conversation> = expected.into_iter().map(|(_, seen)| seen).collect();
            counts.push(expected.len() as u64);

            let query = Resolved { filter: filter.clone(), sort };
            let mut listed = Vec::new();
            let mut after = None;
            loop {
                let page = cache.list(&query, &overlay, &PageRequest { after, limit }).unwrap();
                prop_assert!(page.rows.len() <= limit);
                listed.extend(page.rows.into_iter().map(|row| row.conversation));
                after = page.next;
                if after.is_none() { break }
            }
            prop_assert_eq!(&listed, &expected);
            let ids: Vec<RemoteId> = expected.iter().map(|seen| seen.id.clone()).collect();
            prop_assert_eq!(cache.matching_ids(&query, &overlay).unwrap(), ids);
            prop_assert_eq!(cache.count(filter, &overlay).unwrap(), expected.len() as u64);
        }
        prop_assert_eq!(cache.counts(&filters, &overlay).unwrap(), counts);
    }
}
