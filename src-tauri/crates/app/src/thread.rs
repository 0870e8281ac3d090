//! One conversation: reading it, marking it read, following it.

use jiff::Timestamp;
use muster_engine::{Account, Connection};
use muster_model::{Action, RemoteId, Selection, Sending};
use muster_store::ListRow;

use crate::inbox::rows;
use crate::thread_view::{Found, view};
use crate::wire::{AppEvent, ConversationRef, FollowRequest, Nothing, ThreadView};
use crate::{App, ErrorCode, UiError};

impl App {
    /// A conversation with its messages: what is here at once. Where that is not the newest, it is fetched behind the
    /// answer and `ThreadChanged` says when it came.
    ///
    /// # Errors
    /// When there is no such conversation here.
    pub async fn thread(&self, request: ConversationRef) -> Result<ThreadView, UiError> {
        let account = self.account_of(&request.account).await?;
        let id = RemoteId::from(request.id);
        let overlay = account.overlay().await?;
        let (stores, wanted) = (account.stores().clone(), id.clone());
        let now = account.clock().now();
        let found = self
            .blocking(move || {
                let Some(base) = stores.cache.conversation(&wanted)? else { return Ok(None) };
                let conversation = overlay.apply(base);
                let found = ListRow { marks: overlay.marks(&conversation), conversation };
                let Some(row) = rows(&stores.cache, std::slice::from_ref(&found), &overlay)?.pop() else {
                    return Ok(None);
                };
                Ok(Some(Found {
                    row,
                    conversation: found.conversation,
                    cached: stores.cache.thread(&wanted)?,
                    read: stores.journal.read_marks()?.get(&wanted).copied(),
                    open: stores.journal.open_replies(&wanted, now)?,
                }))
            })
            .await?;
        let found = found.ok_or_else(|| {
            UiError::new(
                ErrorCode::NotFound,
                "This conversation is not on this computer. It may have been deleted or merged.",
            )
        })?;
        let complete = found.cached.as_ref().is_some_and(|cached| cached.complete);
        if !complete && account.link().state() == Connection::Online {
            self.fetch_behind(&account, id, found.cached.is_some());
        }
        Ok(view(&account, found))
    }

    /// A message's HTML as a page that is safe to frame.
    ///
    /// # Errors
    /// When the message is not here or has no HTML.
    pub async fn mail(&self, account: &str, conversation: &str, message: &str) -> Result<String, UiError> {
        let account = self.account_of(account).await?;
        let (stores, id) = (account.stores().clone(), RemoteId::from(conversation));
        let cached = self.blocking(move || stores.cache.thread(&id)).await?;
        cached
            .and_then(|cached| cached.thread.messages.into_iter().find(|entry| entry.id.as_str() == message))
            .and_then(|entry| entry.html)
            .map(|html| crate::mail::mail_page(&html))
            .ok_or_else(|| UiError::new(ErrorCode::NotFound, "This message has no formatted version here."))
    }

    /// Moves my read mark to the end of a conversation.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn mark_read(&self, request: ConversationRef) -> Result<Nothing, UiError> {
        let account = self.account_of(&request.account).await?;
        let (stores, id) = (account.stores().clone(), RemoteId::from(request.id.as_str()));
        let now = account.clock().now();
        let moved = self
            .blocking(move || {
                let Some(conversation) = stores.cache.conversation(&id)? else { return Ok(false) };
                let end =
                    conversation.updated.min(now).max(conversation.last_inbound.unwrap_or(Timestamp::MIN));
                let end = end.as_millisecond();
                if stores.journal.read_marks()?.get(&id).is_some_and(|mark| *mark >= end) {
                    return Ok(false);
                }
                stores.journal.set_read_mark(&id, end)?;
                Ok(true)
            })
            .await?;
        if moved {
            self.emit(AppEvent::ConversationsChanged {
                account: request.account,
                ids: Some(vec![request.id]),
            });
        }
        Ok(Nothing {})
    }

    /// Follow or stop following.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn follow(&self, request: FollowRequest) -> Result<Nothing, UiError> {
        let account = self.account_of(&request.account).await?;
        let selection = Selection::Ids { ids: vec![RemoteId::from(request.id)] };
        muster_engine::act(&account, selection, Action::Follow { on: request.on }, Sending::default())
            .await?;
        Ok(Nothing {})
    }

    /// Fetches a thread and says when it came. The engine tells of its header only, and of that only if it is news.
    fn fetch_behind(&self, account: &Account, id: RemoteId, was_here: bool) {
        let (app, account) = (self.clone(), account.clone());
        self.spawn(async move {
            let thread = match account.fetch_thread(&id).await {
                Ok(fetched) => fetched.thread,
                Err(err) => {
                    tracing::info!(conversation = %id, error = ?err, "a thread could not be fetched");
                    return;
                }
            };
            let (cache, effective) = (account.stores().cache.clone(), thread.conversation.id);
            let kept = app.blocking(move || cache.thread(&effective)).await;
            // Where the header is newer than what the help desk gives, whoever shows it would ask for ever.
            if !was_here || kept.is_ok_and(|kept| kept.is_some_and(|kept| kept.complete)) {
                let account = account.row().id.to_string();
                app.emit(AppEvent::ThreadChanged { account, id: id.to_string() });
            }
        });
    }
}
