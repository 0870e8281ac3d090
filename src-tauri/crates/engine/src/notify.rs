//! Whether the agent is told of a changed conversation: a decision and nothing else.
//!
//! Told is a new customer message in a conversation that the agent follows. Who is not told: the agent of their own
//! acts – they never move the customer's last message – and of history, which the first sync brings. The cached row
//! remembers the last message that was told of, so each message is told once, also across a restart.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::{Author, Conversation, Me, RemoteId};
use muster_store::StoreError;

use crate::{Notice, Stores};

/// What the decision needs to know besides the conversation.
pub(crate) struct Rule {
    me: Option<Me>,
    follows: HashMap<RemoteId, bool>,
    since: Option<Timestamp>,
}

impl Rule {
    /// `since`: conversations that are new to us count from then on; `None`: they do not count.
    pub(crate) fn read(
        stores: &Stores,
        me: Option<Me>,
        since: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        Ok(Self { me, follows: stores.journal.follows()?, since })
    }

    /// The notification for a conversation that was cached as `was` and is `now`, if there is to be one.
    pub(crate) fn notice(&self, was: Option<&Conversation>, now: &Conversation) -> Option<Notice> {
        is_news(was, now, self.follows(now), self.since).then(|| notice(now))
    }

    /// What was said on this machine counts until the help desk knows it.
    fn follows(&self, now: &Conversation) -> bool {
        let at_server = || self.me.as_ref().is_some_and(|me| now.followers.contains(&me.handle));
        self.follows.get(&now.id).copied().unwrap_or_else(at_server)
    }
}

/// Whether `now` brings a customer message that the agent is to hear of. `was`: what the cache held before; `since`:
/// when the account was added.
fn is_news(was: Option<&Conversation>, now: &Conversation, followed: bool, since: Option<Timestamp>) -> bool {
    let Some(at) = now.last_inbound else { return false };
    followed
        && match was.map(|was| was.last_inbound) {
            Some(Some(before)) => at > before,
            // The customer wrote for the first time in a conversation that we began.
            Some(None) => true,
            // New to us: new at the help desk, or old and only now visible.
            None => since.is_some_and(|since| at > since),
        }
}

/// The words of the notification.
fn notice(now: &Conversation) -> Notice {
    let contact = &now.contact;
    let name = Some(contact.name.trim()).filter(|name| !name.is_empty());
    let contact = name.or(contact.email.as_deref()).or(contact.phone.as_deref()).unwrap_or("A customer");
    let preview = match &now.preview {
        Some(preview) if preview.from == Author::Customer => preview.text.clone(),
        // An auto-reply or a colleague came after it; their words are not the customer's.
        _ => "wrote a new message".to_owned(),
    };
    Notice { id: now.id.clone(), contact: contact.to_owned(), subject: now.subject.clone(), preview }
}

#[cfg(test)]
mod tests {
    use muster_model::{Channel, Contact, Engagement, Preview, Priority, Status};
    use rstest::rstest;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn conversation(last_inbound: Option<i64>, stamp: i64) -> Conversation {
        Conversation {
            id: "c1".into(),
            subject: "Refund".into(),
            contact: Contact { name: "Ana Ruiz".into(), ..Contact::default() },
            channel: Channel::Email,
            status: Status::Active,
            snoozed_until: None,
            priority: Priority::None,
            assignee: muster_model::Assignee::default(),
            tags: Vec::new(),
            followers: Vec::new(),
            engagement: Engagement::Pending,
            waiting_since: None,
            created: at(0),
            updated: at(stamp),
            last_inbound: last_inbound.map(at),
            last_outbound: None,
            preview: Some(Preview { text: "Any news?".into(), from: Author::Customer }),
            message_count: 1,
            case_number: None,
            custom_fields: std::collections::BTreeMap::new(),
            has_attachment: false,
            stamp,
        }
    }

    /// The account was added in minute 100.
    #[rstest]
    #[case::a_new_message(Some(Some(90)), Some(110), true, true)]
    #[case::nobody_follows(Some(Some(90)), Some(110), false, false)]
    #[case::our_own_act_moves_no_customer_message(Some(Some(90)), Some(90), true, false)]
    #[case::following_it_changes_the_header_only(Some(Some(110)), Some(110), true, false)]
    #[case::the_same_message_again(Some(Some(110)), Some(110), true, false)]
    #[case::an_older_message_came_in_by_a_merge(Some(Some(110)), Some(105), true, false)]
    #[case::the_first_answer_to_a_conversation_that_we_began(Some(None), Some(110), true, true)]
    #[case::we_began_it_and_nobody_answered(Some(None), None, true, false)]
    #[case::a_new_conversation(None, Some(110), true, true)]
    #[case::an_old_one_that_became_visible(None, Some(90), true, false)]
    #[case::a_new_one_without_customer(None, None, true, false)]
    fn told(
        #[case] was: Option<Option<i64>>,
        #[case] now: Option<i64>,
        #[case] followed: bool,
        #[case] news: bool,
    ) {
        let was = was.map(|last_inbound| conversation(last_inbound, 1));
        assert_eq!(is_news(was.as_ref(), &conversation(now, 2), followed, Some(at(100))), news);
    }

    #[test]
    fn it_carries_the_customers_words_only() {
        let mut now = conversation(Some(1), 1);
        assert_eq!(notice(&now).preview, "Any news?");
        now.preview = Some(Preview { text: "We are out of office".into(), from: Author::Agent });
        now.contact = Contact { email: Some("ana@example.com".into()), ..Contact::default() };
        let notice = notice(&now);
        assert_eq!(
            (notice.contact.as_str(), notice.preview.as_str()),
            ("ana@example.com", "wrote a new message")
        );
    }
}
