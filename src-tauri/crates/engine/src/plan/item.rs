//! One recipient of a plan, and the groups that recipients with the same verdict make.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use muster_model::{AudienceItem, Conversation, OwnEffect, RemoteId, Verdict};

use super::Plan;

/// One recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanItem {
    /// The conversation.
    pub id: RemoteId,
    /// As the agent saw it when the audience was frozen, pending effects included.
    pub conversation: Arc<Conversation>,
    /// Values of the merge tags, in the order of the text.
    pub values: Vec<String>,
    /// Merge tags that have no value here and no fallback.
    pub missing: Vec<String>,
    /// What the plan says about it.
    pub verdict: Verdict,
    /// The particulars of the verdict: "first name".
    pub detail: Option<String>,
    /// The verdict in words: "Empty field: first name".
    pub text: String,
    /// Takes part: sent to, or changed.
    pub included: bool,
    /// Left out by hand.
    pub left_out: bool,
    /// The files of the plan go with it.
    pub with_files: bool,
    /// The approved text goes to it instead of the one that was written.
    pub approved: bool,
    /// Effects of its own instead of the plan's: undo, and retries of what is left of an item.
    pub own: Option<Vec<OwnEffect>>,
    /// Somebody wrote between freezing the audience and confirming it; the agent was told.
    pub(super) answered: bool,
    /// The server's last state of it, without our pending effects: what a guard compares with.
    pub(super) base: Base,
}

/// What the guard compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub stamp: i64,
    pub last_inbound: Option<i64>,
    pub last_outbound: Option<i64>,
}

impl Base {
    pub(super) fn of(server: &Conversation) -> Self {
        Self {
            stamp: server.stamp,
            last_inbound: server.last_inbound.map(Timestamp::as_millisecond),
            last_outbound: server.last_outbound.map(Timestamp::as_millisecond),
        }
    }
}

impl PlanItem {
    /// As the journal keeps it.
    pub(super) fn for_journal(&self) -> AudienceItem {
        let by_hand = self.left_out && self.verdict.takes_part();
        AudienceItem {
            id: self.id.clone(),
            stamp: self.base.stamp,
            last_inbound: self.base.last_inbound,
            last_outbound: self.base.last_outbound,
            values: if self.included { self.values.clone() } else { Vec::new() },
            verdict: if by_hand { "left_out".to_owned() } else { self.verdict.to_string() },
            takes_part: self.included,
            channel: self.conversation.channel.clone(),
            with_files: self.with_files && self.included,
            approved: self.approved && self.included,
            own: self.own.as_deref().map(Into::into),
        }
    }
}

/// All recipients with the same verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their verdict.
    pub verdict: Verdict,
    /// How many.
    pub count: usize,
    /// They take part, except those left out one by one.
    pub included: bool,
    /// The agent may drop or take the group.
    pub optional: bool,
}

impl Plan {
    /// The audience by verdict, in the order of [`Verdict::KNOWN`].
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut counts: HashMap<&Verdict, usize> = HashMap::new();
        for item in &self.items {
            *counts.entry(&item.verdict).or_default() += 1;
        }
        let mut groups: Vec<Group> = counts
            .into_iter()
            .map(|(verdict, count)| Group {
                count,
                included: self.takes(verdict),
                optional: verdict.takes_part(),
                verdict: verdict.clone(),
            })
            .collect();
        groups.sort_by(|a, b| (!a.optional, &a.verdict).cmp(&(!b.optional, &b.verdict)));
        groups
    }

    /// Whether recipients with this verdict take part, except those left out one by one.
    pub(super) fn takes(&self, verdict: &Verdict) -> bool {
        let once = self.once_per_person && *verdict == Verdict::SamePerson;
        verdict.takes_part() && !self.drop.contains(verdict) && !once
    }
}
