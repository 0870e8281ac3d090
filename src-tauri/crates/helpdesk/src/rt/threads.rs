//! One ticket with everything that was written in it.

use muster_model::{Author, Preview, RemoteId, Thread};

use super::asking::{PER_PAGE, history, parts, texts, ticket, tickets_by_id};
use super::client::RequestTracker;
use super::map::{self, Extra, Story};
use super::wire::{Attachment, Term, Ticket, Transaction};
use crate::ReadError;

/// Parts that are asked for at once.
const PARTS: usize = 100;

impl RequestTracker {
    pub(super) async fn read_thread(&self, id: &RemoteId) -> Result<Thread, ReadError> {
        self.prepare().await?;
        let ticket = self.effective(id.as_str()).await?;
        let id = ticket.id.clone();
        let (history, first) = futures::try_join!(
            history(&self.transport, &id, ticket.last_updated),
            parts(&self.transport, &id, 1)
        )?;
        let mut parts = self.rest_of(&id, &history, first).await?;
        self.fill(&mut parts).await?;
        let (cast, names) = self.read(|state| (state.cast.clone(), state.names.clone()));
        let messages = map::messages(&history, parts, &ticket.requestor, &cast, &names);
        let extra = Extra {
            story: Story::of(&history, &ticket.requestor, &cast),
            text: None,
            has_attachment: messages.iter().any(|message| !message.attachments.is_empty()),
        };
        let last = extra.story.last.clone();
        let lifecycles = self.read(|state| state.lifecycles.clone());
        let mut conversation = map::conversation(ticket, extra, &lifecycles)
            .ok_or_else(|| ReadError::NotFound { what: format!("the ticket {id}") })?;
        conversation.preview = last.and_then(|(number, from): (i64, Author)| {
            let number = number.to_string();
            let message = messages.iter().find(|message| message.id.as_str() == number)?;
            Some(Preview { text: map::folded(&message.text), from })
        });
        Ok(Thread { conversation, messages })
    }

    /// The ticket that an id leads to: itself, or the one that it was merged into.
    async fn effective(&self, id: &str) -> Result<Ticket, ReadError> {
        let nothing = || ReadError::NotFound { what: format!("the ticket {id}") };
        if let Some(found) = tickets_by_id(&self.transport, &[id]).await?.into_iter().next() {
            return Ok(found);
        }
        let (there, _) = ticket(&self.transport, id).await?;
        if there.id == id {
            // Deleted: no list knows it any more.
            return Err(nothing());
        }
        tickets_by_id(&self.transport, &[&there.id]).await?.into_iter().next().ok_or_else(nothing)
    }

    /// All parts: a short page is the last one if it holds something of every message.
    async fn rest_of(
        &self,
        id: &str,
        history: &[Transaction],
        first: Vec<Attachment>,
    ) -> Result<Vec<Attachment>, ReadError> {
        let mut all = first;
        let mut last = all.len();
        for page in 2.. {
            let has_parts = |entry: &&Transaction| all.iter().any(|part| part.transaction_id == entry.id);
            let mut messages = history.iter().filter(|entry| map::has_body(entry));
            let is_whole = last * 2 < PER_PAGE && messages.all(|entry| has_parts(&entry));
            if is_whole || last == 0 {
                break;
            }
            let some = parts(&self.transport, id, page).await?;
            last = some.len();
            all.extend(some);
        }
        Ok(all)
    }

    /// Reads what is in the text parts; files stay where they are.
    async fn fill(&self, parts: &mut [Attachment]) -> Result<(), ReadError> {
        let is_text = |part: &Attachment| {
            part.filename.is_empty()
                && matches!(part.content_type.to_lowercase().as_str(), "text/plain" | "text/html")
        };
        let wanted: Vec<String> =
            parts.iter().filter(|part| is_text(part)).map(|part| part.id.clone()).collect();
        for some in wanted.chunks(PARTS) {
            let terms: Vec<Term> =
                some.iter().map(|id| Term { field: "id", operator: "=", value: id.clone() }).collect();
            for read in texts(&self.transport, &terms).await? {
                if let Some(part) = parts.iter_mut().find(|part| part.id == read.id) {
                    part.content = read.content;
                }
            }
        }
        Ok(())
    }
}
