//! The stream of changes, page by page.

use axum::Json;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::answer::Answer;
use super::refusal::Refusal;
use crate::db::{Cursor, newest_seq, page};

/// Rows in one page.
pub(super) const PAGE: usize = 250;

#[derive(Deserialize)]
pub(super) struct Asked {
    cursor: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn changes(
    State(desk): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer<Value> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("limit", err.body_text()))?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("A page has 1 to {PAGE} rows.")));
    }
    let now = desk.clock.now();
    let instance = desk.instance.clone();
    desk.db
        .read(move |tx| {
            let newest = newest_seq(tx)?;
            let cursor = asked
                .cursor
                .filter(|cursor| !cursor.is_empty())
                .map(|cursor| Cursor::parse(&cursor, &instance, newest))
                .transpose()?;
            let page = page(tx, cursor, limit, now)?;
            Ok(Json(json!({
                "conversations": page.rows,
                "deleted": page.deleted,
                "cursor": page.next.print(&instance),
                "more": page.more,
                "backfilling": page.backfilling,
                "total": page.total,
            })))
        })
        .await
}
