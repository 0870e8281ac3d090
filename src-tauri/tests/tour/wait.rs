//! Waiting for something to become true. The window, the desk and the session answer in their own time; a step never
//! sleeps and hopes, it looks again until it has seen what it expects or its patience ends.

use crate::Result;
use std::time::{Duration, Instant};

/// Patience for anything that should happen at once.
pub const SOON: Duration = Duration::from_secs(20);
/// Patience for what the network, the journal and the machine may take on two busy cores.
pub const LATER: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_millis(100);
/// Between two looks through `musterctl`: each one opens the keychain, and gnome-keyring has been seen to die of many
/// short visits.
const VISIT: Duration = Duration::from_secs(2);

/// Looks until `look` returns something. An error is looked past, since a page may redraw under the hand, and told
/// when patience ends.
pub async fn until<T>(
    what: &str,
    patience: Duration,
    look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    look_every(PAUSE, what, patience, look).await
}

/// As [`until`], for a look through `musterctl`.
pub async fn until_told<T>(
    what: &str,
    patience: Duration,
    look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    look_every(VISIT, what, patience, look).await
}

async fn look_every<T>(
    pause: Duration,
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let last = match look().await {
            Ok(Some(seen)) => return Ok(seen),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if started.elapsed() > patience {
            let why = last.map(|error| format!(" ({error})")).unwrap_or_default();
            return Err(format!("waited {} s in vain for {what}{why}", patience.as_secs()).into());
        }
        tokio::time::sleep(pause).await;
    }
}

/// Fails with a sentence unless `holds`.
pub fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}

/// Fails unless both are equal, naming what was compared.
pub fn equal<T: PartialEq + std::fmt::Debug>(what: &str, seen: T, expected: T) -> Result<()> {
    if seen == expected { Ok(()) } else { Err(format!("{what}: expected {expected:?}, saw {seen:?}").into()) }
}
