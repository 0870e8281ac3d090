//! The questions that everything else is made of: tickets, transactions and the parts of mails, a page at a time.

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, ETAG};
use url::form_urlencoded::Serializer;

use super::wire::{Attachment, List, Term, Ticket, Transaction};
use crate::ReadError;
use crate::transport::Transport;

/// Rows of a page; RT gives no more.
pub(super) const PER_PAGE: usize = 100;
/// Tickets that are asked for by their numbers in one question, so that its address stays short.
const IDS: usize = 50;
/// The most pages of one answer that are read: 20,000 entries.
const MOST_PAGES: usize = 200;

/// Everything that a conversation shows of a ticket, and of whom it points at.
const TICKET_FIELDS: [(&str, &str); 4] = [
    ("fields", "Subject,Status,Owner,Queue,Requestor,Cc,AdminCc,Priority,Created,LastUpdated,CustomFields"),
    ("fields[Owner]", "Name,RealName,EmailAddress"),
    ("fields[Requestor]", "RealName,EmailAddress"),
    ("fields[Queue]", "Name,Lifecycle"),
];
/// Newest first; tickets of the same second always in the same order.
const NEWEST_FIRST: [(&str, &str); 4] =
    [("orderby", "LastUpdated"), ("order", "DESC"), ("orderby", "id"), ("order", "DESC")];

/// In which order transactions come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

/// Tickets whose numbers are asked for.
pub(super) fn any_of<'a>(field: &str, ids: impl IntoIterator<Item = &'a str>) -> String {
    let terms: Vec<String> = ids.into_iter().map(|id| format!("{field} = {}", number(id))).collect();
    if terms.is_empty() { format!("{field} = 0") } else { terms.join(" OR ") }
}

/// An id as it may stand in a query. RT's are numbers; what is none finds nothing.
fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

/// A text as it may stand in a query.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The path of something, below the interface's own.
pub(super) fn at<'a>(path: &[&'a str]) -> Vec<&'a str> {
    ["REST", "2.0"].into_iter().chain(path.iter().copied()).collect()
}

/// A page of tickets, newest first, with everything.
pub(super) async fn tickets(
    transport: &Transport,
    query: &str,
    page: u64,
    per_page: usize,
) -> Result<List<Ticket>, ReadError> {
    let request = transport.get(&at(&["tickets"])).query(&TICKET_FIELDS).query(&NEWEST_FIRST);
    let (page, per_page) = (page.to_string(), per_page.to_string());
    let request = request.query(&[("query", query), ("page", &page), ("per_page", &per_page)]);
    transport.read(request, "tickets").await
}

/// A page of tickets, newest first, with nothing but when they were last updated.
pub(super) async fn ticket_times(
    transport: &Transport,
    query: &str,
    page: u64,
    per_page: usize,
) -> Result<List<Ticket>, ReadError> {
    let request = transport.get(&at(&["tickets"])).query(&[("fields", "LastUpdated")]).query(&NEWEST_FIRST);
    let (page, per_page) = (page.to_string(), per_page.to_string());
    let request = request.query(&[("query", query), ("page", &page), ("per_page", &per_page)]);
    transport.read(request, "tickets").await
}

/// Tickets with only these fields; at most a page.
pub(super) async fn tickets_with(
    transport: &Transport,
    query: &str,
    fields: &str,
) -> Result<Vec<Ticket>, ReadError> {
    let request = transport.get(&at(&["tickets"])).query(&[
        ("query", query),
        ("fields", fields),
        ("fields[Queue]", "Name,Lifecycle"),
        ("per_page", "100"),
    ]);
    let list: List<Ticket> = transport.read(request, "tickets").await?;
    Ok(list.items)
}

/// These tickets, as far as they are there and can be seen; deleted and merged ones are not.
pub(super) async fn tickets_by_id(transport: &Transport, ids: &[&str]) -> Result<Vec<Ticket>, ReadError> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(IDS) {
        let query = any_of("id", part.iter().copied());
        found.extend(tickets(transport, &query, 1, PER_PAGE).await?.items);
    }
    Ok(found)
}

/// One ticket, whatever became of it, and its last transaction: RT names it in the ETag.
pub(super) async fn ticket(transport: &Transport, id: &str) -> Result<(Ticket, Option<String>), ReadError> {
    let request = transport.get(&at(&["ticket", id]));
    let (ticket, headers) = transport.read_with_headers(request, &format!("the ticket {id}")).await?;
    let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    Ok((ticket, etag))
}

