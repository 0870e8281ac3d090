//! A plan in words: name, button, warning, one title and one reason per group.

use muster_model::{Action, Effect, Verdict};

use super::cost::by_channel;
use super::{conversations, deed, grouped, people};
use crate::plan::{Plan, PlanItem};
use crate::verdict::final_step;

/// "Mass reply to is:active tag:payment-issue-2026-05", "24 set to Done", "Marta Wiśniewska set to Done"
pub(crate) fn default_name(action: &Action, filter: Option<&str>, items: &[PlanItem]) -> String {
    let taking_part = items.iter().filter(|item| item.included).count() as u64;
    match (action, filter, items) {
        (Action::Reply { mass: false, .. }, _, [only]) => {
            format!("Reply to {}", super::name_of(&only.conversation))
        }
        (Action::Note { .. }, _, [only]) => format!("Note on {}", super::name_of(&only.conversation)),
        (Action::Reply { .. }, Some(filter), _) if !filter.trim().is_empty() => {
            format!("Mass reply to {}", filter.trim())
        }
        (Action::Reply { .. }, ..) => format!("Mass reply to {}", conversations(items.len() as u64)),
        _ => {
            let did = deed(action).did(taking_part);
            // Of one it says whose: "Marta Wiśniewska set to Done".
            match (did.strip_prefix("1 "), items) {
                (Some(what), [only]) => format!("{} {what}", super::name_of(&only.conversation)),
                _ => did,
            }
        }
    }
}

/// "Send to 120 people, 10 first", "Set 24 to Done"
#[must_use]
pub fn button(plan: &Plan) -> String {
    let count = plan.count() as u64;
    let button = match plan.action {
        Action::Reply { .. } => format!("Send to {}", people(count)),
        _ => deed(&plan.action).will(count),
    };
    match plan.canary() {
        Some(first) => format!("{button}, {} first", grouped(first)),
        None => button,
    }
}

/// What cannot be taken back, said before.
#[must_use]
pub fn warning(plan: &Plan) -> String {
    let count = plan.count() as u64;
    let (s, are) = if count == 1 { ("s", "is") } else { ("", "are") };
    match (&plan.action, final_step(&plan.action)) {
        (Action::Reply { .. }, _) => {
            let hold = if plan.sending.hold > 0 { " after the hold" } else { "" };
            format!(
                "{} get{s} a real reply, counted and billed like any other. It cannot be recalled{hold}.",
                people(count)
            )
        }
        (_, Some(Effect::Delete)) => {
            format!(
                "{} {are} deleted at the help desk, for the whole team. That is final.",
                conversations(count)
            )
        }
        (_, Some(Effect::Block)) => format!(
            "Whoever wrote {} is blocked: the help desk takes nothing from them any more, in any conversation.",
            conversations(count)
        ),
        (_, Some(_)) => {
            format!("{} end{s} for good. Archived is final: it cannot be undone.", conversations(count))
        }
        _ => format!("{} change{s} at the help desk, for the whole team.", conversations(count)),
    }
}

/// Why a plan has nothing to do, in the words of its most frequent verdict.
#[must_use]
pub fn nothing_to_do(plan: &Plan) -> String {
    let mut groups = plan.groups();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    match groups.first() {
        None if plan.filter.is_some() => "Nothing matches this filter.".to_owned(),
        None => "None of these conversations is on this computer.".to_owned(),
        Some(group) if group.verdict == Verdict::NoChange => "Nothing to do: it is so already.".to_owned(),
        Some(group) => {
            format!(
                "Nothing to do. {}: {}.",
                verdict_title(&group.verdict),
                verdict_why(&group.verdict, plan)
            )
        }
    }
}

