//! Completing a filter where the cursor stands: keys, the values of each key, names from the directory, dates.
//!
//! The line need not make sense yet, so this only cuts it at spaces, quotes and parentheses instead of parsing it.

use jiff::civil::Date;

use super::{FILTER_KEYS, SortKey, print::quote};
use crate::{Channel, Directory, Priority, Status, fold};

/// How many are offered.
const MOST: usize = 8;
/// Before a bare word means a name, it must say more than one letter.
const ENOUGH_FOR_NAMES: usize = 2;

/// What may stand where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where the text begins that each suggestion replaces: a byte offset.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Best first.
    pub suggestions: Vec<Suggestion>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to write.
    pub insert: String,
    /// What it means, where the text does not say it: a colleague's name, "needs a reply".
    pub detail: String,
}

/// What may stand at the cursor, a byte offset into the line. `today` is the user's.
///
/// ```
/// use muster_model::{Directory, complete};
///
/// let today = "2026-05-20".parse()?;
/// let found = complete("is:active old", 13, &Directory::default(), today);
/// assert_eq!((found.from, found.suggestions[0].insert.as_str()), (10, "older:"));
/// # Ok::<(), jiff::Error>(())
/// ```
#[must_use]
pub fn complete(line: &str, cursor: usize, directory: &Directory, today: Date) -> Completion {
    let place = Place::of(line, cursor);
    let typed = fold(&place.typed);
    let candidates = match place.key {
        Some(key) => values(key, directory, today),
        None if place.typed.is_empty() || place.quoted => Vec::new(),
        None => {
            let mut all: Vec<Candidate> = FILTER_KEYS.iter().map(|key| Candidate::key(key)).collect();
            all.extend(["unassigned", "untagged"].map(|word| Candidate::new(word, word, meaning(word))));
            if place.typed.chars().count() >= ENOUGH_FOR_NAMES {
                all.extend(named(directory));
            }
            all
        }
    };
    let mut ranked: Vec<(u8, Candidate)> = candidates
        .into_iter()
        .filter(|candidate| candidate.insert != place.written)
        .filter_map(|candidate| Some((candidate.rank(&typed)?, candidate)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.truncate(MOST);
    let suggestions =
        ranked.into_iter().map(|(_, Candidate { insert, detail, .. })| Suggestion { insert, detail });
    Completion { from: place.from, to: place.to, suggestions: suggestions.collect() }
}

/// Where the cursor stands.
struct Place<'a> {
    from: usize,
    to: usize,
    key: Option<&'static str>,
    /// Up to the cursor, without quotes.
    typed: String,
    quoted: bool,
    /// Everything that would be replaced.
    written: &'a str,
}

impl<'a> Place<'a> {
    fn of(line: &'a str, cursor: usize) -> Self {
        let mut cursor = cursor.min(line.len());
        while !line.is_char_boundary(cursor) {
            cursor -= 1;
        }
        let (before, after) = line.split_at(cursor);
        let (mut from, mut key, mut typed) = (0, None, String::new());
        let (mut quoted, mut escaped) = (false, false);
        for (at, c) in before.char_indices() {
            let next = at + c.len_utf8();
            match c {
                _ if escaped => {
                    escaped = false;
                    typed.push(c);
                }
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => typed.push(c),
                _ if c.is_whitespace() || matches!(c, '(' | ')') => {
                    (from, key) = (next, None);
                    typed.clear();
                }
                '-' if at == from && key.is_none() => from = next,
                ',' if key.is_some() => {
                    from = next;
                    typed.clear();
                }
                ':' if key.is_none() => match known_key(&typed) {
                    Some(known) => {
                        (from, key) = (next, Some(known));
                        typed.clear();
                    }
                    None => typed.push(c),
                },
                _ => typed.push(c),
            }
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')') || (c == ',' && key.is_some());
        let rest = if quoted {
            // A quote that is closed somewhere belongs to this value; one that is not ends at the cursor.
            after.find('"').map_or(0, |at| at + 1)
        } else {
            after.find(ends).unwrap_or(after.len())
        };
        let to = cursor + rest;
        Self { from, to, key, typed, quoted, written: line.get(from..to).unwrap_or_default() }
    }
}

fn known_key(word: &str) -> Option<&'static str> {
    FILTER_KEYS.iter().find(|key| key.eq_ignore_ascii_case(word)).copied()
}

