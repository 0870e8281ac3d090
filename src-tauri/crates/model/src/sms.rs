//! SMS segments, which are what an SMS costs: GSM 03.38 if every character fits, else UCS-2 for the whole text.

/// How an SMS is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsEncoding {
    /// 160 units alone, 153 in a series; some characters take two.
    Gsm7,
    /// 70 units alone, 67 in a series.
    Ucs2,
}

/// What a text costs as SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// How it is coded.
    pub encoding: SmsEncoding,
    /// How many messages; an empty text has none.
    pub count: usize,
    /// Septets, or UTF-16 code units.
    pub units: usize,
    /// The first character that GSM 03.38 lacks and that therefore makes the whole text UCS-2.
    pub offending: Option<char>,
}

/// Each takes one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Each takes an escape and a septet, which stay together.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// Counts the segments of a text.
///
/// ```
/// use muster_model::{SmsEncoding, segments};
///
/// assert_eq!(segments("Your order left.").count, 1);
/// let dash = segments("Delivery today – or tomorrow");
/// assert_eq!((dash.encoding, dash.offending), (SmsEncoding::Ucs2, Some('–')));
/// ```
#[must_use]
pub fn segments(text: &str) -> Segments {
    let offending = text.chars().find(|&c| septets(c).is_none());
    let (encoding, alone, in_series) =
        if offending.is_none() { (SmsEncoding::Gsm7, 160, 153) } else { (SmsEncoding::Ucs2, 70, 67) };
    let widths = text.chars().map(|c| match encoding {
        SmsEncoding::Gsm7 => septets(c).unwrap_or(1),
        SmsEncoding::Ucs2 => c.len_utf16(),
    });
    let (mut units, mut series, mut filled) = (0, 0, in_series);
    for width in widths {
        units += width;
        // A character of two units is never split between messages.
        if filled + width > in_series {
            series += 1;
            filled = 0;
        }
        filled += width;
    }
    let count = if units == 0 {
        0
    } else if units <= alone {
        1
    } else {
        series
    };
    Segments { encoding, count, units, offending }
}

/// Typographic punctuation as typewriters had it, which costs nothing: "–" is "-". None where a character has no such
/// twin, or needs none.
#[must_use]
pub fn plain_twin(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2010}'..='\u{2015}' | '−' => "-",
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '´' | '`' | '′' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => "\"",
        '…' => "...",
        '•' | '·' => "-",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => " ",
        '\u{200b}' | '\u{feff}' => "",
        _ => return None,
    })
}

/// The first character of a text that makes it UCS-2 and has a plain twin.
///
/// ```
/// assert_eq!(muster_model::sms_fix("Delivery today – or tomorrow"), Some(('–', "-")));
/// ```
#[must_use]
pub fn sms_fix(text: &str) -> Option<(char, &'static str)> {
    text.chars().filter(|&c| septets(c).is_none()).find_map(|c| Some((c, plain_twin(c)?)))
}

/// A text with all its typographic punctuation made plain.
#[must_use]
pub fn with_plain_punctuation(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match plain_twin(c) {
            Some(twin) => plain.push_str(twin),
            None => plain.push(c),
        }
    }
    plain
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_basic_alphabet_is_complete() {
        // 128 code points less the escape itself.
        assert_eq!(BASIC.chars().count(), 127);
    }

    #[rstest]
    #[case(String::new(), SmsEncoding::Gsm7, 0, 0)]
    #[case("a".repeat(160), SmsEncoding::Gsm7, 1, 160)]
    #[case("a".repeat(161), SmsEncoding::Gsm7, 2, 161)]
    #[case("a".repeat(306), SmsEncoding::Gsm7, 2, 306)]
    #[case("a".repeat(307), SmsEncoding::Gsm7, 3, 307)]
    #[case("€".repeat(80), SmsEncoding::Gsm7, 1, 160)]
    #[case(format!("{}€{}", "a".repeat(152), "a".repeat(152)), SmsEncoding::Gsm7, 3, 306)]
    #[case("ж".repeat(70), SmsEncoding::Ucs2, 1, 70)]
    #[case("ж".repeat(71), SmsEncoding::Ucs2, 2, 71)]
    #[case("ж".repeat(135), SmsEncoding::Ucs2, 3, 135)]
    #[case("😀".repeat(35), SmsEncoding::Ucs2, 1, 70)]
    #[case("😀".repeat(67), SmsEncoding::Ucs2, 3, 134)]
    fn counts(
        #[case] text: String,
        #[case] encoding: SmsEncoding,
        #[case] count: usize,
        #[case] units: usize,
    ) {
        let found = segments(&text);
        assert_eq!((found.encoding, found.count, found.units), (encoding, count, units));
    }

    #[test]
    fn every_plain_twin_is_in_the_alphabet() {
        for c in (0..=0xffff).filter_map(char::from_u32) {
            if let Some(twin) = plain_twin(c) {
                assert!(septets(c).is_none(), "{c:?} needs no twin");
                assert_eq!(segments(twin).offending, None, "{c:?}");
            }
        }
        assert_eq!(sms_fix("Größe ж – ja…"), Some(('–', "-")));
        assert_eq!(sms_fix("ж"), None);
        assert_eq!(with_plain_punctuation("“Größe” – ja…"), "\"Größe\" - ja...");
    }

    #[test]
    fn names_the_first_character_that_costs() {
        assert_eq!(segments("Größe – ja…").offending, Some('–'));
        assert_eq!(segments("[Größe] ~ 5 €").offending, None);
    }
}
