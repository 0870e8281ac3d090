//! A help desk that says little and takes five changes a minute: signs in to Fernand's dialect in the window, closes many in
//! one call, deletes behind the typed word, and writes to many at its pace. The desk's own tongue is the referee.

use super::{look, mass_reply, select};
use crate::Result;
use crate::desk::Desk;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::{key, number};

/// Reads as many as the act makes, writes as few as Fernand takes.
const LIMITS: &str = "reads=600,writes=5";
const MESSAGE: &str = "We are slow today, and everybody gets an answer.";

/// Signs in, closes, deletes, writes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let desk =
        Desk::start(&stage.session, "fernand", &["--conversations", "60", "--fernand", LIMITS]).await?;
    let data = stage.session.scratch().join("fernand-window");
    // An act before it left its own window open.
    stage.close_window().await?;
    stage.open_window_on(&data).await?;
    sign_in(stage, &desk).await?;
    offered(stage).await?;
    close(stage, &desk).await?;
    delete(stage, &desk).await?;
    write(stage, &desk).await?;
    stage.close_window().await
}

async fn sign_in(stage: &mut Stage, desk: &Desk) -> Result<()> {
    stage
        .step("Sign in to Fernand", async |stage, facts| {
            let window = stage.window()?;
            window.see("first-run").await?;
            window.fill("account-url", &format!("{}/fernand", desk.url.trim_end_matches('/'))).await?;
            let found = window
                .text_where("account-found", "what it is", |text| text.contains("Fernand"))
                .await?;
            let where_to = window.text("account-where").await?;
            ensure(where_to.contains("Integrations"), || format!("\"{where_to}\" does not say where the key is"))?;
            window.fill("account-key", &desk.key).await?;
            window.text_where("account-me", "whose key it is", |text| text.contains("Mira")).await?;
            let said = window
                .text_where("first-run", "what it cannot do", |text| text.contains("Its conversations have none"))
                .await?;
            for (title, detail) in [
                ("Teams", "It has agents only"),
                ("Follow", "Kept on this computer"),
                ("Files of customers", "in its own window only"),
                ("Reference", "Muster compares texts"),
            ] {
                ensure(said.contains(title) && said.contains(detail), || format!("nothing is said of {title}: {said}"))?;
            }
            facts.saw(format!("the address alone says: \"{}\"; \"{}\"", found.trim(), where_to.trim()));
            facts.saw("it says before the sign-in that there are no teams, priorities and files, and what Muster does instead");
            Ok(())
        })
        .await?;
    stage
        .step("Fernand synced", async |stage, facts| {
            let window = stage.window()?;
            window.click("account-add").await?;
            window.see_within("row", LATER).await?;
            window.gone("sync-progress").await?;
            look::set_filter(stage, "is:active").await?;
            let there = desk.count("status=active").await? as u64;
            ensure(there > 12, || format!("only {there} are active"))?;
            let shown = stage
                .window()?
                .text_where_within("list-total", "as many as the desk", LATER, |text| {
                    number(text) == Some(there)
                })
                .await?;
            facts.saw(format!("`is:active` shows \"{shown}\"; the desk has {there}"));
            Ok(())
        })
        .await
}

async fn offered(stage: &mut Stage) -> Result<()> {
    stage
        .step("What Fernand cannot do is not offered", async |stage, facts| {
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            ensure(!window.sees("bulk-priority").await?, || "a priority is offered".into())?;
            window.click("bulk-status").await?;
            let archived = window.text("status-archived").await?;
            ensure(archived.contains("no final status"), || format!("Archived says \"{archived}\""))?;
            window.press(key::ESCAPE).await?;
            window.gone("status-archived").await?;
            window.click("bulk-assign").await?;
            window.see("assign-mira@brindlewick.example").await?;
            let teams = window
                .script("return document.querySelectorAll('[data-testid^=assign-team-]').length")
                .await?;
            equal("teams that are offered", teams.as_u64(), Some(0))?;
            window.press(key::ESCAPE).await?;
            window.click("bulk-tags").await?;
            window.see("tags-apply").await?;
            ensure(!window.sees("tags-remove-all").await?, || "all tags could be taken off at once".into())?;
            facts.saw(format!(
                "no priority, no team, no \"Remove all tags\"; Archived says \"{}\"",
                archived.trim()
            ));
            Ok(())
        })
        .await?;
    stage.window()?.press(key::ESCAPE).await?;
    stage.window()?.gone("tags-apply").await?;
    stage.window()?.press(key::ESCAPE).await?;
    stage.window()?.gone("bulk-bar").await
}

async fn close(stage: &mut Stage, desk: &Desk) -> Result<()> {
    stage
        .step("Closed in bulk at Fernand", async |stage, facts| {
            let tag = a_tag(desk).await?;
            let before = desk.count(&format!("status=active&tag={tag}")).await? as u64;
            look::set_filter(stage, &format!("is:active tag:{tag}")).await?;
            stage
                .window()?
                .text_where("list-total", "its number", |text| number(text) == Some(before))
                .await?;
            all_matching(stage).await?;
            equal("selected", select::selected(stage).await?, before)?;
            let window = stage.window()?;
            window.click("bulk-status").await?;
            window.click("status-done").await?;
            until("the desk to have closed them", LATER, async || {
                Ok((desk.count(&format!("status=active&tag={tag}")).await? == 0).then_some(()))
            })
            .await?;
            let calls = desk.fernand_calls("POST /conversations/bulk").await?;
            equal("bulk calls", calls, 1)?;
            facts.saw(format!("{before} with the tag {tag} are closed at the desk, in one call"));
            Ok(())
        })
        .await
}

