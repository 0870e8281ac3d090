//! `musterctl settings`: how replies of an account leave when nobody says otherwise, and how much of it stays on this
//! computer. Works beside a running window.

use std::process::ExitCode;

use muster_app::wire::StorageView;
use muster_app::{App, ErrorCode, Retention, UiError};
use serde_json::json;

use crate::args::SettingsCommand;
use crate::open::open;
use crate::print::Out;

/// Sets what was said, and prints how it is now.
pub async fn run(app: &App, command: SettingsCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, &command.name).await?;
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
    let stored = app.stored(&account).await?;
    let kept = Retention {
        days: stored.keep_days,
        megabytes: stored.keep_megabytes,
        file_megabytes: stored.keep_file_megabytes,
    };
    let wanted = Retention {
        days: command.keep_days.unwrap_or(kept.days),
        megabytes: command.keep_mb.unwrap_or(kept.megabytes),
        file_megabytes: command.keep_files_mb.unwrap_or(kept.file_megabytes),
    };
    if wanted != kept {
        app.set_retention(&account, wanted).await?;
    }
    let said = json!({
        "hold_one": rules.hold_one,
        "hold_many": rules.hold_many,
        "hold_chat": rules.hold_chat,
        "overdue_minutes": rules.overdue_minutes,
        "keep_days": wanted.days,
        "keep_mb": wanted.megabytes,
        "mb": stored.megabytes,
        "keep_files_mb": wanted.file_megabytes,
        "files_mb": stored.file_megabytes,
        "with_messages": stored.with_messages,
        "removed": stored.removed,
        "removed_until": stored.removed_until,
    });
    out.print(&said, |_| {
        format!(
            "One reply can be taken back for {} s, a reply to many for {} s, one in a live chat for {} s.\n\
             What is more than {} min late asks before it leaves.\n\
             {}\n\
             {}\n\
             {}",
            rules.hold_one,
            rules.hold_many,
            rules.hold_chat,
            rules.overdue_minutes,
            limits(wanted),
            stock(&stored),
            files(wanted, &stored)
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn limits(retention: Retention) -> String {
    let gone = match (retention.days, retention.megabytes) {
        (None, None) => return "All messages stay on this computer.".to_owned(),
        (Some(days), None) => format!("of conversations that were not updated for {days} days"),
        (None, Some(mb)) => format!("of the oldest conversations while more than {mb} MB are needed"),
        (Some(days), Some(mb)) => format!(
            "of conversations that were not updated for {days} days, and of the oldest while more than {mb} MB are needed"
        ),
    };
    format!(
        "Messages {gone} are removed from this computer, at the next sync at the latest; the help desk keeps them."
    )
}

fn files(retention: Retention, stored: &StorageView) -> String {
    match retention.file_megabytes {
        0 => "Files of messages are fetched anew each time.".to_owned(),
        most => format!(
            "Files of messages that were opened stay in up to {most} MB: {} MB now.",
            stored.file_megabytes
        ),
    }
}

fn stock(stored: &StorageView) -> String {
    let StorageView { conversations, with_messages, megabytes, removed, .. } = stored;
    let here =
        format!("{conversations} conversations are here, {with_messages} with messages: {megabytes} MB.");
    match &stored.removed_until {
        Some(until) => format!("{here} The messages of {removed} were removed, updated up to {until}."),
        None => here,
    }
}
