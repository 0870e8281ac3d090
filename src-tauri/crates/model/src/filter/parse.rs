//! One line of text into a query. What can be read is read in one pass; every other line ends in a [`FilterError`]
//! that says where. Length and nesting are limited, so that no line can exhaust the stack.
//!
//! ```text
//! any   = all { "OR" all }          all   = part { ["AND"] part }
//! part  = { "-" } ( "(" any ")" | quoted | key ":" value { "," value } | word )
//! value = quoted | characters up to white space, comma, parenthesis or quote
//! ```

use std::str::FromStr;

use super::{
    Filter, FilterError, Query, Sort, Term,
    error::closest,
    value::{self, Parsed, Value},
};
use crate::fold::word_groups;

/// The keys of the language, as written before the colon.
pub const FILTER_KEYS: &[&str] = &[
    "is", "tag", "assignee", "team", "channel", "priority", "older", "newer", "updated", "created",
    "follows", "mentions", "has", "from", "subject", "engaged", "sort",
];

const MAX_CHARS: usize = 10_000;
const MAX_NESTING: usize = 100;

/// A resolved filter is stored as JSON, which readers refuse below 128 levels; the leaves and what holds the filter
/// need some of them.
const MAX_JSON_DEPTH: usize = 100;

impl FromStr for Query {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Ok(read(text)?.0)
    }
}

/// The query, and the names in it that only a directory can confirm.
pub(super) fn read(text: &str) -> Result<(Query, Vec<Named>), FilterError> {
    if let Some((at, _)) = text.char_indices().nth(MAX_CHARS) {
        let message = format!("This filter is longer than {MAX_CHARS} characters. Shorten it.");
        return Err(FilterError::new(at, text.len() - at, message));
    }
    let mut parser = Parser { text, pos: 0, depth: 0, sort: None, names: Vec::new() };
    let filter = parser.any()?;
    if filter.json_depth() > MAX_JSON_DEPTH {
        return Err(too_deep(0, text.len()));
    }
    Ok((Query { filter, sort: parser.sort.unwrap_or_default() }, parser.names))
}

/// A name as it stands in the line, and the key that it belongs to.
pub(super) struct Named {
    pub(super) key: &'static str,
    pub(super) value: Value,
}

impl Query {
    /// Reads a filter line.
    ///
    /// ```
    /// use muster_model::Query;
    ///
    /// let query = Query::parse("is:active (tag:vip OR priority:>=high) sort:waiting")?;
    /// assert_eq!(query.to_string(), "is:active (tag:vip OR priority:>=high) sort:waiting");
    /// assert_eq!(Query::parse("tagg:vip").unwrap_err().suggestions, ["tag:"]);
    /// # Ok::<(), muster_model::FilterError>(())
    /// ```
    ///
    /// # Errors
    /// Where the line cannot be read, what was expected there, and what may have been meant.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        text.parse()
    }
}

struct Parser<'a> {
    text: &'a str,
    pos: usize,
    depth: usize,
    sort: Option<Sort>,
    names: Vec<Named>,
}

