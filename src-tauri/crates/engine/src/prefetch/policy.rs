//! Which threads are fetched ahead, so that they open at once and offline: what somebody may have to do something about,
//! what I follow, and what moved lately. Everything else is fetched when it is opened.

use jiff::{SignedDuration, Timestamp};
use muster_model::{Handle, Match, Status};

/// How lately: a reply to what was done last week is read beside what it answers.
const LATELY: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What is active or followed: work stands still without it.
    Needed,
    /// What moved lately, too: while nobody waits for anything.
    Lately,
}

/// What is wanted on this machine now, for the agent whose key it is.
pub(super) fn wanted(reach: Reach, me: Option<&Handle>, now: Timestamp) -> Match {
    let since = now.checked_sub(LATELY).unwrap_or(Timestamp::UNIX_EPOCH).as_millisecond();
    let lately = Match::And(vec![
        Match::Updated { from: Some(since), before: None },
        Match::Not(Box::new(Match::Status(vec![Status::Spam]))),
    ]);
    let mut wanted = vec![
        Match::Status(vec![Status::Active]),
        Match::Follows(me.iter().map(|me| me.as_str().to_lowercase()).collect()),
    ];
    if reach == Reach::Lately {
        wanted.push(lately);
    }
    Match::Or(wanted)
}

#[cfg(test)]
mod tests {
    use muster_model::{Conversation, FullText, RemoteId, Seen};
    use rstest::rstest;

    use super::*;
    use crate::samples::conversation;

    struct NoText;

    impl FullText for NoText {
        fn word(&self, _: &RemoteId, _: &str) -> bool {
            false
        }

        fn phrase(&self, _: &RemoteId, _: &str) -> bool {
            false
        }

        fn mentions(&self, _: &RemoteId, _: &[String]) -> bool {
            false
        }
    }

    #[rstest]
    #[case::active_and_old(Status::Active, 400, false, Some(Reach::Needed))]
    #[case::done_lately(Status::Done, 13, false, Some(Reach::Lately))]
    #[case::done_long_ago(Status::Done, 15, false, None)]
    #[case::followed_long_ago(Status::Archived, 400, true, Some(Reach::Needed))]
    #[case::spam_of_today(Status::Spam, 0, false, None)]
    fn what_may_be_needed_is_wanted(
        #[case] status: Status,
        #[case] days: i64,
        #[case] followed: bool,
        #[case] expected: Option<Reach>,
    ) {
        let now: Timestamp = "2026-05-20T12:00:00Z".parse().unwrap();
        let conversation = Conversation {
            status,
            updated: now - SignedDuration::from_hours(days * 24),
            followers: followed.then(|| "Mira@x.example".into()).into_iter().collect(),
            ..conversation("a")
        };
        let seen = Seen {
            conversation: &conversation,
            me: None,
            read_at: None,
            locally_followed: false,
            pending: false,
            unknown: false,
            held: false,
        };
        let me = Handle::from("mira@X.example");
        let first = [Reach::Needed, Reach::Lately]
            .into_iter()
            .find(|reach| wanted(*reach, Some(&me), now).matches(&seen, &NoText));
        assert_eq!(first, expected);
    }
}
