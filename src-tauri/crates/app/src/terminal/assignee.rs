//! Whom a terminal names: an agent or a team by handle, checked against the directory. The help desk would refuse a
//! misspelt one for every conversation, one by one.

use muster_engine::Account;
use muster_model::Handle;

use crate::{ErrorCode, UiError};

/// So many are named when nobody is meant.
const NAMED: usize = 8;

/// The handle of an agent; `me` is whoever's key it is.
pub(super) fn agent(account: &Account, word: &str) -> Result<String, UiError> {
    if word == "me"
        && let Some(me) = account.me()
    {
        return Ok(me.handle.to_string());
    }
    find("agent", word, account.directory().agents.iter().map(|agent| &agent.handle))
}

/// The handle of a team.
pub(super) fn team(account: &Account, word: &str) -> Result<String, UiError> {
    find("team", word, account.directory().teams.iter().map(|team| &team.handle))
}

/// A help desk that names nobody is believed whatever is typed.
fn find<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a Handle>) -> Result<String, UiError> {
    let mut handles: Vec<&str> = known.map(Handle::as_str).collect();
    let same = |handle: &&str| handle.to_lowercase() == word.to_lowercase();
    match handles.iter().find(|handle| same(handle)) {
        Some(handle) => return Ok((*handle).to_owned()),
        None if handles.is_empty() && !word.is_empty() => return Ok(word.to_owned()),
        None => {}
    }
    let more = if handles.len() > NAMED { ", …" } else { "" };
    handles.truncate(NAMED);
    let sentence = format!("There is no {what} \"{word}\". There is: {}{more}.", handles.join(", "));
    Err(UiError::new(ErrorCode::BadInput, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case_and_misspelt_ones_are_not_sent() {
        let known = [Handle::from("mira@example.com"), Handle::from("jonas@example.com")];
        assert_eq!(find("agent", "Mira@Example.com", known.iter()).unwrap(), "mira@example.com");
        let err = find("agent", "mire@example.com", known.iter()).unwrap_err();
        assert_eq!(
            err.message,
            "There is no agent \"mire@example.com\". There is: mira@example.com, jonas@example.com."
        );
        assert_eq!(find("team", "billing", [].iter()).unwrap(), "billing");
    }
}
