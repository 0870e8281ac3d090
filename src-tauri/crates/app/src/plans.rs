//! Plans: looking at what would happen, and confirming exactly that.

use std::collections::BTreeSet;

use muster_engine::{Confirmation, Plan, PlanEdit, SendingSummary, needs_plan_page, sentence};
use muster_model::{
    Action, Change, Handle, RemoteId, Selection, SnoozeUntil, StatusChange, Verdict, parse_snooze,
};

use crate::wire::{
    ActRequest, Acted, ChangeView, ConfirmRequest, Confirmed, EditPlan, MessageRequest, Nothing, People,
    PeopleRequest, PlanRef, PlanRequest, PlanView, Recipient, RenderedMessage, RenderedPart, SelectionView,
    VerdictGroup,
};
use crate::words::{count, rfc3339};
use crate::{App, ErrorCode, UiError};

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
            let view = plan_view(&plan);
            self.keep_plan(account.row().id, plan).await;
            return Ok(Acted { job: None, plan: Some(view) });
        }
        let (revision, n) = (plan.revision, plan.count());
        if n == 0 {
            return Err(UiError::new(ErrorCode::BadInput, sentence::nothing_to_do(&plan)));
        }
        match muster_engine::confirm(&account, &plan, revision, n).await? {
            Confirmation::Job(job) => Ok(Acted { job: Some(job.to_string()), plan: None }),
            Confirmation::Conflict(plan) => {
                let view = plan_view(&plan);
                self.keep_plan(account.row().id, *plan).await;
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
        let action = self.action(&request.change, request.reply)?;
        let plan = muster_engine::plan(&account, selection(&request.selection)?, action, None).await?;
        let view = plan_view(&plan);
        self.keep_plan(account.row().id, plan).await;
        Ok(view)
    }

    /// Edits a plan; its audience stays frozen.
    ///
    /// # Errors
    /// When the plan is gone, or the change makes no sense.
    pub async fn edit_plan(&self, request: EditPlan) -> Result<PlanView, UiError> {
        let (account, plan) = self.kept_plan(&request.plan).await?;
        let edit = PlanEdit {
            name: request.name,
            action: self.action(&request.change, request.reply)?,
            drop: request.drop.iter().map(|word| Verdict::from(word.as_str())).collect::<BTreeSet<_>>(),
            leave_out: request.leave_out.into_iter().map(RemoteId::from).collect(),
        };
        let plan = muster_engine::replan(&account, &plan, edit).await?;
        let view = plan_view(&plan);
        self.keep_plan(account.row().id, plan).await;
        Ok(view)
    }

    /// Recipients of a plan, page by page.
    ///
    /// # Errors
    /// When the plan is gone.
    pub async fn plan_people(&self, request: PeopleRequest) -> Result<People, UiError> {
        let (_, plan) = self.kept_plan(&request.plan).await?;
        let wanted = request.verdict.as_deref().map(Verdict::from);
        let matching = || {
            plan.items.iter().filter(|item| wanted.as_ref().is_none_or(|verdict| item.verdict == *verdict))
        };
        let (skip, take) = (request.offset as usize, request.limit.min(500) as usize);
        Ok(People {
            total: count(matching().count()),
            people: matching()
                .skip(skip)
                .take(take)
                .map(|item| Recipient {
                    id: item.id.to_string(),
                    name: sentence::name_of(&item.conversation),
                    subject: item.conversation.subject.clone(),
                    channel: item.conversation.channel.to_string(),
                    address: item
                        .conversation
                        .contact
                        .email
                        .clone()
                        .or_else(|| item.conversation.contact.phone.clone()),
                    verdict: item.verdict.to_string(),
                    verdict_text: item.text.clone(),
                    included: item.included,
                    left_out: item.left_out,
                    before_after: sentence::before_after(&plan.action, &item.conversation),
                    missing: Vec::new(),
                })
                .collect(),
        })
    }

    /// One message as that recipient will read it.
    ///
    /// # Errors
    /// When the plan is gone or does not hold that recipient.
    pub async fn plan_message(&self, request: MessageRequest) -> Result<RenderedMessage, UiError> {
        let (account, plan) = self.kept_plan(&request.plan).await?;
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
            then: sentence::then_line(&plan.action, &item.conversation),
            blocked,
        })
    }

    /// Confirms exactly what was seen; or answers with the plan as it is now.
    ///
    /// # Errors
    /// When the plan is gone or the journal cannot be written.
    pub async fn confirm(&self, request: ConfirmRequest) -> Result<Confirmed, UiError> {
        let (account, plan) = self.kept_plan(&request.plan).await?;
        match muster_engine::confirm(&account, &plan, request.revision, request.count as usize).await? {
            Confirmation::Job(job) => {
                self.drop_plan(plan.id).await;
                Ok(Confirmed { job: Some(job.to_string()), conflict: None })
            }
            Confirmation::Conflict(plan) => {
                let view = plan_view(&plan);
                self.keep_plan(account.row().id, *plan).await;
                Ok(Confirmed { job: None, conflict: Some(view) })
            }
        }
    }

    /// Throws a plan away.
    ///
    /// # Errors
    /// Never: a plan that is gone already is gone.
    pub async fn discard_plan(&self, request: PlanRef) -> Result<Nothing, UiError> {
        if let Ok(id) = request.plan.parse() {
            self.drop_plan(id).await;
        }
        Ok(Nothing {})
    }

    fn action(&self, change: &ChangeView, reply: Option<String>) -> Result<Action, UiError> {
        let change = self.change(change)?;
        Ok(match reply {
            Some(text) => Action::Reply { text, mass: true, then: change, files: Vec::new() },
            None => Action::Change { change },
        })
    }

    /// A change as menus make it, in the words of the model.
    pub(crate) fn change(&self, view: &ChangeView) -> Result<Change, UiError> {
        let named = |handle: &Option<String>| {
            handle.as_ref().map(|handle| if handle.is_empty() { None } else { Some(handle.as_str().into()) })
        };
        let status = match view.status.as_deref() {
            None => None,
            Some("active") => Some(StatusChange::Active),
            Some("done") => Some(StatusChange::Done),
            Some("archived") => Some(StatusChange::Archived),
            Some("spam") => Some(StatusChange::Spam),
            Some("snoozed") => {
                let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
                let until = parse_snooze(view.until.as_deref().unwrap_or_default(), now, &zone)
                    .map_err(|err| UiError::new(ErrorCode::BadInput, err.to_string()))?;
                Some(StatusChange::Snoozed(until))
            }
            Some(other) => {
                return Err(UiError::new(
                    ErrorCode::BadInput,
                    format!("\"{other}\" is not a status. Use active, snoozed, done, archived or spam."),
                ));
            }
        };
        Ok(Change {
            status,
            agent: named(&view.agent),
            team: named(&view.team),
            add_tags: view.add_tags.clone(),
            remove_tags: view.remove_tags.clone(),
            ..Change::default()
        })
    }
}

