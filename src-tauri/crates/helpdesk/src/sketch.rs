//! Headers from servers whose lists leave things out: what the list does not say stays as a thread once told it.

use muster_model::{Contact, Conversation, Engagement};

/// A sketch, completed with what was known of the conversation. Where that is all the same, it *is* what was known, its
/// stamp included, so that nobody takes it for news.
#[must_use]
pub fn complete(sketch: Conversation, was: Option<&Conversation>) -> Conversation {
    let Some(was) = was else { return sketch };
    let last_inbound = sketch.last_inbound.max(was.last_inbound);
    let last_outbound = sketch.last_outbound.max(was.last_outbound);
    let wrote = last_inbound > was.last_inbound;
    let somebody_wrote = wrote || last_outbound > was.last_outbound;
    let is_answered = last_outbound > last_inbound;
    let (engagement, waiting_since, preview) = if !somebody_wrote {
        (was.engagement.clone(), was.waiting_since, was.preview.clone())
    } else if is_answered {
        // What was written is not known before the thread is read.
        (Engagement::Engaged, None, None)
    } else {
        let waited = was.waiting_since.filter(|_| was.engagement == Engagement::Pending);
        (Engagement::Pending, waited.or(last_inbound), None)
    };
    let now = Conversation {
        contact: contact(&sketch.contact, &was.contact),
        channel: was.channel.clone(),
        followers: was.followers.clone(),
        engagement,
        waiting_since,
        created: was.created.min(sketch.created),
        updated: was.updated.max(sketch.updated),
        last_inbound,
        last_outbound,
        preview,
        message_count: was.message_count + u32::from(somebody_wrote),
        has_attachment: was.has_attachment,
        ..sketch
    };
    let same = Conversation { stamp: was.stamp, ..now.clone() };
    if same == *was { same } else { now }
}

/// The same person keeps name and addresses.
fn contact(sketch: &Contact, was: &Contact) -> Contact {
    if sketch.id != was.id {
        return sketch.clone();
    }
    Contact {
        id: sketch.id.clone(),
        name: if sketch.name.is_empty() { was.name.clone() } else { sketch.name.clone() },
        email: sketch.email.clone().or_else(|| was.email.clone()),
        phone: sketch.phone.clone().or_else(|| was.phone.clone()),
        custom_fields: if sketch.custom_fields.is_empty() {
            was.custom_fields.clone()
        } else {
            sketch.custom_fields.clone()
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use muster_model::{Assignee, Author, Preview, Priority, Status};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sketch(inbound: i64, stamp: i64) -> Conversation {
        Conversation {
            id: "7".into(),
            subject: "Charged twice".into(),
            contact: Contact { id: Some("70".into()), ..Contact::default() },
            channel: "email".into(),
            status: Status::Active,
            snoozed_until: None,
            priority: Priority::None,
            assignee: Assignee::default(),
            tags: vec!["refund".into()],
            followers: Vec::new(),
            engagement: Engagement::Pending,
            waiting_since: None,
            created: at(inbound),
            updated: at(inbound),
            last_inbound: Some(at(inbound)),
            last_outbound: None,
            preview: None,
            message_count: 0,
            case_number: None,
            custom_fields: std::collections::BTreeMap::default(),
            has_attachment: false,
            stamp,
        }
    }

    fn known() -> Conversation {
        Conversation {
            contact: Contact {
                name: "Marta".into(),
                email: Some("marta@mail.example".into()),
                ..sketch(100, 1).contact
            },
            channel: "chat".into(),
            engagement: Engagement::Engaged,
            created: at(50),
            updated: at(120),
            last_outbound: Some(at(120)),
            preview: Some(Preview { text: "It is on its way.".into(), from: Author::Agent }),
            message_count: 3,
            has_attachment: true,
            ..sketch(100, 5)
        }
    }

    #[test]
    fn nothing_new_is_no_news() {
        assert_eq!(complete(sketch(100, 9), Some(&known())), known());
        assert_eq!(complete(sketch(100, 9), None), sketch(100, 9));
    }

    #[test]
    fn what_the_list_says_is_new_and_the_rest_stays() {
        let done = Conversation { status: Status::Done, tags: Vec::new(), ..sketch(100, 9) };
        let expected = Conversation { status: Status::Done, tags: Vec::new(), stamp: 9, ..known() };
        assert_eq!(complete(done, Some(&known())), expected);
    }

    #[test]
    fn a_message_turns_the_ball() {
        let wrote = complete(sketch(130, 9), Some(&known()));
        assert_eq!((wrote.engagement.clone(), wrote.waiting_since), (Engagement::Pending, Some(at(130))));
        assert_eq!((wrote.preview.clone(), wrote.message_count, wrote.updated), (None, 4, at(130)));
        let again = complete(sketch(140, 10), Some(&wrote));
        assert_eq!(again.waiting_since, Some(at(130)), "still since the first one");
        let answered = Conversation { last_outbound: Some(at(150)), ..sketch(140, 11) };
        let answered = complete(answered, Some(&again));
        assert_eq!((answered.engagement, answered.waiting_since), (Engagement::Engaged, None));
    }

    #[test]
    fn another_person_is_another_person() {
        let other = Contact { id: Some("71".into()), ..Contact::default() };
        let moved = complete(Conversation { contact: other.clone(), ..sketch(100, 9) }, Some(&known()));
        assert_eq!(moved.contact, other);
    }
}
