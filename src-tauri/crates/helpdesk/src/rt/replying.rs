//! Replies and notes, and whether they arrived. RT posts twice what is sent twice, so each carries our reference in a custom field of
//! its transaction. A worker that dies between the message and the field leaves one without: then our text, by us, counts.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use muster_model::{Change, ClientRef, Effect, EffectOutcome, Reason, Receipt, RemoteId, StatusChange};

use super::asking::{self, Order, any_of, at, quoted, tickets_by_id, transactions};
use super::changing::{After, Word, before, unknown};
use super::client::RequestTracker;
use super::map::{self, Wanted};
use super::wire::{Message, Said, Transaction};
use crate::transport::Written;
use crate::{Found, ItemOutcome, NotSent, Note, ReadError, Reply};

/// Replies that are looked for in one question.
const LOOKED_FOR: usize = 25;
/// How far RT's clock may be off ours, where the text is compared and the reference cannot.
const CLOCKS: SignedDuration = SignedDuration::from_mins(2);

/// What becomes of a text: mail to the customer, or a comment among us.
#[derive(Clone, Copy, Debug)]
enum How {
    Correspond,
    Comment,
}

impl How {
    /// The last part of the address.
    fn path(self) -> &'static str {
        match self {
            Self::Correspond => "correspond",
            Self::Comment => "comment",
        }
    }

    /// The type of its transaction.
    fn kind(self) -> &'static str {
        match self {
            Self::Correspond => "Correspond",
            Self::Comment => "Comment",
        }
    }
}

impl RequestTracker {
    /// Writes a comment. It takes the way of a reply, without mail to the customer.
    pub(super) async fn comment(&self, note: &Note) -> Result<EffectOutcome, NotSent> {
        self.prepare().await.map_err(before)?;
        let outcomes = self.send_group(&[as_reply(note)], How::Comment).await?;
        let outcome = outcomes.into_iter().next().and_then(|item| item.effects.into_iter().next());
        Ok(outcome.unwrap_or_else(|| unknown("not_stated", "The answer does not mention it.")))
    }

    pub(super) async fn find_comments(&self, sent: &[Note]) -> Result<Vec<Found>, ReadError> {
        self.prepare().await?;
        let sent: Vec<Reply> = sent.iter().map(as_reply).collect();
        self.find_all(&sent.iter().collect::<Vec<_>>(), How::Comment).await
    }

    pub(super) async fn send(&self, replies: &[Reply]) -> Result<Vec<ItemOutcome>, NotSent> {
        if replies.iter().any(|reply| reply.approved.is_some()) {
            return Err(NotSent::Unsupported("Request Tracker keeps no approved texts.".to_owned()));
        }
        if replies.iter().any(|reply| !is_status_only(&reply.then)) {
            return Err(NotSent::Unsupported(
                "Request Tracker sets only the status together with a reply.".to_owned(),
            ));
        }
        self.prepare().await.map_err(before)?;
        let mut outcomes = Vec::with_capacity(replies.len());
        // Everything in one call asks for one status.
        for group in replies.chunk_by(|a, b| a.then == b.then) {
            match self.send_group(group, How::Correspond).await {
                Ok(some) => outcomes.extend(some),
                // Only as long as nothing left can the call as a whole say so.
                Err(not_sent) if outcomes.is_empty() => return Err(not_sent),
                Err(not_sent) => {
                    let unknown = unknown("not_sent", &not_sent.to_string());
                    outcomes.extend(group.iter().map(|reply| item(reply, unknown.clone())));
                }
            }
        }
        Ok(outcomes)
    }

    async fn send_group(&self, group: &[Reply], how: How) -> Result<Vec<ItemOutcome>, NotSent> {
        let status = group.first().and_then(|reply| reply.then.status);
        let ids: Vec<RemoteId> = group.iter().map(|reply| reply.id.clone()).collect();
        let words = self.words(&ids, status).await.map_err(before)?;
        let field = self.read(|state| state.reference_field.clone());
        let mut refused: HashMap<&ClientRef, Reason> = HashMap::new();
        let mut messages: Vec<(&Reply, Message)> = Vec::new();
        for reply in group {
            match ready(reply, words.get(&reply.id)) {
                Ok(word) => messages.push((reply, map::message(reply, word, field.as_deref()))),
                Err(reason) => drop(refused.insert(&reply.client_ref, reason)),
            }
        }
        let mut fates: HashMap<&ClientRef, Vec<EffectOutcome>> = HashMap::new();
        if !messages.is_empty() {
            let bodies: Vec<&Message> = messages.iter().map(|(_, message)| message).collect();
            let request = self.transport.post(&at(&["tickets", "bulk", how.path()])).json(&bodies);
            let began = Instant::now();
            match self.transport.write::<Vec<Said>>(request).await? {
                Written::Lost(reason) => {
                    for (reply, _) in &messages {
                        let lost = EffectOutcome::Unknown { reason: reason.clone() };
                        fates.insert(&reply.client_ref, item(reply, lost).effects);
                    }
                }
                Written::Answered(said) => {
                    let sent: Vec<Sent<'_>> = messages
                        .iter()
                        .enumerate()
                        .map(|(place, (reply, message))| Sent {
                            reply,
                            status: message.status.clone(),
                            said: said.get(place).map(Said::words).unwrap_or_default(),
                        })
                        .collect();
                    fates = self.look_for(&sent, how, began).await;
                }
            }
        }
        Ok(group
            .iter()
            .map(|reply| match (refused.remove(&reply.client_ref), fates.remove(&reply.client_ref)) {
                (Some(reason), _) => item(reply, EffectOutcome::Rejected { reason }),
                (None, Some(effects)) => ItemOutcome { id: reply.id.clone(), effects },
                (None, None) => item(reply, unknown("not_stated", "The answer does not mention it.")),
            })
            .collect())
    }

