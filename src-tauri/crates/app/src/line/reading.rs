//! A line of JSON back into a conversation with its messages. What the line does not say follows from its messages: who
//! has the ball, since when the customer waits, the preview.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{
    Assignee, Author, Channel, Contact, Conversation, Engagement, Message, MessageKind, Preview,
};
use muster_store::Loaded;

use super::{ConversationLine, MessageLine};

/// The longest preview, in characters: more than a row can show.
const PREVIEW: usize = 200;

/// What is wrong with a line, as a sentence that says what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LineMistake {
    /// Where in the line, in bytes from 1, where JSON itself is broken.
    pub column: Option<usize>,
    pub message: String,
}

impl LineMistake {
    fn new(message: String) -> Self {
        Self { column: None, message }
    }
}

impl ConversationLine {
    /// Reads one line. `stamp` rises from line to line.
    pub(crate) fn read(line: &[u8], stamp: i64) -> Result<Loaded, LineMistake> {
        let line: Self = serde_json::from_slice(line).map_err(|err| {
            // serde_json counts lines of its own, and there is one only.
            let said = err.to_string();
            let what = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
            LineMistake {
                column: Some(err.column()),
                message: format!("{what}. A line is one conversation as a JSON object."),
            }
        })?;
        line.into_loaded(stamp)
    }

    fn into_loaded(self, stamp: i64) -> Result<Loaded, LineMistake> {
        if self.id.is_empty() {
            return Err(LineMistake::new("\"id\" is empty. Every conversation needs one of its own.".into()));
        }
        let messages = self.messages.map(read_messages).transpose()?;
        let story = Story::of(messages.as_deref().unwrap_or_default());
        let contact = Contact {
            id: None,
            name: self.contact.name,
            email: self.contact.email,
            phone: self.contact.phone,
            ..Contact::default()
        };
        let conversation = Conversation {
            id: self.id.into(),
            subject: self.subject,
            contact,
            channel: Channel::from(self.channel.as_str()),
            status: self.status.as_str().into(),
            snoozed_until: self.snoozed_until.map(|text| time("snoozed_until", &text)).transpose()?,
            priority: self.priority.as_str().into(),
            assignee: Assignee {
                agent: self.assignee.agent.map(Into::into),
                team: self.assignee.team.map(Into::into),
            },
            tags: self.tags,
            followers: self.followers.into_iter().map(Into::into).collect(),
            engagement: story.engagement(),
            waiting_since: story.waiting_since,
            created: time("created", &self.created)?,
            updated: time("updated", &self.updated)?,
            last_inbound: story.last_inbound,
            last_outbound: story.last_outbound,
            preview: story.preview,
            message_count: story.count,
            case_number: None,
            custom_fields: std::collections::BTreeMap::new(),
            has_attachment: false,
            stamp,
        };
        Ok(Loaded { conversation, messages })
    }
}

fn read_messages(lines: Vec<MessageLine>) -> Result<Vec<Message>, LineMistake> {
    let mut seen = HashSet::new();
    if let Some(twice) = lines.iter().find(|message| !seen.insert(message.id.as_str())) {
        return Err(LineMistake::new(format!(
            "Two messages have the id \"{}\". Give each one of its own.",
            twice.id
        )));
    }
    lines.into_iter().map(read_message).collect()
}

fn read_message(line: MessageLine) -> Result<Message, LineMistake> {
    Ok(Message {
        id: line.id.into(),
        at: time("at", &line.at)?,
        kind: line.kind.as_str().into(),
        from: line.from.as_str().into(),
        author: line.author,
        author_handle: None,
        text: line.text,
        html: line.html,
        attachments: Vec::new(),
        client_ref: None,
        mass_reply: false,
        delivery: None,
        mentions: Vec::new(),
    })
}

fn time(field: &str, text: &str) -> Result<Timestamp, LineMistake> {
    text.parse().map_err(|_| {
        LineMistake::new(format!(
            "\"{text}\" in \"{field}\" is not a time. Write it as RFC 3339, for example 2026-05-20T14:00:00Z."
        ))
    })
}

/// What the messages say about the conversation.
#[derive(Default)]
struct Story {
    last_inbound: Option<Timestamp>,
    last_outbound: Option<Timestamp>,
    waiting_since: Option<Timestamp>,
    preview: Option<Preview>,
    count: u32,
}

