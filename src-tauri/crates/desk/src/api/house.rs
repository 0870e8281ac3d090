//! What the company keeps: snippets, what is known about contacts and conversations, the automatic answer, its hours.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Body, Named};
use super::contract::{Always, Finds, Permits, Takes};
use super::refusal::Refusal;
use super::together::Changed;
use super::{Caller, May, Shared, found};
use crate::db::{self, Outcome, Snippet, parse};
use crate::hours::Hours;

/// A shortcut, a title and a custom value, in characters.
const SHORTCUT: usize = 40;
const TITLE: usize = 200;
const VALUE: usize = 1_000;

/// Snippets, by shortcut.
#[derive(Serialize, ToSchema)]
pub(super) struct Snippets {
    snippets: Vec<Snippet>,
}

/// A prepared text to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSnippet {
    /// Small letters, digits and hyphens.
    #[schema(example = "refund-on-its-way")]
    shortcut: String,
    #[schema(example = "Refund: on its way")]
    title: String,
    #[schema(example = "Hello {{customer_first_name|there}}, your refund is on its way.")]
    text: String,
}

/// Prepared texts
///
/// With merge tags, which the client fills in: an empty value without a fallback stays empty, a tag that nobody knows
/// stays as it stands.
#[utoipa::path(get, path = "/api/snippets", tag = "Company", responses((status = 200, body = Snippets), Always))]
pub(super) async fn snippets(State(desk): State<Shared>) -> Answer<Snippets> {
    desk.db.read(|tx| Ok(Json(Snippets { snippets: db::snippets(tx)? }))).await
}

/// Keep a prepared text
///
/// Under a shortcut that is known, it takes the place of the one before.
#[utoipa::path(post, path = "/api/snippets", tag = "Company", request_body = NewSnippet,
    responses((status = 200, body = Snippets), Always, Permits, Takes))]
pub(super) async fn keep_snippet(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<NewSnippet>,
) -> Answer<Snippets> {
    caller.must(May::Snippet)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if asked.shortcut.is_empty() || asked.shortcut.len() > SHORTCUT || !asked.shortcut.chars().all(fits) {
        let sentence = format!("A shortcut has 1 to {SHORTCUT} small letters, digits and hyphens.");
        return Err(Refusal::invalid("shortcut", sentence));
    }
    found::between_one_and(TITLE, "title", &asked.title)?;
    if asked.text.trim().is_empty() {
        return Err(Refusal::invalid("text", "There is no text."));
    }
    desk.db
        .write(move |tx| {
            db::keep_snippet(tx, &asked.shortcut, &asked.title, &asked.text)?;
            Ok(Json(Snippets { snippets: db::snippets(tx)? }))
        })
        .await
}

/// Take a prepared text away
#[utoipa::path(delete, path = "/api/snippets/{id}", tag = "Company", params(("id" = String, Path, example = "s-1")),
    responses((status = 200, body = Snippets), Always, Permits, Finds))]
pub(super) async fn drop_snippet(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
) -> Answer<Snippets> {
    caller.must(May::Snippet)?;
    desk.db
        .write(move |tx| {
            if !db::drop_snippet(tx, &id)? {
                return Err(Refusal::not_found("snippet"));
            }
            Ok(Json(Snippets { snippets: db::snippets(tx)? }))
        })
        .await
}

/// What is different about a conversation, beside what a bulk change can do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    subject: Option<String>,
    /// Fields to set; `null` takes one away, those that are not named stay.
    #[serde(default)]
    #[schema(example = json!({ "order": "48213" }))]
    custom_fields: BTreeMap<String, Option<String>>,
}

fn check_fields(fields: &BTreeMap<String, Option<String>>) -> Result<(), Refusal> {
    let long = |text: &str| text.chars().count() > VALUE;
    if fields.iter().any(|(key, value)| key.is_empty() || long(key) || value.as_deref().is_some_and(long)) {
        let sentence = format!("A field has a name and up to {VALUE} characters.");
        return Err(Refusal::invalid("custom_fields", sentence));
    }
    Ok(())
}

/// Change a conversation's subject and custom fields
///
/// An archived or merged conversation takes no change: `outcome` is then `rejected`.
#[utoipa::path(patch, path = "/api/conversations/{id}", tag = "Conversations",
    params(("id" = String, Path, example = "c-1001")), request_body = Details,
    responses((status = 200, body = Outcome), Always, Permits, Finds, Takes))]