/// A selection from the wire.
pub(crate) fn selection(view: &SelectionView) -> Result<Selection, UiError> {
    match (&view.ids, &view.filter) {
        (Some(ids), None) => {
            Ok(Selection::Ids { ids: ids.iter().map(|id| RemoteId::from(id.as_str())).collect() })
        }
        (None, Some(filter)) => Ok(Selection::AllMatching {
            filter: filter.clone(),
            except: view.except.iter().map(|id| RemoteId::from(id.as_str())).collect(),
        }),
        _ => Err(UiError::new(ErrorCode::BadInput, "A selection is either ids or a filter.")),
    }
}

/// What a plan does, as menus and the composer make it.
fn in_view(action: &Action) -> (ChangeView, Option<String>) {
    let (change, reply) = match action {
        Action::Change { change } => (change, None),
        Action::Reply { text, then, .. } => (then, Some(text.clone())),
        Action::Follow { .. } | Action::Undo { .. } => return (ChangeView::default(), None),
    };
    let handle = |named: &Option<Option<Handle>>| {
        named.as_ref().map(|who| who.as_ref().map(ToString::to_string).unwrap_or_default())
    };
    let (status, until) = match change.status {
        None => (None, None),
        Some(StatusChange::Active) => (Some("active"), None),
        Some(StatusChange::Done) => (Some("done"), None),
        Some(StatusChange::Archived) => (Some("archived"), None),
        Some(StatusChange::Spam) => (Some("spam"), None),
        Some(StatusChange::Snoozed(SnoozeUntil::At(at))) => (Some("snoozed"), Some(rfc3339(at))),
        Some(StatusChange::Snoozed(SnoozeUntil::Reply)) => (Some("snoozed"), Some("until reply".to_owned())),
    };
    let view = ChangeView {
        status: status.map(str::to_owned),
        until,
        agent: handle(&change.agent),
        team: handle(&change.team),
        add_tags: change.add_tags.clone(),
        remove_tags: change.remove_tags.clone(),
        remove_all_tags: change.remove_all_tags,
        priority: change.priority.as_ref().map(ToString::to_string),
        block: change.block,
        delete: change.delete,
    };
    (view, reply)
}

fn plan_view(plan: &Plan) -> PlanView {
    let SendingSummary { summary, sms, eta } = plan.sending();
    let (change, reply) = in_view(&plan.action);
    PlanView {
        plan: plan.id.to_string(),
        revision: plan.revision,
        name: plan.name.clone(),
        filter: plan.filter.clone(),
        frozen_at: rfc3339(plan.frozen_at),
        total: count(plan.items.len()),
        count: count(plan.count()),
        button: sentence::button(plan),
        warning: sentence::warning(plan),
        summary,
        groups: plan
            .groups()
            .into_iter()
            .map(|group| VerdictGroup {
                title: sentence::verdict_title(&group.verdict),
                why: sentence::verdict_why(&group.verdict, plan),
                weight: group.verdict.weight().to_string(),
                count: count(group.count),
                included: group.included,
                optional: group.optional,
                verdict: group.verdict.to_string(),
            })
            .collect(),
        change,
        reply,
        drop: plan.drop.iter().map(ToString::to_string).collect(),
        leave_out: plan.leave_out.iter().map(ToString::to_string).collect(),
        type_to_confirm: (plan.count() > 50).then(|| plan.count().to_string()),
        undo: String::new(),
        sending: crate::wire::SendingView::default(),
        schedule: String::new(),
        schedule_error: None,
        usual_hold: 0,
        files: Vec::new(),
        files_reach: None,
        once_per_person: false,
        fills: Vec::new(),
        from_job: None,
        can_test: false,
        sms,
        sms_fix: None,
        unknown_tags: plan.unknown_tags(),
        incomplete: (!plan.complete).then(|| {
            "The first sync is not over: more conversations may match. Wait for it, or go on with these."
                .to_owned()
        }),
        eta,
    }
}
