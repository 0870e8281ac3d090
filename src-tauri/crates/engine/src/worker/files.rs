//! The files of a reply or a note, with their bytes, for those recipients whose channel carries them.

use std::sync::Arc;

use muster_helpdesk::OutgoingFile;
use muster_model::{Action, Effect, FileRef, Reason};
use muster_store::{ClaimedItem, StoreError, StoredFile};

use super::{Stop, WorkContext, record};

/// Fetches the files of an action out of the journal, if any of these items takes them. A message whose file is gone
/// is not sent without it.
pub(super) async fn attach(
    ctx: &WorkContext,
    action: &Action,
    claimed: Vec<ClaimedItem>,
) -> Result<(Vec<Arc<OutgoingFile>>, Vec<ClaimedItem>), Stop> {
    let takes_files = |item: &ClaimedItem| {
        item.audience.with_files
            && item
                .effects
                .first()
                .is_some_and(|effect| matches!(effect.effect, Effect::Reply | Effect::Note))
    };
    let files = match action {
        Action::Reply { files, .. } | Action::Note { files, .. } if claimed.iter().any(takes_files) => {
            files.clone()
        }
        _ => Vec::new(),
    };
    match fetch(ctx, files).await? {
        Ok(files) => Ok((files, claimed)),
        Err(gone) => {
            let (without, rest): (Vec<_>, Vec<_>) = claimed.into_iter().partition(takes_files);
            let message = format!("\"{}\" is not on this machine any more, so nothing was sent.", gone.name);
            record::reject(ctx, &without, &Reason::new("file_gone", message)).await?;
            Ok((Vec::new(), rest))
        }
    }
}

/// All of the files, or the first that is gone.
async fn fetch(
    ctx: &WorkContext,
    files: Vec<FileRef>,
) -> Result<Result<Vec<Arc<OutgoingFile>>, FileRef>, StoreError> {
    ctx.store(move |stores| {
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            match stores.journal.file(&file.id)? {
                Some(StoredFile { bytes, .. }) => {
                    let FileRef { id, name, mime, .. } = file;
                    found.push(Arc::new(OutgoingFile { id, name, mime, bytes }));
                }
                None => return Ok(Err(file)),
            }
        }
        Ok(Ok(found))
    })
    .await
}
