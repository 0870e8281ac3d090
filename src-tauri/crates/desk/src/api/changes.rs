//! The stream of changes, page by page.

use axum::Json;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::answer::Answer;
use super::contract::{Always, Asks};
use super::refusal::{Refusal, Refused};
use crate::db::{Cursor, Printed, Row, newest_seq, page};

/// Rows in one page.
pub(super) const PAGE: usize = 250;

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// From the last page; absent: from the beginning.
    cursor: Option<String>,
    /// 1–250, by default 250.
    #[param(minimum = 1, maximum = 250, example = 250)]
    limit: Option<usize>,
}

/// A page of changes.
#[derive(Serialize, ToSchema)]
pub(super) struct Changes {
    #[schema(value_type = Vec<Row>)]
    conversations: Vec<Printed>,
    /// Ids of those that are gone.
    deleted: Vec<String>,
    /// Where to go on. Opaque, and good after any time and any number of restarts.
    #[schema(example = "b.5f2c91aa.4811.1779287304000.1042")]
    cursor: String,
    /// Ask again at once; else keep the cursor for later.
    more: bool,
    /// The first walk through everything, last updated first, is not over.
    backfilling: bool,
    /// Conversations at the desk now.
    total: i64,
}

/// What changed
///
/// Without a cursor the walk begins: all conversations, last updated first. The cursor remembers at which `seq` it began, so
/// what changes meanwhile – and leaves its place in the order – comes once the walk is over: nothing is lost, some rows
/// come twice. From then on pages hold what changed, by rising `seq`, each conversation once in its newest state. A cursor
/// of another desk is refused (409 `cursor_gone`): start again without one.
#[utoipa::path(get, path = "/api/changes", tag = "Desk", params(Place),
    responses((status = 200, body = Changes),
        (status = 409, description = "`cursor_gone`: of another desk", body = Refused), Always, Asks))]
pub(super) async fn changes(
    State(desk): State<Shared>,
    asked: Result<Query<Place>, QueryRejection>,
) -> Answer<Changes> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("limit", err.body_text()))?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("A page has 1 to {PAGE} rows.")));
    }
    let now = desk.clock.now();
    let (instance, prints) = (desk.instance.clone(), desk.prints.clone());
    desk.db
        .read(move |tx| {
            let newest = newest_seq(tx)?;
            let cursor = asked
                .cursor
                .filter(|cursor| !cursor.is_empty())
                .map(|cursor| Cursor::parse(&cursor, &instance, newest))
                .transpose()?;
            let page = page(tx, &prints, cursor, limit, now)?;
            Ok(Json(Changes {
                conversations: page.rows,
                deleted: page.deleted,
                cursor: page.next.print(&instance),
                more: page.more,
                backfilling: page.backfilling,
                total: page.total,
            }))
        })
        .await
}
