//! What every call passes: the key, the pace, and the faults before and after the work.

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::pace::Left;
use super::refusal::Refusal;
use super::{Caller, Shared};
use crate::connection::Scissors;
use crate::faults::{After, Before};

/// Lets a call in, or not.
pub(super) async fn gate(
    State(desk): State<Shared>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    mut request: Request,
    next: Next,
) -> Response {
    if matches!(request.uri().path(), "/api/health" | "/api/openapi.json" | "/api/docs") {
        return next.run(request).await;
    }
    let Some(caller) = bearer(request.headers()).and_then(|key| desk.key(key)).map(Caller) else {
        return Refusal::new(StatusCode::UNAUTHORIZED, "bad_key", "This key is not known here.")
            .into_response();
    };
    if request.uri().path() == "/api/_clock" {
        // Who used up all calls can still let time pass.
        return next.run(request).await;
    }
    let left = desk.pace.take(&caller.0.key, desk.clock.now());
    if let Some(seconds) = left.retry_after {
        return with_pace(slow_down(seconds), left);
    }
    let spared = is_spared(&request);
    request.extensions_mut().insert(caller);
    if spared {
        return with_pace(next.run(request).await, left);
    }

    let (before, after) = desk.faults.draw();
    tokio::time::sleep(desk.faults.latency()).await;
    match before {
        Some(Before::SlowDown) => return with_pace(slow_down(1), left),
        Some(Before::Fail) => return with_pace(broken(), left),
        None => {}
    }
    let answer = with_pace(next.run(request).await, left);
    match after {
        None => answer,
        Some(After::Fail) => with_pace(broken(), left),
        Some(After::Lose) => {
            scissors.cut_after(0);
            answer
        }
        Some(After::Cut) => cut(answer, &scissors).await,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Simulation, counting and the live stream are never hit by faults.
fn is_spared(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/_simulate/")
        || path == "/api/events"
        || (path == "/api/conversations"
            && request.uri().query().is_some_and(|query| query.contains("count_only=true")))
}

fn slow_down(seconds: i64) -> Response {
    let mut response =
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", "Too many calls.").into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn broken() -> Response {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The desk has a problem of its own.")
        .into_response()
}

fn with_pace(mut response: Response, left: Left) -> Response {
    left.say(response.headers_mut());
    response
}

/// Lets the head of the answer and half of its body out.
pub(crate) async fn cut(answer: Response, scissors: &Scissors) -> Response {
    /// `HTTP/1.1 200 OK`, `date` and `content-length`, which the server adds.
    const ADDED: usize = 90;
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return broken() };
    let head: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    scissors.cut_after(ADDED + head + bytes.len() / 2);
    Response::from_parts(parts, Body::from(bytes))
}
