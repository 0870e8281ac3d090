//! The made-up world: how many of what, and who has to do with it. The same seed and time give the same world.

use super::cast::cast;
use super::company::{
    ANY_TAGS, BILLING, INCIDENT, LOGISTICS, ME, ORDERS, TEAMS, TECHNICAL, TENANT, agents, handle_of, tags,
    tags_of, team_of, teams,
};
use super::lang::{About, LANGUAGES, Language, Topic};
use super::odd::{CALL, INCIDENT_CALL, LONG_NAME, NAMELESS, NO_REPLY, SPAM};
use super::people::{Person, person};
use super::snippets::snippets;
use super::story::{Facts, Plot, tell};
use super::{Entry, NewContact, NewConversation, What, World, saga};
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::rng::Rng;

/// All figures are for so many conversations and scale from there.
const FULL: usize = 2_000;
const CHANNELS: [&str; 7] = ["email", "chat", "whatsapp", "sms", "instagram", "facebook", "voice"];
const CHANNEL_WEIGHTS: [u32; 7] = [60, 14, 9, 6, 4, 4, 3];
/// Done, archived, snoozed, spam; the rest is active.
const NOT_ACTIVE: [(&str, usize); 4] = [("done", 412), ("archived", 193), ("snoozed", 96), ("spam", 15)];
const UNASSIGNED: usize = 61;
/// Of the active ones that have a team.
const TEAM_SHARES: [usize; 4] = [486, 327, 268, 142];
const MINE: usize = 24;
const FOLLOWED: usize = 9;
/// The incident by channel, those of the cast included; then the closed windows among them.
const INCIDENT_CHANNELS: [(&str, usize); 7] = [
    ("email", 70),
    ("chat", 22),
    ("whatsapp", 19),
    ("sms", 12),
    ("instagram", 9),
    ("facebook", 6),
    ("voice", 4),
];
const CLOSED: [(&str, usize); 2] = [("whatsapp", 4), ("instagram", 3)];
const TWICE: usize = 3;
/// So many of the incident by mail come before those who are hard to address.
const FIRST_ODD: usize = 10;

/// What is decided about a conversation before it is told.
#[derive(Clone, Debug)]
struct Outline {
    status: &'static str,
    /// A place in `TEAMS`.
    team: Option<usize>,
    channel: &'static str,
    incident: bool,
    /// The customer wrote last, so long ago.
    window: Option<bool>,
}

/// Makes a world of so many conversations, as it looks at `now`.
pub(crate) fn seeded(seed: u64, conversations: usize, now: Millis) -> World {
    let mut maker = Maker {
        rng: Rng::new(seed ^ 0xB81D_1E71),
        now,
        mine: scaled(MINE, conversations),
        followed: scaled(FOLLOWED, conversations),
        sagas: saga::SUBJECTS.len(),
        world: World {
            tenant: TENANT.to_owned(),
            teams: teams(),
            agents: agents(),
            tags: tags(),
            snippets: snippets(),
            ..World::default()
        },
    };
    let cast: Vec<_> = cast(&mut maker.rng, now).into_iter().take(conversations).collect();
    for (contact, conversation) in cast {
        maker.mine = maker.mine.saturating_sub(1);
        maker.followed = maker.followed.saturating_sub(usize::from(!conversation.followers.is_empty()));
        maker.add(contact, conversation);
    }
    let outlines = maker.outlines(conversations);
    for (place, outline) in outlines.iter().enumerate() {
        maker.conversation(place, outline);
    }
    maker.world
}

/// A phrase that a customer of this language writes later on.
pub(crate) fn follow_up(language: &str, draw: u64) -> &'static str {
    phrase(known(language).again, draw)
}

/// A phrase with which a customer of this language is content.
pub(crate) fn thanks(language: &str, draw: u64) -> &'static str {
    phrase(known(language).thanks, draw)
}

/// A phrase with which an agent goes on in this language.
pub(crate) fn colleague_says(language: &str, draw: u64) -> &'static str {
    phrase(known(language).later, draw)
}