    /// RT says that it is done with all of them: what is there now was sent, what is not there was refused.
    async fn look_for<'a>(
        &self,
        sent: &[Sent<'a>],
        how: How,
        began: Instant,
    ) -> HashMap<&'a ClientRef, Vec<EffectOutcome>> {
        let replies: Vec<&Reply> = sent.iter().map(|sent| sent.reply).collect();
        let with_status: Vec<&str> =
            sent.iter().filter(|sent| sent.status.is_some()).map(|sent| sent.reply.id.as_str()).collect();
        let statuses = async {
            if with_status.is_empty() {
                Ok(HashMap::new())
            } else {
                self.look_after(&with_status, "Status,LastUpdated".to_owned()).await
            }
        };
        let (found, after) = futures::join!(self.find_all(&replies, how), statuses);
        let Ok(found) = found else {
            let unread = unknown(
                "not_read_back",
                "Request Tracker answered, and could not be asked whether it was sent.",
            );
            return sent
                .iter()
                .map(|one| (&one.reply.client_ref, item(one.reply, unread.clone()).effects))
                .collect();
        };
        let mut fates = HashMap::new();
        for (one, found) in sent.iter().zip(found) {
            let reply = match found {
                Found::Yes(receipt) => EffectOutcome::Applied { receipt },
                Found::No => EffectOutcome::Rejected { reason: map::refused(&one.said) },
                Found::CannotTell => {
                    unknown("not_shown", "Request Tracker does not show this ticket to this key.")
                }
            };
            let riding = one.reply.then.effects().len();
            let then = match (&reply, &after) {
                (EffectOutcome::Applied { .. }, Ok(after)) => {
                    self.status_of(one, after.get(one.reply.id.as_str()), began.elapsed())
                }
                (EffectOutcome::Applied { .. }, Err(_)) => {
                    unknown("not_read_back", "The reply was sent; the status could not be read.")
                }
                (EffectOutcome::Unknown { reason }, _) => EffectOutcome::Unknown { reason: reason.clone() },
                _ => EffectOutcome::Skipped { reason: Reason::new("not_tried", "The reply was not sent.") },
            };
            let effects = std::iter::once(reply).chain(std::iter::repeat_n(then, riding)).collect();
            fates.insert(&one.reply.client_ref, effects);
        }
        fates
    }

    fn status_of(&self, one: &Sent<'_>, after: Option<&After>, took: Duration) -> EffectOutcome {
        let Some(after) = after else { return EffectOutcome::Rejected { reason: map::gone() } };
        let wanted = Wanted { status: one.status.clone(), ..Wanted::default() };
        // Which status it is stands in `wanted`.
        let effect = Effect::Status(one.reply.then.status.unwrap_or(StatusChange::Active));
        let is_so = map::shows(&after.ticket, &effect, &wanted, &one.reply.then)
            || map::was_done(&after.since(took), &effect, &wanted, &self.login_name());
        if is_so {
            let receipt = Receipt { id: None, stamp: Some(after.stamp()), at: after.ticket.last_updated };
            EffectOutcome::Applied { receipt }
        } else {
            EffectOutcome::Rejected { reason: map::refused(&one.said) }
        }
    }

    pub(super) async fn find(&self, sent: &[Reply]) -> Result<Vec<Found>, ReadError> {
        self.prepare().await?;
        self.find_all(&sent.iter().collect::<Vec<_>>(), How::Correspond).await
    }

    async fn find_all(&self, sent: &[&Reply], how: How) -> Result<Vec<Found>, ReadError> {
        let mut found = Vec::with_capacity(sent.len());
        for part in sent.chunks(LOOKED_FOR) {
            let by_reference = self.by_reference(part).await?;
            let missing: Vec<&Reply> = part
                .iter()
                .copied()
                .filter(|reply| !by_reference.contains_key(reply.client_ref.as_str()))
                .collect();
            let by_text = self.by_text(&missing, how).await?;
            let visible = self.visible(&missing).await?;
            found.extend(part.iter().map(|reply| {
                let key = reply.client_ref.as_str();
                match by_reference.get(key).or_else(|| by_text.get(key)) {
                    Some(receipt) => Found::Yes(receipt.clone()),
                    None if visible.contains(reply.id.as_str()) => Found::No,
                    None => Found::CannotTell,
                }
            }));
        }
        Ok(found)
    }

    /// Transactions that carry our references.
    async fn by_reference(&self, sent: &[&Reply]) -> Result<HashMap<String, Receipt>, ReadError> {
        let Some(field) = self.read(|state| state.reference_field.clone()) else { return Ok(HashMap::new()) };
        let terms: Vec<String> = sent
            .iter()
            .map(|reply| format!("CF.{{{field}}} = {}", quoted(reply.client_ref.as_str())))
            .collect();
        let entries = asking::referenced(&self.transport, &terms.join(" OR ")).await?;
        let mut found = HashMap::new();
        for entry in entries {
            let values = map::reference_field(&entry.custom_fields).map(|field| field.values.clone());
            for reference in values.unwrap_or_default() {
                found.entry(reference).or_insert_with(|| receipt(&entry));
            }
        }
        Ok(found)
    }

    /// Our text, by us, since it was sent, without anybody's reference.
    async fn by_text(&self, sent: &[&Reply], how: How) -> Result<HashMap<String, Receipt>, ReadError> {
        let Some(earliest) = sent.iter().map(|reply| reply.sent_at).min() else { return Ok(HashMap::new()) };
        let of_these = any_of("ObjectId", sent.iter().map(|reply| reply.id.as_str()));
        let me = quoted(&self.login_name());
        let query = format!("({of_these}) AND Type = '{}' AND Creator = {me}", how.kind());
        let since = |at: Timestamp| at.checked_sub(CLOCKS).unwrap_or(at);
        let mut entries = Vec::new();
        for page in 1.. {
            let some = transactions(&self.transport, &query, Order::NewestFirst, page).await?;
            let is_over = some.last().is_none_or(|oldest| oldest.created < Some(since(earliest)));
            entries.extend(some.into_iter().filter(|entry| entry.created >= Some(since(earliest))));
            if is_over {
                break;
            }
        }
        let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let referenced = self.referenced(&ids).await?;
        let texts = self.last_texts(&ids).await?;
        let mut found = HashMap::new();
        // Each message answers for one reply.
        let mut taken = HashSet::new();
        for reply in sent {
            let same = entries.iter().find(|entry| {
                entry.object_id == reply.id.as_str()
                    && entry.created >= Some(since(reply.sent_at))
                    && !referenced.contains(&entry.id)
                    && !taken.contains(&entry.id)
                    && texts.get(&entry.id).is_some_and(|text| is_same(text, &reply.text))
            });
            if let Some(entry) = same {
                taken.insert(entry.id);
                found.insert(reply.client_ref.to_string(), receipt(entry));
            }
        }
        Ok(found)
    }

    /// Which of these carry a reference: another reply's.
    async fn referenced(&self, ids: &[i64]) -> Result<HashSet<i64>, ReadError> {
        if self.read(|state| state.reference_field.is_none()) {
            return Ok(HashSet::new());
        }
        let terms: Vec<String> = ids.iter().map(|id| format!("id = {id}")).collect();
        let entries = asking::referenced(&self.transport, &terms.join(" OR ")).await?;
        let has_one = |entry: &Transaction| {
            map::reference_field(&entry.custom_fields).is_some_and(|field| !field.values.is_empty())
        };
        Ok(entries.into_iter().filter(has_one).map(|entry| entry.id).collect())
    }

    /// Which of these tickets can be seen: only of those is "not there" an answer.
    async fn visible(&self, missing: &[&Reply]) -> Result<HashSet<String>, ReadError> {
        if missing.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<&str> = missing.iter().map(|reply| reply.id.as_str()).collect();
        Ok(tickets_by_id(&self.transport, &ids).await?.into_iter().map(|ticket| ticket.id).collect())
    }
}

