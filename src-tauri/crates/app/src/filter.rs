//! The filter box: whether a line makes sense, what is wrong with it or doubtful, how it may go on, and what it would show.

use muster_model::{Directory, FilterError, Match, Query, complete};

use crate::view_filter::replace;
use crate::wire::{FilterCheck, FilterCompletion, FilterMistake, FilterText, TermView, WithoutTerm};
use crate::words::count;
use crate::{App, UiError};

impl App {
    /// Whether a filter makes sense, and what it would show.
    ///
    /// # Errors
    /// When the account cannot be opened or its cache cannot be read; a mistake in the filter is an answer.
    pub async fn check_filter(&self, request: FilterText) -> Result<FilterCheck, UiError> {
        let account = self.account_of(&request.account).await?;
        let (text, directory, moment) = (request.text, account.directory(), account.moment());
        let cursor = request.cursor.map_or(text.len(), |cursor| byte_at(&text, cursor));
        let today = moment.now.to_zoned(moment.zone.clone()).date();
        let completions = completions(&text, cursor, &directory, today);
        let query = match text.parse::<Query>() {
            Ok(query) => query,
            Err(err) => {
                return Ok(FilterCheck {
                    error: Some(mistake(&text, &err)),
                    canonical: String::new(),
                    terms: vec![],
                    count: None,
                    without: vec![],
                    doubt: None,
                    completions,
                });
            }
        };
        let terms = query.terms();
        let mut lines = vec![query.clone()];
        if terms.len() > 1 {
            lines.extend((0..terms.len()).map(|index| query.without_term(index)));
        }
        let matches: Vec<Match> = lines.iter().map(|line| line.resolve(&moment).filter).collect();
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let counts = self
            .blocking(move || {
                let all = stores.cache.counts(matches.get(..1).unwrap_or_default(), &overlay)?;
                // What dropping a term would give matters only when nothing is left.
                let rest = if all.first() == Some(&0) {
                    stores.cache.counts(matches.get(1..).unwrap_or_default(), &overlay)?
                } else {
                    vec![]
                };
                Ok([all, rest].concat())
            })
            .await?;
        let mut without: Vec<WithoutTerm> = terms
            .iter()
            .zip(lines.iter().skip(1))
            .zip(counts.iter().skip(1))
            .filter(|(_, n)| **n > 0)
            .map(|((term, line), n)| WithoutTerm {
                term: term.text.clone(),
                filter: line.to_string(),
                count: count(*n),
            })
            .collect();
        without.sort_by_key(|line| std::cmp::Reverse(line.count));
        Ok(FilterCheck {
            error: None,
            canonical: query.to_string(),
            terms: terms
                .into_iter()
                .map(|term| TermView {
                    key: term.key,
                    value: term.value,
                    negated: term.negated,
                    text: term.text,
                })
                .collect(),
            count: counts.first().copied().map(count),
            without,
            doubt: Query::doubts(&text, &directory).first().map(|doubt| mistake(&text, doubt)),
            completions,
        })
    }
}

fn completions(
    text: &str,
    cursor: usize,
    directory: &Directory,
    today: jiff::civil::Date,
) -> Vec<FilterCompletion> {
    let found = complete(text, cursor, directory, today);
    let before = text.get(..found.from).unwrap_or_default();
    let taken = |one: muster_model::Suggestion| FilterCompletion {
        line: replace(text, found.from, found.to - found.from, &one.insert),
        cursor: utf16(before) + utf16(&one.insert),
        text: one.insert,
        detail: one.detail,
    };
    found.suggestions.into_iter().map(taken).collect()
}

fn mistake(text: &str, err: &FilterError) -> FilterMistake {
    FilterMistake {
        at: utf16(text.get(..err.at).unwrap_or_default()),
        len: utf16(text.get(err.at..err.at + err.len).unwrap_or_default()),
        suggestions: err.suggestions.iter().map(|part| replace(text, err.at, err.len, part)).collect(),
        message: err.message.clone(),
    }
}

fn utf16(text: &str) -> u32 {
    count(text.encode_utf16().count())
}

/// The byte at which the `offset`-th UTF-16 unit begins.
fn byte_at(text: &str, offset: u32) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= offset as usize {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_box_counts_in_utf_16() {
        let text = "é🎉 tag:re is:done";
        let cursor = byte_at(text, 10);
        assert_eq!(text.get(cursor..), Some(" is:done"));
        let tags = vec![muster_model::Tag { name: "refund".into(), color: None }];
        let directory = Directory { tags, ..Directory::default() };
        let found = completions(text, cursor, &directory, "2026-05-20".parse().unwrap());
        assert_eq!((found[0].line.as_str(), found[0].cursor), ("é🎉 tag:refund is:done", 14));
        assert_eq!(byte_at(text, 99), text.len());
    }
}
