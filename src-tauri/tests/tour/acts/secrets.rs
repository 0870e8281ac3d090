//! Where the key is, and where neither the key nor anything a customer wrote may be read.

use crate::Result;
use crate::files;
use crate::stage::Stage;
use crate::wait::ensure;

/// Looks into the keyring, every file, every log and every command line.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("The key is in the Secret Service", async |stage, facts| {
            facts.without_picture();
            let found = stage.session.output("secret-tool", &["search", "--all", "service", "app.muster"])?;
            ensure(found.contains(&stage.desk.key), || "the Secret Service does not hold the key".into())?;
            facts.saw("secret-tool finds it under the service app.muster");
            Ok(())
        })
        .await?;

    stage
        .step("The key is nowhere else", async |stage, facts| {
            facts.without_picture();
            let places = stage.session.written();
            let found = files::holding(&places, std::slice::from_ref(&stage.desk.key))?;
            ensure(found.is_empty(), || format!("the key stands in {}", found.join(", ")))?;
            let lines = files::command_lines();
            ensure(lines.iter().all(|line| !line.contains(&stage.desk.key)), || {
                "the key is in a command line".into()
            })?;
            let files =
                places.iter().map(|place| files::below(place)).collect::<Result<Vec<_>>>()?.concat().len();
            facts.saw(format!(
                "grep finds it in none of {files} files of data, caches and logs, nor in {} command lines",
                lines.len()
            ));
            Ok(())
        })
        .await?;

    stage
        .step("Nothing of a customer can be read on the disk", async |stage, facts| {
            facts.without_picture();
            let mut words = Vec::new();
            for one in stage.desk.all().await?.iter().step_by(10) {
                let thread = stage.desk.conversation(&one.id()).await?;
                words.extend(thread.email().map(str::to_owned));
                words.extend(thread.received().iter().filter_map(|text| files::telling(text)));
            }
            ensure(words.len() > 100, || {
                format!("only {} addresses and sentences to look for", words.len())
            })?;
            let at_the_desk = files::holding(&[stage.desk.data().to_owned()], &words)?;
            ensure(!at_the_desk.is_empty(), || "the search does not even find them at the desk".into())?;
            let found = files::holding(&stage.session.written(), &words)?;
            ensure(found.is_empty(), || format!("can be read: {}", found.join(", ")))?;
            facts.saw(format!(
                "grep finds none of {} addresses and sentences, which it does find in the desk's own file",
                words.len()
            ));
            Ok(())
        })
        .await
}
