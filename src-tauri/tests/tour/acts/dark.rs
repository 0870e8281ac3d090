//! The same window when the system is dark.

use super::{INCIDENT, look, mass_reply, select};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure};
use crate::window::{Scheme, css, number};

/// Pictures the main views in the dark.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.close_window().await?;
    stage
        .step("Dark inbox", async |stage, facts| {
            stage.open_window(Scheme::Dark).await?;
            let window = stage.window()?;
            window.see_within("row", LATER).await?;
            ensure(window.prefers_dark().await?, || "the page does not know that the system is dark".into())?;
            window.click("nav-inbox").await?;
            window.click_css(&css("row")).await?;
            window.see("message").await?;
            facts.saw("the window follows the system");
            Ok(())
        })
        .await?;
    stage
        .step("Dark selection", async |stage, facts| {
            look::set_filter(stage, &format!("is:active tag:{INCIDENT}")).await?;
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            window.click("all-matching").await?;
            let text = window.text_where("bulk-count", "All", |text| text.starts_with("All")).await?;
            facts.saw(format!("\"{text}\""));
            Ok(())
        })
        .await?;
    stage
        .step("Dark plan", async |stage, facts| {
            let window = stage.window()?;
            mass_reply::write(window, mass_reply::MESSAGE).await?;
            let text = window.text_where("plan-confirm", "a number", |text| number(text).is_some()).await?;
            facts.saw(format!("\"{text}\", and back to the list without sending anything"));
            Ok(())
        })
        .await?;
    stage.window()?.click("plan-cancel").await?;
    stage.window()?.gone("plan").await?;
    stage.close_window().await?;
    stage.open_window(Scheme::Light).await?;
    stage.window()?.see_within("row", LATER).await
}
