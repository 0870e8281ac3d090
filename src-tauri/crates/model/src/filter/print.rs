//! A query back as one line of text, in the one canonical way. Reading that line gives the same query again.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Age, AgeUnit, Dates, Filter, Has, Is, PriorityRange, Query, Sort, SortKey, Term, Who};

/// One top-level term as a chip shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermText {
    /// The key without its colon; `None` for text, `unassigned`, `untagged` and groups.
    pub key: Option<String>,
    /// The value without quotes, several joined by `, `; for a group what stands between its parentheses.
    pub value: String,
    /// Whether it stands behind a `-`.
    pub negated: bool,
    /// The whole term as it stands in the canonical line.
    pub text: String,
}

impl Query {
    /// The parts that are ANDed at the top, in order. The sort order is not among them.
    ///
    /// ```
    /// use muster_model::Query;
    ///
    /// let query: Query = "is:active -tag:vip,\"needs review\"".parse()?;
    /// let terms = query.terms();
    /// assert_eq!(terms[1].value, "vip, needs review");
    /// assert_eq!(query.without_term(0).to_string(), terms[1].text);
    /// # Ok::<(), muster_model::FilterError>(())
    /// ```
    #[must_use]
    pub fn terms(&self) -> Vec<TermText> {
        self.filter.top_level().iter().map(term_text).collect()
    }

    /// The query without the term at `index` of [`Query::terms`]; without such a term unchanged.
    #[must_use]
    pub fn without_term(&self, index: usize) -> Self {
        let rest = self.filter.top_level().iter().enumerate().filter(|&(at, _)| at != index);
        Self { filter: Filter::all_of(rest.map(|(_, part)| part.clone())), sort: self.sort }
    }
}

impl Filter {
    fn top_level(&self) -> &[Self] {
        match self {
            Self::All => &[],
            Self::And(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }
}

fn term_text(part: &Filter) -> TermText {
    let (inner, negated) = match part {
        Filter::Not(inner) => (&**inner, true),
        other => (other, false),
    };
    let (key, value) = match inner {
        Filter::Term(term) => match term.parts() {
            (Some(key), values) => {
                (Some(key.to_owned()), values.iter().map(Value::plain).collect::<Vec<_>>().join(", "))
            }
            (None, values) => (None, values.iter().map(Value::plain).collect()),
        },
        group => (None, group.to_string()),
    };
    TermText { key, value, negated, text: Placed(part, Place::InAnd).to_string() }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)?;
        if self.sort != Sort::default() {
            if self.filter != Filter::All {
                f.write_char(' ')?;
            }
            write!(f, "sort:{}", self.sort)?;
        }
        Ok(())
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Placed(self, Place::Top).fmt(f)
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.reversed {
            f.write_char('-')?;
        }
        f.write_str(self.key.as_str())
    }
}

impl SortKey {
    /// Every order.
    pub const ALL: &'static [Self] = &[Self::Updated, Self::Created, Self::Waiting, Self::Priority];

    /// The word behind `sort:`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Waiting => "waiting",
            Self::Priority => "priority",
        }
    }
}

/// Where a part stands decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    InAnd,
    InOr,
    InNot,
}

struct Placed<'a>(&'a Filter, Place);

impl Display for Placed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(filter, place) = *self;
        let (parts, between, inside, bare) = match filter {
            Filter::All => return Ok(()),
            Filter::Term(term) => return term.fmt(f),
            Filter::Not(part) => {
                f.write_char('-')?;
                return Self(part, Place::InNot).fmt(f);
            }
            Filter::And(parts) => (parts, " ", Place::InAnd, matches!(place, Place::Top | Place::InOr)),
            Filter::Or(parts) => (parts, " OR ", Place::InOr, place == Place::Top),
        };
        if !bare {
            f.write_char('(')?;
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(between)?;
            }
            Self(part, inside).fmt(f)?;
        }
        if bare { Ok(()) } else { f.write_char(')') }
    }
}

/// A value of a term: as it is meant, and whether its spelling needs quotes beyond what its characters ask for.
struct Value {
    text: String,
    quoted: bool,
}

impl Value {
    fn word(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: false }
    }

    fn plain(&self) -> &str {
        &self.text
    }
}

