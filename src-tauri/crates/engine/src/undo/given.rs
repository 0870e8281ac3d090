//! What one conversation gets back of what was applied to it, as a pure function of the recorded values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_model::{Effect, EffectState, OwnEffect, StatusChange, StatusValue, priority_in};
use muster_store::EffectRow;
use serde_json::{Value, json};

/// Why something stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stays {
    Sent,
    Noted,
    Archived,
    ArchivedMeanwhile,
    Deleted,
    Blocked,
    Unknown,
    BeforeUnknown,
    UndoneAlready,
}

impl Stays {
    /// Behind its number.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Sent => "sent, cannot be recalled",
            Self::Noted => "noted, cannot be recalled",
            Self::Archived => "archived, final",
            Self::ArchivedMeanwhile => "archived meanwhile, final",
            Self::Deleted => "deleted, final",
            Self::Blocked => "blocked, to be unblocked at the help desk",
            Self::Unknown => "still unknown, may or may not have been changed",
            Self::BeforeUnknown => "whose value before is not known",
            Self::UndoneAlready => "undone already",
        }
    }
}

/// What one conversation gets back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given {
    /// In the order of a change's effects.
    pub own: Vec<OwnEffect>,
    pub stays: Vec<Stays>,
    /// When it became Done, if it gets back what it was before.
    pub done_at: Option<Timestamp>,
}

/// A tag before and after everything that was applied, as it was spelled.
#[derive(Default)]
struct Tag {
    was: Option<String>,
    is: Option<String>,
}

impl Given {
    pub(super) fn nothing(stays: Stays) -> Self {
        Self { stays: vec![stays], ..Self::default() }
    }

    pub(super) fn of(effects: &[EffectRow], now: Timestamp) -> Self {
        let applied = || effects.iter().filter(|effect| effect.state == EffectState::Applied);
        for effect in applied() {
            match effect.effect {
                // A conversation that takes no change keeps everything else as well.
                Effect::Status(StatusChange::Archived) => return Self::nothing(Stays::Archived),
                Effect::Delete => return Self::nothing(Stays::Deleted),
                _ => {}
            }
        }
        let mut given = Self::default();
        if effects.iter().any(|effect| super::is_unclear(&effect.state)) {
            given.stays.push(Stays::Unknown);
        }
        let mut tags: BTreeMap<String, Tag> = BTreeMap::new();
        for row in applied() {
            match &row.effect {
                Effect::Reply => given.stays.push(Stays::Sent),
                Effect::Note => given.stays.push(Stays::Noted),
                Effect::Block => given.stays.push(Stays::Blocked),
                Effect::TagAdd(_) | Effect::TagRemove(_) | Effect::TagClear => match &row.before {
                    Some(before) => note(&mut tags, &row.effect, before),
                    None => given.stays.push(Stays::BeforeUnknown),
                },
                _ => given.take(row, now),
            }
        }
        given.own.extend(tags.into_values().filter_map(Tag::back));
        given.own.sort_by_key(|own| own.effect.place());
        given
    }

    /// A property with one value: back to what it was, while it is what we made it.
    fn take(&mut self, row: &EffectRow, now: Timestamp) {
        let (Some(before), Some(after)) = (&row.before, &row.after) else {
            self.stays.push(Stays::BeforeUnknown);
            return;
        };
        if row.effect.is_same_value(before, after) {
            return;
        }
        let Some(effect) = restoring(&row.effect, before, now) else {
            self.stays.push(Stays::BeforeUnknown);
            return;
        };
        if row.effect == Effect::Status(StatusChange::Done) {
            self.done_at = row.receipt.as_ref().and_then(|receipt| receipt.at).or(row.finished);
        }
        self.own.push(OwnEffect { effect, expects: Some(after.clone()) });
    }
}

/// The effect that sets a property to a recorded value.
fn restoring(effect: &Effect, before: &Value, now: Timestamp) -> Option<Effect> {
    fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
        serde_json::from_value(value.clone()).ok()
    }
    Some(match effect {
        Effect::Status(_) => Effect::Status(read::<StatusValue>(before)?.restored(now)?),
        Effect::Assignee(_) => Effect::Assignee(read(before)?),
        Effect::Team(_) => Effect::Team(read(before)?),
        Effect::Priority(_) => Effect::Priority(priority_in(before)?),
        Effect::Follow(_) => Effect::Follow(before.as_bool()?),
        _ => return None,
    })
}

/// Follows the tags through one applied effect.
fn note(tags: &mut BTreeMap<String, Tag>, effect: &Effect, before: &Value) {
    let spelled = |value: &Value| value.as_str().map(str::to_owned);
    match effect {
        Effect::TagClear => {
            for was in before.as_array().into_iter().flatten().filter_map(spelled) {
                tags.entry(was.to_lowercase()).or_insert_with(|| Tag { was: Some(was), is: None });
            }
            tags.values_mut().for_each(|tag| tag.is = None);
        }
        Effect::TagRemove(name) => {
            let tag = || Tag { was: spelled(before), is: None };
            tags.entry(name.to_lowercase()).or_insert_with(tag).is = None;
        }
        Effect::TagAdd(name) => {
            let tag = tags.entry(name.to_lowercase());
            let tag = tag.or_insert_with(|| Tag { was: spelled(before), is: spelled(before) });
            tag.is.get_or_insert_with(|| name.clone());
        }
        _ => {}
    }
}

