//! `musterctl settings`: how replies of an account leave when nobody says otherwise. Works beside a running window.

use std::process::ExitCode;

use muster_app::{App, ErrorCode, UiError};
use serde_json::json;

use crate::args::SettingsCommand;
use crate::print::Out;

/// Sets what was said, and prints how it is now.
pub async fn run(app: &App, command: SettingsCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = app.open_named(&command.name).await?;
    let mut rules = app.rules(&account).await?;
    let before = rules;
    rules.hold_one = command.hold_one.unwrap_or(rules.hold_one);
    rules.hold_many = command.hold_many.unwrap_or(rules.hold_many);
    rules.hold_chat = command.hold_chat.unwrap_or(rules.hold_chat);
    if let Some(seconds) = command.overdue {
        if !seconds.is_multiple_of(60) {
            return Err(UiError::new(ErrorCode::BadInput, "--overdue takes whole minutes, for example 10m."));
        }
        rules.overdue_minutes = seconds / 60;
    }
    if rules != before {
        app.set_rules(&account, rules).await?;
    }
    let said = json!({
        "hold_one": rules.hold_one,
        "hold_many": rules.hold_many,
        "hold_chat": rules.hold_chat,
        "overdue_minutes": rules.overdue_minutes,
    });
    out.print(&said, |_| {
        format!(
            "One reply can be taken back for {} s, a reply to many for {} s, one in a live chat for {} s.\n\
             What is more than {} min late asks before it leaves.",
            rules.hold_one, rules.hold_many, rules.hold_chat, rules.overdue_minutes
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
