//! How long replies wait, so that they can be taken back, when nobody says otherwise.

use muster_model::{Action, Channel};
use muster_store::SendingRules;

use super::Plan;

/// The usual hold in seconds; none for what can be undone anyway.
#[must_use]
pub fn usual_hold(rules: &SendingRules, action: &Action, channels: &[Channel]) -> u32 {
    match action {
        Action::Reply { mass, .. } if *mass || channels.len() > 1 => rules.hold_many,
        Action::Reply { .. } if channels == [Channel::Chat] => rules.hold_chat,
        // A note cannot be taken back either once a colleague was told.
        Action::Reply { .. } | Action::Note { .. } => rules.hold_one,
        Action::Change { .. } | Action::Follow { .. } | Action::Undo { .. } => 0,
    }
}

impl Plan {
    /// The usual hold of this plan.
    #[must_use]
    pub fn usual_hold(&self, rules: &SendingRules) -> u32 {
        // Whether it is one or many is all that matters, so two are enough to tell.
        let channels: Vec<Channel> =
            self.items.iter().take(2).map(|item| item.conversation.channel.clone()).collect();
        usual_hold(rules, &self.action, &channels)
    }
}

#[cfg(test)]
mod tests {
    use muster_model::Change;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(false, &[Channel::Email], 10)]
    #[case(false, &[Channel::Chat], 0)]
    #[case(true, &[Channel::Chat], 30)]
    #[case(false, &[Channel::Email, Channel::Email], 30)]
    fn of_a_reply(#[case] mass: bool, #[case] channels: &[Channel], #[case] seconds: u32) {
        let reply = Action::Reply {
            text: "Hello".into(),
            mass,
            then: Change::default(),
            files: Vec::new(),
            approved: None,
        };
        let rules = SendingRules::default();
        assert_eq!(usual_hold(&rules, &reply, channels), seconds);
        assert_eq!(usual_hold(&rules, &Action::Follow { on: true }, channels), 0);
        let note = Action::Note { text: "Look".into(), mentions: Vec::new(), files: Vec::new() };
        assert_eq!(usual_hold(&rules, &note, channels), 10, "whatever the channel: no customer hears it");
        let rules = SendingRules { hold_one: 1, hold_many: 2, hold_chat: 3, ..rules };
        let told = usual_hold(&rules, &reply, channels);
        assert_eq!(told, [(10, 1), (30, 2), (0, 3)].iter().find(|(usual, _)| *usual == seconds).unwrap().1);
    }
}