fn known(language: &str) -> &'static Language {
    LANGUAGES.iter().find(|known| known.code == language).map_or(LANGUAGES[0], |known| known)
}

/// Phrases with a gap need facts that nobody has here.
fn phrase(phrases: &'static [&'static str], draw: u64) -> &'static str {
    let whole: Vec<_> = phrases.iter().filter(|phrase| !phrase.contains(['{', '|'])).collect();
    whole.get((draw % whole.len().max(1) as u64) as usize).map_or("…", |phrase| phrase)
}

fn scaled(figure: usize, conversations: usize) -> usize {
    (figure * conversations).div_ceil(FULL)
}

struct Maker {
    rng: Rng,
    now: Millis,
    /// How many more are mine, and followed by me.
    mine: usize,
    followed: usize,
    /// Long stories that are still to be told.
    sagas: usize,
    world: World,
}

impl Maker {
    fn add(&mut self, contact: NewContact, conversation: NewConversation) {
        self.world.contacts.push(contact);
        let contact = self.world.contacts.len() - 1;
        self.world.conversations.push(NewConversation { contact, ..conversation });
    }

    /// One outline per conversation that is still to be told.
    fn outlines(&mut self, conversations: usize) -> Vec<Outline> {
        let open = conversations.saturating_sub(self.world.conversations.len());
        let plain = |status, team| Outline { status, team, channel: "", incident: false, window: None };
        let mut outlines = Vec::with_capacity(open);
        for (status, figure) in NOT_ACTIVE {
            outlines.extend((0..scaled(figure, conversations)).map(|_| plain(status, None)));
        }
        for (channel, figure) in INCIDENT_CHANNELS {
            let told = self.world.conversations.iter().filter(|told| told.channel == channel);
            let told = told.filter(|told| told.tags.iter().any(|tag| tag == INCIDENT)).count();
            let closed = CLOSED.iter().find(|(of, _)| *of == channel).map_or(0, |(_, closed)| *closed);
            for place in 0..scaled(figure, conversations).saturating_sub(told) {
                let window = Some(place >= scaled(closed, conversations));
                outlines.push(Outline { channel, incident: true, window, ..plain("active", Some(BILLING)) });
            }
        }
        outlines.extend((0..scaled(UNASSIGNED, conversations)).map(|_| plain("active", None)));
        for (team, figure) in TEAM_SHARES.into_iter().enumerate() {
            let handle = TEAMS[team].0;
            let told =
                self.world.conversations.iter().filter(|told| told.team.as_deref() == Some(handle)).count();
            let told = told + outlines.iter().filter(|outline| outline.team == Some(team)).count();
            let rest = scaled(figure, conversations).saturating_sub(told);
            outlines.extend((0..rest).map(|_| plain("active", Some(team))));
        }
        // Rounding: a little too many or too few of the last team's.
        outlines.resize(open, plain("active", Some(LOGISTICS)));
        for outline in outlines.iter_mut().filter(|outline| !outline.incident) {
            outline.channel = match outline.status {
                "spam" => "email",
                _ => CHANNELS[self.rng.weighted(&CHANNEL_WEIGHTS)],
            };
            if outline.status != "active" {
                outline.team = Some(self.rng.weighted(&[40, 26, 22, 12]));
            }
        }
        for place in (1..outlines.len()).rev() {
            outlines.swap(place, self.rng.below(place + 1));
        }
        outlines
    }

