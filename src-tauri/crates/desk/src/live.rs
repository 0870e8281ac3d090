//! What happens at the desk by itself: the timers, and whatever else stands on its agenda.

use std::sync::Arc;
use std::time::Duration;

use crate::DeskError;
use crate::api::Desk;
use crate::db::{next_moment, pass_time};

/// So many things happen in one transaction; calls come in between.
const AT_ONCE: usize = 200;

/// Lets things happen when their time comes, until the desk stops.
pub(crate) async fn timers(desk: Arc<Desk>) {
    let mut moved = desk.clock.watch();
    let mut written = desk.db.watch();
    loop {
        if let Err(err) = catch_up(&desk).await {
            tracing::error!(error = ?err, "the timers could not run");
        }
        if written.has_changed().unwrap_or(false) {
            written.mark_unchanged();
            if let Err(err) = desk.db.put_away().await {
                tracing::warn!(error = ?err, "the log stays as it is");
            }
        }
        tokio::select! {
            () = desk.stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = moved.changed() => {}
        }
    }
}

/// Lets everything happen that is due by now.
pub(crate) async fn catch_up(desk: &Desk) -> Result<(), DeskError> {
    let now = desk.clock.now();
    loop {
        // Looked up without the writer: mostly nothing is due.
        let next = desk.db.read(|tx| Ok::<_, DeskError>(next_moment(tx)?)).await?;
        if next.is_none_or(|next| next > now) {
            return Ok(());
        }
        let happened = desk.db.write(move |tx| Ok::<_, DeskError>(pass_time(tx, now, AT_ONCE)?)).await?;
        tracing::debug!(happened, "time passed");
    }
}
