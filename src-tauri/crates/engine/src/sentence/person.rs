//! One recipient in words: who, where to, what changes.

use jiff::{Timestamp, tz::TimeZone};
use muster_model::{Action, Channel, Conversation, Effect, Status};

use super::{capital, channel_name, priority_name};
use crate::effect::{shows, status_of};

/// The person's name, or what else is known of them.
#[must_use]
pub fn name_of(conversation: &Conversation) -> String {
    let contact = &conversation.contact;
    let known = [Some(&contact.name), contact.email.as_ref(), contact.phone.as_ref()];
    let known = known.into_iter().flatten().map(|text| text.trim()).find(|text| !text.is_empty());
    known.unwrap_or("Unknown person").to_owned()
}

/// "Marta Wiśniewska marta.w@mail.example"
#[must_use]
pub fn address_line(conversation: &Conversation) -> String {
    let contact = &conversation.contact;
    let address = match conversation.channel {
        Channel::Email => contact.email.as_ref(),
        Channel::Sms | Channel::Whatsapp | Channel::Voice => contact.phone.as_ref(),
        _ => None,
    };
    let name = name_of(conversation);
    match address {
        Some(address) if *address != name => format!("{name} {address}"),
        _ => name,
    }
}

/// "Re: Charged twice for order 48213"; the plain subject where the channel has none.
#[must_use]
pub fn reply_subject(conversation: &Conversation) -> String {
    let subject = conversation.subject.trim();
    if subject.is_empty() {
        "No subject".to_owned()
    } else if !conversation.channel.rules().keeps_subject || subject.to_lowercase().starts_with("re:") {
        subject.to_owned()
    } else {
        format!("Re: {subject}")
    }
}

/// "Email, threaded under the message of 22 May, 14:28"
#[must_use]
pub fn channel_line(conversation: &Conversation, zone: &TimeZone) -> String {
    let name = channel_name(&conversation.channel);
    let rules = conversation.channel.rules();
    let when = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %B, %H:%M").to_string();
    if !rules.written {
        return format!("{name}: takes no written reply");
    }
    match (conversation.last_inbound, conversation.channel.window_closes(conversation.last_inbound)) {
        (_, Some(closes)) => format!("{name}, free replies until {}", when(closes)),
        (Some(at), None) if rules.keeps_subject => {
            format!("{name}, threaded under the message of {}", when(at))
        }
        _ if rules.queued_if_offline => format!("{name}; waits for the customer if they left"),
        _ if rules.attachments == muster_model::Files::Never => format!("{name}, text only"),
        _ => name,
    }
}

/// What changes, "Active → Done"; nothing for what is so already.
#[must_use]
pub fn before_after(action: &Action, conversation: &Conversation) -> Vec<String> {
    let nobody = muster_model::Handle::from("");
    action
        .effects()
        .iter()
        .filter(|effect| !shows(conversation, effect, &nobody))
        .filter_map(|effect| step(effect, conversation))
        .collect()
}

fn step(effect: &Effect, conversation: &Conversation) -> Option<String> {
    let who = |handle: &Option<muster_model::Handle>| {
        handle.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)
    };
    match effect {
        Effect::Status(status) => {
            let (after, _) = status_of(*status);
            Some(format!("{} → {}", status_word(&conversation.status), status_word(&after)))
        }
        Effect::Assignee(agent) => Some(format!("{} → {}", who(&conversation.assignee.agent), who(agent))),
        Effect::Team(team) => Some(format!("{} → {}", who(&conversation.assignee.team), who(team))),
        Effect::TagAdd(tag) => Some(format!("+ {tag}")),
        Effect::TagRemove(tag) => Some(format!("− {tag}")),
        Effect::TagClear => Some(format!("− {}", conversation.tags.join(", "))),
        Effect::Priority(priority) => {
            Some(format!("{} → {}", priority_name(&conversation.priority), priority_name(priority)))
        }
        Effect::Follow(true) => Some("followed by you".to_owned()),
        Effect::Follow(false) => Some("no longer followed by you".to_owned()),
        Effect::Block => Some("contact blocked".to_owned()),
        Effect::Delete => Some("deleted".to_owned()),
        Effect::Reply | Effect::Note | Effect::Unknown(_) => None,
    }
}

/// What an effect is about.
fn noun(effect: &Effect) -> &str {
    match effect {
        Effect::TagAdd(_) | Effect::TagRemove(_) | Effect::TagClear => "tag",
        other => other.word(),
    }
}

fn status_word(status: &Status) -> String {
    capital(status.as_str())
}

/// "Then: status Active → Done, the ball goes to the customer, a system note says that it was a mass reply." `notes`: whether
/// the help desk writes that note.
#[must_use]
pub fn then_line(action: &Action, conversation: &Conversation, notes: bool) -> String {
    let Action::Reply { mass, then, .. } = action else { return String::new() };
    let nobody = muster_model::Handle::from("");
    let mut parts: Vec<String> = then
        .effects()
        .iter()
        .filter(|effect| !shows(conversation, effect, &nobody))
        .filter_map(|effect| Some(format!("{} {}", noun(effect), step(effect, conversation)?)))
        .collect();
    parts.push("the ball goes to the customer".to_owned());
    if *mass && notes {
        parts.push("a system note says that it was a mass reply".to_owned());
    }
    format!("Then: {}.", parts.join(", "))
}
