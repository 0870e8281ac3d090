//! `musterctl query`: prints `ready`, then answers one query a line: `N NANOSECONDS`, or one line that begins with
//! `error:`.

use std::io::Write;
use std::process::ExitCode;

use muster_app::{App, ErrorCode, UiError};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::open::open;

pub async fn run(app: &App, name: &str) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    say("ready")?;
    let mut lines = BufReader::new(tokio::io::stdin()).split(b'\n');
    while let Some(line) = lines
        .next_segment()
        .await
        .map_err(|err| UiError::new(ErrorCode::BadInput, format!("Standard input cannot be read: {err}.")))?
    {
        let line = String::from_utf8_lossy(&line);
        match app.query(&account, &line).await {
            Ok((n, took)) => say(&format!("{n} {}", took.as_nanos()))?,
            Err(err) => say(&format!("error: {}", err.message.replace(['\n', '\r'], " ")))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever asked waits for exactly this line.
fn say(line: &str) -> Result<(), UiError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|err| UiError::new(ErrorCode::Internal, format!("Nobody reads the answers: {err}.")))
}
