//! Selecting: a box, a range, everything loaded, everything that matches; and small changes that take effect at once.

use super::{INCIDENT, look};
use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::{key, number};

/// Selects, and changes a few conversations on the click.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("Select a range", async |stage, facts| {
            look::set_filter(stage, &format!("is:active tag:{INCIDENT}")).await?;
            let window = stage.window()?;
            pick(stage, 0).await?;
            equal("selected", selected(stage).await?, 1)?;
            window.shift_click_nth("row-check", 3).await?;
            window.text_where("bulk-count", "4", |text| number(text) == Some(4)).await?;
            window.click_nth("row", 5).await?;
            window.see("bulk-bar").await?;
            equal("selected after opening a thread", selected(stage).await?, 4)?;
            facts.saw("one box, then Shift: 4 selected; opening a thread keeps them");
            Ok(())
        })
        .await?;

    stage
        .step("Tag on the click", async |stage, facts| {
            let ids = ticked(stage).await?;
            equal("ticked rows", ids.len(), 4)?;
            let tag = stage.tag_of_none(&ids).await?;
            let window = stage.window()?;
            window.click("bulk-tags").await?;
            window.click(&format!("tag-{tag}")).await?;
            window.click("tags-apply").await?;
            for id in &ids {
                until(&format!("the tag {tag} on {id} at the desk"), LATER, async || {
                    Ok(stage.desk.conversation(id).await?.has_tag(&tag).then_some(()))
                })
                .await?;
            }
            facts.saw(format!("4 carry {tag} at the desk"));
            Ok(())
        })
        .await?;

    stage
        .step("Changing the filter clears the selection", async |stage, facts| {
            let window = stage.window()?;
            look::set_filter(stage, "is:active").await?;
            window.gone("bulk-bar").await?;
            window.click("strip-undo").await?;
            window.text_where("bulk-count", "4 again", |text| number(text) == Some(4)).await?;
            window.press(key::ESCAPE).await?;
            window.gone("bulk-bar").await?;
            facts.saw("the bar is gone; Undo in the strip brings the 4 back, and Esc lets them go");
            Ok(())
        })
        .await?;

    stage
        .step("All matching", async |stage, facts| {
            look::set_filter(stage, &format!("is:active tag:{INCIDENT}")).await?;
            let segment = stage.segment(INCIDENT).await?.len() as u64;
            stage.window()?.until_strip_is_quiet().await?;
            pick(stage, 0).await?;
            let window = stage.window()?;
            window.click("select-all").await?;
            let shown = selected(stage).await?;
            ensure(shown >= 10 && shown < segment, || format!("{shown} of {segment} are loaded"))?;
            let offered =
                window.text_where("all-matching", "all", |text| number(text) == Some(segment)).await?;
            window.click("all-matching").await?;
            window.text_where("bulk-count", "all", |text| number(text) == Some(segment)).await?;
            facts.saw(format!("{shown} loaded rows, then \"{offered}\": the desk says {segment}"));
            Ok(())
        })
        .await
}

/// How many the bar says are selected.
pub async fn selected(stage: &Stage) -> Result<u64> {
    stage.window()?.see("bulk-bar").await?;
    let text = stage.window()?.text("bulk-count").await?;
    number(&text).ok_or_else(|| format!("the bar says \"{text}\"").into())
}

/// Ticks the box of the n-th row, counted from 0, which shows when the mouse is over the row.
pub async fn pick(stage: &Stage, nth: usize) -> Result<()> {
    stage.window()?.hover_nth("row", nth).await?;
    stage.window()?.click_nth("row-check", nth).await?;
    // The bar pushes the list down: a click aimed before that would land on the bar.
    stage.window()?.see("bulk-bar").await
}

/// The ids of the ticked rows.
pub async fn ticked(stage: &Stage) -> Result<Vec<String>> {
    let body = "return [...document.querySelectorAll('[data-testid=row][aria-selected=true]')]
        .map((row) => row.getAttribute('data-id')).join(' ')";
    let ids = stage.window()?.script(body).await?;
    Ok(ids.as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}
