//! A job as a front end shows it: its figures in words, and what can be done with it now, with exact numbers.

use std::collections::HashSet;

use muster_engine::control::Abilities;
use muster_engine::{Account, Retryable, Undoable, sentence};
use muster_model::{Counts, EffectState, JobId, JobState, Relation, RemoteId};
use muster_store::{JobRow, Journal, StoreError};

use super::person;
use crate::wire::{CountsView, JobAbilities, JobView};
use crate::words::{count, moment, rfc3339};
use crate::{App, UiError};

/// What can be tried again or given back is counted item by item; in a list, of jobs up to this size.
const COUNTED_IN_LISTS: u64 = 500;
/// While a job runs, of jobs up to this size: a change on the click is undone before the help desk has all of it.
const COUNTED_WHILE_RUNNING: u64 = 50;

/// What a view says that does not stand in the job's row.
#[derive(Default)]
struct Beside {
    /// The name of the earlier job that it belongs to.
    earlier: Option<String>,
    /// The conversation, where it is about one.
    conversation: Option<String>,
    undone: u64,
    retried: u64,
    retry: Retryable,
    undo: Option<Undoable>,
}

impl App {
    pub(crate) async fn job_view(&self, account: &Account, id: JobId) -> Result<JobView, UiError> {
        let row = self.job_row(account, &id.to_string()).await?;
        self.view_of(account, row).await
    }

    pub(super) async fn view_of(&self, account: &Account, row: JobRow) -> Result<JobView, UiError> {
        let beside = self.beside(account, &row, true).await?;
        Ok(view(account, &row, beside))
    }

    /// Views for a list. What can be undone of a large job is said where the job is opened.
    pub(super) async fn job_views(
        &self,
        account: &Account,
        rows: Vec<JobRow>,
    ) -> Result<Vec<JobView>, UiError> {
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let beside = self.beside(account, &row, row.total <= COUNTED_IN_LISTS).await?;
            views.push(view(account, &row, beside));
        }
        Ok(views)
    }

    async fn beside(&self, account: &Account, row: &JobRow, counted: bool) -> Result<Beside, UiError> {
        let (stores, job, total, origin) =
            (account.stores().clone(), row.id, row.total, row.origin.as_ref().map(|origin| origin.job));
        let reached = row.opened > 0;
        let open = row.clone();
        let (earlier, conversation, undone, retried) = self
            .blocking(move || {
                let earlier = origin.map(|earlier| stores.journal.job(earlier)).transpose()?.flatten();
                let items = if total == 1 { stores.journal.items_page(job, &[], 0, 1)?.0 } else { vec![] };
                let undone = if reached { undone(&stores.journal, job)? } else { 0 };
                let retried = retried(&stores.journal, &open)?;
                let conversation = items.first().map(|item| item.id.to_string());
                Ok((earlier.map(|job| job.name), conversation, undone, retried))
            })
            .await?;
        let is_over = row.state.is_over();
        let retries = counted && is_over && row.counts.rejected + row.counts.skipped > 0;
        let undoes = counted && (is_over || row.total <= COUNTED_WHILE_RUNNING) && row.opened > 0;
        let retry =
            if retries { muster_engine::retryable(account, row.id).await? } else { Retryable::default() };
        let undo = if undoes { Some(muster_engine::undoable(account, row.id).await?) } else { None };
        Ok(Beside { earlier, conversation, undone, retried, retry, undo })
    }
}

/// How much of a job later ones gave back. An undo that was itself undone gives nothing back.
fn undone(journal: &Journal, job: JobId) -> Result<u64, StoreError> {
    let mut given_back = 0;
    for later in journal.jobs_pointing_to(job)? {
        let undoes = later.origin.as_ref().is_some_and(|origin| origin.relation == Relation::Undo);
        if undoes && later.counts.applied > 0 {
            given_back += later.counts.applied.saturating_sub(undone(journal, later.id)?);
        }
    }
    Ok(given_back)
}

/// How many items of a job that ended badly later ones brought to a good end.
fn retried(journal: &Journal, row: &JobRow) -> Result<u64, StoreError> {
    if row.counts.rejected + row.counts.unknown + row.counts.held == 0 {
        return Ok(0);
    }
    let mut reached = HashSet::new();
    reach(journal, row.id, &mut reached)?;
    if reached.is_empty() {
        return Ok(0);
    }
    let badly = [EffectState::Rejected, EffectState::Unknown, EffectState::Held];
    let (items, _) = journal.items_page(row.id, &badly, 0, usize::MAX)?;
    Ok(items.iter().filter(|item| reached.contains(&item.id)).count() as u64)
}

/// The conversations that were reached by what repeats a job, and by what repeats that.
fn reach(journal: &Journal, job: JobId, reached: &mut HashSet<RemoteId>) -> Result<(), StoreError> {
    for later in journal.jobs_pointing_to(job)? {
        let relation = later.origin.as_ref().map(|origin| &origin.relation);
        if !matches!(relation, Some(Relation::Retry | Relation::SentAgain)) {
            continue;
        }
        let (items, _) = journal.items_page(later.id, &[EffectState::Applied], 0, usize::MAX)?;
        reached.extend(items.into_iter().map(|item| item.id));
        reach(journal, later.id, reached)?;
    }
    Ok(())
}

