//! The clock of a desk that was started with one that tests move.

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::answer::{Answer, Body};
use super::contract::{Always, Finds, Takes};
use super::refusal::{Refusal, no_such_path};
use crate::clock::{DAY, Millis};
use crate::db::set_meta;
use crate::live;

/// Under which name the database remembers how far the clock is ahead.
pub(crate) const CLOCK_AHEAD: &str = "clock_ahead";
/// As far as one call moves it.
const FARTHEST: i64 = 366 * DAY;
/// 2100: nobody tests beyond.
const END: Millis = Millis(4_102_444_800_000);

/// The time at the desk.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Time {
    now: Millis,
    /// Real time goes on; else it stands still until it is moved.
    running: bool,
}

/// How to move it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    /// Forward by so many milliseconds.
    #[schema(example = 60_000)]
    advance_ms: Option<i64>,
    /// Forward to an instant.
    #[schema(example = json!(null))]
    to: Option<Millis>,
    /// Whether it goes on by itself.
    #[schema(example = json!(null))]
    running: Option<bool>,
}

/// What time it is at the desk
///
/// Only where it was started with `--test-clock`; elsewhere there is no such path.
#[utoipa::path(get, path = "/api/_clock", tag = "Simulation", responses((status = 200, body = Time), Always, Finds))]
pub(super) async fn read(State(desk): State<Shared>) -> Answer<Time> {
    time(&desk)
}

/// Move the clock forward
///
/// When the answer comes, everything that was due on the way has happened, each at its own time.
#[utoipa::path(post, path = "/api/_clock", tag = "Simulation", request_body = Move,
    responses((status = 200, body = Time), Always, Finds, Takes))]
pub(super) async fn set(State(desk): State<Shared>, Body(asked): Body<Move>) -> Answer<Time> {
    let Json(Time { now, .. }) = time(&desk)?;
    let by = match (asked.advance_ms, asked.to) {
        (Some(_), Some(_)) => return Err(Refusal::invalid("to", "Say how far or whereto, not both.")),
        (Some(by), None) => by,
        (None, Some(to)) => to.0.saturating_sub(now.0),
        (None, None) => 0,
    };
    if !(0..=FARTHEST).contains(&by) || now.plus(by) > END {
        let field = if asked.to.is_some() { "to" } else { "advance_ms" };
        return Err(Refusal::invalid(
            field,
            "The clock goes forward, up to 366 days a call and not beyond 2100.",
        ));
    }
    if let Some(running) = asked.running {
        desk.clock.run(running);
    }
    desk.clock.advance(SignedDuration::from_millis(by));
    let ahead = desk.clock.ahead().to_string();
    desk.db.write(move |tx| Ok::<_, Refusal>(set_meta(tx, CLOCK_AHEAD, &ahead)?)).await?;
    live::catch_up(&desk).await?;
    time(&desk)
}

fn time(desk: &Shared) -> Answer<Time> {
    if !desk.clock.is_movable() {
        return Err(no_such_path());
    }
    Ok(Json(Time { now: desk.clock.now(), running: desk.clock.is_running() }))
}
