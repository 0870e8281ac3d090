//! What changed. First a walk over all tickets, last updated first; then whatever the numbers of transactions and the times
//! of last updates say together.
//!
//! Transactions say exactly what changed, deleted and merged tickets included, but RT shows each only to who may see it.
//! Times of last updates miss no ticket that can be seen, but are no more exact than a second. So both are asked, and what
//! only the times show leads past transactions that this key may not see.

use std::collections::BTreeSet;

use muster_model::{Conversation, RemoteId};

use super::asking::{self, Order, PER_PAGE, last_transaction, ticket_times, tickets, transactions};
use super::client::RequestTracker;
use super::details::Past;
use super::place::{Place, Walk};
use super::state::Seen;
use crate::{Cursor, Delta, Page, ReadError};

/// All that there is: RT leaves out what is deleted or merged by itself.
pub(super) const ALL: &str = "id > 0";
/// A ticket may appear so long after the second that it names: what happens with it, mails included, happens before.
const OVERLAP_SECONDS: i64 = 60;
/// Numbers of transactions looked through in one call where none of them was seen.
const BLIND: i64 = 2_000;

/// A ticket's number, and when it was last updated, in seconds.
type Dated = (String, i64);

impl RequestTracker {
    pub(super) async fn next_page(&self, since: Option<&Cursor>) -> Result<Page, ReadError> {
        self.prepare().await?;
        let place = match since {
            None => self.begin().await?,
            Some(cursor) => Place::read(cursor).ok_or_else(lost)?,
        };
        self.check(&place).await?;
        match &place.walk {
            Some(walk) => self.walk(&place, walk).await,
            None => self.news(place).await,
        }
    }

    /// Where everything that comes later than the walk begins.
    async fn begin(&self) -> Result<Place, ReadError> {
        let newest = ticket_times(&self.transport, ALL, 1, 1).await?;
        let Some(ticket) = newest.items.first() else {
            return Ok(Place { walk: Some(Walk { page: 1, total: 0 }), ..Place::default() });
        };
        let seen = transactions(&self.transport, "id > 0", Order::NewestFirst, 1).await?;
        let mark = seen.first().map_or(0, |last| last.id);
        let transaction = if mark > 0 {
            mark
        } else {
            let (_, etag) = asking::ticket(&self.transport, &ticket.id).await?;
            last_transaction(etag.as_deref()).unwrap_or_default()
        };
        Ok(Place {
            transaction,
            mark,
            updated: ticket.last_updated.map_or(0, |at| at.as_second()),
            walk: Some(Walk { page: 1, total: newest.total.unwrap_or_default() }),
        })
    }

    /// Once in the life of this process: whether the server is still the one that the cursor speaks of.
    async fn check(&self, place: &Place) -> Result<(), ReadError> {
        if place.mark == 0 || self.read(|state| state.place_is_known) {
            return Ok(());
        }
        let mark = format!("id = {}", place.mark);
        if transactions(&self.transport, &mark, Order::OldestFirst, 1).await?.is_empty() {
            return Err(lost());
        }
        self.write(|state| state.place_is_known = true);
        Ok(())
    }

    async fn walk(&self, place: &Place, walk: &Walk) -> Result<Page, ReadError> {
        let list = tickets(&self.transport, ALL, walk.page, PER_PAGE).await?;
        let total = list.total.unwrap_or_default();
        // What RT gave is what counts, should it give fewer than were asked for.
        let per_page = list.per_page.filter(|rows| *rows > 0).unwrap_or(PER_PAGE as u64);
        let at = |walk| Place { walk, ..place.clone() }.cursor();
        if let Some(back) = walk.step_back(total, per_page) {
            let next = at(Some(back));
            return Ok(Page { deltas: Vec::new(), next, more: true, backfilling: true, total: Some(total) });
        }
        let is_last = list.items.is_empty() || walk.page.saturating_mul(per_page) >= total;
        let deltas = upserts(self.details(list.items, Past::Messages).await?).collect();
        let next = at((!is_last).then_some(Walk { page: walk.page + 1, total }));
        Ok(Page { deltas, next, more: true, backfilling: !is_last, total: Some(total) })
    }