/// Something that might be meant.
struct Candidate {
    insert: String,
    /// What is compared with what was typed.
    name: String,
    /// Another name of the same thing.
    other: String,
    detail: String,
}

impl Candidate {
    fn new(insert: impl Into<String>, name: &str, detail: impl Into<String>) -> Self {
        Self { insert: insert.into(), name: fold(name), other: String::new(), detail: detail.into() }
    }

    fn key(key: &str) -> Self {
        Self::new(format!("{key}:"), key, meaning(key))
    }

    fn or(mut self, other: &str) -> Self {
        self.other = fold(other);
        self
    }

    /// How well it fits, best first: it begins so, a word of it begins so, it holds that somewhere.
    fn rank(&self, typed: &str) -> Option<u8> {
        let begins = |name: &str| name.starts_with(typed);
        let word_begins = |name: &str| name.split(|c: char| !c.is_alphanumeric()).any(begins);
        if begins(&self.name) {
            Some(0)
        } else if begins(&self.other) || word_begins(&self.name) || word_begins(&self.other) {
            Some(1)
        } else if self.name.contains(typed) || (!self.other.is_empty() && self.other.contains(typed)) {
            Some(2)
        } else {
            None
        }
    }
}

/// The values of a key.
fn values(key: &str, directory: &Directory, today: Date) -> Vec<Candidate> {
    let plain = |words: &[&str]| -> Vec<Candidate> {
        words.iter().map(|word| Candidate::new(*word, word, meaning(word))).collect()
    };
    match key {
        "is" => {
            let mut all: Vec<&str> = Status::KNOWN.iter().map(Status::as_str).collect();
            all.extend(["unread", "pending", "unknown", "held"]);
            plain(&all)
        }
        "tag" => tags(directory, ""),
        "assignee" => together([plain(&["me", "none"]), agents(directory, "")]),
        "follows" | "mentions" => together([plain(&["me"]), agents(directory, "")]),
        "team" => together([plain(&["none"]), teams(directory, "")]),
        "channel" => channels(directory, ""),
        "priority" => {
            let mut all = Vec::new();
            for priority in Priority::KNOWN.iter().rev() {
                let word = priority.as_str();
                all.push(Candidate::new(word, word, ""));
                if !matches!(priority, Priority::None | Priority::Urgent) {
                    all.push(
                        Candidate::new(format!(">={word}"), word, "or more urgent").or(&format!(">={word}")),
                    );
                }
            }
            all
        }
        "older" => ages(&["30d", "7d", "90d", "24h", "52w"], "longer ago than"),
        "newer" => ages(&["24h", "2d", "7d", "30d", "1h"], "within the last"),
        "updated" | "created" => dates(today),
        "has" => plain(&["attachment"]),
        "engaged" => plain(&["no", "yes"]),
        "sort" => SortKey::ALL
            .iter()
            .flat_map(|key| {
                let word = key.as_str();
                [
                    Candidate::new(word, word, meaning(word)),
                    Candidate::new(format!("-{word}"), &format!("-{word}"), "the other way round").or(word),
                ]
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn together(parts: [Vec<Candidate>; 2]) -> Vec<Candidate> {
    parts.into_iter().flatten().collect()
}

/// Whatever the directory knows, as whole terms: for a word that may be a name.
fn named(directory: &Directory) -> Vec<Candidate> {
    let states = Status::KNOWN.iter().map(Status::as_str).chain(["unread"]);
    let mut all: Vec<Candidate> =
        states.map(|word| Candidate::new(format!("is:{word}"), word, meaning(word))).collect();
    all.extend(tags(directory, "tag:"));
    all.extend(agents(directory, "assignee:"));
    all.extend(teams(directory, "team:"));
    all.extend(channels(directory, "channel:"));
    all
}

fn tags(directory: &Directory, key: &str) -> Vec<Candidate> {
    directory
        .tags
        .iter()
        .map(|tag| Candidate::new(format!("{key}{}", quote(&tag.name)), &tag.name, ""))
        .collect()
}

fn agents(directory: &Directory, key: &str) -> Vec<Candidate> {
    let agents = directory.agents.iter();
    agents.map(|agent| person(key, agent.handle.as_str(), &agent.name)).collect()
}

fn teams(directory: &Directory, key: &str) -> Vec<Candidate> {
    directory.teams.iter().map(|team| person(key, team.handle.as_str(), &team.name)).collect()
}

fn person(key: &str, handle: &str, name: &str) -> Candidate {
    let detail = if name == handle { "" } else { name };
    Candidate::new(format!("{key}{}", quote(handle)), name, detail).or(handle)
}

/// Those in use, else all that there are.
fn channels(directory: &Directory, key: &str) -> Vec<Candidate> {
    let known = if directory.channels.is_empty() { Channel::KNOWN } else { &directory.channels };
    let known = known.iter().map(|channel| match channel {
        // The language has one word for what it does not know.
        Channel::Other(_) => "other",
        known => known.as_str(),
    });
    let mut words: Vec<&str> = Vec::new();
    for word in known {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.into_iter().map(|word| Candidate::new(format!("{key}{word}"), word, "")).collect()
}

fn ages(ages: &[&str], what: &str) -> Vec<Candidate> {
    let long = |age: &str| {
        let (count, unit) = age.split_at(age.len() - 1);
        let unit = match unit {
            "h" => "hour",
            "d" => "day",
            _ => "week",
        };
        let plural = if count == "1" { "" } else { "s" };
        format!("{what} {count} {unit}{plural}")
    };
    ages.iter().map(|age| Candidate::new(*age, age, long(age))).collect()
}

fn dates(today: Date) -> Vec<Candidate> {
    let month = today.first_of_month();
    let last_month = month.yesterday().map_or(month, Date::first_of_month);
    let week_ago = today.saturating_sub(jiff::Span::new().days(6));
    [
        (today.to_string(), "today"),
        (format!(">={week_ago}"), "the last seven days"),
        (format!(">={month}"), "this month"),
        (format!("{last_month}..{}", last_month.last_of_month()), "last month"),
        (format!(">={}", today.first_of_year()), "this year"),
        (format!("<{}", today.first_of_year()), "before this year"),
    ]
    .into_iter()
    .map(|(text, detail)| Candidate::new(&*text, &text, detail).or(detail))
    .collect()
}

/// What a key or a word means, in a few words.
fn meaning(word: &str) -> &'static str {
    match word {
        "is" => "status, unread, pending",
        "tag" => "has this tag",
        "assignee" => "whose it is",
        "team" => "which team's",
        "channel" => "how it came",
        "older" => "no update since",
        "newer" => "updated within",
        "updated" => "last update, by date",
        "created" => "when it began",
        "follows" => "who follows it",
        "mentions" => "who is named in a note",
        "has" => "attachment",
        "from" => "the customer's name or address",
        "subject" => "a word in the subject",
        "engaged" => "who has the ball",
        "sort" => "order of the list",
        "unassigned" => "neither agent nor team",
        "untagged" => "no tag",
        "me" => "you",
        "none" => "nobody",
        "no" => "the ball is with us",
        "yes" => "the ball is with the customer",
        "pending" => "your change is not confirmed yet",
        "unknown" => "may or may not have arrived",
        "held" => "waits for your decision",
        "waiting" => "waiting longest first",
        _ => "",
    }
}
