//! What a plan says about each recipient: pure functions over what is cached, no clock, no I/O.
//!
//! The heaviest finding wins: what can never be sent before what another text could repair, what blocks before what
//! only asks.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::Capabilities;
use muster_model::{
    Action, Channel, Conversation, Effect, FileRef, Files, Me, MergeContext, OwnEffect, RemoteId,
    SnoozeUntil, Status, StatusChange, Template, Verdict,
};

use crate::effect::shows;
use crate::sentence::{channel_name, file_size};

/// After so long without a word from the customer a mass reply asks first.
const SILENT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What judging needs to know besides the conversations.
pub(crate) struct Bench<'a> {
    pub action: &'a Action,
    /// The steps of the action.
    pub effects: Vec<Effect>,
    pub template: Option<Template>,
    /// The approved text with its gaps filled, where one was chosen.
    pub approved: Option<Template>,
    pub me: &'a Me,
    pub tenant: &'a str,
    pub capabilities: Option<&'a Capabilities>,
    /// Conversations with a mass reply in the last seven days.
    pub recent: HashSet<RemoteId>,
    /// Groups dropped by hand: whoever is in one is not the thread on which a person is written to.
    pub drop: &'a BTreeSet<Verdict>,
    pub now: Timestamp,
}

/// Whom to judge.
pub(crate) struct Subject<'a> {
    pub conversation: &'a Conversation,
    /// Its own steps instead of the action's.
    pub own: Option<&'a [OwnEffect]>,
    /// Values typed for it, by the tag's name.
    pub typed: &'a BTreeMap<String, String>,
    /// Somebody wrote since the audience was frozen.
    pub answered: bool,
    /// Left out by hand.
    pub left_out: bool,
}

/// What was found about one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub verdict: Verdict,
    /// The particulars, where there are any: "first name".
    pub detail: Option<String>,
    /// Values of the merge tags, where the text can be filled.
    pub values: Vec<String>,
    /// Merge tags without a value.
    pub missing: Vec<String>,
    /// The files go with it.
    pub with_files: bool,
    /// It gets the approved text.
    pub approved: bool,
}

impl From<Verdict> for Finding {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            detail: None,
            values: Vec::new(),
            missing: Vec::new(),
            with_files: false,
            approved: false,
        }
    }
}

impl Finding {
    fn because(verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..verdict.into() }
    }
}

