//! What is being written: saved on every pause of the keys, told stale when somebody wrote since, and never lost.

use muster_engine::{Account, Stores};
use muster_model::{FileRef, RemoteId};
use muster_store::{DraftBase, DraftKind, DraftRow, NewDraft, StoreError};

use crate::files::file_view;
use crate::meanwhile::Meanwhile;
use crate::wire::{AccountRef, DraftRef, DraftView, Drafts, MaybeDraft, SaveDraft};
use crate::words::rfc3339;
use crate::{App, ErrorCode, UiError};

impl App {
    /// What is being written in a conversation.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn draft(&self, request: DraftRef) -> Result<MaybeDraft, UiError> {
        let account = self.account_of(&request.account).await?;
        let (id, kind) = (RemoteId::from(request.id), kind_of(&request.kind)?);
        let drafts =
            self.views(&account, move |stores| Ok(stores.journal.draft(&id, kind)?.into_iter().collect()));
        Ok(MaybeDraft { draft: drafts.await?.drafts.pop() })
    }

    /// Keeps what is being written. An empty text without files ends the draft; its versions stay.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn save_draft(&self, request: SaveDraft) -> Result<MaybeDraft, UiError> {
        let account = self.account_of(&request.account).await?;
        let (id, kind) = (RemoteId::from(request.id), kind_of(&request.kind)?);
        let now = account.clock().now();
        let drafts = self.views(&account, move |stores| {
            // A file that is not here any more must not keep the text from being saved.
            let files = stores.journal.file_refs(&request.files)?;
            let draft = keep(stores, id, kind, request.text, files, now)?;
            Ok(draft.into_iter().collect())
        });
        Ok(MaybeDraft { draft: drafts.await?.drafts.pop() })
    }

    /// Earlier versions of a draft, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn draft_versions(&self, request: DraftRef) -> Result<Drafts, UiError> {
        let account = self.account_of(&request.account).await?;
        let (id, kind) = (RemoteId::from(request.id), kind_of(&request.kind)?);
        self.views(&account, move |stores| stores.journal.draft_versions(&id, kind)).await
    }

    /// Every draft, the last one first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn drafts(&self, request: AccountRef) -> Result<Drafts, UiError> {
        let account = self.account_of(&request.account).await?;
        self.views(&account, |stores| stores.journal.drafts()).await
    }

    /// Reads or writes drafts, and shows them as they stand against what was said since.
    async fn views(
        &self,
        account: &Account,
        drafts: impl FnOnce(&Stores) -> Result<Vec<DraftRow>, StoreError> + Send + 'static,
    ) -> Result<Drafts, UiError> {
        let (stores, now, zone) = (account.stores().clone(), account.clock().now(), account.clock().zone());
        let drafts = self
            .blocking(move || {
                let drafts = drafts(&stores)?.into_iter().map(|draft| {
                    let since = Meanwhile::since(draft.based_on, &stores, &draft.id)?;
                    Ok(view(draft, since.map(|since| since.stale(now, &zone))))
                });
                drafts.collect::<Result<_, StoreError>>()
            })
            .await?;
        Ok(Drafts { drafts })
    }
}

/// Saves a draft on what has been said by now.
pub(crate) fn keep(
    stores: &Stores,
    id: RemoteId,
    kind: DraftKind,
    text: String,
    files: Vec<FileRef>,
    now: jiff::Timestamp,
) -> Result<Option<DraftRow>, StoreError> {
    let header = stores.cache.conversation(&id)?;
    let based_on = header.map_or_else(DraftBase::default, |header| DraftBase {
        inbound: header.last_inbound.map(jiff::Timestamp::as_millisecond),
        outbound: header.last_outbound.map(jiff::Timestamp::as_millisecond),
    });
    stores.journal.save_draft(&NewDraft { id, kind, text, files, based_on }, now)
}

fn kind_of(word: &str) -> Result<DraftKind, UiError> {
    DraftKind::of(word).ok_or_else(|| {
        UiError::new(ErrorCode::BadInput, format!("\"{word}\" is not a kind of draft. Use reply or note."))
    })
}

fn view(draft: DraftRow, stale: Option<String>) -> DraftView {
    DraftView {
        id: draft.id.to_string(),
        kind: draft.kind.as_str().to_owned(),
        text: draft.text,
        files: draft.files.iter().map(file_view).collect(),
        version: draft.version,
        saved: rfc3339(draft.saved),
        stale,
    }
}
