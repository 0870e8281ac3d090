//! A draft outlives the window, and says that it is older than what the customer wrote since.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, equal, until};
use crate::window::Scheme;

const DRAFT: &str = "I am still looking for the second invoice, and I will";
const SINCE: &str = "I found it myself meanwhile, thank you.";

/// Writes half a sentence, closes the window, lets the customer write, and opens it again.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let [thread, _] = stage.threads_to_follow().await?;
    stage.window()?.click("nav-active").await?;
    stage
        .step("A draft is saved", async |stage, facts| {
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            window.fill("composer", DRAFT).await?;
            let said = window.text_where("draft-state", "saved", |text| text.contains("saved")).await?;
            facts.saw(format!("\"{said}\" half a sentence in"));
            Ok(())
        })
        .await?;
    stage.close_window().await?;
    stage.desk.customer_writes(&thread.id(), SINCE).await?;

    stage
        .step("The draft is there, and older than the thread", async |stage, facts| {
            stage.open_window(Scheme::Light).await?;
            stage.window()?.see_within("row", LATER).await?;
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            window.text_where_within("thread", "the new message", LATER, |text| text.contains(SINCE)).await?;
            until("the draft", SOON, async || Ok((window.value("composer").await? == DRAFT).then_some(())))
                .await?;
            let said =
                window.text_where("draft-stale", "that somebody wrote", |text| !text.is_empty()).await?;
            ensure(said.contains("Written before"), || format!("it says \"{said}\""))?;
            equal("at the desk", stage.arrived(&[thread.id()], DRAFT).await?, 0)?;
            facts.saw(format!("the text is there after the window was closed; \"{said}\""));
            Ok(())
        })
        .await?;
    stage.window()?.click("draft-discard").await
}
