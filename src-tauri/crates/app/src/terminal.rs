//! What a terminal asks: the same use cases as the window's, on accounts by name, worked step by step.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_engine::{Account, Confirmation, Plan, sentence};
use muster_model::{Action, Change, Counts, JobId, RemoteId, Selection, StatusChange, Verdict, parse_snooze};
use muster_store::{JobFilter, JobRow, PageRequest, SyncState};
use serde::Serialize;

use crate::inbox::resolve;
use crate::{App, ConversationLine, ErrorCode, UiError};

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
    /// Verdicts whose recipients are dropped.
    pub skip: Vec<String>,
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

/// A job as the terminal prints it.
#[derive(Clone, Debug, Serialize)]
pub struct JobReport {
    /// Its id.
    pub job: String,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// Why it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// Exact figures.
    pub counts: Counts,
    /// "134 sent, 4 window closed, 2 voice"
    pub result: String,
    /// When it was confirmed.
    pub created: String,
}

/// A list as the terminal prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Without messages.
    pub conversations: Vec<ConversationLine>,
}

/// How working the journal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worked {
    /// Nothing is due any more.
    Idle,
    /// Another process works this account.
    Elsewhere,
    /// The help desk cannot be reached or refuses the key; what is left waits.
    Stopped(String),
}

impl From<&JobRow> for JobReport {
    fn from(row: &JobRow) -> Self {
        Self {
            job: row.id.to_string(),
            name: row.name.clone(),
            state: row.state.to_string(),
            paused: row.pause.as_ref().map(ToString::to_string),
            counts: row.counts,
            result: sentence::result(row),
            created: row.created.to_string(),
        }
    }
}

impl App {
    /// Opens an account by name, without its loops.
    ///
    /// # Errors
    /// When there is none of that name (the sentence lists the names), or it cannot be opened.
    pub async fn open_named(&self, name: &str) -> Result<Account, UiError> {
        let row = self.inner.registry.account_named(name)?.ok_or_else(|| self.no_such_account(name))?;
        self.open(row.id).await
    }

    /// Forgets an account by name.
    ///
    /// # Errors
    /// When there is none of that name, or the keychain or the disk refuses.
    pub async fn remove_named(&self, name: &str) -> Result<(), UiError> {
        let row = self.inner.registry.account_named(name)?.ok_or_else(|| self.no_such_account(name))?;
        self.remove_account(row.id).await
    }

    fn no_such_account(&self, name: &str) -> UiError {
        let names: Vec<String> =
            self.inner.registry.accounts().unwrap_or_default().into_iter().map(|row| row.name).collect();
        let rest = if names.is_empty() {
            "There is none yet: add one with musterctl account add.".to_owned()
        } else {
            format!("There is: {}.", names.join(", "))
        };
        UiError::new(ErrorCode::NotFound, format!("There is no account \"{name}\". {rest}"))
    }

    /// Rows that match, without messages.
    ///
    /// # Errors
    /// When the filter makes no sense or the cache cannot be read.
    pub async fn ls(&self, account: &Account, filter: &str, limit: usize) -> Result<Listing, UiError> {
        let resolved = resolve(account, filter)?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let rows = self
            .blocking(move || {
                Ok(stores.cache.list(&resolved, &overlay, &PageRequest { after: None, limit })?.rows)
            })
            .await?;
        Ok(Listing {
            conversations: rows.iter().map(|row| ConversationLine::new(&row.conversation)).collect(),
        })
    }

    /// How many match, and whether the cache covers the filter.
    ///
    /// # Errors
    /// When the filter makes no sense or the cache cannot be read.
    pub async fn count(&self, account: &Account, filter: &str) -> Result<(u64, bool), UiError> {
        let resolved = resolve(account, filter)?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        self.blocking(move || {
            Ok((stores.cache.count(&resolved.filter, &overlay)?, !stores.cache.sync_state()?.backfilling))
        })
        .await
    }

