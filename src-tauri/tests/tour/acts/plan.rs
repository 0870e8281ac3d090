//! The plan before it is confirmed: a click on a verdict lists whom it is about, its box drops them and takes them again.

use super::mass_reply;
use crate::Result;
use crate::audience::Audience;
use crate::stage::Stage;
use crate::wait::{SOON, ensure, equal, until};
use crate::window::{Window, css, number};

/// Verdicts that are sent to unless the agent drops them, the rarest first.
const ASKED: [&str; 4] = ["no_reply", "same_person", "recent_mass_reply", "silent"];

/// Filters and drops groups; begins and ends with all of the incident selected.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let mut audience = Audience::default();
    stage
        .step("A verdict lists its people", async |stage, facts| {
            audience = stage.audience(super::INCIDENT).await?;
            let window = stage.window()?;
            mass_reply::write(window, mass_reply::MESSAGE).await?;
            people_are(window, "group-voice", &audience.voice).await?;
            people_are(window, "group-window_closed", &audience.closed).await?;
            facts.saw(format!(
                "a click on Voice lists the desk's {}, one on Window closed its {}",
                audience.voice.len(),
                audience.closed.len()
            ));
            Ok(())
        })
        .await?;

    stage
        .step("A group is dropped and taken again", async |stage, facts| {
            let window = stage.window()?;
            window.click("group-window_closed").await?;
            let everyone = audience.reached.len() as u64;
            window.text_where("plan-confirm", "everyone", |text| number(text) == Some(everyone)).await?;
            let groups = window.attributes("plan-group", "data-verdict").await?;
            let asked = ASKED.into_iter().find(|verdict| groups.iter().any(|group| group == verdict));
            let group =
                format!("[data-testid=plan-group][data-verdict={}]", asked.ok_or("nobody is asked about")?);
            let text = window.text_css(&group).await?;
            let count = number(&text).ok_or("a group without a number")?;
            let check = format!("{group} {}", css("plan-group-check"));
            window.click_css(&check).await?;
            let without = window
                .text_where("plan-confirm", "fewer", |text| number(text) == Some(everyone - count))
                .await?;
            facts.saw(format!("without \"{text}\" the button says \"{without}\""));
            window.click_css(&check).await?;
            window
                .text_where("plan-confirm", "everyone again", |text| number(text) == Some(everyone))
                .await?;
            facts.saw(format!("and {everyone} again once it is taken again"));
            ensure(count > 0, || "the group is empty".into())
        })
        .await?;
    stage.window()?.click("plan-cancel").await?;
    stage.window()?.gone("plan").await?;
    stage.window()?.see("bulk-bar").await
}

/// Clicks a verdict and waits until the list of people holds these and nobody else.
async fn people_are(window: &Window, group: &str, expected: &[String]) -> Result<()> {
    let mut expected = expected.to_vec();
    expected.sort();
    window.click(group).await?;
    until(&format!("the people of {group}"), SOON, async || {
        let mut listed = window.attributes("plan-person", "data-id").await?;
        listed.sort();
        equal("people", listed, expected.clone()).map(Some)
    })
    .await
}
