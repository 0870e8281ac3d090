//! Without a keyring: the window says so instead of asking for anything, and goes on when the keyring is back.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure};
use crate::window::Scheme;

/// Opens the window while there is no Secret Service.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.close_window().await?;
    stage
        .step("No keychain", async |stage, facts| {
            stage.session.end_keyring();
            stage.open_window(Scheme::Light).await?;
            let window = stage.window()?;
            window.see_within("health-try", LATER).await?;
            let said = window.text_css("[data-testid^=health-]").await?;
            ensure(said.to_lowercase().contains("keychain"), || format!("it says \"{said}\""))?;
            let name = stage.account_name()?;
            let terminal = stage.ctl.run(&stage.session, &["count", &name, ""])?;
            ensure(terminal.code == 1, || format!("musterctl ended with {}", terminal.code))?;
            facts.saw(format!("the window: \"{said}\""));
            facts.saw(format!("musterctl: \"{}\"", terminal.complaint));
            Ok(())
        })
        .await?;

    stage
        .step("The keychain is back", async |stage, facts| {
            stage.session.bring_back_keyring().await?;
            stage.window()?.click("health-try").await?;
            stage.window()?.see_within("row", LATER).await?;
            facts.saw("Try again opens the list; nothing was lost");
            Ok(())
        })
        .await?;
    stage.close_window().await
}
