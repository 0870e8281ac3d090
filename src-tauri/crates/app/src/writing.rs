//! Writing one reply or one note: a job like every other write.

use muster_engine::Account;
use muster_model::{Action, Change, Channel, RemoteId, Selection, Sending, StatusChange, mentions_in};
use muster_store::DraftKind;

use crate::approved::approved;
use crate::drafts::keep;
use crate::meanwhile::Meanwhile;
use crate::wire::{JobView, NoteRequest, ReplyRequest};
use crate::{App, ErrorCode, UiError};

impl App {
    /// Writes one reply: a job like every other write. What is written is kept as a draft until that job is confirmed.
    ///
    /// # Errors
    /// When somebody wrote since the draft was begun, when the plan blocks it (the sentence says why), or when the journal
    /// cannot be written. The draft is kept.
    pub async fn reply(&self, request: ReplyRequest) -> Result<JobView, UiError> {
        if request.text.trim().is_empty() && request.approved.is_none() {
            return Err(UiError::new(ErrorCode::BadInput, "The reply is empty. Write something first."));
        }
        let account = self.account_of(&request.account).await?;
        let id = RemoteId::from(request.id);
        let approved = approved(&account, request.approved)?;
        let channel = if approved.is_some() {
            // It is nobody's draft: what was begun stays for when the customer writes again.
            Some(Channel::Whatsapp)
        } else {
            self.kept_for_sending(&account, &id, &request.text, &request.files, request.anyway).await?
        };
        let files = muster_engine::attached(&account, request.files).await?;
        let then = Change { status: request.done.then_some(StatusChange::Done), ..Change::default() };
        let selection = Selection::Ids { ids: vec![id] };
        let action = Action::Reply { text: request.text, mass: false, then, files, approved };
        let usual = muster_engine::usual_hold(&self.rules(&account).await?, &action, channel.as_slice());
        let sending = Sending { hold: request.hold.unwrap_or(usual), ..Sending::default() };
        let job = muster_engine::act(&account, selection, action, sending).await?;
        self.job_view(&account, job).await
    }

    /// Writes one note: a job like every other write. What is written is kept as a draft until that job is confirmed. A
    /// note leaves whoever wrote meanwhile, because no customer reads it.
    ///
    /// # Errors
    /// When it is empty, when the plan blocks it (the sentence says why), or when the journal cannot be written. The draft
    /// is kept.
    pub async fn note(&self, request: NoteRequest) -> Result<JobView, UiError> {
        if request.text.trim().is_empty() {
            return Err(UiError::new(ErrorCode::BadInput, "The note is empty. Write something first."));
        }
        let account = self.account_of(&request.account).await?;
        let id = RemoteId::from(request.id);
        let (stores, about, text) = (account.stores().clone(), id.clone(), request.text.clone());
        let (now, ids) = (account.clock().now(), request.files.clone());
        self.blocking(move || {
            let files = stores.journal.file_refs(&ids)?;
            keep(&stores, about, DraftKind::Note, text, files, now)
        })
        .await?;
        let files = muster_engine::attached(&account, request.files).await?;
        let directory = account.directory();
        let mentions = mentions_in(&request.text, &directory.agents, &directory.teams);
        let action = Action::Note { text: request.text, mentions, files };
        let usual = muster_engine::usual_hold(&self.rules(&account).await?, &action, &[]);
        let sending = Sending { hold: request.hold.unwrap_or(usual), ..Sending::default() };
        let job = muster_engine::act(&account, Selection::Ids { ids: vec![id] }, action, sending).await?;
        self.job_view(&account, job).await
    }

    /// Keeps a reply as the draft that it is until it is confirmed, and looks whether somebody wrote since it was begun.
    /// Gives the channel of the conversation, where it is here.
    async fn kept_for_sending(
        &self,
        account: &Account,
        id: &RemoteId,
        text: &str,
        files: &[String],
        anyway: bool,
    ) -> Result<Option<Channel>, UiError> {
        let (stores, id, now) = (account.stores().clone(), id.clone(), account.clock().now());
        let (text, files) = (text.to_owned(), files.to_vec());
        let (channel, since) = self
            .blocking(move || {
                let files = stores.journal.file_refs(&files)?;
                let draft = keep(&stores, id.clone(), DraftKind::Reply, text, files, now)?;
                let since = match draft.filter(|_| !anyway) {
                    Some(draft) => Meanwhile::since(draft.based_on, &stores, &id)?,
                    None => None,
                };
                Ok((stores.cache.conversation(&id)?.map(|header| header.channel), since))
            })
            .await?;
        match since {
            Some(since) => Err(UiError::new(ErrorCode::Conflict, since.not_sent(now))),
            None => Ok(channel),
        }
    }
}
