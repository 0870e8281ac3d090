//! Changes: many tickets in one call where values are set, one by one where a list is – RT replaces the whole list, so
//! another's tag or follower survives only if the ticket is still the one that was looked at (its ETag).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use muster_model::{Change, Effect, EffectOutcome, Reason, Receipt, RemoteId, SnoozeUntil, StatusChange};
use reqwest::header::IF_MATCH;

use super::asking::{self, Order, PER_PAGE, any_of, at, ticket, transactions};
use super::client::RequestTracker;
use super::map::{self, Wanted};
use super::wire::{Said, Ticket, Transaction, Update};
use crate::transport::{CHANGED_MEANWHILE, Written};
use crate::{Batch, ItemOutcome, NotSent, ReadError};

/// How often a ticket is looked at again that somebody else changes at the same moment.
const TRIES: usize = 5;
/// Tickets that are changed one by one at the same time; RT has few workers.
const AT_ONCE: usize = 3;
/// The clock of RT's database beside that of its workers.
const SLACK: Duration = Duration::from_secs(5);

/// A ticket after a change, with its latest transactions.
pub(super) struct After {
    pub(super) ticket: Ticket,
    pub(super) latest: Vec<Transaction>,
}

impl After {
    /// The last transaction.
    pub(super) fn stamp(&self) -> i64 {
        self.latest.iter().map(|entry| entry.id).max().unwrap_or_default()
    }

    /// What happened since a call began that took so long.
    pub(super) fn since(&self, took: Duration) -> Vec<Transaction> {
        let newest = self.latest.iter().filter_map(|entry| entry.created).max();
        let span = SignedDuration::try_from(took + SLACK).unwrap_or(SignedDuration::MAX);
        let from = newest.and_then(|newest| newest.checked_sub(span).ok());
        self.latest.iter().filter(|entry| entry.created >= from).cloned().collect()
    }
}

/// What RT said of one item, or what became of it where it said nothing.
type Fate = Result<String, EffectOutcome>;

/// The word to set for one ticket, or why there is none.
pub(super) type Word = Result<Option<String>, Reason>;

impl RequestTracker {
    pub(super) async fn change(&self, batch: &Batch) -> Result<Vec<ItemOutcome>, NotSent> {
        if batch.ids.is_empty() {
            return Ok(Vec::new());
        }
        self.supported(&batch.change).await?;
        let wanted =
            self.read(|state| Wanted::of(&batch.change, state.queues.as_deref().unwrap_or_default()));
        let words = self.words(&batch.ids, batch.change.status).await.map_err(before)?;
        let of = |id: &RemoteId| {
            let status = words.get(id).cloned().unwrap_or(Ok(None))?;
            Ok::<_, Reason>(Wanted {
                status: if batch.change.delete { Some("deleted".into()) } else { status },
                ..wanted.clone()
            })
        };
        let items: Vec<(&RemoteId, Result<Wanted, Reason>)> =
            batch.ids.iter().map(|id| (id, of(id))).collect();
        let began = Instant::now();
        let said = if map::touches_tags(&batch.change) {
            self.one_by_one(batch, &items).await?
        } else {
            self.all_at_once(&items).await?
        };
        let answered: Vec<&str> =
            said.iter().filter(|(_, said)| said.is_ok()).map(|(id, _)| id.as_str()).collect();
        let mut after = self.look_after(&answered, touches(&batch.change)).await;
        let mut outcomes = Vec::with_capacity(items.len());
        for (id, wanted) in items {
            let all = |outcome: EffectOutcome| vec![outcome; batch.change.effects().len()];
            let effects = match (wanted, said.get(id)) {
                (Err(reason), _) => all(EffectOutcome::Rejected { reason }),
                (_, Some(Err(outcome))) => all(outcome.clone()),
                (_, None) => all(unknown("not_stated", "It was sent, and the answer does not mention it.")),
                (Ok(wanted), Some(Ok(words))) => match &mut after {
                    Err(_) => all(unread()),
                    Ok(after) => match after.remove(id.as_str()) {
                        Some(after) => {
                            let since = after.since(began.elapsed());
                            let me = self.login_name();
                            let done = |effect: &Effect| map::was_done(&since, effect, &wanted, &me);
                            let stamp = after.stamp();
                            map::outcomes(&batch.change, &wanted, &after.ticket, stamp, done, words)
                        }
                        None => all(self.where_it_went(id.as_str(), batch.change.delete).await),
                    },
                },
            };
            outcomes.push(ItemOutcome { id: id.clone(), effects });
        }
        Ok(outcomes)
    }

