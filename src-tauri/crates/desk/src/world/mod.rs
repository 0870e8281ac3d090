//! What a new desk is filled with: a company and its conversations, made up from a seed or read from a mail archive.

mod cast;
mod company;
mod files;
mod lang;
mod mail;
mod mbox;
mod odd;
mod people;
mod saga;
mod seeded;
mod snippets;
mod story;

use crate::clock::Millis;

pub(crate) use mbox::from_mbox;
pub(crate) use seeded::{colleague_says, follow_up, seeded, thanks};

/// A company with all its conversations, before it is written to the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct World {
    pub(crate) tenant: String,
    pub(crate) teams: Vec<NewTeam>,
    /// The first is whose key it is.
    pub(crate) agents: Vec<NewAgent>,
    /// Names and hues.
    pub(crate) tags: Vec<(String, u8)>,
    pub(crate) snippets: Vec<NewSnippet>,
    pub(crate) contacts: Vec<NewContact>,
    pub(crate) conversations: Vec<NewConversation>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewTeam {
    pub(crate) handle: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewAgent {
    pub(crate) handle: String,
    pub(crate) name: String,
    /// Places in `World::teams`.
    pub(crate) teams: Vec<usize>,
}

/// A prepared text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewSnippet {
    pub(crate) shortcut: String,
    pub(crate) title: String,
    /// With merge tags.
    pub(crate) text: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NewContact {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) custom_fields: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NewConversation {
    /// Place in `World::contacts`.
    pub(crate) contact: usize,
    pub(crate) subject: String,
    pub(crate) channel: String,
    pub(crate) status: String,
    pub(crate) snoozed_until: Option<Millis>,
    pub(crate) priority: String,
    /// A handle.
    pub(crate) agent: Option<String>,
    /// A handle.
    pub(crate) team: Option<String>,
    pub(crate) tags: Vec<String>,
    /// Handles.
    pub(crate) followers: Vec<String>,
    pub(crate) case_number: Option<String>,
    pub(crate) custom_fields: Vec<(String, String)>,
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
}

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) at: Millis,
    pub(crate) what: What,
    pub(crate) author: String,
    /// The agent's handle, where an agent did it.
    pub(crate) handle: Option<String>,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
}

/// What kind of entry, and from whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Customer,
    Agent,
    Note,
    /// Something else happened.
    Event,
    /// The status changed: counts as the last update.
    Status,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) bytes: Vec<u8>,
}
