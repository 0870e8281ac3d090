//! Where a filter's words stand in a text: ranges to be marked, and the part of a long text that holds them. Data, not
//! markup: whoever shows it decides how.
//!
//! A hit is what the full-text index calls one ([`crate::contains_word`], [`crate::contains_phrase`]), so what is found is
//! what is marked, whatever its spelling: `cafe` marks *Café*.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::fold::{is_cjk, is_dropped};
use crate::{Match, fold, tokens, word_groups};

/// Characters before the first hit in a snippet, at most.
const LEAD: usize = 40;

/// Part of a text around what was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// In one line; an ellipsis stands where something was left out.
    pub text: String,
    /// Byte ranges of the hits in it, in order.
    pub marks: Vec<Range<usize>>,
}

/// Sequences of tokens that are marked where they stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needles(Vec<Needle>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Needle {
    tokens: Vec<String>,
    last_is_prefix: bool,
}

impl Match {
    /// What to mark in a subject: the words and phrases that are asked for, anywhere or in the subject. What is excluded is
    /// not looked for.
    #[must_use]
    pub fn needles_in_subject(&self) -> Needles {
        let mut needles = Needles::default();
        self.collect(true, &mut needles);
        needles
    }

    /// What to mark in messages and whatever else is searched.
    #[must_use]
    pub fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        self.collect(false, &mut needles);
        needles
    }

    fn collect(&self, in_subject: bool, needles: &mut Needles) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.collect(in_subject, needles));
            }
            Self::Word(word) => needles.word(word),
            Self::Subject(word) if in_subject => needles.word(word),
            Self::Phrase(phrase) => needles.add(tokens(phrase), false),
            _ => {}
        }
    }
}

impl Needles {
    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn word(&mut self, word: &str) {
        let groups = word_groups(word);
        let last = groups.len().saturating_sub(1);
        for (at, group) in groups.into_iter().enumerate() {
            self.add(group, at == last);
        }
    }

    fn add(&mut self, tokens: Vec<String>, last_is_prefix: bool) {
        if !tokens.is_empty() {
            self.0.push(Needle { tokens, last_is_prefix });
        }
    }

    /// Byte ranges of every hit, in order and apart.
    ///
    /// ```
    /// use muster_model::Match;
    ///
    /// let needles = Match::Word("cafe".into()).needles();
    /// assert_eq!(needles.hits("Le Café bleu"), [3..8]);
    /// ```
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_empty() || text.is_empty() {
            return Vec::new();
        }
        let spans = spans(text);
        let mut hits: Vec<Range<usize>> = Vec::new();
        for needle in &self.0 {
            for window in spans.windows(needle.tokens.len()) {
                if let (true, [first, ..], [.., last]) = (needle.fits(window), window, window) {
                    hits.push(first.range.start..last.range.end);
                }
            }
        }
        hits.sort_by_key(|hit| (hit.start, hit.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(hits.len());
        for hit in hits {
            match apart.last_mut() {
                Some(before) if hit.start <= before.end => before.end = before.end.max(hit.end),
                _ => apart.push(hit),
            }
        }
        apart
    }

    /// The part of a text around its first hit, at most so many characters; none without a hit.
    #[must_use]
    pub fn snippet(&self, text: &str, most: usize) -> Option<Snippet> {
        let first = self.hits(text).into_iter().next()?;
        let before = text.get(..first.start)?;
        let lead = before.char_indices().rev().take(LEAD).last().map_or(before.len(), |(at, _)| at);
        // Not in the middle of a word, where there are words.
        let from = match before.get(lead..).and_then(|cut| cut.find(char::is_whitespace)) {
            Some(space) if lead > 0 => lead + space,
            _ => lead,
        };
        let rest = text.get(from..)?.trim_start();
        let mut line = String::new();
        if !text.get(..text.len() - rest.len()).is_none_or(|left_out| left_out.trim().is_empty()) {
            line.push_str("… ");
        }
        let mut left = most;
        let mut spaced = false;
        for c in rest.chars() {
            if left == 0 {
                line.push('…');
                break;
            }
            if c.is_whitespace() {
                spaced = true;
                continue;
            }
            if std::mem::take(&mut spaced) {
                line.push(' ');
                left -= 1;
            }
            line.push(c);
            left = left.saturating_sub(1);
        }
        let marks = self.hits(&line);
        Some(Snippet { text: line, marks })
    }
}

impl Needle {
    fn fits(&self, window: &[Span]) -> bool {
        let last = self.tokens.len() - 1;
        self.tokens.iter().zip(window).enumerate().all(|(at, (wanted, found))| {
            if at == last && self.last_is_prefix {
                found.token.starts_with(wanted.as_str())
            } else {
                found.token == *wanted
            }
        })
    }
}

/// A token, and where it stands in the text.
struct Span {
    token: String,
    range: Range<usize>,
}

/// The tokens of a text with their places. Folding bit by bit could in a rare script give other tokens than folding the
/// whole; then nothing is marked rather than something wrong.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    // Each folded character of the current run, with the place that it comes from.
    let mut run: Vec<(char, Range<usize>)> = Vec::new();
    let mut run_is_cjk = false;
    for (place, folded) in clusters(text) {
        for c in folded.chars() {
            let continues = !run.is_empty() && is_combining_mark(c);
            if !continues && !c.is_alphanumeric() {
                close(&mut run, run_is_cjk, &mut spans);
                continue;
            }
            let cjk = if continues { run_is_cjk } else { is_cjk(c) };
            if cjk != run_is_cjk {
                close(&mut run, run_is_cjk, &mut spans);
                run_is_cjk = cjk;
            }
            run.push((c, place.clone()));
        }
    }
    close(&mut run, run_is_cjk, &mut spans);
    let is_what_was_indexed =
        spans.iter().map(|span| span.token.as_str()).eq(tokens(text).iter().map(String::as_str));
    if is_what_was_indexed { spans } else { Vec::new() }
}

