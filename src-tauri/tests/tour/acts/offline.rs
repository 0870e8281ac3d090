//! Offline: the help desk is gone, the window goes on, and what was done leaves when the desk is back.

use super::{INCIDENT, look, select};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, until};
use crate::window::{key, number};

const NOTE: &str = "Written on the train, for whoever is in the office.";

/// Kills the desk, works on, and brings it back.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("The help desk is gone", async |stage, facts| {
            stage.desk.kill()?;
            let said = stage.sees_offline().await?;
            facts.saw(format!("the strip says \"{}\"", said));
            Ok(())
        })
        .await?;

    let (mut changed, mut noted) = (Vec::new(), String::new());
    stage
        .step("Working offline", async |stage, facts| {
            let window = stage.window()?;
            window.click("nav-inbox").await?;
            window.click_nth("row", 0).await?;
            window.see("message").await?;
            facts.saw("the first conversation of the inbox opens: its thread was fetched ahead");
            noted = look::open_thread(stage).await?;
            let window = stage.window()?;
            window.click("write-note").await?;
            window.fill("note-text", NOTE).await?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            window
                .text_css_where("[data-testid=note]:last-of-type", "the pending note", |shown| {
                    shown.contains(NOTE) && shown.contains("Has not left yet")
                })
                .await?;
            facts.saw("a note for the team stands in it and waits");
            look::set_filter(stage, &format!("is:done tag:{INCIDENT} payment")).await?;
            window.see("row").await?;
            changed = window.attributes("row", "data-id").await?.into_iter().take(2).collect();
            facts.saw("a filter with a word to search for answers");
            select::pick(stage, 0).await?;
            stage.window()?.shift_click_nth("row-check", 1).await?;
            let window = stage.window()?;
            window.click("bulk-status").await?;
            window.click("status-active").await?;
            let waits = window
                .text_where("strip-waiting", "that changes wait", |text| {
                    number(text).is_some_and(|count| count > 0)
                })
                .await?;
            facts.saw(format!("\"{}\"", waits));
            Ok(())
        })
        .await?;

    stage
        .step("Waiting changes", async |stage, facts| {
            let window = stage.window()?;
            window.until_strip_is_quiet().await?;
            window.click("strip-waiting").await?;
            let job = window.text_where("waiting-job", "what waits", |text| !text.trim().is_empty()).await?;
            facts.saw(format!("\"{job}\" waits on this computer"));
            Ok(())
        })
        .await?;
    stage.window()?.press(key::ESCAPE).await?;
    stage.window()?.gone("waiting").await?;

    stage
        .step("The help desk is back", async |stage, facts| {
            stage.desk.restart(&stage.session).await?;
            for id in &changed {
                until(&format!("{id} to be active at the desk"), LATER, async || {
                    Ok((stage.desk.conversation(id).await?.word("status") == "active").then_some(()))
                })
                .await?;
            }
            until("the note at the desk", LATER, async || {
                let notes = stage.desk.conversation(&noted).await?.notes(NOTE);
                ensure(notes.len() < 2, || "it is there twice".into())?;
                Ok((notes.len() == 1).then_some(()))
            })
            .await?;
            stage.sees_online().await?;
            let window = stage.window()?;
            until("nothing to wait any more", LATER, async || {
                let waits = window.sees("strip-waiting").await?
                    && number(&window.text("strip-waiting").await?) > Some(0);
                Ok((!waits).then_some(()))
            })
            .await?;
            ensure(!changed.is_empty(), || "nothing was changed".into())?;
            facts.saw(format!("{} changes and the note left the journal and are at the desk", changed.len()));
            Ok(())
        })
        .await
}