    fn conversation(&mut self, place: usize, outline: &Outline) {
        if outline.status == "spam" {
            return self.spam(place);
        }
        let again = if self.writes_again(outline) { self.known_by_mail() } else { None };
        let rng = &mut self.rng;
        let language = match again {
            _ if outline.channel == "voice" => LANGUAGES[0],
            Some(contact) => language_of(&self.world.contacts[contact]),
            None => LANGUAGES[rng.weighted(&LANGUAGES.map(|language| language.weight))],
        };
        let topic = topic(rng, language, outline);
        let mut person = person(rng, language, place, outline.channel);
        self.odd_name(place, outline, &mut person);
        if let Some(contact) = again {
            person.contact = self.world.contacts[contact].clone();
            person.called = called(language, &person.contact.name);
        }
        let rng = &mut self.rng;
        let facts = Facts::new(rng, language, &person);
        let mine = outline.team.is_some() && !outline.incident && self.mine > 0 && outline.status == "active";
        let agent_name = agent_name(rng, outline.team.unwrap_or_else(|| team_of(topic.about)), mine);
        let has_agent = mine
            || match outline.status {
                "active" => outline.team.is_some() && rng.chance(0.5),
                _ => rng.chance(0.85),
            };
        let has_agent = has_agent && (mine || agent_name != "Mira Okafor" || outline.status != "active");
        let colleague = self.world.agents[rng.below(self.world.agents.len())].name.clone();
        let tags = some_tags(rng, topic.about);
        let updated = self.now.minus(age(rng, outline, mine));
        let moved = moved(outline.status);
        let rounds = if outline.channel == "voice" {
            usize::from(moved.is_some())
        } else {
            [0, 1, 2, 3, 4, 6][rng.weighted(&[30, 34, 18, 10, 5, 3])].max(usize::from(moved.is_some()))
        };
        let snoozed_until = (outline.status == "snoozed" && rng.chance(0.7))
            .then(|| self.now.plus(rng.between(2 * HOUR, 11 * DAY) / (15 * MINUTE) * 15 * MINUTE));
        let moved = match (moved, snoozed_until) {
            (Some("snoozed"), Some(until)) => Some(format!("Snoozed until {until}")),
            (Some("snoozed"), None) => Some("Snoozed until the customer replies".to_owned()),
            (moved, _) => moved.map(str::to_owned),
        };
        let mut events: Vec<String> = Vec::new();
        if let Some(tag) = tags.first() {
            events.push(format!("Tagged {tag}"));
        }
        if let Some(team) = outline.team {
            events.push(format!("Assigned to {}", TEAMS[team].1));
        }
        if has_agent {
            events.push(format!("Assigned to {agent_name}"));
        }
        let plot = Plot {
            language,
            topic,
            place,
            person: &person,
            facts: &facts,
            channel: outline.channel,
            agent: &agent_name,
            colleague: &colleague,
            rounds,
            pending: outline.window.is_some() || (moved.is_none() && rng.chance(0.6)),
            content: matches!(outline.status, "done" | "archived") && rng.chance(0.5),
            events: &events,
            moved: moved.as_deref(),
            updated,
        };
        let mut entries = tell(rng, &plot);
        let mut subject = facts.fill(topic.subjects[place % topic.subjects.len()]);
        if outline.channel == "email" && rng.chance(0.012) {
            subject.clear();
        }
        let mut priority = ["none", "low", "medium", "high", "urgent"][rng.weighted(&[62, 8, 16, 10, 4])];
        let mut tags = tags;
        let is_saga = self.sagas > 0
            && outline.status == "active"
            && outline.channel == "email"
            && outline.team == Some(TECHNICAL)
            && language.code == "en";
        if is_saga {
            self.sagas -= 1;
            saga::SUBJECTS[self.sagas].clone_into(&mut subject);
            entries = saga(&facts, &person.contact.name, &agent_name, updated);
            (priority, tags) = ("medium", vec!["api".to_owned(), "trade-portal".to_owned()]);
        }
        let follows = outline.status == "active" && self.followed > 0 && !mine && rng.chance(0.02);
        let mut followers = if follows { vec![ME.to_owned()] } else { Vec::new() };
        if rng.chance(0.06) && colleague != "Mira Okafor" {
            followers.push(handle_of(&colleague));
        }
        self.mine -= usize::from(mine);
        self.followed -= usize::from(follows);
        let conversation = NewConversation {
            contact: 0,
            subject,
            channel: outline.channel.to_owned(),
            status: outline.status.to_owned(),
            snoozed_until,
            priority: priority.to_owned(),
            agent: has_agent.then(|| handle_of(&agent_name)),
            team: outline.team.map(|team| TEAMS[team].0.to_owned()),
            tags,
            followers,
            case_number: Some(format!("BG-{}", facts.order)),
            custom_fields: vec![
                ("order".to_owned(), facts.order.to_string()),
                ("product".to_owned(), facts.product.clone()),
            ],
            entries,
        };
        match again {
            Some(contact) => self.world.conversations.push(NewConversation { contact, ..conversation }),
            None => self.add(person.contact, conversation),
        }
    }

