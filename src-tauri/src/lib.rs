//! The shell: window, notifications, keychain, set-up – thin. Every decision is made in `muster-app` and below; here is
//! only what needs Tauri.

mod commands;
mod demo_desk;
mod events;
mod mail_scheme;
mod notifier;
mod starting;

use std::process::ExitCode;
use std::sync::Arc;

use muster_app::{App, Keychain, SystemClock, data_dir};
use tauri::{Manager, RunEvent};
use tracing_subscriber::EnvFilter;

/// Runs Muster until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("MUSTER_LOG").unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    let app = data_dir(None).and_then(|dir| {
        App::new(
            dir,
            Arc::new(Keychain),
            Arc::new(SystemClock),
            Some(Arc::new(demo_desk::InProcess::default())),
        )
    });
    let app = match app {
        Ok(app) => app,
        Err(err) => {
            // No window to say it in: the folder that would hold everything cannot be used.
            tracing::error!("{err}");
            return ExitCode::FAILURE;
        }
    };
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, _, _| notifier::bring_up(handle)))
        .plugin(tauri_plugin_notification::init())
        .register_asynchronous_uri_scheme_protocol("mail", mail_scheme::answer)
        .manage(app.clone())
        .invoke_handler(commands::handler())
        .setup(|shell| {
            let app = shell.state::<App>().inner().clone();
            events::forward(shell.handle(), &app);
            notifier::listen(shell.handle(), &app)?;
            tauri::async_runtime::spawn(async move { app.start().await });
            Ok(())
        })
        .build(context());
    match built {
        Ok(shell) => {
            shell.run(move |_, event| {
                if let RunEvent::Exit = event {
                    // Frees the account locks, so that the next process need not wait for the OS to do it.
                    tauri::async_runtime::block_on(app.stop());
                }
            });
            ExitCode::SUCCESS
        }
        Err(tauri::Error::PluginInitialization(plugin, why)) if plugin == "single-instance" => {
            starting::again(&why)
        }
        Err(err) => {
            tracing::error!("The window cannot be made: {err}");
            ExitCode::FAILURE
        }
    }
}

/// What Tauri's build script made of `tauri.conf.json`, the icons and the built UI.
#[expect(
    clippy::disallowed_methods,
    reason = "the code that Tauri generates ends the process where its assets are broken"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
