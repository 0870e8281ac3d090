//! Ids on the wire: a letter that says of what, and the row's number.

/// `c-1042`.
pub(crate) fn conversation_id(number: i64) -> String {
    tagged('c', number)
}

/// The id of a row.
pub(crate) fn tagged(letter: char, number: i64) -> String {
    format!("{letter}-{number}")
}

/// The row that an id names, if it is an id of that letter.
pub(crate) fn parse(letter: char, id: &str) -> Option<i64> {
    let number = id.strip_prefix(letter)?.strip_prefix('-')?;
    if number.starts_with(['0', '-', '+']) { None } else { number.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_out() {
        assert_eq!(parse('c', &conversation_id(1042)), Some(1042));
        for id in ["1042", "m-1042", "c-", "c--1", "c-01", "c-+1", "c-1 ", "c-1x", ""] {
            assert_eq!(parse('c', id), None, "{id}");
        }
    }
}
