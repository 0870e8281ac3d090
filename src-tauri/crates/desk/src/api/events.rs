//! The live stream: what changed, one event each. Catching up and staying live are the same reading.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use serde_json::json;
use tokio::sync::watch;

use super::Shared;
use super::contract::Always;
use super::refusal::Refusal;
use crate::clock::Millis;
use crate::db::{self, events_after, newest_seq};

/// How far back a client may catch up.
const MOST: i64 = 1_000;
/// After so many milliseconds without anything to say, a comment shows that the line still stands.
const SILENCE: i64 = 15_000;

/// What happens, live
///
/// Server-sent events. The first is `hello` with `{"seq":4824}`, then one `change` per change, its number as the event's id; a
/// comment every 15 seconds when there is nothing to say. With `Last-Event-ID` what happened since comes first; where that
/// is too far back (more than 1,000 changes) or ahead of this desk, `reset` comes instead of `hello`: ask for changes.
#[utoipa::path(get, path = "/api/events", tag = "Desk",
    params(("Last-Event-ID" = Option<String>, Header, description = "The number of the last event that was seen.")),
    responses((status = 200, description = "The data of one event `change`.", body = db::Event, content_type = "text/event-stream"), Always))]
pub(super) async fn events(
    State(desk): State<Shared>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    // Watched before read: what comes in between wakes the stream.
    let watch = desk.db.watch();
    let newest = desk.db.read(|tx| Ok::<_, Refusal>(newest_seq(tx)?)).await?;
    let known: Option<i64> =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (name, from) = match known {
        None => ("hello", newest),
        Some(known) if known <= newest && newest - known <= MOST => ("hello", known),
        Some(_) => ("reset", newest),
    };
    let first = Event::default().event(name).id(from.to_string()).data(json!({ "seq": from }).to_string());
    let said = desk.clock.now();
    let stream = Place { desk, watch, last: from, said, ready: VecDeque::from([first]) };
    let events = futures::stream::unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok(event), stream))
    });
    Ok(Sse::new(events))
}

/// One client's place.
struct Place {
    desk: Shared,
    watch: watch::Receiver<i64>,
    last: i64,
    /// When something was said last: silence counts from there, however long reading takes.
    said: Millis,
    ready: VecDeque<Event>,
}

impl Place {
    /// The next event; none when the desk stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let last = self.last;
            let read =
                self.desk.db.read(move |tx| Ok::<Vec<db::Event>, Refusal>(events_after(tx, last, 200)?));
            for event in read.await.ok()? {
                self.last = event.seq;
                self.said = self.desk.clock.now();
                let data = serde_json::to_string(&event).ok()?;
                self.ready.push_back(Event::default().event("change").id(event.seq.to_string()).data(data));
            }
            if self.ready.is_empty() {
                let silence = self.said.plus(SILENCE);
                tokio::select! {
                    () = self.desk.stop.cancelled() => return None,
                    changed = self.watch.changed() => changed.ok()?,
                    () = self.desk.clock.sleep_until(silence) => {
                        self.said = self.desk.clock.now();
                        return Some(Event::default().comment("still here"));
                    }
                }
            }
        }
    }
}
