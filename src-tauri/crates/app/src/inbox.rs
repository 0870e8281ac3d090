//! The inbox: sidebar, list, filter box, what is in a selection.

use std::collections::{HashMap, HashSet};

use muster_engine::Account;
use muster_model::{
    Conversation, Engagement, Match, Query, RemoteId, Resolved, Selection, SnoozeUntil, parse_snooze,
};
use muster_store::{Cache, ListRow, Overlay, PageKey, PageRequest, StoreError};

use crate::facets;
use crate::view_filter::{self, standard_views};
use crate::wire::{
    AccountRef, FilterCheck, FilterMistake, FilterText, ListPage, ListRequest, Row, SelectionRequest,
    SelectionSummary, Sidebar, SnoozeText, SnoozeView, TermView, ViewItem, WithoutTerm,
};
use crate::words::{count, from_now, moment, rfc3339, tag_color, zone_name};
use crate::{App, ErrorCode, UiError};

/// Rows of one page at most: what a tall window shows, several times over.
const PAGE_LIMIT: u32 = 500;

impl App {
    /// The sidebar with live counts.
    ///
    /// # Errors
    /// When the account cannot be opened or its cache cannot be read.
    pub async fn sidebar(&self, request: AccountRef) -> Result<Sidebar, UiError> {
        let account = self.account_of(&request.account).await?;
        let directory = account.directory();
        let views = standard_views(&directory);
        let matches: Vec<Match> = views
            .iter()
            .map(|view| resolve(&account, &view.filter).map(|resolved| resolved.filter))
            .collect::<Result<_, _>>()?;
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let (counts, running) = self
            .blocking(move || {
                let counts = stores.cache.counts(&matches, &overlay)?;
                let running = stores.journal.waiting()?.jobs;
                Ok((counts, running))
            })
            .await?;
        let mut sidebar = Sidebar {
            mine: vec![],
            everything: vec![],
            teams: vec![],
            tags: vec![],
            running_jobs: count(running),
        };
        for (view, n) in views.into_iter().zip(counts) {
            let color = match view.section {
                view_filter::Section::Tags => {
                    let given =
                        directory.tags.iter().find(|tag| tag.name == view.name).and_then(|tag| tag.color);
                    Some(tag_color(&view.name, given))
                }
                _ => None,
            };
            let item =
                ViewItem { key: view.key, name: view.name, filter: view.filter, count: count(n), color };
            match view.section {
                view_filter::Section::Mine => sidebar.mine.push(item),
                view_filter::Section::Everything => sidebar.everything.push(item),
                view_filter::Section::Teams => sidebar.teams.push(item),
                view_filter::Section::Tags => sidebar.tags.push(item),
            }
        }
        sidebar.tags.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        Ok(sidebar)
    }

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
        let (rows, next, total, sync) = self
            .blocking(move || {
                let page = PageRequest { after, limit };
                let total = if first { Some(stores.cache.count(&resolved.filter, &overlay)?) } else { None };
                let page = stores.cache.list(&resolved, &overlay, &page)?;
                Ok((rows(&stores.cache, &page.rows, &overlay)?, page.next, total, stores.cache.sync_state()?))
            })
            .await?;
        Ok(ListPage {
            rows,
            next: next.map(String::from),
            total: total.map(count),
            complete: !sync.backfilling,
        })
    }

    /// Whether a filter makes sense, and what it would show.
    ///
    /// # Errors
    /// When the account cannot be opened or its cache cannot be read; a mistake in the filter is an answer.
    pub async fn check_filter(&self, request: FilterText) -> Result<FilterCheck, UiError> {
        let account = self.account_of(&request.account).await?;
        let completions = view_filter::completions(&request.text, &account.directory());
        let query = match request.text.parse::<Query>() {
            Ok(query) => query,
            Err(mistake) => {
                let mistake = FilterMistake {
                    at: utf16(request.text.get(..mistake.at).unwrap_or_default()),
                    len: utf16(request.text.get(mistake.at..mistake.at + mistake.len).unwrap_or_default()),
                    suggestions: mistake
                        .suggestions
                        .iter()
                        .map(|part| view_filter::replace(&request.text, mistake.at, mistake.len, part))
                        .collect(),
                    message: mistake.message,
                };
                return Ok(FilterCheck {
                    error: Some(mistake),
                    canonical: String::new(),
                    terms: vec![],
                    count: None,
                    without: vec![],
                    completions,
                });
            }
        };
        let terms = query.terms();
        let moment = account.moment();
        let mut lines = vec![query.clone()];
        if terms.len() > 1 {
            lines.extend((0..terms.len()).map(|index| query.without_term(index)));
        }
        let matches: Vec<Match> = lines.iter().map(|line| line.resolve(&moment).filter).collect();
        let overlay = account.overlay().await?;
        let stores = account.stores().clone();
        let counts = self
            .blocking(move || {
                let all = stores.cache.counts(matches.get(..1).unwrap_or_default(), &overlay)?;
                // What dropping a term would give matters only when nothing is left.
                let rest = if all.first() == Some(&0) {
                    stores.cache.counts(matches.get(1..).unwrap_or_default(), &overlay)?
                } else {
                    vec![]
                };
                Ok([all, rest].concat())
            })
            .await?;
        let mut without: Vec<WithoutTerm> = terms
            .iter()
            .zip(lines.iter().skip(1))
            .zip(counts.iter().skip(1))
            .filter(|(_, n)| **n > 0)
            .map(|((term, line), n)| WithoutTerm {
                term: term.text.clone(),
                filter: line.to_string(),
                count: count(*n),
            })
            .collect();
        without.sort_by_key(|line| std::cmp::Reverse(line.count));
        Ok(FilterCheck {
            error: None,
            canonical: query.to_string(),
            terms: terms
                .into_iter()
                .map(|term| TermView {
                    key: term.key,
                    value: term.value,
                    negated: term.negated,
                    text: term.text,
                })
                .collect(),
            count: counts.first().copied().map(count),
            without,
            completions,
        })
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
        subject: c.subject.clone(),
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

fn utf16(text: &str) -> u32 {
    count(text.encode_utf16().count())
}
