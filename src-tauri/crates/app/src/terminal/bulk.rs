//! `musterctl bulk`: what it is to do becomes a plan, and the plan a job.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use muster_engine::{Account, Confirmation, Plan, sentence};
use muster_model::{
    Action, Change, FileRef, JobId, RemoteId, Selection, StatusChange, Verdict, When, parse_snooze,
};
use serde::Serialize;

use super::assignee;
use crate::sending::sending_of;
use crate::wire::SendingView;
use crate::{App, ErrorCode, UiError};

/// What `bulk` is to do.
#[derive(Clone, Debug, Default)]
pub struct BulkRequest {
    /// The filter, or
    pub filter: Option<String>,
    /// exactly these.
    pub ids: Option<Vec<String>>,
    /// The job's name.
    pub name: Option<String>,
    /// `active`, `snoozed`, `done`, `archived`, `spam`
    pub status: Option<String>,
    /// The snooze grammar.
    pub until: Option<String>,
    /// An agent's handle.
    pub assign: Option<String>,
    /// A team's handle.
    pub team: Option<String>,
    /// Takes agent and team away.
    pub unassign: bool,
    /// Tags to add.
    pub tag: Vec<String>,
    /// Tags to remove.
    pub untag: Vec<String>,
    /// Removes every tag.
    pub untag_all: bool,
    /// A priority's word.
    pub priority: Option<String>,
    /// The reply with merge tags.
    pub reply: Option<String>,
    /// Blocks the contacts.
    pub block: bool,
    /// Deletes the conversations.
    pub delete: bool,
    /// Files that go with the reply.
    pub attach: Vec<PathBuf>,
    /// Verdicts whose recipients are dropped.
    pub skip: Vec<Verdict>,
    /// Writes to each person once, on the latest thread.
    pub once_per_person: bool,
    /// How it leaves; nobody watches a script, so it holds nothing back unless it says so.
    pub sending: SendingView,
}

/// A dry run: what would happen.
#[derive(Clone, Debug, Serialize)]
pub struct DryRun {
    /// How many would be changed or written to.
    pub count: usize,
    /// Members of the audience by verdict.
    pub verdicts: BTreeMap<String, usize>,
    /// The audience.
    pub recipients: Vec<DryRunRecipient>,
}

/// One member of the audience.
#[derive(Clone, Debug, Serialize)]
pub struct DryRunRecipient {
    /// The conversation.
    pub id: String,
    /// The person.
    pub name: String,
    /// The channel's word.
    pub channel: String,
    /// The verdict's word.
    pub verdict: String,
    /// Takes part.
    pub included: bool,
}

impl App {
    /// Makes the plan of a bulk request.
    ///
    /// # Errors
    /// When the selection, the change, a file or the schedule makes no sense.
    pub async fn bulk_plan(&self, account: &Account, request: BulkRequest) -> Result<Plan, UiError> {
        let change = self.bulk_change(account, &request)?;
        let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
        let sending = sending_of(&request.sending, 0, now, &zone)?;
        if let When::Drip(drip) = &sending.when
            && drip.start < now
        {
            return Err(bad("The drip would begin in the past. Write a later time, for example tomorrow."));
        }
        let action = match request.reply {
            Some(text) if text.trim().is_empty() => {
                return Err(UiError::new(ErrorCode::BadInput, "The reply is empty. Write something first."));
            }
            Some(text) => {
                let files = attach(account, &request.attach).await?;
                Action::Reply { text, mass: true, then: change, files, approved: None }
            }
            None if !request.attach.is_empty() => {
                return Err(UiError::new(
                    ErrorCode::BadInput,
                    "A file goes with a reply: name it with --reply-file.",
                ));
            }
            None if change.is_empty() => {
                return Err(UiError::new(
                    ErrorCode::BadInput,
                    "Nothing to do: name a change (--status, --assign, --tag, …) or a reply (--reply-file).",
                ));
            }
            None => Action::Change { change },
        };
        let selection = match (request.filter, request.ids) {
            (Some(filter), None) => Selection::AllMatching { filter, except: vec![] },
            (None, Some(ids)) => Selection::Ids { ids: ids.into_iter().map(RemoteId::from).collect() },
            _ => return Err(UiError::new(ErrorCode::BadInput, "Give either a filter or --ids FILE.")),
        };
        let plan = muster_engine::plan(account, selection, action, request.name).await?;
        all_are_here(&plan)?;
        let mut edit = plan.edit();
        edit.drop = request.skip.into_iter().collect::<BTreeSet<_>>();
        edit.once_per_person = request.once_per_person;
        edit.sending = sending;
        Ok(muster_engine::replan(account, &plan, edit).await?)
    }

