//! The one door from async code to the store, which is synchronous.

/// Runs a call of the store on a blocking thread.
///
/// A call that began is always finished, also when the caller is dropped: no transaction is left half done.
pub(crate) async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(call).await {
        Ok(value) => value,
        Err(err) => match err.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down and took the call from the queue; there is no answer and nobody to hear it.
            Err(_) => std::future::pending().await,
        },
    }
}
