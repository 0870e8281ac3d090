//! A help desk that nobody here wrote: signs in to a real Request Tracker in the window, resolves many, writes to many, and
//! lets RT's own data and outbox say what became of it. Left out, loudly, where it is not installed.

use std::collections::BTreeMap;
use std::path::Path;

use super::{look, mass_reply, select};
use crate::Result;
use crate::request_tracker::{Server, missing};
use crate::stage::Stage;
use crate::wait::{LATER, ensure, equal, until};
use crate::window::{key, number};

/// Fewer than what opens the plan page; and how RT itself is asked for them. A stalled ticket is active for us where the
/// customer wrote last, which no query of RT's tells: those are counted apart.
const RESOLVED: &str = "is:active team:shipping assignee:chloe";
const RESOLVED_THERE: &str =
    "Status = '__Active__' AND Status != 'stalled' AND Queue = 'Shipping' AND Owner = 'chloe'";
const STALLED_THERE: &str = "Status = 'stalled' AND Queue = 'Shipping' AND Owner = 'chloe'";
const WRITTEN_TO: &str = "is:active team:billing";
const MESSAGE: &str =
    "Hello {{customer_first_name|there}}, the parcels of last week are found and on their way.";
/// Whoever was written to may be done by now.
const NOTED: &str = "team:billing";
const NOTE: &str = "The depot has the parcel, it leaves today.";
const MARK: &str = "the parcels of last week are found";

/// Signs in, syncs, filters, resolves, writes.
pub async fn play(stage: &mut Stage) -> Result<()> {
    if let Some(why) = missing() {
        println!("  LEFT OUT: Request Tracker in the window: {why}");
        return Ok(());
    }
    let target = Path::new(env!("CARGO_BIN_EXE_muster")).ancestors().nth(2).unwrap_or(Path::new("target"));
    let server = Server::start(Path::new(env!("CARGO_MANIFEST_DIR")), target)?;
    let data = stage.session.scratch().join("request-tracker");
    // An act before it left its own window open.
    stage.close_window().await?;
    stage.open_window_on(&data).await?;
    sign_in(stage, &server).await?;
    resolve(stage, &server).await?;
    write(stage, &server).await?;
    note(stage, &server).await?;
    stage.close_window().await
}

async fn sign_in(stage: &mut Stage, server: &Server) -> Result<()> {
    stage
        .step("Sign in to Request Tracker", async |stage, facts| {
            let window = stage.window()?;
            window.see("first-run").await?;
            window.fill("account-url", &server.url).await?;
            let found = window
                .text_where("account-found", "what it is", |text| text.contains("Request Tracker"))
                .await?;
            let where_to = window.text("account-where").await?;
            window.fill("account-key", &server.key("anna")?).await?;
            window.text_where("account-me", "whose key it is", |text| text.contains("Anna")).await?;
            let cannot =
                window.text_where("first-run", "what it cannot do", |text| text.contains("Snooze")).await?;
            ensure(cannot.contains("Archived"), || format!("nothing is said of Archived: {cannot}"))?;
            facts.saw(format!("the address alone says: \"{}\"; \"{}\"", found.trim(), where_to.trim()));
            Ok(())
        })
        .await?;
    stage
        .step("Request Tracker synced", async |stage, facts| {
            let window = stage.window()?;
            window.click("account-add").await?;
            window.see_within("row", LATER).await?;
            window.gone("sync-progress").await?;
            let there = server.count("anna", RESOLVED_THERE).await?;
            ensure(there > 4, || format!("only {there} tickets to resolve"))?;
            let stalled = server.count("anna", STALLED_THERE).await?;
            look::set_filter(stage, RESOLVED).await?;
            let is_one_of_them = |here: u64| (there..=there + stalled).contains(&here);
            let shown = stage
                .window()?
                .text_where_within("list-total", "as many as RT has", LATER, |text| {
                    number(text).is_some_and(is_one_of_them)
                })
                .await?;
            let waiting = number(&shown).unwrap_or_default().saturating_sub(there);
            facts.saw(format!(
                "`{RESOLVED}` shows \"{shown}\": {there} that are new or open at RT, and {waiting} of its {stalled} stalled \
                 ones, where the customer wrote last"
            ));
            Ok(())
        })
        .await
}

