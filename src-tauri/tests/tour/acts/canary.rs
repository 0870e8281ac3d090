//! A canary: a few first, then the job waits and asks; the rest follows on a click.

use super::mass_reply;
use crate::Result;
use crate::audience::{Audience, each_has_it_once};
use crate::stage::Stage;
use crate::wait::{ensure, equal};
use crate::window::number;

const MESSAGE: &str = "We looked into this and it is settled; write back if anything is still open.";
const FIRST: usize = 3;

/// Three first, then the rest.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let mut audience = Audience::default();
    stage
        .step("Canary: three first", async |stage, facts| {
            let tag = stage.small_tag().await?;
            audience = mass_reply::plan(stage, &tag, MESSAGE).await?;
            ensure(audience.reached.len() >= 10, || format!("{tag} is too small for a canary"))?;
            let window = stage.window()?;
            window.fill("plan-canary-first", &FIRST.to_string()).await?;
            if !window.is_on("plan-canary").await? {
                window.click("plan-canary").await?;
            }
            mass_reply::confirm(window, audience.reached.len()).await?;
            stage.open_newest_job().await?;
            stage.job_is("paused").await?;
            let said = stage
                .window()?
                .text_where("job-canary", "that it waits", |text| !text.trim().is_empty())
                .await?;
            stage.figure_is("applied", FIRST).await?;
            equal("who have it at the desk", stage.arrived(&audience.reached, MESSAGE).await?, FIRST)?;
            facts.saw(format!("{FIRST} of {} have it at the desk; \"{said}\"", audience.reached.len()));
            Ok(())
        })
        .await?;

    stage
        .step("Canary: the rest on a click", async |stage, facts| {
            let rest = (audience.reached.len() - FIRST) as u64;
            let window = stage.window()?;
            let label =
                window.text_where("job-resume", "the rest", |text| number(text) == Some(rest)).await?;
            window.click("job-resume").await?;
            stage.job_is("completed").await?;
            each_has_it_once(&stage.desk, &audience, MESSAGE).await?;
            facts.saw(format!("\"{label}\": all {} have it once", audience.reached.len()));
            Ok(())
        })
        .await
}
