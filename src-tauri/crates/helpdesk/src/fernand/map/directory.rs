//! Agents, tags, snippets and custom inboxes, in the model's words; what this server can do.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_model::{Agent, Channel, Contact, Directory, Me, SavedView, Snippet, Tag};
use serde_json::Value;

use crate::Capabilities;
use crate::fernand::{html, wire};

/// Conversations in one bulk call. Fernand names no limit; this is the size of its largest page.
pub(in crate::fernand) const MAX_BATCH: usize = 250;
/// Documented limits, until an answer says others.
pub(in crate::fernand) const READS: u32 = 20;
pub(in crate::fernand) const WRITES: u32 = 5;

/// The hues of Muster's eight tag colours, in degrees.
const HUES: [f64; 8] = [0.0, 30.0, 48.0, 122.0, 180.0, 218.0, 262.0, 322.0];

pub(in crate::fernand) fn capabilities(reads: u32, writes: u32) -> Capabilities {
    Capabilities {
        max_batch: MAX_BATCH,
        max_replies: 1,
        dedupes_replies: false,
        finds_by_reference: false,
        settle: Duration::from_secs(120),
        events: false,
        follow: false,
        snooze_until_reply: false,
        mass_reply_note: false,
        max_reply_chars: Vec::new(),
        max_tag_chars: 50,
        replies_per_minute: None,
        reads_per_minute: Some(reads),
        writes_per_minute: Some(writes),
        status_with_reply: false,
        sketches: true,
        archive: false,
        teams: false,
        priority: false,
        clear_tags: false,
        notes: true,
        // A note is its text: only replies take attachments.
        note_files: false,
        block: true,
        delete: true,
        files: true,
        // It says an address on some other host, to which no key belongs.
        attachments: false,
        test_messages: false,
        auto_archive: None,
        snooze: true,
        tags: true,
        no_team: true,
    }
}

/// Roles are words of each company; one that only looks on says so. For everything else the server itself answers.
pub(in crate::fernand) fn me(agent: &wire::Agent) -> Me {
    let looks_on =
        |role: &String| matches!(role.to_lowercase().as_str(), "viewer" | "read-only" | "readonly");
    let may = !agent.roles.iter().any(looks_on) && agent.lock_reason.is_none();
    let role = match agent.roles.first() {
        Some(role) => role.clone(),
        None if agent.owner => "owner".to_owned(),
        None => "agent".to_owned(),
    };
    Me {
        id: agent.id.to_string().into(),
        handle: agent.email.as_str().into(),
        name: agent.name.clone(),
        role,
        may_reply: may,
        may_change: may,
        may_note: may,
    }
}

/// Everybody and everything that has a name. Fernand does not say the company's: the agent's own domain stands for it.
pub(in crate::fernand) fn directory<'a>(
    me: &wire::Agent,
    agents: impl Iterator<Item = &'a wire::Agent>,
    tags: impl Iterator<Item = &'a wire::Tag>,
    snippets: Vec<wire::Snippet>,
) -> Directory {
    let mut agents: Vec<&wire::Agent> =
        agents.filter(|agent| !agent.is_removed && !agent.email.is_empty()).collect();
    agents.sort_by_key(|agent| agent.id);
    let mut tags: Vec<Tag> =
        tags.map(|tag| Tag { name: tag.name.clone(), color: tag.color.as_deref().and_then(hue) }).collect();
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    let domain = me.email.split_once('@').map(|(_, domain)| domain.to_owned());
    Directory {
        tenant: domain.unwrap_or_else(|| "Fernand".to_owned()),
        agents: agents
            .into_iter()
            .map(|agent| Agent {
                id: agent.id.to_string().into(),
                handle: agent.email.as_str().into(),
                name: agent.name.clone(),
                teams: Vec::new(),
            })
            .collect(),
        teams: Vec::new(),
        tags,
        channels: vec![Channel::Email, Channel::Chat],
        conversations: None,
        snippets: snippets.into_iter().filter_map(snippet).collect(),
        views: me.custom_inboxes.iter().map(view).collect(),
        templates: Vec::new(),
    }
}

/// A prepared text is the reply of a snippet; what else a snippet does is not inserted by typing.
fn snippet(wire: wire::Snippet) -> Option<Snippet> {
    let reply = wire.actions.iter().find(|action| action.name == "reply")?;
    let text = html::to_text(reply.data.get("content")?.as_str()?);
    let shortcut = if wire.shortcut.is_empty() { slug(&wire.title) } else { wire.shortcut };
    Some(Snippet { id: wire.id.to_string().into(), shortcut, title: wire.title, text })
}

