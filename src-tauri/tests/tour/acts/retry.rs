//! What fails and what asks: some recipients were archived meanwhile, some are refused, some wrote again. Only what can
//! be retried is, only those who asked are asked about, and nobody hears it twice.

use super::{INCIDENT, mass_reply};
use crate::Result;
use crate::audience::{Audience, times};
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::{css, number};
use serde_json::json;

const MESSAGE: &str = "Whoever is refused is told again, and only they.";

/// Makes six of the rest special while the job is paused.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.reopen_the_incident().await?;
    stage.desk_answers_slowly().await?;
    let mut audience = Audience::default();
    let (mut six, mut job) = (Vec::new(), String::new());
    stage
        .step("Some are refused", async |stage, facts| {
            audience = mass_reply::begin(stage, INCIDENT, MESSAGE).await?;
            job = stage.open_newest_job().await?;
            stage.until_some_are_done(&audience).await?;
            stage.window()?.click("job-pause").await?;
            stage.job_is("paused").await?;
            stage.nothing_is_on_its_way().await?;
            stage.desk_answers_quickly().await?;
            six = stage.items(&job, "pending")?;
            ensure(six.len() > 6, || format!("only {} are left", six.len()))?;
            six.truncate(6);
            for id in &six[..2] {
                stage.desk.colleague_changes(id, &json!({ "status": "archived" })).await?;
            }
            stage.desk.refuse_once(&six[2..4]).await?;
            for id in &six[4..] {
                stage.desk.customer_writes(id, "One more thing: may I have a receipt?").await?;
            }
            stage.until_latest(&six[4..]).await?;
            let window = stage.window()?;
            window.click("job-resume").await?;
            stage.figure_is("applied", audience.reached.len() - 6).await?;
            stage.figure_is("rejected", 4).await?;
            stage.figure_is("unknown", 2).await?;
            window.click("job-segment-rejected").await?;
            let refused = window
                .text_css_where("[data-testid=job-item][data-state=rejected]", "why", |text| !text.is_empty())
                .await?;
            let retry = window.text_where("job-retry", "the two", |text| number(text) == Some(2)).await?;
            facts.saw(format!("2 archived, 2 refused, 2 held: \"{refused}\"; the button says \"{retry}\""));
            Ok(())
        })
        .await?;

    stage
        .step("Only what failed is tried again", async |stage, facts| {
            let window = stage.window()?;
            window.click("job-retry").await?;
            until("the retry to open", LATER, async || {
                let open = window.attributes("job-detail", "data-id").await?.concat();
                Ok((!open.is_empty() && open != job).then_some(()))
            })
            .await?;
            until("both to have it", LATER, async || {
                Ok((stage.arrived(&six[2..4], MESSAGE).await? == 2).then_some(()))
            })
            .await?;
            stage.job_is("completed").await?;
            stage.figure_is("applied", 2).await?;
            for id in &six[2..4] {
                equal(&format!("status of {id}"), stage.desk.conversation(id).await?.word("status"), "done")?;
            }
            let all = audience.reached.len();
            equal("who have it, once", stage.arrived(&audience.reached, MESSAGE).await?, all - 4)?;
            facts
                .saw(format!("the 2 have it; {} of {all} have it once, archived and held ones not", all - 4));
            Ok(())
        })
        .await?;

    stage
        .step("Needs attention", async |stage, facts| {
            let window = stage.window()?;
            window.click("jobs-view-attention").await?;
            open(stage, &six[4]).await?;
            let said = window.text("attention-open").await?;
            ensure(said.contains(MESSAGE), || format!("it says \"{said}\""))?;
            facts.saw(format!("\"{said}\""));
            Ok(())
        })
        .await?;

    stage
        .step("Sent all the same, or skipped", async |stage, facts| {
            let window = stage.window()?;
            window.click("answer-send").await?;
            until(&format!("{} to have it", six[4]), LATER, async || {
                Ok((times(&stage.desk, &six[4], MESSAGE).await? == 1).then_some(()))
            })
            .await?;
            open(stage, &six[5]).await?;
            window.click("answer-skip").await?;
            window.see("empty-attention").await?;
            equal("skipped", stage.items(&job, "skipped")?.contains(&six[5]), true)?;
            let all = audience.reached.len();
            equal("who have it, once", stage.arrived(&audience.reached, MESSAGE).await?, all - 3)?;
            facts.saw(format!("the first has it, the second is skipped, {} of {all} have it once", all - 3));
            Ok(())
        })
        .await
}

/// Opens what needs an answer.
async fn open(stage: &Stage, id: &str) -> Result<()> {
    let window = stage.window()?;
    window.click_css(&format!("{}[data-id=\"{id}\"]", css("attention-item"))).await?;
    until(&format!("{id} to be asked about"), LATER, async || {
        Ok((window.attributes("attention-open", "data-id").await? == [id]).then_some(()))
    })
    .await
}
