//! The contract: OpenAPI 3.1, generated from the handlers. Here stand what all of them share – how calls are refused, the
//! key, the heads of answers – and the introduction.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, Modify, OpenApi, PartialSchema, ToSchema};

use super::refusal::Refused;
use crate::clock::Millis;

/// What the generated part is put into.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muster's embedded help desk",
        description = include_str!("../../API.md"),
        license(name = "MIT", identifier = "MIT"),
    ),
    components(schemas(Refused)),
    security(("key" = [])),
    modifiers(&Shared),
    tags(
        (name = "Desk", description = "Who calls, who works here, what changed."),
        (name = "Conversations", description = "One conversation: its thread, its details, what belongs together."),
        (name = "Bulk", description = "Many at once: changes, replies, and what became of them."),
        (name = "Team", description = "Among colleagues: notes and following."),
        (name = "Tickets", description = "What needs more than a quick reply."),
        (name = "Mine", description = "What belongs to the caller."),
        (name = "Company", description = "What the company keeps."),
        (name = "Files", description = "Files on messages, and for replies."),
        (name = "Simulation", description = "Customers, colleagues, faults and time on demand, for tests and demos. Faults never hit these calls."),
    )
)]
pub(super) struct Frame;

/// What every operation has in common.
struct Shared;

impl Modify for Shared {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A key of the desk."));
        components.security_schemes.insert("key".to_owned(), RefOr::T(SecurityScheme::Http(key.build())));
    }
}

/// Says of every answer to a call with a key which heads it has. Called once all handlers are collected.
pub(super) fn finish(api: &mut utoipa::openapi::OpenApi) {
    api.info.version = env!("CARGO_PKG_VERSION").to_owned();
    for (path, item) in &mut api.paths.paths {
        // These have no pace.
        if matches!(path.as_str(), "/api/health" | "/api/openapi.json" | "/api/docs" | "/api/_clock") {
            continue;
        }
        let operations =
            [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter();
        for operation in operations.flatten() {
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && status != "401"
                {
                    response.headers.extend(pace_headers());
                }
            }
        }
    }
}

fn pace_headers() -> BTreeMap<String, RefOr<utoipa::openapi::header::Header>> {
    [
        ("X-RateLimit-Limit", "Calls per minute."),
        ("X-RateLimit-Remaining", "Calls left in this minute."),
        ("X-RateLimit-Reset", "Seconds until the minute is over."),
        ("X-RateLimit-Burst-Limit", "Calls within ten seconds."),
        ("X-RateLimit-Burst-Remaining", "Calls left in these ten seconds."),
        ("X-RateLimit-Burst-Reset", "Seconds until they are over."),
    ]
    .into_iter()
    .map(|(name, description)| (name.to_owned(), RefOr::T(seconds(description))))
    .collect()
}

fn seconds(description: &str) -> utoipa::openapi::header::Header {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    HeaderBuilder::new().schema(Some(number)).description(Some(description)).build()
}

/// An answer that is a refusal: its codes and one of them as an example.
fn refusal(description: &str, code: &str, message: &str, field: Value) -> ResponseBuilder {
    let example = json!({ "error": { "code": code, "message": message, "field": field } });
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Refused"))).example(Some(example)).build();
    ResponseBuilder::new().description(description).content("application/json", content)
}

type Responses = BTreeMap<String, RefOr<Response>>;

fn one(status: &str, response: ResponseBuilder) -> (String, RefOr<Response>) {
    (status.to_owned(), RefOr::T(response.build()))
}

/// How any call with a key may be refused.
pub(super) struct Always;

impl IntoResponses for Always {
    fn responses() -> Responses {
        let slow = refusal(
            "`slow_down`: too many calls; nothing was begun.",
            "slow_down",
            "Too many calls.",
            Value::Null,
        )
        .header("Retry-After", seconds("So many seconds later a call is taken again."));
        [
            one("401", refusal("`bad_key`: no key, or none of this desk.", "bad_key", "This key is not known here.", Value::Null)),
            one("429", slow),
            one(
                "500",
                refusal(
                    "`internal`: whether the work was done is not known. Only under the faults `status_500` and `status_500_after`, or where the desk is broken.",
                    "internal",
                    "The desk has a problem of its own.",
                    Value::Null,
                ),
            ),
        ]
        .into()
    }
}

/// How a call that takes a body may be refused.
pub(super) struct Takes;

impl IntoResponses for Takes {
    fn responses() -> Responses {
        [
            one("400", refusal("`bad_json`, `bad_request`: no JSON, or not sent as such.", "bad_json", "EOF while parsing a value", Value::Null)),
            one("413", refusal("`too_many` items, `too_large` a body.", "too_many", "One call takes at most 500 items.", Value::Null)),
            one(
                "422",
                refusal(
                    "What it says makes no sense here: `invalid`, or the code that the description names; `field` says where.",
                    "invalid",
                    "“open” is no status.",
                    json!("change.status"),
                ),
            ),
        ]
        .into()
    }
}

/// How a call with a query may be refused.
pub(super) struct Asks;

impl IntoResponses for Asks {
    fn responses() -> Responses {
        let wrong = refusal(
            "`invalid`: a parameter makes no sense.",
            "invalid",
            "A page has 1 to 250 rows.",
            json!("limit"),
        );
        [one("422", wrong)].into()
    }
}

/// How a call that names a thing may be refused.
pub(super) struct Finds;

impl IntoResponses for Finds {
    fn responses() -> Responses {
        let missing = "`not_found`: there is no such thing, or `no_such_path`.";
        [
            one(
                "400",
                refusal(
                    "`bad_request`: the path cannot be read.",
                    "bad_request",
                    "Invalid UTF-8 in `id`",
                    Value::Null,
                ),
            ),
            one("404", refusal(missing, "not_found", "There is no such conversation.", Value::Null)),
        ]
        .into()
    }
}

/// How a call that not everybody may do may be refused.
pub(super) struct Permits;

impl IntoResponses for Permits {
    fn responses() -> Responses {
        let not = refusal(
            "`not_permitted`: the role does not allow it.",
            "not_permitted",
            "This key may not reply to customers.",
            Value::Null,
        );
        [one("403", not)].into()
    }
}

impl PartialSchema for Millis {
    fn schema() -> RefOr<utoipa::openapi::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .examples([json!("2026-05-20T14:28:00.000Z")])
            .into()
    }
}

impl ToSchema for Millis {}