fn slug(title: &str) -> String {
    let dashed: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    dashed.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// A custom inbox, in our filter language; what that cannot say is left out.
fn view(inbox: &wire::CustomInbox) -> SavedView {
    SavedView { id: inbox.key.as_str().into(), name: inbox.name.clone(), filter: filter(&inbox.query) }
}

fn filter(query: &BTreeMap<String, Value>) -> String {
    let mut terms = Vec::new();
    for (key, value) in query {
        let Some(value) = value.as_str() else { continue };
        let term = match (key.as_str(), value) {
            ("is" | "status", status) => status_filter(status),
            ("assigned", who) => assigned(who),
            ("unassigned", "true") => Some("unassigned".to_owned()),
            ("tag", tag) => Some(format!("tag:{}", quoted(tag))),
            ("order", "priority") => Some("sort:priority".to_owned()),
            ("order", "longest") => Some("sort:waiting".to_owned()),
            ("query", words) if !words.trim().is_empty() => Some(quoted(words.trim())),
            _ => None,
        };
        terms.extend(term);
    }
    // The order stands last, as people write it.
    terms.sort_by_key(|term| term.starts_with("sort:"));
    terms.join(" ")
}

fn status_filter(word: &str) -> Option<String> {
    let ours = match word.to_lowercase().as_str() {
        "opened" | "open" => "active",
        "closed" => "done",
        "snoozed" => "snoozed",
        "spam" => "spam",
        _ => return None,
    };
    Some(format!("is:{ours}"))
}

/// `me+none`: any of them.
fn assigned(who: &str) -> Option<String> {
    let terms: Vec<String> = who
        .split('+')
        .filter_map(|who| match who {
            "me" => Some("assignee:me".to_owned()),
            "none" => Some("unassigned".to_owned()),
            "" | "all" | "anyone" => None,
            other => Some(format!("assignee:{}", quoted(other))),
        })
        .collect();
    match &terms[..] {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("({})", several.join(" OR "))),
    }
}

fn quoted(value: &str) -> String {
    if value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+')) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('"', ""))
    }
}

/// The nearest of Muster's eight hues; none of a grey.
fn hue(color: &str) -> Option<u8> {
    let hex = color.strip_prefix('#').filter(|hex| hex.len() == 6)?;
    let part =
        |at: usize| hex.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok()).map(f64::from);
    let (red, green, blue) = (part(0)?, part(2)?, part(4)?);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let spread = most - least;
    if spread < 32.0 {
        return None;
    }
    let angle = if most == red {
        60.0 * ((green - blue) / spread).rem_euclid(6.0)
    } else if most == green {
        60.0 * ((blue - red) / spread + 2.0)
    } else {
        60.0 * ((red - green) / spread + 4.0)
    };
    let away = |hue: f64| {
        let apart = (angle - hue).abs();
        apart.min(360.0 - apart)
    };
    let nearest = (0u8..).zip(HUES).min_by(|(_, a), (_, b)| away(*a).total_cmp(&away(*b)));
    nearest.map(|(place, _)| place)
}

/// A person.
pub(in crate::fernand) fn contact(wire: &wire::Contact) -> Contact {
    let text = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let mut contact = Contact {
        id: Some(wire.id.to_string().into()),
        name: text(&wire.name).unwrap_or_default(),
        email: text(&wire.email),
        ..Contact::default()
    };
    if wire.is_role {
        contact.custom_fields.insert("role_address".to_owned(), "true".to_owned());
    }
    contact
}

#[cfg(test)]
mod tests {
    use muster_model::Query;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"assigned":"me+none","is":"opened","order":"priority"}), "(assignee:me OR unassigned) is:active sort:priority")]
    #[case(json!({"is":"closed","tag":"needs review"}), "is:done tag:\"needs review\"")]
    #[case(json!({"assigned":"mira@b.example","order":"newest"}), "assignee:mira@b.example")]
    #[case(json!({"mood":"good","is":"parked","assigned":7}), "")]
    fn a_custom_inbox_is_a_view(#[case] query: Value, #[case] expected: &str) {
        let inbox = json!({"key":"k","name":"Mine","query":query,"icon":"star"});
        let view = view(&serde_json::from_value(inbox).unwrap());
        assert_eq!(view.filter, expected);
        assert!(Query::parse(&view.filter).is_ok(), "{}", view.filter);
    }

    #[rstest]
    #[case("#D64545", Some(0))]
    #[case("#3B6FD4", Some(5))]
    #[case("#BEC2C8", None)]
    #[case("red", None)]
    #[case("#éééé", None)]
    fn a_colour_has_a_hue(#[case] color: &str, #[case] expected: Option<u8>) {
        assert_eq!(hue(color), expected);
    }

    #[test]
    fn who_only_looks_on_changes_nothing() {
        let agent = |roles: Value| -> Me {
            let json = json!({"id":42,"email":"mira@b.example","name":"Mira","roles":roles,"new":{}});
            me(&serde_json::from_value(json).unwrap())
        };
        assert!(agent(json!(["admin"])).may_reply);
        assert!(agent(json!([])).may_change);
        assert!(!agent(json!(["Viewer"])).may_reply);
    }

    #[test]
    fn a_snippet_is_its_reply() {
        let json = json!({"id":3,"title":"Refund: timing","shortcut":null,"actions":[
            {"id":1,"name":"tag","data":{"name":"refund"},"sort":0},
            {"id":2,"name":"reply","data":{"content":"<p>Five days.</p>"},"sort":1}]});
        let snippet = snippet(serde_json::from_value(json).unwrap()).unwrap();
        assert_eq!((snippet.shortcut.as_str(), snippet.text.as_str()), ("refund-timing", "Five days."));
    }
}