impl Tag {
    /// A tag that came goes, one that went comes back as it was spelled, and one that was there all along stays.
    fn back(self) -> Option<OwnEffect> {
        match (self.was, self.is) {
            (None, Some(is)) => Some(OwnEffect { expects: Some(json!(is)), effect: Effect::TagRemove(is) }),
            (Some(was), None) => Some(OwnEffect { effect: Effect::TagAdd(was), expects: Some(Value::Null) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{Handle, Priority, SnoozeUntil};
    use rstest::rstest;

    use super::*;
    use crate::samples;

    fn applied(effect: Effect, before: Value) -> EffectRow {
        EffectRow {
            row: 1,
            ordinal: 0,
            after: effect.value_after(),
            effect,
            state: EffectState::Applied,
            before: Some(before),
            attempts: 1,
            receipt: None,
            reason: None,
            started: None,
            finished: Some(samples::now()),
        }
    }

    fn own(effect: Effect, expects: Value) -> OwnEffect {
        OwnEffect { effect, expects: Some(expects) }
    }

    const DONE: Effect = Effect::Status(StatusChange::Done);

    fn done() -> Value {
        json!({ "status": "done", "snoozed_until": null })
    }

    #[rstest]
    #[case::agent(Effect::Assignee(None), json!("a@x"), Effect::Assignee(Some(Handle::from("a@x"))), Value::Null)]
    #[case::nobody(Effect::Team(Some(Handle::from("t"))), Value::Null, Effect::Team(None), json!("t"))]
    #[case::priority(Effect::Priority(Priority::Low), json!("high"), Effect::Priority(Priority::High), json!("low"))]
    #[case::follow(Effect::Follow(true), json!(false), Effect::Follow(false), json!(true))]
    #[case::status(DONE, json!({ "status": "spam", "snoozed_until": null }), Effect::Status(StatusChange::Spam), done())]
    #[case::slept(DONE, json!({ "status": "snoozed", "snoozed_until": "2026-05-01T00:00:00Z" }),
        Effect::Status(StatusChange::Active), done())]
    #[case::sleeps(DONE, json!({ "status": "snoozed", "snoozed_until": null }),
        Effect::Status(StatusChange::Snoozed(SnoozeUntil::Reply)), done())]
    #[case::came(Effect::TagAdd("new".into()), Value::Null, Effect::TagRemove("new".into()), json!("new"))]
    #[case::went(Effect::TagRemove("vip".into()), json!("VIP"), Effect::TagAdd("VIP".into()), Value::Null)]
    fn each_property_gets_its_own_value_back(
        #[case] effect: Effect,
        #[case] before: Value,
        #[case] back: Effect,
        #[case] expects: Value,
    ) {
        let given = Given::of(&[applied(effect, before)], samples::now());
        assert_eq!(given.own, [own(back, expects)]);
        assert_eq!(given.stays, []);
    }

    #[rstest]
    #[case::the_same(DONE, done())]
    #[case::was_there(Effect::TagAdd("vip".into()), json!("VIP"))]
    #[case::was_not_there(Effect::TagRemove("vip".into()), Value::Null)]
    fn what_changed_nothing_is_not_undone(#[case] effect: Effect, #[case] before: Value) {
        assert_eq!(
            Given::of(&[applied(effect, before)], samples::now()),
            Given { done_at: None, ..Given::default() }
        );
    }

    #[test]
    fn tags_are_followed_through_the_whole_change() {
        let before = json!(["Refund", "vip"]);
        let rows = [
            applied(Effect::TagClear, before),
            applied(Effect::TagAdd("VIP".into()), json!("vip")),
            applied(Effect::TagAdd("new".into()), Value::Null),
        ];
        let given = Given::of(&rows, samples::now());
        let back = [
            own(Effect::TagRemove("new".into()), json!("new")),
            own(Effect::TagAdd("Refund".into()), Value::Null),
        ];
        assert_eq!(given.own, back);
    }

    #[rstest]
    #[case(Effect::Status(StatusChange::Archived), Stays::Archived, 0)]
    #[case(Effect::Delete, Stays::Deleted, 0)]
    #[case(Effect::Block, Stays::Blocked, 1)]
    #[case(Effect::Reply, Stays::Sent, 1)]
    #[case(Effect::Note, Stays::Noted, 1)]
    fn what_is_final_is_said(#[case] effect: Effect, #[case] stays: Stays, #[case] given_back: usize) {
        let rows = [applied(effect, Value::Null), applied(Effect::TagAdd("new".into()), Value::Null)];
        let given = Given::of(&rows, samples::now());
        assert_eq!((given.stays, given.own.len()), (vec![stays], given_back));
    }

    #[test]
    fn what_is_not_known_stays() {
        let row = EffectRow { before: None, ..applied(DONE, Value::Null) };
        assert_eq!(Given::of(&[row], samples::now()), Given::nothing(Stays::BeforeUnknown));
        let row = EffectRow { state: EffectState::Unknown, ..applied(DONE, Value::Null) };
        assert_eq!(Given::of(&[row], samples::now()), Given::nothing(Stays::Unknown));
    }
}