/// "Window closed"
#[must_use]
pub fn verdict_title(verdict: &Verdict) -> String {
    let title = match verdict {
        Verdict::WillSend => "Will send",
        Verdict::ApprovedText => "Approved text",
        Verdict::WillChange => "Will change",
        Verdict::NoChange => "No change",
        Verdict::Voice => "Voice",
        Verdict::WindowClosed => "Window closed",
        Verdict::UnknownMergeTag => "Unknown merge tag",
        Verdict::EmptyField => "Empty field",
        Verdict::NotPermitted => "Not permitted",
        Verdict::NoAddress => "No address",
        Verdict::TooLong => "Too long",
        Verdict::Archived => "Archived",
        Verdict::SamePerson => "Same person twice",
        Verdict::RecentMassReply => "Mass reply this week",
        Verdict::NoReply => "No-reply address",
        Verdict::Silent => "Silent customer",
        Verdict::WithoutAttachment => "Without attachment",
        Verdict::AnsweredMeanwhile => "Answered meanwhile",
        Verdict::Unsupported => "Not possible here",
        Verdict::Other(word) => return super::capital(&word.replace('_', " ")),
    };
    title.to_owned()
}

/// "Empty field: first name"
pub(crate) fn verdict_text(verdict: &Verdict, detail: Option<&str>) -> String {
    let title = verdict_title(verdict);
    detail.map_or_else(|| title.clone(), |detail| format!("{title}: {detail}"))
}

/// "WhatsApp 5, Instagram 2: over 24 h since they wrote"
#[must_use]
pub fn verdict_why(verdict: &Verdict, plan: &Plan) -> String {
    let reply = plan.action.is_reply();
    let why = match verdict {
        Verdict::WillSend => "As written, each on its own channel",
        Verdict::WillChange => "Changed at the help desk",
        Verdict::NoChange => "It is so already",
        Verdict::Voice => "Calls take no written reply",
        Verdict::ApprovedText => match plan.approved() {
            Some(approved) => {
                return format!("WhatsApp, over 24 h since they wrote: “{}” goes instead", approved.name);
            }
            None => "The approved text goes instead",
        },
        Verdict::WindowClosed => {
            let closed = plan.items.iter().filter(|item| item.verdict == *verdict);
            return format!("{}: over 24 h since they wrote", by_channel(closed));
        }
        Verdict::UnknownMergeTag => {
            let tags: Vec<String> = plan.unknown_tags().iter().map(|tag| format!("{{{{{tag}}}}}")).collect();
            return format!("{} is not a merge tag. Correct the text", tags.join(", "));
        }
        Verdict::EmptyField if plan.approved().is_some_and(|approved| !approved.open_gaps().is_empty()) => {
            "Fill in the gaps of the approved text first"
        }
        Verdict::EmptyField => {
            return format!("No {} on file. Add a fallback to the merge tag", details(plan, verdict));
        }
        Verdict::NotPermitted if reply && !details(plan, verdict).is_empty() => {
            "Your role may reply, but not make the change that follows"
        }
        Verdict::NotPermitted if reply => "Your role may not reply to customers",
        Verdict::NotPermitted if matches!(plan.action, Action::Note { .. }) => {
            "Your role may not write notes"
        }
        Verdict::NotPermitted => "Your role may not change conversations",
        Verdict::NoAddress => "Nothing on file to send it to",
        Verdict::TooLong if reply => return format!("{}. Shorten it", details(plan, verdict)),
        Verdict::TooLong => {
            return format!("{}. Choose a shorter one", super::capital(&details(plan, verdict)));
        }
        Verdict::Archived => "Archived is final: no change and no reply any more",
        Verdict::SamePerson if plan.once_per_person => "Sent once, on the latest thread",
        Verdict::SamePerson => "Also written to in a newer thread of this selection",
        Verdict::RecentMassReply => "Got a mass reply in the last 7 days",
        Verdict::NoReply => "Nobody reads this mailbox",
        Verdict::Silent => "No word from the customer for over 90 days",
        Verdict::WithoutAttachment => {
            return format!("{}; the text still goes", super::capital(&details(plan, verdict)));
        }
        Verdict::AnsweredMeanwhile => "Somebody wrote since the list was frozen. Look first",
        Verdict::Unsupported => {
            return format!("Not with this help desk: {}", details(plan, verdict));
        }
        Verdict::Other(_) => "A rule of a newer Muster",
    };
    why.to_owned()
}

/// The particulars of a verdict, each once.
fn details(plan: &Plan, verdict: &Verdict) -> String {
    let mut details: Vec<&str> = plan
        .items
        .iter()
        .filter(|item| item.verdict == *verdict)
        .filter_map(|item| item.detail.as_deref())
        .collect();
    details.sort_unstable();
    details.dedup();
    details.join(", ")
}
