//! `musterctl sync`, `ls`, `count`, `show`.

use std::process::ExitCode;

use muster_app::{App, SyncState, Synced, UiError};
use serde_json::json;

use crate::open::open;
use crate::print::Out;

pub async fn sync(app: &App, name: &str, full: bool, out: Out) -> Result<ExitCode, UiError> {
    let mut account = open(app, name).await?;
    let progress = |state: SyncState| {
        // Progress, one object a line; the last line is the end.
        let line = json!({ "cached": state.cached, "total": state.total, "complete": false });
        if out.json {
            println!("{line}");
        }
    };
    let mut synced = app.sync(&account, full, progress).await;
    // Damage that the sync itself came upon: it goes on with a copy that is made anew.
    if synced.is_err() && account.is_spent() {
        account = open(app, name).await?;
        synced = app.sync(&account, full, progress).await;
    }
    let synced = synced?;
    let state = &synced.state;
    let mut said = json!({ "cached": state.cached, "total": state.total, "complete": !state.backfilling });
    if full {
        said["changed"] = json!(synced.changed);
        said["verified"] = json!(state.total.map(|total| total == state.cached));
    }
    out.print(&said, |_| {
        let here = format!("{} conversations on this computer.", state.cached);
        if full { format!("{here} {}", verified(&synced)) } else { here }
    })?;
    Ok(if full && !synced.is_whole() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What a full sync found.
fn verified(synced: &Synced) -> String {
    let changed = match synced.changed {
        0 => "All of them were as the help desk has them.".to_owned(),
        1 => "One was not as the help desk has it, and is now.".to_owned(),
        n => format!("{n} were not as the help desk has them, and are now."),
    };
    match synced.state.total {
        None => format!("{changed} This help desk does not say how many it has."),
        Some(_) if synced.is_whole() => format!("{changed} The help desk counts as many."),
        Some(total) => format!(
            "{changed} The help desk counts {total}, even after everything was read twice: the key may not see all of them, \
             or many come and go right now. Try again later."
        ),
    }
}

pub async fn ls(
    app: &App,
    name: &str,
    filter: &str,
    sort: Option<&str>,
    limit: usize,
    out: Out,
) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    let line = sort.map_or_else(|| filter.to_owned(), |sort| format!("{filter} sort:{sort}"));
    let listing = app.ls(&account, &line, limit).await?;
    out.print(&listing, |listing| {
        listing
            .conversations
            .iter()
            .map(|c| {
                let subject = if c.subject.is_empty() { "(no subject)" } else { &c.subject };
                format!("{}\t{}\t{}\t{}\t{subject}", c.id, c.updated, c.status, c.contact.name)
            })
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

pub async fn count(app: &App, name: &str, filter: &str, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    let counted = app.count(&account, filter).await?;
    out.print(&counted, |counted| match &counted.missing {
        None => counted.count.to_string(),
        Some(missing) => format!("{} here. {missing}", counted.count),
    })?;
    Ok(ExitCode::SUCCESS)
}

pub async fn show(app: &App, name: &str, id: &str, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    let line = app.show(&account, id).await?;
    out.print(&line, |line| {
        let mut text =
            format!("{}\n{} – {} – {}\n", line.subject, line.contact.name, line.channel, line.status);
        for message in line.messages.iter().flatten() {
            text.push_str(&format!(
                "\n{}  {} ({})\n{}\n",
                message.at, message.author, message.kind, message.text
            ));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}
