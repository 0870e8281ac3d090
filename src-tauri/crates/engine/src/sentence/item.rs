//! What became of one item, in words: "Sent, now Done"; "Active → Done".

use muster_model::{Effect, EffectState, Status, StatusChange};
use muster_store::{EffectRow, ItemRow};
use serde_json::Value;

use super::{capital, priority_name, status_name};
use crate::effect::status_of;

/// "Sent, now Done", "Rejected", "To go"
#[must_use]
pub fn outcome(item: &ItemRow) -> String {
    let sent = item
        .effects
        .iter()
        .any(|effect| effect.effect == Effect::Reply && effect.state == EffectState::Applied);
    let status = item.effects.iter().find_map(|row| match &row.effect {
        Effect::Status(status) => Some((status_name(*status), &row.state)),
        _ => None,
    });
    match (&item.state, sent, status) {
        (EffectState::Applied, true, Some((status, EffectState::Applied))) => format!("Sent, now {status}"),
        (EffectState::Rejected | EffectState::Skipped, true, Some((status, state)))
            if *state != EffectState::Applied =>
        {
            format!("Sent, not {status}")
        }
        (EffectState::Applied, true, _) => "Sent".to_owned(),
        (EffectState::Applied, false, _) => applied(&item.effects),
        (EffectState::Pending, ..) => "To go".to_owned(),
        (state, ..) => capital(state.as_str()),
    }
}

/// What happened to it, for a change.
fn applied(effects: &[EffectRow]) -> String {
    let words: Vec<String> = effects
        .iter()
        .filter(|row| row.state == EffectState::Applied)
        .map(|row| match &row.effect {
            Effect::Reply => "Sent".to_owned(),
            Effect::Note => "Noted".to_owned(),
            Effect::Status(StatusChange::Snoozed(_)) => "Snoozed".to_owned(),
            Effect::Status(status) => format!("Now {}", status_name(*status)),
            Effect::Assignee(Some(_)) | Effect::Team(Some(_)) => "Assigned".to_owned(),
            Effect::Assignee(None) | Effect::Team(None) => "Unassigned".to_owned(),
            Effect::TagAdd(_) => "Tagged".to_owned(),
            Effect::TagRemove(_) | Effect::TagClear => "Untagged".to_owned(),
            Effect::Priority(priority) => format!("Now {}", priority_name(priority)),
            Effect::Follow(true) => "Followed".to_owned(),
            Effect::Follow(false) => "No longer followed".to_owned(),
            Effect::Block => "Contact blocked".to_owned(),
            Effect::Delete => "Deleted".to_owned(),
            Effect::Unknown(_) => "Changed".to_owned(),
        })
        .collect();
    match words.split_first() {
        None => "Applied".to_owned(),
        Some((first, rest)) if rest.iter().all(|word| word == first) => first.clone(),
        Some(_) => "Changed".to_owned(),
    }
}

/// What changed and from what, "Active → Done"; nothing of what did not leave.
#[must_use]
pub fn changes(item: &ItemRow) -> Vec<String> {
    let left = [EffectState::Applied, EffectState::Sending, EffectState::Unknown];
    item.effects.iter().filter(|row| left.contains(&row.state)).filter_map(change).collect()
}

/// One effect: "Active → Done", "+ refund".
#[must_use]
pub fn change(row: &EffectRow) -> Option<String> {
    let before = row.before.as_ref();
    if let (Some(before), Some(after)) = (before, row.effect.value_after())
        && row.effect.is_same_value(before, &after)
    {
        // It was so already.
        return None;
    }
    let who = |handle: Option<&str>| handle.unwrap_or("nobody").to_owned();
    let from = |name: String| if before.is_some() { format!("{name} ") } else { String::new() };
    match &row.effect {
        Effect::Status(status) => {
            let was = before.and_then(|value| value.get("status")).and_then(Value::as_str).map(capital);
            let (after, _) = status_of(*status);
            Some(format!("{}→ {}", was.map(|was| format!("{was} ")).unwrap_or_default(), status_word(&after)))
        }
        Effect::Assignee(to) | Effect::Team(to) => {
            let was = who(before.and_then(Value::as_str));
            Some(format!("{}→ {}", from(was), who(to.as_ref().map(muster_model::Handle::as_str))))
        }
        Effect::TagAdd(tag) => Some(format!("+ {tag}")),
        Effect::TagRemove(tag) => Some(format!("− {tag}")),
        Effect::TagClear => {
            let had: Vec<&str> = before.and_then(Value::as_array)?.iter().filter_map(Value::as_str).collect();
            (!had.is_empty()).then(|| format!("− {}", had.join(", ")))
        }
        Effect::Priority(to) => {
            let was = before.and_then(Value::as_str).unwrap_or("none");
            Some(format!("{}→ {}", from(priority_name(&was.into())), priority_name(to)))
        }
        Effect::Follow(true) => Some("followed by you".to_owned()),
        Effect::Follow(false) => Some("no longer followed by you".to_owned()),
        Effect::Block => Some("contact blocked".to_owned()),
        Effect::Delete => Some("deleted".to_owned()),
        Effect::Reply | Effect::Note | Effect::Unknown(_) => None,
    }
}

