//! A filter that can be read and may still not say what was meant: a name that the help desk does not know.

use super::{
    FilterError, Query, Who,
    error::closest,
    parse::{self, Named},
    print::quote,
};
use crate::Directory;

impl Query {
    /// Names in the line that the directory does not know, in order. Such a filter is right and matches nothing of that
    /// name; a list of names that is empty was never fetched and doubts nothing.
    ///
    /// ```
    /// use muster_model::{Directory, Query, Tag};
    ///
    /// let tags = vec![Tag { name: "refund".into(), color: None }];
    /// let directory = Directory { tags, ..Directory::default() };
    /// assert_eq!(Query::doubts("tag:refnud", &directory)[0].suggestions, ["refund"]);
    /// ```
    #[must_use]
    pub fn doubts(line: &str, directory: &Directory) -> Vec<FilterError> {
        let Ok((_, names)) = parse::read(line) else { return Vec::new() };
        names.into_iter().filter_map(|named| doubt(&named, directory)).collect()
    }
}

fn doubt(Named { key, value }: &Named, directory: &Directory) -> Option<FilterError> {
    if !value.quoted && Who::from_word(&value.text).is_some() && *key != "tag" {
        return None;
    }
    // What it is called in a filter, and what people call it.
    let known: Vec<(&str, &str)> = match *key {
        "tag" => directory.tags.iter().map(|tag| (tag.name.as_str(), tag.name.as_str())).collect(),
        "team" => directory.teams.iter().map(|team| (team.handle.as_str(), team.name.as_str())).collect(),
        _ => directory.agents.iter().map(|agent| (agent.handle.as_str(), agent.name.as_str())).collect(),
    };
    let typed = value.text.to_lowercase();
    if known.is_empty() || known.iter().any(|(handle, _)| handle.to_lowercase() == typed) {
        return None;
    }
    let what = match *key {
        "tag" => "tag",
        "team" => "team",
        _ => "colleague",
    };
    let by_name = known.iter().filter(|(_, name)| name.to_lowercase() == typed).map(|(handle, _)| *handle);
    let lower: Vec<String> = known.iter().map(|(handle, _)| handle.to_lowercase()).collect();
    let candidates: Vec<&str> = lower.iter().map(String::as_str).collect();
    let mut meant: Vec<String> = by_name.map(str::to_owned).collect();
    meant.extend(closest(&typed, &candidates));
    meant.dedup();
    meant.truncate(3);
    let question = meant.first().map(|name| format!(" Did you mean {name}?")).unwrap_or_default();
    let message = format!("The help desk knows no {what} \"{}\".{question}", value.text);
    Some(
        FilterError::new(value.at, value.len, message)
            .suggest(meant.iter().map(|name| quote(name)).collect()),
    )
}
