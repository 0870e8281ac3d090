//! The inbox: the list, what is in a selection, when a snooze ends.

use std::collections::{HashMap, HashSet};

use muster_engine::{Account, sentence};
use muster_model::{
    Conversation, Engagement, Query, RemoteId, Resolved, Selection, SnoozeUntil, parse_snooze,
};
use muster_store::{Cache, ListRow, Overlay, PageKey, PageRequest, StoreError};

use crate::facets;
use crate::marks::Sought;
use crate::wire::{ListPage, ListRequest, Row, SelectionRequest, SelectionSummary, SnoozeText, SnoozeView};
use crate::words::{count, from_now, moment, rfc3339, zone_name};
use crate::{App, ErrorCode, UiError};

/// Rows of one page at most: what a tall window shows, several times over.
const PAGE_LIMIT: u32 = 500;

impl App {
    /// A page of a list.
    ///
    /// # Errors
    /// When the filter makes no sense, or the cache cannot be read.
    pub async fn list(&self, request: ListRequest) -> Result<ListPage, UiError> {
        let account = self.account_of(&request.account).await?;
        let resolved = resolve(&account, &request.filter)?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let first = request.after.is_none();
        let after = request
            .after
            .map(PageKey::try_from)
            .transpose()
            .map_err(|message| UiError::new(ErrorCode::BadInput, message))?;
        let limit = usize::try_from(request.limit.clamp(1, PAGE_LIMIT)).unwrap_or(50);
        let (is_file, zone) = (account.is_file(), account.clock().zone());
        self.blocking(move || {
            let (cache, filter) = (&stores.cache, &resolved.filter);
            // The first page of a process does not wait for the count: an event tells when that can be had.
            let total = if first && cache.is_warm()? { Some(cache.count(filter, &overlay)?) } else { None };
            let page = cache.list(&resolved, &overlay, &PageRequest { after, limit })?;
            let mut found = rows(cache, &page.rows, &overlay)?;
            if let Some(sought) = Sought::of(&resolved) {
                sought.mark(&mut found, cache)?;
            }
            let coverage = sentence::missing(&cache.coverage(filter)?, filter, is_file, &zone);
            Ok(ListPage {
                rows: found,
                next: page.next.map(String::from),
                total: total.map(count),
                complete: coverage.is_none(),
                coverage,
            })
        })
        .await
    }

    /// What is in a selection.
    ///
    /// # Errors
    /// When its filter makes no sense, or the cache cannot be read.
    pub async fn selection_summary(&self, request: SelectionRequest) -> Result<SelectionSummary, UiError> {
        let account = self.account_of(&request.account).await?;
        let selection = crate::plans::selection(&request.selection)?;
        let overlay = account.overlay().await?;
        let wanted = match &selection {
            Selection::Ids { .. } => None,
            Selection::AllMatching { filter, .. } => Some(resolve(&account, filter)?),
        };
        let cache = account.stores().cache.clone();
        let chosen = self
            .blocking(move || {
                let ids = match (&selection, &wanted) {
                    (Selection::AllMatching { except, .. }, Some(wanted)) => {
                        let except: HashSet<&RemoteId> = except.iter().collect();
                        let mut ids = cache.matching_ids(wanted, &overlay)?;
                        ids.retain(|id| !except.contains(id));
                        ids
                    }
                    (Selection::Ids { ids }, _) => ids.clone(),
                    _ => Vec::new(),
                };
                Ok(cache.conversations(&ids)?.into_iter().map(|base| overlay.apply(base)).collect::<Vec<_>>())
            })
            .await?;
        Ok(facets::summary(&chosen, &account.directory(), account.clock().now(), &account.clock().zone()))
    }

    /// When a snooze ends.
    ///
    /// # Errors
    /// Never: text that makes no sense is an answer.
    pub async fn resolve_snooze(&self, request: SnoozeText) -> Result<SnoozeView, UiError> {
        let (now, zone) = (self.inner.clock.now(), self.inner.clock.zone());
        Ok(match parse_snooze(&request.text, now, &zone) {
            Ok(SnoozeUntil::At(at)) => SnoozeView {
                at: Some(rfc3339(at)),
                label: moment(at, now, &zone),
                detail: format!("{}, {}", from_now(at, now), zone_name(&zone)),
                error: None,
            },
            Ok(SnoozeUntil::Reply) => SnoozeView {
                at: None,
                label: "Until the customer replies".into(),
                detail: "no date".into(),
                error: None,
            },
            Err(err) => SnoozeView {
                at: None,
                label: String::new(),
                detail: String::new(),
                error: Some(err.to_string()),
            },
        })
    }
}

/// Reads a filter line as it means now.
pub(crate) fn resolve(account: &Account, filter: &str) -> Result<Resolved, UiError> {
    let query = filter.parse::<Query>().map_err(|err| UiError::new(ErrorCode::BadInput, err.to_string()))?;
    Ok(query.resolve(&account.moment()))
}

/// Rows as the list shows them.
pub(crate) fn rows(cache: &Cache, rows: &[ListRow], overlay: &Overlay) -> Result<Vec<Row>, StoreError> {
    // Which tags are pending shows only against what the server has.
    let touched: Vec<RemoteId> =
        rows.iter().filter(|row| row.marks.pending).map(|row| row.conversation.id.clone()).collect();
    let bases: HashMap<RemoteId, Conversation> =
        cache.conversations(&touched)?.into_iter().map(|base| (base.id.clone(), base)).collect();
    Ok(rows.iter().map(|found| row(found, bases.get(&found.conversation.id), overlay)).collect())
}

fn row(row: &ListRow, base: Option<&Conversation>, overlay: &Overlay) -> Row {
    let c = &row.conversation;
    let contact = &c.contact;
    let pending_tags =
        base.map(|base| c.tags.iter().filter(|tag| !base.tags.contains(tag)).cloned().collect());
    let name = [Some(contact.name.as_str()), contact.email.as_deref(), contact.phone.as_deref()]
        .into_iter()
        .flatten()
        .find(|name| !name.trim().is_empty())
        .unwrap_or("(unknown)");
    let ball = c.engagement == Engagement::Pending;
    Row {
        id: c.id.to_string(),
        name: name.to_owned(),
        name_marks: vec![],
        subject: c.subject.clone(),
        subject_marks: vec![],
        preview_marks: vec![],
        preview: c.preview.as_ref().map(|preview| preview.text.clone()).unwrap_or_default(),
        preview_from: c.preview.as_ref().map(|preview| preview.from.to_string()),
        channel: c.channel.to_string(),
        status: c.status.to_string(),
        snoozed_until: c.snoozed_until.map(rfc3339),
        priority: c.priority.to_string(),
        agent: c.assignee.agent.as_ref().map(ToString::to_string),
        team: c.assignee.team.as_ref().map(ToString::to_string),
        tags: c.tags.clone(),
        updated: rfc3339(c.updated),
        waiting_since: c.waiting_since.filter(|_| ball).map(rfc3339),
        ball,
        message_count: c.message_count,
        unread: row.marks.unread,
        followed: row.marks.followed,
        pending: overlay.pending(&c.id),
        pending_tags: pending_tags.unwrap_or_default(),
        remark: row.marks.waiting_reason.clone(),
        unknown: row.marks.unknown,
    }
}
