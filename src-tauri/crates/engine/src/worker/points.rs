//! Named points between the steps of working the journal. A test can let the worker die at any of them, as `kill -9`
//! would: nothing that stands behind the point happens, nothing before it is undone. Elsewhere they cost nothing.

use super::WorkContext;

/// Where a worker can die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// Before anything is claimed: no intent is on the disk.
    BeforeIntent,
    /// The intent is on the disk, nothing has left.
    AfterIntent,
    /// The guard has looked, the call is about to be made.
    BeforeCall,
    /// The call was answered, the answer is not on the disk.
    AfterCall,
    /// The outcome is in the journal, the receipt is not in the cache.
    AfterOutcome,
    /// The reply's outcome is written, what rides on it has not been claimed.
    BetweenEffects,
    /// What provably did not leave is about to be put back.
    BeforePutBack,
    /// What is unknown was looked for, what was found is not on the disk.
    AfterLook,
    /// Everything left, the job's end is not written.
    BeforeEnd,
}

impl WorkContext {
    /// Passes a point; in a test that armed it, this never returns.
    #[cfg_attr(not(test), expect(clippy::unused_async, reason = "only in tests does anything wait here"))]
    pub(crate) async fn pass(&self, point: Point) {
        #[cfg(test)]
        self.deaths.pass(point).await;
        #[cfg(not(test))]
        let _ = point;
    }
}

#[cfg(test)]
pub(crate) mod deaths {
    //! Dying on demand.

    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    use tokio::sync::Notify;

    use super::Point;

    /// At which point the worker dies next, after how many passes.
    #[derive(Debug, Default)]
    pub(crate) struct Deaths {
        armed: Mutex<Option<(Point, u32)>>,
        died: Notify,
        under_way: Arc<()>,
    }

    impl Deaths {
        /// The worker dies when it comes to this point after `passes` passes.
        pub(crate) fn arm(&self, point: Point, passes: u32) {
            *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some((point, passes));
        }

        /// Nobody dies any more.
        pub(crate) fn disarm(&self) {
            *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }

        /// Marks a call of the store until it is dropped. Such a call ends whoever dies: as a transaction does that the
        /// disk has.
        pub(crate) fn enter(&self) -> Arc<()> {
            Arc::clone(&self.under_way)
        }

        /// Waits until no call of the store is under way: nobody comes after one who died before that.
        pub(crate) fn settle(&self) {
            while Arc::strong_count(&self.under_way) > 1 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }

        /// Returns once the worker came to its point. Whoever drives it lets go of it then.
        pub(crate) async fn died(&self) {
            self.died.notified().await;
        }

        pub(super) async fn pass(&self, point: Point) {
            let dies = {
                let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
                match &mut *armed {
                    Some((at, 0)) if *at == point => {
                        *armed = None;
                        true
                    }
                    Some((at, passes)) if *at == point => {
                        *passes -= 1;
                        false
                    }
                    _ => false,
                }
            };
            if dies {
                self.died.notify_one();
                std::future::pending::<()>().await;
            }
        }
    }
}
