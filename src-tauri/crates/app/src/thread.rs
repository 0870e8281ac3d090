//! One conversation: reading it, marking it read, following it, writing one reply or note.

use jiff::Timestamp;
use muster_engine::{Account, Connection};
use muster_model::{
    Action, Author, Change, Channel, Conversation, Message, MessageKind, RemoteId, Selection, Sending,
    StatusChange, mentions_in,
};
use muster_store::{CachedThread, DraftKind, ListRow, OpenReply};

use crate::approved::{approved, approved_texts};
use crate::drafts::keep;
use crate::inbox::rows;
use crate::meanwhile::Meanwhile;
use crate::quote::part_quote;
use crate::wire::{
    AppEvent, AttachmentView, ConversationRef, FollowRequest, JobView, MessageView, NoteRequest, Nothing,
    ReplyRequest, Row, ThreadView,
};
use crate::words::{count, initials, rfc3339};
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
        let now = account.clock().now();
        self.blocking(move || keep(&stores, about, DraftKind::Note, text, Vec::new(), now)).await?;
        let mentions = mentions_in(&request.text, &account.directory().agents);
        let action = Action::Note { text: request.text, mentions };
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

/// Everything that is here of one conversation.
struct Found {
    row: Row,
    /// As the agent sees it.
    conversation: Conversation,
    cached: Option<CachedThread>,
    /// My read mark, UTC milliseconds.
    read: Option<i64>,
    open: Vec<OpenReply>,
}

fn view(account: &Account, found: Found) -> ThreadView {
    let Found { row, conversation, cached, read, open } = found;
    let entries = cached.as_ref().map(|cached| cached.thread.messages.as_slice()).unwrap_or_default();
    let mut messages: Vec<MessageView> = entries.iter().map(message).collect();
    let read_up_to = read.and_then(|read| {
        entries.iter().rev().find(|entry| entry.at.as_millisecond() <= read).map(|entry| entry.id.to_string())
    });
    let me = account.me();
    messages.extend(open.iter().map(|reply| MessageView {
        id: format!("pending:{}", reply.client_ref),
        at: rfc3339(reply.at),
        kind: if reply.note { MessageKind::Note } else { MessageKind::Message }.to_string(),
        from: Author::Agent.to_string(),
        author: me.as_ref().map(|me| me.name.clone()).unwrap_or_default(),
        initials: me.as_ref().map(|me| initials(&me.name)).unwrap_or_default(),
        text: reply.text.clone(),
        quoted: None,
        quoted_lines: 0,
        has_html: false,
        attachments: vec![],
        mass_reply: reply.mass,
        delivery: Some(reply.state.to_string()),
        delivery_reason: reply.reason.as_ref().map(|reason| reason.message.clone()),
        mentions: reply.mentions.iter().map(ToString::to_string).collect(),
    }));
    ThreadView {
        row,
        email: conversation.contact.email.clone(),
        phone: conversation.contact.phone.clone(),
        case_number: conversation.case_number.clone(),
        created: rfc3339(conversation.created),
        messages,
        complete: cached.as_ref().is_some_and(|cached| cached.complete),
        fetched: cached.as_ref().map(|cached| rfc3339(cached.fetched)),
        read_up_to,
        reply_blocked: reply_blocked(account, &conversation),
        approved_texts: if needs_approved(account, &conversation) {
            approved_texts(account)
        } else {
            Vec::new()
        },
        note_blocked: note_blocked(account, &conversation),
        reply_to: reply_to(&conversation),
    }
}

fn message(entry: &Message) -> MessageView {
    let parted = part_quote(&entry.text);
    MessageView {
        id: entry.id.to_string(),
        at: rfc3339(entry.at),
        kind: entry.kind.to_string(),
        from: entry.from.to_string(),
        author: entry.author.clone(),
        initials: initials(&entry.author),
        text: parted.text.to_owned(),
        quoted_lines: count(parted.quoted.lines().count()),
        quoted: (!parted.quoted.is_empty()).then(|| parted.quoted.to_owned()),
        has_html: entry.html.is_some(),
        attachments: entry
            .attachments
            .iter()
            .map(|file| AttachmentView {
                id: file.id.to_string(),
                name: file.name.clone(),
                mime: file.mime.clone(),
                size: count(file.size),
            })
            .collect(),
        mass_reply: entry.mass_reply,
        delivery: entry.delivery.as_ref().map(|delivery| delivery.state.to_string()),
        delivery_reason: entry.delivery.as_ref().and_then(|delivery| delivery.reason.clone()),
        mentions: entry.mentions.iter().map(ToString::to_string).collect(),
    }
}

/// Why no reply can be written here, if so.
fn reply_blocked(account: &Account, conversation: &Conversation) -> Option<String> {
    if account.is_file() {
        return Some(muster_engine::READ_ONLY.into());
    }
    if account.me().is_some_and(|me| !me.may_reply) {
        return Some("Your role may not reply. Ask an administrator for a key that may.".into());
    }
    if conversation.status == muster_model::Status::Archived {
        return Some("Archived: the help desk takes no more replies here.".into());
    }
    if !conversation.channel.rules().written {
        return Some("Calls take no written reply.".into());
    }
    if conversation.channel.window_open(conversation.last_inbound, account.clock().now()) {
        return None;
    }
    let takes = if conversation.channel == Channel::Whatsapp && !account.directory().templates.is_empty() {
        "Only approved texts go until they write again."
    } else {
        "This channel takes no reply until they write again."
    };
    Some(format!("Window closed: over 24 h since the customer wrote. {takes}"))
}

/// Whether nothing but an approved text reaches the customer now.
fn needs_approved(account: &Account, conversation: &Conversation) -> bool {
    let may = !account.is_file() && account.me().is_some_and(|me| me.may_reply);
    may && conversation.channel == Channel::Whatsapp
        && conversation.status != muster_model::Status::Archived
        && !conversation.channel.window_open(conversation.last_inbound, account.clock().now())
}

/// Why no note can be written here, if so.
fn note_blocked(account: &Account, conversation: &Conversation) -> Option<String> {
    if account.is_file() {
        return Some(muster_engine::READ_ONLY.into());
    }
    if account.me().is_some_and(|me| !me.may_note) {
        return Some("Your role may not write notes. Ask an administrator for a key that may.".into());
    }
    (conversation.status == muster_model::Status::Archived)
        .then(|| "Archived: the help desk takes no more notes here.".into())
}

fn reply_to(conversation: &Conversation) -> String {
    let contact = &conversation.contact;
    let address = match conversation.channel {
        Channel::Email => contact.email.as_deref(),
        Channel::Sms | Channel::Whatsapp | Channel::Voice => contact.phone.as_deref(),
        _ => None,
    };
    let to = address.unwrap_or(if contact.name.is_empty() { "the customer" } else { &contact.name });
    let by = match &conversation.channel {
        Channel::Email => "email",
        Channel::Chat => "chat",
        Channel::Sms => "SMS",
        Channel::Whatsapp => "WhatsApp",
        Channel::Facebook => "Facebook",
        Channel::Instagram => "Instagram",
        Channel::Voice => "phone",
        Channel::Other(word) => word,
    };
    format!("To {to} by {by}")
}
