//! Changes of a few that take effect on the click: snooze as it is typed, assign, and archived, which is asked first.

use super::{look, select};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, equal, until};
use crate::window::{Window, key, number};

/// Waits until this conversation's thread shows.
async fn shows(window: &Window, id: &str) -> Result<()> {
    until(&format!("the thread of {id}"), SOON, async || {
        Ok((window.attributes("thread", "data-id").await? == [id]).then_some(()))
    })
    .await
}

/// Snoozes, assigns, finishes one after the other, and backs out of archiving.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let mut ids = Vec::new();
    stage
        .step("Assign", async |stage, facts| {
            look::set_filter(stage, "is:active channel:email team:technical").await?;
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            window.shift_click_nth("row-check", 1).await?;
            window.text_where("bulk-count", "2", |text| number(text) == Some(2)).await?;
            ids = select::ticked(stage).await?;
            window.click("bulk-assign").await?;
            window.click("assign-team-billing").await?;
            for id in &ids {
                until(&format!("{id} to be with billing"), LATER, async || {
                    Ok((stage.desk.conversation(id).await?.team() == Some("billing")).then_some(()))
                })
                .await?;
            }
            facts.saw(format!("{} are with Billing at the desk", ids.len()));
            Ok(())
        })
        .await?;

    stage
        .step("Snooze as it is typed", async |stage, facts| {
            let window = stage.window()?;
            window.click("bulk-snooze").await?;
            window.fill("snooze-text", "next friday at 10am").await?;
            let resolved =
                window.text_where("snooze-resolved", "a Friday", |text| text.contains("Friday")).await?;
            ensure(resolved.contains("10:00"), || format!("\"{resolved}\" is not ten o'clock"))?;
            facts.saw(format!("\"next friday at 10am\" is \"{resolved}\""));
            Ok(())
        })
        .await?;

    stage
        .step("Snoozed", async |stage, facts| {
            stage.window()?.click("snooze-resolved").await?;
            for id in &ids {
                until(&format!("{id} to be snoozed"), LATER, async || {
                    Ok((stage.desk.conversation(id).await?.word("status") == "snoozed").then_some(()))
                })
                .await?;
            }
            let until_when = stage.desk.conversation(&ids[0]).await?.word("snoozed_until").to_owned();
            ensure(until_when.contains(":00:00"), || format!("snoozed until \"{until_when}\""))?;
            facts.saw(format!("{} sleep at the desk until {until_when}", ids.len()));
            Ok(())
        })
        .await?;

    stage
        .step("Done, and the next one opens", async |stage, facts| {
            look::set_filter(stage, "is:active channel:email team:orders-returns").await?;
            let window = stage.window()?;
            window.until_strip_is_quiet().await?;
            let rows = window.attributes("row", "data-id").await?;
            window.press('j').await?;
            let on = window.attributes("list", "aria-activedescendant").await?.concat();
            let at =
                rows.iter().position(|id| on == format!("row-{id}")).ok_or("the keyboard is on no row")?;
            let [first, second] = [at, at + 1].map(|at| rows.get(at).cloned().unwrap_or_default());
            window.press(key::ENTER).await?;
            shows(window, &first).await?;
            window.press('e').await?;
            shows(window, &second).await?;
            until(&format!("{first} to be done"), LATER, async || {
                Ok((stage.desk.conversation(&first).await?.word("status") == "done").then_some(()))
            })
            .await?;
            let said = window.text_where("job-result", "the result", |text| text.contains("Done")).await?;
            window.chord(&[key::CONTROL], 'z').await?;
            until(&format!("{first} to be active again"), LATER, async || {
                Ok((stage.desk.conversation(&first).await?.word("status") == "active").then_some(()))
            })
            .await?;
            facts.saw(format!("E finished {first} and opened {second}: \"{said}\"; Ctrl Z brought it back"));
            window.press(key::ESCAPE).await
        })
        .await?;

    stage
        .step("Archived is asked first", async |stage, facts| {
            look::set_filter(stage, "is:active channel:email team:logistics").await?;
            stage.window()?.until_strip_is_quiet().await?;
            select::pick(stage, 0).await?;
            let archived = stage.desk.count("status=archived").await?;
            let window = stage.window()?;
            window.click("bulk-status").await?;
            window.click("status-archived").await?;
            let button = window.text_where("plan-confirm", "one", |text| number(text) == Some(1)).await?;
            let warning = window.text("plan-warning").await?;
            ensure(!warning.trim().is_empty(), || "nothing is said about it being final".into())?;
            facts.saw(format!("\"{button}\": \"{warning}\""));
            equal("archived before anybody confirmed", stage.desk.count("status=archived").await?, archived)
        })
        .await?;
    stage.window()?.click("plan-cancel").await?;
    stage.window()?.gone("plan").await
}