/// A note as what it shares with a reply.
fn as_reply(note: &Note) -> Reply {
    Reply {
        id: note.id.clone(),
        text: note.text.clone(),
        client_ref: note.client_ref.clone(),
        mass: None,
        then: Change::default(),
        sent_at: note.sent_at,
        files: note.files.clone(),
        approved: None,
    }
}

/// One message of a call that was answered.
struct Sent<'a> {
    reply: &'a Reply,
    status: Option<String>,
    said: String,
}

/// The status word of a reply that can be sent; else why it cannot.
fn ready(reply: &Reply, word: Option<&Word>) -> Word {
    if reply.text.trim().is_empty() {
        // RT would send the customer an empty mail.
        return Err(Reason::new("empty", "The message is empty."));
    }
    match (reply.then.status, word) {
        (None, _) => Ok(None),
        (Some(_), Some(word)) => word.clone(),
        (Some(_), None) => Err(map::gone()),
    }
}

/// The same fate for a reply and everything that rides on it.
fn item(reply: &Reply, outcome: EffectOutcome) -> ItemOutcome {
    ItemOutcome { id: reply.id.clone(), effects: vec![outcome; 1 + reply.then.effects().len()] }
}

fn receipt(entry: &Transaction) -> Receipt {
    Receipt { id: Some(entry.id.to_string()), stamp: Some(entry.id), at: entry.created }
}

/// RT folds white space here and there.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

fn is_status_only(then: &Change) -> bool {
    Change { status: None, ..then.clone() }.is_empty()
}
