//! Two processes, one worker: while the window is open, `musterctl` confirms a mass reply and the window sends it.

use crate::Result;
use crate::audience::each_has_it_once;
use crate::stage::Stage;
use crate::wait::{ensure, equal};
use std::os::unix::fs::MetadataExt;

const MESSAGE: &str = "Sent once although two programs were looking at the same journal.";

/// Confirms in one process, sends in the other.
pub async fn play(stage: &mut Stage) -> Result<()> {
    stage
        .step("musterctl while the window is open", async |stage, facts| {
            let owner = lock_owner(&stage.session.data())?;
            equal("the process that holds account.lock", owner, stage.window()?.process()?)?;
            let tag = stage.small_tag().await?;
            let audience = stage.audience(&tag).await?;
            let file = stage.session.scratch().join("reply.txt");
            std::fs::write(&file, MESSAGE)?;
            let (name, filter) = (stage.account_name()?, format!("is:active tag:{tag}"));
            let file = file.to_string_lossy().into_owned();
            let arguments = ["bulk", &name, &filter, "--reply-file", &file, "--yes"];
            let said = stage.ctl.run(&stage.session, &arguments)?;
            ensure(said.code == 0, || format!("musterctl ended with {}: {}", said.code, said.complaint))?;
            equal("applied", said.json["counts"]["applied"].as_u64(), Some(audience.reached.len() as u64))?;
            each_has_it_once(&stage.desk, &audience, MESSAGE).await?;
            equal("the process that holds account.lock afterwards", lock_owner(&stage.session.data())?, owner)?;
            facts.saw(format!(
                "musterctl confirmed {} replies, process {owner} (the window) held the lock throughout, each arrived once",
                audience.reached.len()
            ));
            Ok(())
        })
        .await
}

/// Who holds the lock of the only account, by the kernel's own list.
fn lock_owner(data: &std::path::Path) -> Result<u32> {
    let lock = crate::files::below(data)?
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name == "account.lock"))
        .ok_or("there is no account.lock")?;
    let inode = format!(":{}", lock.metadata()?.ino());
    let locks = std::fs::read_to_string("/proc/locks")?;
    let line = locks.lines().find(|line| line.split_whitespace().any(|word| word.ends_with(&inode)));
    let owner = line.and_then(|line| line.split_whitespace().nth(4)).ok_or("nobody holds account.lock")?;
    Ok(owner.parse()?)
}