impl Story {
    fn of(messages: &[Message]) -> Self {
        let mut visible: Vec<&Message> =
            messages.iter().filter(|message| message.kind == MessageKind::Message).collect();
        visible.sort_by_key(|message| message.at);
        let mut story = Self { count: u32::try_from(visible.len()).unwrap_or(u32::MAX), ..Self::default() };
        for message in &visible {
            match message.from {
                Author::Customer => {
                    story.last_inbound = Some(message.at);
                    story.waiting_since.get_or_insert(message.at);
                }
                Author::Agent => {
                    story.last_outbound = Some(message.at);
                    story.waiting_since = None;
                }
                _ => {}
            }
        }
        story.preview =
            visible.last().map(|last| Preview { text: in_one_line(&last.text), from: last.from.clone() });
        story
    }

    /// Without a message of the customer nobody waits for us.
    fn engagement(&self) -> Engagement {
        if self.waiting_since.is_some() { Engagement::Pending } else { Engagement::Engaged }
    }
}

fn in_one_line(text: &str) -> String {
    let mut line = String::new();
    let mut left = PREVIEW;
    for word in text.split_whitespace() {
        if left == 0 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
            left -= 1;
        }
        line.extend(word.chars().take(left));
        left = left.saturating_sub(word.chars().count());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"7","subject":"Refund","contact":{"name":"Ana","email":"ana@x.example","phone":null},
        "channel":"fax","status":"active","snoozed_until":null,"priority":"high",
        "assignee":{"agent":"mira@x.example","team":null},"tags":["vip","a"],"followers":["jo@x.example"],
        "created":"2026-01-01T10:00:00Z","updated":"2026-01-02T10:00:00.123456Z",
        "messages":[
          {"id":"1","at":"2026-01-01T10:00:00Z","kind":"message","from":"customer","author":"Ana","text":"Where  is\nit?","html":null},
          {"id":"2","at":"2026-01-01T11:00:00Z","kind":"message","from":"agent","author":"Mira","text":"On its way.","html":"<p>On its way.</p>"},
          {"id":"3","at":"2026-01-01T12:00:00Z","kind":"note","from":"agent","author":"Mira","text":"Check.","html":null},
          {"id":"4","at":"2026-01-02T10:00:00Z","kind":"message","from":"customer","author":"Ana","text":"Still\tnot  here","html":null}]}"#;

    fn line() -> String {
        LINE.replace('\n', "")
    }

    #[test]
    fn a_line_read_and_written_is_the_same() {
        let loaded = ConversationLine::read(line().as_bytes(), 5).unwrap();
        let back =
            ConversationLine::new(&loaded.conversation).with_messages(loaded.messages.as_deref().unwrap());
        let expected: serde_json::Value = serde_json::from_str(&line()).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), expected);
    }

    #[test]
    fn messages_say_who_has_the_ball() {
        let c = ConversationLine::read(line().as_bytes(), 5).unwrap().conversation;
        assert_eq!((c.engagement, c.message_count, c.stamp), (Engagement::Pending, 3, 5));
        assert_eq!(c.waiting_since, c.last_inbound);
        assert_eq!(c.preview.unwrap().text, "Still not here");
        let bare = r#"{"id":"8","channel":"email","status":"done","created":"2026-01-01T10:00:00+02:00","updated":"2026-01-01T10:00:00+02:00"}"#;
        let loaded = ConversationLine::read(bare.as_bytes(), 1).unwrap();
        assert_eq!((loaded.conversation.engagement, loaded.messages), (Engagement::Engaged, None));
        assert_eq!(loaded.conversation.created.to_string(), "2026-01-01T08:00:00Z");
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let wrong = |line: &str| ConversationLine::read(line.as_bytes(), 1).unwrap_err();
        assert_eq!(
            wrong("{\"id\":").message,
            "EOF while parsing a value. A line is one conversation as a JSON object."
        );
        assert_eq!(wrong("{\"id\":").column, Some(6));
        assert!(wrong("{}").message.starts_with("missing field `id`."));
        let said = wrong(&line().replace("2026-01-01T11:00:00Z", "yesterday")).message;
        assert_eq!(
            said,
            "\"yesterday\" in \"at\" is not a time. Write it as RFC 3339, for example 2026-05-20T14:00:00Z."
        );
        assert!(
            wrong(&line().replace("\"id\":\"3\"", "\"id\":\"2\""))
                .message
                .starts_with("Two messages have the id \"2\"")
        );
        assert!(wrong(&line().replace("\"id\":\"7\"", "\"id\":\"\"")).message.starts_with("\"id\" is empty"));
    }
}
