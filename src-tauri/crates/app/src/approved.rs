//! Approved texts: which there are, and one that was chosen with what fills its gaps.

use muster_engine::Account;
use muster_model::Approved;

use crate::wire::{ApprovedTextView, ApprovedView};
use crate::words::count;
use crate::{ErrorCode, UiError};

/// The help desk's approved texts.
pub(crate) fn approved_texts(account: &Account) -> Vec<ApprovedTextView> {
    let view = |text: &muster_model::ApprovedText| ApprovedTextView {
        name: text.name.clone(),
        language: text.language.clone(),
        text: text.text.clone(),
        gaps: count(text.gaps),
    };
    account.directory().templates.iter().map(view).collect()
}

/// The approved text of a choice. A gap that was not filled in yet is an empty one, which the plan names.
pub(crate) fn approved(account: &Account, chosen: Option<ApprovedView>) -> Result<Option<Approved>, UiError> {
    let Some(ApprovedView { name, mut fills }) = chosen else { return Ok(None) };
    let directory = account.directory();
    let text = directory.templates.iter().find(|text| text.name == name).ok_or_else(|| {
        let message = format!("The help desk has no approved text \"{name}\" any more. Choose another.");
        UiError::new(ErrorCode::BadInput, message)
    })?;
    fills.resize(text.gaps, String::new());
    Ok(Some(Approved { name, text: text.text.clone(), fills }))
}

/// A choice as it was made.
pub(crate) fn approved_view(approved: &Approved) -> ApprovedView {
    ApprovedView { name: approved.name.clone(), fills: approved.fills.clone() }
}
