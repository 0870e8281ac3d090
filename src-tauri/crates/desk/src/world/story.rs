//! Tells one conversation: who wrote what, when, and what the team did in between.

use super::company::{TENANT, handle_of};
use super::files::{png, some_file};
use super::lang::{Language, Topic};
use super::mail::{self, Quoted};
use super::people::Person;
use super::{Entry, What};
use crate::clock::{HOUR, MINUTE, Millis};
use crate::rng::Rng;

/// What a team writes to itself.
const NOTES: [&str; 14] = [
    "Checked with the warehouse: second box is on the Thursday lorry.",
    "@{colleague} can you have a look at the refund? The amount does not match the order.",
    "Customer called as well, sounded relaxed. No need to escalate.",
    "Third complaint about this carrier in {city} this week.",
    "Do not offer a voucher here, they had two already.",
    "Supplier confirms the batch was faulty. Replacement without return.",
    "@{colleague} the provider says this one was captured by mistake; refund runs with the next batch.",
    "Reproduced on Android 15, not on iOS. Ticket is with the app team.",
    "Order {order} was split by hand, that is why the system shows two shipments.",
    "Waiting for the photo before we decide.",
    "Regular customer, please be generous.",
    "Address in the order differs from the one in the account. Asked which one is right.",
    "Invoice was made out to the old company name. Accounting corrects it tomorrow.",
    "Bank needs until Monday because of the holiday.",
];
/// Who says so sends one along.
const PHOTO: [&str; 13] = [
    "photo",
    "Photo",
    "foto",
    "Foto",
    "zdję",
    "Zdję",
    "фотогр",
    "Фотогр",
    "写真",
    "الصور",
    "照片",
    "תמונ",
    "사진",
];
const CARRIERS: [&str; 6] = ["Parcelway", "Northpost", "DHX", "Swiftvan", "Colis Vert", "Kurier 24"];

/// What the pieces of text refer to.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) order: i64,
    pub(super) product: String,
    pub(super) amount: String,
    days: i64,
    small: i64,
    tracking: String,
    invoice: String,
    carrier: &'static str,
    called: String,
    city: String,
}

impl Facts {
    pub(super) fn new(rng: &mut Rng, language: &Language, person: &Person) -> Self {
        let order = rng.between(41_000, 48_190);
        let cents = rng.between(890, 24_900);
        let figure = match language.code {
            "ja" => thousands(cents * 2),
            "ko" => thousands(cents / 10 * 100),
            _ => format!("{}{}{:02}", cents / 100, language.decimal, cents % 100),
        };
        let city = person.contact.custom_fields.first().map(|(_, city)| city.clone()).unwrap_or_default();
        Self {
            order,
            product: rng.pick(language.products).to_owned(),
            amount: language.money.replace("{}", &figure),
            days: rng.between(4, 21),
            small: rng.between(2, 9),
            tracking: format!("BW{:08}{}", rng.between(0, 99_999_999), language.code.to_uppercase()),
            invoice: format!("R-2026-{:05}", rng.between(1_200, 19_800)),
            carrier: rng.pick(&CARRIERS),
            called: person.called.clone(),
            city,
        }
    }

    pub(super) fn fill(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        text.replace("{order}", &self.order.to_string())
            .replace("{product}", &self.product)
            .replace("{amount}", &self.amount)
            .replace("{days}", &self.days.to_string())
            .replace("{n}", &self.small.to_string())
            .replace("{tracking}", &self.tracking)
            .replace("{invoice}", &self.invoice)
            .replace("{carrier}", self.carrier)
            .replace("{first}", &self.called)
            .replace("{city}", &self.city)
    }
}

fn thousands(number: i64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// Everything that decides how a conversation goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot<'a> {
    pub(super) language: &'a Language,
    pub(super) topic: &'a Topic,
    /// Which of its subjects.
    pub(super) place: usize,
    pub(super) person: &'a Person,
    pub(super) facts: &'a Facts,
    pub(super) channel: &'a str,
    /// Names.
    pub(super) agent: &'a str,
    pub(super) colleague: &'a str,
    /// Answers and further questions.
    pub(super) rounds: usize,
    /// Whether the customer has the last word, and waits.
    pub(super) pending: bool,
    /// The customer is content in the end.
    pub(super) content: bool,
    /// What the team did at first: tagged, assigned.
    pub(super) events: &'a [String],
    /// The status that it was given in the end.
    pub(super) moved: Option<&'a str>,
    /// When the last thing happened.
    pub(super) updated: Millis,
}

