//! The standard views of the sidebar, and completing a filter while it is typed.

use muster_model::Directory;

/// Where a view stands in the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Inbox, Unassigned, Following.
    Mine,
    /// By status.
    Everything,
    /// Active ones per team.
    Teams,
    /// Active ones per tag.
    Tags,
}

/// One view of the sidebar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Where.
    pub section: Section,
    /// Stable.
    pub key: String,
    /// As shown.
    pub name: String,
    /// As typed.
    pub filter: String,
}

/// The sidebar's views, in order.
#[must_use]
pub fn standard_views(directory: &Directory) -> Vec<View> {
    let view = |section, key: &str, name: &str, filter: &str| View {
        section,
        key: key.into(),
        name: name.into(),
        filter: filter.into(),
    };
    let mut views = vec![
        view(Section::Mine, "inbox", "Inbox", "assignee:me is:active"),
        view(Section::Mine, "unassigned", "Unassigned", "unassigned is:active"),
        view(Section::Mine, "following", "Following", "follows:me"),
        view(Section::Everything, "active", "Active", "is:active"),
        view(Section::Everything, "snoozed", "Snoozed", "is:snoozed"),
        view(Section::Everything, "done", "Done", "is:done"),
        view(Section::Everything, "archived", "Archived", "is:archived"),
        view(Section::Everything, "spam", "Spam", "is:spam"),
    ];
    views.extend(directory.teams.iter().map(|team| View {
        section: Section::Teams,
        key: format!("team:{}", team.handle),
        name: team.name.clone(),
        filter: format!("team:{} is:active", quoted(team.handle.as_str())),
    }));
    views.extend(directory.tags.iter().map(|tag| View {
        section: Section::Tags,
        key: format!("tag:{}", tag.name),
        name: tag.name.clone(),
        filter: format!("tag:{} is:active", quoted(&tag.name)),
    }));
    views
}

/// A value as the filter language wants it: in quotes where it is not one plain word.
fn quoted(value: &str) -> String {
    let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+' | '&'));
    if plain && !value.is_empty() && !value.starts_with('-') {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

const KEYS: &[(&str, &[&str])] = &[
    ("is", &["active", "snoozed", "done", "archived", "spam", "unread", "pending", "unknown", "held"]),
    ("tag", &[]),
    ("assignee", &["me", "none"]),
    ("team", &["none"]),
    ("channel", &["email", "chat", "sms", "whatsapp", "facebook", "instagram", "voice"]),
    ("priority", &["urgent", "high", ">=high", "medium", "low"]),
    ("older", &["30d", "90d", "2w"]),
    ("newer", &["2d", "24h", "1w"]),
    ("follows", &["me"]),
    ("has", &["attachment"]),
    ("engaged", &["no", "yes"]),
    ("sort", &["updated", "created", "waiting", "priority"]),
    ("from", &[]),
    ("subject", &[]),
    ("updated", &[]),
    ("created", &[]),
];

/// How many completions are offered.
const COMPLETIONS: usize = 8;

/// Whole lines that complete the word at the end of `text`.
#[must_use]
pub fn completions(text: &str, directory: &Directory) -> Vec<String> {
    let start = text.rfind(|c: char| c.is_whitespace() || c == '(').map_or(0, |at| at + 1);
    let word = text.get(start..).unwrap_or_default();
    let (minus, word) = word.strip_prefix('-').map_or(("", word), |rest| ("-", rest));
    let head = text.get(..start).unwrap_or_default();
    if word.is_empty() {
        return vec![];
    }
    let Some((key, typed)) = word.split_once(':') else {
        let word = word.to_lowercase();
        return KEYS
            .iter()
            .filter(|(key, _)| key.starts_with(&word) && *key != word)
            .map(|(key, _)| format!("{head}{minus}{key}:"))
            .take(COMPLETIONS)
            .collect();
    };
    let Some((_, fixed)) = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) else {
        return vec![];
    };
    // After a comma another value of the same key begins.
    let (before, last) = typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1));
    let last = last.trim_start_matches('"').to_lowercase();
    let mut values: Vec<(String, String)> =
        fixed.iter().map(|value| ((*value).to_owned(), (*value).to_owned())).collect();
    match key.to_lowercase().as_str() {
        "tag" => values.extend(directory.tags.iter().map(|tag| (tag.name.clone(), tag.name.clone()))),
        "assignee" | "follows" => {
            values
                .extend(directory.agents.iter().map(|agent| (agent.handle.to_string(), agent.name.clone())));
        }
        "team" => {
            values.extend(directory.teams.iter().map(|team| (team.handle.to_string(), team.name.clone())));
        }
        _ => {}
    }
    values
        .into_iter()
        .filter(|(value, name)| {
            let (value, name) = (value.to_lowercase(), name.to_lowercase());
            value != last
                && (value.starts_with(&last) || name.split_whitespace().any(|part| part.starts_with(&last)))
        })
        .map(|(value, _)| {
            format!("{head}{minus}{key}:{before}{}", if key == "priority" { value } else { quoted(&value) })
        })
        .take(COMPLETIONS)
        .collect()
}

/// The line with a part of it replaced.
#[must_use]
pub fn replace(text: &str, at: usize, len: usize, with: &str) -> String {
    format!("{}{with}{}", text.get(..at).unwrap_or_default(), text.get(at + len..).unwrap_or_default())
}

/// A word of the model as a title: "whatsapp" → "WhatsApp".
#[must_use]
pub fn title(word: &str) -> String {
    match word {
        "sms" => "SMS".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        word => {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{completions, quoted, replace, standard_views};
    use muster_model::{Agent, Directory, Query, Tag};
    use rstest::rstest;

    fn directory() -> Directory {
        Directory {
            agents: vec![Agent {
                id: "1".into(),
                handle: "mira@x.example".into(),
                name: "Mira Okafor".into(),
                teams: vec![],
            }],
            tags: vec![
                Tag { name: "refund".into(), color: None },
                Tag { name: "needs review".into(), color: None },
            ],
            ..Directory::default()
        }
    }

    #[rstest]
    #[case::key("ta", &["tag:"])]
    #[case::value("is:ar", &["is:archived"])]
    #[case::tag("is:active -tag:ref", &["is:active -tag:refund"])]
    #[case::quoted("tag:needs", &["tag:\"needs review\""])]
    #[case::by_name("assignee:oka", &["assignee:mira@x.example"])]
    #[case::second_value("is:active,do", &["is:active,done"])]
    #[case::complete("is:done", &[])]
    #[case::unknown_key("color:r", &[])]
    #[case::nothing_typed("is:done ", &[])]
    fn completes_the_last_word(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(completions(text, &directory()), expected);
    }

    #[test]
    fn every_standard_view_is_a_filter() {
        for view in standard_views(&directory()) {
            assert!(view.filter.parse::<Query>().is_ok(), "{}", view.filter);
        }
    }

    #[rstest]
    #[case("vip", "vip")]
    #[case("needs review", "\"needs review\"")]
    #[case("-x", "\"-x\"")]
    fn values_are_quoted_where_needed(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(quoted(value), expected);
    }

    #[test]
    fn a_mistake_is_replaced_in_place() {
        assert_eq!(replace("is:active older:30x tag:a", 10, 9, "older:30d"), "is:active older:30d tag:a");
    }
}
