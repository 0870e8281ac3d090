//! Following: a new message in a followed conversation is told by the system, and a click on it opens that thread.

use super::look;
use crate::Result;
use crate::desk::Conversation;
use crate::notifications;
use crate::stage::Stage;
use crate::wait::{LATER, equal, until};
use crate::window::key;

const TOLD: &str = "I have found the second invoice, it is attached now";
const NOT_TOLD: &str = "Nobody follows this conversation, so nobody is told";

/// Follows one conversation and not its neighbour.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let mut followed: Option<Conversation> = None;
    let mut other: Option<Conversation> = None;
    stage
        .step("Follow", async |stage, facts| {
            let mut two = stage.threads_to_follow().await?.into_iter();
            let (one, neighbour) = (two.next().ok_or("no thread")?, two.next().ok_or("no second thread")?);
            stage.open_thread(&one).await?;
            stage.window()?.click("follow").await?;
            let id = one.id();
            until("the follower at the desk", LATER, async || {
                Ok(stage.desk.conversation(&id).await?.is_followed().then_some(()))
            })
            .await?;
            facts.saw(format!("{id} is followed, at the desk too"));
            stage.open_thread(&neighbour).await?;
            equal("notifications so far", stage.heard.all().len(), 0)?;
            facts.saw("the first sync told nothing, and neither did our own replies");
            (followed, other) = (Some(one), Some(neighbour));
            Ok(())
        })
        .await?;
    let (Some(followed), Some(other)) = (followed, other) else { return Err("nothing is followed".into()) };

    stage
        .step("Told by the system", async |stage, facts| {
            stage.desk.customer_writes(&other.id(), NOT_TOLD).await?;
            stage.desk.customer_writes(&followed.id(), TOLD).await?;
            let told = stage.heard.wait_for(TOLD).await?;
            facts.saw(format!("over the session bus: \"{}\" / \"{}\"", told.summary, told.body));
            stage.desk.customer_writes(&other.id(), NOT_TOLD).await?;
            stage.until_cached(&other.id(), NOT_TOLD).await?;
            equal("notifications", stage.heard.all().len(), 1)?;
            let text = format!("{} {}", told.summary, told.body);
            for expected in [followed.name(), followed.word("subject")] {
                crate::wait::ensure(text.contains(expected), || {
                    format!("\"{text}\" does not name \"{expected}\"")
                })?;
            }
            facts.saw("the message in the other conversation arrived and was not told");
            Ok(())
        })
        .await?;

    stage
        .step("A click on it opens the thread", async |stage, facts| {
            notifications::click(&stage.session)?;
            let id = followed.id();
            until("the followed thread to open", LATER, async || {
                Ok((look::open_thread(stage).await? == id).then_some(()))
            })
            .await?;
            stage.window()?.text_where("thread", "the new message", |text| text.contains(TOLD)).await?;
            notifications::close_all(&stage.session)?;
            facts.saw(format!("the window shows {id} with the new message"));
            Ok(())
        })
        .await?;

    stage
        .step("A plain reply", async |stage, facts| {
            let window = stage.window()?;
            window.fill("composer", "Thank you, we have it now.").await?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            let id = followed.id();
            until("the reply at the desk", LATER, async || {
                let sent = stage.desk.conversation(&id).await?;
                Ok((sent.sent().iter().filter(|text| text.contains("we have it now")).count() == 1)
                    .then_some(()))
            })
            .await?;
            stage.window()?.text_where("thread", "the reply", |text| text.contains("we have it now")).await?;
            equal("notifications after our own reply", stage.heard.all().len(), 1)?;
            facts.saw("it is in the thread, once at the desk, and nobody was told of it");
            Ok(())
        })
        .await
}
