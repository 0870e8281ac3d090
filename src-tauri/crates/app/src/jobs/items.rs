//! The items of a job: what happened to whom, page by page.

use std::collections::HashMap;

use muster_engine::{Account, sentence};
use muster_model::{Conversation, Effect, EffectState, JobId, Reason, RemoteId, StatusChange, Verdict};
use muster_store::ItemRow;

use super::no_such_job;
use crate::wire::{JobItemView, JobItems, JobItemsRequest};
use crate::words::{count, rfc3339};
use crate::{App, UiError};

/// Items of one page at most.
const PAGE_LIMIT: u32 = 500;

impl App {
    /// Items of a job, page by page.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job_items(&self, request: JobItemsRequest) -> Result<JobItems, UiError> {
        let account = self.account_of(&request.account).await?;
        self.items_of(&account, request).await
    }

    /// Items of a job of an account that is open already.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn items_of(&self, account: &Account, request: JobItemsRequest) -> Result<JobItems, UiError> {
        let id = request.job.parse::<JobId>().map_err(|_| no_such_job(&request.job))?;
        let states = states(request.state.as_deref());
        let stores = account.stores().clone();
        let (offset, limit) = (request.offset as usize, request.limit.min(PAGE_LIMIT) as usize);
        let (items, total, headers) = self
            .blocking(move || {
                let (items, total) = stores.journal.items_page(id, &states, offset, limit)?;
                let ids: Vec<RemoteId> = items.iter().map(|item| item.id.clone()).collect();
                Ok((items, total, stores.cache.conversations(&ids)?))
            })
            .await?;
        let headers: HashMap<RemoteId, Conversation> =
            headers.into_iter().map(|conversation| (conversation.id.clone(), conversation)).collect();
        Ok(JobItems {
            total: count(total),
            items: items.iter().map(|item| item_view(item, headers.get(&item.id))).collect(),
        })
    }
}

/// The states that a tab of the table shows.
fn states(word: Option<&str>) -> Vec<EffectState> {
    match word {
        None | Some("") => vec![],
        Some("attention") => vec![EffectState::Rejected, EffectState::Unknown, EffectState::Held],
        Some("open") => vec![EffectState::Pending, EffectState::Sending],
        Some(words) => words.split(',').map(|word| EffectState::from(word.trim())).collect(),
    }
}

/// A reason in words: a verdict's title where the plan left the item out, else the sentence that came with it.
pub(super) fn reason_text(reason: &Reason) -> String {
    // The journal keeps a verdict's word only; a server's reason brings its own sentence.
    if reason.message == reason.code.replace('_', " ") {
        sentence::verdict_title(&Verdict::from(reason.code.as_str()))
    } else {
        reason.message.clone()
    }
}

fn item_view(item: &ItemRow, header: Option<&Conversation>) -> JobItemView {
    JobItemView {
        id: item.id.to_string(),
        name: header.map_or_else(|| item.id.to_string(), sentence::name_of),
        subject: header.map(|header| header.subject.clone()).unwrap_or_default(),
        channel: header.map(|header| header.channel.to_string()).unwrap_or_default(),
        state: item.state.to_string(),
        outcome: sentence::outcome(item),
        reason: item.reason.as_ref().map(reason_text),
        receipt: receipt(item),
        at: item.effects.iter().filter_map(|effect| effect.finished).max().map(rfc3339),
        before_after: sentence::changes(item),
        can_undo: can_undo(item),
    }
}

/// The server's proof.
pub(super) fn receipt(item: &ItemRow) -> Option<String> {
    item.effects.iter().find_map(|effect| effect.receipt.as_ref().and_then(|receipt| receipt.id.clone()))
}

/// Whether something of it can be given back. A reply or a note was read, and Archived is terminal.
fn can_undo(item: &ItemRow) -> bool {
    item.effects.iter().any(|row| {
        row.state == EffectState::Applied
            && row.before.is_some()
            && !matches!(
                row.effect,
                Effect::Reply
                    | Effect::Note
                    | Effect::Status(StatusChange::Archived)
                    | Effect::Block
                    | Effect::Delete
                    | Effect::Unknown(_)
            )
    })
}

#[cfg(test)]
mod tests {
    use muster_model::Reason;
    use rstest::rstest;

    use super::{reason_text, states};

    #[rstest]
    #[case::verdict("window_closed", "window closed", "Window closed")]
    #[case::by_hand("left_out", "left out", "Left out")]
    #[case::of_the_server("window_closed", "WhatsApp: more than 24 hours.", "WhatsApp: more than 24 hours.")]
    fn a_reason_is_shown_in_words(#[case] code: &str, #[case] message: &str, #[case] shown: &str) {
        assert_eq!(reason_text(&Reason::new(code, message)), shown);
    }

    #[rstest]
    #[case(None, &[])]
    #[case(Some("applied"), &["applied"])]
    #[case(Some("attention"), &["rejected", "unknown", "held"])]
    #[case(Some("open"), &["pending", "sending"])]
    #[case(Some("rejected, unknown"), &["rejected", "unknown"])]
    fn tabs_are_states(#[case] word: Option<&str>, #[case] expected: &[&str]) {
        assert_eq!(states(word).iter().map(|state| state.as_str()).collect::<Vec<_>>(), expected);
    }
}
