//! A plan: a change or a reply applied to a frozen audience, with a verdict per recipient. Costs nothing, sends nothing.
//!
//! The audience is frozen from what the agent sees, cache ⊕ pending effects, and stays frozen through every edit. The
//! number on the button is [`Plan::count`], and [`crate::confirm()`] keeps it as a promise.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_helpdesk::Capabilities;
use muster_model::{
    Action, AudienceItem, Conversation, FilterError, Me, Origin, OwnEffect, PlanId, Query, RemoteId, RenderedPart, Resolved,
    Selection, Sending, Template, Verdict,
};
use muster_store::{Overlay, StoreError};
use thiserror::Error;
use uuid::Uuid;

use crate::blocking::blocking;
use crate::verdict::{Bench, Finding};
use crate::{Account, Stores, sentence};

/// How long a mass reply counts as recent.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

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
}

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
    /// Whether the cache covers the filter; if not, more may match once the first sync is over.
    pub complete: bool,
    /// How it leaves.
    pub sending: Sending,
    /// The earlier job that it belongs to.
    pub origin: Option<Origin>,
    /// The name as typed; a name that was never typed follows the plan.
    named: Option<String>,
    pub(crate) replies_per_minute: Option<u32>,
    pub(crate) zone: TimeZone,
}

/// One recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanItem {
    /// The conversation.
    pub id: RemoteId,
    /// As the agent saw it when the audience was frozen, pending effects included.
    pub conversation: Conversation,
    /// Values of the merge tags, in the order of the text.
    pub values: Vec<String>,
    /// What the plan says about it.
    pub verdict: Verdict,
    /// The particulars of the verdict: "first name".
    pub detail: Option<String>,
    /// The verdict in words: "Empty field: first name".
    pub text: String,
    /// Takes part: sent to, or changed.
    pub included: bool,
    /// Left out by hand.
    pub left_out: bool,
    /// The files of the plan go with it.
    pub with_files: bool,
    /// Effects of its own instead of the plan's: undo, and retries of what is left of an item.
    pub own: Option<Vec<OwnEffect>>,
    /// The server's last state of it, without our pending effects: what a guard compares with.
    base: Base,
}

/// What the guard compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Base {
    stamp: i64,
    last_inbound: Option<i64>,
    last_outbound: Option<i64>,
}

/// All recipients with the same verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their verdict.
    pub verdict: Verdict,
    /// How many.
    pub count: usize,
    /// They take part, except those left out one by one.
    pub included: bool,
    /// The agent may drop or take the group.
    pub optional: bool,
}

/// An edit of a plan. The audience stays.
#[derive(Clone, Debug)]
pub struct PlanEdit {
    /// The name; `None` lets it follow the plan.
    pub name: Option<String>,
    /// What to do.
    pub action: Action,
    /// Groups to drop.
    pub drop: BTreeSet<Verdict>,
    /// Recipients to leave out.
    pub leave_out: BTreeSet<RemoteId>,
}

impl Plan {
    /// The number on the button: how many take part.
    #[must_use]
    pub fn count(&self) -> usize {
        self.taking_part().count()
    }

    /// Those who take part.
    pub(crate) fn taking_part(&self) -> impl Iterator<Item = &PlanItem> {
        self.items.iter().filter(|item| item.included)
    }

    /// The audience by verdict, in the order of [`Verdict::KNOWN`].
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut counts: HashMap<&Verdict, usize> = HashMap::new();
        for item in &self.items {
            *counts.entry(&item.verdict).or_default() += 1;
        }
        let mut groups: Vec<Group> = counts
            .into_iter()
            .map(|(verdict, count)| Group {
                count,
                included: verdict.takes_part() && !self.drop.contains(verdict),
                optional: verdict.takes_part(),
                verdict: verdict.clone(),
            })
            .collect();
        groups.sort_by(|a, b| (!a.optional, &a.verdict).cmp(&(!b.optional, &b.verdict)));
        groups
    }

    /// The message as this recipient will read it, in pieces; `true` where a merge tag stood.
    ///
    /// # Errors
    /// Why there is no such message, in a sentence.
    pub fn render(&self, id: &RemoteId) -> Result<Vec<(String, bool)>, String> {
        let Action::Reply { text, .. } = &self.action else {
            return Err("This plan writes to nobody.".to_owned());
        };
        let Some(item) = self.items.iter().find(|item| item.id == *id) else {
            return Err("This conversation is not part of the plan.".to_owned());
        };
        let template = Template::parse(text);
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
        match &self.action {
            Action::Reply { text, .. } => Template::parse(text).unknown_tags(),
            _ => Vec::new(),
        }
    }

    /// The audience as the journal keeps it.
    pub(crate) fn audience(&self) -> Vec<AudienceItem> {
        let word = |item: &PlanItem| match item.left_out && item.verdict.takes_part() {
            true => "left_out".to_owned(),
            false => item.verdict.to_string(),
        };
        self.items
            .iter()
            .map(|item| AudienceItem {
                id: item.id.clone(),
                stamp: item.base.stamp,
                last_inbound: item.base.last_inbound,
                last_outbound: item.base.last_outbound,
                values: if item.included { item.values.clone() } else { Vec::new() },
                verdict: word(item),
                takes_part: item.included,
                channel: item.conversation.channel.clone(),
                with_files: item.with_files,
                own: item.own.clone(),
            })
            .collect()
    }

    /// Puts the findings on the items and what follows from them on the plan.
    fn assess(&mut self, findings: Vec<Finding>) {
        for (item, finding) in self.items.iter_mut().zip(findings) {
            item.text = sentence::verdict_text(&finding.verdict, finding.detail.as_deref());
            item.left_out = self.leave_out.contains(&item.id);
            item.included =
                finding.verdict.takes_part() && !self.drop.contains(&finding.verdict) && !item.left_out;
            item.verdict = finding.verdict;
            item.detail = finding.detail;
            item.values = finding.values;
        }
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
    let scene = Scene::of(account).await?;
    let now = scene.now;
    let query = match &selection {
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
        action,
        selection,
        filter,
        resolved,
        frozen_at: now,
        items: Vec::new(),
        drop: BTreeSet::new(),
        leave_out: BTreeSet::new(),
        complete: true,
        sending: Sending::default(),
        origin: None,
        named: name.filter(|name| !name.trim().is_empty()),
        replies_per_minute: scene
            .capabilities
            .as_ref()
            .and_then(|capabilities| capabilities.replies_per_minute),
        zone: account.clock().zone(),
    };
    blocking(move || {
        let ids = match (&plan.selection, &plan.resolved) {
            (Selection::Ids { ids }, _) => distinct(ids),
            (Selection::AllMatching { except, .. }, Some(resolved)) => {
                let state = scene.stores.cache.sync_state()?;
                plan.complete = state.cursor.is_some() && !state.backfilling;
                let except: HashSet<&RemoteId> = except.iter().collect();
                let mut ids = scene.stores.cache.matching_ids(resolved, &scene.overlay)?;
                ids.retain(|id| !except.contains(id));
                ids
            }
            (Selection::AllMatching { .. }, None) => Vec::new(),
        };
        plan.items = scene.freeze(&ids)?;
        let findings = scene.judge(&plan)?;
        plan.assess(findings);
        Ok(plan)
    })
    .await
}