async fn resolve(stage: &mut Stage, server: &Server) -> Result<()> {
    stage
        .step("Resolved in bulk at Request Tracker", async |stage, facts| {
            all_matching(stage).await?;
            let window = stage.window()?;
            ensure(!window.sees("bulk-snooze").await?, || "a snooze is offered that RT cannot keep".into())?;
            let count = select::selected(stage).await?;
            let stalled = server.count("anna", STALLED_THERE).await?;
            let waiting = count.saturating_sub(server.count("anna", RESOLVED_THERE).await?);
            window.click("bulk-status").await?;
            window.click("status-done").await?;
            until("RT to have none of them new or open any more", LATER, async || {
                Ok((server.count("anna", RESOLVED_THERE).await? == 0).then_some(()))
            })
            .await?;
            let left = until("the stalled ones among them to be resolved", LATER, async || {
                let left = server.count("anna", STALLED_THERE).await?;
                Ok((left + waiting == stalled).then_some(left))
            })
            .await?;
            facts.saw(format!(
                "{count} done on the click, without a snooze in the bar; RT calls them resolved, and {left} stalled ones, \
                 where we wrote last, are as they were"
            ));
            Ok(())
        })
        .await
}

async fn write(stage: &mut Stage, server: &Server) -> Result<()> {
    stage
        .step("Mass reply at Request Tracker", async |stage, facts| {
            look::set_filter(stage, WRITTEN_TO).await?;
            stage.window()?.until_strip_is_quiet().await?;
            all_matching(stage).await?;
            let count = select::selected(stage).await?;
            let window = stage.window()?;
            mass_reply::write(window, MESSAGE).await?;
            mass_reply::hold_none(window).await?;
            window.text_where("plan-confirm", "the number", |text| number(text) == Some(count)).await?;
            mass_reply::confirm(window, usize::try_from(count)?).await?;
            window
                .text_where_within("job-result", "the number sent", LATER, |text| number(text) == Some(count))
                .await?;
            let mut mails: BTreeMap<String, usize> = BTreeMap::new();
            // RT also tells the owners, who are agents.
            for mail in server.outbox()? {
                if mail.text.contains(MARK) && !mail.to.contains("@desk.test") {
                    *mails.entry(mail.to).or_default() += 1;
                }
            }
            equal("requestors with mail", mails.len() as u64, count)?;
            ensure(mails.values().all(|times| *times == 1), || format!("{mails:?}"))?;
            facts.saw(format!("{count} requestors have one mail each in RT's outbox"));
            Ok(())
        })
        .await
}

async fn note(stage: &mut Stage, server: &Server) -> Result<()> {
    stage
        .step("A note at Request Tracker", async |stage, facts| {
            look::set_filter(stage, NOTED).await?;
            let window = stage.window()?;
            window.until_strip_is_quiet().await?;
            window.click_nth("row", 0).await?;
            window.see_within("message", LATER).await?;
            let ticket = look::open_thread(stage).await?;
            let before = server.correspondence(&ticket).await?.len();
            window.click("write-note").await?;
            window.fill("note-text", NOTE).await?;
            window.chord(&[key::CONTROL], key::ENTER).await?;
            let notes = until("the comment at RT", LATER, async || {
                let comments = server.texts(&ticket, "Comment").await?;
                let ours = comments.into_iter().filter(|text| text.contains(NOTE)).count();
                Ok((ours > 0).then_some(ours))
            })
            .await?;
            equal("comments", notes, 1)?;
            equal("what the requestor was sent", server.correspondence(&ticket).await?.len(), before)?;
            let told = server.outbox()?.into_iter().filter(|mail| mail.text.contains(NOTE));
            equal("requestors told of it", told.filter(|mail| !mail.to.contains("@desk.test")).count(), 0)?;
            facts.saw(format!("ticket {ticket} has it once, as a comment; no requestor was told"));
            Ok(())
        })
        .await
}

/// Selects everything that the filter matches, also where all of it is shown.
async fn all_matching(stage: &Stage) -> Result<()> {
    select::pick(stage, 0).await?;
    stage.window()?.click("all-matching").await
}