impl Bench<'_> {
    /// Judges a whole audience, in its order.
    pub(crate) fn judge(&self, audience: &[Subject<'_>]) -> Vec<Finding> {
        // What blocks everybody alike is asked once.
        let beyond = self.beyond_the_server(&self.effects);
        let judged = audience.iter().map(|subject| match self.action {
            Action::Reply { mass, files, .. } => self.reply(subject, *mass, files, beyond.as_ref()),
            Action::Note { files, .. } => self.note(subject, files),
            Action::Change { .. } | Action::Follow { .. } | Action::Undo { .. } => {
                self.change(subject, beyond.as_ref())
            }
        });
        let mut findings: Vec<Finding> = judged.collect();
        if matches!(self.action, Action::Reply { mass: true, .. }) {
            mark_same_person(audience, &mut findings, self.drop);
        }
        findings
    }

    fn change(&self, subject: &Subject<'_>, beyond: Option<&Finding>) -> Finding {
        let conversation = subject.conversation;
        let own: Vec<Effect>;
        let effects = match subject.own {
            Some(steps) => {
                own = steps.iter().map(|step| step.effect.clone()).collect();
                &own
            }
            None => &self.effects,
        };
        let follows = matches!(self.action, Action::Follow { .. });
        let unsupported = beyond.filter(|finding| finding.verdict == Verdict::Unsupported);
        if !follows && !self.me.may_change {
            Verdict::NotPermitted.into()
        } else if let Some(finding) = unsupported {
            finding.clone()
        } else if effects.iter().all(|effect| shows(conversation, effect, &self.me.handle)) {
            Verdict::NoChange.into()
        } else if conversation.status == Status::Archived && !effects.iter().all(fits_archived) {
            Verdict::Archived.into()
        } else if let Some(finding) = beyond {
            finding.clone()
        } else if subject.answered {
            Verdict::AnsweredMeanwhile.into()
        } else {
            Verdict::WillChange.into()
        }
    }

    fn note(&self, subject: &Subject<'_>, files: &[FileRef]) -> Finding {
        if !self.me.may_note {
            Verdict::NotPermitted.into()
        } else if self.capabilities.is_some_and(|capabilities| !capabilities.notes) {
            Finding::because(Verdict::Unsupported, "it takes no notes from here")
        } else if !files.is_empty() && self.capabilities.is_some_and(|can| !can.note_files) {
            Finding::because(Verdict::Unsupported, "its notes carry no files")
        } else if subject.conversation.status == Status::Archived {
            Verdict::Archived.into()
        } else {
            Finding { with_files: !files.is_empty(), ..Verdict::WillChange.into() }
        }
    }

    /// What the help desk cannot do at all, or does not take like that.
    fn beyond_the_server(&self, effects: &[Effect]) -> Option<Finding> {
        let capabilities = self.capabilities?;
        let cannot = effects.iter().find_map(|effect| match effect {
            Effect::Block if !capabilities.block => Some("it cannot block contacts"),
            Effect::Delete if !capabilities.delete => Some("it cannot delete conversations"),
            Effect::Status(StatusChange::Snoozed(_)) if !capabilities.snooze => Some("it cannot snooze"),
            Effect::Status(StatusChange::Archived) if !capabilities.archive => {
                Some("it has no status that is final")
            }
            Effect::Status(StatusChange::Snoozed(SnoozeUntil::Reply)) if !capabilities.snooze_until_reply => {
                Some("it snoozes only until a time")
            }
            Effect::Team(Some(_)) if !capabilities.teams => Some("it has no teams"),
            Effect::Priority(_) if !capabilities.priority => Some("it has no priorities"),
            Effect::TagClear if !capabilities.clear_tags => Some("it takes tags off only by name"),
            Effect::TagAdd(_) | Effect::TagRemove(_) if !capabilities.tags => {
                Some("its conversations carry no tags")
            }
            Effect::Team(None) if !capabilities.no_team => Some("every conversation there is in a team"),
            _ => None,
        });
        if let Some(cannot) = cannot {
            return Some(Finding::because(Verdict::Unsupported, cannot));
        }
        let longest = capabilities.max_tag_chars;
        effects.iter().find_map(|effect| match effect {
            Effect::TagAdd(tag) if tag.chars().count() > longest => {
                let length = tag.chars().count();
                Some(Finding::because(Verdict::TooLong, format!("tag of {length} characters, {longest} fit")))
            }
            _ => None,
        })
    }

    fn reply(
        &self,
        subject: &Subject<'_>,
        mass: bool,
        files: &[FileRef],
        beyond: Option<&Finding>,
    ) -> Finding {
        let conversation = subject.conversation;
        if let Some(finding) = self.cannot_be_sent(conversation).or_else(|| beyond.cloned()) {
            return finding;
        }
        // What WhatsApp approved goes when the 24 hours are over, and carries no files.
        let approved = self.takes_approved(conversation);
        let template = if approved { &self.approved } else { &self.template };
        let Some(template) = template else { return Verdict::NotPermitted.into() };
        if let Some(gap) = self.open_gap().filter(|_| approved) {
            return Finding::because(Verdict::EmptyField, format!("gap {gap} of the approved text"));
        }
        if let Some(tag) = template.unknown_tags().first() {
            return Finding::because(Verdict::UnknownMergeTag, tag);
        }
        let context = MergeContext { conversation, agent: self.me, tenant: self.tenant };
        let values = match template.values_with(&context, subject.typed) {
            Ok(values) => values,
            Err(empty) => {
                let names: Vec<String> = empty.iter().map(|field| field_name(&field.tag)).collect();
                let missing = empty.into_iter().map(|field| field.tag).collect();
                return Finding { missing, ..Finding::because(Verdict::EmptyField, names.join(", ")) };
            }
        };
        let length = template.render(&values).chars().count();
        if let Some(limit) = self.limit(&conversation.channel).filter(|limit| length > *limit) {
            let detail = format!("{length} of {limit} characters");
            return Finding { values, ..Finding::because(Verdict::TooLong, detail) };
        }
        let dropped = if approved && !files.is_empty() {
            Some("an approved text carries no files".to_owned())
        } else {
            self.drops_files(&conversation.channel, files)
        };
        let asks = if subject.answered {
            Some(Verdict::AnsweredMeanwhile)
        } else if mass {
            self.asks(conversation)
        } else {
            None
        };
        let verdict = match (asks, &dropped) {
            (Some(verdict), _) => verdict,
            (None, Some(_)) => Verdict::WithoutAttachment,
            (None, None) if approved => Verdict::ApprovedText,
            (None, None) => Verdict::WillSend,
        };
        let with_files = !files.is_empty() && dropped.is_none();
        Finding { values, with_files, approved, detail: dropped, ..verdict.into() }
    }

    /// Why the files do not go with a reply on this channel; none if they do, or there are none.
    fn drops_files(&self, channel: &Channel, files: &[FileRef]) -> Option<String> {
        if files.is_empty() {
            return None;
        }
        if self.capabilities.is_some_and(|capabilities| !capabilities.files) {
            return Some("this help desk takes no files".to_owned());
        }
        let carries = channel.rules().attachments;
        let large = files.iter().find(|file| !carries.carry(file.size))?;
        let name = channel_name(channel);
        Some(match carries {
            Files::UpTo(limit) => {
                format!(
                    "{name} takes up to {}, {} has {}",
                    file_size(limit),
                    large.name,
                    file_size(large.size)
                )
            }
            Files::Any | Files::Never => format!("{name} carries no files"),
        })
    }

    /// What no other text could repair.
    fn cannot_be_sent(&self, conversation: &Conversation) -> Option<Finding> {
        let blank = |value: &Option<String>| value.as_deref().is_none_or(|value| value.trim().is_empty());
        if !self.me.may_reply {
            return Some(Verdict::NotPermitted.into());
        }
        if self.effects.len() > 1 && !self.me.may_change {
            return Some(Finding::because(Verdict::NotPermitted, "the change that follows"));
        }
        if conversation.status == Status::Archived {
            return Some(Verdict::Archived.into());
        }
        if !conversation.channel.rules().written {
            return Some(Verdict::Voice.into());
        }
        let address = match conversation.channel {
            Channel::Email => &conversation.contact.email,
            Channel::Sms => &conversation.contact.phone,
            _ => &Some("the platform's own".to_owned()),
        };
        // Of a person whom the help desk has not told us about yet it knows the address all the same.
        let contact = &conversation.contact;
        let is_sketch = self.capabilities.is_some_and(|capabilities| capabilities.sketches)
            && contact.id.is_some()
            && contact.name.is_empty();
        if blank(address) && !is_sketch {
            return Some(Verdict::NoAddress.into());
        }
        let open = conversation.channel.window_open(conversation.last_inbound, self.now);
        (!open && !self.takes_approved(conversation)).then(|| Verdict::WindowClosed.into())
    }

    /// Whether it gets the approved text: one was chosen, and WhatsApp takes no other now.
    fn takes_approved(&self, conversation: &Conversation) -> bool {
        self.approved.is_some()
            && conversation.channel == Channel::Whatsapp
            && !conversation.channel.window_open(conversation.last_inbound, self.now)
    }

    /// The first gap of the approved text that nothing fills.
    fn open_gap(&self) -> Option<usize> {
        match self.action {
            Action::Reply { approved: Some(approved), .. } => approved.open_gaps().first().copied(),
            _ => None,
        }
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

/// Of several conversations with one person the one with the latest message keeps its verdict, among those that would be
/// written to.
fn mark_same_person(audience: &[Subject<'_>], findings: &mut [Finding], drop: &BTreeSet<Verdict>) {
    let mut latest: HashMap<String, usize> = HashMap::new();
    for (index, subject) in audience.iter().enumerate() {
        let verdict = &findings[index].verdict;
        if subject.left_out || !verdict.takes_part() || drop.contains(verdict) {
            continue;
        }
        let Some(person) = subject.conversation.contact.identity() else { continue };
        let kept = latest.entry(person).or_insert(index);
        if *kept == index {
            continue;
        }
        let at = |index: usize| {
            let conversation = audience[index].conversation;
            conversation.last_inbound.unwrap_or(conversation.updated)
        };
        let older = if at(index) > at(*kept) { std::mem::replace(kept, index) } else { index };
        findings[older].verdict = Verdict::SamePerson;
    }
}

/// Whether the help desk still takes it on what is archived: blocking is about the contact, and what is archived can be
/// deleted.
fn fits_archived(effect: &Effect) -> bool {
    matches!(effect, Effect::Block | Effect::Delete | Effect::Follow(_))
        || *effect == Effect::Status(StatusChange::Archived)
}

/// "customer_first_name" → "first name", as agents would say it.
#[must_use]
pub fn field_name(tag: &str) -> String {
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

/// The step of an action that nobody can take back, if it has one; of several the weightiest.
pub(crate) fn final_step(action: &Action) -> Option<Effect> {
    let is_final = |effect: &Effect| {
        matches!(effect, Effect::Status(StatusChange::Archived) | Effect::Block | Effect::Delete)
    };
    // They stand in this order among the steps: block, status, delete.
    action.effects().into_iter().rfind(is_final)
}

#[cfg(test)]
mod tests;
