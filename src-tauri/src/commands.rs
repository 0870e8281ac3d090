//! The handlers: each one forwards to the app's command of the same name.

use muster_app::wire::*;
use muster_app::{App, UiError};
use tauri::State;

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $answer:ty;)+) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            pub(crate) async fn $name(app: State<'_, App>, request: $request) -> Result<$answer, UiError> {
                app.$name(request).await
            }
        )+

        /// All handlers, for the builder.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),+]
        }
    };
}

muster_app::muster_commands!(handlers);
