//! What a filter's words hit, as a front end draws it: ranges in subject, name, preview and messages.

use std::ops::Range;

use muster_model::{MessageKind, Needles, RemoteId, Resolved};
use muster_store::{Cache, StoreError};

use crate::quote::part_quote;
use crate::wire::{Mark, MessageHits, Row, ThreadHits, ThreadHitsRequest};
use crate::words::count;
use crate::{App, UiError};

/// Characters of a snippet: a row's width, with some to spare.
const SNIPPET: usize = 160;

/// What to look for in the rows of a list.
pub(crate) struct Sought {
    subject: Needles,
    text: Needles,
}

impl Sought {
    /// None where the filter asks for no text.
    pub(crate) fn of(query: &Resolved) -> Option<Self> {
        let sought = Self { subject: query.filter.needles_in_subject(), text: query.filter.needles() };
        (!sought.subject.is_empty()).then_some(sought)
    }

    /// Marks the hits in the rows. Where neither name, subject nor preview has one, the latest message that does lends its
    /// words to the preview.
    pub(crate) fn mark(&self, rows: &mut [Row], cache: &Cache) -> Result<(), StoreError> {
        for row in rows {
            row.name_marks = marks(&row.name, &self.text.hits(&row.name));
            row.subject_marks = marks(&row.subject, &self.subject.hits(&row.subject));
            row.preview_marks = marks(&row.preview, &self.text.hits(&row.preview));
            let is_shown = [&row.name_marks, &row.subject_marks, &row.preview_marks]
                .iter()
                .any(|marks| !marks.is_empty());
            if is_shown || self.text.is_empty() {
                continue;
            }
            let Some(cached) = cache.thread(&RemoteId::from(row.id.as_str()))? else { continue };
            let written =
                cached.thread.messages.iter().rev().filter(|message| message.kind != MessageKind::Event);
            let hit = written.into_iter().find_map(|message| {
                self.text.snippet(&message.text, SNIPPET).map(|snippet| (message, snippet))
            });
            if let Some((message, snippet)) = hit {
                row.preview_marks = marks(&snippet.text, &snippet.marks);
                row.preview = snippet.text;
                row.preview_from = Some(message.from.to_string());
            }
        }
        Ok(())
    }
}

impl App {
    /// Where the filter's words stand in the messages of a thread, as they are shown: without their quoted tails.
    ///
    /// # Errors
    /// When the filter makes no sense, or the cache cannot be read.
    pub async fn thread_hits(&self, request: ThreadHitsRequest) -> Result<ThreadHits, UiError> {
        let account = self.account_of(&request.account).await?;
        let needles = crate::inbox::resolve(&account, &request.filter)?.filter.needles();
        if needles.is_empty() {
            return Ok(ThreadHits { messages: vec![] });
        }
        let (cache, id) = (account.stores().cache.clone(), RemoteId::from(request.id));
        let cached = self.blocking(move || cache.thread(&id)).await?;
        let messages = cached.iter().flat_map(|cached| &cached.thread.messages);
        Ok(ThreadHits {
            messages: messages
                .filter_map(|message| {
                    let text = part_quote(&message.text).text;
                    let marks = marks(text, &needles.hits(text));
                    (!marks.is_empty()).then(|| MessageHits { id: message.id.to_string(), marks })
                })
                .collect(),
        })
    }
}

/// Byte ranges as JavaScript counts.
fn marks(text: &str, hits: &[Range<usize>]) -> Vec<Mark> {
    let units = |part: Option<&str>| count(part.unwrap_or_default().encode_utf16().count());
    hits.iter()
        .map(|hit| Mark { at: units(text.get(..hit.start)), len: units(text.get(hit.clone())) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_as_javascript_does() {
        let expected = [Mark { at: 2, len: 1 }, Mark { at: 4, len: 3 }];
        assert_eq!(marks("🎉é hit", &[4..6, 7..10]), expected);
    }
}
