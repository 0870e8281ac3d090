//! A plan in words: name, button, warning, one title and one reason per group, what it costs and how long it takes.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use muster_model::{Action, Channel, Template, Verdict, segments};

use super::{channel_name, conversations, deed, grouped, people};
use crate::plan::{Plan, PlanItem};
use crate::verdict::is_terminal;

/// How a plan will leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendingSummary {
    /// "Email 92, chat 11, SMS 9. The other 22 are listed in the job with their reason."
    pub summary: String,
    /// "SMS: 9 people × 5 segments = 45. …"
    pub sms: Option<String>,
    /// "finishes about 14:35", where the help desk limits replies.
    pub eta: Option<String>,
}

/// "Mass reply to is:active tag:payment-issue-2026-05", "24 set to Done"
pub(crate) fn default_name(action: &Action, filter: Option<&str>, items: &[PlanItem]) -> String {
    let taking_part = items.iter().filter(|item| item.included).count() as u64;
    match (action, filter, items) {
        (Action::Reply { mass: false, .. }, _, [only]) => {
            format!("Reply to {}", super::name_of(&only.conversation))
        }
        (Action::Reply { .. }, Some(filter), _) if !filter.trim().is_empty() => {
            format!("Mass reply to {}", filter.trim())
        }
        (Action::Reply { .. }, ..) => format!("Mass reply to {}", conversations(items.len() as u64)),
        _ => deed(action).did(taking_part),
    }
}

/// "Send to 120 people", "Set 24 to Done"
#[must_use]
pub fn button(plan: &Plan) -> String {
    let count = plan.count() as u64;
    match plan.action {
        Action::Reply { .. } => format!("Send to {}", people(count)),
        _ => deed(&plan.action).will(count),
    }
}

/// What cannot be taken back, said before.
#[must_use]
pub fn warning(plan: &Plan) -> String {
    let count = plan.count() as u64;
    let s = if count == 1 { "s" } else { "" };
    match &plan.action {
        Action::Reply { .. } => format!(
            "{} get{s} a real reply, counted and billed like any other. It cannot be recalled.",
            people(count)
        ),
        action if is_terminal(action) => {
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
        Verdict::WindowClosed => {
            let closed = plan.items.iter().filter(|item| item.verdict == *verdict);
            return format!("{}: over 24 h since they wrote", by_channel(closed));
        }
        Verdict::UnknownMergeTag => {
            let tags: Vec<String> = plan.unknown_tags().iter().map(|tag| format!("{{{{{tag}}}}}")).collect();
            return format!("{} is not a merge tag. Correct the text", tags.join(", "));
        }
        Verdict::EmptyField => {
            return format!("No {} on file. Add a fallback to the merge tag", details(plan, verdict));
        }
        Verdict::NotPermitted if reply => "Your role may not reply to customers",
        Verdict::NotPermitted => "Your role may not change conversations",
        Verdict::NoAddress => "Nothing on file to send it to",
        Verdict::TooLong if reply => "Longer than the channel takes. Shorten the text",
        Verdict::TooLong => "The tag is longer than the help desk takes",
        Verdict::Archived => "Archived is final: no change and no reply any more",
        Verdict::SamePerson => "Also written to in a newer thread of this selection",
        Verdict::RecentMassReply => "Got a mass reply in the last 7 days",
        Verdict::NoReply => "Nobody reads this mailbox",
        Verdict::Silent => "No word from the customer for over 90 days",
        Verdict::WithoutAttachment => "The channel carries no files; the text still goes",
        Verdict::AnsweredMeanwhile => "Somebody wrote since the list was frozen",
        Verdict::Unsupported => "This help desk cannot do it",
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

/// "Email 92, Chat 11", most frequent first.
fn by_channel<'a>(items: impl Iterator<Item = &'a PlanItem>) -> String {
    let mut channels: BTreeMap<&Channel, u64> = BTreeMap::new();
    for item in items {
        *channels.entry(&item.conversation.channel).or_default() += 1;
    }
    let mut channels: Vec<_> = channels.into_iter().collect();
    channels.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let channels: Vec<String> = channels
        .into_iter()
        .map(|(channel, n)| format!("{} {}", channel_name(channel), grouped(n)))
        .collect();
    channels.join(", ")
}

impl Plan {
    /// How it will leave, in words.
    #[must_use]
    pub fn sending(&self) -> SendingSummary {
        let (count, total) = (self.count() as u64, self.items.len() as u64);
        let mut summary = by_channel(self.taking_part());
        if !summary.is_empty() {
            summary.push('.');
        }
        if total > count {
            let rest = grouped(total - count);
            let rest = if count == 0 {
                format!("All {rest} are listed with their reason.")
            } else if total - count == 1 {
                "The other one is listed in the job with its reason.".to_owned()
            } else {
                format!("The other {rest} are listed in the job with their reason.")
            };
            summary = format!("{summary} {rest}").trim().to_owned();
        }
        SendingSummary { summary, sms: self.sms(), eta: self.eta() }
    }

    /// What the texts cost as SMS, and which character makes them dearer.
    fn sms(&self) -> Option<String> {
        let Action::Reply { text, .. } = &self.action else { return None };
        let template = Template::parse(text);
        let texts: Vec<String> = self
            .taking_part()
            .filter(|item| item.conversation.channel.rules().paid_by_segment)
            .map(|item| template.render(&item.values))
            .collect();
        if texts.is_empty() {
            return None;
        }
        let counted: Vec<_> = texts.iter().map(|text| segments(text)).collect();
        let total: usize = counted.iter().map(|segments| segments.count).sum();
        let n = texts.len() as u64;
        let (least, most) = (
            counted.iter().map(|segments| segments.count).min().unwrap_or(0),
            counted.iter().map(|segments| segments.count).max().unwrap_or(0),
        );
        let noun = if most == 1 { "segment" } else { "segments" };
        let mut line = if least == most {
            format!("SMS: {} × {most} {noun} = {}.", people(n), grouped(total as u64))
        } else {
            format!("SMS: {}, {least} to {most} {noun} each, {} in all.", people(n), grouped(total as u64))
        };
        if let Some(dear) = segments(text).offending {
            let plain: String = text.chars().map(plainer).collect();
            let plain = Template::parse(&plain);
            let cheaper: usize = self
                .taking_part()
                .filter(|item| item.conversation.channel.rules().paid_by_segment)
                .map(|item| segments(&plain.render(&item.values)).count)
                .sum();
            line.push_str(&format!(" The character \"{dear}\" forces the long encoding"));
            if cheaper < total {
                line.push_str(&format!("; with plain punctuation it is {} in all", grouped(cheaper as u64)));
            }
            line.push('.');
        }
        Some(line)
    }

    /// When it will be over, where the help desk limits replies.
    fn eta(&self) -> Option<String> {
        let per_minute = self.replies_per_minute.filter(|_| self.action.is_reply())?;
        let minutes = (self.count() as u64).div_ceil(u64::from(per_minute.max(1)));
        let ends =
            self.frozen_at.checked_add(SignedDuration::from_mins(i64::try_from(minutes).ok()?)).ok()?;
        let ends = ends.to_zoned(self.zone.clone());
        Some(format!(
            "This help desk takes {} replies a minute: finishes about {}.",
            grouped(per_minute.into()),
            ends.strftime("%H:%M")
        ))
    }
}

/// Typographic punctuation as typewriters had it; everything else stays.
fn plainer(c: char) -> char {
    match c {
        '–' | '—' | '‑' => '-',
        '‘' | '’' => '\'',
        '“' | '”' | '„' => '"',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    }
}
