//! Undo: each conversation goes back to what it was, not all to the same; what a colleague changed meanwhile stays.

use super::{look, select};
use crate::Result;
use crate::desk::COLLEAGUE_NAME;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until, until_told};
use crate::window::{css, key, number};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What takes effect on the click, and is worth looking at.
const FEW: std::ops::RangeInclusive<usize> = 12..=50;

/// The status and the end of the snooze of each.
type Was = BTreeMap<String, (String, String)>;

/// Undoes, redoes, and undoes picked ones.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let (tag, before) = mixed(stage).await?;
    let done: Was = before.keys().map(|id| (id.clone(), ("done".to_owned(), String::new()))).collect();
    stage
        .step("A mixed selection is Done", async |stage, facts| {
            stage.window()?.click("nav-active").await?;
            look::set_filter(stage, &format!("tag:{tag} (is:active OR is:snoozed)")).await?;
            stage.window()?.until_strip_is_quiet().await?;
            select::pick(stage, 0).await?;
            let window = stage.window()?;
            window.click("all-matching").await?;
            let count = before.len() as u64;
            window.text_where("bulk-count", "all", |text| number(text) == Some(count)).await?;
            window.click("bulk-status").await?;
            window.click("status-done").await?;
            are(stage, &done).await?;
            let asleep = before.values().filter(|(status, _)| status == "snoozed").count();
            facts.saw(format!("{count} are done at the desk, {asleep} of which were snoozed"));
            Ok(())
        })
        .await?;

    stage
        .step("Ctrl Z", async |stage, facts| {
            stage.window()?.chord(&[key::CONTROL], 'z').await?;
            are(stage, &before).await?;
            facts.saw("each is back at its own status, and snoozed until its own time");
            Ok(())
        })
        .await?;

    stage
        .step("Ctrl Shift Z", async |stage, facts| {
            stage.window()?.chord(&[key::CONTROL, key::SHIFT], 'z').await?;
            are(stage, &done).await?;
            facts.saw("all are done again");
            Ok(())
        })
        .await?;

    let mut three = Vec::new();
    stage
        .step("Picked ones, and a colleague", async |stage, facts| {
            stage.open_newest_job().await?;
            stage.job_is("completed").await?;
            let window = stage.window()?;
            window.see("job-item").await?;
            three = window.attributes("job-item", "data-id").await?;
            three.truncate(3);
            stage.desk.colleague_changes(&three[0], &json!({ "status": "spam" })).await?;
            until_told("the cache to hear of it", LATER, async || {
                let told = stage.ctl.must(&stage.session, &["show", &stage.account_name()?, &three[0]])?;
                Ok((told["status"] == "spam").then_some(()))
            })
            .await?;
            for (nth, id) in three.iter().enumerate() {
                window.hover_nth("job-item", nth).await?;
                let check = format!("{}[data-id=\"{}\"] {}", css("job-item"), id, css("job-item-check"));
                window.click_css(&check).await?;
            }
            let label = window.text_where("job-undo-picked", "3", |text| number(text) == Some(3)).await?;
            facts.saw(format!("\"{label}\", one of which {COLLEAGUE_NAME} has made spam"));
            Ok(())
        })
        .await?;

    stage
        .step("What a colleague changed stays", async |stage, facts| {
            let job = stage.newest_id()?;
            stage.window()?.click("job-undo-picked").await?;
            until_told("the undo to begin", LATER, async || Ok((stage.newest_id()? != job).then_some(())))
                .await?;
            stage.open_newest_job().await?;
            stage.figure_is("applied", 2).await?;
            stage.figure_is("skipped", 1).await?;
            let mut now = done.clone();
            for id in &three[1..] {
                now.insert(id.clone(), before[id].clone());
            }
            now.insert(three[0].clone(), ("spam".to_owned(), String::new()));
            are(stage, &now).await?;
            let named = stage
                .window()?
                .text_css_where("[data-testid=job-item][data-state=skipped]", "who it was", |text| {
                    text.contains(COLLEAGUE_NAME)
                })
                .await?;
            facts.saw(format!("two are back, the third stays: \"{named}\""));
            Ok(())
        })
        .await
}

/// A tag that a few active and some snoozed conversations carry, and what each of them is.
async fn mixed(stage: &Stage) -> Result<(String, Was)> {
    let all = stage.desk.all().await?;
    let tags: BTreeSet<&str> = all.iter().flat_map(|one| one.tags()).collect();
    for tag in tags {
        let with = all.iter().filter(|one| one.has_tag(tag));
        let was: Was = with
            .filter(|one| ["active", "snoozed"].contains(&one.word("status")))
            .map(|one| (one.id(), (one.word("status").to_owned(), one.word("snoozed_until").to_owned())))
            .collect();
        let asleep = was.values().filter(|(status, _)| status == "snoozed").count();
        if FEW.contains(&was.len()) && asleep >= 2 && was.len() - asleep >= 2 {
            return Ok((tag.to_owned(), was));
        }
    }
    Err("no tag is carried by a few active and a few snoozed ones".into())
}

/// Waits until each is what it should be at the desk.
async fn are(stage: &Stage, expected: &Was) -> Result<()> {
    until("each to be what it should be at the desk", LATER, async || {
        for (id, (status, until)) in expected {
            let now = stage.desk.conversation(id).await?;
            equal(&format!("status of {id}"), now.word("status"), status.as_str())?;
            ensure(now.word("snoozed_until") == until, || {
                format!("{id} sleeps until {}", now.word("snoozed_until"))
            })?;
        }
        Ok(Some(()))
    })
    .await
}
