//! Lists and single conversations.

use axum::extract::State;
use axum::{Extension, Json};
use rusqlite::types::Value;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::query::Search;
use super::refusal::{Answer, Body, Path, Query, Refusal};
use super::rows::{self, Conversation, select};
use super::{Caller, Shared, snooze};
use crate::clock::Millis;
use crate::db::{Change, Verdict, actor_of, apply_change, check_change, conversation_id, touch};

const SUBJECT_CHARS: usize = 80;

#[derive(Deserialize)]
pub(super) struct Asked {
    limit: Option<i64>,
    query: Option<String>,
    cursor: Option<String>,
    order: Option<String>,
}

pub(super) async fn list(
    State(fernand): State<Shared>,
    Query(asked): Query<Asked>,
) -> Answer<serde_json::Value> {
    let limit = asked.limit.unwrap_or(25);
    if !(3..=250).contains(&limit) {
        return Err(Refusal::bad("limit must be between 3 and 250"));
    }
    let (key, direction) = match asked.order.as_deref().unwrap_or("priority") {
        // The urgent first, and among those the newest: more than any instant in milliseconds lies between two ranks.
        "priority" => (
            "((CASE c.priority WHEN 'urgent' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END)
              * 100000000000000 + COALESCE(c.last_inbound, c.created))",
            "DESC",
        ),
        "newest" => ("COALESCE(c.last_inbound, c.created)", "DESC"),
        "oldest" => ("COALESCE(c.last_inbound, c.created)", "ASC"),
        "longest" => ("COALESCE(c.waiting_since, 99999999999999)", "ASC"),
        other => return Err(Refusal::bad(format!("Unknown order {other}"))),
    };
    let mut search = Search::parse(asked.query.as_deref().unwrap_or_default()).map_err(Refusal::bad)?;
    search.conditions.push("c.deleted = 0".to_owned());
    if let Some(cursor) = asked.cursor.filter(|cursor| !cursor.is_empty()) {
        let place = cursor.strip_prefix("cur_").and_then(|place| place.split_once('_'));
        let place = place.and_then(|(key, id)| Some((key.parse::<i64>().ok()?, id.parse::<i64>().ok()?)));
        let (place, id) = place.ok_or_else(|| Refusal::bad("Unknown cursor"))?;
        let past = if direction == "DESC" { '<' } else { '>' };
        search.conditions.push(format!("({key}, c.id) {past} (?, ?)"));
        search.values.extend([Value::Integer(place), Value::Integer(id)]);
    }
    search.values.push(Value::Integer(limit));
    fernand
        .desk
        .db
        .read(move |tx| {
            let statement = format!(
                "{} WHERE {} ORDER BY place {direction}, c.id {direction} LIMIT ?",
                select(key),
                search.conditions.join(" AND ")
            );
            let data: Vec<Conversation> = tx
                .prepare_cached(&statement)?
                .query_map(rusqlite::params_from_iter(search.values), Conversation::read)?
                .collect::<rusqlite::Result<_>>()?;
            let full = data.len() as i64 == limit;
            let cursor = data.last().filter(|_| full).map(|last| last.cursor.clone());
            Ok(Json(json!({ "data": data, "cursor": cursor })))
        })
        .await
}

pub(super) async fn one(State(fernand): State<Shared>, Path(id): Path<i64>) -> Answer<Conversation> {
    fernand
        .desk
        .db
        .read(move |tx| rows::one(tx, id)?.map(Json).ok_or_else(|| Refusal::not_found("Conversation")))
        .await
}

/// What both the single and the bulk call can change.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Changes {
    pub(super) status: Option<String>,
    snooze_until: Option<String>,
    #[serde(deserialize_with = "said")]
    agent_id: Option<Option<i64>>,
    agent_email: Option<String>,
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Changes {
    /// In the desk's own words. A deletion is no status here.
    pub(super) fn read(&self, tx: &rusqlite::Connection, now: Millis) -> Result<Change, Refusal> {
        let status = match self.status.as_deref() {
            None | Some("DELETE") => None,
            Some("OPENED") => Some("active"),
            Some("CLOSED") => Some("done"),
            Some("SPAM") => Some("spam"),
            Some("SNOOZED") => Some("snoozed"),
            Some(other) => return Err(Refusal::bad(format!("Unknown status {other}"))),
        };
        let until = match (&self.snooze_until, status) {
            (Some(text), Some("snoozed")) => {
                let at = snooze::parse(text, now);
                Some(at.ok_or_else(|| Refusal::bad(format!("Unknown snooze_until {text}")))?)
            }
            _ => None,
        };
        let agent = match (self.agent_id, &self.agent_email) {
            (Some(None), _) => Some(None),
            (Some(Some(id)), _) => {
                Some(Some(rows::agent(tx, id)?.ok_or_else(|| Refusal::not_found("Agent"))?.handle))
            }
            (None, Some(email)) => {
                Some(Some(actor_of(tx, email)?.ok_or_else(|| Refusal::not_found("Agent"))?.handle))
            }
            (None, None) => None,
        };
        let change =
            Change { status: status.map(str::to_owned), snoozed_until: until, agent, ..Change::default() };
        check_change(tx, &change)??;
        Ok(change)
    }
}

#[derive(Deserialize)]
pub(super) struct Patch {
    #[serde(flatten)]
    changes: Changes,
    subject: Option<String>,
    contact_id: Option<i64>,
}

pub(super) async fn change(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<Patch>,
) -> Answer<Conversation> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.update"));
    }
    if asked.subject.as_ref().is_some_and(|subject| subject.chars().count() > SUBJECT_CHARS) {
        return Err(Refusal::bad(format!("subject has at most {SUBJECT_CHARS} characters")));
    }
    if asked.changes.status.as_deref() == Some("DELETE") {
        return Err(Refusal::bad("Unknown status DELETE"));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let before = rows::one(tx, id)?.ok_or_else(|| Refusal::not_found("Conversation"))?;
            if asked.contact_id.is_some_and(|contact| !before.has_recipient(contact)) {
                return Err(Refusal::bad("contact_id is no recipient of this conversation"));
            }
            if let Some(subject) = &asked.subject {
                tx.execute(
                    "UPDATE conversations SET subject = ?2 WHERE id = ?1",
                    rusqlite::params![id, subject],
                )?;
                touch(tx, id, "event", None, Some(&by.handle), now)?;
            }
            let change = asked.changes.read(tx, now)?;
            let outcome = apply_change(tx, &conversation_id(id), &change, Some(&by), now)?;
            match (outcome.outcome, outcome.reason) {
                (Verdict::Applied, _) | (_, None) => {}
                (_, Some(reason)) => return Err(reason.into()),
            }
            rows::one(tx, id)?.map(Json).ok_or_else(|| Refusal::not_found("Conversation"))
        })
        .await
}
