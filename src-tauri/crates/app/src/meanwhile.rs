//! What was said in a conversation after an agent began to write: by the customer, or by a colleague. What left from this
//! journal is no news to whoever wrote it.

use jiff::{Timestamp, tz::TimeZone};
use muster_engine::Stores;
use muster_model::{Author, ClientRef, Message, MessageKind, RemoteId};
use muster_store::{DraftBase, StoreError};

use crate::words::moment;

/// Something newer than what a text was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meanwhile {
    who: Who,
    at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Customer,
    /// The first name, where the thread is here and says it.
    Colleague(Option<String>),
}

impl Meanwhile {
    /// The newest of what was said after `base`, if anything was.
    pub(crate) fn since(base: DraftBase, stores: &Stores, id: &RemoteId) -> Result<Option<Self>, StoreError> {
        let Some(header) = stores.cache.conversation(id)? else { return Ok(None) };
        let newer = |at: Option<Timestamp>, than: Option<i64>| {
            at.filter(|at| than.is_none_or(|than| at.as_millisecond() > than))
        };
        let customer = newer(header.last_inbound, base.inbound).map(|at| Self { who: Who::Customer, at });
        let colleague = match newer(header.last_outbound, base.outbound) {
            Some(at) => colleague(base, stores, id, at)?,
            None => None,
        };
        Ok(match (customer, colleague) {
            (Some(customer), Some(colleague)) if colleague.at > customer.at => Some(colleague),
            (customer, colleague) => customer.or(colleague),
        })
    }

    /// "Written before the customer's reply at 10:41"
    pub(crate) fn stale(&self, now: Timestamp, zone: &TimeZone) -> String {
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let at = if day(self.at) == day(now) {
            self.at.to_zoned(zone.clone()).strftime("at %H:%M").to_string()
        } else {
            format!("on {}", moment(self.at, now, zone))
        };
        match &self.who {
            Who::Customer => format!("Written before the customer's reply {at}"),
            Who::Colleague(Some(name)) => format!("Written before {name} replied {at}"),
            Who::Colleague(None) => format!("Written before a colleague replied {at}"),
        }
    }

    /// "Jonas replied 40 s ago. Not sent, your draft is kept."
    pub(crate) fn not_sent(&self, now: Timestamp) -> String {
        let said = match &self.who {
            Who::Customer => "The customer wrote".to_owned(),
            Who::Colleague(Some(name)) => format!("{name} replied"),
            Who::Colleague(None) => "A colleague replied".to_owned(),
        };
        format!("{said} {}. Not sent, your draft is kept.", ago(self.at, now))
    }
}

/// Who wrote the answer that the header speaks of, unless it left from here. Where the thread at hand does not reach that
/// far, nobody knows who it was, and somebody else is assumed.
fn colleague(
    base: DraftBase,
    stores: &Stores,
    id: &RemoteId,
    at: Timestamp,
) -> Result<Option<Meanwhile>, StoreError> {
    let messages = stores.cache.thread(id)?.map(|cached| cached.thread.messages).unwrap_or_default();
    let is_newer = |message: &&Message| {
        message.kind == MessageKind::Message
            && message.from == Author::Agent
            && base.outbound.is_none_or(|than| message.at.as_millisecond() > than)
    };
    let mut newest = None;
    for message in messages.iter().filter(is_newer) {
        let ours = match &message.client_ref {
            Some(client_ref) => stores.journal.has_ref(&ClientRef::from(client_ref.clone()))?,
            None => false,
        };
        newest = Some((message, ours));
        if !ours {
            let name = message.author.split_whitespace().next().map(str::to_owned);
            return Ok(Some(Meanwhile { who: Who::Colleague(name), at: message.at }));
        }
    }
    let covers = newest.is_some_and(|(message, _)| message.at >= at);
    Ok((!covers).then_some(Meanwhile { who: Who::Colleague(None), at }))
}

/// "40 s ago", "12 min ago"
fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.duration_since(at).as_secs().max(0) {
        seconds @ 0..60 => format!("{seconds} s ago"),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h ago", seconds / 3600),
        seconds @ 86_400..172_800 => format!("{} day ago", seconds / 86_400),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn meanwhile(who: Who, when: &str) -> Meanwhile {
        Meanwhile { who, at: at(when) }
    }

    #[rstest]
    #[case(Who::Customer, "2026-05-20T08:41:00Z", "Written before the customer's reply at 10:41")]
    #[case(Who::Colleague(Some("Jonas".into())), "2026-05-20T08:41:00Z", "Written before Jonas replied at 10:41")]
    // Yesterday in UTC, today in Berlin.
    #[case(Who::Customer, "2026-05-19T22:30:00Z", "Written before the customer's reply at 00:30")]
    #[case(
        Who::Customer,
        "2026-05-18T08:41:00Z",
        "Written before the customer's reply on Monday 18 May, 10:41"
    )]
    #[case(
        Who::Colleague(None),
        "2025-05-19T08:41:00Z",
        "Written before a colleague replied on Monday 19 May 2025, 10:41"
    )]
    fn stale(#[case] who: Who, #[case] when: &str, #[case] said: &str) {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(meanwhile(who, when).stale(at("2026-05-20T12:00:00Z"), &berlin), said);
    }

    #[rstest]
    #[case(Who::Colleague(Some("Jonas".into())), "2026-05-20T11:59:20Z", "Jonas replied 40 s ago. Not sent, your draft is kept.")]
    #[case(
        Who::Customer,
        "2026-05-20T11:48:00Z",
        "The customer wrote 12 min ago. Not sent, your draft is kept."
    )]
    #[case(
        Who::Colleague(None),
        "2026-05-20T09:00:00Z",
        "A colleague replied 3 h ago. Not sent, your draft is kept."
    )]
    #[case(
        Who::Customer,
        "2026-05-19T09:00:00Z",
        "The customer wrote 1 day ago. Not sent, your draft is kept."
    )]
    #[case(
        Who::Customer,
        "2026-05-20T12:00:05Z",
        "The customer wrote 0 s ago. Not sent, your draft is kept."
    )]
    fn not_sent(#[case] who: Who, #[case] when: &str, #[case] said: &str) {
        assert_eq!(meanwhile(who, when).not_sent(at("2026-05-20T12:00:00Z")), said);
    }
}
