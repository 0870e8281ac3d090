//! What every call passes: the key, the two paces, and the desk's faults before and after the work.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::pace::Left;
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::api::cut;
use crate::clock::Millis;
use crate::connection::Scissors;
use crate::faults::{After, Before};

/// Lets a call in, or not.
pub(super) async fn gate(
    State(fernand): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    mut request: Request,
    next: Next,
) -> Response {
    let desk = &fernand.desk;
    let key = request.headers().get("x-api-key").and_then(|key| key.to_str().ok());
    let Some(caller) = key.and_then(|key| desk.key(key)).map(Caller) else {
        return Refusal(StatusCode::UNAUTHORIZED, "Invalid API key".to_owned()).into_response();
    };
    if request.uri().path().ends_with("/_calls") {
        return next.run(request).await;
    }
    let now = desk.clock.now();
    let is_write = request.method() != Method::GET;
    let left = fernand.pace.take(&caller.0.key, is_write, now);
    let of = request.extensions().get::<MatchedPath>().map_or("?", MatchedPath::as_str);
    let of = of.strip_prefix("/fernand").unwrap_or(of);
    fernand.pace.count(match left.exceeded {
        true => "429".to_owned(),
        false => format!("{} {of}", request.method()),
    });
    if left.exceeded {
        return with_pace(slow_down(), left, now);
    }
    request.extensions_mut().insert(caller);
    let (before, after) = desk.faults.draw();
    tokio::time::sleep(desk.faults.latency()).await;
    match before {
        Some(Before::SlowDown) => return with_pace(slow_down(), left, now),
        Some(Before::Fail) => return with_pace(broken(), left, now),
        None => {}
    }
    let answer = with_pace(next.run(request).await, left, now);
    match after {
        None => answer,
        Some(After::Fail) => with_pace(broken(), left, now),
        Some(After::Lose) => {
            scissors.cut_after(0);
            answer
        }
        Some(After::Cut) => cut(answer, &scissors).await,
    }
}

/// What was called so far and how often, refusals for too many calls as `429`. Not part of the product: for tests.
pub(super) async fn calls(State(fernand): State<Shared>) -> Json<BTreeMap<String, u64>> {
    Json(fernand.pace.counted())
}

fn slow_down() -> Response {
    Refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests".to_owned()).into_response()
}

fn broken() -> Response {
    Refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal error".to_owned()).into_response()
}

/// `X-RateLimit-Reset` is an instant, so the answer carries the desk's own date: its clock may be a test's.
fn with_pace(mut response: Response, left: Left, now: Millis) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", left.limit.into());
    headers.insert("x-ratelimit-remaining", left.remaining.into());
    headers.insert("x-ratelimit-reset", left.reset.into());
    let now = Timestamp::from_millisecond(now.0).unwrap_or_default();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(DATE, date);
    }
    response
}
