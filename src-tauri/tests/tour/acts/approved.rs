//! WhatsApp after its 24 hours: no text of one's own goes, one of the help desk's approved texts does.

use crate::Result;
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::key;

const TEXT: &str = "issue_resolved";

/// Sends one, with the customer's first name in its gap.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage.window()?.click("nav-active").await?;
    stage
        .step("An approved text after the window closed", async |stage, facts| {
            let closed = stage.desk.segment("status=active&channel=whatsapp&window=closed").await?;
            let mut named =
                closed.into_iter().filter(|one| !one.word("subject").is_empty() && !one.name().is_empty());
            let thread = named.next().ok_or("no WhatsApp conversation with a closed window")?;
            let id = thread.id();
            let before = stage.desk.conversation(&id).await?.sent().len();
            stage.open_thread(&thread).await?;
            let window = stage.window()?;
            let said =
                window.text_where("composer-blocked", "why", |text| text.contains("Window closed")).await?;
            ensure(!window.sees("composer").await?, || "a free text is offered".into())?;
            window.pick("approved-text", TEXT).await?;
            window.fill("approved-gap", "{{customer_first_name|there}}").await?;
            let first = thread.name().split(' ').next().unwrap_or_default().to_owned();
            let reads =
                window.text_where("approved-preview", "it filled in", |text| text.contains(&first)).await?;
            ensure(!reads.contains("{{"), || format!("the preview shows a tag: \"{reads}\""))?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            let sent = until("the approved text at the desk", LATER, async || {
                let now = stage.desk.conversation(&id).await?;
                Ok(now.sent().get(before).map(|text| (*text).to_owned()))
            })
            .await?;
            ensure(!sent.contains("{{"), || format!("a gap or a tag is left: \"{sent}\""))?;
            equal("how often", stage.desk.conversation(&id).await?.sent().len(), before + 1)?;
            facts.saw(format!("\"{}\"; at the desk: \"{sent}\"", said.replace('\n', " ")));
            Ok(())
        })
        .await
}
