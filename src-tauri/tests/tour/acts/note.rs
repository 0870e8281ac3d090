//! A note for the team: a colleague is called in it, the customer hears nothing, and the desk has it once.

use crate::Result;
use crate::desk::{COLLEAGUE, COLLEAGUE_NAME};
use crate::stage::Stage;
use crate::wait::{LATER, SOON, ensure, equal, until};
use crate::window::{Scheme, key};

const WORDS: &str = "the second capture shows up on our side too.";
const LATER_WORDS: &str = "Whoever takes this next: the refund leaves today.";

/// Writes one by keys alone, then half of one in the dark.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let [thread, _] = stage.threads_to_follow().await?;
    let id = thread.id();
    stage.window()?.click("nav-active").await?;
    let before = stage.desk.conversation(&id).await?;
    stage
        .step("A colleague is called in a note", async |stage, facts| {
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            window.press('m').await?;
            window.see("note-text").await?;
            let focused = "return document.activeElement?.dataset.testid === 'note-text'";
            until("the caret in the note", SOON, async || {
                Ok(window.script(focused).await?.as_bool().unwrap_or_default().then_some(()))
            })
            .await?;
            for sign in format!("@{}", &COLLEAGUE_NAME[..3]).chars() {
                window.press(sign).await?;
            }
            let offered =
                window.text_where("mentions", "who it may be", |text| text.contains(COLLEAGUE_NAME)).await?;
            facts.saw(format!("M, then \"@Jon\": \"{}\"", offered.replace('\n', " ")));
            Ok(())
        })
        .await?;

    let mut text = String::new();
    stage
        .step("A note is added", async |stage, facts| {
            let window = stage.window()?;
            window.press(key::ENTER).await?;
            let named = until("the name in the note", SOON, async || {
                let value = window.value("note-text").await?;
                Ok(value.ends_with(' ').then_some(value))
            })
            .await?;
            for sign in WORDS.chars() {
                window.press(sign).await?;
            }
            text = format!("{named}{WORDS}");
            equal("the note", window.value("note-text").await?, text.clone())?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            let shown = window
                .text_css_where("[data-testid=note]:last-of-type", "the note", |shown| shown.contains(WORDS))
                .await?;
            // On a slow machine its hold may be over by now.
            let waits = if shown.contains("Has not left yet") { "and waits its hold" } else { "and left" };
            facts.saw(format!("it stands in the thread at once, {waits}"));
            Ok(())
        })
        .await?;

    stage
        .step("The team has the note", async |stage, facts| {
            let mentions = until("the note at the desk", LATER, async || {
                let mut notes = stage.desk.conversation(&id).await?.notes(WORDS);
                ensure(notes.len() < 2, || "it is there twice".into())?;
                Ok(notes.pop())
            })
            .await?;
            equal("the note at the desk", &mentions.text, &text)?;
            equal("whom it calls", &mentions.calls, &vec![COLLEAGUE.to_owned()])?;
            let after = stage.desk.conversation(&id).await?;
            equal("what the customer was sent", after.sent(), before.sent())?;
            equal("whose turn it is", after.word("engagement"), before.word("engagement"))?;
            stage
                .window()?
                .text_css_where("[data-testid=note]:last-of-type", "the note", |shown| {
                    shown.contains(WORDS) && !shown.contains("Has not left yet")
                })
                .await?;
            facts.saw(format!("once, calling {}; the customer was sent nothing", mentions.calls.join(", ")));
            Ok(())
        })
        .await?;
    stage.close_window().await?;
    stage
        .step("A note in the dark", async |stage, facts| {
            stage.open_window(Scheme::Dark).await?;
            stage.window()?.see_within("row", LATER).await?;
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            window.click("write-note").await?;
            window.fill("note-text", "@Bil").await?;
            let team =
                window.text_where("mentions", "the team", |text| text.contains("All of Billing")).await?;
            window.fill("note-text", LATER_WORDS).await?;
            window.text_where("draft-state", "saved", |text| text.contains("saved")).await?;
            window.click("write-reply").await?;
            equal("the reply's own draft", window.value("composer").await?, String::new())?;
            window.click("write-note").await?;
            equal("the note's draft", window.value("note-text").await?, LATER_WORDS.to_owned())?;
            facts.saw(format!(
                "\"@Bil\": \"{}\"; yellow paper in the dark; reply and note keep their drafts apart",
                team.replace('\n', " ")
            ));
            Ok(())
        })
        .await?;
    stage.window()?.fill("note-text", "").await?;
    stage.close_window().await?;
    stage.open_window(Scheme::Light).await?;
    stage.window()?.see_within("row", LATER).await
}
