//! `musterctl bulk`: plan, confirm, and work or watch the job to its end.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use muster_app::{App, BulkRequest, ErrorCode, JobReport, UiError};
use serde_json::json;

use crate::args::BulkCommand;
use crate::open::open;
use crate::print::Out;
use crate::schedule::sending;

pub async fn run(app: &App, command: BulkCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, &command.name).await?;
    let request = BulkRequest {
        sending: sending(&command),
        ids: command.ids.as_deref().map(read_ids).transpose()?,
        reply: command.reply_file.as_deref().map(read_text).transpose()?,
        filter: command.filter,
        name: command.job_name,
        status: command.status,
        until: command.until,
        assign: command.assign,
        team: command.team,
        unassign: command.unassign,
        tag: command.tag,
        untag: command.untag,
        untag_all: command.untag_all,
        priority: command.priority,
        block: command.block,
        delete: command.delete,
        attach: command.attach,
        skip: command.skip,
        once_per_person: command.once_per_person,
    };
    let plan = app.bulk_plan(&account, request).await?;
    if command.dry_run {
        out.print(&App::dry_run(&plan), |dry| {
            let verdicts: Vec<String> =
                dry.verdicts.iter().map(|(verdict, n)| format!("{verdict} {n}")).collect();
            format!("{} of {} take part: {}", dry.count, dry.recipients.len(), verdicts.join(", "))
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(expected) = command.expect
        && expected != plan.count()
    {
        return Err(UiError::new(
            ErrorCode::BadInput,
            format!(
                "It would be {} now, not {expected}. Nothing was done. Look with --dry-run.",
                plan.count()
            ),
        ));
    }
    let job = app.confirm_plan(&account, &plan).await?;
    if command.detach {
        let report = app.job_report(&account, job).await?;
        out.print(&brief(&report), |_| format!("Confirmed as job {}.", report.job))?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = app.finish(&account, job, |_| {}).await?;
    out.print(&brief(&report), |_| {
        let due = report.due.as_ref().map(|due| format!(" (leaves {due})")).unwrap_or_default();
        format!("{}{due}: {}", report.state, report.result)
    })?;
    Ok(exit_code(&report))
}

/// `{"job", "state", "counts"}` and the line that people read.
pub fn brief(report: &JobReport) -> serde_json::Value {
    let mut answer = json!({
        "job": report.job,
        "state": report.state,
        "counts": {
            "applied": report.counts.applied,
            "rejected": report.counts.rejected,
            "skipped": report.counts.skipped,
            "unknown": report.counts.unknown,
            "held": report.counts.held,
            "pending": report.counts.pending + report.counts.sending,
        },
        "result": report.result,
    });
    let more = [("paused", &report.paused), ("due", &report.due), ("message", &report.message)];
    for (name, value) in more.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        answer[name] = json!(value);
    }
    answer
}

/// 0 when every item was applied or skipped, 3 when some were rejected, are unknown or held, 1 when work is left that
/// waits neither for its time nor for a look at the first few.
pub fn exit_code(report: &JobReport) -> ExitCode {
    if report.counts.rejected + report.counts.unknown + report.counts.held > 0 {
        ExitCode::from(3)
    } else if report.counts.open() > 0 && !report.waits {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

fn read_ids(path: &Path) -> Result<Vec<String>, UiError> {
    let ids: Vec<String> =
        read_text(path)?.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() {
        return Err(UiError::new(ErrorCode::BadInput, format!("{} holds no id.", path.display())));
    }
    Ok(ids)
}

fn read_text(path: &Path) -> Result<String, UiError> {
    let read = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|err| {
        UiError::new(ErrorCode::BadInput, format!("{} cannot be read: {err}.", path.display()))
    })
}
