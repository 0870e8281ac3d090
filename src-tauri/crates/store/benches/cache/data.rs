//! Conversations for the bench, the same for the same numbers: 200 agents, 12 teams, 400 tags by Zipf, three years, two
//! messages on average, each of 20 to 120 words of a vocabulary by Zipf.

use fastrand::Rng;
use jiff::Timestamp;
use muster_model::{
    Assignee, Author, Channel, Contact, Conversation, Engagement, Handle, Message, MessageKind, Preview,
    Priority, RemoteId, Status, Thread,
};

pub const AGENTS: usize = 200;
pub const TEAMS: usize = 12;
pub const TAGS: usize = 400;
const WORDS: usize = 30_000;
/// The last moment of the data, UTC milliseconds.
pub const END: i64 = 1_790_000_000_000;
/// Three years.
const SPAN: i64 = 3 * 365 * 86_400_000;

/// What everybody at this help desk says, and how often.
pub struct World {
    words: Vec<String>,
    word_weights: Vec<f64>,
    tag_weights: Vec<f64>,
    n: usize,
}

impl World {
    /// A help desk of `n` conversations.
    pub fn new(n: usize) -> Self {
        let mut rng = Rng::with_seed(11);
        let mut words: Vec<String> = Vec::with_capacity(WORDS);
        let mut known = std::collections::HashSet::new();
        while words.len() < WORDS {
            // Frequent words are short, as in every language.
            let syllables = 1 + words.len().min(20_000) / 9_000 + rng.usize(0..3);
            let word: String = (0..syllables).map(|_| syllable(&mut rng)).collect();
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        Self { words, word_weights: zipf(WORDS), tag_weights: zipf(TAGS), n }
    }

    /// The word of this rank, 0 being the most frequent.
    pub fn word(&self, rank: usize) -> &str {
        &self.words[rank]
    }

    /// The first two words from a rank on that few others begin with: words of some length, as people type them.
    pub fn typed(&self, rank: usize) -> [&str; 2] {
        let is_rare = |word: &&str| self.words.iter().filter(|other| other.starts_with(*word)).count() < 5;
        let mut found = self.words.iter().skip(rank).map(String::as_str).filter(is_rare);
        [(); 2].map(|()| found.next().unwrap_or_default())
    }

    /// The conversation of this number; 0 is the one that was updated last.
    pub fn thread(&self, number: usize) -> Thread {
        let mut rng = Rng::with_seed(number as u64 * 7919 + 17);
        let step = SPAN / i64::try_from(self.n).unwrap();
        let updated = END - i64::try_from(number).unwrap() * step - rng.i64(0..step.max(1));
        // What was updated lately is open more often.
        let is_recent = number < self.n / 20;
        let status = match rng.u32(0..100) {
            0..60 if is_recent => Status::Active,
            0..8 => Status::Active,
            8..12 => Status::Snoozed,
            12..40 => Status::Done,
            40..96 => Status::Archived,
            _ => Status::Spam,
        };
        let channels = [Channel::Email, Channel::Chat, Channel::Sms, Channel::Whatsapp, Channel::Facebook];
        let channel = channels[if rng.u8(0..100) < 60 { 0 } else { rng.usize(0..channels.len()) }].clone();
        let agent = (rng.u8(0..100) < 70).then(|| agent(rng.usize(0..AGENTS)));
        let team = (rng.u8(0..100) < 80).then(|| team(rng.usize(0..TEAMS)));
        let mut tags: Vec<String> =
            (0..rng.usize(0..4)).map(|_| tag(pick(&self.tag_weights, &mut rng))).collect();
        tags.sort();
        tags.dedup();
        let priority =
            if rng.u8(0..100) < 80 { Priority::None } else { Priority::KNOWN[rng.usize(1..5)].clone() };
        let count =
            1 + usize::from(rng.bool()) + usize::from(rng.u8(0..4) == 0) + usize::from(rng.u8(0..4) == 0);
        let contact = rng.usize(0..self.n / 3 + 1);
        let name = format!(
            "{} {}",
            capital(self.word(2_000 + contact % 900)),
            capital(self.word(3_000 + contact % 7_000))
        );
        let email =
            format!("{}.{contact}@customer{}.example", self.word(2_000 + contact % 900), contact % 500);
        let created = updated - rng.i64(3_600_000..20 * 86_400_000);
        let messages: Vec<Message> = (0..count)
            .map(|no| {
                let from_customer = no % 2 == 0;
                let at = created
                    + (updated - created) / i64::try_from(count).unwrap() * i64::try_from(no).unwrap();
                Message {
                    id: RemoteId::new(format!("m{number}-{no}")),
                    at: instant(at),
                    kind: MessageKind::Message,
                    from: if from_customer { Author::Customer } else { Author::Agent },
                    author: if from_customer { name.clone() } else { format!("Agent {}", number % AGENTS) },
                    author_handle: (!from_customer)
                        .then(|| Handle::from(format!("agent{}@desk.example", number % AGENTS).as_str())),
                    text: self.text(&mut rng),
                    html: None,
                    attachments: Vec::new(),
                    client_ref: None,
                    mass_reply: false,
                    delivery: None,
                    mentions: Vec::new(),
                }
            })
            .collect();
        let is_ours = count % 2 == 1;
        let subject: Vec<&str> =
            (0..rng.usize(3..8)).map(|_| self.word(pick(&self.word_weights, &mut rng))).collect();
        let last = messages.last().map_or("", |message| message.text.as_str());
        let conversation = Conversation {
            id: RemoteId::new(format!("{}", 2_000_000 + number)),
            subject: capital(&subject.join(" ")),
            contact: Contact { name, email: Some(email), ..Contact::default() },
            channel,
            snoozed_until: None,
            priority,
            assignee: Assignee {
                agent: agent.map(|text| Handle::from(text.as_str())),
                team: team.map(|text| Handle::from(text.as_str())),
            },
            tags,
            followers: if rng.u8(0..20) == 0 {
                vec![Handle::from(self::agent(rng.usize(0..AGENTS)).as_str())]
            } else {
                Vec::new()
            },
            engagement: if is_ours { Engagement::Pending } else { Engagement::Engaged },
            waiting_since: (is_ours && status == Status::Active).then(|| instant(updated)),
            status,
            created: instant(created),
            updated: instant(updated),
            last_inbound: Some(instant(updated)),
            last_outbound: None,
            preview: Some(Preview { text: last.chars().take(100).collect(), from: Author::Customer }),
            message_count: u32::try_from(count).unwrap(),
            case_number: None,
            custom_fields: std::collections::BTreeMap::new(),
            has_attachment: rng.u8(0..10) == 0,
            stamp: 1,
        };
        Thread { conversation, messages }
    }

    fn text(&self, rng: &mut Rng) -> String {
        let mut text = String::new();
        for place in 0..rng.usize(20..=120) {
            let word = self.word(pick(&self.word_weights, rng));
            if place % 12 == 0 {
                text.push_str(if place == 0 { "" } else { ". " });
                text.push_str(&capital(word));
            } else {
                text.push(' ');
                text.push_str(word);
            }
        }
        text
    }
}

pub fn agent(number: usize) -> String {
    format!("agent{number}@desk.example")
}

pub fn team(number: usize) -> String {
    format!("team-{number}")
}

pub fn tag(number: usize) -> String {
    format!("tag-{number}")
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn syllable(rng: &mut Rng) -> String {
    let onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "sh"];
    let hearts = ["a", "e", "i", "o", "u", "ea", "ou", "ai"];
    let codas = ["", "", "n", "r", "s", "t", "l", "ck", "nd"];
    [onsets[rng.usize(0..onsets.len())], hearts[rng.usize(0..hearts.len())], codas[rng.usize(0..codas.len())]]
        .concat()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The share of everything up to each rank.
fn zipf(n: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut upto: Vec<f64> = (1..=n)
        .map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        })
        .collect();
    upto.iter_mut().for_each(|share| *share /= sum);
    upto
}

fn pick(upto: &[f64], rng: &mut Rng) -> usize {
    let at = rng.f64();
    upto.partition_point(|share| *share < at).min(upto.len() - 1)
}
