//! The standard views of the sidebar, and how words are shown.

use muster_model::{Directory, quote};

/// Where a view stands in the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Inbox, Unassigned, Following.
    Mine,
    /// By status.
    Everything,
    /// Saved here or at the help desk.
    Saved,
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
        filter: format!("team:{} is:active", quote(team.handle.as_str())),
    }));
    views.extend(directory.tags.iter().map(|tag| View {
        section: Section::Tags,
        key: format!("tag:{}", tag.name),
        name: tag.name.clone(),
        filter: format!("tag:{} is:active", quote(&tag.name)),
    }));
    views
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
    use super::{replace, standard_views};
    use muster_model::{Agent, Directory, Query, Tag};

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

    #[test]
    fn every_standard_view_is_a_filter() {
        for view in standard_views(&directory()) {
            assert!(view.filter.parse::<Query>().is_ok(), "{}", view.filter);
        }
    }

    #[test]
    fn a_mistake_is_replaced_in_place() {
        assert_eq!(replace("is:active older:30x tag:a", 10, 9, "older:30d"), "is:active older:30d tag:a");
    }
}
