//! What muster-desk says, in the model's words.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use muster_model::{
    Agent, ApprovedText, Assignee, Attachment, Author, Channel, Contact, Conversation, Delivery, Directory,
    Handle, Me, Message, Preview, Priority, RemoteId, SavedView, Snippet, Tag, Team, Thread,
};
use serde_json::Value;

use crate::muster::wire;
use crate::{Capabilities, Cursor, Delta, LiveEvent, Page};

/// What the server can do. What it does not say is taken for the careful side: no deduplication, the default settle
/// time, batches that any version takes.
pub(in crate::muster) fn capabilities(wire: &wire::Capabilities) -> Capabilities {
    Capabilities {
        max_batch: wire.max_batch.unwrap_or(100).max(1),
        max_replies: wire.max_replies.unwrap_or(50).max(1),
        dedupes_replies: wire.idempotent_replies.unwrap_or(false),
        finds_by_reference: true,
        settle: wire.settle_ms.map_or(Duration::from_secs(120), Duration::from_millis),
        events: wire.events.unwrap_or(false),
        follow: wire.follow.unwrap_or(false),
        snooze_until_reply: wire.snooze_until_reply.unwrap_or(false),
        mass_reply_note: wire.mass_reply_note.unwrap_or(false),
        max_reply_chars: wire
            .limits
            .reply_chars
            .iter()
            .map(|(channel, chars)| (Channel::from(channel.as_str()), *chars))
            .collect(),
        max_tag_chars: wire.limits.tag_chars.unwrap_or(50),
        // Calls are counted, not replies, and one call takes hundreds.
        replies_per_minute: None,
        reads_per_minute: wire.limits.requests_per_minute,
        writes_per_minute: None,
        status_with_reply: true,
        sketches: false,
        archive: true,
        teams: true,
        priority: true,
        clear_tags: true,
        notes: true,
        note_files: wire.note_files.unwrap_or(false),
        block: wire.block.unwrap_or(false),
        delete: wire.delete.unwrap_or(false),
        files: wire.files.unwrap_or(false),
        attachments: true,
        test_messages: wire.test_messages.unwrap_or(false),
        auto_archive: wire.auto_archive_ms.map(Duration::from_millis),
        snooze: true,
        tags: true,
        no_team: true,
    }
}

pub(in crate::muster) fn me(agent: wire::MyAgent) -> Me {
    Me {
        id: agent.id.into(),
        handle: agent.handle.into(),
        name: agent.name,
        role: agent.role,
        may_reply: agent.permissions.reply,
        may_change: agent.permissions.change,
        may_note: agent.permissions.note,
    }
}

pub(in crate::muster) fn directory(tenant: String, wire: wire::Directory) -> Directory {
    let handles: HashMap<&str, &str> =
        wire.teams.iter().map(|team| (team.id.as_str(), team.handle.as_str())).collect();
    let agents = wire
        .agents
        .into_iter()
        .map(|agent| Agent {
            id: agent.id.into(),
            handle: agent.handle.into(),
            name: agent.name,
            teams: agent
                .team_ids
                .iter()
                .filter_map(|id| handles.get(id.as_str()))
                .copied()
                .map(Handle::from)
                .collect(),
        })
        .collect();
    let teams = wire
        .teams
        .iter()
        .map(|team| Team {
            id: team.id.as_str().into(),
            handle: team.handle.as_str().into(),
            name: team.name.clone(),
        })
        .collect();
    let tags = wire
        .tags
        .into_iter()
        .map(|tag| Tag {
            name: tag.name,
            color: tag.color.and_then(|hue| u8::try_from(hue).ok()).filter(|hue| *hue < 8),
        })
        .collect();
    let channels = wire.channels.iter().map(|word| Channel::from(word.as_str())).collect();
    let snippets = wire
        .snippets
        .into_iter()
        .map(|snippet| Snippet {
            id: snippet.id.into(),
            shortcut: snippet.shortcut,
            title: snippet.title,
            text: snippet.text,
        })
        .collect();
    let views = wire
        .views
        .into_iter()
        .map(|view| SavedView { id: view.id.into(), name: view.name, filter: view.query })
        .collect();
    let templates = wire
        .templates
        .into_iter()
        .map(|template| ApprovedText {
            name: template.name,
            language: template.language,
            text: template.text,
            gaps: template.parameters,
        })
        .collect();
    Directory {
        tenant,
        agents,
        teams,
        tags,
        channels,
        conversations: wire.conversations,
        snippets,
        views,
        templates,
    }
}

pub(in crate::muster) fn page(wire: wire::Changes) -> Page {
    let upserts = wire.conversations.into_iter().map(|header| Delta::Upsert(Box::new(conversation(header))));
    let gone = wire.deleted.into_iter().map(|id| Delta::Gone(id.into()));
    Page {
        deltas: upserts.chain(gone).collect(),
        next: Cursor(wire.cursor),
        more: wire.more,
        backfilling: wire.backfilling,
        total: wire.total,
    }
}