fn status_word(status: &Status) -> String {
    capital(status.as_str())
}

#[cfg(test)]
mod tests {
    use muster_model::{Handle, Priority, RemoteId};
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn row(effect: Effect, state: EffectState, before: Option<Value>) -> EffectRow {
        EffectRow {
            row: 1,
            ordinal: 0,
            effect,
            state,
            before,
            after: None,
            attempts: 1,
            receipt: None,
            reason: None,
            started: None,
            finished: None,
        }
    }

    fn item(state: EffectState, effects: Vec<EffectRow>) -> ItemRow {
        ItemRow { no: 0, id: RemoteId::from("1"), state, reason: None, effects }
    }

    const DONE: Effect = Effect::Status(StatusChange::Done);

    #[rstest]
    #[case(EffectState::Applied, &[(Effect::Reply, EffectState::Applied), (DONE, EffectState::Applied)], "Sent, now Done")]
    #[case(EffectState::Applied, &[(Effect::Reply, EffectState::Applied)], "Sent")]
    #[case(EffectState::Rejected, &[(Effect::Reply, EffectState::Applied), (DONE, EffectState::Rejected)], "Sent, not Done")]
    #[case(EffectState::Rejected, &[(Effect::Reply, EffectState::Rejected), (DONE, EffectState::Skipped)], "Rejected")]
    #[case(EffectState::Unknown, &[(Effect::Reply, EffectState::Unknown)], "Unknown")]
    #[case(EffectState::Pending, &[], "To go")]
    #[case(EffectState::Applied, &[(DONE, EffectState::Applied)], "Now Done")]
    #[case(EffectState::Applied, &[(Effect::TagAdd("a".into()), EffectState::Applied), (Effect::TagAdd("b".into()), EffectState::Applied)], "Tagged")]
    #[case(EffectState::Applied, &[(Effect::TagAdd("a".into()), EffectState::Applied), (DONE, EffectState::Applied)], "Changed")]
    fn an_outcome_in_words(
        #[case] state: EffectState,
        #[case] effects: &[(Effect, EffectState)],
        #[case] expected: &str,
    ) {
        let effects =
            effects.iter().map(|(effect, state)| row(effect.clone(), state.clone(), None)).collect();
        assert_eq!(outcome(&item(state, effects)), expected);
    }

    #[rstest]
    #[case(DONE, Some(json!({"status": "snoozed"})), Some("Snoozed → Done"))]
    #[case(DONE, None, Some("→ Done"))]
    #[case(Effect::Assignee(None), Some(json!("jonas@d.example")), Some("jonas@d.example → nobody"))]
    #[case(
        Effect::Assignee(Some(Handle::from("mira@d.example"))),
        Some(Value::Null),
        Some("nobody → mira@d.example")
    )]
    #[case(Effect::TagClear, Some(json!(["a", "b"])), Some("− a, b"))]
    #[case(Effect::Priority(Priority::High), Some(json!("none")), Some("no priority → priority high"))]
    #[case(Effect::TagAdd("vip".into()), Some(json!("VIP")), None)]
    #[case(Effect::TagRemove("vip".into()), Some(json!("VIP")), Some("− vip"))]
    #[case(Effect::Reply, None, None)]
    fn before_and_after(
        #[case] effect: Effect,
        #[case] before: Option<Value>,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(change(&row(effect, EffectState::Applied, before)).as_deref(), expected);
    }

    #[test]
    fn what_did_not_leave_changed_nothing() {
        let effects = vec![row(DONE, EffectState::Rejected, Some(json!({"status": "active"})))];
        assert_eq!(changes(&item(EffectState::Rejected, effects)), [""; 0]);
    }
}