pub(super) async fn details(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<Details>,
) -> Answer<Outcome> {
    caller.must(May::Change)?;
    check_fields(&asked.custom_fields)?;
    if asked.subject.as_deref().is_some_and(|subject| subject.chars().count() > 250) {
        return Err(Refusal::invalid("subject", "A subject has at most 250 characters."));
    }
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let head = found::conversation(tx, &id)?;
            let outcome =
                db::change_details(tx, &head, asked.subject.as_deref(), &asked.custom_fields, &by, now)?;
            Ok(Json(outcome))
        })
        .await
}

/// What is different about a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactChange {
    name: Option<String>,
    /// What a blocked contact writes is not taken.
    blocked: Option<bool>,
    /// Who opted out gets no mass replies.
    opted_out: Option<bool>,
    /// Fields to set; `null` takes one away, those that are not named stay.
    #[serde(default)]
    #[schema(example = json!({ "city": "Kraków" }))]
    custom_fields: BTreeMap<String, Option<String>>,
}

/// Change a contact
///
/// Every conversation of the contact takes a new `seq`. Blocking and taking the block back need the permission `block`.
/// The answer holds the contact's id and the last `seq`.
#[utoipa::path(patch, path = "/api/contacts/{id}", tag = "Conversations",
    params(("id" = String, Path, example = "p-1")), request_body = ContactChange,
    responses((status = 200, body = Changed), Always, Permits, Finds, Takes))]
pub(super) async fn contact(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Named(id): Named,
    Body(asked): Body<ContactChange>,
) -> Answer<Changed> {
    caller.must(May::Change)?;
    if asked.blocked.is_some() {
        caller.must(May::Block)?;
    }
    check_fields(&asked.custom_fields)?;
    if asked.name.as_deref().is_some_and(|name| name.chars().count() > 250) {
        return Err(Refusal::invalid("name", "A name has at most 250 characters."));
    }
    let (by, now) = (caller.actor(), desk.clock.now());
    desk.db
        .write(move |tx| {
            let number = parse('p', &id).ok_or_else(|| Refusal::not_found("contact"))?;
            let change = db::ContactChange {
                name: asked.name.as_deref(),
                blocked: asked.blocked,
                opted_out: asked.opted_out,
                custom_fields: &asked.custom_fields,
            };
            let seq = db::change_contact(tx, number, &change, &by, now)?;
            seq.map(|seq| Json(Changed { id, seq })).ok_or_else(|| Refusal::not_found("contact"))
        })
        .await
}

/// The automatic answer to who writes for the first time.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutoReply {
    /// Empty: there is none.
    #[schema(example = "Thank you for your message. We answer within a working day.")]
    text: String,
}

/// The automatic answer
#[utoipa::path(get, path = "/api/auto-reply", tag = "Company", responses((status = 200, body = AutoReply), Always))]
pub(super) async fn auto_reply(State(desk): State<Shared>) -> Answer<AutoReply> {
    desk.db.read(|tx| Ok(Json(AutoReply { text: db::meta(tx, "auto_reply")?.unwrap_or_default() }))).await
}

/// Set the automatic answer
///
/// Who opens a conversation gets it at once, from `system`. It does not change whose turn it is.
#[utoipa::path(put, path = "/api/auto-reply", tag = "Company", request_body = AutoReply,
    responses((status = 200, body = AutoReply), Always, Permits, Takes))]
pub(super) async fn set_auto_reply(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<AutoReply>,
) -> Answer<AutoReply> {
    caller.must(May::Snippet)?;
    desk.db
        .write(move |tx| {
            db::set_meta(tx, "auto_reply", &asked.text)?;
            Ok(Json(asked))
        })
        .await
}

/// The company's hours
///
/// The resolution timer counts only these.
#[utoipa::path(get, path = "/api/hours", tag = "Company", responses((status = 200, body = Hours), Always))]
pub(super) async fn hours(State(desk): State<Shared>) -> Answer<Hours> {
    desk.db.read(|tx| Ok(Json(db::hours(tx)?))).await
}

/// Set the company's hours
///
/// What is done already is archived when `archives_at` says; what becomes done from now on, by the new hours.
#[utoipa::path(put, path = "/api/hours", tag = "Company", request_body = Hours,
    responses((status = 200, body = Hours), Always, Permits, Takes))]
pub(super) async fn set_hours(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Hours>,
) -> Answer<Hours> {
    caller.must(May::Snippet)?;
    desk.db
        .write(move |tx| {
            db::set_hours(tx, &asked)??;
            Ok(Json(asked))
        })
        .await
}