pub(in crate::muster) fn conversation(wire: wire::Conversation) -> Conversation {
    let mut tags = wire.tags;
    tags.sort_unstable();
    tags.dedup();
    Conversation {
        id: wire.id.into(),
        subject: wire.subject,
        contact: Contact {
            id: wire.contact.id.map(RemoteId::from),
            name: wire.contact.name,
            email: wire.contact.email,
            phone: wire.contact.phone,
            custom_fields: texts(wire.contact.custom_fields),
        },
        channel: wire.channel.as_str().into(),
        status: wire.status.as_str().into(),
        snoozed_until: wire.snoozed_until,
        priority: wire.priority.as_deref().map_or(Priority::None, Priority::from),
        assignee: Assignee {
            agent: wire.assignee.agent.map(Handle::from),
            team: wire.assignee.team.map(Handle::from),
        },
        tags,
        followers: wire.followers.into_iter().map(Handle::from).collect(),
        engagement: wire.engagement.as_str().into(),
        waiting_since: wire.waiting_since,
        created: wire.created,
        updated: wire.updated,
        last_inbound: wire.last_inbound,
        last_outbound: wire.last_outbound,
        preview: wire
            .preview
            .map(|preview| Preview { text: preview.text, from: Author::from(preview.from.as_str()) }),
        message_count: wire.message_count,
        case_number: wire.case_number,
        custom_fields: texts(wire.custom_fields),
        has_attachment: wire.has_attachment,
        stamp: wire.seq,
    }
}

pub(in crate::muster) fn thread(wire: wire::Thread) -> Thread {
    Thread {
        conversation: conversation(wire.conversation),
        messages: wire.messages.into_iter().map(message).collect(),
    }
}

/// An event of the live stream; `None` for one that says nothing to us. The greeting is one of those: that the stream
/// is up is known from the answer's head.
pub(in crate::muster) fn live_event(name: &str, data: &str) -> Option<LiveEvent> {
    match name {
        "change" => {
            let change = serde_json::from_str::<wire::LiveChange>(data).ok();
            Some(LiveEvent::Changed { id: change.and_then(|change| change.id).map(RemoteId::from) })
        }
        "reset" => Some(LiveEvent::Reset),
        _ => None,
    }
}

fn message(wire: wire::Message) -> Message {
    Message {
        id: wire.id.into(),
        at: wire.at,
        kind: wire.kind.as_str().into(),
        from: wire.from.as_str().into(),
        author: wire.author,
        author_handle: wire.author_handle.map(Handle::from),
        text: wire.text,
        html: wire.html,
        attachments: wire
            .attachments
            .into_iter()
            .map(|file| Attachment { id: file.id.into(), name: file.name, mime: file.mime, size: file.size })
            .collect(),
        client_ref: wire.client_ref,
        mass_reply: wire.mass_reply,
        delivery: wire
            .delivery
            .map(|delivery| Delivery { state: delivery.state.as_str().into(), reason: delivery.reason }),
        mentions: wire.mentions.into_iter().map(Handle::from).collect(),
    }
}

