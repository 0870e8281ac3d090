//! A file of a message: a click puts exactly what the desk holds into the folder for downloads.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::css;

/// Saves a customer's picture, twice.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.window()?.click("nav-active").await?;
    stage
        .step("A customer's file is saved", async |stage, facts| {
            let (thread, file) = stage.desk.a_file("image/").await?;
            let held = stage.desk.file(&file.id).await?;
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            let selector = format!("{}[data-id=\"{}\"]", css("attachment"), file.id);
            let (stem, extension) = file.name.rsplit_once('.').ok_or("a picture without an extension")?;
            for name in [file.name.clone(), format!("{stem} (2).{extension}")] {
                // In a long thread it may stand half under the head.
                let seen = format!(
                    "const file = document.querySelector({}); file?.scrollIntoView({{ block: 'center' }}); return !!file;",
                    serde_json::json!(selector)
                );
                until("the file in the thread", LATER, async || {
                    Ok(window.script(&seen).await?.as_bool().unwrap_or_default().then_some(()))
                })
                .await?;
                window.click_css(&selector).await?;
                let said = window
                    .text_where_within("file-saved", "where it is", LATER, |text| text.contains(&name))
                    .await?;
                let path = stage.session.downloads().join(&name);
                let saved = until("the file", LATER, async || Ok(std::fs::read(&path).ok())).await?;
                ensure(saved == held, || {
                    format!("{name} has {} bytes, the desk's has {}", saved.len(), held.len())
                })?;
                facts.saw(format!("\"{}\": {} bytes as at the desk", said.replace('\n', " "), held.len()));
                window.until_strip_is_quiet().await?;
            }
            let saved = std::fs::read_dir(stage.session.downloads())?.filter_map(std::result::Result::ok);
            let ours = saved.filter(|entry| entry.file_name().to_string_lossy().starts_with(stem));
            equal("files of this name", ours.count(), 2)?;
            Ok(())
        })
        .await
}
