//! First run: a wrong address and a wrong key end in a sentence that says what to do; the right ones in a list.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, until_told};
use crate::window::Scheme;

/// Signs in through the window and waits for the first sync.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("First run", async |stage, facts| {
            stage.open_window(Scheme::Light).await?;
            stage.window()?.see("first-run").await?;
            facts.saw("without an account the window asks for a help desk");
            Ok(())
        })
        .await?;

    stage
        .step("Wrong address", async |stage, facts| {
            let nobody = format!("http://127.0.0.1:{}", crate::webdriver::free_port()?);
            let key = stage.desk.key.clone();
            let said = refused(stage, &nobody, &key).await?;
            ensure(said.contains("Check the address"), || format!("\"{said}\" does not say what to do"))?;
            facts.saw(format!("\"{said}\""));
            Ok(())
        })
        .await?;

    stage
        .step("Wrong key", async |stage, facts| {
            let url = stage.desk.url.clone();
            let said = refused(stage, &url, "not-a-key-of-this-desk").await?;
            ensure(said.to_lowercase().contains("key"), || format!("\"{said}\" does not speak of the key"))?;
            facts.saw(format!("\"{said}\""));
            Ok(())
        })
        .await?;

    stage
        .step("Sign in", async |stage, facts| {
            let window = stage.window()?;
            window.fill("account-url", &stage.desk.url).await?;
            window.fill("account-key", &stage.desk.key).await?;
            window.click("account-add").await?;
            window.see_within("list", LATER).await?;
            window.see_within("row", LATER).await?;
            facts.saw("the list is there from the first page on");
            Ok(())
        })
        .await?;

    stage
        .step("First sync", async |stage, facts| {
            let at_the_desk = stage.desk.all().await?.len();
            let name = stage.account_name()?;
            until_told("the first sync to end", LATER, async || {
                let count = stage.ctl.must(&stage.session, &["count", &name, ""])?;
                let here = count["count"].as_u64().unwrap_or_default();
                if here == at_the_desk as u64 && count["complete"] == true {
                    Ok(Some(()))
                } else {
                    Err(format!("{here} of {at_the_desk} are here").into())
                }
            })
            .await?;
            stage.window()?.gone("sync-progress").await?;
            facts.saw(format!("the cache holds {at_the_desk} conversations, as many as the desk"));
            Ok(())
        })
        .await
}

/// Tries to sign in and returns what the window says about it.
async fn refused(stage: &Stage, url: &str, key: &str) -> Result<String> {
    let window = stage.window()?;
    window.fill("account-url", url).await?;
    window.fill("account-key", key).await?;
    window.click("account-add").await?;
    window
        .text_where_within("account-error", "what is wrong", LATER, |text| text.trim().ends_with('.'))
        .await
        .map(|text| text.trim().to_owned())
}
