//! The connection to the help desk, as every loop of an account shares it.
//!
//! Whoever talks to the help desk reports here how it went. After a failure exactly one loop – the reading one – tries
//! again when it is due; all others wait until the help desk answered, so that a dead server is asked once per try and
//! not once per loop.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use muster_helpdesk::ReadError;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use crate::{Clock, EngineEvent};

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The shortest: a server that refuses connections at once is not asked in a tight loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(250);

/// How an account stands with its help desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not asked yet.
    Connecting,
    /// The last request was answered.
    Online,
    /// The last request was not.
    Offline {
        /// Since when.
        since: Timestamp,
        /// When it is tried again; `None` while it is being tried.
        next_try: Option<Timestamp>,
        /// What is wrong.
        message: String,
    },
    /// The help desk refuses the key, or there is none: nothing is tried before there is another one.
    KeyRefused {
        /// What is wrong and what to do.
        message: String,
    },
    /// Another process works this account; this one reads what that one writes.
    Elsewhere,
    /// There is no help desk: the account is a file that was loaded.
    File,
}

/// The connection, shared by every loop of an account.
pub struct Link {
    clock: Arc<dyn Clock>,
    events: broadcast::Sender<EngineEvent>,
    state: watch::Sender<Connection>,
    retry: Mutex<Retry>,
    caught_up: watch::Sender<Option<Timestamp>>,
    nudge: Notify,
}

/// How the retries stand.
#[derive(Default)]
struct Retry {
    failures: u32,
    due: Option<Instant>,
}

impl Link {
    pub(crate) fn new(clock: Arc<dyn Clock>, events: broadcast::Sender<EngineEvent>) -> Self {
        let state = watch::Sender::new(Connection::Connecting);
        Self {
            clock,
            events,
            state,
            retry: Mutex::default(),
            caught_up: watch::Sender::new(None),
            nudge: Notify::new(),
        }
    }

    /// How it stands now.
    #[must_use]
    pub fn state(&self) -> Connection {
        self.state.borrow().clone()
    }

    /// How it stands from now on.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Connection> {
        self.state.subscribe()
    }

    /// Whether the last request was answered.
    #[must_use]
    pub fn is_online(&self) -> bool {
        *self.state.borrow() == Connection::Online
    }

    /// A sync came to its end: the cache holds what the help desk has.
    pub(crate) fn caught_up(&self) {
        self.caught_up.send_replace(Some(self.clock.now()));
    }

    /// When a sync last came to its end, unless the help desk was away since.
    pub(crate) fn caught_up_at(&self) -> Option<Timestamp> {
        *self.caught_up.borrow()
    }

    /// Waits until a sync came to its end, if none did since the help desk answers.
    pub(crate) async fn sync_over(&self) {
        // Fails only when the sender is gone, and the sender is `self`.
        let _ = self.caught_up.subscribe().wait_for(Option::is_some).await;
    }

    /// The agent wants it tried now.
    pub fn try_now(&self) {
        // Nobody waits while it is being tried already; nothing is owed later for that.
        self.nudge.notify_waiters();
    }

    /// Waits until the help desk answers. Never asks it: that is the reading loop's business.
    pub async fn online(&self) {
        // Fails only when the sender is gone, and the sender is `self`.
        let _ = self.state.subscribe().wait_for(|state| *state == Connection::Online).await;
    }

    /// Waits until somebody found that the help desk does not answer.
    pub(crate) async fn lost(&self) {
        let _ = self.state.subscribe().wait_for(|state| *state != Connection::Online).await;
    }

    /// Waits until the help desk may be asked: at once while it answers, else when the next try is due or wanted.
    pub(crate) async fn due(&self) {
        let mut states = self.state.subscribe();
        loop {
            let state = states.borrow_and_update().clone();
            let due = match state {
                Connection::Connecting | Connection::Online => return,
                Connection::Offline { .. } => self.retry().due,
                Connection::KeyRefused { .. } | Connection::Elsewhere | Connection::File => None,
            };
            tokio::select! {
                () = at(due) => {}
                () = self.nudge.notified() => {}
                _ = states.changed() => continue,
            }
            self.retry().due = None;
            match state {
                Connection::Offline { since, message, .. } => {
                    self.set(Connection::Offline { since, next_try: None, message });
                }
                _ => self.set(Connection::Connecting),
            }
            return;
        }
    }

    /// The help desk answered.
    pub(crate) fn reachable(&self) {
        *self.retry() = Retry::default();
        self.set(Connection::Online);
    }

    /// The help desk did not answer, or not usefully; the message says what is wrong.
    pub fn unreachable(&self, message: String) {
        self.unreachable_for(message, None);
    }

    /// The same where the help desk said when to come back.
    pub(crate) fn unreachable_for(&self, message: String, at_least: Option<Duration>) {
        let mut retry = self.retry();
        let before = self.state();
        // A refused key is not forgotten because a request that was under way found no network.
        if matches!(before, Connection::KeyRefused { .. } | Connection::Elsewhere) {
            return;
        }
        let since = match before {
            Connection::Offline { since, .. } => since,
            _ => self.clock.now(),
        };
        // Several loops report the same failure; only the first one, and each further try, counts.
        if retry.due.is_none() {
            retry.failures += 1;
            let wait = wait_after(retry.failures, jitter()).max(at_least.unwrap_or_default());
            retry.due = Some(Instant::now() + wait);
        }
        let wait = retry.due.map(|due| due.saturating_duration_since(Instant::now())).unwrap_or_default();
        drop(retry);
        let next_try =
            SignedDuration::try_from(wait).ok().and_then(|wait| self.clock.now().checked_add(wait).ok());
        self.set(Connection::Offline { since, next_try, message });
    }

    /// The help desk refuses the key: nothing is tried until there is another, or the agent asks for it.
    pub fn key_refused(&self, message: String) {
        *self.retry() = Retry::default();
        if *self.state.borrow() == Connection::Elsewhere {
            return;
        }
        self.set(Connection::KeyRefused { message });
    }

    /// Another process works this account.
    pub(crate) fn elsewhere(&self) {
        *self.retry() = Retry::default();
        self.set(Connection::Elsewhere);
    }

    /// There is no help desk, and never will be.
    pub(crate) fn file(&self) {
        self.set(Connection::File);
    }

    /// This process works this account from now on, or has a new key for it.
    pub(crate) fn connecting(&self) {
        *self.retry() = Retry::default();
        self.set(Connection::Connecting);
    }

    /// What a failed read means for the connection.
    pub(crate) fn report(&self, err: &ReadError) {
        match err {
            ReadError::KeyRefused { .. } | ReadError::NotPermitted { .. } | ReadError::BadAddress(_) => {
                self.key_refused(err.to_string());
            }
            ReadError::SlowDown { retry_after } => self.unreachable_for(err.to_string(), *retry_after),
            _ => self.unreachable(err.to_string()),
        }
    }

    fn set(&self, state: Connection) {
        let changed = self.state.send_if_modified(|now| {
            let changed = *now != state;
            if state != Connection::Online {
                self.caught_up.send_replace(None);
            }
            *now = state;
            changed
        });
        if changed {
            // An error means that nobody listens.
            let _ = self.events.send(EngineEvent::StateChanged);
        }
    }

    fn retry(&self) -> std::sync::MutexGuard<'_, Retry> {
        self.retry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Full jitter over 1 s, 2 s, 4 s … 60 s: many Musters that lost the same help desk do not come back in step.
