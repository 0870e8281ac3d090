//! The live stream of muster-desk: server-sent events as [`LiveEvent`]s, resumed where the last stream ended.

use std::sync::{Arc, Mutex, PoisonError};

use eventsource_stream::{EventStreamError, Eventsource};
use futures::{StreamExt, stream};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::muster::map;
use crate::transport::Transport;
use crate::{EventStream, LiveEvent, ReadError};

/// The id of the last event that was passed on; shared by the streams of one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct LastEvent(Arc<Mutex<Option<HeaderValue>>>);

impl LastEvent {
    fn get(&self) -> Option<HeaderValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, id: &str) {
        if let Some(id) = HeaderValue::from_str(id).ok().filter(|id| !id.is_empty()) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
        }
    }
}

/// Opens the stream. It ends when the server ends it, and with an error when the connection breaks or nothing, not
/// even a keep-alive comment, came for a minute.
pub(super) async fn open(transport: &Transport, last: &LastEvent) -> Result<EventStream, ReadError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    if let Some(id) = last.get() {
        headers.insert("last-event-id", id);
    }
    let response = transport.stream(&["api", "events"], headers, "live stream").await?;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/event-stream") {
        return Err(transport.malformed("its live stream is none.".to_owned()));
    }
    let transport = transport.clone();
    let last = last.clone();
    let events = response.bytes_stream().eventsource().filter_map(move |event| {
        let event = match event {
            Ok(event) => {
                last.set(&event.id);
                map::live_event(&event.event, &event.data).map(Ok)
            }
            Err(EventStreamError::Transport(err)) => Some(Err(transport.broken(err))),
            Err(err) => Some(Err(transport.malformed(format!("its live stream cannot be read: {err}.")))),
        };
        std::future::ready(event)
    });
    // Nothing can be trusted after an error: it is the last.
    let until_error = stream::unfold(Some(events), |events| async move {
        let mut events = events?;
        let event = events.next().await?;
        let go_on = event.is_ok();
        Some((event, go_on.then_some(events)))
    });
    Ok(stream::once(std::future::ready(Ok(LiveEvent::Connected))).chain(until_error).boxed())
}
