//! Staying current: the live stream says that something changed, and the cursor says what.
//!
//! The stream is never trusted to be complete. After it connects, after it lost its place, after each of its events and
//! every half minute anyway, changes are asked for from the cursor – so a gap of any length closes the same way.

use std::time::Duration;

use futures::StreamExt;
use muster_helpdesk::{EventStream, HelpDesk, LiveEvent, ReadError};
use muster_model::Me;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::Account;
use crate::link::{jitter, wait_after};
use crate::sync::{SyncError, catch_up, identify};

/// How often changes are asked for while the stream is up: it may be dead without anybody noticing.
const POLL_BESIDE_STREAM: Duration = Duration::from_secs(30);
/// And without a stream.
const POLL_ALONE: Duration = Duration::from_secs(5);
/// Events that come this close together are answered with one request.
const BURST: Duration = Duration::from_millis(60);
/// Agents, teams and tags change rarely.
const DIRECTORY_AGE: Duration = Duration::from_secs(300);

/// How often changes are asked for where reads are limited: a quarter of them, so that there are reads left for threads.
pub(crate) fn poll_every(reads_per_minute: Option<u32>, usual: Duration) -> Duration {
    reads_per_minute.map_or(usual, |reads| usual.max(Duration::from_secs(240) / reads.max(1)))
}

/// Reads the help desk for ever: one session after the other, each when the connection allows it.
pub(crate) async fn run(account: &Account, desk: &dyn HelpDesk, identified: &watch::Sender<Option<Me>>) {
    loop {
        account.link().due().await;
        match session(account, desk, identified).await {
            Ok(()) => {}
            Err(SyncError::Read(err)) => {
                tracing::info!(account = %account.row().id, error = %err, "the help desk cannot be read");
                account.link().report(&err);
            }
            Err(err) => {
                tracing::error!(account = %account.row().id, error = %err, "what was read cannot be kept");
                account.link().unreachable(err.to_string());
            }
        }
    }
}

/// One session, from saying hello until somebody noticed that the help desk is gone.
async fn session(
    account: &Account,
    desk: &dyn HelpDesk,
    identified: &watch::Sender<Option<Me>>,
) -> Result<(), SyncError> {
    let mut identified_at = Instant::now();
    identified.send_replace(Some(identify(account, desk).await?));
    let can = desk.capabilities();
    let mut live = Live::new(can.events, poll_every(can.reads_per_minute, POLL_ALONE));
    loop {
        catch_up(account, desk, |_| {}).await?;
        if live.is_due() {
            live.connect(desk).await?;
            // What changed between the last page and the stream's beginning.
            continue;
        }
        let next_look = live.next_look();
        tokio::select! {
            () = live.something() => live.rest_of_burst().await,
            () = sleep_until(next_look) => {}
            () = account.inner.sync_now.notified() => {}
            // The worker noticed it first.
            () = account.link().lost() => return Ok(()),
        }
        if identified_at.elapsed() > DIRECTORY_AGE {
            identified_at = Instant::now();
            identify(account, desk).await?;
        }
    }
}

/// The live stream, while there is one.
struct Live {
    offered: bool,
    poll_alone: Duration,
    stream: Option<EventStream>,
    failures: u32,
    due: Instant,
}

impl Live {
    fn new(offered: bool, poll_alone: Duration) -> Self {
        Self { offered, poll_alone, stream: None, failures: 0, due: Instant::now() }
    }

    fn is_due(&self) -> bool {
        self.offered && self.stream.is_none() && self.due <= Instant::now()
    }

    fn next_look(&self) -> Instant {
        let now = Instant::now();
        match self.stream {
            Some(_) => now + POLL_BESIDE_STREAM,
            None if self.offered => (now + self.poll_alone).min(self.due),
            None => now + self.poll_alone,
        }
    }

    /// A help desk that answers requests and refuses the stream is still read, only less promptly.
    async fn connect(&mut self, desk: &dyn HelpDesk) -> Result<(), ReadError> {
        match desk.events().await {
            Ok(Some(stream)) => self.stream = Some(stream),
            Ok(None) => self.offered = false,
            Err(err) if err.is_transient() => self.lost(),
            Err(err @ ReadError::KeyRefused { .. }) => return Err(err),
            Err(err) => {
                tracing::warn!(error = %err, "no live stream");
                self.offered = false;
            }
        }
        Ok(())
    }

    /// Waits until the stream says anything, or ends.
    async fn something(&mut self) {
        let Some(stream) = &mut self.stream else { return std::future::pending().await };
        match stream.next().await {
            Some(Ok(LiveEvent::Connected)) => self.failures = 0,
            Some(Ok(LiveEvent::Changed { .. } | LiveEvent::Reset)) => {}
            Some(Err(_)) | None => self.lost(),
        }
    }

    async fn rest_of_burst(&mut self) {
        let until = Instant::now() + BURST;
        loop {
            tokio::select! {
                () = sleep_until(until) => return,
                () = self.something() => {}
            }
        }
    }

    fn lost(&mut self) {
        self.stream = None;
        self.failures += 1;
        self.due = Instant::now() + wait_after(self.failures, jitter());
    }
}