fn view(account: &Account, row: &JobRow, beside: Beside) -> JobView {
    let (now, zone) = (account.clock().now(), account.clock().zone());
    let abilities = Abilities::of(row, now);
    let waits_for_its_time = matches!(row.state, JobState::Holding | JobState::Scheduled);
    JobView {
        id: row.id.to_string(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        icon: row.action.as_ref().map_or(row.kind.as_str(), |action| action.type_word()).to_owned(),
        title: sentence::title(row, beside.earlier.as_deref()),
        state: row.state.to_string(),
        pause: row.pause.as_ref().map(ToString::to_string),
        canary_waits: abilities.canary_waits,
        state_text: sentence::state_text(row, abilities.canary_waits, now, &zone),
        created: rfc3339(row.created),
        due: waits_for_its_time.then(|| rfc3339(row.due)),
        finished: row.finished.map(rfc3339),
        by: person(account, &row.me).name,
        mine: account.me().is_some_and(|me| me.handle == row.me),
        filter: row.filter.clone(),
        total: count(row.total),
        counts: counts_view(&row.counts),
        sent_only: counts_view(&sent_only(row)),
        sent_only_text: sentence::sent_only(row).join(", "),
        undone: count(beside.undone),
        retried: count(beside.retried),
        result: sentence::result(row),
        schedule: sentence::schedule(&row.sending, &zone),
        conversation: beside.conversation.clone(),
        may: may(account, row, &abilities, &beside),
    }
}

/// Those who have the reply and not what was to follow on it, by how their items stand.
fn sent_only(row: &JobRow) -> Counts {
    let mut counts = Counts::default();
    row.sent_only.iter().for_each(|sent| counts.add(&sent.state, sent.n));
    counts
}

fn may(account: &Account, row: &JobRow, abilities: &Abilities, beside: &Beside) -> JobAbilities {
    let undo = beside.undo.as_ref().filter(|undo| undo.n > 0);
    let is_draft = row.state == JobState::Draft;
    let received = row.kind == "reply" && row.state.is_over();
    JobAbilities {
        pause: abilities.pause,
        resume: abilities.resume,
        resume_label: sentence::resume_label(row, abilities.canary_waits),
        cancel: if is_draft { Some(count(row.counts.pending)) } else { abilities.cancel.map(count) },
        cancel_label: match abilities.cancel {
            _ if is_draft => "Discard the draft".to_owned(),
            Some(n) => sentence::cancel_label(row, n),
            None => String::new(),
        },
        take_back: abilities.take_back,
        retry: count(beside.retry.n()),
        retry_label: sentence::retry_label(row, beside.retry),
        undo: undo.map(|undo| count(undo.n)),
        undo_label: undo.map(|undo| sentence::undo_label(row, undo.n)).unwrap_or_default(),
        undo_text: beside.undo.as_ref().map(|undo| undo_text(account, undo)).unwrap_or_default(),
        again: if received { count(row.counts.applied + row.sent_only(|_| true)) } else { 0 },
        edit_schedule: abilities.edit_schedule,
        edit_batch: abilities.edit_batch,
        open_draft: is_draft,
    }
}

/// "Can be undone until Friday 29 May, 14:32. Stays as it is: 114 sent, cannot be recalled."
fn undo_text(account: &Account, undo: &Undoable) -> String {
    let (now, zone) = (account.clock().now(), account.clock().zone());
    let until = undo
        .until
        .filter(|_| undo.n > 0)
        .map(|until| format!("Can be undone until {}.", moment(until, now, &zone)));
    let stays: Vec<String> =
        undo.stays.iter().map(|(what, n)| format!("{} {what}", sentence::grouped(*n))).collect();
    let stays = (!stays.is_empty()).then(|| format!("Stays as it is: {}.", stays.join(", ")));
    until.into_iter().chain(stays).collect::<Vec<_>>().join(" ")
}

pub(super) fn counts_view(counts: &Counts) -> CountsView {
    CountsView {
        pending: count(counts.pending),
        sending: count(counts.sending),
        applied: count(counts.applied),
        rejected: count(counts.rejected),
        skipped: count(counts.skipped),
        unknown: count(counts.unknown),
        held: count(counts.held),
    }
}

/// How a job belongs to an earlier one, from both sides: "Retry of", "Retried by".
pub(super) fn relation_words(relation: &Relation) -> (&'static str, &'static str) {
    match relation {
        Relation::Undo => ("Undo of", "Undone by"),
        Relation::Retry => ("Retry of", "Retried by"),
        Relation::Again => ("Written to those of", "Written to again by"),
        Relation::SentAgain => ("Sent again from", "Sent again by"),
        Relation::Other(_) => ("Belongs to", "Followed by"),
    }
}
