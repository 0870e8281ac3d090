//! `musterctl import` and `export`. How far it is goes to standard error, what it came to to standard output.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use muster_app::{App, UiError};

use crate::open::open;
use crate::print::Out;

/// How often a file or a log hears how far it is; a terminal sees it as it goes.
const TELL: Duration = Duration::from_secs(5);

pub async fn import(app: &App, name: &str, file: &Path, out: Out) -> Result<ExitCode, UiError> {
    let mut meter = Meter::new();
    let started = Instant::now();
    let imported = app
        .import(name, file, move |progress| {
            let share = progress.read.saturating_mul(100).checked_div(progress.size).unwrap_or(100);
            meter.tell(progress.conversations, &format!(" ({share} %)"), progress.read >= progress.size);
        })
        .await?;
    out.print(&imported, |imported| {
        let repeated = match imported.repeated {
            0 => String::new(),
            1 => " 1 line repeated an id; the last one counts.".to_owned(),
            n => format!(" {n} lines repeated an id; the last one counts."),
        };
        format!(
            "{} conversations in {}, after {:.1} s.{repeated} They can be read, not changed.",
            imported.conversations,
            imported.account,
            started.elapsed().as_secs_f64()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

pub async fn export(app: &App, name: &str, filter: &str, file: &Path, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    let mut meter = Meter::new();
    let written = app.export_file(&account, filter, file, move |done| meter.tell(done, "", false)).await?;
    out.print(&written, |written| {
        let bare = match written.without_messages {
            0 => String::new(),
            n => format!(" Of {n} the messages are not on this computer; their lines have none."),
        };
        let rest = if written.complete {
            ""
        } else {
            " The first sync is not over: the help desk may have more. Sync, then export again."
        };
        format!("{} conversations in {}.{bare}{rest}", written.conversations, written.path.display())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Says how far something is.
struct Meter {
    started: Instant,
    told: Instant,
    is_terminal: bool,
    has_line: bool,
}

impl Meter {
    fn new() -> Self {
        let now = Instant::now();
        Self { started: now, told: now, is_terminal: std::io::stderr().is_terminal(), has_line: false }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate to be read, not to be counted with")]
    fn tell(&mut self, done: u64, more: &str, is_last: bool) {
        if !self.is_terminal && self.told.elapsed() < TELL && !is_last {
            return;
        }
        self.told = Instant::now();
        let rate = done as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        let text = format!("{done} conversations{more}, {rate:.0} a second");
        let mut err = std::io::stderr().lock();
        // Nobody reads it: the work goes on.
        let _ = if self.is_terminal { write!(err, "\r\x1b[K{text}") } else { writeln!(err, "{text}") };
        let _ = err.flush();
        self.has_line = self.is_terminal;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.has_line {
            let _ = writeln!(std::io::stderr());
        }
    }
}
