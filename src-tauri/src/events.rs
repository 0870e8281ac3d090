//! What changed, forwarded to the window.

use muster_app::App;
use muster_app::wire::AppEvent;
use tauri::{AppHandle, Emitter};
use tokio::sync::broadcast::error::RecvError;

/// The event that the window listens to.
const EVENT: &str = "app-event";

/// Forwards every event of the app until the program ends.
pub(crate) fn forward(shell: &AppHandle, app: &App) {
    let (shell, mut events) = (shell.clone(), app.events());
    tauri::async_runtime::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // The window was too slow to hear everything: have it ask for everything.
                Err(RecvError::Lagged(_)) => AppEvent::AccountsChanged,
                Err(RecvError::Closed) => return,
            };
            if let Err(err) = shell.emit_to("main", EVENT, event) {
                tracing::warn!("an event did not reach the window: {err}");
            }
        }
    });
}