/// A value of a key as the language reads it back: in quotes where it is not one plain word, or would mean somebody in
/// particular.
///
/// ```
/// assert_eq!(muster_model::quote("needs review"), "\"needs review\"");
/// ```
#[must_use]
pub fn quote(text: &str) -> String {
    // A value may begin with any sign, but these have a meaning for some keys.
    let signed = text.starts_with(['-', '<', '>']) || text.is_empty();
    Value { text: text.to_owned(), quoted: signed || Who::from_word(text).is_some() }.to_string()
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let needs_quotes = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"');
        if !self.quoted && !self.text.contains(needs_quotes) {
            return f.write_str(&self.text);
        }
        f.write_char('"')?;
        for c in self.text.chars() {
            if matches!(c, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (key, values) = self.parts();
        if let Some(key) = key {
            write!(f, "{key}:")?;
        }
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            // A bare word may hold commas, which separate nothing there.
            if matches!(self, Self::Word(_)) { f.write_str(&value.text)? } else { value.fmt(f)? }
        }
        Ok(())
    }
}

impl Term {
    /// The key and the values of this term.
    fn parts(&self) -> (Option<&'static str>, Vec<Value>) {
        let words = |texts: &[String]| texts.iter().map(Value::word).collect();
        let (key, values) = match self {
            Self::Is(values) => ("is", values.iter().map(|value| Value::word(value.as_str())).collect()),
            Self::Tag(names) => ("tag", words(names)),
            Self::Assignee(who) => ("assignee", who.iter().map(Who::value).collect()),
            Self::Team(who) => ("team", who.iter().map(Who::value).collect()),
            Self::Channel(channels) => {
                ("channel", channels.iter().map(|channel| Value::word(channel.as_str())).collect())
            }
            Self::Priority(range) => ("priority", range.values()),
            Self::Older(age) => ("older", vec![Value::word(age.to_string())]),
            Self::Newer(age) => ("newer", vec![Value::word(age.to_string())]),
            Self::Updated(dates) => ("updated", vec![Value::word(dates.to_string())]),
            Self::Created(dates) => ("created", vec![Value::word(dates.to_string())]),
            Self::Follows(who) => ("follows", who.iter().map(Who::value).collect()),
            Self::Mentions(who) => ("mentions", who.iter().map(Who::value).collect()),
            Self::Has(values) => {
                ("has", values.iter().map(|Has::Attachment| Value::word("attachment")).collect())
            }
            Self::From(values) => ("from", words(values)),
            Self::Subject(values) => ("subject", words(values)),
            Self::Engaged(yes) => ("engaged", vec![Value::word(if *yes { "yes" } else { "no" })]),
            Self::Unassigned => return (None, vec![Value::word("unassigned")]),
            Self::Untagged => return (None, vec![Value::word("untagged")]),
            Self::Word(word) => return (None, vec![Value::word(word)]),
            Self::Phrase(phrase) => return (None, vec![Value { text: phrase.clone(), quoted: true }]),
        };
        (Some(key), values)
    }
}

impl Is {
    /// The word behind `is:`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Status(status) => status.as_str(),
            Self::Unread => "unread",
            Self::Unknown => "unknown",
            Self::Held => "held",
            Self::Pending => "pending",
        }
    }
}

impl Who {
    fn value(&self) -> Value {
        match self {
            Self::Me => Value::word("me"),
            Self::Nobody => Value::word("none"),
            // In quotes `me` and `none` are somebody's handle.
            Self::Named(handle) => {
                Value { text: handle.as_str().to_owned(), quoted: Self::from_word(handle.as_str()).is_some() }
            }
        }
    }

    /// The words that name nobody in particular, in any case.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "me" => Some(Self::Me),
            "none" => Some(Self::Nobody),
            _ => None,
        }
    }
}

impl PriorityRange {
    fn values(&self) -> Vec<Value> {
        match self {
            Self::Any(priorities) => {
                priorities.iter().map(|priority| Value::word(priority.as_str())).collect()
            }
            Self::AtLeast(priority) => vec![Value::word(format!(">={priority}"))],
            Self::AtMost(priority) => vec![Value::word(format!("<={priority}"))],
        }
    }
}

impl Display for Age {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            AgeUnit::Minutes => 'm',
            AgeUnit::Hours => 'h',
            AgeUnit::Days => 'd',
            AgeUnit::Weeks => 'w',
        };
        write!(f, "{}{unit}", self.count)
    }
}

impl Display for Dates {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(f, "{from}"),
            (Some(from), Some(to)) => write!(f, "{from}..{to}"),
            (Some(from), None) => write!(f, ">={from}"),
            (None, Some(to)) => match to.tomorrow() {
                Ok(next) => write!(f, "<{next}"),
                Err(_) => write!(f, "<={to}"),
            },
            (None, None) => Ok(()),
        }
    }
}