fn too_deep(at: usize, len: usize) -> FilterError {
    FilterError::new(at, len, "The parentheses are nested too deeply. Write the filter with fewer of them.")
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// What stands here up to white space, a parenthesis, a quote or the end.
    fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(ends_word).unwrap_or(rest.len())]
    }

    fn skip_space(&mut self) {
        self.pos = self.text.len() - self.rest().trim_start().len();
    }

    fn any(&mut self) -> Result<Filter, FilterError> {
        let mut branches = Vec::new();
        let mut or_at = None;
        loop {
            let from = self.pos;
            let branch = self.all()?;
            let is_or = self.peek_word() == "OR";
            match branch {
                Some(branch) => branches.push(branch),
                None if is_or || or_at.is_some() => {
                    let at = or_at.unwrap_or(self.pos);
                    return Err(FilterError::new(at, 2, "OR needs a term on both sides."));
                }
                None if self.depth > 0 && self.peek() == Some(')') => {
                    let message = "These parentheses are empty. Write a term between them.";
                    return Err(FilterError::new(from - 1, self.pos + 2 - from, message));
                }
                None => {}
            }
            if is_or {
                or_at = Some(self.pos);
                self.pos += 2;
                continue;
            }
            if self.depth == 0 && self.peek() == Some(')') {
                let error = FilterError::new(self.pos, 1, "This parenthesis closes nothing. Remove it.");
                return Err(error.suggest(vec![String::new()]));
            }
            return Ok(Filter::any_of(branches));
        }
    }

    /// The terms up to `OR`, `)` or the end; `None` if there are none.
    fn all(&mut self) -> Result<Option<Filter>, FilterError> {
        let mut parts = Vec::new();
        let mut and_at = None;
        loop {
            self.skip_space();
            let word = self.peek_word();
            if word == "AND" && !parts.is_empty() && and_at.is_none() {
                and_at = Some(self.pos);
                self.pos += 3;
                continue;
            }
            let is_over = self.peek().is_none_or(|c| c == ')') || word == "OR";
            if word == "AND" || (is_over && and_at.is_some()) {
                let at = and_at.unwrap_or(self.pos);
                return Err(FilterError::new(at, 3, "AND needs a term on both sides."));
            }
            if is_over {
                return Ok(if parts.is_empty() { None } else { Some(Filter::all_of(parts)) });
            }
            // An order is no condition: it is taken out of the line.
            if let Some(part) = self.part()? {
                parts.push(part);
                and_at = None;
            }
        }
    }

    /// One part; `None` for an order, which is remembered instead.
    fn part(&mut self) -> Result<Option<Filter>, FilterError> {
        let from = self.pos;
        let mut negated = false;
        while self.peek() == Some('-') {
            self.pos += 1;
            negated = !negated;
        }
        let has_minus = self.pos > from;
        if has_minus && self.peek().is_none_or(|c| c.is_whitespace() || c == ')') {
            let message = "\"-\" excludes the term behind it, but none follows. Write for example -tag:vip.";
            return Err(FilterError::new(from, self.pos - from, message));
        }
        let part = match self.peek() {
            Some('(') => self.group()?,
            Some('"') => self.phrase()?,
            _ => match self.term()? {
                Parsed::Term(term) => Filter::Term(term),
                Parsed::Sort(sort) => {
                    let len = self.pos - from;
                    if self.depth > 0 || has_minus {
                        let message = "sort: orders the whole list. Write it outside of parentheses, without - before it.";
                        return Err(FilterError::new(from, len, message));
                    }
                    if self.sort.replace(sort).is_some() {
                        return Err(FilterError::new(from, len, "A list has one order. Remove one sort:."));
                    }
                    return Ok(None);
                }
            },
        };
        Ok(Some(if negated { part.negated() } else { part }))
    }

    fn group(&mut self) -> Result<Filter, FilterError> {
        let open = self.pos;
        if self.depth == MAX_NESTING {
            return Err(too_deep(open, 1));
        }
        self.pos += 1;
        self.depth += 1;
        let inner = self.any()?;
        self.depth -= 1;
        if self.peek() != Some(')') {
            let rest = &self.text[open..];
            let message = "This parenthesis is never closed. Write ) where it ends.";
            return Err(FilterError::new(open, rest.len(), message).suggest(vec![format!("{rest})")]));
        }
        self.pos += 1;
        Ok(inner)
    }

    fn phrase(&mut self) -> Result<Filter, FilterError> {
        let at = self.pos;
        let phrase = self.quoted()?;
        if word_groups(&phrase).is_empty() {
            return Err(nothing_to_find(at, &self.text[at..self.pos]));
        }
        Ok(Filter::Term(Term::Phrase(phrase)))
    }

    fn term(&mut self) -> Result<Parsed, FilterError> {
        let at = self.pos;
        let word = self.peek_word();
        if let Some((name, after)) = word.split_once(':') {
            let key = name.to_ascii_lowercase();
            if let Some(&key) = FILTER_KEYS.iter().find(|known| **known == key) {
                self.pos += name.len() + 1;
                let values = self.values(key, at)?;
                let read = value::read(key, &values)?;
                if matches!(key, "tag" | "assignee" | "team" | "follows" | "mentions") {
                    self.names.extend(values.into_iter().map(|value| Named { key, value }));
                }
                return Ok(read);
            }
            let has_value = !after.is_empty() || self.text[at + word.len()..].starts_with('"');
            if has_value && looks_like_key(name, after) {
                return Err(unknown_key(at, name, word));
            }
        }
        self.pos += word.len();
        match word {
            "unassigned" => Ok(Parsed::Term(Term::Unassigned)),
            "untagged" => Ok(Parsed::Term(Term::Untagged)),
            _ if word_groups(word).is_empty() => Err(nothing_to_find(at, word)),
            _ => Ok(Parsed::Term(Term::Word(word.to_owned()))),
        }
    }

    /// The values behind a key that starts at `key_at`.
    fn values(&mut self, key: &str, key_at: usize) -> Result<Vec<Value>, FilterError> {
        let mut values = Vec::new();
        loop {
            let at = self.pos;
            let quoted = self.peek() == Some('"');
            let text = if quoted { self.quoted()? } else { self.bare_value().to_owned() };
            if text.trim().is_empty() {
                return Err(value::missing(key, key_at, self.pos - key_at));
            }
            if self.peek() == Some('"') || (quoted && !self.bare_value().is_empty()) {
                let message = "Something follows this value directly. Write a space or a comma between them.";
                return Err(FilterError::new(at, self.pos - at, message));
            }
            values.push(Value { text, quoted, at, len: self.pos - at });
            if self.peek() != Some(',') {
                return Ok(values);
            }
            self.pos += 1;
        }
    }

    fn bare_value(&mut self) -> &'a str {
        let word = self.peek_word();
        let value = word.split(',').next().unwrap_or(word);
        self.pos += value.len();
        value
    }

    fn quoted(&mut self) -> Result<String, FilterError> {
        let open = self.pos;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.pos = open + at + 1;
                    return Ok(text);
                }
                '\\' => match chars.next_if(|&(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        let rest = &self.text[open..];
        let error =
            FilterError::new(open, rest.len(), "This quote is never closed. Write \" where the phrase ends.");
        // A backslash at the end would take the quotation mark for a part of the phrase.
        let closable = !word_groups(&text).is_empty() && !rest.ends_with('\\');
        Err(if closable { error.suggest(vec![format!("{rest}\"")]) } else { error })
    }
}

/// Text such as `http://…`, `10:41`, `Re:invoice` or `C:\path` is searched for; only what can be a mistyped key is not.
fn looks_like_key(name: &str, after: &str) -> bool {
    (2..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase()) && !after.starts_with("//")
}

fn unknown_key(at: usize, name: &str, word: &str) -> FilterError {
    let len = name.len() + 1;
    let keys = closest(name, FILTER_KEYS);
    let meant = match keys.first() {
        Some(key) => format!(" Did you mean {key}: ?"),
        None => String::new(),
    };
    let message =
        format!("\"{name}:\" is not a key.{meant} To search for the text, write \"{word}\" in quotes.");
    FilterError::new(at, len, message).suggest(keys.into_iter().map(|key| format!("{key}:")).collect())
}

fn nothing_to_find(at: usize, word: &str) -> FilterError {
    let shown = word.trim_matches('"');
    let message = format!("\"{shown}\" holds no letter or digit to search for. Remove it or add a word.");
    FilterError::new(at, word.len(), message)
}
