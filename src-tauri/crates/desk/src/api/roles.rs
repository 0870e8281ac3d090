//! Roles, and what each may do.

use std::collections::BTreeMap;

use super::Caller;
use super::refusal::Refusal;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    Reply,
    Change,
    Note,
    Follow,
    Block,
    Delete,
    Merge,
    Ticket,
    Draft,
    View,
    Snippet,
}

/// Their words on the wire, and what a refusal says.
const ALL: [(May, &str, &str); 11] = [
    (May::Reply, "reply", "reply to customers"),
    (May::Change, "change", "change conversations"),
    (May::Note, "note", "write notes"),
    (May::Follow, "follow", "follow"),
    (May::Block, "block", "block contacts"),
    (May::Delete, "delete", "delete conversations"),
    (May::Merge, "merge", "merge conversations"),
    (May::Ticket, "ticket", "work with tickets"),
    (May::Draft, "draft", "keep drafts"),
    (May::View, "view", "save views"),
    (May::Snippet, "snippet", "change what the company keeps"),
];

/// The roles: everything · no blocking, deleting and merging · among colleagues only · only looking and following.
pub(super) const ROLES: [&str; 4] = ["agent", "trainee", "light", "viewer"];

fn may(role: &str, what: May) -> bool {
    match role {
        "agent" => true,
        "trainee" => !matches!(what, May::Block | May::Delete | May::Merge | May::Snippet),
        "light" => matches!(what, May::Note | May::Follow | May::Draft | May::View),
        _ => what == May::Follow,
    }
}

/// What a role may, by the words of the wire.
pub(super) fn permissions(role: &str) -> BTreeMap<&'static str, bool> {
    ALL.iter().map(|(what, word, _)| (*word, may(role, *what))).collect()
}

impl Caller {
    /// Refuses what the caller's role does not allow.
    pub(super) fn must(&self, what: May) -> Result<(), Refusal> {
        if may(&self.0.role, what) {
            return Ok(());
        }
        let sentence = ALL.iter().find(|(known, _, _)| *known == what).map_or("do this", |(_, _, said)| said);
        Err(Refusal::not_permitted(sentence))
    }
}
