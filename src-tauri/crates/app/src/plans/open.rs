//! Plans that a window looks at.

use std::sync::Arc;

use muster_engine::{Account, Plan};
use muster_model::{AccountId, PlanId};
use muster_store::SendingRules;

use crate::approved::approved_texts;
use crate::wire::{PlanView, SendingView};
use crate::{App, ErrorCode, UiError};

use super::view::plan_view;

/// So many plans are kept; a window that was closed does not say that it looks at its plan no more.
const KEPT: usize = 16;

/// A plan that a window looks at.
#[derive(Clone)]
pub(crate) struct OpenPlan {
    pub account: AccountId,
    pub plan: Arc<Plan>,
    /// A schedule that makes no sense, as typed; the plan has the last one that did.
    pub mistake: Option<Mistake>,
}

/// What was typed as a schedule, and what is wrong with it.
#[derive(Clone)]
pub(crate) struct Mistake {
    pub typed: SendingView,
    pub why: String,
}

impl OpenPlan {
    /// What the plan leaves with, unless its schedule makes no sense.
    pub(super) fn check_schedule(&self) -> Result<(), UiError> {
        match &self.mistake {
            Some(mistake) => Err(UiError::new(ErrorCode::BadInput, &mistake.why)),
            None => Ok(()),
        }
    }
}

impl App {
    /// Keeps a plan for the window that looks at it.
    pub(crate) async fn keep_plan(&self, account: AccountId, plan: Plan) -> PlanView {
        self.keep_open(OpenPlan { account, plan: Arc::new(plan), mistake: None }).await
    }

    pub(super) async fn keep_open(&self, open: OpenPlan) -> PlanView {
        // A plan whose account is gone shows what is usual elsewhere; it cannot be confirmed any more.
        let (rules, approved) = match self.account(open.account).await {
            Ok(account) => (self.rules(&account).await.unwrap_or_default(), approved_texts(&account)),
            Err(_) => (SendingRules::default(), Vec::new()),
        };
        let view = plan_view(&open, &rules, approved);
        let mut plans = self.inner.plans.lock().await;
        plans.insert(open.plan.id, open);
        while plans.len() > KEPT
            && let Some(oldest) = plans.keys().min().copied()
        {
            plans.remove(&oldest);
        }
        view
    }

    pub(super) async fn kept_plan(&self, id: &str) -> Result<(Account, OpenPlan), UiError> {
        let gone = || UiError::new(ErrorCode::NotFound, "This plan is not open any more. Make it again.");
        let id = id.parse::<PlanId>().map_err(|_| gone())?;
        let open = self.inner.plans.lock().await.get(&id).cloned().ok_or_else(gone)?;
        Ok((self.account(open.account).await?, open))
    }

    pub(super) async fn drop_plan(&self, id: PlanId) {
        self.inner.plans.lock().await.remove(&id);
    }
}
