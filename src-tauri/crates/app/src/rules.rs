//! The settings of an account: how what it sends leaves when nobody says otherwise.

use muster_engine::Account;
use muster_store::SendingRules;

use crate::wire::{AccountRef, SaveSendingRules, SendingRulesView};
use crate::{App, ErrorCode, UiError};

impl App {
    /// How long replies can be taken back, and when something is overdue.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn sending_rules(&self, request: AccountRef) -> Result<SendingRulesView, UiError> {
        let account = self.account_of(&request.account).await?;
        Ok(view(&self.rules(&account).await?))
    }

    /// Sets them; what is on its way already keeps what it was confirmed with.
    ///
    /// # Errors
    /// When one of them makes no sense, or the journal cannot be written.
    pub async fn save_sending_rules(&self, request: SaveSendingRules) -> Result<SendingRulesView, UiError> {
        let account = self.account_of(&request.account).await?;
        let SendingRulesView { hold_one, hold_many, hold_chat, overdue_minutes } = request.rules;
        self.set_rules(&account, SendingRules { hold_one, hold_many, hold_chat, overdue_minutes }).await?;
        Ok(view(&self.rules(&account).await?))
    }

    /// As the journal has them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn rules(&self, account: &Account) -> Result<SendingRules, UiError> {
        let stores = account.stores().clone();
        self.blocking(move || stores.journal.sending_rules()).await
    }

    /// Checks and keeps them.
    ///
    /// # Errors
    /// When one of them makes no sense, or the journal cannot be written.
    pub async fn set_rules(&self, account: &Account, rules: SendingRules) -> Result<(), UiError> {
        if let Some(mistake) = rules.mistake() {
            return Err(UiError::new(ErrorCode::BadInput, mistake));
        }
        let stores = account.stores().clone();
        self.blocking(move || stores.journal.set_sending_rules(&rules)).await
    }
}

fn view(rules: &SendingRules) -> SendingRulesView {
    let SendingRules { hold_one, hold_many, hold_chat, overdue_minutes } = *rules;
    SendingRulesView { hold_one, hold_many, hold_chat, overdue_minutes }
}