fn close(run: &mut Vec<(char, Range<usize>)>, is_cjk: bool, spans: &mut Vec<Span>) {
    let size = if is_cjk && run.len() > 1 { 2 } else { run.len().max(1) };
    for window in run.windows(size) {
        if let ([(_, first), ..], [.., (_, last)]) = (window, window) {
            spans
                .push(Span { token: window.iter().map(|(c, _)| *c).collect(), range: first.start..last.end });
        }
    }
    run.clear();
}

/// Pieces of a text that are folded for themselves: a character with the marks that belong to it.
fn clusters(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.next()?;
        while rest.next_if(|&(_, c)| joins(c)).is_some() {}
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        Some((start..end, fold(text.get(start..end).unwrap_or_default())))
    })
}

/// Whether a character belongs to the one before: accents, half-width voicing marks, the later parts of a Hangul syllable.
fn joins(c: char) -> bool {
    is_combining_mark(c) || is_dropped(c) || matches!(c, '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::{Moment, Query, contains_phrase, contains_word};

    fn needles(filter: &str) -> Needles {
        let moment = Moment { now: jiff::Timestamp::UNIX_EPOCH, zone: jiff::tz::TimeZone::UTC, me: None };
        Query::parse(filter).unwrap().resolve(&moment).filter.needles()
    }

    /// The text with its hits in brackets.
    fn marked(text: &str, marks: &[Range<usize>]) -> String {
        let mut out = String::new();
        let mut at = 0;
        for mark in marks {
            out.push_str(&text[at..mark.start]);
            out.push('[');
            out.push_str(&text[mark.clone()]);
            out.push(']');
            at = mark.end;
        }
        out + &text[at..]
    }

    #[rstest]
    #[case("pay", "The payment failed. Pay again", "The [payment] failed. [Pay] again")]
    #[case(
        "\"payment failed\"",
        "Payment  failed; payment not failed",
        "[Payment  failed]; payment not failed"
    )]
    #[case("grosse", "Größe XL, Große", "[Größe] XL, [Große]")]
    #[case("grosse", "Gro\u{308}ße", "[Gro\u{308}ße]")]
    #[case("対応", "返品対応は", "返品[対応]は")]
    #[case("デ", "ﾃﾞｰﾀ", "[ﾃﾞｰ]ﾀ")]
    #[case("환불", "환불 요청", "[환불] 요청")]
    #[case("محمد", "أهلا مُحَمَّد", "أهلا [مُحَمَّد]")]
    #[case("jonas@exam", "Write to jonas@example.com", "Write to [jonas]@[example].com")]
    #[case("a OR b -c", "a b c", "[a] [b] c")]
    #[case("is:active tag:x", "active x", "active x")]
    fn hits_are_marked(#[case] filter: &str, #[case] text: &str, #[case] expected: &str) {
        assert_eq!(marked(text, &needles(filter).hits(text)), expected);
    }

    #[test]
    fn a_subject_is_asked_for_by_its_own_key() {
        let moment = Moment { now: jiff::Timestamp::UNIX_EPOCH, zone: jiff::tz::TimeZone::UTC, me: None };
        let filter = Query::parse("subject:invoice paid").unwrap().resolve(&moment).filter;
        let text = "Invoice was paid";
        assert_eq!(marked(text, &filter.needles_in_subject().hits(text)), "[Invoice] was [paid]");
        assert_eq!(marked(text, &filter.needles().hits(text)), "Invoice was [paid]");
    }

    #[rstest]
    #[case("A short text with a hit", 80, "A short text with a [hit]")]
    #[case(
        "First of all a long introduction that nobody looked for,\nthen the  hit, and then a lot more text",
        60,
        "… that nobody looked for, then the [hit], and then a lot more te…"
    )]
    fn a_snippet_is_a_line_around_the_first_hit(
        #[case] text: &str,
        #[case] most: usize,
        #[case] expected: &str,
    ) {
        let snippet = needles("hit").snippet(text, most).unwrap();
        assert_eq!(marked(&snippet.text, &snippet.marks), expected);
        assert_eq!(needles("nothing").snippet(text, most), None);
    }

    proptest! {
        /// What the index finds is what is marked, and the other way round.
        #[test]
        fn what_is_found_is_marked(text in "[a-zäß返品 .,é\u{301}ﾃﾞ한]{0,30}", word in "[a-zä返é]{1,3}") {
            let words = tokens(&text);
            let by_word = Match::Word(word.clone()).needles();
            if contains_word(&words, &word) {
                prop_assert!(!by_word.hits(&text).is_empty());
            }
            let by_phrase = Match::Phrase(word.clone()).needles();
            prop_assert_eq!(contains_phrase(&words, &word), !by_phrase.hits(&text).is_empty());
        }

        #[test]
        fn marks_lie_in_the_text(text in "\\PC{0,60}", word in "\\PC{1,4}", most in 1..60usize) {
            let needles = Match::Word(word).needles();
            for hit in needles.hits(&text) {
                prop_assert!(text.get(hit).is_some());
            }
            if let Some(snippet) = needles.snippet(&text, most) {
                for hit in snippet.marks {
                    prop_assert!(snippet.text.get(hit).is_some());
                }
            }
        }
    }
}
