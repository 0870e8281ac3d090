//! What the desk itself says about a segment.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::answer::Answer;
use super::contract::{Always, Asks};
use super::refusal::Refusal;
use crate::db::{self, Row, Segment, parse};

/// Rows in one page.
const MOST: usize = 500;

/// A segment, as the desk itself counts it.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    count: i64,
    conversations: Vec<Row>,
    /// Goes into `after` for the rows behind; `null`: there are none.
    #[schema(example = "c-1042")]
    next: Option<String>,
}

/// What the desk itself says about a segment
///
/// All conditions hold together; `tag` may be repeated; `agent` and `team` take a handle or `none`; `window` is whether the
/// channel takes a reply now (voice counts as neither). Last updated first.
#[utoipa::path(get, path = "/api/conversations", tag = "Conversations",
    params(
        ("status" = Option<String>, Query, example = "active"), ("channel" = Option<String>, Query, example = "email"),
        ("tag" = Option<String>, Query), ("agent" = Option<String>, Query), ("team" = Option<String>, Query, example = "billing"),
        ("follower" = Option<String>, Query), ("window" = Option<String>, Query, description = "`open` or `closed`"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "At most 500, by default 50", example = 50),
        ("count_only" = Option<bool>, Query, description = "Only the number", example = true)),
    responses((status = 200, body = Found), Always, Asks))]
pub(super) async fn segment(
    State(desk): State<Shared>,
    asked: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Answer<Found> {
    let Query(asked) = asked.map_err(|err| Refusal::invalid("query", err.body_text()))?;
    let mut segment = Segment { limit: 50, ..Segment::default() };
    let mut count_only = false;
    for (name, value) in asked {
        if value.is_empty() {
            continue;
        }
        match name.as_str() {
            "status" => segment.status = Some(value),
            "channel" => segment.channel = Some(value),
            "tag" => segment.tags.push(value),
            "agent" => segment.agent = Some(value),
            "team" => segment.team = Some(value),
            "follower" => segment.follower = Some(value),
            "window" if matches!(value.as_str(), "open" | "closed") => segment.window = Some(value),
            "window" => return Err(Refusal::invalid("window", "A window is open or closed.")),
            "limit" => {
                let limit: usize =
                    value.parse().map_err(|_| Refusal::invalid("limit", "This is no number."))?;
                segment.limit = usize::min(limit, MOST);
            }
            "after" => {
                let after = parse('c', &value)
                    .ok_or_else(|| Refusal::invalid("after", "This is no conversation."))?;
                segment.after = Some(after);
            }
            "count_only" => count_only = value == "true",
            _ => return Err(Refusal::invalid("query", format!("There is no condition “{name}”."))),
        }
    }
    if count_only {
        segment.limit = 0;
    }
    let now = desk.clock.now();
    desk.db
        .read(move |tx| {
            let (count, rows) = db::segment(tx, &segment, now)?;
            let next = if rows.len() < segment.limit { None } else { rows.last().map(|row| row.id.clone()) };
            Ok(Json(Found { count, conversations: rows, next }))
        })
        .await
}
