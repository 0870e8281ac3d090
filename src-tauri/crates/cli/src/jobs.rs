//! `musterctl jobs`, `job`, `run`.

use std::process::ExitCode;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use muster_app::wire::JobItemsRequest;
use muster_app::{App, ErrorCode, JobFilter, JobId, JobReport, JobState, UiError, Worked};
use serde_json::json;

use crate::args::{JobAction, JobsCommand};
use crate::bulk::exit_code;
use crate::print::Out;

/// Items of a job that are shown at most.
const ITEMS: u32 = 500;

pub async fn list(app: &App, command: JobsCommand, out: Out) -> Result<ExitCode, UiError> {
    let account = app.open_named(&command.name).await?;
    let states = command.status.iter().map(|word| JobState::from(word.as_str())).collect();
    let since = command.since.as_deref().map(moment).transpose()?;
    let filter = JobFilter { states, kinds: command.kind, since, limit: Some(command.limit), ..JobFilter::default() };
    let jobs = app.job_reports(&account, filter).await?;
    out.print(&json!({ "jobs": jobs }), |_| jobs.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

pub async fn job(app: &App, name: &str, id: &str, action: JobAction, out: Out) -> Result<ExitCode, UiError> {
    let JobAction::Show = action;
    let account = app.open_named(name).await?;
    let job = id.parse::<JobId>().map_err(|_| {
        UiError::new(
            ErrorCode::BadInput,
            format!("\"{id}\" is not the id of a job. musterctl jobs lists them."),
        )
    })?;
    let report = app.job_report(&account, job).await?;
    let request = JobItemsRequest {
        account: account.row().id.to_string(),
        job: id.to_owned(),
        state: None,
        offset: 0,
        limit: ITEMS,
    };
    let items = app.items_of(&account, request).await?;
    out.print(&json!({ "job": report, "items": items.items, "total": items.total }), |_| {
        let mut text = line(&report);
        for item in &items.items {
            let reason = item.reason.as_deref().or(item.receipt.as_deref()).unwrap_or_default();
            text.push_str(&format!("\n{}\t{}\t{}\t{reason}", item.id, item.state, item.name));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Works the journal until nothing is due, then says how each job that it worked ended.
pub async fn run(app: &App, name: &str, out: Out) -> Result<ExitCode, UiError> {
    let account = app.open_named(name).await?;
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
