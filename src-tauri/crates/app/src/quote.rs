//! Quoted history at the end of a message: cut off, so that the thread shows what is new.

/// A message's text and the quoted history below it.
#[derive(Debug, PartialEq, Eq)]
pub struct Parted<'a> {
    /// What the writer wrote.
    pub text: &'a str,
    /// The quoted rest, with the line that introduces it; empty if there is none.
    pub quoted: &'a str,
}

/// Cuts the quoted tail off. Only a tail counts: in an answer written between quotes the quotes carry the meaning.
#[must_use]
pub fn part_quote(text: &str) -> Parted<'_> {
    let lines: Vec<(usize, &str)> = offsets(text).collect();
    let tail = lines.iter().rposition(|(_, line)| !is_quoted(line)).map_or(0, |last| last + 1);
    let has_quote =
        lines.get(tail..).is_some_and(|rest| rest.iter().any(|(_, line)| line.trim_start().starts_with('>')));
    let mut cut = if has_quote { tail } else { lines.len() };
    if let Some(divider) = lines.iter().position(|(_, line)| is_divider(line)) {
        cut = cut.min(divider);
    } else if has_quote {
        // "On Tuesday, Jonas wrote:" belongs to the quote, and may take two lines.
        while let Some((_, line)) = cut.checked_sub(1).and_then(|above| lines.get(above)) {
            if !(line.trim().is_empty() || line.trim_end().ends_with(':') && line.len() < 200) {
                break;
            }
            cut -= 1;
        }
    }
    let at = lines.get(cut).map_or(text.len(), |(offset, _)| *offset);
    // A message that is nothing but a quote is shown as it is.
    if text.get(..at).is_none_or(|head| head.trim().is_empty()) {
        return Parted { text: text.trim_end(), quoted: "" };
    }
    let (text, quoted) = text.split_at(at);
    Parted { text: text.trim_end(), quoted: quoted.trim() }
}

fn is_quoted(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('>')
}

fn is_divider(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("-----") && line.ends_with("-----") && line.contains("riginal")
}

fn offsets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

#[cfg(test)]
mod tests {
    use super::{Parted, part_quote};
    use rstest::rstest;

    #[rstest]
    #[case::nothing_quoted("Hello\nthere", "Hello\nthere", "")]
    #[case::tail(
        "Thanks!\n\nOn Tue, Jo wrote:\n> old\n> older\n",
        "Thanks!",
        "On Tue, Jo wrote:\n> old\n> older"
    )]
    #[case::between("> a?\nYes.\n> b?\nNo.", "> a?\nYes.\n> b?\nNo.", "")]
    #[case::only_a_quote("> a\n> b", "> a\n> b", "")]
    #[case::outlook(
        "See below.\n-----Original Message-----\nFrom: x",
        "See below.",
        "-----Original Message-----\nFrom: x"
    )]
    #[case::empty("", "", "")]
    fn cuts_the_tail_only(#[case] whole: &str, #[case] text: &str, #[case] quoted: &str) {
        assert_eq!(part_quote(whole), Parted { text, quoted });
    }
}
