//! A long mass reply is paused, goes on, and is stopped; every number that the page says is the desk's own.

use super::{INCIDENT, mass_reply};
use crate::Result;
use crate::audience::Audience;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::number;

const MESSAGE: &str = "This one is stopped half way, and nobody has it twice.";

/// Pauses, goes on, stops.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.reopen_the_incident().await?;
    stage.desk_answers_slowly().await?;
    let mut audience = Audience::default();
    let mut paused = 0;
    stage
        .step("Pause", async |stage, facts| {
            audience = mass_reply::begin(stage, INCIDENT, MESSAGE).await?;
            stage.open_newest_job().await?;
            stage.until_some_are_done(&audience).await?;
            stage.window()?.click("job-pause").await?;
            stage.job_is("paused").await?;
            // What was on its way when it was paused arrives, and the page counts it.
            stage.nothing_is_on_its_way().await?;
            paused = until("the page to say what the desk holds", LATER, async || {
                let (here, there) = (stage.figure("applied").await?, stage.done().await?);
                equal("sent", here, there as u64)?;
                Ok(Some(there))
            })
            .await?;
            stage.desk_answers_quickly().await?;
            equal("who have it at the desk", stage.arrived(&audience.reached, MESSAGE).await?, paused)?;
            stage.figure_is("applied", paused).await?;
            stage.figure_is("pending", audience.reached.len() - paused).await?;
            ensure(paused < audience.reached.len(), || "nothing was left to be paused".into())?;
            facts.saw(format!(
                "{paused} sent and {} to go, on the page and at the desk, which answers quickly now and gets no more",
                audience.reached.len() - paused
            ));
            Ok(())
        })
        .await?;

    stage.desk_answers_slowly().await?;
    stage
        .step("Go on, then stop", async |stage, facts| {
            let window = stage.window()?;
            // By keys from here on.
            window.press('p').await?;
            until("more to arrive", LATER, async || Ok((stage.done().await? > paused).then_some(()))).await?;
            window.press('p').await?;
            stage.job_is("paused").await?;
            stage.nothing_is_on_its_way().await?;
            window.press('s').await?;
            let price =
                window.text_where("job-stop-confirm", "its price", |text| number(text).is_some()).await?;
            window.click("job-stop-confirm").await?;
            let said = window
                .text_where("job-stopped", "what was not sent", |text| text.contains("will not be sent"))
                .await?;
            stage.job_is("cancelled").await?;
            stage.desk_answers_quickly().await?;
            let arrived = stage.arrived(&audience.reached, MESSAGE).await?;
            let left = audience.reached.len() - arrived;
            equal("sent, as the window says", number(&said), Some(arrived as u64))?;
            ensure(said.contains(&format!("{left} will not be sent")), || {
                format!("\"{said}\", and {left} did not get it")
            })?;
            equal("on the button", number(&price), Some(left as u64))?;
            stage.figure_is("applied", arrived).await?;
            facts.saw(format!("\"{price}\": \"{said}\"; the desk counts {arrived}, each once"));
            Ok(())
        })
        .await
}
