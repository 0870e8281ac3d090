//! A test to myself: the message as one recipient would read it, sent to whoever wrote it.

use muster_model::{EffectOutcome, RemoteId};

use super::{Plan, PlanError};
use crate::{Account, sentence};

impl Plan {
    /// Whether the help desk can send a message of this plan to the agent.
    #[must_use]
    pub fn can_test(&self) -> bool {
        self.action.is_reply()
            && self.capabilities.as_ref().is_some_and(|capabilities| capabilities.test_messages)
    }
}

/// Sends the message of this recipient to the agent, and says where it went. Nothing else happens; no journal keeps it.
///
/// # Errors
/// When there is no such message, or the help desk cannot or did not send it: a sentence.
pub async fn test_message(account: &Account, plan: &Plan, id: &RemoteId) -> Result<String, PlanError> {
    let parts = plan.render(id).map_err(PlanError::NotTested)?;
    let text: String = parts.into_iter().map(|(text, _)| text).collect();
    if text.trim().is_empty() {
        return Err(PlanError::NoText);
    }
    let subject = plan
        .items
        .iter()
        .find(|item| item.id == *id)
        .map(|item| sentence::reply_subject(&item.conversation))
        .unwrap_or_default();
    let me = account.me().ok_or(PlanError::NotSignedIn)?;
    let desk = account.desk().ok_or(PlanError::NotSignedIn)?;
    if !account.capabilities().is_some_and(|able| able.test_messages) {
        return Err(PlanError::NotTested("This help desk cannot send a test message.".to_owned()));
    }
    let outcome =
        desk.test_message(&subject, &text).await.map_err(|err| PlanError::NotTested(err.to_string()))?;
    match outcome {
        EffectOutcome::Applied { .. } => Ok(format!("Sent to {}", me.handle)),
        EffectOutcome::Rejected { reason } | EffectOutcome::Skipped { reason } => {
            Err(PlanError::NotTested(reason.message))
        }
        EffectOutcome::Unknown { .. } => Err(PlanError::NotTested(format!(
            "The help desk did not say whether it was sent. Look whether it came to {}.",
            me.handle
        ))),
    }
}
