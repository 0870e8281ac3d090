//! The same bulk steps on real mail: a help desk built from a mail archive, where there is one.

use crate::Result;
use crate::audience::{Audience, each_has_it_once};
use crate::ctl::Ctl;
use crate::desk::Desk;
use crate::stage::Stage;
use crate::wait::{ensure, equal};
use std::path::Path;

const MESSAGE: &str = "Thank you for writing to the list; this went to each thread exactly once.";

/// Where the archive lies, seen from the repository's root.
const ARCHIVE: &str = "../shared/data/list-mail.mbox";

/// Lists, reads, searches and answers real mail.
pub async fn play(stage: &mut Stage) -> Result<()> {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join(ARCHIVE);
    if !archive.exists() {
        println!("  – LEFT OUT: real mail. There is no archive at {ARCHIVE}.");
        return Ok(());
    }
    let archive = archive.to_string_lossy().into_owned();
    let desk = Desk::start(&stage.session, "mail", &["--mbox", &archive]).await?;
    let ctl = Ctl::new(stage.session.scratch().join("mail-data"));
    stage
        .step("Real mail: every thread listed, readable, searchable", async |stage, facts| {
            let add = ["account", "add", "mail", "--kind", "muster", "--url", &desk.url, "--key-stdin"];
            let added = ctl.run_with_input(&stage.session, &add, &desk.key)?;
            ensure(added.code == 0, || added.complaint.clone())?;
            ctl.must(&stage.session, &["sync", "mail"])?;
            let threads = desk.all().await?;
            let listed = ctl.must(&stage.session, &["ls", "mail", "", "--limit", "100000"])?;
            let listed = listed["conversations"].as_array().map_or(0, Vec::len);
            equal("threads listed", listed, threads.len())?;
            for thread in &threads {
                let id = thread.id();
                let here = ctl.must(&stage.session, &["show", "mail", &id])?;
                let there = desk.conversation(&id).await?;
                equal(
                    &format!("messages of {id}"),
                    here["messages"].as_array().map_or(0, Vec::len),
                    there.message_count(),
                )?;
                let Some(word) = there.received().first().and_then(|text| longest_word(text)) else {
                    continue;
                };
                let found =
                    ctl.must(&stage.session, &["ls", "mail", &format!("\"{word}\""), "--limit", "100000"])?;
                let hit = found["conversations"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|one| one["id"] == id.as_str());
                ensure(hit, || format!("\"{word}\" does not find {id}"))?;
            }
            facts.saw(format!("{listed} threads: each listed, with all of its messages, and found by a word of its first one"));
            Ok(())
        })
        .await?;

    stage
        .step("Real mail: a mass reply reaches each once", async |stage, facts| {
            let file = stage.session.scratch().join("mail-reply.txt");
            std::fs::write(&file, MESSAGE)?;
            let file = file.to_string_lossy().into_owned();
            let audience = Audience { reached: ids(&desk).await?, ..Audience::default() };
            let said = ctl.run(
                &stage.session,
                &["bulk", "mail", "", "--reply-file", &file, "--status", "done", "--yes"],
            )?;
            ensure(said.code == 0, || format!("musterctl ended with {}: {}", said.code, said.complaint))?;
            equal("applied", said.json["counts"]["applied"].as_u64(), Some(audience.reached.len() as u64))?;
            each_has_it_once(&desk, &audience, MESSAGE).await?;
            facts.saw(format!("{} threads hold it once", audience.reached.len()));
            Ok(())
        })
        .await
}

async fn ids(desk: &Desk) -> Result<Vec<String>> {
    Ok(desk.all().await?.iter().map(crate::desk::Conversation::id).collect())
}

/// The longest plain word of a text.
fn longest_word(text: &str) -> Option<&str> {
    let words = text.split(|sign: char| !sign.is_ascii_alphabetic());
    words.filter(|word| (6..30).contains(&word.len())).max_by_key(|word| word.len())
}
