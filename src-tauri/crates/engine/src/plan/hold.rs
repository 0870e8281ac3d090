//! How long replies wait, so that they can be taken back, when nobody says otherwise.

use muster_model::{Action, Channel};

use super::Plan;

/// One reply waits so many seconds.
const ONE: u32 = 10;
/// A reply to many.
const MANY: u32 = 30;

/// The usual hold in seconds: none on a single live chat, none for what can be undone anyway.
#[must_use]
pub fn usual_hold(action: &Action, channels: &[Channel]) -> u32 {
    match action {
        Action::Reply { mass, .. } if *mass || channels.len() > 1 => MANY,
        Action::Reply { .. } if channels == [Channel::Chat] => 0,
        Action::Reply { .. } => ONE,
        Action::Change { .. } | Action::Follow { .. } | Action::Undo { .. } => 0,
    }
}

impl Plan {
    /// The usual hold of this plan.
    #[must_use]
    pub fn usual_hold(&self) -> u32 {
        // Whether it is one or many is all that matters, so two are enough to tell.
        let channels: Vec<Channel> =
            self.items.iter().take(2).map(|item| item.conversation.channel.clone()).collect();
        usual_hold(&self.action, &channels)
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
        let reply = Action::Reply { text: "Hello".into(), mass, then: Change::default(), files: Vec::new() };
        assert_eq!(usual_hold(&reply, channels), seconds);
        assert_eq!(usual_hold(&Action::Follow { on: true }, channels), 0);
    }
}
