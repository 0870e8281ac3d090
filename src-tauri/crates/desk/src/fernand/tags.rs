//! Tags, and tags on conversations.

use axum::extract::State;
use axum::{Extension, Json};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::refusal::{Answer, Body, Path, Refusal};
use super::rows::{self, Conversation};
use super::{Caller, Shared};
use crate::clock::Millis;
use crate::db::{Actor, Change, TAG_CHARS, Verdict, apply_change, conversation_id};

/// One colour for each of the desk's hues.
const COLORS: [&str; 8] =
    ["#D64545", "#D9822B", "#C9A227", "#3F9142", "#2B8A8A", "#3B6FD4", "#7A4FC9", "#B8478F"];

/// On the wire.
#[derive(Serialize)]
pub(super) struct Tag {
    id: i64,
    slug: String,
    name: String,
    color: &'static str,
    count_conversations: i64,
    is_system: bool,
}

fn slug(name: &str) -> String {
    let dashed: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    dashed.trim_matches('-').to_owned()
}

const SELECT: &str = "
    SELECT t.rowid, t.name, t.color,
           (SELECT COUNT(*) FROM conversation_tags ct JOIN conversations c ON c.id = ct.conversation_id
             WHERE ct.tag = t.name AND c.deleted = 0)
      FROM tags t ";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Tag> {
    let name: String = row.get(1)?;
    let hue: u8 = row.get(2)?;
    Ok(Tag {
        id: row.get(0)?,
        slug: slug(&name),
        color: COLORS.get(usize::from(hue)).copied().unwrap_or("#BEC2C8"),
        count_conversations: row.get(3)?,
        is_system: false,
        name,
    })
}

fn named(tx: &Connection, name: &str) -> rusqlite::Result<Option<Tag>> {
    tx.prepare_cached(&format!("{SELECT} WHERE t.name = ?1"))?.query_row([name], read).optional()
}

pub(super) async fn list(State(fernand): State<Shared>) -> Answer<Vec<Tag>> {
    fernand
        .desk
        .db
        .read(|tx| {
            let tags = tx
                .prepare_cached(&format!("{SELECT} ORDER BY t.name"))?
                .query_map([], read)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Json(tags))
        })
        .await
}

#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

fn check(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.chars().count() > TAG_CHARS {
        return Err(Refusal::bad(format!("name has 1 to {TAG_CHARS} characters")));
    }
    Ok(())
}

pub(super) async fn create(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Named>,
) -> Answer<Tag> {
    if !caller.is_agent() {
        return Err(Refusal::permission("tag.create"));
    }
    check(&asked.name)?;
    fernand
        .desk
        .db
        .write(move |tx| {
            let hue = asked.name.bytes().fold(0u8, u8::wrapping_add) % 8;
            tx.execute(
                "INSERT INTO tags (name, color) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
                params![asked.name.trim(), hue],
            )?;
            named(tx, asked.name.trim())?.map(Json).ok_or_else(|| Refusal::not_found("Tag"))
        })
        .await
}

/// Makes the tag if there is none; on twice is on once.
pub(super) async fn put_on(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    Body(asked): Body<Named>,
) -> Answer<Tag> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.update"));
    }
    check(&asked.name)?;
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let name = asked.name.trim().to_owned();
            let change = Change { add_tags: vec![name.clone()], ..Change::default() };
            apply(tx, id, &change, &by, now)?;
            named(tx, &name)?.map(Json).ok_or_else(|| Refusal::not_found("Tag"))
        })
        .await
}

pub(super) async fn take_off(
    State(fernand): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path((id, tag)): Path<(i64, String)>,
) -> Answer<Conversation> {
    if !caller.is_agent() {
        return Err(Refusal::permission("conversation.update"));
    }
    let (by, now) = (caller.actor(), fernand.desk.clock.now());
    fernand
        .desk
        .db
        .write(move |tx| {
            let all: Vec<Tag> =
                tx.prepare_cached(SELECT)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            let is_meant =
                |known: &&Tag| known.name.to_lowercase() == tag.to_lowercase() || known.slug == tag;
            let name = all.iter().find(is_meant).ok_or_else(|| Refusal::not_found("Tag"))?.name.clone();
            let change = Change { remove_tags: vec![name], ..Change::default() };
            apply(tx, id, &change, &by, now)?;
            rows::one(tx, id)?.map(Json).ok_or_else(|| Refusal::not_found("Conversation"))
        })
        .await
}

fn apply(tx: &Connection, id: i64, change: &Change, by: &Actor, now: Millis) -> Result<(), Refusal> {
    let outcome = apply_change(tx, &conversation_id(id), change, Some(by), now)?;
    match (outcome.outcome, outcome.reason) {
        (Verdict::Applied, _) | (_, None) => Ok(()),
        (_, Some(reason)) => Err(reason.into()),
    }
}
