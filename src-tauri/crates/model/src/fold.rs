//! How text becomes searchable, the same for the index and for the question: folded to lower case without diacritics,
//! cut into words. Chinese, Japanese and Korean have no spaces, so runs of them become overlapping pairs.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, compatibility forms unified, diacritics gone: `Ärger` → `arger`, `Straße` → `strasse`, `ﾃﾞｰﾀ` → `データ`.
///
/// ```
/// assert_eq!(muster_model::fold("Crème BRÛLÉE"), "creme brulee");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut bare = String::with_capacity(text.len());
    for c in text.nfkd().filter(|&c| !is_dropped(c)) {
        for lower in c.to_lowercase() {
            match lower {
                'ß' => bare.push_str("ss"),
                'æ' => bare.push_str("ae"),
                'œ' => bare.push_str("oe"),
                'ø' => bare.push('o'),
                'ł' => bare.push('l'),
                'đ' => bare.push('d'),
                'ı' => bare.push('i'),
                'ς' => bare.push('σ'),
                other => bare.push(other),
            }
        }
    }
    // Back together, so that Hangul syllables and voiced kana count as one character each.
    bare.nfc().collect()
}

/// Accents, vowel points and invisible joiners. Marks that carry meaning (Indic vowels, kana voicing) stay.
pub(crate) fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{0591}'..='\u{05C7}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Whether a character belongs to a script that is written without spaces between words.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// The words of a text as they are indexed, in order: folded runs of letters and digits, CJK runs as overlapping pairs
/// (a run of one stays one character).
///
/// ```
/// assert_eq!(muster_model::tokens("Größe XL, 返品対応"), ["grosse", "xl", "返品", "品対", "対応"]);
/// ```
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    word_groups(text).into_iter().flatten().collect()
}

/// The tokens of a text, grouped by run: a Latin word is a group of one, a CJK run the group of its pairs.
///
/// A search for a word asks for every group, in any order; the tokens of one group stand side by side, and the last
/// token of the last group matches as a prefix.
#[must_use]
pub fn word_groups(text: &str) -> Vec<Vec<String>> {
    let folded = fold(text);
    let mut groups = Vec::new();
    let mut run = String::new();
    let mut run_is_cjk = false;
    for c in folded.chars() {
        let continues = !run.is_empty() && is_combining_mark(c);
        if !continues && !c.is_alphanumeric() {
            close(&mut run, run_is_cjk, &mut groups);
            continue;
        }
        let cjk = if continues { run_is_cjk } else { is_cjk(c) };
        if cjk != run_is_cjk {
            close(&mut run, run_is_cjk, &mut groups);
            run_is_cjk = cjk;
        }
        run.push(c);
    }
    close(&mut run, run_is_cjk, &mut groups);
    groups
}

/// Ends a run: one token, or the pairs of a CJK run.
fn close(run: &mut String, is_cjk: bool, groups: &mut Vec<Vec<String>>) {
    if run.is_empty() {
        return;
    }
    let run = std::mem::take(run);
    let chars: Vec<char> = if is_cjk { run.chars().collect() } else { Vec::new() };
    if chars.len() > 1 {
        groups.push(chars.windows(2).map(|pair| pair.iter().collect()).collect());
    } else {
        groups.push(vec![run]);
    }
}

/// Whether a text, given as its [`tokens`], contains the word in the sense of a bare word in a filter: every group of
/// [`word_groups`] occurs, the last one as a prefix. A word without letters and digits occurs nowhere.
#[must_use]
pub fn contains_word(text: &[String], word: &str) -> bool {
    let groups = word_groups(word);
    let Some((last, others)) = groups.split_last() else { return false };
    others.iter().all(|group| occurs(text, group, false)) && occurs(text, last, true)
}

/// Whether a text, given as its [`tokens`], contains the words of the phrase side by side and whole. A phrase without
/// letters and digits occurs nowhere.
#[must_use]
pub fn contains_phrase(text: &[String], phrase: &str) -> bool {
    occurs(text, &tokens(phrase), false)
}

fn occurs(text: &[String], sequence: &[String], last_is_prefix: bool) -> bool {
    let Some((last, head)) = sequence.split_last() else { return false };
    text.windows(sequence.len()).any(|window| {
        let Some((found, before)) = window.split_last() else { return false };
        before == head && if last_is_prefix { found.starts_with(last.as_str()) } else { found == last }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Ärger", "arger")]
    #[case("İstanbul", "istanbul")]
    #[case("Łódź", "lodz")]
    #[case("ΟΔΟΣ", "οδοσ")]
    #[case("οδός", "οδοσ")]
    #[case("ＡＢＣ１２", "abc12")]
    #[case("ﾃﾞｰﾀ", "データ")]
    #[case("한국어", "한국어")]
    #[case("שָׁלוֹם", "שלום")]
    #[case("مُحَمَّد", "محمد")]
    #[case("हिन्दी", "हिन्दी")]
    #[case("co\u{ad}operate", "cooperate")]
    fn folds(#[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold(text), folded);
    }

    #[rstest]
    #[case("", &[])]
    #[case("…!? 🎉", &[])]
    #[case("Hello, World", &["hello", "world"])]
    #[case("jonas@example.com", &["jonas", "example", "com"])]
    #[case("हिन्दी में", &["हिन्दी", "में"])]
    #[case("iPhone修理", &["iphone", "修理"])]
    #[case("返品対応は", &["返品", "品対", "対応", "応は"])]
    #[case("中", &["中"])]
    #[case("환불 요청", &["환불", "요청"])]
    fn cuts_into_tokens(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(tokens(text), expected);
    }

    #[rstest]
    #[case("Payment failed twice", "pay", true)]
    #[case("Payment failed twice", "ment", false)]
    #[case("Payment failed twice", "twice-pay", true)]
    #[case("Payment failed twice", "pay-twice", false)]
    #[case("Write to jonas@example.com", "jonas@exam", true)]
    #[case("返品対応について", "対応に", true)]
    #[case("返品対応について", "返対", false)]
    #[case("anything", "🎉", false)]
    fn finds_words(#[case] text: &str, #[case] word: &str, #[case] expected: bool) {
        assert_eq!(contains_word(&tokens(text), word), expected);
    }

    #[rstest]
    #[case("Your payment failed: twice", "Payment Failed", true)]
    #[case("Your payment failed: twice", "payment fail", false)]
    #[case("Your payment failed: twice", "payment twice", false)]
    #[case("返品対応について", "品対応", true)]
    #[case("anything", "?", false)]
    fn finds_phrases(#[case] text: &str, #[case] phrase: &str, #[case] expected: bool) {
        assert_eq!(contains_phrase(&tokens(text), phrase), expected);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_text_contains_itself(text in "\\PC{0,40}") {
            let words = tokens(&text);
            prop_assert_eq!(contains_phrase(&words, &text), !words.is_empty());
            prop_assert_eq!(contains_word(&words, &text), !words.is_empty());
        }
    }
}
