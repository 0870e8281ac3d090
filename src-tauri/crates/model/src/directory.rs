//! Whom and what a help desk knows: agents, teams, tags.

use serde::{Deserialize, Serialize};

use crate::{Channel, Handle, RemoteId};

/// A colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The help desk's own id.
    pub id: RemoteId,
    /// E-mail address: how filters and changes name them.
    pub handle: Handle,
    /// The name as shown.
    pub name: String,
    /// Handles of their teams.
    #[serde(default)]
    pub teams: Vec<Handle>,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The help desk's own id.
    pub id: RemoteId,
    /// Slug: how filters and changes name it.
    pub handle: Handle,
    /// The name as shown.
    pub name: String,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The name, which is also its key.
    pub name: String,
    /// One of eight hues, 0–7, where the server gives one.
    pub color: Option<u8>,
}

/// Everything that filters, menus and merge tags need to know about a help desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The company.
    pub tenant: String,
    /// Colleagues.
    pub agents: Vec<Agent>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Channels in use.
    pub channels: Vec<Channel>,
    /// Conversations at the server in all, where it says so.
    pub conversations: Option<u64>,
    /// Prepared texts, where the server keeps them.
    #[serde(default)]
    pub snippets: Vec<Snippet>,
    /// Views that people saved at the server, in its order.
    #[serde(default)]
    pub views: Vec<SavedView>,
    /// Texts that WhatsApp lets through after its window closed, where the server keeps them.
    #[serde(default)]
    pub templates: Vec<ApprovedText>,
}

/// A text that WhatsApp approved: it also goes when the 24 hours are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedText {
    /// How the server knows it.
    pub name: String,
    /// The language that it is written in, as the server says it.
    pub language: String,
    /// The text; `{{1}}`, `{{2}}` … are filled in by the sender.
    pub text: String,
    /// How many gaps it has.
    pub gaps: usize,
}

/// A view that somebody saved at the help desk, in our filter language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The help desk's own id or key.
    pub id: RemoteId,
    /// The name as shown.
    pub name: String,
    /// What it holds, as a line of [`crate::Query`]; a condition that this language lacks is left out of it.
    pub filter: String,
}

/// A prepared text, inserted by typing `/` and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// The help desk's own id.
    pub id: RemoteId,
    /// What is typed behind the slash: `refund-timing`.
    pub shortcut: String,
    /// "Refund: how long it takes"
    pub title: String,
    /// The text, with merge tags.
    pub text: String,
}

/// Whose key it is, and what the role allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The agent's id at the help desk.
    pub id: RemoteId,
    /// The agent's handle.
    pub handle: Handle,
    /// The agent's name.
    pub name: String,
    /// The role in the server's words.
    pub role: String,
    /// Whether this key may write to customers.
    pub may_reply: bool,
    /// Whether this key may change conversations.
    pub may_change: bool,
    /// Whether this key may write notes.
    #[serde(default = "yes")]
    pub may_note: bool,
}

/// What an older version kept says nothing of it; the help desk itself answers then.
fn yes() -> bool {
    true
}
