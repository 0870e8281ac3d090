//! The same window when the system is dark.

use super::{INCIDENT, look, select};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure};
use crate::window::{Scheme, css};

/// Pictures the main views in the dark.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.close_window().await?;
    stage
        .step("Dark inbox", async |stage, facts| {
            stage.open_window(Scheme::Dark).await?;
            let window = stage.window()?;
            window.see_within("row", LATER).await?;
            ensure(window.prefers_dark().await?, || "the page does not know that the system is dark".into())?;
            window.click("nav-active").await?;
            window.click_css(&css("row")).await?;
            window.see("message").await?;
            facts.saw("the window follows the system");
            Ok(())
        })
        .await?;
    stage
        .step("Dark selection", async |stage, _| {
            look::set_filter(stage, &format!("tag:{INCIDENT}")).await?;
            select::pick(stage, 0).await?;
            stage.window()?.click("select-all").await?;
            stage.window()?.see("bulk-bar").await
        })
        .await?;
    stage.close_window().await
}