/// Tells it.
pub(super) fn tell(rng: &mut Rng, plot: &Plot<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let topic = plot.topic;
    let first = format!("{} {}", topic.opens[plot.place % topic.opens.len()], rng.pick(topic.details));
    customer(rng, plot, &mut entries, &first);
    for text in plot.events {
        let author = if rng.chance(0.5) { plot.colleague } else { TENANT };
        entries.push(team(What::Event, author, text.clone()));
    }
    let again = topic.about.fitting(plot.language.again);
    let later = topic.about.fitting(plot.language.later);
    let thanks = topic.about.fitting(plot.language.thanks);
    let (mut asked, mut answered) = (rng.below(again.len()), rng.below(later.len()));
    // Nobody says the same thing twice.
    let rounds = plot.rounds.min(later.len() + 1).min(again.len());
    for round in 0..rounds {
        if rng.chance(0.12) {
            let note = plot.facts.fill(rng.pick(&NOTES)).replace("{colleague}", first_word(plot.agent));
            entries.push(team(What::Note, plot.colleague, note));
        }
        let answer = if round == 0 {
            topic.answers[plot.place % topic.answers.len()]
        } else {
            next(&later, &mut answered)
        };
        agent(plot, &mut entries, answer);
        let last = round + 1 == rounds;
        if last && plot.content {
            let phrase = rng.pick(&thanks);
            customer(rng, plot, &mut entries, phrase);
        } else if !last || plot.pending {
            let phrase = next(&again, &mut asked);
            customer(rng, plot, &mut entries, phrase);
        }
    }
    if let Some(moved) = plot.moved {
        entries.push(team(What::Status, plot.agent, moved.to_owned()));
    }
    set_times(rng, plot, &mut entries);
    entries
}

fn next<'a>(phrases: &[&'a str], place: &mut usize) -> &'a str {
    *place += 1;
    phrases[*place % phrases.len()]
}

fn first_word(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// An entry of the team's. An event of the desk itself has no handle.
pub(super) fn team(what: What, author: &str, text: String) -> Entry {
    let handle = (author != TENANT).then(|| handle_of(author));
    Entry { at: Millis(0), what, author: author.to_owned(), handle, text, html: None, files: Vec::new() }
}

fn customer(rng: &mut Rng, plot: &Plot<'_>, entries: &mut Vec<Entry>, phrase: &str) {
    let phrase = plot.facts.fill(phrase);
    let name = &plot.person.contact.name;
    let (text, html) = if plot.channel == "email" {
        let (hello, bye) = (rng.pick(plot.language.hello), rng.pick(plot.language.bye));
        let body = format!("{hello}\n\n{phrase}\n\n{bye}\n{name}");
        let before = entries.iter().rfind(|entry| entry.what == What::Agent).filter(|_| rng.chance(0.6));
        let intro =
            before.map(|entry| plot.language.wrote.replace("{name}", &entry.author)).unwrap_or_default();
        let quoted = before.map(|entry| Quoted { intro: &intro, text: &entry.text });
        let right_to_left = matches!(plot.language.code, "ar" | "he");
        let html = rng.chance(0.4).then(|| mail::html(rng, &body, quoted, right_to_left));
        (mail::plain(&body, quoted), html)
    } else {
        (capital(&phrase), None)
    };
    let shows = matches!(plot.channel, "email" | "chat" | "whatsapp");
    let files = match () {
        () if !shows => Vec::new(),
        () if PHOTO.iter().any(|word| phrase.contains(word)) => vec![png("photo.png", 64, 48, rng)],
        () if rng.chance(0.05) => vec![some_file(rng)],
        () => Vec::new(),
    };
    entries.push(Entry {
        at: Millis(0),
        what: What::Customer,
        author: name.clone(),
        handle: None,
        text,
        html,
        files,
    });
}

fn agent(plot: &Plot<'_>, entries: &mut Vec<Entry>, phrase: &str) {
    let phrase = plot.facts.fill(phrase);
    let text = if plot.channel == "email" {
        let phrase = if plot.language.code == "en" { capital(&phrase) } else { phrase };
        let dear = if plot.facts.called.is_empty() {
            plot.language.hello.first().copied().unwrap_or_default().to_owned()
        } else {
            plot.facts.fill(plot.language.dear)
        };
        let bye = plot.language.bye.first().copied().unwrap_or_default();
        format!("{dear}\n\n{phrase}\n\n{bye}\n{}\n{TENANT}", plot.agent)
    } else {
        capital(&phrase)
    };
    entries.push(team(What::Agent, plot.agent, text));
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Sets the times: backwards from the last thing that happened; what the desk notes by itself follows at once.
fn set_times(rng: &mut Rng, plot: &Plot<'_>, entries: &mut [Entry]) {
    let quick = matches!(plot.channel, "chat" | "whatsapp" | "facebook" | "instagram" | "sms");
    let mut at = plot.updated;
    for entry in entries.iter_mut().rev().filter(|entry| entry.what != What::Event) {
        entry.at = at;
        let gap = match entry.what {
            What::Agent if quick => rng.between(2 * MINUTE, 50 * MINUTE),
            What::Agent => rng.between(15 * MINUTE, 10 * HOUR),
            What::Note => rng.between(5 * MINUTE, 3 * HOUR),
            What::Status => rng.between(MINUTE, 9 * HOUR),
            _ if quick => rng.between(MINUTE, 3 * HOUR),
            _ => rng.between(25 * MINUTE, 30 * HOUR),
        };
        at = at.minus(gap / 1000 * 1000);
    }
    let mut before = at;
    for place in 0..entries.len() {
        if entries[place].what == What::Event {
            let next = entries[place..].iter().find(|entry| entry.what != What::Event);
            let latest = next.map_or(plot.updated.plus(MINUTE), |entry| entry.at);
            entries[place].at = before.plus(rng.between(1_000, 40_000)).min(latest);
        }
        before = entries[place].at;
    }
}
