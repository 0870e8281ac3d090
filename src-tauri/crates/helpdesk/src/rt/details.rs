//! Tickets as conversations: what a list of tickets does not say is asked for all of them at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use muster_model::Conversation;

use super::asking::{PER_PAGE, all_transactions, any_of, quoted, texts, tickets, tickets_by_id};
use super::client::RequestTracker;
use super::map::{self, Extra, Story};
use super::state::Seen;
use super::wire::{Term, Ticket, Transaction};
use crate::ReadError;

/// How much of the past is read for a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    /// Messages alone: enough for a first look, and a third of the rows.
    Messages,
    /// Every transaction, so that the stamp is exact.
    Everything,
}

impl RequestTracker {
    /// These tickets as conversations. Whoever is not among them is gone, or cannot be seen.
    pub(super) async fn fetch(&self, ids: &[&str]) -> Result<Vec<Conversation>, ReadError> {
        let found = tickets_by_id(&self.transport, ids).await?;
        self.details(found, Past::Everything).await
    }

    /// Tickets with what their transactions and mails say.
    pub(super) async fn details(
        &self,
        found: Vec<Ticket>,
        past: Past,
    ) -> Result<Vec<Conversation>, ReadError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        self.learn_statuses(&found).await?;
        let ids: Vec<&str> = found.iter().map(|ticket| ticket.id.as_str()).collect();
        let of_these = any_of("ObjectId", ids.iter().copied());
        let query = match past {
            Past::Messages => format!("({of_these}) AND (Type = 'Create' OR Type = 'Correspond')"),
            Past::Everything => of_these,
        };
        let mut by_ticket: HashMap<String, Vec<Transaction>> = HashMap::new();
        for transaction in all_transactions(&self.transport, &query).await? {
            by_ticket.entry(transaction.object_id.clone()).or_default().push(transaction);
        }
        let with_files = self.with_files(&ids).await?;
        let cast = self.read(|state| state.cast.clone());
        let stories: Vec<Story> = found
            .iter()
            .map(|ticket| {
                let past = by_ticket.remove(&ticket.id).unwrap_or_default();
                Story::of(&past, &ticket.requestor, &cast)
            })
            .collect();
        let last: Vec<i64> = stories.iter().filter_map(|story| Some(story.last.as_ref()?.0)).collect();
        let mut texts = self.last_texts(&last).await?;
        let conversations: Vec<Conversation> = self.write(|state| {
            let one = |(ticket, story): (Ticket, Story)| {
                state.cast.meet(&ticket.owner.id);
                let text = story.last.as_ref().and_then(|(id, _)| texts.remove(id));
                let has_attachment = with_files.contains(&ticket.id);
                let conversation =
                    map::conversation(ticket, Extra { story, text, has_attachment }, &state.lifecycles)?;
                state.tags.extend(conversation.tags.iter().cloned());
                Some(conversation)
            };
            found.into_iter().zip(stories).filter_map(one).collect()
        });
        if past == Past::Everything {
            self.write(|state| {
                for one in &conversations {
                    let seen = Seen { updated: one.updated.as_second(), stamp: one.stamp };
                    state.remember(one.id.as_str(), seen);
                }
            });
        }
        Ok(conversations)
    }

    /// Which of these hold files.
    async fn with_files(&self, ids: &[&str]) -> Result<HashSet<String>, ReadError> {
        let mut found = HashSet::new();
        for part in ids.chunks(PER_PAGE / 2) {
            let query = format!("({}) AND Filename LIKE '.'", any_of("id", part.iter().copied()));
            let list = super::asking::ticket_times(&self.transport, &query, 1, PER_PAGE).await?;
            found.extend(list.items.into_iter().map(|ticket| ticket.id));
        }
        Ok(found)
    }

    /// The texts of messages, by their transaction: plain where there is a plain part, else out of the HTML.
    pub(super) async fn last_texts(&self, messages: &[i64]) -> Result<HashMap<i64, String>, ReadError> {
        let mut found: HashMap<i64, String> = HashMap::new();
        for kind in ["text/plain", "text/html"] {
            let missing: Vec<i64> =
                messages.iter().copied().filter(|message| !found.contains_key(message)).collect();
            if missing.is_empty() {
                break;
            }
            let mut terms: Vec<Term> = missing
                .iter()
                .map(|id| Term { field: "TransactionId", operator: "=", value: id.to_string() })
                .collect();
            terms.push(Term { field: "ContentType", operator: "=", value: kind.to_owned() });
            terms.push(Term { field: "Filename", operator: "IS", value: "NULL".to_owned() });
            for part in texts(&self.transport, &terms).await? {
                let text = if kind == "text/html" { map::text_of(&part.content) } else { part.content };
                found.entry(part.transaction_id).or_insert(text);
            }
        }
        Ok(found)
    }

    /// Asks what statuses mean that nobody here knows: RT says of each whether it is active.
    async fn learn_statuses(&self, found: &[Ticket]) -> Result<(), ReadError> {
        let unknown: BTreeSet<(String, String)> = self.read(|state| {
            let words = found.iter().map(|ticket| (ticket.queue.lifecycle.clone(), ticket.status.clone()));
            words.filter(|(lifecycle, word)| state.lifecycles.meaning(lifecycle, word).is_none()).collect()
        });
        for (lifecycle, word) in unknown {
            if word.is_empty() {
                continue;
            }
            self.learn_status(&lifecycle, &word).await?;
        }
        Ok(())
    }

    /// Asks about one status. One that no ticket has stays unknown.
    pub(super) async fn learn_status(&self, lifecycle: &str, word: &str) -> Result<(), ReadError> {
        for (group, is_active) in [("__Active__", true), ("__Inactive__", false)] {
            let query = format!(
                "Lifecycle = {} AND Status = {} AND Status = '{group}'",
                quoted(lifecycle),
                quoted(word)
            );
            if !tickets(&self.transport, &query, 1, 1).await?.items.is_empty() {
                self.write(|state| state.lifecycles.learn(lifecycle, word, is_active));
                return Ok(());
            }
        }
        Ok(())
    }
}
