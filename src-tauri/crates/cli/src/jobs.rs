//! `musterctl jobs`, `job`, `run`.

use std::path::Path;
use std::process::ExitCode;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use muster_app::wire::{JobItemView, JobItemsRequest};
use muster_app::{Account, App, ErrorCode, JobFilter, JobId, JobReport, JobState, UiError, Worked};
use serde::Serialize;
use serde_json::json;

use crate::args::{JobAction, JobCommand, JobsCommand};
use crate::bulk::{brief, exit_code};
use crate::open::open;
use crate::print::Out;

/// Items of a job that are read at once.
const PAGE: u32 = 500;

pub async fn list(app: &App, command: JobsCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, &command.name).await?;
    let states = command.status.iter().map(|word| JobState::from(word.as_str())).collect();
    let since = command.since.as_deref().map(moment).transpose()?;
    let filter =
        JobFilter { states, kinds: command.kind, since, limit: Some(command.limit), ..JobFilter::default() };
    let jobs = app.job_reports(&account, filter).await?;
    out.print(&json!({ "jobs": jobs }), |_| jobs.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

pub async fn job(app: &App, command: JobCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, &command.name).await?;
    let job = command.id.parse::<JobId>().map_err(|_| {
        UiError::new(
            ErrorCode::BadInput,
            format!("\"{}\" is not the id of a job. musterctl jobs lists them.", command.id),
        )
    })?;
    let report = match command.action.unwrap_or(JobAction::Show) {
        JobAction::Show => return show(app, &account, job, out).await,
        JobAction::Export { file } => return export(app, &account, job, &file, out).await,
        JobAction::Pause => app.pause(&account, job).await?,
        JobAction::Resume => app.resume(&account, job).await?,
        JobAction::Cancel => app.cancel(&account, job).await?,
        JobAction::Retry { detach } => {
            let retry = app.retry(&account, job).await?;
            return follow(app, &account, retry, detach, out).await;
        }
        JobAction::Undo { detach } => {
            let undo = app.undo(&account, job).await?;
            return follow(app, &account, undo, detach, out).await;
        }
    };
    out.print(&brief(&report), |_| {
        format!("{}: {}", report.state, report.message.as_ref().unwrap_or(&report.result))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A job with its items.
async fn show(app: &App, account: &Account, job: JobId, out: Out) -> Result<ExitCode, UiError> {
    let report = app.job_report(account, job).await?;
    let mut request = JobItemsRequest {
        account: account.row().id.to_string(),
        job: job.to_string(),
        state: None,
        offset: 0,
        limit: PAGE,
    };
    let mut all = app.items_of(account, request.clone()).await?;
    while all.items.len() < all.total as usize {
        request.offset = u32::try_from(all.items.len()).unwrap_or(u32::MAX);
        let page = app.items_of(account, request.clone()).await?;
        if page.items.is_empty() {
            break;
        }
        all.items.extend(page.items);
    }
    out.print(&Shown { report: &report, items: &all.items, total: all.total }, |_| {
        let mut text = line(&report);
        for item in &all.items {
            let reason = item.reason.as_deref().or(item.receipt.as_deref()).unwrap_or_default();
            text.push_str(&format!("\n{}\t{}\t{}\t{reason}", item.id, item.outcome, item.name));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

/// `{"job", "state", "counts", …, "items", "total"}`
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    report: &'a JobReport,
    items: &'a [JobItemView],
    total: u32,
}

async fn export(
    app: &App,
    account: &Account,
    job: JobId,
    file: &Path,
    out: Out,
) -> Result<ExitCode, UiError> {
    let written = app.export_to(account, &job.to_string(), file).await?;
    let report = app.job_report(account, job).await?;
    let mut answer = brief(&report);
    answer["path"] = json!(written.path);
    answer["rows"] = json!(written.rows);
    out.print(&answer, |_| format!("{} items in {}.", written.rows, written.path.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Works or watches a job that was just confirmed, as `bulk --yes` does.
async fn follow(
    app: &App,
    account: &Account,
    job: JobId,
    detach: bool,
    out: Out,
) -> Result<ExitCode, UiError> {
    if detach {
        let report = app.job_report(account, job).await?;
        out.print(&brief(&report), |_| format!("Confirmed as job {}.", report.job))?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = app.finish(account, job, |_| {}).await?;
    out.print(&brief(&report), |_| format!("Job {}, {}: {}", report.job, report.state, report.result))?;
    Ok(exit_code(&report))
}

/// Works the journal until nothing is due, then says how each job that it worked ended.
pub async fn run(app: &App, name: &str, out: Out) -> Result<ExitCode, UiError> {
    let account = open(app, name).await?;
    let unfinished: Vec<JobId> = app
        .job_reports(&account, JobFilter { limit: Some(500), ..JobFilter::default() })
        .await?
        .iter()
        .filter(|report| !JobState::from(report.state.as_str()).is_over() || report.counts.unknown > 0)
        .filter_map(|report| report.job.parse().ok())
        .collect();
    let worked = app.work(&account).await?;
    let mut code = ExitCode::SUCCESS;
    for job in unfinished {
        let report = app.job_report(&account, job).await?;
        out.print(&report, line)?;
        if exit_code(&report) != ExitCode::SUCCESS {
            code = exit_code(&report);
        }
    }
    match worked {
        Worked::Idle => Ok(code),
        Worked::Elsewhere => Err(UiError::new(
            ErrorCode::Internal,
            "Another process works this account already (the window, or another musterctl). It sends what is due.",
        )),
        Worked::Stopped(why) => {
            Err(UiError::new(ErrorCode::Offline, format!("{why} What is left waits in the journal.")))
        }
    }
}

/// A date is its first moment in the user's zone.
fn moment(text: &str) -> Result<Timestamp, UiError> {
    let date = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::system()).ok()?.timestamp());
    text.parse::<Timestamp>().ok().or_else(date).ok_or_else(|| {
        UiError::new(
            ErrorCode::BadInput,
            format!("\"{text}\" is not a date. Write 2026-05-20 or 2026-05-20T14:00:00Z."),
        )
    })
}

fn line(report: &JobReport) -> String {
    let paused = report.paused.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    format!("{}\t{}{paused}\t{}\t{}", report.job, report.state, report.name, report.result)
}