    /// How many of the incident by mail are told.
    fn incident_mails(&self) -> impl Iterator<Item = &NewConversation> {
        self.world.conversations.iter().filter(|told| is_incident(told) && told.channel == "email")
    }

    /// Whether it is now that somebody of the incident writes a second time: after those who are hard to address.
    fn writes_again(&self, outline: &Outline) -> bool {
        let after = FIRST_ODD + NAMELESS.len() + 1;
        outline.incident
            && outline.channel == "email"
            && (after..after + TWICE).contains(&self.incident_mails().count())
    }

    /// Somebody of the incident who wrote once, and not yet twice: the first, the second, the third who came by mail.
    fn known_by_mail(&self) -> Option<usize> {
        let place = self.incident_mails().count().checked_sub(FIRST_ODD + NAMELESS.len())?;
        self.incident_mails().nth(place).map(|told| told.contact)
    }

    /// Some people are hard to address.
    fn odd_name(&self, place: usize, outline: &Outline, person: &mut Person) {
        if !outline.incident || outline.channel != "email" {
            if place % 331 == 7 {
                LONG_NAME.clone_into(&mut person.contact.name);
                person.called = called(LANGUAGES[0], LONG_NAME);
            }
            return;
        }
        let Some(number) = self.incident_mails().count().checked_sub(FIRST_ODD) else { return };
        let odd = NAMELESS.iter().chain([&NO_REPLY]).nth(number);
        if let Some((name, email)) = odd {
            person.contact.name = (*name).to_owned();
            person.contact.email = Some((*email).to_owned());
            person.called.clear();
        }
    }

    fn spam(&mut self, place: usize) {
        let (name, email, subject, text) = SPAM[place % SPAM.len()];
        let at = self.now.minus(self.rng.between(HOUR, 30 * DAY));
        let entry = |what, author: &str, at, text: &str| Entry {
            at,
            what,
            author: author.to_owned(),
            handle: None,
            text: text.to_owned(),
            html: None,
            files: Vec::new(),
        };
        let contact =
            NewContact { name: name.to_owned(), email: Some(email.to_owned()), ..NewContact::default() };
        let conversation = NewConversation {
            subject: subject.to_owned(),
            channel: "email".to_owned(),
            status: "spam".to_owned(),
            priority: "none".to_owned(),
            entries: vec![
                entry(What::Customer, name, at, text),
                entry(What::Status, "", at.plus(self.rng.between(MINUTE, 40 * MINUTE)), "Marked as spam"),
            ],
            ..NewConversation::default()
        };
        self.add(contact, conversation);
    }
}

fn language_of(contact: &NewContact) -> &'static Language {
    let code =
        contact.custom_fields.iter().find(|(name, _)| name == "language").map(|(_, code)| code.as_str());
    LANGUAGES.into_iter().find(|language| Some(language.code) == code).unwrap_or(LANGUAGES[0])
}

/// How an agent addresses somebody of whom only the name is known.
fn called(language: &Language, name: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default();
    if matches!(language.code, "zh" | "ko") { first.chars().take(1).collect() } else { first.to_owned() }
}

fn is_incident(conversation: &NewConversation) -> bool {
    conversation.tags.iter().any(|tag| tag == INCIDENT)
}

