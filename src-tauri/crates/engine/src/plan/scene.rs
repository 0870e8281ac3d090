//! Everything that planning looks at: the cache with what lies over it, whose key it is, what the help desk can do.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::Capabilities;
use muster_model::{Action, Author, Effect, Me, MessageKind, RemoteId, Verdict};
use muster_store::{Coverage, Overlay, StoreError};

use super::item::Base;
use super::{Plan, PlanError, PlanItem};
use crate::blocking::blocking;
use crate::effect::puts_away;
use crate::verdict::{Bench, Subject};
use crate::{Account, Stores};

/// How long a mass reply counts as recent.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Numbers that change with every write to the journal and to the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    journal: i64,
    pub cache: i64,
}

pub(super) struct Scene {
    /// What the databases were at when this was looked at, or earlier: a write in between makes it look old, never fresh.
    pub seen: Seen,
    pub stores: Stores,
    pub overlay: Arc<Overlay>,
    pub me: Me,
    tenant: String,
    pub capabilities: Option<Capabilities>,
    pub now: Timestamp,
}

impl Scene {
    pub(super) async fn of(account: &Account) -> Result<Self, PlanError> {
        let stores = account.stores().clone();
        let seen = blocking(move || {
            let (journal, cache) = (stores.journal.data_version()?, stores.cache.sync_state()?.sequence);
            Ok::<_, StoreError>(Seen { journal, cache })
        });
        Ok(Self {
            seen: seen.await?,
            me: account.me().ok_or(PlanError::NotSignedIn)?,
            overlay: account.overlay().await?,
            stores: account.stores().clone(),
            tenant: account.directory().tenant.clone(),
            capabilities: account.capabilities(),
            now: account.clock().now(),
        })
    }

    /// Who matches a plan's filter now, whoever the plan holds already.
    pub(super) fn matching(&self, plan: &Plan) -> Result<Vec<RemoteId>, StoreError> {
        let (muster_model::Selection::AllMatching { except, .. }, Some(resolved)) =
            (&plan.selection, &plan.resolved)
        else {
            return Ok(Vec::new());
        };
        let except: HashSet<&RemoteId> = except.iter().collect();
        let mut ids = self.stores.cache.matching_ids(resolved, &self.overlay)?;
        ids.retain(|id| !except.contains(id));
        Ok(ids)
    }

    /// How much of what the plan's filter matches is here.
    pub(super) fn coverage(&self, plan: &Plan) -> Result<Coverage, StoreError> {
        match &plan.resolved {
            Some(resolved) => self.stores.cache.coverage(&resolved.filter),
            None => Ok(Coverage::default()),
        }
    }

    /// The conversations as the agent sees them; unknown ones are left out.
    pub(super) fn freeze(&self, ids: &[RemoteId]) -> Result<Vec<PlanItem>, StoreError> {
        let items = self.stores.cache.conversations(ids)?.into_iter().map(|server| PlanItem {
            id: server.id.clone(),
            base: Base::of(&server),
            conversation: Arc::new(self.overlay.apply(server)),
            values: Vec::new(),
            missing: Vec::new(),
            verdict: Verdict::NoChange,
            detail: None,
            text: String::new(),
            included: false,
            left_out: false,
            with_files: false,
            approved: false,
            own: None,
            answered: false,
        });
        Ok(items.collect())
    }

    /// The same recipients as they are now, in their order; those that are gone are left out, those to whom somebody
    /// wrote since are marked.
    pub(super) fn look_again(&self, plan: &Plan) -> Result<Vec<PlanItem>, StoreError> {
        let ids: Vec<RemoteId> = plan.items.iter().map(|item| item.id.clone()).collect();
        let mut now = self.freeze(&ids)?;
        let mut seen = plan.items.iter();
        for item in &mut now {
            let Some(before) = seen.find(|before| before.id == item.id) else { continue };
            item.own.clone_from(&before.own);
            item.answered = before.answered || self.is_answered(plan, before, item)?;
        }
        Ok(now)
    }

    /// Whether somebody wrote what the agent did not see and what matters to the plan.
    fn is_answered(&self, plan: &Plan, before: &PlanItem, now: &PlanItem) -> Result<bool, StoreError> {
        let effects = plan.effects_of(now);
        let replies = effects.contains(&Effect::Reply);
        let customer_wrote = now.base.last_inbound > before.base.last_inbound;
        if customer_wrote && (replies || effects.iter().any(puts_away)) {
            return Ok(true);
        }
        let we_wrote = now.base.last_outbound > before.base.last_outbound;
        Ok(replies && we_wrote && !self.is_ours(now, before.base.last_outbound)?)
    }

    /// Whether everything that our side wrote after that came from this journal. What is not here is somebody else's.
    fn is_ours(&self, item: &PlanItem, since: Option<i64>) -> Result<bool, StoreError> {
        let Some(cached) = self.stores.cache.thread(&item.id)? else { return Ok(false) };
        let mut latest = None;
        for message in &cached.thread.messages {
            let at = message.at.as_millisecond();
            if message.kind != MessageKind::Message || message.from == Author::Customer || Some(at) <= since {
                continue;
            }
            latest = latest.max(Some(at));
            let known = match &message.client_ref {
                Some(reference) => self.stores.journal.has_ref(&reference.clone().into())?,
                None => false,
            };
            if !known {
                return Ok(false);
            }
        }
        Ok(latest >= item.base.last_outbound)
    }

    /// Judges everybody anew.
    pub(super) fn judge(&self, plan: &mut Plan) -> Result<(), StoreError> {
        let [template, approved] = [false, true].map(|approved| plan.action.template(approved));
        let recent = match &plan.action {
            Action::Reply { mass: true, .. } => {
                let since = self.now.checked_sub(RECENT).unwrap_or(Timestamp::MIN);
                self.stores.journal.recent_mass_replies(since)?
            }
            _ => HashSet::new(),
        };
        let bench = Bench {
            action: &plan.action,
            effects: plan.action.effects(),
            template,
            approved: approved.filter(|_| plan.approved().is_some()),
            me: &self.me,
            tenant: &self.tenant,
            capabilities: self.capabilities.as_ref(),
            recent,
            drop: &plan.drop,
            now: self.now,
        };
        let nothing = BTreeMap::new();
        let audience: Vec<Subject<'_>> = plan
            .items
            .iter()
            .map(|item| Subject {
                conversation: &item.conversation,
                own: item.own.as_deref(),
                typed: plan.fills.get(&item.id).unwrap_or(&nothing),
                answered: item.answered,
                left_out: plan.leave_out.contains(&item.id),
            })
            .collect();
        let findings = bench.judge(&audience);
        plan.assess(findings);
        Ok(())
    }
}
