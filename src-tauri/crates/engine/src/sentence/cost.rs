//! What a plan costs in words: channels, SMS, files.

use std::collections::BTreeMap;

use muster_model::{Action, Channel, Template, segments, sms_fix, with_plain_punctuation};

use super::{channel_name, grouped, people};
use crate::plan::{Plan, PlanItem};

/// How a plan will leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendingSummary {
    /// "Email 92, chat 11, SMS 9. The other 22 are listed in the job with their reason."
    pub summary: String,
    /// "SMS: 9 people × 5 segments = 45. …"
    pub sms: Option<String>,
    /// A character that makes SMS dearer, and what to write instead.
    pub sms_fix: Option<(char, &'static str)>,
    /// "reaches 111 of 120"
    pub files_reach: Option<String>,
    /// "finishes about 14:35", where the help desk limits its pace.
    pub eta: Option<String>,
}

impl Plan {
    /// How it will leave, in words.
    #[must_use]
    pub fn summary(&self) -> SendingSummary {
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
        SendingSummary {
            summary,
            sms: self.sms(),
            sms_fix: self.sms_fix(),
            files_reach: self.files_reach(),
            eta: self.eta(),
        }
    }

    /// Whom an SMS costs by the segment.
    fn paid_by_segment(&self) -> impl Iterator<Item = &PlanItem> {
        self.taking_part().filter(|item| item.conversation.channel.rules().paid_by_segment)
    }

    /// What the texts cost as SMS, and which character makes them dearer.
    fn sms(&self) -> Option<String> {
        let Action::Reply { text, .. } = &self.action else { return None };
        let template = Template::parse(text);
        let counted: Vec<usize> =
            self.paid_by_segment().map(|item| segments(&template.render(&item.values)).count).collect();
        let (least, most) = (counted.iter().min()?, counted.iter().max()?);
        let total: usize = counted.iter().sum();
        let n = counted.len() as u64;
        let noun = if *most == 1 { "segment" } else { "segments" };
        let mut line = if least == most {
            format!("SMS: {} × {most} {noun} = {}.", people(n), grouped(total as u64))
        } else {
            format!("SMS: {}, {least} to {most} {noun} each, {} in all.", people(n), grouped(total as u64))
        };
        if let Some(dear) = segments(text).offending {
            let plain = Template::parse(&with_plain_punctuation(text));
            let cheaper: usize =
                self.paid_by_segment().map(|item| segments(&plain.render(&item.values)).count).sum();
            line.push_str(&format!(" The character \"{dear}\" forces the long encoding"));
            if cheaper < total {
                line.push_str(&format!("; with plain punctuation it is {} in all", grouped(cheaper as u64)));
            }
            line.push('.');
        }
        Some(line)
    }

    fn sms_fix(&self) -> Option<(char, &'static str)> {
        let Action::Reply { text, .. } = &self.action else { return None };
        self.paid_by_segment().next().and_then(|_| sms_fix(text))
    }

    fn files_reach(&self) -> Option<String> {
        if self.files().is_empty() {
            return None;
        }
        let (reached, count) = (self.taking_part().filter(|item| item.with_files).count(), self.count());
        let (reached, count) = (grouped(reached as u64), grouped(count as u64));
        Some(if reached == count {
            format!("reaches all {count}")
        } else {
            format!("reaches {reached} of {count}")
        })
    }
}

/// "Email 92, Chat 11", most frequent first.
pub(super) fn by_channel<'a>(items: impl Iterator<Item = &'a PlanItem>) -> String {
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