async fn delete(stage: &mut Stage, desk: &Desk) -> Result<()> {
    stage
        .step("Deleted at Fernand", async |stage, facts| {
            let before = desk.count("").await?;
            look::set_filter(stage, "is:active").await?;
            stage.window()?.until_strip_is_quiet().await?;
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            window.click("bulk-more").await?;
            window.click("final-delete").await?;
            window.see("plan-type-number").await?;
            ensure(window.is_disabled("plan-confirm").await?, || {
                "it could be deleted without the word".into()
            })?;
            let warning = window.text("plan-final").await?;
            window.fill("plan-type-number", "DELETE").await?;
            until("the button to be on", LATER, async || {
                Ok((!window.is_disabled("plan-confirm").await?).then_some(()))
            })
            .await?;
            window.click("plan-confirm").await?;
            window.gone("plan").await?;
            until("the desk to have one fewer", LATER, async || {
                Ok((desk.count("").await? + 1 == before).then_some(()))
            })
            .await?;
            facts.saw(format!(
                "\"{}\"; once DELETE was typed, the desk has one of {before} fewer",
                warning.trim()
            ));
            Ok(())
        })
        .await
}

async fn write(stage: &mut Stage, desk: &Desk) -> Result<()> {
    stage
        .step("A mass reply at Fernand's pace", async |stage, facts| {
            look::set_filter(stage, "is:active").await?;
            stage.window()?.until_strip_is_quiet().await?;
            all_matching(stage).await?;
            let window = stage.window()?;
            mass_reply::write(window, MESSAGE).await?;
            // Done would follow all replies in one call, and none of them would count as whole before.
            window.click("plan-done").await?;
            mass_reply::hold_none(window).await?;
            let eta =
                window.text_where("plan-eta", "when it is over", |text| text.contains("5 changes")).await?;
            let count =
                window.text_where("plan-confirm", "the number", |text| number(text) > Some(5)).await?;
            facts.saw(format!("before \"{}\" it says \"{}\"", count.trim(), eta.trim()));
            Ok(())
        })
        .await?;
    stage
        .step("Stopped after the first at Fernand", async |stage, facts| {
            let window = stage.window()?;
            let count = number(&window.text("plan-confirm").await?).ok_or("a button without a number")?;
            mass_reply::confirm(window, usize::try_from(count)?).await?;
            until("the first reply at the desk", LATER, async || {
                Ok((desk.fernand_calls("POST /conversations/{id}/reply").await? > 0).then_some(()))
            })
            .await?;
            window.click("nav-jobs").await?;
            window.click("jobs-view-all").await?;
            window.click("job-row").await?;
            window.see("job-detail").await?;
            window.click("job-pause").await?;
            stage.job_is("paused").await?;
            let window = stage.window()?;
            window.click("job-stop").await?;
            window.click("job-stop-confirm").await?;
            stage.job_is("cancelled").await?;
            // What was on its way when it was paused arrives, and both sides count it.
            let (applied, arrived) = until("the page to say what the desk holds", LATER, async || {
                let applied = stage.figure("applied").await?;
                let arrived = holders(desk).await?;
                if applied == arrived { Ok(Some((applied, arrived))) } else { Err(format!("{applied} here, {arrived} there").into()) }
            })
            .await?;
            ensure(arrived > 0 && arrived < count, || format!("{arrived} of {count} have it"))?;
            equal("refusals for being too fast", desk.fernand_calls("429").await?, 0)?;
            facts.saw(format!("{applied} of {count} sent and no faster than it takes them; the desk counts {arrived}, each once"));
            Ok(())
        })
        .await
}

/// How many hold the message; fails where somebody holds it twice.
async fn holders(desk: &Desk) -> Result<u64> {
    let mut holders = 0;
    for one in desk.all().await? {
        let times =
            desk.conversation(&one.id()).await?.sent().iter().filter(|text| text.contains(MESSAGE)).count();
        ensure(times < 2, || format!("{} holds it {times} times", one.id()))?;
        holders += times as u64;
    }
    Ok(holders)
}

/// A tag that some active conversations carry, and most do not.
async fn a_tag(desk: &Desk) -> Result<String> {
    let all = desk.all().await?;
    let active: Vec<_> = all.iter().filter(|one| one.word("status") == "active").collect();
    let mut tags: Vec<&str> = active.iter().flat_map(|one| one.tags()).collect();
    tags.sort_unstable();
    tags.dedup();
    let carried = |tag: &str| active.iter().filter(|one| one.has_tag(tag)).count();
    let found = tags.into_iter().filter(|tag| carried(tag) * 2 < active.len()).max_by_key(|tag| carried(tag));
    found.map(str::to_owned).ok_or_else(|| "no tag is carried by some".into())
}

/// Selects everything that the filter matches, also where all of it is shown.
async fn all_matching(stage: &Stage) -> Result<()> {
    select::pick(stage, 0).await?;
    stage.window()?.click("all-matching").await
}
