//! The settings of an account: what the window sets, a terminal has, and the other way round.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{SOON, until_told};

/// Sets a hold and a limit in the window, and reads both in a terminal.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("How replies leave", async |stage, facts| {
            let window = stage.window()?;
            window.click("account-switcher").await?;
            window.click("account-settings").await?;
            window.see("setting-holdMany").await?;
            window.pick("setting-holdMany", "60").await?;
            let kept = settings_are(stage, "hold_many", 60).await?;
            facts.saw(format!("musterctl settings: a reply to many can be taken back for {kept} s"));
            Ok(())
        })
        .await?;
    // The other acts take back what they send within the usual time.
    stage.window()?.pick("setting-holdMany", "30").await?;
    settings_are(stage, "hold_many", 30).await?;
    stage
        .step("What is on this computer", async |stage, facts| {
            let window = stage.window()?;
            window.click("settings-storage").await?;
            let figures = window.text_where("storage-figures", "figures", |text| text.contains("MB")).await?;
            window.pick("setting-keepDays", "365").await?;
            settings_are(stage, "keep_days", 365).await?;
            facts.saw(figures.replace('\n', " "));
            Ok(())
        })
        .await?;
    stage.window()?.pick("setting-keepDays", "0").await?;
    stage.window()?.click("settings-back").await?;
    stage.window()?.see("list").await
}

/// Waits until `musterctl settings` says so.
async fn settings_are(stage: &Stage, key: &str, expected: u64) -> Result<u64> {
    let name = stage.account_name()?;
    until_told(key, SOON, async || {
        let said = stage.ctl.must(&stage.session, &["settings", &name])?;
        Ok((said[key] == expected).then_some(expected))
    })
    .await
}
