//! The words of a text, one by one, as `muster_model::tokens` cuts them. Most words are ASCII, and ingest is mostly this.

use muster_model::tokens;

/// Letters and digits.
const IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        is_word[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    is_word
};

/// Calls `found` with every word of a text in its order. `lower`: room to work in.
pub(super) fn each_word(text: &str, lower: &mut Vec<u8>, mut found: impl FnMut(&[u8])) {
    if text.is_ascii() {
        return each_ascii(text, lower, found);
    }
    // No accent, no joining and no run of letters goes beyond a space.
    for piece in text.split_ascii_whitespace() {
        if piece.is_ascii() {
            each_ascii(piece, lower, &mut found);
        } else {
            tokens(piece).iter().for_each(|word| found(word.as_bytes()));
        }
    }
}

fn each_ascii(text: &str, lower: &mut Vec<u8>, mut found: impl FnMut(&[u8])) {
    lower.clear();
    lower.extend_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    // As many as there are bytes.
    #[expect(clippy::indexing_slicing, reason = "there is a place for every byte")]
    for word in lower.split(|byte| !IS_WORD[usize::from(*byte)]).filter(|word| !word.is_empty()) {
        found(word);
    }
}

#[cfg(test)]
mod tests {
    use muster_model::tokens;
    use proptest::prelude::*;

    use super::each_word;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, &mut Vec::new(), |word| words.push(String::from_utf8(word.to_vec()).unwrap()));
        words
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn words_are_the_tokens(
            any in "([ -~]|\\PC){0,60}", ascii in "[ -~\n]{0,60}",
            mixed in "([a-zé ]|[\u{300}\u{308}\u{200d}\u{a8}\u{3099}ｶﾞ\t\u{b}\u{85}\u{a0}\u{1680}\u{2028}漢字한글ᄀ가]){0,40}",
        ) {
            for text in [any, ascii, mixed] {
                prop_assert_eq!(words(&text), tokens(&text));
            }
        }
    }
}
