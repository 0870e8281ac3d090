//! `musterctl sync`, `ls`, `count`, `show`.

use std::process::ExitCode;

use muster_app::{App, UiError};
use serde_json::json;

use crate::print::Out;

pub async fn sync(app: &App, name: &str, full: bool, out: Out) -> Result<ExitCode, UiError> {
    let account = app.open_named(name).await?;
    let state = app
        .sync(&account, full, |state| {
            // Progress, one object a line; the last line is the end.
            let line = json!({ "cached": state.cached, "total": state.total, "complete": false });
            if out.json {
                println!("{line}");
            }
        })
        .await?;
    out.print(
        &json!({ "cached": state.cached, "total": state.total, "complete": !state.backfilling }),
        |_| format!("{} conversations on this computer.", state.cached),
    )?;
    Ok(ExitCode::SUCCESS)
}

pub async fn ls(
    app: &App,
    name: &str,
    filter: &str,
    sort: Option<&str>,
    limit: usize,
    out: Out,
) -> Result<ExitCode, UiError> {
    let account = app.open_named(name).await?;
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
    let account = app.open_named(name).await?;
    let counted = app.count(&account, filter).await?;
    out.print(&counted, |counted| match &counted.missing {
        None => counted.count.to_string(),
        Some(missing) => format!("{} here. {missing}", counted.count),
    })?;
    Ok(ExitCode::SUCCESS)
}

pub async fn show(app: &App, name: &str, id: &str, out: Out) -> Result<ExitCode, UiError> {
    let account = app.open_named(name).await?;
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
