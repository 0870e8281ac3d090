//! What happens at the desk by itself: snoozes end, what is done is archived, and with `--live` customers write in.

use std::sync::Arc;
use std::time::Duration;

use crate::DeskError;
use crate::api::Desk;
use crate::db::{archive_done, customer_writes, somebody, wake};
use crate::rng::Rng;
use crate::world;

/// Makes snoozed conversations active, and archives those that are done, when their time has come.
pub(crate) async fn timers(desk: Arc<Desk>) {
    while pause(&desk, Duration::from_secs(1)).await {
        let now = desk.clock.now();
        let due = desk.db.write(move |tx| Ok::<_, DeskError>((wake(tx, now)?, archive_done(tx, now)?))).await;
        match due {
            Ok((0, 0)) => {}
            Ok((woken, archived)) => tracing::debug!(woken, archived, "the timers ran"),
            Err(err) => tracing::error!(error = ?err, "the timers could not run"),
        }
    }
}

/// Every few seconds somebody writes again.
pub(crate) async fn customers(desk: Arc<Desk>, seed: u64) {
    let mut rng = Rng::new(seed ^ 0x11FE);
    while pause(&desk, Duration::from_millis(rng.between(3_000, 9_000).unsigned_abs())).await {
        let now = desk.clock.now();
        let (draw, phrase) = (rng.next() as u32, rng.next());
        let written = desk.db.write(move |tx| {
            if let Some((head, language)) = somebody(tx, draw)? {
                let text = world::follow_up(language.as_deref().unwrap_or_default(), phrase);
                customer_writes(tx, &head, text, now)?;
            }
            Ok::<_, DeskError>(())
        });
        if let Err(err) = written.await {
            tracing::error!(error = ?err, "a customer could not write");
        }
    }
}

/// Waits; false when the desk stops.
async fn pause(desk: &Desk, time: Duration) -> bool {
    tokio::select! {
        () = desk.stop.cancelled() => false,
        () = tokio::time::sleep(time) => true,
    }
}
