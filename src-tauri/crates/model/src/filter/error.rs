//! What is wrong with a filter: where, what was expected, and what may have been meant.

/// A filter that cannot be read. The sentence is ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Where the trouble starts: a byte offset into the filter as typed.
    pub at: usize,
    /// How many bytes it covers.
    pub len: usize,
    /// What is wrong and what to write instead.
    pub message: String,
    /// What may have been meant, best first: each replaces exactly the span `at..at + len`.
    pub suggestions: Vec<String>,
}

impl FilterError {
    pub(super) fn new(at: usize, len: usize, message: impl Into<String>) -> Self {
        Self { at, len, message: message.into(), suggestions: Vec::new() }
    }

    pub(super) fn suggest(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }
}

/// The candidates that a typo may have meant, best first, at most three.
pub(super) fn closest(word: &str, candidates: &[&str]) -> Vec<String> {
    let word = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .iter()
        .map(|&candidate| (strsim::jaro_winkler(&word, candidate), candidate))
        .filter(|&(score, candidate)| score >= 0.8 || strsim::osa_distance(&word, candidate) <= 1)
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}
