//! Crashes in the middle of a mass reply: first the desk's, then the window's. Afterwards every recipient has the
//! message once or is shown as unknown; nobody has it twice.

use super::{INCIDENT, look, mass_reply, select};
use crate::Result;
use crate::audience::Audience;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::{Scheme, number};

const DESK_DIES: &str = "The help desk died while this was being sent.";
const WINDOW_DIES: &str = "The window died while this was being sent.";

/// Plays both crashes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    reopen_the_incident(stage).await?;
    stage.desk_answers_slowly().await?;
    stage
        .step("The help desk dies in the middle", async |stage, facts| {
            let audience = begin(stage, DESK_DIES).await?;
            let before = until_some_are_done(stage, &audience).await?;
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

    reopen_the_incident(stage).await?;
    stage.desk_answers_slowly().await?;
    stage
        .step("The window dies in the middle", async |stage, facts| {
            let audience = begin(stage, WINDOW_DIES).await?;
            let before = until_some_are_done(stage, &audience).await?;
            stage.kill_window()?;
            stage.open_window(Scheme::Light).await?;
            let result = stage.settled().await?;
            stage.desk_answers_quickly().await?;
            let (once, unknown) = stage.once_or_unknown(&audience, WINDOW_DIES).await?;
            facts.saw(format!("killed after {before} of {}; \"{result}\"", audience.reached.len()));
            facts.saw(format!("{once} have it once, {unknown} are shown as unknown, nobody has it twice"));
            Ok(())
        })
        .await
}

/// Makes the incident's conversations active again, through `musterctl`.
async fn reopen_the_incident(stage: &mut Stage) -> Result<()> {
    stage
        .step("The incident is active again", async |stage, facts| {
            facts.without_picture();
            let name = stage.account_name()?;
            let filter = format!("is:done tag:{INCIDENT}");
            let said =
                stage.ctl.run(&stage.session, &["bulk", &name, &filter, "--status", "active", "--yes"])?;
            ensure(said.code == 0, || format!("musterctl ended with {}: {}", said.code, said.complaint))?;
            equal("still done", stage.desk.count(&format!("status=done&tag={INCIDENT}")).await?, 0)?;
            facts.saw(format!("{} through musterctl", said.json["counts"]["applied"]));
            Ok(())
        })
        .await
}

/// Confirms a mass reply with *Done* to everyone hit by the incident.
async fn begin(stage: &Stage, message: &str) -> Result<Audience> {
    let audience = stage.audience(INCIDENT).await?;
    look::set_filter(stage, &format!("is:active tag:{INCIDENT}")).await?;
    select::pick(stage, 0).await?;
    let window = stage.window()?;
    window.click("all-matching").await?;
    mass_reply::write(stage.window()?, message).await?;
    let count = audience.reached.len();
    window.text_where("plan-confirm", "the number", |text| number(text) == Some(count as u64)).await?;
    mass_reply::confirm(window, count).await?;
    Ok(audience)
}

/// Waits until the first have it, and says how many; the last must not have it yet.
async fn until_some_are_done(stage: &Stage, audience: &Audience) -> Result<usize> {
    let query = format!("status=done&tag={INCIDENT}");
    let done = until("the first replies at the desk", LATER, async || {
        let done = stage.desk.count(&query).await?;
        Ok((done > 0).then_some(done))
    })
    .await?;
    ensure(done < audience.reached.len(), || "all were sent before anything could be killed".into())?;
    Ok(done)
}
