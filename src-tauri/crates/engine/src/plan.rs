//! A plan: a change or a reply applied to a frozen audience, with a verdict per recipient. Costs nothing, sends nothing.
//!
//! The audience is frozen from what the agent sees, cache ⊕ pending effects, and stays frozen through every edit. The
//! number on the button is [`Plan::count`], and [`crate::confirm()`] keeps it as a promise.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{Timestamp, tz::TimeZone};
use muster_helpdesk::Capabilities;
use muster_model::{
    Action, AudienceItem, Effect, FilterError, JobId, JobState, Me, Origin, PlanId, Query, RemoteId,
    RenderedPart, Resolved, ScheduleError, Selection, Sending, Template, Verdict,
};
use muster_store::{Coverage, NewJob, Recipients, StoreError};
use thiserror::Error;
use uuid::Uuid;

use crate::blocking::blocking;
use crate::verdict::Finding;
use crate::{Account, sentence};

mod canary;
mod edit;
mod files;
mod hold;
mod item;
mod matching;
mod saved;
mod scene;
mod spot;
mod test_message;
#[cfg(test)]
mod tests;

pub use edit::{PlanEdit, replan};
pub use files::{attach, attached};
pub use hold::usual_hold;
pub use item::{Group, PlanItem};
pub use matching::{add_matching, more_matching};
pub use saved::{open_saved_plan, save_plan};
pub use spot::spot_check;
pub use test_message::test_message;

pub(crate) use edit::refresh;
pub(crate) use files::lost_file;

use scene::{Scene, Seen};

/// Why there is no plan, or why it was not confirmed.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The filter of the selection cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The cache or the journal cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The role does not allow it.
    #[error("{0}")]
    NotPermitted(String),
    /// Nobody knows yet whose key it is, so nobody knows what it may do.
    #[error(
        "The help desk has not said yet whose key this is. Connect once, then nothing here needs the network."
    )]
    NotSignedIn,
    /// A reply without text.
    #[error("There is no text yet. Write the message first.")]
    NoText,
    /// A change that changes nothing.
    #[error("Nothing to do: no change was chosen.")]
    NoChange,
    /// Nobody in the audience takes part; the sentence says why.
    #[error("{0}")]
    Nobody(String),
    /// More than an act on the click may touch, or something that cannot be undone.
    #[error("Look at the plan first: this touches {count} conversations.")]
    NeedsALook {
        /// How many.
        count: usize,
    },
    /// Somebody wrote while it was confirmed.
    #[error("Somebody wrote in the meantime. Read it, then decide again.")]
    AnsweredMeanwhile,
    /// The schedule makes no sense.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A file cannot be attached, or is not here any more.
    #[error("{0}")]
    File(String),
    /// The test message was not sent.
    #[error("{0}")]
    NotTested(String),
    /// It would leave in the past.
    #[error("{0}")]
    TimeIsOver(String),
    /// The draft that the plan was opened from is gone.
    #[error("This draft was sent or discarded meanwhile, perhaps in another window. Make the plan again.")]
    DraftIsGone,
}

/// Why nothing is written in an account that is a file.
pub const READ_ONLY: &str = "This account is a file that was imported: it can be read, and nothing in it can be changed \
     or sent. Make the change at the help desk that it came from.";

