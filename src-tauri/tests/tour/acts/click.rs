//! Changes of a few that take effect on the click: snooze as it is typed, assign, and archived, which is asked first.

use super::{look, select};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::number;

/// Snoozes, assigns, and backs out of archiving.
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
