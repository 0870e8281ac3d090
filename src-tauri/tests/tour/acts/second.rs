//! A second process steers the job that the window works: every verb of `musterctl job`, while the window goes on.

use super::{INCIDENT, mass_reply};
use crate::Result;
use crate::audience::{Audience, each_has_it_once};
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use serde_json::Value;

const MESSAGE: &str = "The window sends this, and somebody at a terminal steers it.";

/// Shows, pauses, resumes, cancels, exports, retries and undoes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.reopen_the_incident().await?;
    stage.desk_answers_slowly().await?;
    let (mut audience, mut job) = (Audience::default(), String::new());
    stage
        .step("musterctl pauses what the window sends", async |stage, facts| {
            audience = mass_reply::begin(stage, INCIDENT, MESSAGE).await?;
            job = stage.open_newest_job().await?;
            stage.until_some_are_done(&audience).await?;
            tell(stage, &job, &["pause"], "paused")?;
            stage.job_is("paused").await?;
            let filter = format!("is:active tag:{INCIDENT}");
            let name = stage.account_name()?;
            let plan =
                stage.ctl.must(&stage.session, &["bulk", &name, &filter, "--tag", "vip", "--dry-run"])?;
            ensure(plan["count"].as_u64() > Some(0), || format!("a plan of nobody: {plan}"))?;
            stage.nothing_is_on_its_way().await?;
            let shown = stage.ctl.must(&stage.session, &["job", &name, &job, "show"])?;
            let sent = shown["counts"]["applied"].as_u64().unwrap_or_default();
            equal("sent, at the desk", stage.done().await? as u64, sent)?;
            stage.figure_is("applied", usize::try_from(sent)?).await?;
            facts.saw(format!(
                "the window shows it paused at {sent}, as the desk and musterctl do; a dry run beside it plans {}",
                plan["count"]
            ));
            Ok(())
        })
        .await?;

    stage
        .step("musterctl resumes and cancels it", async |stage, facts| {
            let before = stage.done().await?;
            tell(stage, &job, &["resume"], "running")?;
            until("more to arrive", LATER, async || Ok((stage.done().await? > before).then_some(()))).await?;
            let said = tell(stage, &job, &["cancel"], "cancelled")?;
            stage.job_is("cancelled").await?;
            stage.nothing_is_on_its_way().await?;
            stage.desk_answers_quickly().await?;
            let arrived = stage.arrived(&audience.reached, MESSAGE).await?;
            stage.figure_is("applied", arrived).await?;
            let message = said["message"].as_str().unwrap_or_default().to_owned();
            facts.saw(format!("\"{message}\"; the desk and the window count {arrived} sent"));
            Ok(())
        })
        .await?;

    stage
        .step("musterctl exports, retries and undoes it", async |stage, facts| {
            let file = stage.session.scratch().join("job.csv");
            let path = file.to_string_lossy().into_owned();
            let said = tell(stage, &job, &["export", &path], "cancelled")?;
            let rows = records(&std::fs::read_to_string(&file)?) - 1;
            equal("rows, as it says", said["rows"].as_u64(), Some(rows as u64))?;
            equal("rows and items", rows, audience.everyone())?;
            tell(stage, &job, &["retry"], "completed")?;
            each_has_it_once(&stage.desk, &audience, MESSAGE).await?;
            equal("done", stage.done().await?, audience.reached.len())?;
            facts.saw(format!(
                "{rows} lines of CSV; after the retry all {} have it once",
                audience.reached.len()
            ));
            let undone = tell(stage, &job, &["undo"], "completed")?;
            let back = undone["counts"]["applied"].as_u64().unwrap_or_default();
            equal("still done", stage.done().await? as u64, audience.reached.len() as u64 - back)?;
            ensure(back > 0, || "nothing was undone".into())?;
            stage.open_newest_job().await?;
            stage.figure_is("applied", usize::try_from(back)?).await?;
            facts.saw(format!("the undo gives {back} back, and the window shows it"));
            Ok(())
        })
        .await
}

/// Runs a verb of `musterctl job`, beside the window.
fn tell(stage: &Stage, job: &str, verb: &[&str], state: &str) -> Result<Value> {
    let name = stage.account_name()?;
    let said = stage.ctl.must(&stage.session, &[&["job", &name, job], verb].concat())?;
    equal(&format!("the state after {}", verb[0]), said["state"].as_str(), Some(state))?;
    Ok(said)
}

/// How many records a CSV has; a line break inside quotes ends none.
fn records(csv: &str) -> usize {
    let mut quoted = false;
    csv.chars()
        .filter(|sign| {
            quoted ^= *sign == '"';
            *sign == '\n' && !quoted
        })
        .count()
}