pub(crate) fn wait_after(failures: u32, jitter: f64) -> Duration {
    let ceiling = Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(LONGEST_WAIT);
    ceiling.mul_f64(jitter.clamp(0.0, 1.0)).max(SHORTEST_WAIT)
}

/// A random part of one. Without random numbers: half.
pub(crate) fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use rstest::rstest;

    use super::*;
    use crate::FixedClock;

    fn link() -> (Arc<FixedClock>, Link) {
        let clock = Arc::new(FixedClock::new(Timestamp::UNIX_EPOCH, TimeZone::UTC));
        (Arc::clone(&clock), Link::new(clock, broadcast::channel(16).0))
    }

    #[rstest]
    #[case(1, 1.0, 1000)]
    #[case(2, 1.0, 2000)]
    #[case(3, 0.5, 2000)]
    #[case(4, 0.0, 250)]
    #[case(7, 1.0, 60_000)]
    #[case(4_000_000_000, 1.0, 60_000)]
    fn waits(#[case] failures: u32, #[case] jitter: f64, #[case] millis: u64) {
        assert_eq!(wait_after(failures, jitter), Duration::from_millis(millis));
    }

    #[tokio::test]
    async fn offline_keeps_its_beginning_until_the_help_desk_answers() {
        let (clock, link) = link();
        link.unreachable("Cannot reach it.".into());
        clock.set(Timestamp::from_second(100).unwrap());
        link.unreachable("Still not.".into());
        let Connection::Offline { since, next_try, message } = link.state() else {
            panic!("{:?}", link.state())
        };
        assert_eq!((since, message.as_str()), (Timestamp::UNIX_EPOCH, "Still not."));
        assert!(next_try.is_some());
        assert_eq!(link.retry().failures, 1, "two loops told of the same failure");
        link.reachable();
        assert_eq!(link.state(), Connection::Online);
    }

    #[tokio::test]
    async fn trying_now_interrupts_the_wait() {
        let (_, link) = link();
        link.unreachable_for("Come back tomorrow.".into(), Some(Duration::from_secs(86_400)));
        tokio::join!(link.due(), async { link.try_now() });
        assert!(matches!(link.state(), Connection::Offline { next_try: None, .. }));
        link.unreachable("Still not.".into());
        assert_eq!(link.retry().failures, 2);
    }

    #[tokio::test]
    async fn a_refused_key_stays_refused_until_there_is_another() {
        let (_, link) = link();
        link.report(&ReadError::KeyRefused { host: "desk".into() });
        link.unreachable("Cannot reach it.".into());
        assert!(matches!(link.state(), Connection::KeyRefused { .. }));
        link.connecting();
        link.due().await;
        link.reachable();
        link.online().await;
    }
}
