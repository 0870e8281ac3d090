//! Three-way: whether a conversation still has the value that an effect expects, and who changed it, as far as its
//! thread tells. Naming the wrong person is worse than naming nobody: a name stands only where no other can be meant.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_model::{Author, Conversation, Effect, Me, Message, MessageKind, Reason, Status};
use muster_store::ClaimedEffect;
use serde_json::Value;

use crate::effect::shows;

/// What is to become of an effect that is done only while the conversation has a certain value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Still {
    /// It has it.
    So,
    /// It has what the effect wants already.
    Done,
    /// It has another value.
    Changed,
}

/// Compares a conversation with what an effect expects. `followed_here` is what this journal says of following, where
/// the help desk keeps no followers.
pub(super) fn compare(
    effect: &ClaimedEffect,
    now: &Conversation,
    me: &Me,
    followed_here: Option<bool>,
) -> Still {
    let Some(expected) = &effect.expects else { return Still::So };
    let value = match (&effect.effect, followed_here) {
        (Effect::Follow(_), Some(on)) => Value::Bool(on),
        (effect, _) => effect.value_in(now, &me.handle),
    };
    let is_done = || match (&effect.effect, followed_here) {
        (Effect::Follow(wanted), Some(on)) => *wanted == on,
        (effect, _) => shows(now, effect, &me.handle),
    };
    match () {
        () if effect.effect.is_same_value(expected, &value) => Still::So,
        () if is_done() => Still::Done,
        () => Still::Changed,
    }
}

/// Why an effect is left alone: "Changed since by Jonas Feld." `since` is when the value that it expects was set.
pub(super) fn reason(
    effect: &Effect,
    now: &Conversation,
    messages: &[Message],
    since: Option<Timestamp>,
    me: &Me,
) -> Reason {
    let message = match who(effect, now, messages, since, me) {
        Some(name) => format!("Changed since by {name}."),
        None => "Changed since.".to_owned(),
    };
    Reason::new("changed_since", message)
}

/// Who did it: the only one who did anything since; among several, the only one whose line is about this.
pub(super) fn who(
    effect: &Effect,
    now: &Conversation,
    messages: &[Message],
    since: Option<Timestamp>,
    me: &Me,
) -> Option<String> {
    let since = since?;
    let newer = || messages.iter().filter(move |message| message.at >= since);
    let events = || newer().filter(|message| message.kind == MessageKind::Event);
    let about = about(effect, now);
    let is_about = |message: &&Message| {
        let text = message.text.to_lowercase();
        about.iter().any(|word| text.contains(word))
    };
    only(events(), me).or_else(|| only(events().filter(is_about), me)).or_else(|| {
        // A customer's message reopens what was put away, and leaves no other line.
        let reopened = matches!(effect, Effect::Status(_)) && now.status == Status::Active;
        let wrote = newer().any(|message| message.from == Author::Customer);
        (reopened && wrote && events().next().is_none()).then(|| "the customer's message".to_owned())
    })
}

/// The name behind these lines, if it is one. What I did from here is not what changed it, unless nobody else did.
fn only<'a>(events: impl Iterator<Item = &'a Message>, me: &Me) -> Option<String> {
    let (mut mine, mut others) = (false, BTreeSet::new());
    for event in events {
        match &event.author_handle {
            Some(handle) if handle.as_str().eq_ignore_ascii_case(me.handle.as_str()) => mine = true,
            _ if event.author.is_empty() => return None,
            _ => {
                others.insert(event.author.clone());
            }
        }
    }
    match (others.len(), mine) {
        (1, _) => others.pop_first(),
        (0, true) => Some("a later action of yours".to_owned()),
        _ => None,
    }
}

/// Words of which a line about this property has one.
fn about(effect: &Effect, now: &Conversation) -> Vec<String> {
    match effect {
        Effect::Status(_) => {
            let mut words = vec!["marked".to_owned(), "status".to_owned(), now.status.to_string()];
            words.extend(["snoozed", "archived", "opened"].map(str::to_owned));
            words
        }
        Effect::Assignee(_) => vec!["assign".to_owned(), "agent".to_owned()],
        Effect::Team(_) => vec!["team".to_owned(), "assign".to_owned()],
        Effect::TagAdd(tag) | Effect::TagRemove(tag) => vec![tag.to_lowercase()],
        Effect::TagClear => vec!["tag".to_owned()],
        Effect::Priority(_) => vec!["priority".to_owned()],
        Effect::Follow(_) => vec!["follow".to_owned()],
        Effect::Reply | Effect::Note | Effect::Block | Effect::Delete | Effect::Unknown(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Handle, RemoteId, StatusChange};
    use rstest::rstest;

    use super::*;
    use crate::samples;

    fn line(kind: MessageKind, from: Author, author: &str, handle: Option<&str>, text: &str) -> Message {
        Message {
            id: RemoteId::from("m"),
            at: samples::now(),
            kind,
            from,
            author: author.into(),
            author_handle: handle.map(Handle::from),
            text: text.into(),
            html: None,
            attachments: Vec::new(),
            client_ref: None,
            mass_reply: false,
            delivery: None,
            mentions: Vec::new(),
        }
    }

    fn event(author: &str, handle: &str, text: &str) -> Message {
        line(MessageKind::Event, Author::System, author, Some(handle), text)
    }

    const JONAS: (&str, &str) = ("Jonas Feld", "jonas@desk.example");
    const ADA: (&str, &str) = ("Ada Rossi", "ada@desk.example");
    const ME: (&str, &str) = ("Mira Okafor", "mira@desk.example");

    #[rstest]
    #[case::the_only_one(&[(JONAS, "Snoozed until Monday")], Some("Jonas Feld"))]
    #[case::besides_me(&[(ME, "Marked as Done"), (JONAS, "Made active")], Some("Jonas Feld"))]
    #[case::whose_line_is_about_it(&[(JONAS, "Marked as spam"), (ADA, "Tagged vip")], Some("Jonas Feld"))]
    #[case::two_may_have(&[(JONAS, "Marked as spam"), (ADA, "Marked as Done")], None)]
    #[case::me_myself(&[(ME, "Snoozed until Monday")], Some("a later action of yours"))]
    #[case::nobody_knows(&[], None)]
    fn names_one_or_nobody(#[case] lines: &[((&str, &str), &str)], #[case] expected: Option<&str>) {
        let messages: Vec<Message> =
            lines.iter().map(|((author, handle), text)| event(author, handle, text)).collect();
        let mut now = samples::conversation("7");
        now.status = Status::Spam;
        let effect = Effect::Status(StatusChange::Active);
        let since = Some(samples::now());
        assert_eq!(who(&effect, &now, &messages, since, &samples::me()).as_deref(), expected);
        let later = Some(samples::now() + jiff::SignedDuration::from_secs(1));
        assert_eq!(who(&effect, &now, &messages, later, &samples::me()), None);
    }

    #[test]
    fn a_customer_who_wrote_reopened_it() {
        let message = line(MessageKind::Message, Author::Customer, "Marta", None, "Any news?");
        let now = samples::conversation("7");
        let why =
            reason(&Effect::Status(StatusChange::Done), &now, &[message], Some(now.created), &samples::me());
        assert_eq!(why.message, "Changed since by the customer's message.");
    }
}
