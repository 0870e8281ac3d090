//! Index and overlay together mean what `Match::matches` means on every conversation one by one, with the effects of each
//! job put on by hand.

use std::{collections::HashMap, sync::Arc};

use muster_model::{
    AudienceItem, Author, Channel, Conversation, Effect, Engagement, FullText, Handle, Match, Message,
    OwnEffect, Preview, Priority, RemoteId, Resolved, Seen, SnoozeUntil, Sort, SortKey, Status, StatusChange,
    Thread, contains_phrase, contains_word, put_on, puts_away, tokens,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::open;
use crate::{
    Cache, Overlay, PageRequest, Recipients,
    cache::cold::first_page,
    journal::Audience,
    overlay::{
        Parts, in_order,
        layer::{Claimed, Layer, Stands},
    },
    testing::{at, conversation, handle, key, message},
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
        vec(one(&AGENTS).prop_map(|agent| agent.to_lowercase()), 1..3).prop_map(Match::Mentions),
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

/// Everything that happens to one conversation: as cached, its messages, and its marks.
#[derive(Clone, Debug)]
struct World {
    base: Conversation,
    messages: Option<Vec<String>>,
    read: Option<i64>,
    follow: Option<bool>,
    is_unknown: bool,
    is_held: bool,
}

prop_compose! {
    fn a_world()(
        base in a_conversation(), stamp in 1i64..4, messages in option::of(vec(one(&TEXTS), 0..3)),
        read in option::of(0i64..6000), follow in option::of(any::<bool>()),
        is_unknown in prop::bool::weighted(0.2), is_held in prop::bool::weighted(0.2),
    ) -> World {
        World { base: Conversation { stamp, ..base }, messages, read, follow, is_unknown, is_held }
    }
}

fn an_effect() -> impl Strategy<Value = Effect> {
    let statuses = vec![
        StatusChange::Active,
        StatusChange::Done,
        StatusChange::Spam,
        StatusChange::Archived,
        StatusChange::Snoozed(SnoozeUntil::Reply),
    ];
    prop_oneof![
        Just(Effect::Reply),
        Just(Effect::Note),
        select(statuses).prop_map(Effect::Status),
        option::of(one(&AGENTS)).prop_map(|who| Effect::Assignee(who.map(|who| handle(&who)))),
        option::of(one(&TEAMS)).prop_map(|who| Effect::Team(who.map(|who| handle(&who)))),
        one(&TAGS).prop_map(Effect::TagAdd),
        one(&TAGS).prop_map(|tag| Effect::TagRemove(tag.to_lowercase())),
        Just(Effect::TagClear),
        select(vec!["none", "high", "urgent"]).prop_map(|word| Effect::Priority(Priority::from(word))),
        any::<bool>().prop_map(Effect::Follow),
        Just(Effect::Delete),
    ]
}

/// One conversation in a job: what was known of it, effects of its own, and how far it is where it was claimed.
#[derive(Clone, Debug)]
struct Part {
    last_inbound: Option<i64>,
    own: Option<Vec<Effect>>,
    claimed: Option<(Option<i64>, Vec<Option<Stands>>)>,
}

/// A job over the first conversations.
#[derive(Clone, Debug)]
struct Job {
    effects: Vec<Effect>,
    parts: Vec<Option<Part>>,
    shows_remaining: bool,
    due_before: u32,
    /// Audience that is not cached any more: makes the layer a large one.
    gone: usize,
}

fn a_part() -> impl Strategy<Value = Part> {
    let stands = || {
        prop_oneof![
            Just(None),
            Just(Some(Stands::Remaining)),
            (0i64..5).prop_map(|at| Some(Stands::Applied(at)))
        ]
    };
    (
        option::of(0i64..6000),
        option::weighted(0.3, vec(an_effect(), 0..3)),
        option::of((option::weighted(0.2, 0i64..6000), vec(stands(), 0..4))),
    )
        .prop_map(|(last_inbound, own, claimed)| Part { last_inbound, own, claimed })
}

prop_compose! {
    fn a_job()(
        effects in vec(an_effect(), 0..4), parts in vec(option::weighted(0.6, a_part()), 14),
        shows_remaining in prop::bool::weighted(0.8), due_before in select(vec![3u32, u32::MAX, u32::MAX]),
        gone in select(vec![0usize, 0, 2500]),
    ) -> Job {
        Job { effects, parts, shows_remaining, due_before, gone }
    }
}

impl Job {
    /// The worlds that this job is about, in the order of its audience.
    fn members<'a>(&'a self, worlds: &'a [World]) -> impl Iterator<Item = (&'a World, &'a Part)> {
        worlds.iter().zip(&self.parts).filter_map(|(world, part)| Some((world, part.as_ref()?)))
    }

    fn layer(&self, seq: i64, worlds: &[World]) -> Arc<Layer> {
        let item = |id: RemoteId, part: Option<&Part>| AudienceItem {
            id,
            stamp: 1,
            last_inbound: part.and_then(|part| part.last_inbound),
            last_outbound: None,
            values: Vec::new(),
            verdict: "will_change".into(),
            takes_part: true,
            channel: Channel::Email,
            with_files: false,
            approved: false,
            own: part
                .and_then(|part| part.own.clone())
                .map(|own| own.into_iter().map(|effect| OwnEffect { effect, expects: None }).collect()),
        };
        let mut items: Vec<AudienceItem> =
            self.members(worlds).map(|(world, part)| item(world.base.id.clone(), Some(part))).collect();
        items.extend((0..self.gone).map(|n| item(RemoteId::new(format!("gone{n}")), None)));
        let mut layer =
            Layer::new(seq, at(3), self.effects.clone(), Arc::new(Audience::of(Recipients::from(items))));
        layer.shows_remaining = self.shows_remaining;
        layer.due_before = self.due_before;
        for (no, (_, part)) in (0u32..).zip(self.members(worlds)) {
            if let Some((seen, stands)) = &part.claimed {
                let n = part.own.as_ref().unwrap_or(&self.effects).len();
                let effects = (0u32..).zip(stands.iter().take(n));
                let effects = effects.filter_map(|(ordinal, stands)| Some((ordinal, (*stands)?)));
                layer.set_claimed(no, Claimed { seen: *seen, effects: effects.collect() });
            }
        }
        Arc::new(layer)
    }

    /// Lays the job over a conversation, and says whether something of it is pending: the rule, spelled out.
    fn lay(&self, worlds: &[World], shown: &mut Conversation, me: &Handle) -> bool {
        let Some((no, (world, part))) =
            (0u32..).zip(self.members(worlds)).find(|(_, (world, _))| world.base.id == shown.id)
        else {
            return false;
        };
        let effects = part.own.as_ref().unwrap_or(&self.effects);
        let standing: Vec<(&Effect, Stands)> = match &part.claimed {
            Some((_, stands)) => {
                effects.iter().zip(stands).filter_map(|(effect, stands)| Some((effect, (*stands)?))).collect()
            }
            None if no < self.due_before => {
                effects.iter().map(|effect| (effect, Stands::Remaining)).collect()
            }
            None => Vec::new(),
        };
        let known = part.last_inbound.max(part.claimed.as_ref().and_then(|(seen, _)| *seen));
        let customer_wrote = world.base.last_inbound.map(|at| at.as_millisecond()) > known;
        let mut is_pending = false;
        for (effect, stands) in standing {
            match stands {
                Stands::Applied(stamp) if stamp > world.base.stamp => put_on(shown, effect, me, at(3)),
                Stands::Applied(_) => {}
                Stands::Remaining if !self.shows_remaining => {}
                Stands::Remaining => {
                    is_pending = true;
                    if *effect != Effect::Reply && !(customer_wrote && puts_away(effect)) {
                        put_on(shown, effect, me, at(3));
                    }
                }
            }
        }
        is_pending
    }
}

/// What happened to the cache before: pages with conversations that were otherwise then, or are no more, and which
/// process looked after each.
type Past = Vec<(Vec<(u8, Conversation, bool)>, bool, bool)>;

fn a_past() -> impl Strategy<Value = Past> {
    let page = vec((0u8..20, a_conversation(), any::<bool>()), 0..8);
    vec((page, any::<bool>(), any::<bool>()), 0..4)
}

/// The names go up to 19, of which the tests that follow write less than 14: the others are taken out in the end.
fn live_through(past: &Past, cache: &Cache, second: &Cache) {
    for (page, writer_looks, other_looks) in past {
        let mut there = HashMap::new();
        for (number, was, is_gone) in page {
            let id = RemoteId::new(format!("c{number}"));
            there.insert(id.clone(), (Conversation { id, stamp: 0, ..was.clone() }, *is_gone));
        }
        let upserts: Vec<Conversation> =
            there.values().filter(|(_, is_gone)| !is_gone).map(|(was, _)| was.clone()).collect();
        let gone: Vec<RemoteId> =
            there.values().filter(|(_, is_gone)| *is_gone).map(|(was, _)| was.id.clone()).collect();
        cache.apply_page(&upserts, &gone, "past", false, None, at(1)).unwrap();
        for (looks, reader) in [(writer_looks, cache), (other_looks, second)] {
            if *looks {
                let all = reader
                    .matching_ids(&Resolved { filter: Match::All, sort: Sort::default() }, &Overlay::empty());
                assert_eq!(all.unwrap().len() as u64, reader.sync_state().unwrap().cached);
            }
        }
    }
    let all: Vec<RemoteId> = (0..20).map(|number| RemoteId::new(format!("c{number}"))).collect();
    // Half of what was there comes back under a name that is known, half is written over.
    let gone: Vec<RemoteId> =
        all.iter().enumerate().filter(|(n, _)| *n >= 14 || n % 2 == 0).map(|(_, id)| id.clone()).collect();
    cache.apply_page(&[], &gone, "past", false, None, at(1)).unwrap();
    if past.len() < 3 {
        let left: Vec<RemoteId> = all.into_iter().filter(|id| !gone.contains(id)).collect();
        cache.apply_page(&[], &left, "past", false, None, at(1)).unwrap();
    } else {
        // Some stay until the sync that follows a fresh start finds them gone.
        cache.clear_for_full_sync().unwrap();
    }
}

/// The full text as the cache has it, in pieces that no phrase spans.
struct Texts(HashMap<RemoteId, Vec<Vec<String>>>, HashMap<RemoteId, Vec<Handle>>);

/// Whom a message of this text calls: some call one, some two, most nobody.
fn called(text: &str) -> Vec<Handle> {
    let agents = AGENTS.iter().enumerate().filter(|(n, _)| text.len().is_multiple_of(n + 3));
    agents.map(|(_, agent)| Handle::from(*agent)).collect()
}

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

    fn mentions(&self, id: &RemoteId, names: &[String]) -> bool {
        self.1[id].iter().any(|handle| names.contains(&handle.as_str().to_lowercase()))
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
    let calls = |world: &World| world.messages.iter().flatten().flat_map(|text| called(text)).collect();
    Texts(
        worlds.iter().map(|world| (world.base.id.clone(), pieces(world))).collect(),
        worlds.iter().map(|world| (world.base.id.clone(), calls(world))).collect(),
    )
}

/// The overlay of these jobs and marks.
fn overlay_of(me: &Handle, worlds: &[World], jobs: &[Job]) -> Overlay {
    let id = |world: &World| world.base.id.clone();
    Overlay::new(Parts {
        me: Some(me.clone()),
        layers: (1i64..).zip(jobs).map(|(seq, job)| job.layer(seq, worlds)).collect(),
        reads: Arc::new(worlds.iter().filter_map(|world| Some((id(world), world.read?))).collect()),
        follows: Arc::new(worlds.iter().filter_map(|world| Some((id(world), world.follow?))).collect()),
        marks: 0,
        unknown: worlds.iter().filter(|world| world.is_unknown).map(id).collect(),
        held: worlds.iter().filter(|world| world.is_held).map(id).collect(),
    })
}

/// What a filter finds, evaluated conversation by conversation.
fn expected(
    filter: &Match,
    sort: Sort,
    me: &Handle,
    worlds: &[World],
    jobs: &[Job],
    text: &Texts,
) -> Vec<Conversation> {
    let mut found: Vec<((i64, String), Conversation)> = Vec::new();
    for world in worlds {
        let mut shown = world.base.clone();
        let mut pending = false;
        for job in jobs {
            pending |= job.lay(worlds, &mut shown, me);
        }
        let waits_for_us = shown.engagement == Engagement::Pending && shown.status == Status::Active;
        let seen = Seen {
            conversation: &shown,
            me: Some(me.as_str()),
            read_at: world.read.or(if waits_for_us { None } else { Some(i64::MAX) }),
            locally_followed: world.follow == Some(true),
            pending,
            unknown: world.is_unknown,
            held: world.is_held,
        };
        if filter.matches(&seen, text) {
            // A pending change does not move a conversation.
            found.push(((place(&world.base, sort.key), shown.id.to_string()), shown));
        }
    }
    found.sort_by(|((a, x), _), ((b, y), _)| in_order((*a, x), (*b, y), sort));
    found.into_iter().map(|(_, shown)| shown).collect()
}

/// Where a conversation stands in an order, as a number that rises down the list.
fn place(base: &Conversation, sort: SortKey) -> i64 {
    match sort {
        SortKey::Updated => -base.updated.as_millisecond(),
        SortKey::Created => -base.created.as_millisecond(),
        SortKey::Waiting => base.waiting_since.map_or(i64::MAX, |at| at.as_millisecond()),
        SortKey::Priority => -i64::from(base.priority.rank()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_index_means_what_matches_means(
        mut worlds in vec(a_world(), 1..14), jobs in vec(a_job(), 0..4), mut filters in vec(a_filter(), 1..5),
        sort in a_sort(), limit in 1usize..5, past in a_past(),
    ) {
        let (folder, cache) = open();
        // A second process, which looks now and then and has to catch up.
        let second = Cache::open(folder.path(), &key()).unwrap();
        live_through(&past, &cache, &second);
        for (number, world) in worlds.iter_mut().enumerate() {
            let id = RemoteId::new(format!("c{number}"));
            world.base.contact.email = Some(format!("noelle.{id}@kunde.example"));
            world.base.id = id;
        }
        let bases: Vec<Conversation> = worlds.iter().map(|world| world.base.clone()).collect();
        cache.apply_page(&bases, &[], "p", false, None, at(9)).unwrap();
        for world in &worlds {
            if let Some(texts) = &world.messages {
                let said = texts.iter().enumerate();
                let messages = said.map(|(n, text)| Message { mentions: called(text), ..message(&n.to_string(), 1, text) }).collect();
                cache.put_thread(&Thread { conversation: world.base.clone(), messages }, at(9)).unwrap();
            }
        }
        let me = handle("jonas@example.com");
        let overlay = overlay_of(&me, &worlds, &jobs);
        let text = texts(&worlds);
        let mut counts = Vec::new();
        filters.push(Match::Pending);
        for filter in &filters {
            let expected = expected(filter, sort, &me, &worlds, &jobs, &text);
            counts.push(expected.len() as u64);

            let query = Resolved { filter: filter.clone(), sort };
            let mut listed = Vec::new();
            let mut after = None;
            loop {
                let page = cache.list(&query, &overlay, &PageRequest { after, limit }).unwrap();
                prop_assert!(page.rows.len() <= limit);
                for row in &page.rows {
                    prop_assert_eq!(row.marks.pending, !overlay.pending(&row.conversation.id).is_empty());
                }
                listed.extend(page.rows.into_iter().map(|row| row.conversation));
                after = page.next;
                if after.is_none() { break }
            }
            prop_assert_eq!(&listed, &expected);
            let ids: Vec<RemoteId> = expected.iter().map(|seen| seen.id.clone()).collect();
            prop_assert_eq!(&cache.matching_ids(&query, &overlay).unwrap(), &ids);
            prop_assert_eq!(cache.count(filter, &overlay).unwrap(), expected.len() as u64);
            prop_assert_eq!(&second.matching_ids(&query, &overlay).unwrap(), &ids);
            if filter.text_terms().is_empty() && sort == Sort::default() {
                let look = |tx: &rusqlite::Transaction<'_>| first_page(tx, &query, &overlay, limit, usize::MAX);
                let page = cache.db.read(look).unwrap().unwrap();
                prop_assert_eq!(page, cache.list(&query, &overlay, &PageRequest { after: None, limit }).unwrap());
            }
        }
        let fresh = Cache::open(folder.path(), &key()).unwrap();
        for reader in [&cache, &second, &fresh] {
            prop_assert_eq!(&reader.counts(&filters, &overlay).unwrap(), &counts);
        }
    }
}

#[test]
fn layers_of_thousands_are_exact() {
    let (_folder, cache) = open();
    let conversations: Vec<Conversation> = (0..3000)
        .map(|n| {
            let mut made = conversation(&format!("c{n:04}"), n);
            made.stamp = 1 + n % 3;
            made.status = if n % 4 == 0 { Status::Done } else { Status::Active };
            made.tags = if n % 5 == 0 { vec!["vip".into()] } else { Vec::new() };
            made
        })
        .collect();
    cache.apply_page(&conversations, &[], "p", false, None, at(9)).unwrap();
    let worlds: Vec<World> = conversations
        .into_iter()
        .map(|base| World {
            base,
            messages: None,
            read: None,
            follow: None,
            is_unknown: false,
            is_held: false,
        })
        .collect();
    let part = |n: usize, world: &World| {
        let claimed = match n % 7 {
            0 => Some((None, vec![Some(Stands::Applied(2)), Some(Stands::Remaining)])),
            1 => Some((None, vec![None, None])),
            _ => None,
        };
        let known = world.base.last_inbound.map(|at| at.as_millisecond());
        Part { last_inbound: known.filter(|_| !n.is_multiple_of(11)), own: None, claimed }
    };
    let job = |effects, every| Job {
        effects,
        parts: worlds
            .iter()
            .enumerate()
            .map(|(n, world)| (n.is_multiple_of(every)).then(|| part(n, world)))
            .collect(),
        shows_remaining: true,
        due_before: u32::MAX,
        gone: 0,
    };
    let jobs = [
        job(vec![Effect::TagAdd("vip".into()), Effect::Status(StatusChange::Done)], 1),
        job(vec![Effect::TagRemove("vip".into()), Effect::Status(StatusChange::Active)], 2),
    ];
    let me = handle("jonas@example.com");
    let overlay = overlay_of(&me, &worlds, &jobs);
    let text = texts(&worlds);
    let status = |status| Match::Status(vec![status]);
    let vip = || Match::Tag(vec!["vip".into()]);
    for filter in [
        Match::All,
        Match::Pending,
        status(Status::Active),
        status(Status::Done),
        Match::And(vec![status(Status::Done), vip()]),
        Match::And(vec![status(Status::Active), Match::Not(Box::new(vip()))]),
        Match::Or(vec![Match::Untagged, Match::Not(Box::new(Match::Pending))]),
    ] {
        let query = Resolved { filter, sort: Sort::default() };
        let expected = expected(&query.filter, query.sort, &me, &worlds, &jobs, &text);
        let page = cache.list(&query, &overlay, &PageRequest { after: None, limit: 40 }).unwrap();
        let first: Vec<Conversation> = page.rows.into_iter().map(|row| row.conversation).collect();
        assert_eq!(first, expected[..first.len()], "{:?}", query.filter);
        assert_eq!(first.len(), expected.len().min(40));
        let ids: Vec<RemoteId> = expected.into_iter().map(|seen| seen.id).collect();
        assert_eq!(cache.matching_ids(&query, &overlay).unwrap(), ids, "{:?}", query.filter);
        assert_eq!(cache.count(&query.filter, &overlay).unwrap(), ids.len() as u64, "{:?}", query.filter);
    }
}