/// The number in an ETag.
pub(super) fn last_transaction(etag: Option<&str>) -> Option<i64> {
    etag?.trim_matches('"').parse().ok()
}

/// A page of transactions of tickets. RT leaves out what may not be seen *after* it cut the page, so a short page does not
/// say that it is the last.
pub(super) async fn transactions(
    transport: &Transport,
    query: &str,
    order: Order,
    page: usize,
) -> Result<Vec<Transaction>, ReadError> {
    let fields = "Type,Creator,Created,ObjectId,Field,OldValue,NewValue";
    page_of_transactions(transport, query, fields, order, page).await
}

/// Transactions with their custom fields; few of them.
pub(super) async fn referenced(transport: &Transport, query: &str) -> Result<Vec<Transaction>, ReadError> {
    let fields = "Type,Creator,Created,ObjectId,CustomFields";
    page_of_transactions(transport, query, fields, Order::OldestFirst, 1).await
}

async fn page_of_transactions(
    transport: &Transport,
    query: &str,
    fields: &str,
    order: Order,
    page: usize,
) -> Result<Vec<Transaction>, ReadError> {
    let order = if order == Order::OldestFirst { "ASC" } else { "DESC" };
    let body = Serializer::new(String::new())
        .append_pair("query", &format!("ObjectType = 'RT::Ticket' AND ({query})"))
        .append_pair("fields", fields)
        .append_pair("orderby", "id")
        .append_pair("order", order)
        .append_pair("per_page", &PER_PAGE.to_string())
        .append_pair("page", &page.to_string())
        .finish();
    let request = transport
        .ask(&at(&["transactions"]))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    let list: List<Transaction> = transport.read(request, "transactions").await?;
    Ok(list.items)
}

/// All pages of it, oldest first.
pub(super) async fn all_transactions(
    transport: &Transport,
    query: &str,
) -> Result<Vec<Transaction>, ReadError> {
    let mut all = Vec::new();
    for page in 1..=MOST_PAGES {
        let items = transactions(transport, query, Order::OldestFirst, page).await?;
        if items.is_empty() {
            break;
        }
        all.extend(items);
    }
    Ok(all)
}

/// The history of a ticket, and of what was merged into it. `updated`: when the ticket was last updated; a short page that
/// reaches as far is the last one.
pub(super) async fn history(
    transport: &Transport,
    id: &str,
    updated: Option<Timestamp>,
) -> Result<Vec<Transaction>, ReadError> {
    let mut all: Vec<Transaction> = Vec::new();
    for page in 1..=MOST_PAGES {
        let request = transport.get(&at(&["ticket", id, "history"])).query(&[
            ("fields", "Type,Creator,Created,Field,OldValue,NewValue,CustomFields"),
            ("fields[Creator]", "Name,RealName"),
            ("per_page", "100"),
            ("page", &page.to_string()),
        ]);
        let list: List<Transaction> = transport.read(request, &format!("the history of {id}")).await?;
        let (is_empty, is_short) = (list.items.is_empty(), list.items.len() * 2 < PER_PAGE);
        all.extend(list.items);
        let newest = all.iter().filter_map(|entry| entry.created).max();
        if is_empty || (is_short && updated.is_some() && newest >= updated) {
            break;
        }
    }
    Ok(all)
}

/// A page of the parts of all mails of a ticket, without what is in them.
pub(super) async fn parts(
    transport: &Transport,
    id: &str,
    page: usize,
) -> Result<Vec<Attachment>, ReadError> {
    let request = transport.get(&at(&["ticket", id, "attachments"])).query(&[
        ("fields", "ContentType,Filename,ContentLength,TransactionId"),
        ("per_page", "100"),
        ("page", &page.to_string()),
    ]);
    let list: List<Attachment> = transport.read(request, &format!("the mails of {id}")).await?;
    Ok(list.items)
}

/// Text parts with what is in them: terms of the same field are alternatives, those of another one narrow it.
pub(super) async fn texts(transport: &Transport, terms: &[Term]) -> Result<Vec<Attachment>, ReadError> {
    let mut all = Vec::new();
    for page in 1..=MOST_PAGES {
        let request = transport.ask(&at(&["attachments"])).query(&[
            ("fields", "ContentType,Filename,ContentLength,TransactionId,Content"),
            ("per_page", "100"),
            ("page", &page.to_string()),
        ]);
        let list: List<Attachment> = transport.read(request.json(terms), "mails").await?;
        let was_full = list.items.len() * 2 > PER_PAGE;
        all.extend(list.items);
        if !was_full {
            break;
        }
    }
    Ok(all)
}
