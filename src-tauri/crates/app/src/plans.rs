//! Plans: looking at what would happen, and confirming exactly that.

use std::collections::BTreeSet;

use muster_engine::{Confirmation, PlanEdit, needs_plan_page, sentence, usual_hold};
use muster_model::{Action, Channel, RemoteId, Verdict};

use crate::sending::sending_of;
use crate::wire::{
    ActRequest, Acted, ConfirmRequest, Confirmed, EditPlan, MessageRequest, Nothing, People, PeopleRequest,
    PlanRef, PlanRequest, PlanView, RenderedMessage, RenderedPart,
};
use crate::words::count;
use crate::{App, ErrorCode, UiError};

mod change;
mod later;
mod open;
mod view;

pub(crate) use change::selection;
pub(crate) use open::OpenPlan;

use open::Mistake;

impl App {
    /// A change on up to 50 conversations takes effect on the click; a larger or final one becomes a plan to look at.
    ///
    /// # Errors
    /// When the selection or the change makes no sense, or the journal cannot be written.
    pub async fn act(&self, request: ActRequest) -> Result<Acted, UiError> {
        let account = self.account_of(&request.account).await?;
        let action = Action::Change { change: self.change(&request.change)? };
        let plan = muster_engine::plan(&account, selection(&request.selection)?, action, None).await?;
        if needs_plan_page(&plan.action, plan.items.len()) {
            let view = self.keep_plan(account.row().id, plan).await;
            return Ok(Acted { job: None, plan: Some(view) });
        }
        let (revision, n) = (plan.revision, plan.count());
        if n == 0 {
            return Err(UiError::new(ErrorCode::BadInput, sentence::nothing_to_do(&plan)));
        }
        match muster_engine::confirm(&account, &plan, revision, n).await? {
            Confirmation::Job(job) => Ok(Acted { job: Some(job.to_string()), plan: None }),
            Confirmation::Conflict(plan) => {
                let view = self.keep_plan(account.row().id, *plan).await;
                Ok(Acted { job: None, plan: Some(view) })
            }
        }
    }

    /// Makes a plan. Costs nothing, sends nothing.
    ///
    /// # Errors
    /// When the selection, the text or the change makes no sense.
    pub async fn plan(&self, request: PlanRequest) -> Result<PlanView, UiError> {
        let account = self.account_of(&request.account).await?;
        let action = self.action(&account, &request.change, request.reply, Vec::new(), None).await?;
        let mut plan = muster_engine::plan(&account, selection(&request.selection)?, action, None).await?;
        plan.sending.hold = plan.usual_hold(&self.rules(&account).await?);
        Ok(self.keep_plan(account.row().id, plan).await)
    }

    /// Edits a plan; its audience stays frozen. A schedule that makes no sense is an answer, not an error.
    ///
    /// # Errors
    /// When the plan is gone, or the change makes no sense.
    pub async fn edit_plan(&self, request: EditPlan) -> Result<PlanView, UiError> {
        let (account, mut open) = self.kept_plan(&request.plan).await?;
        let action =
            self.action(&account, &request.change, request.reply, request.files, request.approved).await?;
        let channels: Vec<Channel> =
            open.plan.items.iter().take(2).map(|item| item.conversation.channel.clone()).collect();
        let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
        let rules = self.rules(&account).await?;
        let (sending, mistake) =
            match sending_of(&request.sending, usual_hold(&rules, &action, &channels), now, &zone) {
                Ok(sending) => (sending, None),
                Err(err) => {
                    let mistake = Mistake { typed: request.sending, why: err.message };
                    (open.plan.sending.clone(), Some(mistake))
                }
            };
        let edit = PlanEdit {
            name: request.name,
            action,
            drop: request.drop.iter().map(|word| Verdict::from(word.as_str())).collect::<BTreeSet<_>>(),
            leave_out: request.leave_out.into_iter().map(RemoteId::from).collect(),
            sending,
            fills: change::fills(request.fills),
            once_per_person: request.once_per_person,
        };
        open.plan = muster_engine::replan(&account, &open.plan, edit).await?.into();
        open.mistake = mistake;
        Ok(self.keep_open(open).await)
    }

    /// Recipients of a plan, page by page.
    ///
    /// # Errors
    /// When the plan is gone.
    pub async fn plan_people(&self, request: PeopleRequest) -> Result<People, UiError> {
        let (_, open) = self.kept_plan(&request.plan).await?;
        let wanted = request.verdict.as_deref().map(Verdict::from);
        let matching = || {
            open.plan
                .items
                .iter()
                .filter(|item| wanted.as_ref().is_none_or(|verdict| item.verdict == *verdict))
        };
        let (skip, take) = (request.offset as usize, request.limit.min(500) as usize);
        Ok(People {
            total: count(matching().count()),
            people: matching().skip(skip).take(take).map(|item| view::recipient(&open.plan, item)).collect(),
        })
    }

    /// One message as that recipient will read it.
    ///
    /// # Errors
    /// When the plan is gone or does not hold that recipient.
    pub async fn plan_message(&self, request: MessageRequest) -> Result<RenderedMessage, UiError> {
        let (account, open) = self.kept_plan(&request.plan).await?;
        let plan = &open.plan;
        let item =
            plan.items.iter().find(|item| item.id.as_str() == request.id).ok_or_else(|| {
                UiError::new(ErrorCode::NotFound, "This conversation is not part of the plan.")
            })?;
        let (parts, blocked) = match plan.render(&item.id) {
            Ok(parts) => (parts, (!item.included).then(|| item.text.clone())),
            Err(why) => (vec![], Some(why)),
        };
        let zone = account.clock().zone();
        Ok(RenderedMessage {
            to: sentence::address_line(&item.conversation),
            subject: sentence::reply_subject(&item.conversation),
            channel: sentence::channel_line(&item.conversation, &zone),
            parts: parts.into_iter().map(|(text, merged)| RenderedPart { text, merged }).collect(),
            then: sentence::then_line(&plan.action, &item.conversation, plan.notes_mass_replies()),
            blocked,
        })
    }

    /// Confirms exactly what was seen; or answers with the plan as it is now.
    ///
    /// # Errors
    /// When the plan is gone, its schedule makes no sense, or the journal cannot be written.
    pub async fn confirm(&self, request: ConfirmRequest) -> Result<Confirmed, UiError> {
        let (account, mut open) = self.kept_plan(&request.plan).await?;
        open.check_schedule()?;
        let answer =
            muster_engine::confirm(&account, &open.plan, request.revision, request.count as usize).await?;
        match answer {
            Confirmation::Job(job) => {
                self.drop_plan(open.plan.id).await;
                Ok(Confirmed { job: Some(job.to_string()), conflict: None })
            }
            Confirmation::Conflict(now) => {
                open.plan = (*now).into();
                Ok(Confirmed { job: None, conflict: Some(self.keep_open(open).await) })
            }
        }
    }

    /// Closes a plan. A draft that it was opened from stays.
    ///
    /// # Errors
    /// Never: a plan that is gone already is gone.
    pub async fn discard_plan(&self, request: PlanRef) -> Result<Nothing, UiError> {
        if let Ok(id) = request.plan.parse() {
            self.drop_plan(id).await;
        }
        Ok(Nothing {})
    }
}