/// A change or a reply applied to a frozen audience.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Ours. The job that it becomes has the same number, so that one plan can be confirmed once only.
    pub id: PlanId,
    /// Rises with every edit; confirm names the one that the agent saw.
    pub revision: u32,
    /// What people will call the job.
    pub name: String,
    /// What to do.
    pub action: Action,
    /// Whom, symbolically.
    pub selection: Selection,
    /// The filter as typed, where the selection is one.
    pub filter: Option<String>,
    /// The filter as meant.
    pub resolved: Option<Resolved>,
    /// When the audience was frozen.
    pub frozen_at: Timestamp,
    /// The audience, each with its verdict.
    pub items: Vec<PlanItem>,
    /// Groups dropped by hand.
    pub drop: BTreeSet<Verdict>,
    /// Recipients left out by hand.
    pub leave_out: BTreeSet<RemoteId>,
    /// Values typed for single recipients, by the tag's name.
    pub fills: BTreeMap<RemoteId, BTreeMap<String, String>>,
    /// Each person is written to once, on the latest thread.
    pub once_per_person: bool,
    /// How much of what the filter matches the cache holds; more may match once it holds more.
    pub coverage: Coverage,
    /// How it leaves.
    pub sending: Sending,
    /// The earlier job that it belongs to.
    pub origin: Option<Origin>,
    /// The draft that it was opened from.
    pub saved_as: Option<JobId>,
    /// The name as typed; a name that was never typed follows the plan.
    named: Option<String>,
    /// What the databases were at when the audience was frozen.
    seen: Seen,
    pub(crate) capabilities: Option<Capabilities>,
    pub(crate) zone: TimeZone,
}

/// What a plan begins with.
struct Start {
    selection: Selection,
    action: Action,
    name: Option<String>,
    drop: BTreeSet<Verdict>,
    leave_out: BTreeSet<RemoteId>,
    fills: BTreeMap<RemoteId, BTreeMap<String, String>>,
    once_per_person: bool,
    sending: Sending,
    origin: Option<Origin>,
    saved_as: Option<JobId>,
}

impl Start {
    fn new(selection: Selection, action: Action) -> Self {
        Self {
            selection,
            action,
            name: None,
            drop: BTreeSet::new(),
            leave_out: BTreeSet::new(),
            fills: BTreeMap::new(),
            once_per_person: false,
            sending: Sending::default(),
            origin: None,
            saved_as: None,
        }
    }
}

impl Plan {
    /// The number on the button: how many take part.
    #[must_use]
    pub fn count(&self) -> usize {
        self.taking_part().count()
    }

    /// Whether the help desk writes a note of its own on each conversation of a mass reply; one that was never asked may.
    #[must_use]
    pub fn notes_mass_replies(&self) -> bool {
        self.capabilities.as_ref().is_none_or(|capabilities| capabilities.mass_reply_note)
    }

