//! Plans and their recipients in the words of the wire.

use muster_engine::{Plan, PlanItem, SendingSummary, sentence, type_to_confirm};
use muster_store::SendingRules;

use super::change::change_view;
use super::open::OpenPlan;
use crate::approved::approved_view;
use crate::files::file_view;
use crate::sending::sending_view;
use crate::wire::{ApprovedTextView, FillView, MissingField, PlanView, Recipient, SmsFix, VerdictGroup};
use crate::words::{count, rfc3339};

/// A plan as its page shows it.
pub(super) fn plan_view(
    open: &OpenPlan,
    rules: &SendingRules,
    approved_texts: Vec<ApprovedTextView>,
) -> PlanView {
    let plan = &*open.plan;
    let SendingSummary { summary, sms, sms_fix, files_reach, eta } = plan.summary();
    let (schedule, mistake) = match plan.schedule() {
        Ok(schedule) => (schedule, None),
        Err(why) => (String::new(), Some(why)),
    };
    let (sending, schedule, schedule_error) = match &open.mistake {
        Some(typed) => (typed.typed.clone(), String::new(), Some(typed.why.clone())),
        None => (sending_view(&plan.sending), schedule, mistake),
    };
    let (change, reply) = change_view(&plan.action);
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
        groups: groups(plan),
        change,
        reply,
        approved: plan.approved().map(approved_view),
        approved_texts: if plan.wants_approved() { approved_texts } else { Vec::new() },
        drop: plan.drop.iter().map(ToString::to_string).collect(),
        leave_out: plan.leave_out.iter().map(ToString::to_string).collect(),
        type_to_confirm: type_to_confirm(plan),
        undo: sentence::undo_before(plan),
        sending,
        schedule,
        schedule_error,
        usual_hold: plan.usual_hold(rules),
        files: plan.files().iter().map(file_view).collect(),
        files_reach,
        once_per_person: plan.once_per_person,
        fills: fills(plan),
        from_job: plan.saved_as.or(plan.origin.as_ref().map(|origin| origin.job)).map(|job| job.to_string()),
        can_test: plan.can_test(),
        sms,
        sms_fix: sms_fix
            .map(|(find, replace)| SmsFix { find: find.to_string(), replace: replace.to_owned() }),
        unknown_tags: plan.unknown_tags(),
        incomplete: plan.missing().map(|missing| format!("{missing} More may match than these.")),
        eta,
    }
}

fn groups(plan: &Plan) -> Vec<VerdictGroup> {
    let groups = plan.groups().into_iter().map(|group| VerdictGroup {
        title: sentence::verdict_title(&group.verdict),
        why: sentence::verdict_why(&group.verdict, plan),
        weight: group.verdict.weight().to_string(),
        count: count(group.count),
        included: group.included,
        optional: group.optional,
        verdict: group.verdict.to_string(),
    });
    groups.collect()
}

fn fills(plan: &Plan) -> Vec<FillView> {
    let of_one = plan.fills.iter().flat_map(|(id, values)| {
        values.iter().map(|(tag, value)| FillView {
            id: id.to_string(),
            tag: tag.clone(),
            value: value.clone(),
        })
    });
    of_one.collect()
}

/// One recipient as the list shows it.
pub(super) fn recipient(plan: &Plan, item: &PlanItem) -> Recipient {
    let contact = &item.conversation.contact;
    Recipient {
        id: item.id.to_string(),
        name: sentence::name_of(&item.conversation),
        subject: item.conversation.subject.clone(),
        channel: item.conversation.channel.to_string(),
        address: contact.email.clone().or_else(|| contact.phone.clone()),
        verdict: item.verdict.to_string(),
        verdict_text: item.text.clone(),
        included: item.included,
        left_out: item.left_out,
        before_after: sentence::before_after(&plan.action, &item.conversation),
        missing: item
            .missing
            .iter()
            .map(|tag| MissingField { tag: tag.clone(), title: sentence::field_name(tag) })
            .collect(),
    }
}
