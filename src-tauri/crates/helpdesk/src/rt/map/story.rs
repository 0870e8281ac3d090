//! What the transactions of a ticket tell about its conversation: who wrote last, when, how often.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::{Author, Engagement};

use crate::rt::wire::{Ref, Transaction};

/// Who is one of us, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(in crate::rt) struct Cast {
    agents: HashSet<String>,
}

impl Cast {
    /// Takes note of an agent's login.
    pub(in crate::rt) fn meet(&mut self, login: &str) {
        if !login.is_empty() && login != NOBODY && login != SYSTEM {
            self.agents.insert(login.to_lowercase());
        }
    }

    /// Customers are made from their address; whoever has a login without one works here.
    fn is_agent(&self, login: &str) -> bool {
        self.agents.contains(&login.to_lowercase()) || !login.contains('@')
    }

    /// Who wrote, of a message that the customer can see. RT itself calls a message inbound where a requestor wrote it.
    pub(in crate::rt) fn author(&self, transaction: &Transaction, requestors: &[Ref]) -> Author {
        let writer = transaction.creator.id.as_str();
        if requestors.iter().any(|requestor| requestor.id.eq_ignore_ascii_case(writer)) {
            return Author::Customer;
        }
        match writer {
            // Mail that was taken in by a program, and what was imported.
            "" | SYSTEM if transaction.kind == "Create" => Author::Customer,
            "" | SYSTEM | NOBODY => Author::System,
            writer if self.is_agent(writer) => Author::Agent,
            _ => Author::Customer,
        }
    }
}

/// Who owns what nobody owns.
pub(in crate::rt) const NOBODY: &str = "Nobody";
/// Who does what RT does by itself.
pub(in crate::rt) const SYSTEM: &str = "RT_System";

/// A conversation's messages, summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::rt) struct Story {
    pub(in crate::rt) last_inbound: Option<Timestamp>,
    pub(in crate::rt) last_outbound: Option<Timestamp>,
    pub(in crate::rt) waiting_since: Option<Timestamp>,
    /// The last message that the customer can see, and who wrote it.
    pub(in crate::rt) last: Option<(i64, Author)>,
    pub(in crate::rt) messages: u32,
    /// The highest transaction that was seen.
    pub(in crate::rt) stamp: i64,
}

impl Story {
    /// Of transactions in their order. What is no message only raises the stamp.
    pub(in crate::rt) fn of<'a>(
        transactions: impl IntoIterator<Item = &'a Transaction>,
        requestors: &[Ref],
        cast: &Cast,
    ) -> Self {
        let mut story = Self::default();
        for transaction in transactions {
            story.stamp = story.stamp.max(transaction.id);
            if is_message(transaction) {
                story.tell(transaction, cast.author(transaction, requestors));
            }
        }
        story
    }

    fn tell(&mut self, transaction: &Transaction, author: Author) {
        self.messages += 1;
        let at = transaction.created;
        match author {
            Author::Customer => {
                self.waiting_since = self.waiting_since.or(at);
                self.last_inbound = self.last_inbound.max(at);
            }
            Author::Agent => {
                self.waiting_since = None;
                self.last_outbound = self.last_outbound.max(at);
            }
            // What the help desk sends by itself changes nobody's turn.
            Author::System | Author::Other(_) => return,
        }
        self.last = Some((transaction.id, author));
    }

    /// Who has the ball.
    pub(in crate::rt) fn engagement(&self) -> Engagement {
        match self.last {
            Some((_, Author::Agent)) => Engagement::Engaged,
            _ => Engagement::Pending,
        }
    }
}

/// Whether it has a text: a message or a note.
pub(in crate::rt) fn has_body(transaction: &Transaction) -> bool {
    is_message(transaction) || transaction.kind == "Comment"
}

/// Whether the customer can see it.
pub(in crate::rt) fn is_message(transaction: &Transaction) -> bool {
    matches!(transaction.kind.as_str(), "Create" | "Correspond")
}