    /// A conversation with its messages, fetched where they are not here.
    ///
    /// # Errors
    /// When it is not on this computer, or its messages are not here and cannot be fetched.
    pub async fn show(&self, account: &Account, id: &str) -> Result<ConversationLine, UiError> {
        let id = RemoteId::from(id);
        let overlay = account.overlay().await?;
        let (cache, wanted) = (account.stores().cache.clone(), id.clone());
        let (base, cached) =
            self.blocking(move || Ok((cache.conversation(&wanted)?, cache.thread(&wanted)?))).await?;
        let conversation = base.map(|base| overlay.apply(base)).ok_or_else(|| {
            UiError::new(
                ErrorCode::NotFound,
                format!("Conversation {id} is not on this computer. Sync first, or check the id."),
            )
        })?;
        let messages = match cached {
            Some(cached) if cached.complete => cached.thread.messages,
            // What is here is better than nothing when the help desk does not answer.
            cached => match (account.fetch_thread(&id).await, cached) {
                (Ok(fresh), _) => fresh.thread.messages,
                (Err(_), Some(cached)) => cached.thread.messages,
                (Err(err), None) => return Err(err.into()),
            },
        };
        Ok(ConversationLine::new(&conversation).with_messages(&messages))
    }

    /// Makes the plan of a bulk request.
    ///
    /// # Errors
    /// When the selection or the change makes no sense.
    pub async fn bulk_plan(&self, account: &Account, request: BulkRequest) -> Result<Plan, UiError> {
        let change = self.bulk_change(&request)?;
        let action = match request.reply {
            Some(text) if text.trim().is_empty() => {
                return Err(UiError::new(ErrorCode::BadInput, "The reply is empty. Write something first."));
            }
            Some(text) => Action::Reply { text, mass: true, then: change, files: Vec::new() },
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
        if request.skip.is_empty() {
            return Ok(plan);
        }
        let edit = muster_engine::PlanEdit {
            drop: request.skip.iter().map(|word| Verdict::from(word.as_str())).collect(),
            ..plan.edit()
        };
        Ok(muster_engine::replan(account, &plan, edit).await?)
    }

    fn bulk_change(&self, request: &BulkRequest) -> Result<Change, UiError> {
        let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
        let mut change = self.change(&crate::wire::ChangeView {
            status: request.status.clone(),
            until: request.until.clone(),
            agent: request.assign.clone(),
            team: request.team.clone(),
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
            change.team = Some(None);
        }
        change.remove_all_tags = request.untag_all;
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

    /// Works the journal until nothing is due, if nobody else does.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn work(&self, account: &Account) -> Result<Worked, UiError> {
        Ok(match account.work_until_idle().await {
            Ok(()) => Worked::Idle,
            Err(muster_engine::WorkError::Elsewhere) => Worked::Elsewhere,
            Err(muster_engine::WorkError::Store(err)) => return Err(err.into()),
            Err(err) => Worked::Stopped(err.to_string()),
        })
    }

    /// Works or watches a job to its end; gives up waiting when the help desk is gone.
    ///
    /// # Errors
    /// When the store fails or the job is gone.
    pub async fn finish(
        &self,
        account: &Account,
        job: JobId,
        mut progress: impl FnMut(&JobReport) + Send,
    ) -> Result<JobReport, UiError> {
        loop {
            let worked = self.work(account).await?;
            let report = self.job_report(account, job).await?;
            progress(&report);
            let over = muster_model::JobState::from(report.state.as_str()).is_over();
            match worked {
                _ if over => return Ok(report),
                // Another process holds the lock: it works, we watch.
                Worked::Elsewhere => tokio::time::sleep(Duration::from_millis(200)).await,
                Worked::Idle | Worked::Stopped(_) => return Ok(report),
            }
        }
    }

    /// One job.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job_report(&self, account: &Account, job: JobId) -> Result<JobReport, UiError> {
        let stores = account.stores().clone();
        self.blocking(move || stores.journal.job(job))
            .await?
            .as_ref()
            .map(JobReport::from)
            .ok_or_else(|| UiError::new(ErrorCode::NotFound, format!("There is no job {job}.")))
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn job_reports(&self, account: &Account, filter: JobFilter) -> Result<Vec<JobReport>, UiError> {
        let stores = account.stores().clone();
        Ok(self.blocking(move || stores.journal.jobs(&filter)).await?.iter().map(JobReport::from).collect())
    }

    /// Syncs once, to the end.
    ///
    /// # Errors
    /// When the help desk cannot be reached or the store fails.
    pub async fn sync(
        &self,
        account: &Account,
        full: bool,
        progress: impl FnMut(SyncState) + Send,
    ) -> Result<SyncState, UiError> {
        match account.sync_once(full, progress).await {
            Ok(state) => Ok(state),
            Err(muster_engine::SyncError::Read(err)) => Err(err.into()),
            Err(muster_engine::SyncError::Store(err)) => Err(err.into()),
            Err(err) => Err(UiError::new(ErrorCode::Internal, err.to_string())),
        }
    }
}
