//! What to do: a selection, a change or a reply, and the effects that it consists of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Approved, AudienceItem, Handle, JobId, Mention, Priority, RemoteId, Template};

/// Which conversations: symbolic, so that nobody has to hold 50,000 ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    /// Exactly these.
    Ids {
        /// The help desk's own ids.
        ids: Vec<RemoteId>,
    },
    /// Everything that the filter matches when the plan is made, but not these.
    AllMatching {
        /// The filter as typed.
        filter: String,
        /// Left out by hand.
        except: Vec<RemoteId>,
    },
}

/// Until when a conversation sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeUntil {
    /// Until this instant, or the customer's reply, whichever is first.
    At(Timestamp),
    /// Until the customer replies.
    Reply,
}

/// A status to set; *snoozed* says until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusChange {
    /// Back to work.
    Active,
    /// Put aside.
    Snoozed(SnoozeUntil),
    /// Finished.
    Done,
    /// Finished for good.
    Archived,
    /// Unwanted.
    Spam,
}

/// Any changes together. What is `None` or empty stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusChange>,
    /// The agent; `Some(None)` takes the agent away.
    #[serde(skip_serializing_if = "Option::is_none", with = "double_option")]
    pub agent: Option<Option<Handle>>,
    /// The team; `Some(None)` takes the team away.
    #[serde(skip_serializing_if = "Option::is_none", with = "double_option")]
    pub team: Option<Option<Handle>>,
    /// Tags to add.
    pub add_tags: Vec<String>,
    /// Tags to remove.
    pub remove_tags: Vec<String>,
    /// Remove all tags first.
    pub remove_all_tags: bool,
    /// The priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Block the contact: what they write from now on is not taken any more. Cannot be undone from here.
    #[serde(skip_serializing_if = "is_false")]
    pub block: bool,
    /// Delete the conversation. Cannot be undone.
    #[serde(skip_serializing_if = "is_false")]
    pub delete: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A file on this machine that goes out with a reply. Its bytes lie in the journal until it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// The SHA-256 of its bytes, in hexadecimal: what it is called in the journal.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

impl Change {
    /// Whether nothing would happen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a plan applies to its audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Change conversations.
    Change {
        /// What to change.
        change: Change,
    },
    /// Write to customers, then change what was written to.
    Reply {
        /// The text, with merge tags.
        text: String,
        /// Whether this is a mass reply: the server adds its system note.
        mass: bool,
        /// What rides on the reply, only where it was sent.
        then: Change,
        /// Files that go with it where the channel carries them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRef>,
        /// What goes instead of the text where WhatsApp's window is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved: Option<Approved>,
    },
    /// Write an internal note, which no customer sees.
    Note {
        /// The text, as it is: merge tags are a customer's.
        text: String,
        /// Colleagues who are told of it: those whom the text calls.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
        /// Files that hang on it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRef>,
    },
    /// Follow or stop following.
    Follow {
        /// Follow.
        on: bool,
    },
    /// Give each conversation back what another job took from it. Every item has its own effects.
    Undo {
        /// The job that is undone.
        of: JobId,
    },
}

/// An effect of one item alone: of an undo, or of a retry of what is left of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnEffect {
    /// What to do.
    pub effect: Effect,
    /// Do it only while the conversation still has this value (as `before` and `after` of effects are written);
    /// otherwise somebody changed it since, and it is left alone.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub expects: Option<serde_json::Value>,
}

/// A value that stands there counts, `null` included: "nobody" is something to expect.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(Some)
}

/// One step of an item. Runs in order, and only while the earlier ones applied.
///
/// A step that this version does not know is kept as [`Effect::Unknown`], shown, and never run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", content = "value", rename_all = "snake_case")]
pub enum Effect {
    /// Write to the customer. The text is rendered from the job's template and the item's merge values.
    Reply,
    /// Write an internal note: the job's text.
    Note,
    /// Set the status.
    Status(StatusChange),
    /// Set or clear the agent.
    Assignee(Option<Handle>),
    /// Set or clear the team.
    Team(Option<Handle>),
    /// Add a tag.
    #[serde(rename = "tag+")]
    TagAdd(String),
    /// Remove a tag.
    #[serde(rename = "tag-")]
    TagRemove(String),
    /// Remove every tag.
    TagClear,
    /// Set the priority.
    Priority(Priority),
    /// Follow or stop following.
    Follow(bool),
    /// Block the contact.
    Block,
    /// Delete the conversation.
    Delete,
    /// A step of a newer version.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

impl Effect {
    /// The word of this step in SQL, JSON and the UI.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Status(_) => "status",
            Self::Assignee(_) => "assignee",
            Self::Team(_) => "team",
            Self::TagAdd(_) => "tag+",
            Self::TagRemove(_) => "tag-",
            Self::TagClear => "tag_clear",
            Self::Priority(_) => "priority",
            Self::Follow(_) => "follow",
            Self::Block => "block",
            Self::Delete => "delete",
            Self::Unknown(value) => value.get("effect").and_then(|word| word.as_str()).unwrap_or("unknown"),
        }
    }

    /// Whether somebody reads it, a customer or the team, so that it must never be repeated on a guess.
    #[must_use]
    pub fn is_message(&self) -> bool {
        matches!(self, Self::Reply | Self::Note | Self::Unknown(_))
    }
}

