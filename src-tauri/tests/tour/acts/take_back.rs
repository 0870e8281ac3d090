//! Taken back within the hold: a reply goes back into its composer, a mass reply into nothing; the desk has heard neither.

use super::mass_reply;
use crate::Result;
use crate::stage::Stage;
use crate::wait::{SOON, ensure, equal, until, until_told};
use crate::window::{key, number};

const REPLY: &str = "I said this too early, and took it back in time.";
const MANY: &str = "Nobody was meant to read this, and nobody does.";

/// Takes back one, then many.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let [thread, _] = stage.threads_to_follow().await?;
    stage.window()?.click("nav-active").await?;
    stage
        .step("A reply counts down", async |stage, facts| {
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            window.fill("composer", REPLY).await?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            let left = window
                .text_where("composer-held", "when it leaves", |text| {
                    number(text).is_some_and(|left| left > 0)
                })
                .await?;
            facts.saw(format!("\"{left}\""));
            Ok(())
        })
        .await?;

    stage
        .step("A reply is taken back", async |stage, facts| {
            let window = stage.window()?;
            window.click("composer-take-back").await?;
            until("the text to be back", SOON, async || {
                Ok((window.value("composer").await? == REPLY).then_some(()))
            })
            .await?;
            until_told("the job to be cancelled", SOON, async || {
                Ok((stage.newest_job()?["state"] == "cancelled").then_some(()))
            })
            .await?;
            equal("at the desk", stage.arrived(&[thread.id()], REPLY).await?, 0)?;
            facts.saw("the text is in the composer again, its job is cancelled, and the desk has nothing");
            Ok(())
        })
        .await?;
    stage.window()?.fill("composer", "").await?;
    stage.window()?.press(key::ESCAPE).await?;

    stage
        .step("A mass reply is taken back", async |stage, facts| {
            let tag = stage.small_tag().await?;
            let audience = mass_reply::plan(stage, &tag, MANY).await?;
            let window = stage.window()?;
            // What the strip says of the reply would lie above the countdown.
            window.until_strip_is_quiet().await?;
            window.pick("plan-hold", "30").await?;
            mass_reply::confirm(window, audience.reached.len()).await?;
            let left = window.text_where("strip-countdown", "when", |text| number(text).is_some()).await?;
            window.click("take-back").await?;
            let said =
                window.text_where("job-stopped", "what came of it", |text| !text.trim().is_empty()).await?;
            let job = stage.newest_job()?;
            equal("its state", job["state"].as_str(), Some("cancelled"))?;
            equal("sent", job["counts"]["applied"].as_u64(), Some(0))?;
            equal("at the desk", stage.arrived(&audience.reached, MANY).await?, 0)?;
            ensure(left.contains("leaves"), || format!("the strip says \"{left}\""))?;
            facts.saw(format!("\"{left}\", then \"{said}\": nobody of {} has it", audience.reached.len()));
            Ok(())
        })
        .await
}
