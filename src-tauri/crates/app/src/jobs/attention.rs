//! What needs a human: items that are unknown or held, with their answers, and jobs whose time passed.

use std::collections::HashMap;

use muster_engine::{Answer, sentence};
use muster_model::{Action, Conversation, JobState, PauseReason, RemoteId};
use muster_store::{AttentionRow, JobFilter};

use super::items::reason_text;
use super::no_such_job;
use crate::wire::{AccountRef, AnswerItem, Attention, AttentionItem, JobView};
use crate::words::rfc3339;
use crate::{App, ErrorCode, UiError};

/// So many items are listed; the rest follows when these are answered.
const LISTED: usize = 500;

impl App {
    /// What is unknown, held or overdue.
    ///
    /// # Errors
    /// When a database cannot be read.
    pub async fn attention(&self, request: AccountRef) -> Result<Attention, UiError> {
        let account = self.account_of(&request.account).await?;
        let stores = account.stores().clone();
        let (rows, headers, mut paused) = self
            .blocking(move || {
                let rows = stores.journal.attention(LISTED)?;
                let ids: Vec<RemoteId> = rows.iter().map(|row| row.id.clone()).collect();
                let paused = JobFilter { states: vec![JobState::Paused], ..JobFilter::default() };
                Ok((rows, stores.cache.conversations(&ids)?, stores.journal.jobs(&paused)?))
            })
            .await?;
        paused.retain(|job| job.pause == Some(PauseReason::Overdue));
        let headers: HashMap<RemoteId, Conversation> =
            headers.into_iter().map(|conversation| (conversation.id.clone(), conversation)).collect();
        Ok(Attention {
            items: rows.iter().map(|row| item(row, headers.get(&row.id))).collect(),
            overdue: self.job_views(&account, paused).await?,
        })
    }

    /// Answers an item that is unknown or held.
    ///
    /// # Errors
    /// When it was answered already, or the journal cannot be written.
    pub async fn answer_item(&self, request: AnswerItem) -> Result<JobView, UiError> {
        let account = self.account_of(&request.account).await?;
        let job = request.job.parse().map_err(|_| no_such_job(&request.job))?;
        let answer = answer(&request.answer)?;
        let job = muster_engine::answer(&account, job, &RemoteId::from(request.id), answer).await?;
        self.job_view(&account, job).await
    }
}

fn answer(word: &str) -> Result<Answer, UiError> {
    Ok(match word {
        "sent" => Answer::Sent,
        "send_again" => Answer::SendAgain,
        "leave" => Answer::Leave,
        "send" => Answer::Send,
        "skip" => Answer::Skip,
        other => {
            return Err(UiError::new(
                ErrorCode::BadInput,
                format!("\"{other}\" is not an answer. Use sent, send_again, leave, send or skip."),
            ));
        }
    })
}

fn item(row: &AttentionRow, header: Option<&Conversation>) -> AttentionItem {
    let does = || row.job.action.as_ref().map(sentence::does).unwrap_or_default().join(", ");
    AttentionItem {
        job: row.job.id.to_string(),
        job_name: row.job.name.clone(),
        id: row.id.to_string(),
        name: header.map_or_else(|| row.id.to_string(), sentence::name_of),
        subject: header.map(|header| header.subject.clone()).unwrap_or_default(),
        channel: row.audience.channel.to_string(),
        state: row.state.to_string(),
        reason: row.reason.as_ref().map(reason_text).unwrap_or_default(),
        at: rfc3339(row.at),
        is_reply: row.text.is_some(),
        is_note: matches!(row.job.action, Some(Action::Note { .. })),
        text: row.text.clone().unwrap_or_else(does),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_words() {
        assert_eq!(answer("send_again"), Ok(Answer::SendAgain));
        let err = answer("maybe").expect_err("not an answer");
        assert_eq!(err.message, "\"maybe\" is not an answer. Use sent, send_again, leave, send or skip.");
    }
}