/// Custom fields hold text; whatever else a newer server puts there is shown as it is written.
fn texts(fields: BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let text = |value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    fields.into_iter().filter_map(|(key, value)| Some((key, text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use muster_model::{Engagement, MessageKind, Status};
    use rstest::rstest;

    use super::*;

    const SAMPLE: &str = r#"{"id":"c-1042","number":1042,"subject":"Charged twice for order 48213",
        "contact":{"id":"p-12","name":"Marta Wiśniewska","email":"marta.w@mail.example","phone":null,
                   "custom_fields":{"city":"Kraków","orders":3,"none":null}},
        "channel":"email","status":"active","snoozed_until":null,"priority":"high",
        "assignee":{"agent":"mira@brindlewick.example","team":"billing"},
        "tags":["refund","payment-issue-2026-05"],"followers":["mira@brindlewick.example"],
        "engagement":"pending","waiting_since":"2026-05-20T14:28:00.000Z",
        "created":"2026-05-19T16:12:00.000Z","updated":"2026-05-20T14:28:00.000Z",
        "last_inbound":"2026-05-20T14:28:00.000Z","last_outbound":"2026-05-19T17:05:00.000Z",
        "preview":{"text":"Both payments are still on my card statement …","from":"customer"},
        "message_count":5,"case_number":"BG-48213","custom_fields":{"order":"48213"},
        "has_attachment":true,"seq":4811}"#;

    fn sample(with: &[(&str, Value)]) -> Conversation {
        let mut json: Value = serde_json::from_str(SAMPLE).unwrap();
        for (key, value) in with {
            json[key] = value.clone();
        }
        conversation(serde_json::from_value(json).unwrap())
    }

    #[test]
    fn a_conversation_keeps_everything() {
        let conversation = sample(&[]);
        assert_eq!(conversation.id.as_str(), "c-1042");
        assert_eq!(conversation.contact.name, "Marta Wiśniewska");
        assert_eq!(conversation.contact.phone, None);
        let fields: Vec<_> =
            conversation.contact.custom_fields.iter().map(|(key, text)| format!("{key}={text}")).collect();
        assert_eq!(fields, ["city=Kraków", "orders=3"]);
        assert_eq!((conversation.status, conversation.priority), (Status::Active, Priority::High));
        assert_eq!(conversation.assignee.team, Some(Handle::from("billing")));
        assert_eq!(conversation.tags, ["payment-issue-2026-05", "refund"]);
        assert_eq!(conversation.engagement, Engagement::Pending);
        assert_eq!(conversation.updated, "2026-05-20T14:28:00Z".parse().unwrap());
        assert_eq!(conversation.preview.map(|preview| preview.from), Some(Author::Customer));
        assert_eq!(
            (conversation.stamp, conversation.message_count, conversation.has_attachment),
            (4811, 5, true)
        );
    }

    #[rstest]
    #[case("channel", "telegram")]
    #[case("status", "parked")]
    #[case("priority", "yesterday")]
    #[case("engagement", "both")]
    fn an_unknown_word_is_kept(#[case] key: &str, #[case] word: &str) {
        let conversation = sample(&[(key, word.into())]);
        let words = [
            conversation.channel.as_str(),
            conversation.status.as_str(),
            conversation.priority.as_str(),
            conversation.engagement.as_str(),
        ];
        assert!(words.contains(&word), "{words:?}");
    }

    #[test]
    fn null_is_as_absent() {
        let nulls = [
            "subject",
            "contact",
            "priority",
            "assignee",
            "tags",
            "followers",
            "preview",
            "custom_fields",
            "case_number",
        ];
        let conversation = sample(&nulls.map(|key| (key, Value::Null)));
        assert_eq!(conversation.subject, "");
        assert_eq!(conversation.contact, Contact::default());
        assert_eq!(conversation.assignee, Assignee::default());
        assert_eq!(conversation.priority, Priority::None);
        assert!(
            conversation.tags.is_empty()
                && conversation.followers.is_empty()
                && conversation.preview.is_none()
        );
    }

    #[test]
    fn a_directory_holds_what_whatsapp_lets_through() {
        let json = r#"{"templates":[{"id":"w-1","name":"issue_resolved","language":"en","text":"Hello {{1}}","parameters":1}]}"#;
        let directory = directory("Brindlewick".into(), serde_json::from_str(json).unwrap());
        let [text] = &directory.templates[..] else { panic!("{:?}", directory.templates) };
        assert_eq!((text.name.as_str(), text.text.as_str(), text.gaps), ("issue_resolved", "Hello {{1}}", 1));
    }

    #[test]
    fn a_page_holds_changed_and_gone() {
        let json = format!(
            r#"{{"conversations":[{SAMPLE}],"deleted":["c-77"],"cursor":"b.5f","more":true,"backfilling":true,"total":2000}}"#
        );
        let page = page(serde_json::from_str(&json).unwrap());
        assert!(matches!(&page.deltas[0], Delta::Upsert(header) if header.id.as_str() == "c-1042"));
        assert_eq!(page.deltas[1], Delta::Gone("c-77".into()));
        assert_eq!(
            (page.next.0.as_str(), page.more, page.backfilling, page.total),
            ("b.5f", true, true, Some(2000))
        );
    }

    #[test]
    fn a_thread_keeps_messages_files_and_references() {
        let json = format!(
            r#"{{"conversation":{SAMPLE},"messages":[
            {{"id":"m-1","at":"2026-05-19T16:12:00.000Z","kind":"message","from":"customer","author":"Marta Wiśniewska",
              "author_handle":null,"text":"Hello","html":"<div>Hello</div>",
              "attachments":[{{"id":"f-3","name":"statement.png","mime":"image/png","size":319488}}],
              "client_ref":null,"mass_reply":false,"delivery":null}},
            {{"id":"m-2","at":"2026-05-19T17:05:00.000Z","kind":"event","from":"system","author":"Brindlewick Goods",
              "author_handle":"jonas@brindlewick.example","text":"Not sent","client_ref":"0197/12",
              "delivery":{{"state":"failed","reason":"Window closed"}}}},
            {{"id":"m-3","at":"2026-05-19T17:06:00.000Z","kind":"poll","from":"robot"}},
            {{"id":"m-4","at":"2026-05-19T17:07:00.000Z","kind":"note","from":"agent","text":"@Mira look",
              "mentions":["mira@brindlewick.example"]}}]}}"#
        );
        let thread = thread(serde_json::from_str(&json).unwrap());
        let [hello, failed, newer, note] = &thread.messages[..] else { panic!("{:?}", thread.messages) };
        assert_eq!(note.mentions, [Handle::from("mira@brindlewick.example")]);
        assert!(hello.mentions.is_empty());
        assert_eq!(hello.attachments[0].size, 319_488);
        assert_eq!(hello.html.as_deref(), Some("<div>Hello</div>"));
        assert_eq!(
            (failed.kind.clone(), failed.client_ref.as_deref()),
            (MessageKind::Event, Some("0197/12"))
        );
        assert_eq!(failed.delivery.as_ref().map(|delivery| delivery.state.as_str()), Some("failed"));
        assert_eq!((newer.kind.as_str(), newer.from.as_str()), ("poll", "robot"));
    }
}