    async fn news(&self, place: Place) -> Result<Page, ReadError> {
        let after = format!("id > {}", place.transaction);
        let feed = transactions(&self.transport, &after, Order::OldestFirst, 1).await?;
        if let Some(last) = feed.last() {
            let last = last.id;
            let touched = self.read(|state| {
                let unknown = feed
                    .iter()
                    .filter(|entry| state.seen(&entry.object_id).is_none_or(|seen| seen.stamp < entry.id));
                unknown.map(|entry| entry.object_id.clone()).collect()
            });
            let deltas = self.changed(&touched, &touched).await?;
            self.write(|state| state.place_is_known = true);
            let next = Place { transaction: last, mark: last, ..place };
            return Ok(self.page(deltas, &next, true));
        }
        let (unknown, newest) = self.by_time(place.updated).await?;
        let Some((newest_id, newest_at)) = newest else { return Ok(self.page(Vec::new(), &place, false)) };
        if unknown.is_empty() {
            let next = Place { updated: place.updated.max(newest_at), ..place };
            return Ok(self.page(Vec::new(), &next, false));
        }
        // They changed, and no transaction says so: those that do may not be seen. What else happened up to theirs?
        let (_, etag) = asking::ticket(&self.transport, &newest_id).await?;
        let goal = last_transaction(etag.as_deref()).unwrap_or_default();
        let end = goal.min(place.transaction + BLIND);
        let between = self.between(place.transaction, end).await?;
        let now = &unknown[..unknown.len().min(PER_PAGE)];
        let touched: BTreeSet<String> = now.iter().map(|(id, _)| id.clone()).chain(between.clone()).collect();
        let deltas = self.changed(&touched, &between).await?;
        self.write(|state| {
            // One that is listed and cannot be read is not asked for again before it changes.
            for (id, at) in now {
                if state.seen(id).is_none() {
                    state.remember(id, Seen { updated: *at, stamp: 0 });
                }
            }
        });
        let next = Place { transaction: place.transaction.max(end), ..place };
        Ok(self.page(deltas, &next, true))
    }

    /// Tickets that were updated since, as far as they are not known like that; and the newest of all.
    async fn by_time(&self, updated: i64) -> Result<(Vec<Dated>, Option<Dated>), ReadError> {
        let (mut unknown, mut newest) = (Vec::new(), None::<Dated>);
        for page in 1.. {
            let list = ticket_times(&self.transport, ALL, page, PER_PAGE).await?;
            let mut reached = list.items.is_empty();
            for ticket in list.items {
                let at = ticket.last_updated.map_or(0, |at| at.as_second());
                if newest.as_ref().is_none_or(|(_, newest)| *newest < at) {
                    newest = Some((ticket.id.clone(), at));
                }
                if at < updated - OVERLAP_SECONDS {
                    reached = true;
                    continue;
                }
                let seen = self.read(|state| state.seen(&ticket.id));
                if seen.is_none_or(|seen| seen.updated != at) {
                    unknown.push((ticket.id, at));
                }
            }
            if reached {
                break;
            }
        }
        Ok((unknown, newest))
    }

    /// Tickets of the transactions between two numbers. A hundred numbers are at most one page, so that nothing is left
    /// out because of what may not be seen.
    async fn between(&self, from: i64, to: i64) -> Result<BTreeSet<String>, ReadError> {
        let mut found = BTreeSet::new();
        let mut low = from;
        while low < to {
            let high = to.min(low + PER_PAGE as i64);
            let query = format!("id > {low} AND id <= {high}");
            let entries = transactions(&self.transport, &query, Order::OldestFirst, 1).await?;
            found.extend(entries.into_iter().map(|entry| entry.object_id));
            low = high;
        }
        Ok(found)
    }

    /// The tickets as they are now; those of `may_be_gone` that are not there any more are gone.
    async fn changed(
        &self,
        ids: &BTreeSet<String>,
        may_be_gone: &BTreeSet<String>,
    ) -> Result<Vec<Delta>, ReadError> {
        let all: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut deltas = Vec::with_capacity(all.len());
        for part in all.chunks(PER_PAGE) {
            let there = self.fetch(part).await?;
            let is_there = |id: &str| there.iter().any(|one| one.id.as_str() == id);
            let gone = part.iter().filter(|id| may_be_gone.contains(**id) && !is_there(id));
            let gone: Vec<Delta> = gone.map(|id| Delta::Gone(RemoteId::from(*id))).collect();
            deltas.extend(gone);
            deltas.extend(upserts(there));
        }
        Ok(deltas)
    }

    fn page(&self, deltas: Vec<Delta>, next: &Place, more: bool) -> Page {
        Page { deltas, next: next.cursor(), more, backfilling: false, total: None }
    }
}

fn upserts(conversations: Vec<Conversation>) -> impl Iterator<Item = Delta> {
    conversations.into_iter().map(|one| Delta::Upsert(Box::new(one)))
}

fn lost() -> ReadError {
    ReadError::NotFound { what: "the place where reading stopped".to_owned() }
}