impl Action {
    /// The steps of one item, in the order in which they run: the reply first, then what rides on it.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        match self {
            Self::Change { change } => change.effects(),
            Self::Reply { then, .. } => {
                let mut effects = vec![Effect::Reply];
                effects.extend(then.effects());
                effects
            }
            Self::Note { .. } => vec![Effect::Note],
            Self::Follow { on } => vec![Effect::Follow(*on)],
            Self::Undo { .. } => Vec::new(),
        }
    }

    /// What people call it, in one word: `reply`, `note`, `status`, `snooze`, `assign`, `tags`, `priority`, `follow`,
    /// `undo`, `block`, `delete`. Of several changes together the weightiest.
    #[must_use]
    pub fn type_word(&self) -> &'static str {
        match self {
            Self::Reply { .. } => "reply",
            Self::Note { .. } => "note",
            Self::Follow { .. } => "follow",
            Self::Undo { .. } => "undo",
            Self::Change { change } => match change {
                Change { delete: true, .. } => "delete",
                Change { block: true, .. } => "block",
                Change { status: Some(StatusChange::Snoozed(_)), .. } => "snooze",
                Change { status: Some(_), .. } => "status",
                Change { agent: Some(_), .. } | Change { team: Some(_), .. } => "assign",
                Change { priority: Some(_), add_tags, remove_tags, remove_all_tags: false, .. }
                    if add_tags.is_empty() && remove_tags.is_empty() =>
                {
                    "priority"
                }
                _ => "tags",
            },
        }
    }

    /// The text that it writes, as it was typed; none where it writes nothing.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Reply { text, .. } | Self::Note { text, .. } => Some(text),
            Self::Change { .. } | Self::Follow { .. } | Self::Undo { .. } => None,
        }
    }

    /// The text of a reply with its merge tags: the approved one, or the one that was written. None where nothing is
    /// written, or nothing is filled in.
    #[must_use]
    pub fn template(&self, as_approved: bool) -> Option<Template> {
        match self {
            Self::Reply { approved: Some(approved), .. } if as_approved => Some(approved.template()),
            Self::Reply { text, .. } => Some(Template::parse(text)),
            _ => None,
        }
    }

    /// What one recipient reads, or the team in that conversation; none where nothing is written.
    #[must_use]
    pub fn message(&self, item: &AudienceItem) -> Option<String> {
        match self {
            Self::Note { text, .. } => Some(text.clone()),
            _ => Some(self.template(item.approved)?.render(&item.values)),
        }
    }

    /// Whether it puts something into threads: a reply or a note.
    #[must_use]
    pub fn is_message(&self) -> bool {
        matches!(self, Self::Reply { .. } | Self::Note { .. })
    }

    /// Whether a customer hears of it.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        matches!(self, Self::Reply { .. })
    }
}

impl Change {
    /// The steps of this change, one per property and tag.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        let mut effects = Vec::new();
        effects.extend(self.agent.clone().map(Effect::Assignee));
        effects.extend(self.team.clone().map(Effect::Team));
        if self.remove_all_tags {
            effects.push(Effect::TagClear);
        }
        effects.extend(self.remove_tags.iter().cloned().map(Effect::TagRemove));
        effects.extend(self.add_tags.iter().cloned().map(Effect::TagAdd));
        effects.extend(self.priority.clone().map(Effect::Priority));
        if self.block {
            effects.push(Effect::Block);
        }
        // Last, because an archived conversation takes no further change, and a deleted one nothing at all.
        effects.extend(self.status.map(Effect::Status));
        if self.delete {
            effects.push(Effect::Delete);
        }
        effects
    }
}

/// Keeps *absent* and `null` apart in JSON: absent leaves the value, `null` clears it.
mod double_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(deserializer).map(Some)
    }
}