    /// What of the filter's matches is not here, in a sentence; none where all of them are.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        let filter = &self.resolved.as_ref()?.filter;
        sentence::missing(&self.coverage, filter, false, &self.zone)
    }

    /// Those who take part.
    pub(crate) fn taking_part(&self) -> impl Iterator<Item = &PlanItem> {
        self.items.iter().filter(|item| item.included)
    }

    /// The steps of one recipient.
    pub(crate) fn effects_of(&self, item: &PlanItem) -> Vec<Effect> {
        match &item.own {
            Some(own) => own.iter().map(|own| own.effect.clone()).collect(),
            None => self.action.effects(),
        }
    }

    /// The message as this recipient will read it, in pieces; `true` where a merge tag stood.
    ///
    /// # Errors
    /// Why there is no such message, in a sentence.
    pub fn render(&self, id: &RemoteId) -> Result<Vec<(String, bool)>, String> {
        if !self.action.is_reply() {
            return Err("This plan writes to nobody.".to_owned());
        }
        let Some(item) = self.items.iter().find(|item| item.id == *id) else {
            return Err("This conversation is not part of the plan.".to_owned());
        };
        let Some(template) = self.action.template(item.approved) else { return Err(item.text.clone()) };
        if template.tags().count() != item.values.len() {
            return Err(item.text.clone());
        }
        let piece = |part: RenderedPart<'_>| match part {
            RenderedPart::Text(text) => (text.to_owned(), false),
            RenderedPart::Value { text, .. } => (text.to_owned(), true),
        };
        Ok(template.render_parts(&item.values).into_iter().map(piece).collect())
    }

    /// Merge tags in the text that do not exist.
    #[must_use]
    pub fn unknown_tags(&self) -> Vec<String> {
        let templates = [false, true].map(|approved| self.action.template(approved));
        let mut unknown: Vec<String> = templates.iter().flatten().flat_map(Template::unknown_tags).collect();
        unknown.dedup();
        unknown
    }

    /// The job that it becomes, running at once.
    pub(crate) fn as_job(&self, id: JobId, me: &Me, now: Timestamp) -> NewJob {
        NewJob {
            id,
            name: self.name.clone(),
            action: self.action.clone(),
            state: JobState::Running,
            due: now,
            created: now,
            me: me.handle.clone(),
            filter: self.filter.clone(),
            resolved: self.resolved.clone(),
            audience: Recipients::from(self.audience()),
            sending: self.sending.clone(),
            origin: self.origin.clone(),
        }
    }

    /// The audience as the journal keeps it, those whom a canary reaches in front.
    fn audience(&self) -> Vec<AudienceItem> {
        let audience = self.items.iter().map(PlanItem::for_journal).collect();
        match self.sending.canary {
            Some(first) => canary::first_from_all_channels(audience, first as usize),
            None => audience,
        }
    }

    /// Puts the findings on the items and what follows from them on the plan.
    fn assess(&mut self, findings: Vec<Finding>) {
        let mut items = std::mem::take(&mut self.items);
        for (item, finding) in items.iter_mut().zip(findings) {
            item.text = sentence::verdict_text(&finding.verdict, finding.detail.as_deref());
            item.left_out = self.leave_out.contains(&item.id);
            item.included = self.takes(&finding.verdict) && !item.left_out;
            item.verdict = finding.verdict;
            item.detail = finding.detail;
            item.values = finding.values;
            item.missing = finding.missing;
            item.with_files = finding.with_files;
            item.approved = finding.approved;
        }
        self.items = items;
        self.name = self
            .named
            .clone()
            .unwrap_or_else(|| sentence::default_name(&self.action, self.filter.as_deref(), &self.items));
    }
}

/// Freezes an audience and judges it.
///
/// # Errors
/// When the selection's filter cannot be read, nobody knows whose key it is, or a database fails.
pub async fn plan(
    account: &Account,
    selection: Selection,
    action: Action,
    name: Option<String>,
) -> Result<Plan, PlanError> {
    begin(account, Start { name, ..Start::new(selection, action) }).await
}

async fn begin(account: &Account, start: Start) -> Result<Plan, PlanError> {
    if account.is_file() {
        return Err(PlanError::NotPermitted(READ_ONLY.to_owned()));
    }
    let scene = Scene::of(account).await?;
    let query = match &start.selection {
        Selection::AllMatching { filter, .. } => {
            Some((filter.clone(), Query::parse(filter)?.resolve(&account.moment())))
        }
        Selection::Ids { .. } => None,
    };
    let (filter, resolved) = query.unzip();
    let mut plan = Plan {
        id: PlanId(Uuid::now_v7()),
        revision: 1,
        name: String::new(),
        action: start.action,
        selection: start.selection,
        filter,
        resolved,
        frozen_at: scene.now,
        items: Vec::new(),
        drop: start.drop,
        leave_out: start.leave_out,
        fills: start.fills,
        once_per_person: start.once_per_person,
        coverage: Coverage::default(),
        sending: start.sending,
        origin: start.origin,
        saved_as: start.saved_as,
        named: typed_name(start.name),
        seen: scene.seen,
        capabilities: scene.capabilities.clone(),
        zone: account.clock().zone(),
    };
    blocking(move || {
        let ids = match &plan.selection {
            Selection::Ids { ids } => distinct(ids),
            Selection::AllMatching { .. } => {
                plan.coverage = scene.coverage(&plan)?;
                scene.matching(&plan)?
            }
        };
        plan.items = scene.freeze(&ids)?;
        scene.judge(&mut plan)?;
        Ok(plan)
    })
    .await
}

/// A name that says something.
fn typed_name(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.trim().is_empty())
}

fn distinct(ids: &[RemoteId]) -> Vec<RemoteId> {
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(*id)).cloned().collect()
}