    /// What RT cannot do is refused before anything leaves.
    async fn supported(&self, change: &Change) -> Result<(), NotSent> {
        let no = |why: &str| Err(NotSent::Unsupported(why.to_owned()));
        if change.block {
            return no("Request Tracker cannot block contacts.");
        }
        if change.team == Some(None) {
            return no("Every ticket of Request Tracker is in a queue: choose another one instead.");
        }
        match change.status {
            Some(StatusChange::Archived) => {
                return no("Request Tracker has no status that is final.");
            }
            Some(StatusChange::Snoozed(SnoozeUntil::At(_))) => {
                return no("Request Tracker cannot snooze: it wakes no ticket up.");
            }
            _ => {}
        }
        self.prepare().await.map_err(before)?;
        if map::touches_tags(change) && self.read(|state| state.tags_field.is_none()) {
            return no(
                "This Request Tracker has no custom field “Tags” on its tickets. Its administrator can make one.",
            );
        }
        Ok(())
    }

    /// What RT said of each item of a bulk call, or what became of those about which it said nothing.
    async fn all_at_once(
        &self,
        items: &[(&RemoteId, Result<Wanted, Reason>)],
    ) -> Result<HashMap<RemoteId, Fate>, NotSent> {
        let able: Vec<(&RemoteId, &Wanted)> =
            items.iter().filter_map(|(id, wanted)| Some((*id, wanted.as_ref().ok()?))).collect();
        if able.is_empty() {
            return Ok(HashMap::new());
        }
        let updates: Vec<Update> = able.iter().map(|(id, wanted)| wanted.update(Some(id.as_str()))).collect();
        let request = self.transport.put(&at(&["tickets", "bulk"])).json(&updates);
        Ok(match self.transport.write::<Vec<Said>>(request).await? {
            // Each by its number; what is not mentioned stays out.
            Written::Answered(said) => {
                said.into_iter().map(|said| (RemoteId::from(said.id()), Ok(said.words()))).collect()
            }
            Written::Lost(reason) => {
                let lost = EffectOutcome::Unknown { reason };
                able.iter().map(|(id, _)| ((*id).clone(), Err(lost.clone()))).collect()
            }
        })
    }

