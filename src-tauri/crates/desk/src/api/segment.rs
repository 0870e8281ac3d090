//! What the desk itself says about a segment.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde_json::{Value, json};

use super::Shared;
use super::answer::Answer;
use super::refusal::Refusal;
use crate::db::{self, Segment, parse};

/// Rows in one page.
const MOST: usize = 500;

pub(super) async fn segment(
    State(desk): State<Shared>,
    asked: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Answer<Value> {
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
                let limit = value.parse().map_err(|_| Refusal::invalid("limit", "This is no number."))?;
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
            Ok(Json(json!({ "count": count, "conversations": rows, "next": next })))
        })
        .await
}
