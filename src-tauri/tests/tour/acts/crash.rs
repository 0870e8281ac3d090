//! Crashes in the middle of a mass reply: first the desk's, then the window's. Afterwards every recipient has the
//! message once or is shown as unknown; nobody has it twice.

use super::{INCIDENT, mass_reply};
use crate::Result;
use crate::stage::Stage;
use crate::wait::LATER;
use crate::window::Scheme;

const DESK_DIES: &str = "The help desk died while this was being sent.";
const WINDOW_DIES: &str = "The window died while this was being sent.";

/// Plays both crashes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.reopen_the_incident().await?;
    stage.desk_answers_slowly().await?;
    stage
        .step("The help desk dies in the middle", async |stage, facts| {
            let audience = mass_reply::begin(stage, INCIDENT, DESK_DIES).await?;
            let before = stage.until_some_are_done(&audience).await?;
            stage.desk.kill()?;
            stage.sees_offline().await?;
            stage.desk.restart(&stage.session).await?;
            let result = stage.settled().await?;
            let (once, unknown) = stage.once_or_unknown(&audience, DESK_DIES).await?;
            facts.saw(format!("killed after {before} of {}; \"{result}\"", audience.reached.len()));
            facts.saw(format!("{once} have it once, {unknown} are shown as unknown, nobody has it twice"));
            Ok(())
        })
        .await?;

    stage.reopen_the_incident().await?;
    stage.desk_answers_slowly().await?;
    stage
        .step("The window dies in the middle", async |stage, facts| {
            let audience = mass_reply::begin(stage, INCIDENT, WINDOW_DIES).await?;
            let before = stage.until_some_are_done(&audience).await?;
            stage.kill_window()?;
            stage.open_window(Scheme::Light).await?;
            let result = stage.settled().await?;
            stage.desk_answers_quickly().await?;
            let (once, unknown) = stage.once_or_unknown(&audience, WINDOW_DIES).await?;
            facts.saw(format!("killed after {before} of {}; \"{result}\"", audience.reached.len()));
            facts.saw(format!("{once} have it once, {unknown} are shown as unknown, nobody has it twice"));
            Ok(())
        })
        .await?;

    stage
        .step("The window of before goes while another starts", async |stage, facts| {
            stage.replace_hanging_window().await?;
            stage.window()?.see_within("row", LATER).await?;
            facts.saw("the second start became the first: it has the list");
            Ok(())
        })
        .await
}