    /// Changes with tags: each ticket is read and written while it stays the same.
    async fn one_by_one(
        &self,
        batch: &Batch,
        items: &[(&RemoteId, Result<Wanted, Reason>)],
    ) -> Result<HashMap<RemoteId, Fate>, NotSent> {
        let able = items.iter().filter_map(|(id, wanted)| Some(((*id).clone(), wanted.clone().ok()?)));
        let work = able.map(|(id, wanted)| async move {
            let done = self.replace(id.as_str(), |ticket| self.with_tags(batch, &wanted, ticket)).await;
            (id, done)
        });
        let results: Vec<(RemoteId, Result<Fate, NotSent>)> =
            stream::iter(work.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect().await;
        // Only where nothing left at all can the call as a whole say so.
        if results.iter().all(|(_, result)| result.is_err()) {
            if let Some((_, Err(not_sent))) = results.into_iter().next() {
                return Err(not_sent);
            }
            return Ok(HashMap::new());
        }
        let one = |(id, result): (RemoteId, Result<Fate, NotSent>)| match result {
            Ok(said) => (id, said),
            Err(NotSent::Refused { reason }) => (id, Err(EffectOutcome::Rejected { reason })),
            Err(err) => (id, Err(unknown("not_sent", &err.to_string()))),
        };
        Ok(results.into_iter().map(one).collect())
    }

    fn with_tags(&self, batch: &Batch, wanted: &Wanted, ticket: &Ticket) -> Result<Update, Reason> {
        let Some(field) = map::tags_field(&ticket.custom_fields) else {
            return Err(Reason::new("no_tags", "Tickets of this queue have no custom field “Tags”."));
        };
        let tags = map::tags_after(&batch.change, &field.values);
        Ok(Update { custom_fields: Some(map::field(&field.name, &tags)), ..wanted.update(None) })
    }

    /// Reads a ticket and writes what follows from it, again and again until nobody was faster.
    async fn replace(
        &self,
        id: &str,
        update: impl Fn(&Ticket) -> Result<Update, Reason>,
    ) -> Result<Fate, NotSent> {
        for _ in 0..TRIES {
            let (ticket, etag) = match ticket(&self.transport, id).await {
                Ok(found) => found,
                Err(ReadError::NotFound { .. } | ReadError::NotPermitted { .. }) => {
                    return Ok(Err(EffectOutcome::Rejected { reason: map::gone() }));
                }
                Err(err) => return Err(before(err)),
            };
            if ticket.id != id {
                return Ok(Err(EffectOutcome::Skipped {
                    reason: Reason::new("merged", format!("Merged into {}.", ticket.id)),
                }));
            }
            let update = match update(&ticket) {
                Ok(update) => update,
                Err(reason) => return Ok(Err(EffectOutcome::Rejected { reason })),
            };
            let mut request = self.transport.put(&at(&["ticket", id]));
            if let Some(etag) = etag {
                request = request.header(IF_MATCH, etag);
            }
            match self.transport.write::<Vec<String>>(request.json(&update)).await {
                Ok(Written::Answered(said)) => return Ok(Ok(said.join(" · "))),
                Ok(Written::Lost(reason)) => return Ok(Err(EffectOutcome::Unknown { reason })),
                Err(NotSent::Refused { reason }) if reason.code == CHANGED_MEANWHILE => {}
                Err(err) => return Err(err),
            }
        }
        let reason = Reason::new("busy", "Others changed this ticket at the same moment, again and again.");
        Ok(Err(EffectOutcome::Rejected { reason }))
    }

    pub(super) async fn set_follow(&self, id: &RemoteId, on: bool) -> Result<EffectOutcome, NotSent> {
        self.prepare().await.map_err(before)?;
        let me = self.login_name();
        let said = self
            .replace(id.as_str(), |ticket| {
                if ticket.admin_cc.iter().any(|who| who.kind != "user") {
                    let why =
                        "A group follows this ticket as AdminCc; changing that is left to Request Tracker.";
                    return Err(Reason::new("group_follows", why));
                }
                let others = ticket.admin_cc.iter().filter(|who| !who.id.eq_ignore_ascii_case(&me));
                let mut followers: Vec<String> = others.map(|who| who.id.clone()).collect();
                if on {
                    followers.push(me.clone());
                }
                Ok(Update { admin_cc: Some(followers), ..Update::default() })
            })
            .await?;
        let words = match said {
            Ok(words) => words,
            Err(outcome) => return Ok(outcome),
        };
        Ok(match ticket(&self.transport, id.as_str()).await {
            Ok((now, etag)) => {
                let follows = now.admin_cc.iter().any(|who| who.id.eq_ignore_ascii_case(&me));
                if follows == on {
                    let stamp = asking::last_transaction(etag.as_deref());
                    EffectOutcome::Applied { receipt: Receipt { id: None, stamp, at: now.last_updated } }
                } else {
                    EffectOutcome::Rejected { reason: map::refused(&words) }
                }
            }
            Err(_) => unread(),
        })
    }

    /// The word for a status on each ticket; of the lifecycles that RT brings along without asking.
    pub(super) async fn words(
        &self,
        ids: &[RemoteId],
        status: Option<StatusChange>,
    ) -> Result<HashMap<RemoteId, Word>, ReadError> {
        let Some(status) = status else { return Ok(HashMap::new()) };
        let usual = self.read(|state| {
            let queues = state.queues.as_deref().unwrap_or_default();
            let all_usual = queues.iter().all(|queue| map::is_standard(&queue.lifecycle));
            all_usual.then(|| state.lifecycles.word("default", status, None))
        });
        if let Some(word) = usual {
            return Ok(ids.iter().map(|id| (id.clone(), Ok(word.clone()))).collect());
        }
        let asked: Vec<&str> = ids.iter().map(RemoteId::as_str).collect();
        let mut words = HashMap::new();
        let mut found = Vec::with_capacity(asked.len());
        for part in asked.chunks(PER_PAGE / 2) {
            let query = any_of("id", part.iter().copied());
            found.extend(asking::tickets_with(&self.transport, &query, "Status,Queue").await?);
        }
        for found in found {
            let lifecycle = found.queue.lifecycle.clone();
            let word = if map::is_standard(&lifecycle) {
                self.read(|state| state.lifecycles.word(&lifecycle, status, None))
            } else {
                self.word_of(&found, &lifecycle, status).await?
            };
            let no_word = || {
                Reason::new(
                    "no_status",
                    format!(
                        "The lifecycle “{lifecycle}” of this ticket has no such status that it could change to."
                    ),
                )
            };
            words.insert(found.id.as_str().into(), word.map(Some).ok_or_else(no_word));
        }
        Ok(words)
    }

    /// In a lifecycle of the company's own: what the ticket may change to, and means that.
    async fn word_of(
        &self,
        found: &Ticket,
        lifecycle: &str,
        status: StatusChange,
    ) -> Result<Option<String>, ReadError> {
        let (whole, _) = ticket(&self.transport, &found.id).await?;
        let mut next: Vec<String> = whole
            .links
            .into_iter()
            .filter(|link| link.name == "lifecycle" && !link.to.is_empty())
            .map(|link| link.to)
            .collect();
        // It may be there already.
        next.push(found.status.clone());
        for word in &next {
            if self.read(|state| state.lifecycles.meaning(lifecycle, word).is_none()) {
                self.learn_status(lifecycle, word).await?;
            }
        }
        Ok(self.read(|state| state.lifecycles.word(lifecycle, status, Some(&next))))
    }

    /// Tickets as they are after a change, as far as lists show them, with only what is compared.
    pub(super) async fn look_after(
        &self,
        ids: &[&str],
        fields: String,
    ) -> Result<HashMap<String, After>, ReadError> {
        let mut latest: HashMap<String, Vec<Transaction>> = HashMap::new();
        let mut after = HashMap::new();
        for part in ids.chunks(PER_PAGE / 2) {
            let query = any_of("id", part.iter().copied());
            let of_these = any_of("ObjectId", part.iter().copied());
            let (list, entries) = futures::try_join!(
                asking::tickets_with(&self.transport, &query, &fields),
                transactions(&self.transport, &of_these, Order::NewestFirst, 1)
            )?;
            for entry in entries {
                latest.entry(entry.object_id.clone()).or_default().push(entry);
            }
            for ticket in list {
                let latest = latest.remove(&ticket.id).unwrap_or_default();
                after.insert(ticket.id.clone(), After { ticket, latest });
            }
        }
        Ok(after)
    }

    /// What became of a ticket that no list shows.
    async fn where_it_went(&self, id: &str, was_to_go: bool) -> EffectOutcome {
        match ticket(&self.transport, id).await {
            Ok((there, etag)) if there.id == id && was_to_go && there.status == "deleted" => {
                let stamp = asking::last_transaction(etag.as_deref());
                EffectOutcome::Applied { receipt: Receipt { id: None, stamp, at: there.last_updated } }
            }
            Ok((there, _)) if there.id != id => {
                EffectOutcome::Skipped { reason: Reason::new("merged", format!("Merged into {}.", there.id)) }
            }
            Ok(_) | Err(ReadError::NotFound { .. } | ReadError::NotPermitted { .. }) => {
                EffectOutcome::Rejected { reason: map::gone() }
            }
            Err(_) => unread(),
        }
    }

    /// The login of whoever this is.
    pub(super) fn login_name(&self) -> String {
        self.read(|state| state.me.as_ref().map(|me| me.handle.to_string())).unwrap_or_default()
    }
}

/// The fields in which a change shows.
fn touches(change: &Change) -> String {
    let mut fields = vec!["Status", "LastUpdated"];
    if change.agent.is_some() {
        fields.push("Owner");
    }
    if change.team.is_some() {
        fields.push("Queue");
    }
    if change.priority.is_some() {
        fields.push("Priority");
    }
    if map::touches_tags(change) {
        fields.push("CustomFields");
    }
    fields.join(",")
}

/// A read that failed before anything left.
pub(super) fn before(err: ReadError) -> NotSent {
    match err {
        ReadError::Unreachable { host, .. } => NotSent::Unreachable { host },
        ReadError::KeyRefused { host } => NotSent::KeyRefused { host },
        ReadError::NotPermitted { message } => NotSent::NotPermitted { message },
        ReadError::SlowDown { retry_after } => NotSent::SlowDown { retry_after },
        ReadError::NotFound { .. } | ReadError::BadAddress(_) => {
            NotSent::Refused { reason: Reason::new("not_found", err.to_string()) }
        }
        // It answers, and not usefully: later.
        ReadError::ServerFault { .. } | ReadError::Malformed { .. } | ReadError::TooLarge { .. } => {
            NotSent::SlowDown { retry_after: None }
        }
    }
}

pub(super) fn unknown(code: &str, message: &str) -> EffectOutcome {
    EffectOutcome::Unknown { reason: Reason::new(code, message) }
}

fn unread() -> EffectOutcome {
    unknown("not_read_back", "Request Tracker answered, and could not be asked what became of it.")
}
