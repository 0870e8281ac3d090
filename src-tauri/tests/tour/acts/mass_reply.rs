//! The mass reply: the number on the button is the desk's own; afterwards every recipient has the message exactly once.

use super::{INCIDENT, look, select};
use crate::Result;
use crate::audience::{Audience, each_has_it_once};
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, equal, until};
use crate::window::{Window, key, number};

/// What is sent. The first words are looked for at the desk afterwards.
pub const MESSAGE: &str = "Hello {{customer_first_name|there}}, the payment problem of this week is solved. \
    Nothing was charged twice, and you need not do anything.";
const MARK: &str = "the payment problem of this week is solved";

/// Sends one message to everyone hit by the incident; begins with all of them selected.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let mut audience = Audience::default();
    stage
        .step("Plan of a mass reply", async |stage, facts| {
            audience = stage.audience(INCIDENT).await?;
            let window = stage.window()?;
            write(window, MESSAGE).await?;
            let on_the_button = window
                .text_where("plan-confirm", "the number of recipients", |text| {
                    number(text) == Some(audience.reached.len() as u64)
                })
                .await?;
            facts.saw(format!(
                "the button says \"{on_the_button}\"; the desk says {} in the segment, less {} voice and {} with a closed window",
                audience.everyone(), audience.voice.len(), audience.closed.len()
            ));
            ensure(window.is_disabled("plan-confirm").await?, || "the button works before the number is typed".into())?;
            facts.saw("until the number is typed the button is off");
            Ok(())
        })
        .await?;

    stage
        .step("Mass reply sent", async |stage, facts| {
            hold_none(stage.window()?).await?;
            confirm(stage.window()?, audience.reached.len()).await?;
            let result = stage
                .window()?
                .text_where_within("job-result", "the number sent", LATER, |text| {
                    number(text) == Some(audience.reached.len() as u64)
                })
                .await?;
            facts.saw(format!("\"{}\"", result));
            Ok(())
        })
        .await?;

    stage
        .step("Every thread at the desk", async |stage, facts| {
            facts.without_picture();
            each_has_it_once(&stage.desk, &audience, MARK).await?;
            for id in &audience.reached {
                let thread = stage.desk.conversation(id).await?;
                equal(&format!("status of {id}"), thread.word("status"), "done")?;
                equal(&format!("engagement of {id}"), thread.word("engagement"), "engaged")?;
                equal(&format!("system notes of the mass reply in {id}"), thread.mass_reply_notes(), 1)?;
            }
            facts.saw(format!(
                "{} threads hold the message once, with the system note, done and engaged; the other {} hold none",
                audience.reached.len(), audience.voice.len() + audience.closed.len()
            ));
            Ok(())
        })
        .await?;

    stage
        .step("The job and its items", async |stage, facts| {
            let window = stage.window()?;
            window.until_strip_is_quiet().await?;
            window.click("job-line").await?;
            window.click("job").await?;
            window.see("job-item").await?;
            window.choose("job-tab-skipped").await?;
            window.gone_css("[data-testid=job-item][data-state=applied]").await?;
            let reason = "[data-testid=job-item][data-state=skipped]";
            let item = window
                .text_css_where(reason, "who was skipped and why", |text| !text.trim().is_empty())
                .await?;
            facts.saw(format!("one of the skipped: \"{item}\""));
            Ok(())
        })
        .await?;
    stage.window()?.press(key::ESCAPE).await?;
    stage.window()?.gone("jobs").await
}

/// Opens the plan of a mass reply to everyone active with a tag and writes it, with *Mark as Done* and without a hold.
pub async fn plan(stage: &Stage, tag: &str, message: &str) -> Result<Audience> {
    let audience = stage.audience(tag).await?;
    if !stage.window()?.sees("filter").await? {
        stage.window()?.click("nav-active").await?;
    }
    look::set_filter(stage, &format!("is:active tag:{tag}")).await?;
    select::pick(stage, 0).await?;
    let window = stage.window()?;
    window.click("all-matching").await?;
    write(window, message).await?;
    hold_none(window).await?;
    let count = audience.reached.len() as u64;
    window.text_where("plan-confirm", "the number", |text| number(text) == Some(count)).await?;
    Ok(audience)
}

/// Plans and confirms.
pub async fn begin(stage: &Stage, tag: &str, message: &str) -> Result<Audience> {
    let audience = plan(stage, tag, message).await?;
    confirm(stage.window()?, audience.reached.len()).await?;
    Ok(audience)
}

/// Lets it leave on the click.
pub async fn hold_none(window: &Window) -> Result<()> {
    window.pick("plan-hold", "0").await
}

/// Opens the plan of a mass reply to the selection, writes it, and sets *Mark as Done*.
pub async fn write(window: &Window, message: &str) -> Result<()> {
    window.click("mass-reply").await?;
    window.see("plan-message").await?;
    window.fill("plan-message", message).await?;
    if !window.is_on("plan-done").await? {
        window.click("plan-done").await?;
    }
    Ok(())
}

/// Types the number and presses the button.
pub async fn confirm(window: &Window, count: usize) -> Result<()> {
    if window.sees("plan-type-number").await? {
        window.fill("plan-type-number", &count.to_string()).await?;
    }
    until("the button to be on", SOON, async || {
        Ok((!window.is_disabled("plan-confirm").await?).then_some(()))
    })
    .await?;
    window.click("plan-confirm").await?;
    window.gone("plan").await
}
