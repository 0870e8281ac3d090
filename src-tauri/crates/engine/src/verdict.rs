//! What a plan says about each recipient: pure functions over what is cached, no clock, no I/O.
//!
//! The heaviest finding wins: what can never be sent before what another text could repair, what blocks before what
//! only asks.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::Capabilities;
use muster_model::{
    Action, Channel, Conversation, Effect, Me, MergeContext, RemoteId, Status, StatusChange, Template,
    Verdict,
};

use crate::effect::shows;

/// After so long without a word from the customer a mass reply asks first.
const SILENT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What judging needs to know besides the conversations.
pub(crate) struct Bench<'a> {
    pub action: &'a Action,
    pub template: Option<Template>,
    pub me: &'a Me,
    pub tenant: &'a str,
    pub capabilities: Option<&'a Capabilities>,
    /// Conversations with a mass reply in the last seven days.
    pub recent: HashSet<RemoteId>,
    pub now: Timestamp,
}

/// What was found about one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub verdict: Verdict,
    /// The particulars, where there are any: "first name".
    pub detail: Option<String>,
    /// Values of the merge tags, where the text can be filled.
    pub values: Vec<String>,
}

impl From<Verdict> for Finding {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, detail: None, values: Vec::new() }
    }
}

impl Bench<'_> {
    /// Judges a whole audience, in its order.
    pub(crate) fn judge(&self, audience: &[&Conversation]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = audience.iter().map(|conversation| self.one(conversation)).collect();
        if matches!(self.action, Action::Reply { mass: true, .. }) {
            mark_same_person(audience, &mut findings);
        }
        findings
    }

    fn one(&self, conversation: &Conversation) -> Finding {
        match self.action {
            Action::Reply { mass, .. } => self.reply(conversation, *mass),
            Action::Change { .. } | Action::Follow { .. } | Action::Undo { .. } => self.change(conversation).into(),
        }
    }

    fn change(&self, conversation: &Conversation) -> Verdict {
        let effects = self.action.effects();
        let follows = matches!(self.action, Action::Follow { .. });
        let too_long = |effect: &Effect| {
            let longest = self.capabilities.map_or(usize::MAX, |capabilities| capabilities.max_tag_chars);
            matches!(effect, Effect::TagAdd(tag) if tag.chars().count() > longest)
        };
        if !follows && !self.me.may_change {
            Verdict::NotPermitted
        } else if effects.iter().all(|effect| shows(conversation, effect, &self.me.handle)) {
            Verdict::NoChange
        } else if !follows && conversation.status == Status::Archived {
            Verdict::Archived
        } else if effects.iter().any(too_long) {
            Verdict::TooLong
        } else {
            Verdict::WillChange
        }
    }

    fn reply(&self, conversation: &Conversation, mass: bool) -> Finding {
        if let Some(verdict) = self.cannot_be_sent(conversation) {
            return verdict.into();
        }
        let Some(template) = &self.template else { return Verdict::NotPermitted.into() };
        if let Some(tag) = template.unknown_tags().first() {
            return Finding { detail: Some(tag.clone()), ..Verdict::UnknownMergeTag.into() };
        }
        let context = MergeContext { conversation, agent: self.me, tenant: self.tenant };
        let values = match template.values(&context) {
            Ok(values) => values,
            Err(empty) => {
                let names: Vec<String> = empty.iter().map(|field| field_name(&field.tag)).collect();
                return Finding { detail: Some(names.join(", ")), ..Verdict::EmptyField.into() };
            }
        };
        let length = template.render(&values).chars().count();
        if let Some(limit) = self.limit(&conversation.channel).filter(|limit| length > *limit) {
            let detail = Some(format!("{length} of {limit} characters"));
            return Finding { verdict: Verdict::TooLong, detail, values };
        }
        let verdict = if mass { self.asks(conversation) } else { None };
        Finding { verdict: verdict.unwrap_or(Verdict::WillSend), detail: None, values }
    }

    /// What no other text could repair.
    fn cannot_be_sent(&self, conversation: &Conversation) -> Option<Verdict> {
        let blank = |value: &Option<String>| value.as_deref().is_none_or(|value| value.trim().is_empty());
        if !self.me.may_reply {
            return Some(Verdict::NotPermitted);
        }
        if conversation.status == Status::Archived {
            return Some(Verdict::Archived);
        }
        if !conversation.channel.rules().written {
            return Some(Verdict::Voice);
        }
        let address = match conversation.channel {
            Channel::Email => &conversation.contact.email,
            Channel::Sms => &conversation.contact.phone,
            _ => &Some("the platform's own".to_owned()),
        };
        if blank(address) {
            return Some(Verdict::NoAddress);
        }
        let open = conversation.channel.window_open(conversation.last_inbound, self.now);
        (!open).then_some(Verdict::WindowClosed)
    }

    /// The shorter of the platform's limit and the help desk's own.
    fn limit(&self, channel: &Channel) -> Option<usize> {
        let own = self.capabilities.into_iter().flat_map(|capabilities| &capabilities.max_reply_chars);
        let own = own.filter(|(limited, _)| limited == channel).map(|(_, limit)| *limit);
        own.chain(channel.rules().max_chars).min()
    }

    fn asks(&self, conversation: &Conversation) -> Option<Verdict> {
        let last_word = conversation.last_inbound.unwrap_or(conversation.created);
        if conversation.channel == Channel::Email && nobody_reads(conversation.contact.email.as_deref()) {
            Some(Verdict::NoReply)
        } else if self.recent.contains(&conversation.id) {
            Some(Verdict::RecentMassReply)
        } else if self.now.duration_since(last_word) > SILENT {
            Some(Verdict::Silent)
        } else {
            None
        }
    }
}

/// Of several conversations with one person the one with the latest message keeps its verdict.
fn mark_same_person(audience: &[&Conversation], findings: &mut [Finding]) {
    let mut latest: HashMap<String, usize> = HashMap::new();
    for (index, conversation) in audience.iter().enumerate() {
        let Some(person) = conversation.contact.identity() else { continue };
        if !findings[index].verdict.takes_part() {
            continue;
        }
        let kept = latest.entry(person).or_insert(index);
        if *kept == index {
            continue;
        }
        let at = |index: usize| audience[index].last_inbound.unwrap_or(audience[index].updated);
        let older = if at(index) > at(*kept) { std::mem::replace(kept, index) } else { index };
        findings[older].verdict = Verdict::SamePerson;
    }
}

/// "customer_first_name" → "first name", as agents would say it.
fn field_name(tag: &str) -> String {
    match tag {
        "customer_first_name" => "first name".to_owned(),
        "customer_name" => "name".to_owned(),
        "customer_email" => "e-mail address".to_owned(),
        "conversation_subject" => "subject".to_owned(),
        "tenant_name" => "company".to_owned(),
        other => other.rsplit_once("custom_fields.").map_or(other, |(_, key)| key).replace('_', " "),
    }
}

/// Whether an address says of itself that nobody reads it.
fn nobody_reads(email: Option<&str>) -> bool {
    let Some((local, _)) = email.and_then(|email| email.split_once('@')) else { return false };
    let plain: String = local.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    plain.starts_with("noreply")
        || plain.starts_with("donotreply")
        || matches!(plain.as_str(), "mailerdaemon" | "postmaster" | "bounce" | "bounces")
}

/// Whether this change ends a conversation for good.
pub(crate) fn is_terminal(action: &Action) -> bool {
    action.effects().contains(&Effect::Status(StatusChange::Archived))
}

#[cfg(test)]
mod tests;
