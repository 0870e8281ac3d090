//! Whom the desk writes with.

use axum::extract::State;
use axum::{Extension, Json};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::refusal::{Answer, Body, Path, Query, Refusal};
use super::{Caller, Shared};
use crate::db::touch_contact;

/// Mailboxes that nobody in particular reads.
const ROLES: [&str; 8] =
    ["no-reply", "noreply", "donotreply", "info", "support", "admin", "sales", "postmaster"];

/// On the wire.
#[derive(Serialize)]
pub(super) struct Contact {
    id: i64,
    email: String,
    name: Option<String>,
    firstname: Option<String>,
    avatar: Option<String>,
    company: Option<String>,
    is_role: bool,
    is_trusted: bool,
    subscription_status: Option<String>,
    subscription_start: Option<String>,
    financials: Option<String>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Contact> {
    let (email, name): (Option<String>, String) = (row.get(1)?, row.get(2)?);
    let email = email.unwrap_or_default();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let name = Some(name).filter(|name| !name.is_empty());
    Ok(Contact {
        id: row.get(0)?,
        is_role: ROLES.contains(&local.as_str()),
        firstname: name.as_deref().and_then(|name| name.split_whitespace().next()).map(str::to_owned),
        email,
        name,
        avatar: None,
        company: None,
        is_trusted: !row.get::<_, bool>(3)?,
        subscription_status: None,
        subscription_start: None,
        financials: None,
    })
}

const SELECT: &str = "SELECT id, email, name, blocked FROM contacts ";

fn found(tx: &Connection, id: i64) -> Result<Contact, Refusal> {
    let contact = tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id], read).optional()?;
    contact.ok_or_else(|| Refusal::not_found("Contact"))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    query: Option<String>,
    limit: Option<i64>,
}

pub(super) async fn search(
    State(fernand): State<Shared>,
    Query(asked): Query<Asked>,
) -> Answer<Vec<Contact>> {
    let limit = asked.limit.unwrap_or(10);
    if !(1..=99).contains(&limit) {
        return Err(Refusal::bad("limit must be between 1 and 99"));
    }
    fernand
        .desk
        .db
        .read(move |tx| {
            let statement = format!(
                "{SELECT} WHERE ?1 = '' OR instr(lower(name), lower(?1)) OR instr(lower(COALESCE(email, '')), lower(?1))
                  ORDER BY id LIMIT ?2"
            );
            let contacts = tx
                .prepare_cached(&statement)?
                .query_map(params![asked.query.unwrap_or_default(), limit], read)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Json(contacts))
        })
        .await
}

pub(super) async fn one(State(fernand): State<Shared>, Path(id): Path<i64>) -> Answer<Contact> {
    fernand.desk.db.read(move |tx| found(tx, id).map(Json)).await
}

#[derive(Deserialize)]
pub(super) struct Renamed {
    name: String,
}

pub(super) async fn rename(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<Renamed>,
) -> Answer<Contact> {
    if !caller.is_agent() {
        return Err(Refusal::permission("contact.update"));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            tx.execute("UPDATE contacts SET name = ?2 WHERE id = ?1", params![id, asked.name])?;
            touch_contact(tx, id, None, Some(&by.handle), now)?;
            found(tx, id).map(Json)
        })
        .await
}
