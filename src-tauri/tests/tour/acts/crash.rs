//! Crashes in the middle of a mass reply: first the desk's, then the window's. Afterwards every recipient has the
//! message once or is shown as unknown; nobody has it twice.

use super::{look, mass_reply, select};
use crate::Result;
use crate::audience::Audience;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, until};
use crate::window::{Scheme, number};

const DESK_DIES: &str = "The help desk died while this was being sent.";
const WINDOW_DIES: &str = "The window died while this was being sent.";

/// Plays both crashes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.desk_answers_slowly().await?;
    stage
        .step("The help desk dies in the middle", async |stage, facts| {
            let audience = begin(stage, DESK_DIES).await?;
            let before = until_some_have_it(stage, &audience, DESK_DIES).await?;
            stage.desk.kill()?;
            stage
                .window()?
                .text_where_within("strip-connection", "offline", LATER, |text| {
                    text.to_lowercase().contains("offline")
                })
                .await?;
            stage.desk.restart(&stage.session).await?;
            let result = settled(stage).await?;
            let (once, unknown) = stage.once_or_unknown(&audience, DESK_DIES).await?;
            facts.saw(format!("killed after {before} of {}; \"{result}\"", audience.reached.len()));
            facts.saw(format!("{once} have it once, {unknown} are shown as unknown, nobody has it twice"));
            Ok(())
        })
        .await?;

    stage.desk_answers_slowly().await?;
    stage
        .step("The window dies in the middle", async |stage, facts| {
            let audience = begin(stage, WINDOW_DIES).await?;
            let before = until_some_have_it(stage, &audience, WINDOW_DIES).await?;
            stage.kill_window()?;
            stage.open_window(Scheme::Light).await?;
            let result = settled(stage).await?;
            let (once, unknown) = stage.once_or_unknown(&audience, WINDOW_DIES).await?;
            facts.saw(format!("killed after {before} of {}; \"{result}\"", audience.reached.len()));
            facts.saw(format!("{once} have it once, {unknown} are shown as unknown, nobody has it twice"));
            Ok(())
        })
        .await?;
    stage.desk_answers_quickly().await
}

/// Confirms a mass reply to a segment of its own.
async fn begin(stage: &mut Stage, message: &str) -> Result<Audience> {
    let tag = stage.free_tag().await?;
    let audience = stage.audience(&tag).await?;
    look::set_filter(stage, &format!("is:active tag:{tag}")).await?;
    select::pick(stage, 0).await?;
    let window = stage.window()?;
    window.click("select-all").await?;
    if window.sees("all-matching").await? {
        window.click("all-matching").await?;
    }
    window.click("mass-reply").await?;
    window.fill("plan-message", message).await?;
    let count = audience.reached.len();
    window.text_where("plan-confirm", "the number", |text| number(text) == Some(count as u64)).await?;
    mass_reply::confirm(window, count).await?;
    Ok(audience)
}

/// Waits until the first have it and the last have not.
async fn until_some_have_it(stage: &Stage, audience: &Audience, message: &str) -> Result<usize> {
    until("the first replies at the desk", LATER, async || {
        let have = stage.how_many_have_it(audience, message).await?;
        Ok((have > 0).then_some(have))
    })
    .await
    .and_then(|have| {
        ensure(have < audience.reached.len(), || "all were sent before anything could be killed".into())?;
        Ok(have)
    })
}

/// Waits until the job has come to its end.
async fn settled(stage: &Stage) -> Result<String> {
    let text = stage
        .window()?
        .text_where_within("job-result", "its end", LATER * 3, |text| text.contains("sent"))
        .await?;
    Ok(text.replace('\n', " "))
}