/// Edits a plan: the audience stays frozen, the verdicts are made anew.
///
/// # Errors
/// When nobody knows whose key it is, or a database fails.
pub async fn replan(account: &Account, plan: &Plan, edit: PlanEdit) -> Result<Plan, PlanError> {
    let scene = Scene::of(account).await?;
    let mut next = plan.clone();
    next.revision += 1;
    next.action = edit.action;
    next.named = edit.name.filter(|name| !name.trim().is_empty());
    next.drop = edit.drop;
    next.leave_out = edit.leave_out;
    blocking(move || {
        let findings = scene.judge(&next)?;
        next.assess(findings);
        Ok(next)
    })
    .await
}

/// The same plan over what is known now: the conversations as they are, those that are gone left out.
pub(crate) async fn refresh(account: &Account, plan: &Plan) -> Result<Plan, PlanError> {
    let scene = Scene::of(account).await?;
    let mut next = plan.clone();
    next.revision += 1;
    next.frozen_at = scene.now;
    blocking(move || {
        let ids: Vec<RemoteId> = next.items.iter().map(|item| item.id.clone()).collect();
        next.items = scene.freeze(&ids)?;
        let findings = scene.judge(&next)?;
        next.assess(findings);
        Ok(next)
    })
    .await
}

/// Everything that planning looks at.
struct Scene {
    stores: Stores,
    overlay: Arc<Overlay>,
    me: Me,
    tenant: String,
    capabilities: Option<Capabilities>,
    now: Timestamp,
}

impl Scene {
    async fn of(account: &Account) -> Result<Self, PlanError> {
        Ok(Self {
            me: account.me().ok_or(PlanError::NotSignedIn)?,
            overlay: account.overlay().await?,
            stores: account.stores().clone(),
            tenant: account.directory().tenant.clone(),
            capabilities: account.desk().map(|desk| desk.capabilities()),
            now: account.clock().now(),
        })
    }

    /// The conversations as the agent sees them; unknown ones are left out.
    fn freeze(&self, ids: &[RemoteId]) -> Result<Vec<PlanItem>, StoreError> {
        let items = self.stores.cache.conversations(ids)?.into_iter().map(|server| {
            let base = Base {
                stamp: server.stamp,
                last_inbound: server.last_inbound.map(Timestamp::as_millisecond),
                last_outbound: server.last_outbound.map(Timestamp::as_millisecond),
            };
            PlanItem {
                id: server.id.clone(),
                conversation: self.overlay.apply(server),
                values: Vec::new(),
                verdict: Verdict::NoChange,
                detail: None,
                text: String::new(),
                included: false,
                left_out: false,
                with_files: false,
                own: None,
                base,
            }
        });
        Ok(items.collect())
    }

    fn judge(&self, plan: &Plan) -> Result<Vec<Finding>, StoreError> {
        let template = match &plan.action {
            Action::Reply { text, .. } => Some(Template::parse(text)),
            _ => None,
        };
        let recent = match &plan.action {
            Action::Reply { mass: true, .. } => {
                let since = self.now.checked_sub(RECENT).unwrap_or(Timestamp::MIN);
                self.stores.journal.recent_mass_replies(since)?
            }
            _ => HashSet::new(),
        };
        let bench = Bench {
            action: &plan.action,
            template,
            me: &self.me,
            tenant: &self.tenant,
            capabilities: self.capabilities.as_ref(),
            recent,
            now: self.now,
        };
        let audience: Vec<&Conversation> = plan.items.iter().map(|item| &item.conversation).collect();
        Ok(bench.judge(&audience))
    }
}

fn distinct(ids: &[RemoteId]) -> Vec<RemoteId> {
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(*id)).cloned().collect()
}
