//! Reading: the list, the keyboard, a thread, filters, a mistake in a filter, free text.

use super::INCIDENT;
use crate::Result;
use crate::stage::Stage;
use crate::wait::{SOON, ensure, equal, until};
use crate::window::{key, number};

/// Looks around.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("Inbox", async |stage, facts| {
            stage.window()?.click("nav-active").await?;
            let at_the_desk =
                stage.desk.all().await?.iter().filter(|one| one.word("status") == "active").count();
            let shown = stage
                .window()?
                .text_where("nav-active", "as many as the desk", |text| {
                    number(text) == Some(at_the_desk as u64)
                })
                .await?;
            facts.saw(format!("the sidebar says \"{}\"; the desk says {at_the_desk}", shown));
            Ok(())
        })
        .await?;

    stage
        .step("Keyboard", async |stage, facts| {
            let window = stage.window()?;
            for stroke in ['j', 'j', 'k'] {
                window.press(stroke).await?;
            }
            window.press(key::ENTER).await?;
            window.see("thread").await?;
            window.see("message").await?;
            let open = open_thread(stage).await?;
            facts.saw(format!("j, j, k, Enter opened thread {open}"));
            Ok(())
        })
        .await?;

    stage
        .step("Formatted mail", async |stage, facts| {
            let window = stage.window()?;
            let last = window.attributes("formatted", "aria-pressed").await?.len().checked_sub(1);
            window
                .click_nth("formatted", last.ok_or("no message of this thread has a formatted version")?)
                .await?;
            let read = until("the message in its frame", SOON, async || {
                Ok(Some(window.text_in_frame().await?).filter(|text| !text.trim().is_empty()))
            })
            .await?;
            let words = read.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
            facts.saw(format!("under its own scheme, in a sandboxed frame: \"{words} …\""));
            Ok(())
        })
        .await?;

    stage
        .step("Filter", async |stage, facts| {
            let filter = format!("is:active tag:{INCIDENT}");
            set_filter(stage, &filter).await?;
            let segment = stage.segment(INCIDENT).await?;
            let text = stage
                .window()?
                .text_where("list-total", "as many as the desk", |text| {
                    number(text) == Some(segment.len() as u64)
                })
                .await?;
            facts.saw(format!("`{filter}` shows \"{text}\"; the desk says {}", segment.len()));
            Ok(())
        })
        .await?;

    stage
        .step("Typo in a filter", async |stage, facts| {
            let window = stage.window()?;
            type_filter(stage, "is:activ tag:payment").await?;
            let said =
                window.text_where("filter-mistake", "what is wrong", |text| !text.trim().is_empty()).await?;
            ensure(said.contains("active"), || format!("\"{said}\" suggests nothing"))?;
            facts.saw(format!("\"{}\"", said));
            Ok(())
        })
        .await?;

    stage
        .step("Free text", async |stage, facts| {
            let (id, phrase) = a_phrase(stage).await?;
            set_filter(stage, &format!("\"{phrase}\"")).await?;
            let name = stage.account_name()?;
            let found = stage.ctl.must(&stage.session, &["ls", &name, &format!("\"{phrase}\"")])?;
            let ids: Vec<_> = found["conversations"].as_array().into_iter().flatten().collect();
            ensure(ids.iter().any(|one| one["id"] == id.as_str()), || {
                format!("\"{phrase}\" does not find {id}")
            })?;
            until("the conversation in the list", SOON, async || {
                Ok(stage.window()?.attributes("row", "data-id").await?.contains(&id).then_some(()))
            })
            .await?;
            facts.saw(format!("a phrase out of a message finds its conversation, {id}"));
            Ok(())
        })
        .await
}

/// Types a filter and waits until the box has taken it.
pub async fn set_filter(stage: &Stage, filter: &str) -> Result<()> {
    type_filter(stage, filter).await?;
    // The box keeps the focus until the filter is applied.
    let left = "return document.activeElement?.dataset.testid !== 'filter-input'";
    until("the filter to be applied", SOON, async || {
        Ok(stage.window()?.script(left).await?.as_bool().unwrap_or_default().then_some(()))
    })
    .await
}

/// Types a filter, right or wrong, and presses Return.
async fn type_filter(stage: &Stage, filter: &str) -> Result<()> {
    let window = stage.window()?;
    window.click("filter").await?;
    window.retype("filter-input", filter).await?;
    window.press(key::ENTER).await
}

/// The id of the thread that is open.
pub async fn open_thread(stage: &Stage) -> Result<String> {
    let ids = stage.window()?.attributes("thread", "data-id").await?;
    equal("open threads", ids.len(), 1)?;
    Ok(ids.concat())
}

/// A conversation with four words in a row from one of its messages, as the desk holds it.
async fn a_phrase(stage: &Stage) -> Result<(String, String)> {
    for one in stage.segment(INCIDENT).await?.iter().take(20) {
        let thread = stage.desk.conversation(&one.id()).await?;
        for text in thread.received() {
            let words: Vec<_> = text.split_whitespace().collect();
            let plain = words
                .windows(4)
                .find(|four| four.iter().all(|word| word.chars().all(|sign| sign.is_ascii_lowercase())));
            if let Some(four) = plain {
                return Ok((one.id(), four.join(" ")));
            }
        }
    }
    Err("no plain phrase in the incident's messages".into())
}