    fn bulk_change(&self, account: &Account, request: &BulkRequest) -> Result<Change, UiError> {
        let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
        if let Some(tag) = request.tag.iter().find(|tag| request.untag.contains(tag)) {
            return Err(bad(format!(
                "\"{tag}\" cannot be added and removed at once. Leave one of them out."
            )));
        }
        let agent = request.assign.as_deref().map(|word| assignee::agent(account, word)).transpose()?;
        let team = request.team.as_deref().map(|word| assignee::team(account, word)).transpose()?;
        let mut change = self.change(&crate::wire::ChangeView {
            status: request.status.clone(),
            until: request.until.clone(),
            agent,
            team,
            add_tags: request.tag.clone(),
            remove_tags: request.untag.clone(),
            ..crate::wire::ChangeView::default()
        })?;
        if request.until.is_some() && !matches!(change.status, Some(StatusChange::Snoozed(_))) {
            // `--until` alone means snoozed.
            if change.status.is_some() {
                return Err(UiError::new(ErrorCode::BadInput, "--until goes with --status snoozed."));
            }
            let until = parse_snooze(request.until.as_deref().unwrap_or_default(), now, &zone)
                .map_err(|err| UiError::new(ErrorCode::BadInput, err.to_string()))?;
            change.status = Some(StatusChange::Snoozed(until));
        }
        if request.unassign {
            change.agent = Some(None);
            // Where every conversation is in a team, there is only the agent to take away.
            if account.capabilities().is_none_or(|can| can.no_team) {
                change.team = Some(None);
            }
        }
        change.remove_all_tags = request.untag_all;
        change.block = request.block;
        change.delete = request.delete;
        change.priority = request.priority.as_deref().map(|word| word.into());
        if let Some(muster_model::Priority::Other(word)) = &change.priority {
            return Err(UiError::new(
                ErrorCode::BadInput,
                format!("\"{word}\" is not a priority. Use none, low, medium, high or urgent."),
            ));
        }
        Ok(change)
    }

    /// What a plan would do.
    #[must_use]
    pub fn dry_run(plan: &Plan) -> DryRun {
        let mut verdicts = BTreeMap::new();
        for item in &plan.items {
            *verdicts.entry(item.verdict.to_string()).or_insert(0) += 1;
        }
        DryRun {
            count: plan.count(),
            verdicts,
            recipients: plan
                .items
                .iter()
                .map(|item| DryRunRecipient {
                    id: item.id.to_string(),
                    name: sentence::name_of(&item.conversation),
                    channel: item.conversation.channel.to_string(),
                    verdict: item.verdict.to_string(),
                    included: item.included,
                })
                .collect(),
        }
    }

    /// Confirms a plan as it is. `Conflict` means that it changed between planning and confirming.
    ///
    /// # Errors
    /// When it changed meanwhile, or the journal cannot be written.
    pub async fn confirm_plan(&self, account: &Account, plan: &Plan) -> Result<JobId, UiError> {
        match muster_engine::confirm(account, plan, plan.revision, plan.count()).await? {
            Confirmation::Job(job) => Ok(job),
            Confirmation::Conflict(now) => Err(UiError::new(
                ErrorCode::BadInput,
                format!(
                    "The conversations changed meanwhile: it would be {} now, not {}. Look again.",
                    now.count(),
                    plan.count()
                ),
            )),
        }
    }
}

/// Refuses a list that names conversations which are not here: whoever made the list believes that they take part.
fn all_are_here(plan: &Plan) -> Result<(), UiError> {
    let Selection::Ids { ids } = &plan.selection else { return Ok(()) };
    let here: BTreeSet<&RemoteId> = plan.items.iter().map(|item| &item.id).collect();
    let missing: BTreeSet<&RemoteId> = ids.iter().filter(|id| !here.contains(id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut named: Vec<String> = missing.iter().take(5).map(ToString::to_string).collect();
    if missing.len() > named.len() {
        named.push("…".to_owned());
    }
    let are = if missing.len() == 1 { "is" } else { "are" };
    Err(bad(format!(
        "{} of the ids {are} not on this computer: {}. Nothing was done. Sync first, or take them out.",
        missing.len(),
        named.join(", ")
    )))
}

fn bad(message: impl Into<String>) -> UiError {
    UiError::new(ErrorCode::BadInput, message)
}

/// Takes files into the journal.
async fn attach(account: &Account, paths: &[PathBuf]) -> Result<Vec<FileRef>, UiError> {
    let mut files = Vec::new();
    for path in paths {
        let bytes = tokio::fs::read(path).await.map_err(|err| {
            UiError::new(ErrorCode::BadInput, format!("{} cannot be read: {err}.", path.display()))
        })?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(muster_engine::attach(account, &name, media_type(path), bytes).await?);
    }
    Ok(files)
}

/// The media type of what is usually attached; anything else is just bytes.
fn media_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "zip" => "application/zip",
        "ics" => "text/calendar",
        _ => "application/octet-stream",
    }
}