/// Something that people of this language write about and this team works on.
fn topic(rng: &mut Rng, language: &'static Language, outline: &Outline) -> &'static Topic {
    let is_call = outline.channel == "voice";
    if is_call {
        return if outline.incident { &INCIDENT_CALL } else { &CALL };
    }
    let of = |about: About| match about {
        About::Incident => outline.incident,
        about => !outline.incident && outline.team.is_none_or(|team| team_of(about) == team),
    };
    let fitting: Vec<&'static Topic> = language.topics.iter().filter(|topic| of(topic.about)).collect();
    if fitting.is_empty() { &language.topics[0] } else { rng.pick(&fitting) }
}

fn agent_name(rng: &mut Rng, team: usize, mine: bool) -> String {
    let of_team: &[&str] = match team {
        _ if mine => &["Mira Okafor"],
        ORDERS => {
            &["Priscilla Oyelaran", "Tomasz Wrona", "Elin Sjöberg", "Caspar Whitmore", "Renata Quiroga"]
        }
        BILLING => &["Jonas Feld", "Aiko Tan", "Yuki Moriyama", "Mira Okafor"],
        TECHNICAL => &["Devraj Anand", "Hanneke Bos", "Luc Fontaine"],
        _ => &["Samira Haddad", "Bryn Llewellyn", "Caspar Whitmore", "Yuki Moriyama"],
    };
    rng.pick(of_team).to_owned()
}

fn some_tags(rng: &mut Rng, about: About) -> Vec<String> {
    let (of_matter, usual) = tags_of(about);
    let mut tags: Vec<&str> = Vec::new();
    if rng.chance(f64::from(usual) / 100.0) {
        tags.push(of_matter[0]);
    }
    if of_matter.len() > 1 && rng.chance(0.3) {
        tags.push(of_matter[1 + rng.below(of_matter.len() - 1)]);
    }
    if about == About::Incident && rng.chance(0.12) {
        tags.push("refund");
    }
    if rng.chance(0.16) {
        tags.push(rng.pick(&ANY_TAGS));
    }
    tags.into_iter().map(str::to_owned).collect()
}

/// How long ago the last thing happened. Recent ones are more frequent, but not all of them are of this minute.
fn age(rng: &mut Rng, outline: &Outline, mine: bool) -> i64 {
    let draw = rng.between(0, 10_000);
    let curve = |most: i64| most / 200_000 * (3 * draw + 17 * draw / 100 * draw / 100);
    let age = match (outline.status, outline.window) {
        (_, Some(true)) if outline.channel != "email" => 20 * MINUTE + curve(17 * HOUR),
        (_, Some(false)) if matches!(outline.channel, "whatsapp" | "instagram") => 27 * HOUR + curve(3 * DAY),
        (_, Some(_)) => 14 * MINUTE + curve(4 * DAY),
        ("active", _) if mine => 6 * HOUR + curve(9 * DAY),
        ("active", _) => 11 * MINUTE + curve(45 * DAY),
        ("done", _) => 15 * MINUTE + curve(40 * DAY),
        ("snoozed", _) => 30 * MINUTE + curve(14 * DAY),
        _ => 20 * DAY + curve(170 * DAY),
    };
    age / 1000 * 1000
}

fn moved(status: &str) -> Option<&'static str> {
    match status {
        "done" => Some("Marked as Done"),
        "archived" => Some("Archived"),
        "snoozed" => Some("snoozed"),
        _ => None,
    }
}

/// The long story, one line every few hours.
fn saga(facts: &Facts, customer: &str, agent: &str, updated: Millis) -> Vec<Entry> {
    let count = saga::LINES.len() as i64;
    (0..)
        .zip(saga::LINES)
        .map(|(place, line)| {
            let what = if place % 2 == 0 { What::Customer } else { What::Agent };
            let author = if place % 2 == 0 { customer } else { agent };
            Entry {
                at: updated.minus((count - 1 - place) * 5 * HOUR),
                what,
                author: author.to_owned(),
                handle: (what == What::Agent).then(|| handle_of(agent)),
                text: facts.fill(line),
                html: None,
                files: Vec::new(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
